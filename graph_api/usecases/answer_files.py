"""Answer files: CSV or JSON lines, plain or gzipped, read row by row whatever their columns are called."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from graph_api.domain.answers import AnswerInput, Difficulty, Frozen
from graph_api.domain.failures import Failure, InvalidInput, shown
from graph_api.usecases.answer_cells import DEFAULT_RULES, CellRules
from graph_api.usecases.csv_rows import DELIMITERS, BadFile, CsvFile, CsvRow, open_csv
from graph_api.usecases.derived_times import FIRST_TIME, time_of_order
from graph_api.usecases.exported_rows import frozen_tags
from graph_api.usecases.known_formats import describe_format
from graph_api.usecases.skill_names import skill_code


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column holds what; None where a file has no such column.

    A file has `at` (times), or `order` (a number that grows with time), or is in order of time. A cell of concepts or
    skills is one id or name, or a list of them. `skill_prefix` goes before every skill code. A row with a digest was
    exported: its skills are all that it counts towards, `blocks` and `years` their tags, in the same order.
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

    def columns(self) -> dict[str, str]:
        """The columns by what they hold."""
        named = {name: getattr(self, name) for name in Layout.__slots__ if name != "skill_prefix"}
        return {name: column for name, column in named.items() if column is not None}


LAYOUTS = {
    "export": Layout(
        concept="concept_ids",
        skill="skill_codes",
        at="at",
        id="id",
        question="question_id",
        session="session_id",
        difficulty="difficulty",
        response_time="response_time",
        semantic_score="semantic_score",
        keyword_score="keyword_score",
        mentioned="mentioned",
        missed="missed",
        blocks="blocks",
        years="years",
        digest="digest",
    ),
    "assistments": Layout(student="user_id", skill="skill_name", question="item_id", skill_prefix="assistments-"),
    "pybkt": Layout(student="user_id", skill="skill_name", order="order_id", skill_prefix="pybkt-"),
}
"""Layouts by name: what `graph-api export answers` writes, ASSISTments 2009 as preprocessed for research, pyBKT."""

OPTIONAL = frozenset(
    {"order", "question", "session", "semantic_score", "keyword_score", "mentioned", "missed"}
    | {"blocks", "years", "digest"}
)
"""Columns of a named layout that a file may lack."""

TAGS = frozenset({"concept", "skill", "mentioned", "missed"})
"""What several columns of one name may hold: one tag each, as DataShop writes them."""

FIELDS = {
    "studentId": ("student",),
    "id": ("id",),
    "sessionId": ("session",),
    "questionId": ("question",),
    "conceptIds": ("concept", "skill"),
    "skillCodes": ("skill", "concept"),
    "sampled": ("mentioned", "missed"),
    "at": ("at", "order"),
    "responseTime": ("response_time",),
    "semanticScore": ("semantic_score",),
    "keywordScore": ("keyword_score",),
}
"""What holds a field of an answer, for messages that name columns."""

CONVERTED = frozenset({"at", "responseTime", "semanticScore", "keywordScore"})
"""Fields whose values are no longer as the cells have them."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row: its line, what it says or why it cannot be read, and how many bytes were read so far.

    An answer without time and order has `at` None, and `earliest` is its place in the file as a time. `skill_names` are
    the cells behind the skill codes. `layout` is the one that the file has; it names what a row states.
    """

    line: int
    answer: AnswerInput | Failure
    bytes_read: int
    values: Sequence[str] = field(repr=False)
    header: Sequence[str] = field(repr=False)
    layout: Layout = field(repr=False)
    earliest: datetime | None = None
    skill_names: Mapping[str, str] = field(default_factory=dict)

    @property
    def cells(self) -> dict[str, str | list[str]]:
        """The raw cells by column; a list where the header repeats a column; cells beyond the header under ""."""
        cells: dict[str, str | list[str]] = {}
        for place, value in enumerate(self.values):
            name = self.header[place] if place < len(self.header) else ""
            before = cells.get(name)
            cells[name] = value if before is None else [*([before] if isinstance(before, str) else before), value]
        return cells

    def in_its_words(self, failure: Failure) -> Failure:
        """A failure with the column for the field, and the cell's own text for a value that was converted.

        The time behind an order, or behind a number, follows its cell's text.
        """
        if failure.field not in FIELDS:
            return failure
        columns = self.layout.columns()
        held = [columns[name] for name in FIELDS[failure.field] if name in columns]
        places = [place for column in held for place, name in enumerate(self.header) if name == column]
        cells = shown(", ".join(self.values[place] for place in places if place < len(self.values)))
        value = failure.value if failure.value and failure.field not in CONVERTED else cells
        if failure.field == "at" and failure.value != cells and _is_number(cells):
            value = f"{cells}, which is {failure.value}"
        return replace(failure, field=self.column_of(failure.field), value=value)

    def column_of(self, name: str) -> str:
        """The column behind a field of an answer, else the field's name."""
        columns = self.layout.columns()
        return next((columns[each] for each in FIELDS.get(name, ()) if each in columns), name)


