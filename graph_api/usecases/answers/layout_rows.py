"""The rows of a file as its layout shapes them: one per answer, with looked-up columns, without those of no answer."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from graph_api.domain.failures import shown
from graph_api.usecases.answers.answer_layouts import Layout
from graph_api.usecases.answers.layout_parts import FileNamePart, Join, LeaveOut, Wide
from graph_api.usecases.answers.metadata_files import Lookup, RowFile
from graph_api.usecases.answers.sequence_rows import LeftOut, entry_rows
from graph_api.usecases.csv_records import BadFile
from graph_api.usecases.csv_rows import CsvRow

WIDE_COLUMNS = ("question", "outcome", "out of")

Rows = Iterator[CsvRow]


@dataclass(slots=True)
class ShapedFile:
    """A header and an iterator of rows, one per answer."""

    header: list[str]
    delimiter: str
    rows: Rows
    is_json: bool = False

    def positions(self, column: str) -> list[int]:
        """Where a column stands, left to right from 0."""
        return [position for position, name in enumerate(self.header) if name == column]

    def add(self, column: str) -> None:
        """Add the name of a column to the header."""
        self.header = [*self.header, column]


def shaped(
    file: RowFile, layout: Layout, path: Path, lookups: Sequence[tuple[Join, Lookup]], left_out: LeftOut
) -> ShapedFile:
    """The rows of a file as its layout shapes them.

    Raises:
        BadFile: the header lacks what the layout needs for that.
    """
    parts = layout.parts
    rows = ShapedFile(list(file.header), file.delimiter, iter(file), file.is_json)
    if parts.sequences is not None:
        rows.rows = entry_rows(rows.rows, rows.header, parts.sequences, layout.skill, left_out)
    if parts.wide is not None:
        _spread(rows, parts.wide, left_out)
    if parts.file_name is not None and parts.file_name.column not in rows.header:
        _name_column(rows, parts.file_name, path)
    for join, lookup in lookups:
        _join(rows, join, lookup)
    for rule in parts.leave_out:
        _leave_out(rows, rule, layout, left_out)
    return rows


def needed_joins(layout: Layout, header: Sequence[str]) -> list[Join]:
    """The joins whose columns a file does not already have."""
    return [join for join in layout.parts.joins if not set(join.columns) <= set(header)]


def _spread(file: ShapedFile, rule: Wide, left_out: LeftOut) -> None:
    """One row per question column of a row."""
    pattern = re.compile(rule.pattern)
    matches = [(place, match) for place, name in enumerate(file.header) if (match := pattern.fullmatch(name))]
    if not matches:
        raise BadFile("line 1", f"the header must have a column for each question, like {rule.pattern}")
    questions = [(place, match.groupdict()) for place, match in matches]
    fixed = [place for place in range(len(file.header)) if place not in {place for place, _ in matches}]
    source, width = file.rows, len(file.header)
    file.header = [file.header[place] for place in fixed] + list(WIDE_COLUMNS)

    def rows() -> Rows:
        count = 0
        for row in source:
            if row.problem is not None or len(row.cells) != width:
                count += 1
                yield replace(row, entry=count)
                continue
            before = [row.cells[place] for place in fixed]
            for place, groups in questions:
                cell = row.cells[place].strip()
                if not cell or cell in rule.no_answer:
                    left_out(row.line, "no answer to the question")
                    continue
                count += 1
                own = [groups["question"].strip(), cell, groups.get("points") or ""]
                yield replace(row, cells=[*before, *own], entry=count)

    file.rows = rows()


def _name_column(file: ShapedFile, part: FileNamePart, path: Path) -> None:
    match = re.match(part.pattern, path.name)
    if match is None:
        rule = f"the name of the file must hold the {part.column}, as in {part.pattern}; or name a column with a flag"
        raise BadFile("file", rule, shown(path.name))
    source, value = file.rows, match[1]
    file.add(part.column)
    file.rows = (row if row.problem else replace(row, cells=[*row.cells, value]) for row in source)


def _join(file: ShapedFile, join: Join, lookup: Lookup) -> None:
    if join.on not in file.header:
        raise BadFile("line 1", f"the header must name the column {join.on!r}, which metadata are looked up by")
    place, source = file.header.index(join.on), file.rows
    fresh = [number for number, name in enumerate(join.columns) if name not in file.header]
    for number in fresh:
        file.add(join.columns[number])

    def rows() -> Rows:
        for row in source:
            if row.problem is not None:
                yield row
                continue
            cells = lookup.get(row.cells[place].strip())
            yield replace(row, cells=[*row.cells, *(cells[number] for number in fresh)])

    file.rows = rows()


def _leave_out(file: ShapedFile, rule: LeaveOut, layout: Layout, left_out: LeftOut) -> None:
    column = rule.column if rule.column in file.header else layout.columns().get(rule.column, rule.column)
    if column not in file.header:
        return
    place, source = file.header.index(column), file.rows
    values, unless = frozenset(rule.values), frozenset(rule.unless)

    def is_left(cell: str) -> bool:
        text = cell.strip()
        plain = text.removesuffix(".0")
        if rule.empty and (not text or text in layout.parts.cells.no_values):
            return True
        return plain in values or (bool(unless) and plain not in unless)

    def rows() -> Rows:
        for row in source:
            if row.problem is None and is_left(row.cells[place]):
                left_out(row.line, rule.reason)
            else:
                yield row

    file.rows = rows()
