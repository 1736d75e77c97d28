"""Parquet files of exports, as another reader (DuckDB) sees them."""

import os
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graph_api.cli.export_files import Format, write_file
from graph_api.cli.parquet_files import BATCHES_OF_A_GROUP, ROWS_OF_A_BATCH, arrow_schema
from graph_api.domain.operations.export_columns import ColumnType
from graph_api.domain.operations.export_kinds import ANSWERS, KINDS, LINKS

OF_DUCKDB = {
    ColumnType.TEXT: "VARCHAR", ColumnType.JSON: "VARCHAR", ColumnType.TIME: "TIMESTAMP WITH TIME ZONE",
    ColumnType.DAY: "DATE", ColumnType.TRUTH: "BOOLEAN", ColumnType.NUMBER: "DOUBLE", ColumnType.COUNT: "BIGINT",
    ColumnType.TEXTS: "VARCHAR[]", ColumnType.NUMBERS: "DOUBLE[]", ColumnType.COUNTS: "BIGINT[]",
}  # fmt: skip
LINK = {"type": "PART_OF", "from_id": "a", "to_id": "b", "from_name": "A", "to_name": "B"}


async def each(rows: Iterable[dict[str, Any]]) -> AsyncIterator[dict[str, Any]]:
    for row in rows:
        yield row


@pytest.mark.parametrize("name", KINDS)
async def test_a_file_without_rows_has_every_column_with_its_type(name: str, tmp_path: Path) -> None:
    kind, path = KINDS[name], tmp_path / "rows.parquet"

    assert await write_file(each([]), kind, Format.PARQUET, path) == 0

    described = duckdb.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()  # noqa: S608 - our own file
    assert [row[:2] for row in described] == [(column.name, OF_DUCKDB[column.type]) for column in kind.columns]
    stored = pq.read_schema(path)
    assert stored.equals(arrow_schema(kind))
    assert [field.nullable for field in stored] == [column.is_nullable for column in kind.columns]
    assert path.stat().st_mode & 0o077 == 0, "exports hold personal data"


async def test_values_keep_their_types_and_moments(tmp_path: Path) -> None:
    path = tmp_path / "answers.parquet"
    row = dict.fromkeys(ANSWERS.names) | {
        "id": "é", "student_id": "anna", "at": "2026-03-01T12:00:00.000001+00:00", "correct": False,
        "recorded_at": "2026-03-01T13:00:00+00:00", "concept_ids": [], "skill_codes": ["cases", "talk"], "mentioned": [],
        "missed": ["dative"], "blocks": [None, "spring"], "years": [8, None], "evidence_id": "evidence-v1", "hints": 2,
        "response_time": 0.1,
    }  # fmt: skip

    await write_file(each([row]), ANSWERS, Format.PARQUET, path)

    query = 'epoch_us("at"), correct, skill_codes, blocks, years, hints, response_time, session_id, len(concept_ids)'
    (read,) = duckdb.execute(f"SELECT {query} FROM '{path}'").fetchall()  # noqa: S608 - our own file
    at = 1_772_366_400_000_001
    assert read == (at, False, ["cases", "talk"], [None, "spring"], [8, None], 2, 0.1, None, 0)


async def test_rows_are_written_in_groups_and_none_is_lost(tmp_path: Path) -> None:
    path, count = tmp_path / "links.parquet", ROWS_OF_A_BATCH * BATCHES_OF_A_GROUP + 1
    rows = (LINK | {"from_id": str(number)} for number in range(count))

    assert await write_file(each(rows), LINKS, Format.PARQUET, path) == count

    stored = pq.ParquetFile(path)
    assert [stored.metadata.row_group(place).num_rows for place in range(stored.num_row_groups)] == [count - 1, 1]
    assert duckdb.execute(f"SELECT count(DISTINCT from_id) FROM '{path}'").fetchone() == (count,)  # noqa: S608 - our own file


@pytest.mark.parametrize("value", [None, 3])
async def test_a_value_that_does_not_fit_leaves_the_file_before_as_it_was(value: object, tmp_path: Path) -> None:
    path = tmp_path / "links.parquet"
    await write_file(each([LINK]), LINKS, Format.PARQUET, path)

    with pytest.raises((pa.ArrowInvalid, pa.ArrowTypeError)):
        await write_file(each([LINK | {"to_id": value}]), LINKS, Format.PARQUET, path)

    assert pq.read_table(path).to_pylist() == [LINK]
    assert os.listdir(tmp_path) == [path.name]  # noqa: PTH208 - the other way is for functions that do not wait
