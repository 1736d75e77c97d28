"""Answer files: CSV or JSON lines, plain or gzipped, read row by row whatever their columns are called."""

import csv
import gzip
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from graph_api.domain.answers import AnswerInput, Difficulty, in_utc
from graph_api.domain.failures import Failure, InvalidInput, shown
from graph_api.usecases.exported_rows import frozen_tags, is_jsonl, read_json_rows

TRUE, FALSE = frozenset({"1", "1.0", "true", "yes", "t"}), frozenset({"0", "0.0", "false", "no", "f"})
FIRST_TIME = datetime(2000, 1, 1, tzinfo=UTC)
"""When the answers of a file without times are said to begin, a second apart."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column holds what; None where a file has no such column.

    A file has `at` (times with an offset), or `order` (a number that grows with time), or is in order of time. A cell
    of concepts or skills is one id, or a JSON list of them. `skill_prefix` goes before every skill code. A row with a
    digest was exported: its skills are all that it counts towards, `blocks` and `years` their tags, in the same order.
    """

    student: str = "student_id"
    correct: str = "correct"
    concept: str | None = None
    skill: str | None = None
    at: str | None = None
    order: str | None = None
    id: str | None = None
    question: str | None = None
    session: str | None = None
    difficulty: str | None = None
    response_time: str | None = None
    semantic_score: str | None = None
    keyword_score: str | None = None
    mentioned: str | None = None
    missed: str | None = None
    blocks: str | None = None
    years: str | None = None
    digest: str | None = None
    skill_prefix: str = ""


LAYOUTS = {
    "export": Layout(
        concept="concept_ids",
        skill="skill_codes",
        at="at",
        id="id",
        question="question_id",
        difficulty="difficulty",
        response_time="response_time",
        semantic_score="semantic_score",
        keyword_score="keyword_score",
        mentioned="mentioned",
        missed="missed",
        session="session_id",
        blocks="blocks",
        years="years",
        digest="digest",
    ),
    "assistments": Layout(student="user_id", skill="skill_name", question="item_id", skill_prefix="assistments-"),
    "pybkt": Layout(student="user_id", skill="skill_name", order="order_id", skill_prefix="pybkt-"),
}
"""Layouts by name: what `graph-api export answers` writes, ASSISTments 2009 as preprocessed for research, pyBKT."""

OPTIONAL = frozenset(
    {
        "order",
        "question",
        "session",
        "semantic_score",
        "keyword_score",
        "mentioned",
        "missed",
        "blocks",
        "years",
        "digest",
    }
)
"""Columns of a named layout that a file may lack."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row: its line, what it says or why it cannot be read, its raw cells, and how many bytes were read so far."""

    line: int
    answer: AnswerInput | Failure
    cells: dict[str, str]
    bytes_read: int


def read_answers(path: Path, layout: Layout, dataset: str, start: datetime = FIRST_TIME) -> Iterator[FileRow]:
    """Read a file row by row. An answer without an id column is called `dataset:line`, so that it is recorded once.

    Raises:
        InvalidInput: the header lacks a column that the layout names.
        OSError: the file cannot be read.
    """
    with path.open("rb") as raw, _text(path, raw) as text:
        if is_jsonl(path):
            for line, row in read_json_rows(text):
                answer = row if isinstance(row, Failure) else _answer(row, layout, f"{dataset}:{line}", start, line)
                yield FileRow(line, answer, {} if isinstance(row, Failure) else row, raw.tell())
            return
        rows = csv.DictReader(text)
        layout = _present(layout, rows.fieldnames or ())
        for cells in rows:
            line = rows.line_num
            yield FileRow(line, _answer(cells, layout, f"{dataset}:{line}", start, line), cells, raw.tell())


def _text(path: Path, raw: IO[bytes]) -> IO[str]:
    unpacked: Any = gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw
    return io.TextIOWrapper(unpacked, encoding="utf-8-sig", newline="")


def _present(layout: Layout, header: Any) -> Layout:  # noqa: ANN401 - whatever csv found
    """The layout without the optional columns that this file lacks."""
    for name in Layout.__slots__:
        column = getattr(layout, name)
        if name == "skill_prefix" or column is None or column in header:
            continue
        if name not in OPTIONAL:
            raise InvalidInput("line 1", f"the header must name the column {column!r} ({name})", ", ".join(header))
        layout = replace(layout, **{name: None})  # type: ignore[arg-type]  # optional columns may be None
    return layout


def _answer(cells: dict[str, str], layout: Layout, made_id: str, start: datetime, line: int) -> AnswerInput | Failure:
    def cell(column: str | None) -> str | None:
        return (cells.get(column) or "").strip() or None if column else None

    try:
        numbers = {
            name: float(value)
            for name in ("response_time", "semantic_score", "keyword_score")
            if (value := cell(getattr(layout, name)))
        }
        difficulty = cell(layout.difficulty)
        return AnswerInput(
            student_id=cell(layout.student) or "",
            correct=_correct(cell(layout.correct) or "", layout.correct),
            concept_ids=_ids(cell(layout.concept)),
            skill_codes=[layout.skill_prefix + code for code in _ids(cell(layout.skill))],
            id=cell(layout.id) or made_id,
            at=_time(cell(layout.at), cell(layout.order), layout, start, line),
            question_id=cell(layout.question),
            session_id=cell(layout.session),
            difficulty=Difficulty(difficulty.upper()) if difficulty else None,
            mentioned=_ids(cell(layout.mentioned)),
            missed=_ids(cell(layout.missed)),
            frozen=frozen_tags(*(cell(getattr(layout, each)) for each in ("skill", "blocks", "years", "digest"))),
            **numbers,
        )
    except Failure as failure:
        return failure
    except ValueError as error:
        return InvalidInput("row", str(error))


def _correct(value: str, column: str) -> bool:
    if value.lower() in TRUE:
        return True
    if value.lower() in FALSE:
        return False
    raise InvalidInput(column, "must be 1 or 0, true or false", shown(value))


def _ids(value: str | None) -> list[str]:
    if value is None:
        return []
    if value.startswith("["):
        return [str(each) for each in json.loads(value)]
    return [value]


def _time(at: str | None, order: str | None, layout: Layout, start: datetime, line: int) -> datetime:
    if layout.at is not None:
        if at is None:
            raise InvalidInput(layout.at, "must not be empty")
        return in_utc(datetime.fromisoformat(at), layout.at)
    return start + timedelta(seconds=float(order) if order is not None else line)
