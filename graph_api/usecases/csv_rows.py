"""Rows of a file of text: CSV or JSON lines, each row with its line, or the rule that it breaks.

Encoding, compression and delimiter are detected. A row that cannot be read never hides the next one: after an open
quote, reading resumes on the next line.
"""

import codecs
import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graph_api.domain.failures import InvalidInput, shown
from graph_api.usecases.csv_records import (
    DELIMITERS,
    MAX_CELL,
    MAX_LINE,
    BadFile,
    Lines,
    broken_archive,
    delimiter_name,
    paths_of,
    read_json_records,
    read_records,
)
from graph_api.usecases.file_bytes import DAMAGE, check_kind, open_bytes

__all__ = [
    "DELIMITERS",
    "MAX_CELL",
    "MAX_LINE",
    "BadFile",
    "CsvFile",
    "CsvRow",
    "check_encoding",
    "detect_delimiter",
    "open_csv",
]

_BOMS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
_SEPARATOR_LINE = re.compile(r'^"?sep=(.)"?$')
_BYTES_EVERY = 100


@dataclass(frozen=True, slots=True)
class CsvRow:
    """A row: its first line, its cells, the rule that it breaks if any, and the bytes of the file read so far.

    `entry` is its place in the line where a line holds several rows, from 1; 0 where it holds one.
    """

    line: int
    cells: Sequence[str]
    problem: InvalidInput | None
    bytes_read: int
    entry: int = 0


@dataclass(slots=True)
class CsvFile:
    """An open file: its header, without outer spaces, and an iterator of its rows.

    The header of JSON lines has the keys of the first object; those of the columns that are read may be added.
    """

    header: list[str]
    delimiter: str
    encoding: str
    _lines: Lines = field(repr=False)
    is_json: bool = False

    def want(self, columns: Sequence[str]) -> None:
        """Read these columns of JSON lines too, where the first object lacks them."""
        if self.is_json:
            self.header += [column for column in dict.fromkeys(columns) if column not in self.header]

    def positions(self, column: str) -> list[int]:
        """Where a column stands, left to right from 0; several positions if the header repeats it."""
        return [position for position, name in enumerate(self.header) if name == column]

    def __iter__(self) -> Iterator[CsvRow]:
        """Every row that is not blank.

        Raises:
            BadFile: the file ends early, or is damaged.
        """
        bytes_read, width = 0, len(self.header)
        records = (
            read_json_records(self._lines, self.header, self.encoding)
            if self.is_json
            else read_records(self._lines, self.delimiter, self.encoding)
        )
        for count, (line, cells, problem) in enumerate(records):
            if count % _BYTES_EVERY == 0:
                bytes_read = self._lines.bytes_read()
            yield CsvRow(line, cells, problem or self._check_width(cells, width), bytes_read)

    def _check_width(self, cells: Sequence[str], width: int) -> InvalidInput | None:
        if len(cells) == width:
            return None
        hint = f"; quote a cell that holds {delimiter_name(self.delimiter)}" if len(cells) > width else ""
        rule = f"must have {width} cells like the header, has {len(cells)}{hint}"
        return InvalidInput("row", rule, shown(self.delimiter.join(cells)))


@contextmanager
def open_csv(  # noqa: PLR0913 - each describes the text
    path: Path,
    *,
    encoding: str | None = None,
    second_encoding: str | None = None,
    delimiter: str | None = None,
    columns: Sequence[str] = (),
    names: Sequence[str] = (),
    is_json: bool = False,
) -> Iterator[CsvFile]:
    """Open a file of text, plain or compressed, and read its header.

    `encoding` is detected from a byte order mark, else UTF-8; a line that is not UTF-8 is read in `second_encoding`.
    `delimiter` is detected from the header: the one under which the header holds all `columns`, else the one with the
    most cells. A file without a header has the `names`. JSON lines are rejected unless `is_json`.

    Raises:
        BadFile: no header can be read; the message describes what the file seems to be.
        OSError: the file cannot be opened.
    """
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise BadFile("delimiter", "must be one character, not a quote or an end of line", shown(delimiter))
    with open_bytes(path) as (unpacked, raw):
        codec = encoding or _detect_encoding(unpacked)
        check_encoding(codec)
        text = io.TextIOWrapper(unpacked, encoding=codec, errors="graph-api-mark", newline="")
        lines = Lines(text, raw, DAMAGE, second_encoding if codec.startswith("utf-8") else None)
        first = _first_line(lines, codec)
        if match := _SEPARATOR_LINE.match(first.strip()):
            delimiter = delimiter or match[1]
            first = _first_line(lines, codec)
        lines.push_back([first])
        if first.lstrip().startswith(("{", "[{")):
            yield _json_file(first, lines, codec, is_allowed=is_json)
            return
        if names:
            yield CsvFile(list(names), delimiter or detect_delimiter(first), codec, lines)
            return
        delimiter = delimiter or detect_delimiter(first, columns)
        line, header, problem = next(read_records(lines, delimiter, codec))
        if problem:
            raise BadFile(f"line {line}", f"the header cannot be read: {problem.rule}", problem.value)
        yield CsvFile([name.strip() for name in header], delimiter, codec, lines)


def check_encoding(name: str) -> None:
    """Check that an encoding can be read.

    Raises:
        BadFile: its name is unknown, or it is not an encoding of text.
    """
    try:
        "a".encode(name).decode(name)
    except (LookupError, UnicodeError, ValueError):
        raise BadFile("encoding", "must name an encoding of text, as in utf-8, utf-16 or cp1252", shown(name)) from None


def detect_delimiter(header: str, columns: Sequence[str] = ()) -> str:
    r"""The delimiter under which a header line holds all columns, else the one that gives the most cells.

    >>> detect_delimiter("user;skill;score 0,5\n")
    ';'
    >>> detect_delimiter("a,b;c;d\n", ["a"])
    ','
    """
    cells = {each: [cell.strip() for cell in _split(header, each)] for each in DELIMITERS.values()}
    complete = [each for each, of_header in cells.items() if columns and set(columns) <= set(of_header)]
    return complete[0] if complete else max(cells, key=lambda each: len(cells[each]))


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return line.split(delimiter)


def _detect_encoding(unpacked: Any) -> str:  # noqa: ANN401
    try:
        start = unpacked.peek(8)
    except DAMAGE as error:
        raise broken_archive(0, error) from None
    check_kind(start)
    return next((name for bom, name in _BOMS if start.startswith(bom)), "utf-8")


def _first_line(lines: Lines, codec: str) -> str:
    while (line := lines.next()) is not None:
        line = line.removeprefix("\ufeff")
        if not line.strip():
            continue
        if "\0" in line:
            raise BadFile(
                f"line {lines.number}",
                f"must not hold NUL characters (read as {codec}); for UTF-16 use --encoding utf-16-le or utf-16-be",
            )
        return line
    raise BadFile("line 1", "the file is empty: it must begin with a header")


def _json_file(first: str, lines: Lines, codec: str, *, is_allowed: bool) -> CsvFile:
    """JSON lines as rows; the keys of the first line, also of objects in it, are the header."""
    number = lines.number + 1
    if not is_allowed:
        raise BadFile(f"line {number}", "must be a CSV header; this looks like JSON", shown(first.strip()))
    try:
        keys = json.loads(first)
    except (ValueError, RecursionError):
        keys = None
    if not isinstance(keys, dict):
        rule = "must be a CSV header or one JSON object per line; this looks like another JSON file"
        raise BadFile(f"line {number}", rule, shown(first.strip()))
    return CsvFile(paths_of(keys), ",", codec, lines, is_json=True)
