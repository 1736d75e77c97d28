"""Physical lines of a text file, and the records that they hold: CSV, or one JSON object per line."""

import codecs
import csv
import json
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any

from graph_api.domain.failures import InvalidInput, shown

MAX_CELL = 131_072
"""Characters in one cell, as in Python's `csv`. An open quote ends there too."""

MAX_LINE = 1_048_576
"""Characters in one line."""

DELIMITERS = {"comma": ",", "tab": "\t", "semicolon": ";", "pipe": "|"}

_DEEPEST = 3
"""Objects inside objects whose keys can be columns."""

_BAD_BYTE = re.compile("[\udc00-\udcff]")


class BadFile(InvalidInput):
    """The file cannot be read, or not any further; `field` names the line. The rows before that line were read."""


class Lines:
    """Physical lines with their numbers; lines can be put back.

    `damage` is what the unpacking stream raises. A line that is not UTF-8 is read in the `second` encoding.
    """

    def __init__(
        self, text: IO[str], raw: IO[bytes], damage: tuple[type[Exception], ...] = (), second: str | None = None
    ) -> None:
        self._text, self._raw = text, raw
        self._damage, self._second = damage, second
        self._waiting: deque[str] = deque()
        self.number = 0

    def next(self) -> str | None:
        """The next line with its end, None after the last one. Of a line beyond MAX_LINE, the beginning."""
        line = self._waiting.popleft() if self._waiting else self._read()
        if line:
            self.number += 1
        return line or None

    def push_back(self, lines: Sequence[str]) -> None:
        """Read these lines again."""
        self._waiting.extendleft(reversed(lines))
        self.number -= len(lines)

    def bytes_read(self) -> int:
        """How many bytes of the file were read; 0 for a pipe."""
        return self._raw.tell() if self._raw.seekable() else 0

    def _read(self) -> str:
        try:
            line = self._text.readline(MAX_LINE + 1)
            rest = line
            while len(rest) > MAX_LINE and rest[-1] not in "\r\n":
                rest = self._text.readline(MAX_LINE + 1)
        except self._damage as error:
            raise broken_archive(self.number, error) from None
        return self._decoded_again(line) if self._second and not line.isascii() else line

    def _decoded_again(self, line: str) -> str:
        """The line in the second encoding if the first one cannot decode it."""
        if not _BAD_BYTE.search(line):
            return line
        return line.encode("utf-8", "surrogateescape").decode(self._second or "", "graph-api-mark")


def read_records(lines: Lines, delimiter: str, codec: str) -> Iterator[tuple[int, list[str], InvalidInput | None]]:
    """Records with the line where each begins; and the rule that it breaks, if any."""
    while (line := lines.next()) is not None:
        number = lines.number
        if problem := _unreadable(line, codec):
            yield number, [line.rstrip("\r\n")[:MAX_CELL]], problem
        elif '"' in line:
            cells, problem = _quoted(lines, line, delimiter, codec)
            yield number, cells, problem
        elif line.strip():
            cells = line.rstrip("\r\n").split(delimiter)
            yield number, cells, _too_long(cells) if len(line) > MAX_CELL else None
        elif delimiter in line.strip("\r\n "):  # a row of empty cells, tab-separated
            yield number, line.rstrip("\r\n").split(delimiter), None


def _quoted(lines: Lines, first: str, delimiter: str, codec: str) -> tuple[list[str], InvalidInput | None]:
    """A record with quotes, over several lines if need be. If it is broken, only its first line is spent."""
    taken: list[str] = []
    unreadable: list[InvalidInput] = []

    def feed() -> Iterator[str]:
        yield first
        while (line := lines.next()) is not None:
            taken.append(line)
            if problem := _unreadable(line, codec):
                unreadable.append(problem)
            yield line

    try:
        cells = next(csv.reader(feed(), delimiter=delimiter, strict=True))
    except csv.Error as error:
        lines.push_back(taken)
        cell = first.rstrip("\r\n")
        if "field limit" in str(error) and not taken:
            return [cell[:MAX_CELL]], _too_long([cell])
        rule = f"a quote must be closed, and followed by {delimiter_name(delimiter)} or the end of the line"
        return [cell], InvalidInput("row", rule, shown(cell))
    return cells, unreadable[0] if unreadable else None


