"""Files of exports: CSV, JSON lines or Parquet, under their names only when they are whole."""

import csv
import io
import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import IO, BinaryIO

from graph_api.cli.parquet_files import ParquetWriter
from graph_api.domain.operations.export_columns import ExportKind
from graph_api.store.engine.private_files import open_private, write_whole
from graph_api.store.gateway import Row


class Format(StrEnum):
    """Formats of exports."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


async def write_file(rows: AsyncIterator[Row], kind: ExportKind, form: Format, path: Path | None) -> int:
    """Write rows of a kind to a file or to standard output; returns how many. An error leaves no file.

    Raises:
        InvalidInput: the package that writes the format is not installed.
        OSError: the file cannot be written.
    """
    count = 0
    with open_out(path) as file:
        if form is Format.PARQUET:
            with ParquetWriter(file, kind) as parquet:
                async for row in rows:
                    count += 1
                    parquet.add(row)
            return count
        with open_text(file) as text:
            writer = csv.DictWriter(text, fieldnames=kind.names)
            if form is Format.CSV:
                writer.writeheader()
            async for row in rows:
                count += 1
                if form is Format.JSONL:
                    text.write(json.dumps(row, ensure_ascii=False) + "\n")
                else:
                    writer.writerow({name: _cell(value) for name, value in row.items()})
    return count


@contextmanager
def open_out(path: Path | None) -> Iterator[BinaryIO]:
    """A file for its owner only, because rows hold personal data; or standard output."""
    if path is None:
        yield sys.stdout.buffer
    elif path.exists() and not path.is_file():  # such as /dev/stdout
        with open_private(path) as file:
            yield file
    else:
        with write_whole(path) as file:
            yield file


def write_text(text: str, path: Path | None) -> None:
    """Write a whole text to a file or to standard output.

    Raises:
        OSError: the file cannot be written.
    """
    with open_out(path) as file:
        file.write(text.encode())


@contextmanager
def open_text(file: BinaryIO) -> Iterator[IO[str]]:
    """The same file for text; it stays open."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    try:
        yield text
    finally:
        text.detach()  # which flushes first


def _cell(value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value
