"""Answer files: CSV, JSON lines or Parquet, plain or compressed, read row by row whatever their columns are called."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

from graph_api.domain.answers.answers import AnswerInput, Frozen
from graph_api.domain.failures import Failure, InvalidInput, shown
from graph_api.usecases.answers.answer_cells import EPOCH, CellRules, zone_of
from graph_api.usecases.answers.answer_columns import COLUMNS, OPTIONAL, Column, Read, columns_of_field
from graph_api.usecases.answers.answer_layouts import PATTERN, Layout
from graph_api.usecases.answers.answer_outcomes import OutcomeReader
from graph_api.usecases.answers.derived_times import FIRST_TIME, time_of_order
from graph_api.usecases.answers.layout_files import layouts
from graph_api.usecases.answers.layout_rows import ShapedFile, needed_joins, shaped
from graph_api.usecases.answers.metadata_files import open_lookups
from graph_api.usecases.answers.recognise_layout import Head, describe, open_layout
from graph_api.usecases.answers.sequence_rows import LeftOut
from graph_api.usecases.answers.skill_names import skill_code
from graph_api.usecases.csv_rows import DELIMITERS, BadFile, CsvRow
from graph_api.usecases.exported_rows import frozen_tags

__all__ = ["OPTIONAL", "FileRow", "Layout", "dataset_name", "layouts", "read_answers"]

"""The layouts that come with the service, by name; those of seeds/layouts."""

_Reader = Callable[[CsvRow, dict[str, str]], Any]
"""Reads a value of a row; the names behind skill codes are added to the dictionary."""

CONVERTED = frozenset({"at", "responseTime", "semanticScore", "keywordScore"})
"""Fields whose values are no longer as the cells have them."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row: its line, its answer or why it cannot be read, and how many bytes were read so far.

    An answer without time and order has `at` None, and `earliest` is its place in the file as a time. `skill_names` are
    the cells behind the skill codes. `layout` is the one that the file has; it names what a row states. `entry` counts
    the answers of a file whose lines hold several; else it is 0.
    """

    line: int
    answer: AnswerInput | Failure
    bytes_read: int
    values: Sequence[str] = field(repr=False)
    header: Sequence[str] = field(repr=False)
    layout: Layout = field(repr=False)
    earliest: datetime | None = None
    skill_names: Mapping[str, str] = field(default_factory=dict)
    entry: int = 0

    @property
    def number(self) -> int:
        """A number that no other row of the file has, and that grows: the line, or the count of answers."""
        return self.entry or self.line

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
        if not columns_of_field(failure.field):
            return failure
        columns = self.layout.columns()
        held = [columns[name] for name in columns_of_field(failure.field) if name in columns]
        places = [place for column in held for place, name in enumerate(self.header) if name == column]
        cells = shown(", ".join(self.values[place] for place in places if place < len(self.values)))
        value = failure.value if failure.value and failure.field not in CONVERTED else cells
        if failure.field == "at" and failure.value != cells and _is_number(cells):
            value = f"{cells}, which is {failure.value}"
        return replace(failure, field=self.column_of(failure.field), value=value)

    def column_of(self, name: str) -> str:
        """The column behind a field of an answer, else the field's name."""
        columns = self.layout.columns()
        return next((columns[each] for each in columns_of_field(name) if each in columns), name)


def dataset_name(path: Path) -> str:
    """What generated event ids begin with: the file's whole name, without an ending for compression.

    >>> dataset_name(Path("data/week.1.csv.gz"))
    'week.1.csv'
    """
    return path.stem if path.suffix.lower() in {".gz", ".gzip", ".zst", ".zip"} and path.stem else path.name