def dataset_name(path: Path) -> str:
    """What generated event ids begin with: the file's whole name, without an ending for compression.

    >>> dataset_name(Path("data/week.1.csv.gz"))
    'week.1.csv'
    """
    return path.stem if path.suffix.lower() in {".gz", ".gzip"} and path.stem else path.name


def read_answers(  # noqa: PLR0913 - each is a choice of the caller
    path: Path,
    layout: Layout,
    dataset: str,
    start: datetime = FIRST_TIME,
    rules: CellRules = DEFAULT_RULES,
    *,
    optional: Collection[str] = OPTIONAL,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Iterator[FileRow]:
    """Read a file row by row. An answer without an id column is called `dataset:line`, so that it is recorded once.

    `optional` are the columns of the layout that the file may lack, by what they hold.

    Raises:
        BadFile: the header lacks or repeats a column that the layout names, or the file is damaged.
        OSError: the file cannot be opened.
    """
    wanted = [column for name, column in layout.columns().items() if name not in optional]
    columns = list(layout.columns().values())
    with open_csv(path, encoding=encoding, delimiter=delimiter, columns=wanted, json_columns=columns) as file:
        present = _present(layout, file, optional)
        if present.digest is not None:  # an export writes what there is: any id may be called NA
            rules = replace(rules, no_values=frozenset[str]())
        reader = _RowReader(file, present, dataset, start, rules)
        for row in file:
            yield reader.read(row)


def _present(layout: Layout, file: CsvFile, optional: Collection[str]) -> Layout:
    """The layout without the optional columns that this file lacks."""
    for name, column in layout.columns().items():
        places = file.positions(column)
        if len(places) > 1 and name not in TAGS:
            rule = f"the header must name the column {column!r} ({name}) once, names it {len(places)} times: rename one"
            raise BadFile("line 1", rule)
        if places:
            continue
        if name not in optional:
            hint = _hint(column, name, file)
            names = shown(", ".join(file.header))
            raise BadFile("line 1", f"the header must name the column {column!r} ({name}){hint}", names)
        layout = replace(layout, **{name: None})  # type: ignore[arg-type]  # optional columns may be None
    if layout.concept is None and layout.skill is None:
        advice = describe_format(file.header) or "name one with --skill or --concept"
        rule = f"the header must name a column of skills or of concepts; {advice}"
        raise BadFile("line 1", rule, shown(", ".join(file.header)))
    return layout


def _hint(column: str, name: str, file: CsvFile) -> str:
    if advice := describe_format(file.header):
        return f"; {advice}"
    line = file.delimiter.join(file.header)
    for word, character in DELIMITERS.items():
        if character != file.delimiter and column in [cell.strip() for cell in line.split(character)]:
            return f"; the file looks {word}-separated: use --delimiter {word}"
    if alike := [each for each in file.header if each.casefold() == column.casefold()]:
        return f"; is it {alike[0]!r}? use --{name.replace('_', '-')}"
    return f"; name it with --{name.replace('_', '-')}"


class _RowReader:
    """Reads the rows of one file: columns are looked up once."""

    def __init__(self, file: CsvFile, layout: Layout, dataset: str, start: datetime, rules: CellRules) -> None:
        self._header, self._layout, self._dataset = file.header, layout, dataset
        self._start, self._rules = start, rules
        self._columns = layout.columns()
        self._places = {name: file.positions(column) for name, column in self._columns.items()}

    def read(self, row: CsvRow) -> FileRow:
        """What a row says."""
        names: dict[str, str] = {}
        answer = row.problem or self._answer(row, names)
        has_time = self._layout.at is not None or self._layout.order is not None
        earliest = None if has_time else self._start + timedelta(seconds=row.line)
        read = FileRow(row.line, answer, row.bytes_read, row.cells, self._header, self._layout, earliest, names)
        return replace(read, answer=read.in_its_words(answer)) if isinstance(answer, Failure) else read

    def _answer(self, row: CsvRow, names: dict[str, str]) -> AnswerInput | Failure:
        try:
            difficulty = self._cell(row, "difficulty")
            return AnswerInput(
                student_id=self._required(row, "student"),
                correct=self._rules.correct(self._required(row, "correct"), self._layout.correct),
                concept_ids=self._tags(row, "concept"),
                skill_codes=[self._code(name, names) for name in self._tags(row, "skill")],
                id=self._required(row, "id") if self._layout.id else f"{self._dataset}:{row.line}",
                at=self._time(row),
                question_id=self._cell(row, "question"),
                session_id=self._cell(row, "session"),
                difficulty=None if difficulty is None else _difficulty(difficulty, self._columns["difficulty"]),
                response_time=self._number(row, "response_time"),
                semantic_score=self._number(row, "semantic_score"),
                keyword_score=self._number(row, "keyword_score"),
                mentioned=self._tags(row, "mentioned"),
                missed=self._tags(row, "missed"),
                frozen=self._frozen(row),
            )
        except Failure as failure:
            return failure

    def _cell(self, row: CsvRow, name: str) -> str | None:
        places = self._places.get(name)
        return self._rules.value(row.cells[places[0]]) if places else None

    def _required(self, row: CsvRow, name: str) -> str:
        value = self._cell(row, name)
        if value is None:
            raise InvalidInput(self._columns[name], "must not be empty", shown(row.cells[self._places[name][0]]))
        return value

    def _number(self, row: CsvRow, name: str) -> float | None:
        text = self._cell(row, name)
        if text is None:
            return None
        read = self._rules.response_time if name == "response_time" else self._rules.number
        return read(text, self._columns[name])

    def _tags(self, row: CsvRow, name: str) -> list[str]:
        places = self._places.get(name, ())
        return [tag for place in places for tag in self._rules.tags(row.cells[place], self._columns[name])]

    def _frozen(self, row: CsvRow) -> Frozen | None:
        if self._cell(row, "digest") is None:
            return None
        try:
            return frozen_tags(*(self._cell(row, name) for name in ("skill", "blocks", "years", "digest")))
        except (ValueError, TypeError, RecursionError):
            columns = ", ".join(self._columns[name] for name in ("skill", "blocks", "years") if name in self._columns)
            raise InvalidInput(columns, "must be JSON lists of the same length, as exported") from None

    def _code(self, name: str, names: dict[str, str]) -> str:
        code = skill_code(name, self._layout.skill_prefix, self._columns["skill"])
        names[code] = name
        return code

    def _time(self, row: CsvRow) -> datetime | None:
        if self._layout.at is not None:
            return self._rules.time(self._required(row, "at"), self._layout.at)
        if self._layout.order is None:
            return None
        text = self._required(row, "order")
        try:
            return time_of_order(self._rules.number(text, self._layout.order), self._start)
        except OverflowError:
            rule = "must give a time in the years 1 to 9999: use another --start"
            raise InvalidInput(self._layout.order, rule, shown(text)) from None


def _is_number(cell: str) -> bool:
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return True


def _difficulty(text: str, column: str) -> Difficulty:
    try:
        return Difficulty(text.upper())
    except ValueError:
        rule = f"must be {', '.join(Difficulty)} or empty"
        raise InvalidInput(column, rule, shown(text)) from None