def _unreadable(line: str, codec: str) -> InvalidInput | None:
    if not line.isascii() and (bad := _BAD_BYTE.search(line)):
        name = "UTF-8" if codec.startswith("utf-8") else codec
        rule = f"is not {name}: use --encoding with the encoding of the file, as in cp1252 or latin-1"
        return InvalidInput(
            "row",
            rule,
            f"byte 0x{ord(bad[0]) - 0xDC00:02X} after {shown(line[max(0, bad.start() - 30) : bad.start()])!r}",
        )
    if "\0" in line:
        return InvalidInput("row", "must not hold NUL characters", shown(line.rstrip("\r\n")))
    if len(line) > MAX_LINE:
        return InvalidInput("row", f"must be at most {MAX_LINE:,} characters long", shown(line))
    return None


def _too_long(cells: Sequence[str]) -> InvalidInput | None:
    for number, cell in enumerate(cells, start=1):
        if len(cell) > MAX_CELL:
            return InvalidInput(
                "row",
                f"a cell must be at most {MAX_CELL:,} characters long; cell {number} has {len(cell):,}",
                shown(cell),
            )
    return None


def read_json_records(
    lines: Lines, header: Sequence[str], codec: str
) -> Iterator[tuple[int, list[str], InvalidInput | None]]:
    """JSON objects, one per line, as the cells of a header; and the rule that a line breaks, if any."""
    while (line := lines.next()) is not None:
        if not line.strip():
            continue
        problem = _unreadable(line, codec)
        try:
            row = None if problem else json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if isinstance(row, dict):
            yield lines.number, [json_cell(value_at(row, name)) for name in header], None
        else:
            fault = problem or InvalidInput("row", "must be one JSON object", shown(line.strip()))
            yield lines.number, [line.strip()[:MAX_CELL]], fault


def value_at(row: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """The value of a key, or of a path of keys with dots between them; None if it is absent.

    >>> value_at({"event": {"success": "correct"}}, "event.success"), value_at({"a.b": 1}, "a.b"), value_at({}, "a.b")
    ('correct', 1, None)
    """
    if name in row or "." not in name:
        return row.get(name)
    value: Any = row
    for key in name.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def paths_of(row: Mapping[str, Any], before: str = "") -> list[str]:
    """The keys of an object, and of the objects in it with dots between them.

    >>> paths_of({"time": "t", "event": {"success": "correct"}})
    ['time', 'event', 'event.success']
    """
    paths: list[str] = []
    for key, value in row.items():
        paths.append(before + key)
        if isinstance(value, dict) and before.count(".") < _DEEPEST:
            paths += paths_of(value, f"{before}{key}.")
    return paths


def json_cell(value: object) -> str:
    """A value as a CSV file would hold it."""
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def broken_archive(lines_read: int, error: Exception) -> BadFile:
    """The failure of a compressed file that ends early or is damaged."""
    damage = "cut short" if isinstance(error, EOFError) else "damaged"
    rule = f"the compressed file is {damage} after line {lines_read}: copy or download it again"
    return BadFile(f"line {lines_read + 1}", rule, "" if isinstance(error, EOFError) else shown(str(error)))


def delimiter_name(delimiter: str) -> str:
    """A delimiter, as messages name it.

    >>> delimiter_name(";"), delimiter_name("^")
    ('a semicolon', "'^'")
    """
    names = {character: name for name, character in DELIMITERS.items()}
    return f"a {names[delimiter]}" if delimiter in names else f"{delimiter!r}"


def _mark_bad_bytes(error: UnicodeError) -> tuple[str, int]:
    """Turn bytes that cannot be decoded into lone surrogates, which no text holds: the line is named later."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(0xDC00 + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error("graph-api-mark", _mark_bad_bytes)