def read_answers(  # noqa: PLR0913 - each is a choice of the caller
    path: Path,
    layout: Layout,
    dataset: str,
    start: datetime = FIRST_TIME,
    rules: CellRules | None = None,
    *,
    optional: Collection[str] | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    metadata: Sequence[Path] = (),
    on_left_out: LeftOut = lambda _line, _reason: None,
    on_open: Callable[[Layout], None] = lambda _layout: None,
) -> Iterator[FileRow]:
    """Read a file row by row. An answer without an id column is called `dataset:line`, so that it is recorded once.

    `rules` are those of the layout if None. `optional` are the columns of the layout that the file may lack, by what
    they hold. `metadata` are files with columns that the layout looks up. `on_left_out` is called for each row that
    holds no answer, and `on_open` with the layout as the file has it.

    Raises:
        BadFile: the header lacks or repeats a column that the layout names, or the file is damaged.
        OSError: the file cannot be opened.
    """
    rules = layout.parts.cells if rules is None else rules
    optional = OPTIONAL | layout.parts.optional if optional is None else optional
    wanted = [column for name, column in layout.columns().items() if name not in optional]
    with open_layout(path, layout, encoding, delimiter, wanted) as file:
        known = layout.resolved(file.header)
        is_mixed = bool(layout.parts.leave_out)  # the first object need not be an answer
        joins = needed_joins(known, file.header)
        looked_up = {column for join in joins for column in join.columns}
        wanted = [column for name, column in known.columns().items() if is_mixed or name in optional]
        file.want([column for column in wanted if column not in looked_up])
        with open_lookups(path, layout.parts.title, joins, metadata) as lookups:
            rows = shaped(file, known, path, lookups, on_left_out)
            present = _present(layout.resolved(rows.header), rows, optional)
            if present.digest is not None:  # an export writes what there is: any id may be called NA
                rules = replace(rules, no_values=frozenset[str]())
            on_open(present)
            reader = _RowReader(rows, present, dataset, start, rules)
            is_first = bool(layout.parts.signs.columns)
            for row in rows.rows:
                read = reader.read(row)
                if read is None:
                    on_left_out(row.line, "no skill")
                    continue
                if is_first and isinstance(read.answer, Failure) and "--time-zone" in read.answer.rule:
                    raise BadFile(f"line {row.line}, {read.answer.field}", read.answer.rule, read.answer.value)
                is_first = False
                yield read


def _present(layout: Layout, file: ShapedFile, optional: Collection[str]) -> Layout:
    """The layout without the optional columns that this file lacks."""
    for name, column in layout.columns().items():
        several = layout.candidates(name, file.header)
        if len(several) > 1:
            rule = f"several columns can be the {name}: choose one with --{name.replace('_', '-')}"
            raise BadFile("line 1", rule, shown(", ".join(several)))
        places = file.positions(column)
        if len(places) > 1 and not COLUMNS[name].is_list:
            rule = f"the header must name the column {column!r} ({name}) once, names it {len(places)} times: rename one"
            raise BadFile("line 1", rule)
        if places:
            continue
        if name not in optional and not (name == "skill" and layout.parts.one_skill is not None):
            hint = _hint(column, name, layout, file)
            names = shown(", ".join(file.header))
            shown_column = column.removeprefix(PATTERN)
            raise BadFile("line 1", f"the header must name the column {shown_column!r} ({name}){hint}", names)
        layout = layout.with_columns({name: None})
    if layout.concept is None and layout.skill is None and layout.parts.one_skill is None:
        advice = describe(Head(file.header, file.delimiter.join(file.header))) or "name one with --skill or --concept"
        rule = f"the header must name a column of skills or of concepts; {layout.parts.hint.get('skill') or advice}"
        raise BadFile("line 1", rule, shown(", ".join(file.header)))
    return layout


def _hint(column: str, name: str, layout: Layout, file: ShapedFile) -> str:
    if own := layout.parts.hint.get(name):
        return f"; {own}"
    line = file.delimiter.join(file.header)
    if layout.parts.name in {"", "export"} and (advice := describe(Head(file.header, line))):
        return f"; {advice}"
    for word, character in DELIMITERS.items():
        if character != file.delimiter and column in [cell.strip() for cell in line.split(character)]:
            return f"; the file looks {word}-separated: use --delimiter {word}"
    if alike := [each for each in file.header if each.casefold() == column.casefold()]:
        return f"; is it {alike[0]!r}? use --{name.replace('_', '-')}"
    return f"; name it with --{name.replace('_', '-')}"


