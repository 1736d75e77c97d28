"""Rows of files that this service exported: JSON lines, and the tags that were frozen with an answer."""

import csv
import gzip
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graph_api.domain.answers.answers import Frozen, Tag
from graph_api.domain.failures import Failure, InvalidInput, shown
from graph_api.usecases.parquet_rows import open_parquet


def is_jsonl(path: Path) -> bool:
    """Whether a file holds JSON lines, plain or gzipped.

    >>> is_jsonl(Path("answers.jsonl.gz")), is_jsonl(Path("answers.csv"))
    (True, False)
    """
    return path.name.lower().removesuffix(".gz").endswith((".jsonl", ".ndjson"))


def read_rows(path: Path) -> Iterator[tuple[int, dict[str, str] | Failure]]:
    """Line and cells of each row of an exported file: CSV or JSON lines, plain or gzipped, or Parquet.

    Raises:
        BadFile: a Parquet file is damaged, or the package that reads it is not installed.
        OSError, UnicodeDecodeError: the file cannot be read.
    """
    if path.name.lower().endswith(".parquet"):
        with open_parquet(path) as rows:
            yield from ((row.line, dict(zip(rows.header, row.cells, strict=True))) for row in rows)
        return
    with path.open("rb") as raw:
        unpacked: Any = gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw
        text = io.TextIOWrapper(unpacked, encoding="utf-8-sig", newline="")
        if is_jsonl(path):
            yield from read_json_rows(text)
            return
        table = csv.DictReader(text, strict=True)
        try:
            for row in table:
                if None in row or None in row.values():
                    yield (
                        table.line_num,
                        InvalidInput("row", f"must have the header's {len(table.fieldnames or ())} cells"),
                    )
                else:
                    yield table.line_num, row
        except csv.Error as error:
            yield table.line_num, InvalidInput("row", f"must be CSV: {error}")


def read_json_rows(lines: Iterator[str]) -> Iterator[tuple[int, dict[str, str] | Failure]]:
    """Line and cells of each row, the cells as a CSV file would hold them; empty lines are left out.

    >>> list(read_json_rows(iter(['{"id": "a", "correct": true, "tags": ["x"], "note": null}'])))
    [(1, {'id': 'a', 'correct': 'true', 'tags': '["x"]', 'note': ''})]
    >>> [str(row) for _, row in read_json_rows(iter(["[1]"]))]
    ["row: must be a JSON object, got '[1]'"]
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            yield number, InvalidInput("row", f"must be a JSON object: {error}", shown(line.strip()))
            continue
        if not isinstance(row, dict):
            yield number, InvalidInput("row", "must be a JSON object", shown(line.strip()))
            continue
        yield number, {name: _cell(value) for name, value in row.items()}


def _cell(value: object) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def frozen_tags(skills: str | None, blocks: str | None, years: str | None, digest: str | None) -> Frozen | None:
    """What was frozen with an exported answer; None for a row without a digest, which was not exported.

    Raises:
        InvalidInput: the lists do not fit together.

    >>> frozen_tags('["cases"]', '["spring"]', "[8]", "0ede8ecb31e0950d").tags["cases"]
    Tag(block='spring', year=8)
    """
    if digest is None:
        return None
    codes = json.loads(skills or "[]")
    kinds = (("blocks", blocks, str), ("years", years, int))
    lists = [_tags(field, cell, kind, len(codes)) for field, cell, kind in kinds]
    return Frozen({code: Tag(*tags) for code, *tags in zip(codes, *lists, strict=True)}, digest)


def _tags(field: str, cell: str | None, kind: type, length: int) -> list[Any]:
    values = json.loads(cell) if cell else [None] * length
    if not isinstance(values, list) or len(values) != length:
        raise InvalidInput(field, f"must be a list of {length}, one for each skill", shown(cell or ""))
    if not all(value is None or (isinstance(value, kind) and not isinstance(value, bool)) for value in values):
        raise InvalidInput(field, f"must hold {kind.__name__} or null", shown(cell or ""))
    return values
