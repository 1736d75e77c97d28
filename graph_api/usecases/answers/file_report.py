"""What was understood of an answer file: the layout in words, and counts that add up while the rows go by."""

from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.failures import Failure, shown
from graph_api.usecases.answers.answer_cells import CellRules
from graph_api.usecases.answers.answer_files import FileRow
from graph_api.usecases.answers.answer_layouts import Layout

MOST_STUDENTS = 1_000_000
"""Students that are counted one by one, so that memory has a bound."""

FIRST_ANSWERS = 10
"""Answers, and rejected rows, that a dry run shows."""

MOST_WORDS = 8
MOST_SKILLS = 10


@dataclass(slots=True)
class LeftOutRows:
    """How many rows were left out for one reason, and the first line."""

    count: int = 0
    first_line: int = 0


@dataclass(slots=True)
class FileReport:
    """Counts of a file, in memory that does not grow with its rows: only skills and students are remembered."""

    answers: int = 0
    bad: int = 0
    correct: int = 0
    tags: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    skills: dict[str, str] = field(default_factory=dict)
    words: Counter[str] = field(default_factory=Counter)
    left_out: dict[str, LeftOutRows] = field(default_factory=dict)
    layout: Layout | None = None
    _students: set[int] = field(default_factory=set)

    def leave_out(self, line: int, reason: str) -> None:
        """Count a row that holds no answer."""
        rows = self.left_out.setdefault(reason, LeftOutRows(first_line=line))
        rows.count += 1

    def open(self, layout: Layout) -> None:
        """Remember the layout as the file has it."""
        self.layout = layout

    @property
    def left_out_count(self) -> int:
        """All rows that hold no answer."""
        return sum(rows.count for rows in self.left_out.values())

    @property
    def students(self) -> int:
        """Students with an answer, at most MOST_STUDENTS."""
        return len(self._students)

    def observed(self, rows: Iterator[FileRow]) -> Generator[FileRow]:
        """The same rows, counted."""
        place: int | None = None
        for row in rows:
            if isinstance(row.answer, Failure):
                self.bad += 1
            else:
                self._count(row, row.answer)
                if place is None:
                    place = row.header.index(row.layout.correct)
                word = row.values[place].strip()
                if word in self.words or len(self.words) < MOST_WORDS:
                    self.words[word] += 1
            yield row

    def _count(self, row: FileRow, answer: AnswerInput) -> None:
        self.answers += 1
        self.correct += answer.correct
        self.tags += len(answer.skill_codes) + len(answer.concept_ids)
        if len(self._students) < MOST_STUDENTS:
            self._students.add(hash(answer.student_id))
        for code in answer.skill_codes:
            if code not in self.skills:
                self.skills[code] = row.skill_names.get(code, code)
        if answer.at is not None:
            self.first_at = answer.at if self.first_at is None else min(self.first_at, answer.at)
            self.last_at = answer.at if self.last_at is None else max(self.last_at, answer.at)


def layout_lines(layout: Layout, rules: CellRules, *, is_recognised: bool) -> list[str]:
    """A layout in words: what was understood before the first row was read."""
    parts = layout.parts
    how = "recognised" if is_recognised else "chosen"
    columns = ", ".join(f"{name} = {column!r}" for name, column in layout.columns().items())
    lines = [
        f"layout: {parts.title or 'columns named by flags'} ({parts.name or 'flags'}), {how}",
        f"columns: {columns}",
    ]
    if parts.sequences is not None or parts.wide is not None:
        lines.append("rows: each holds several answers of a student")
    if parts.one_skill is not None:
        lines.append(f"skills: all answers are about {parts.one_skill!r}")
    else:
        lines.append(f"skills: {_separator(rules)}; codes begin with {layout.skill_prefix!r}")
    lines += [f"correct: {_outcome(layout)}", f"times: {_times(layout, rules)}"]
    if layout.response_time is not None:
        lines.append(f"response times: in {rules.response_time_unit}")
    weighed = layout.evidence_id or ("as each row names" if layout.evidence else "those in effect")
    lines.append(f"evidence parameters: {weighed}")
    lines += [f"not read: {column!r}; use --{name} {column!r} to read it" for name, column in parts.offered.items()]
    return lines


def count_lines(report: FileReport) -> list[str]:
    """The counts in words, after the rows were read."""
    over = "more than " if report.students >= MOST_STUDENTS else ""
    answers = f"answers: {report.answers:,} of {over}{report.students:,} students, {report.correct:,} correct"
    lines = [f"{answers}, {report.tags:,} tags over {len(report.skills):,} skills"]
    if report.words:
        lines.append(
            "outcomes: " + ", ".join(f"{shown(word)!r} {count:,}" for word, count in report.words.most_common())
        )
    if report.skills:
        names = [shown(name) for name in list(report.skills.values())[:MOST_SKILLS]]
        more = len(report.skills) - len(names)
        lines.append(f"skill names: {', '.join(names)}{f' and {more:,} more' if more else ''}")
    if report.first_at is not None and report.last_at is not None:
        lines.append(f"from {report.first_at.isoformat()} to {report.last_at.isoformat()}")
    lines += [
        f"left out: {rows.count:,} because: {reason}; the first is line {rows.first_line}"
        for reason, rows in report.left_out.items()
    ]
    return lines


def answer_line(row: FileRow, answer: AnswerInput) -> str:
    """An answer as it would be recorded, in one line."""
    at = answer.at.isoformat() if answer.at else "after the answer before it"
    stated = {
        "hints": answer.hints,
        "attempt": answer.attempt,
        "partial score": answer.partial_score,
        "response time": answer.response_time,
        "difficulty": answer.difficulty,
        "session": answer.session_id,
    }
    extra = "".join(f", {name} {value}" for name, value in stated.items() if value is not None)
    question = f" on question {answer.question_id}" if answer.question_id else ""
    tags = ", ".join([*answer.skill_codes, *answer.concept_ids])
    outcome = "correct" if answer.correct else "incorrect"
    return f"line {row.line}: {answer.student_id} {outcome}{question}, about {tags}; at {at}{extra}; id {answer.id}"


def _separator(rules: CellRules) -> str:
    if rules.tag_separator is None:
        return "one per cell, or a list"
    return f"separated by {rules.tag_separator!r}" if rules.tag_separator else "one per cell"


def _outcome(layout: Layout) -> str:
    rule = layout.parts.outcome
    if rule.key is not None:
        return f"the cell is that of {rule.key!r}"
    if rule.points:
        return f"from {rule.pass_mark:g} of the points, which are {rule.out_of} at most; the share is the partial score"
    if rule.correct is not None:
        return f"{', '.join(rule.correct)}; incorrect: {', '.join(rule.incorrect)}"
    return "1 or true; incorrect: 0, false or hint"


def _times(layout: Layout, rules: CellRules) -> str:
    if layout.at is None:
        return "numbers whose order counts" if layout.order else "none: the order of the file counts"
    if rules.time_unit is not None:
        return f"{rules.time_unit} since {'the start' if rules.time_since_start else '1970-01-01 UTC'}"
    if rules.time_zone is not None:
        return f"in the zone {rules.time_zone}"
    return f"in the zone of {rules.time_zone_column!r}" if rules.time_zone_column else "with their offsets"
