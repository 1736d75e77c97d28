"""Rows of a Parquet file, their values as a CSV file would hold them. It is read a batch at a time."""

import importlib
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from graph_api.usecases.csv_records import BadFile, json_cell
from graph_api.usecases.csv_rows import CsvRow

BATCH = 4_096
"""Rows that are decoded together."""


@dataclass(slots=True)
class ParquetFile:
    """An open file, like an open CSV file: its header, and an iterator of its rows, whose lines are their numbers."""

    header: list[str]
    _file: Any = field(repr=False)
    _size: int = field(repr=False)
    delimiter: str = ","
    encoding: str = "Parquet"
    is_json: bool = False

    def positions(self, column: str) -> list[int]:
        """Where a column stands, left to right from 0."""
        return [position for position, name in enumerate(self.header) if name == column]

    def want(self, columns: Sequence[str]) -> None:
        """The schema has all columns that exist."""

    def __iter__(self) -> Iterator[CsvRow]:
        """Every row.

        Raises:
            BadFile: the file is damaged.
        """
        number, total = 0, max(1, self._file.metadata.num_rows)
        batches = self._file.iter_batches(batch_size=BATCH, use_threads=False)
        while True:
            try:
                batch = next(batches, None)
            except (OSError, ValueError) as error:
                rule = f"the Parquet file is damaged after row {number}: copy or download it again"
                raise BadFile(f"line {number + 1}", rule, str(error)[:80]) from None
            if batch is None:
                return
            bytes_read = self._size * number // total
            for cells in zip(*_columns(batch), strict=True):
                number += 1
                yield CsvRow(number, cells, None, bytes_read)


@contextmanager
def open_parquet(path: Path) -> Iterator[ParquetFile]:
    """Open a Parquet file and read its schema. Structures are columns with dots between the names.

    Raises:
        BadFile: it is damaged, or the package that reads it is not installed.
    """
    try:
        parquet: Any = importlib.import_module("pyarrow.parquet")
    except ImportError:
        rule = (
            "is a Parquet file, which needs the extra `parquet`: pip install 'graph-api[parquet]'; or convert it to CSV"
        )
        raise BadFile("file", rule) from None
    try:
        file = parquet.ParquetFile(path, memory_map=False)
    except (OSError, ValueError) as error:
        rule = "the Parquet file is cut short or damaged: copy or download it again"
        raise BadFile("file", rule, str(error)[:80]) from None
    with file:
        yield ParquetFile(_paths(file.schema_arrow), file, path.stat().st_size)


def _paths(fields: Any, before: str = "") -> list[str]:  # noqa: ANN401 - a schema or a structure of pyarrow
    """The names of columns, and of those in structures."""
    names: list[str] = []
    for each in fields:
        inner = [each.type.field(place) for place in range(each.type.num_fields)] if _is_structure(each) else []
        names += _paths(inner, f"{before}{each.name}.") if inner else [before + each.name]
    return names


def _is_structure(each: Any) -> bool:  # noqa: ANN401 - a field of pyarrow
    return str(each.type).startswith("struct<")


def _columns(batch: Any) -> list[list[str]]:  # noqa: ANN401 - a batch of pyarrow
    columns: list[list[str]] = []
    for place, each in enumerate(batch.schema):
        values = batch.column(place)
        if _is_structure(each):
            rows = values.to_pylist()
            columns += [[_deep(row, path) for row in rows] for path in _paths([each])]
        else:
            columns.append(_cells(values, str(each.type)))
    return columns


def _deep(row: Any, path: str) -> str:  # noqa: ANN401 - whatever the column holds
    for name in path.split(".")[1:]:
        row = None if row is None else row.get(name)
    return cell_of(row)


def _cells(values: Any, kind: str) -> list[str]:  # noqa: ANN401 - an array of pyarrow
    """The cells of a column: most columns hold text or whole numbers, whose conversion is quick.

    Nanoseconds, as pandas writes times, become microseconds, which answers have.
    """
    if kind.startswith("timestamp[ns"):
        arrow: Any = importlib.import_module("pyarrow")
        values = values.cast(arrow.timestamp("us", tz=values.type.tz), safe=False)
    items = values.to_pylist()
    quick: Callable[[Any], str] | None = str if kind.startswith(("int", "uint", "string", "large_string")) else None
    if quick is not None and values.null_count == 0:
        return items if kind.endswith("string") else [quick(item) for item in items]
    return [cell_of(item) for item in items]


def cell_of(value: object) -> str:
    """A value as a CSV file would hold it: a whole number without a decimal point, a time in ISO 8601.

    >>> [cell_of(value) for value in (7.0, 0.5, float("nan"), True, None, ["a", 1])]
    ['7', '0.5', '', 'true', '', '["a", 1]']
    """
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return "" if math.isnan(value) else str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if value is None or isinstance(value, bool | int | list | dict):
        return json_cell(value)
    return str(value)
