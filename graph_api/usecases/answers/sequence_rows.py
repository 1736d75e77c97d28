"""Rows that hold a student's answers as lists, as pyKT writes them: one row per answer."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from graph_api.domain.failures import InvalidInput
from graph_api.usecases.answers.answer_cells import NO_VALUES
from graph_api.usecases.answers.layout_parts import Sequences
from graph_api.usecases.csv_records import BadFile
from graph_api.usecases.csv_rows import CsvRow

LeftOut = Callable[[int, str], None]
"""Is called with the line and the reason of each row that holds no answer."""


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the lists are, those of skills among them, and the mark of entries about the question before them."""

    lists: Sequence[int]
    skills: Sequence[int]
    repeat: int | None


def entry_rows(
    rows: Iterator[CsvRow], header: Sequence[str], rule: Sequences, skill: str | None, left_out: LeftOut
) -> Iterator[CsvRow]:
    """One row per entry of the lists; an entry about the question before it adds its skills to that.

    Raises:
        BadFile: the header has no column of lists.
    """
    lists = [place for place, name in enumerate(header) if name in rule.columns]
    if not lists:
        raise BadFile("line 1", f"the header must have columns of lists: {', '.join(rule.columns)}")
    repeat = header.index(rule.repeat) if rule.repeat in header else None
    places = _Places(lists, [place for place in lists if header[place] == skill], repeat)
    count = 0
    for row in rows:
        for entry in _entries(row, places, rule, left_out):
            count += 1
            yield replace(entry, entry=count)


def _entries(row: CsvRow, places: _Places, rule: Sequences, left_out: LeftOut) -> Iterator[CsvRow]:
    if row.problem is not None:
        yield row
        return
    lists = {place: row.cells[place].split(rule.separator) for place in places.lists}
    lengths = {len(items) for place, items in lists.items() if row.cells[place] not in NO_VALUES}
    if len(lengths) != 1:
        lengths_held = ", ".join(str(len(items)) for items in lists.values())
        yield replace(row, problem=InvalidInput("row", "the lists must have the same length", lengths_held))
        return
    waiting: list[str] | None = None
    for number in range(lengths.pop()):
        cells = _cells(row.cells, lists, number)
        if any(cells[place] == rule.padding for place in places.lists):
            left_out(row.line, "padding of a sequence")
        elif waiting is not None and places.repeat is not None and cells[places.repeat] == "1":
            for place in places.skills:
                waiting[place] = _with_skill(waiting[place], cells[place])
        else:
            if waiting is not None:
                yield replace(row, cells=waiting)
            waiting = cells
    if waiting is not None:
        yield replace(row, cells=waiting)


def _cells(whole: Sequence[str], lists: Mapping[int, Sequence[str]], number: int) -> list[str]:
    """The cells of one entry; a list that stands for no value gives empty cells."""
    cells = list(whole)
    for place, items in lists.items():
        cells[place] = items[number].strip() if number < len(items) else ""
    return cells


def _with_skill(cell: str, skill: str) -> str:
    skills = json.loads(cell) if cell.startswith("[") else [cell]
    return json.dumps([*skills, skill])