class _RowReader:
    """Reads the rows of one file: columns are looked up once."""

    def __init__(self, file: ShapedFile, layout: Layout, dataset: str, start: datetime, rules: CellRules) -> None:
        self._header, self._layout, self._dataset = file.header, layout, dataset
        self._start, self._rules = start, rules
        self._columns = layout.columns()
        self._places = {name: file.positions(column) for name, column in self._columns.items()}
        self._has_time = "at" in self._columns or "order" in self._columns
        together: dict[str, _Reader] = {"skill": self._skills, "id": self._id, "at": self._time}
        outcome = OutcomeReader(layout, rules, file)
        if outcome.is_needed:
            together["correct"] = lambda row, _names: outcome.correct(row.cells)
            if layout.parts.outcome.points and layout.partial_score is None:
                together["partial_score"] = lambda row, _names: outcome.score(row.cells)
        zone = rules.time_zone_column if rules.time_zone is None else None
        self._zone_place = next(iter(file.positions(zone)), None) if zone else None
        self._from = start if rules.time_since_start else EPOCH
        plan = [
            (column.attribute, together.get(name) or self._reader(column))
            for name, column in COLUMNS.items()
            if name in together or (column.read is not None and name in self._columns)
        ]
        if "digest" in self._columns:
            plan.append(("frozen", self._frozen))
        if "evidence" not in self._columns:
            plan.append(("evidence_id", lambda _row, _names: layout.evidence_id))
        self._plan = plan

    def read(self, row: CsvRow) -> FileRow | None:
        """The answer of a row, or why it cannot be read; None if the layout leaves it out, because it has no skill."""
        names: dict[str, str] = {}
        answer = row.problem or self._answer(row, names)
        if answer is None:
            return None
        earliest = None if self._has_time else self._start + timedelta(seconds=row.entry or row.line)
        read = FileRow(
            row.line, answer, row.bytes_read, row.cells, self._header, self._layout, earliest, names, row.entry
        )
        return replace(read, answer=read.in_its_words(answer)) if isinstance(answer, Failure) else read

    def _answer(self, row: CsvRow, names: dict[str, str]) -> AnswerInput | Failure | None:
        try:
            if self._layout.parts.drop_untagged and not self._has_tags(row):
                return None
            return AnswerInput(**{attribute: read(row, names) for attribute, read in self._plan})
        except Failure as failure:
            return failure

    def _has_tags(self, row: CsvRow) -> bool:
        if self._layout.parts.one_skill is not None:
            return True
        return any(self._tags(row, name, CellRules.tags) for name in ("skill", "concept"))

    def _reader(self, column: Column) -> "_Reader":
        """A function that reads a column that the file has."""
        name, read = column.name, column.read or CellRules.text
        if column.is_list:
            return lambda row, _names: self._tags(row, name, read)

        (place, *_), title, rules = self._places[name], self._columns[name], self._rules

        def read_cell(row: CsvRow, _names: dict[str, str]) -> Any:  # noqa: ANN401 - of any column
            cell = rules.value(row.cells[place])
            if cell is None and column.is_required:
                return self._required(row, name)
            return None if cell is None else read(rules, cell, title)

        return read_cell

    def _cell(self, row: CsvRow, name: str) -> str | None:
        places = self._places.get(name)
        return self._rules.value(row.cells[places[0]]) if places else None

    def _required(self, row: CsvRow, name: str) -> str:
        value = self._cell(row, name)
        if value is None:
            raise InvalidInput(self._columns[name], "must not be empty", shown(row.cells[self._places[name][0]]))
        return value

    def _tags(self, row: CsvRow, name: str, read: Read) -> list[str]:
        places = self._places.get(name, ())
        return [tag for place in places for tag in read(self._rules, row.cells[place], self._columns[name])]

    def _id(self, row: CsvRow, _names: dict[str, str]) -> str:
        if "id" in self._columns:
            return self._required(row, "id")
        return f"{self._dataset}:{row.line}:{row.entry}" if row.entry else f"{self._dataset}:{row.line}"

    def _skills(self, row: CsvRow, names: dict[str, str]) -> list[str]:
        """The skill codes; the cells behind them are added to `names`."""
        if self._layout.parts.one_skill is not None:
            return [self._code(self._layout.parts.one_skill, names)]
        return [self._code(name, names) for name in self._tags(row, "skill", CellRules.tags)]

    def _frozen(self, row: CsvRow, _names: dict[str, str]) -> Frozen | None:
        if self._cell(row, "digest") is None:
            return None
        try:
            return frozen_tags(*(self._cell(row, name) for name in ("skill", "blocks", "years", "digest")))
        except (ValueError, TypeError, RecursionError):
            columns = ", ".join(self._columns[name] for name in ("skill", "blocks", "years") if name in self._columns)
            raise InvalidInput(columns, "must be JSON lists of the same length, as exported") from None

    def _code(self, name: str, names: dict[str, str]) -> str:
        code = skill_code(name, self._layout.skill_prefix, self._columns.get("skill", "skill"))
        names[code] = name
        return code

    def _time(self, row: CsvRow, _names: dict[str, str]) -> datetime | None:
        if (at := self._columns.get("at")) is not None:
            return self._rules.time(self._required(row, "at"), at, self._zone(row), self._from)
        if (order := self._columns.get("order")) is None:
            return None
        text = self._required(row, "order")
        try:
            return time_of_order(self._rules.number(text, order), self._start)
        except OverflowError:
            raise InvalidInput(
                order, "must give a time in the years 1 to 9999: use another --start", shown(text)
            ) from None

    def _zone(self, row: CsvRow) -> tzinfo | None:
        """The zone that the row names."""
        if self._zone_place is None:
            return None
        name = self._rules.value(row.cells[self._zone_place])
        return zone_of(name, self._header[self._zone_place]) if name else None


def _is_number(cell: str) -> bool:
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return True
