"""The options of an import of answers: which layout a file has, and what the options change of it.

The command line has them as flags, and an upload as fields of its form.
"""

import contextlib
import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from graph_api.domain.failures import Failure, InvalidInput
from graph_api.domain.text import identifier
from graph_api.usecases.answers.answer_cells import CellRules
from graph_api.usecases.answers.answer_columns import OPTIONAL, OPTIONS
from graph_api.usecases.answers.answer_files import FileRow, dataset_name, read_answers
from graph_api.usecases.answers.answer_layouts import Layout
from graph_api.usecases.answers.derived_times import FIRST_TIME
from graph_api.usecases.answers.file_report import FileReport
from graph_api.usecases.answers.layout_files import find_layout, layouts
from graph_api.usecases.answers.recognise_layout import read_head, recognise
from graph_api.usecases.answers.skill_names import check_prefix
from graph_api.usecases.csv_rows import DELIMITERS, check_encoding

OWN_COLUMNS = "export"
"""The layout of a file that no layout fits: the names of exports, or those that options give."""


FLAG = re.compile(r"--([a-z]+(?:-[a-z]+)*)")


class InvalidOption(InvalidInput):
    """An option is invalid. `field` is its name, as in `time_zone`, or several with " and " between them."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the caller states of an answer file. None: as the layout has it.

    Attributes:
        columns: the column of the file by the name of what it holds, see `answer_columns`; empty takes it away.
        layout: the name of a layout, or the path of its file; None: recognised from the file.
        changes: keys of the layout with other values, each as in `times.zone = "UTC"`.
        metadata: files with columns that the layout looks up.
        one_skill: the skill that all answers are about.
        evidence: the id of the evidence parameters that weigh the answers.
        skill_prefix: what goes before every skill code.
        tag_separator: what splits a cell of several skills or concepts; empty for nothing.
        time_unit: the unit of times that are numbers: s, ms or us.
        time_zone: the zone of times without an offset.
        response_time_unit: the unit of response times: s, ms or us.
        decimal_comma: whether 12,5 is a number.
        no_values: cells that stand for no value.
        delimiter: a name of `DELIMITERS`, or a character; None: detected from the header.
        encoding: such as cp1252; None: detected.
        dataset: what generated event ids begin with; None: the name of the file.
        start: when answers without times begin.
        create_skills: whether unknown skills are created.
    """

    columns: Mapping[str, str | None] = field(default_factory=dict)
    layout: str | None = None
    changes: Sequence[str] = ()
    metadata: Sequence[Path] = ()
    one_skill: str | None = None
    evidence: str | None = None
    skill_prefix: str | None = None
    tag_separator: str | None = None
    time_unit: str | None = None
    time_zone: str | None = None
    response_time_unit: str | None = None
    decimal_comma: bool = False
    no_values: Sequence[str] | None = None
    delimiter: str | None = None
    encoding: str | None = None
    dataset: str | None = None
    start: datetime = FIRST_TIME
    create_skills: bool | None = None


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """A file with everything that is needed to read its answers.

    Attributes:
        path: the file.
        layout: with the columns that options name.
        optional: the columns of the layout that the file may lack.
        rules: how cells are read.
        is_recognised: whether the layout was recognised.
        dataset: what generated event ids begin with.
        earlier_dataset: what they began with in earlier versions, where that differs.
        create_skills: whether unknown skills are created.
        options: what the caller stated.
    """

    path: Path
    layout: Layout
    optional: frozenset[str]
    rules: CellRules
    is_recognised: bool
    dataset: str
    earlier_dataset: str | None
    create_skills: bool
    options: ImportOptions

    def without_new_skills(self) -> "AnswerFile":
        """The same file, whose unknown skills are not created."""
        return replace(self, create_skills=False)

    def rows(self, report: FileReport, on_open: Callable[[Layout], None] = lambda _layout: None) -> Generator[FileRow]:
        """Every row, counted in a report. `on_open` is called with the layout as the file has it.

        Raises:
            BadFile, OSError: see `read_answers`.
        """

        def describe(layout: Layout) -> None:
            report.open(layout)
            on_open(layout)

        options, start = self.options, self.options.start
        rows = read_answers(
            self.path, self.layout, self.dataset, start.replace(tzinfo=start.tzinfo or FIRST_TIME.tzinfo), self.rules,
            optional=self.optional, encoding=options.encoding, delimiter=_character(options), metadata=options.metadata,
            on_left_out=report.leave_out, on_open=describe,
        )  # fmt: skip
        return report.observed(rows)


def understand(path: Path, options: ImportOptions) -> AnswerFile:
    """Choose the layout of a file, and put the options into it.

    Raises:
        InvalidOption: naming the option, the rule and the value.
    """
    if options.encoding is not None:
        with _option("encoding"):
            check_encoding(options.encoding)
    columns = {each.name: options.columns.get(each.name) for each in OPTIONS}
    base, is_recognised = _choose_layout(path, options, columns)
    if options.one_skill is not None:
        base = base.with_parts(one_skill=options.one_skill)
    mapped, optional = _map_columns(base, columns, options.skill_prefix)
    mapped = mapped if options.evidence is None else mapped.weighed_by(options.evidence)
    rules = _cell_rules(base, options)
    name = options.dataset or dataset_name(path)
    with _option("dataset"):
        identifier(f"{name}:1", "dataset")
    earlier = path.name.split(".")[0]
    is_generated = mapped.id is None or (mapped.id == "id" and columns["id"] is None and "id" in optional)
    return AnswerFile(
        path,
        mapped,
        optional,
        rules,
        is_recognised,
        name,
        earlier if options.dataset is None and is_generated and earlier not in {"", name} else None,
        base.parts.create_skills if options.create_skills is None else options.create_skills,
        options,
    )


def _choose_layout(path: Path, options: ImportOptions, columns: Mapping[str, str | None]) -> tuple[Layout, bool]:
    """The layout of a file, and whether it was recognised.

    A file whose student and correct are named by options has the columns of its owner, whatever else it resembles. A
    pipe is read only once, so its layout must be named.
    """
    name, is_recognised = options.layout, False
    if name is None:
        name = OWN_COLUMNS
        if not (columns["student"] and columns["correct"]) and path.is_file():
            with contextlib.suppress(Failure, OSError):  # the import itself reports them
                likely = recognise(read_head(path, encoding=options.encoding, delimiter=_character(options)))
                is_recognised = likely is not None and layouts()[likely].parts.advice is None
                name = likely if is_recognised and likely is not None else OWN_COLUMNS
    with _option("set" if options.changes and name in layouts() else "layout"):
        return find_layout(name, options.changes), is_recognised
    raise AssertionError  # for mypy: `_option` raises


def _map_columns(
    base: Layout, columns: Mapping[str, str | None], skill_prefix: str | None
) -> tuple[Layout, frozenset[str]]:
    """The layout with the columns that options name, and which columns the file may lack.

    An empty column takes it away. Once options name columns of a file that no layout fits, the other columns are
    optional.
    """
    given = {name: column or None for name, column in columns.items() if column is not None}
    for name in ("student", "correct"):
        if given.get(name, "") is None:
            raise InvalidOption(name, "must name a column")
    if given.get("at") and given.get("order"):
        raise InvalidOption("at and order", "name one of them, not both")
    for name, other in (("at", "order"), ("order", "at")):
        if given.get(name):
            given.setdefault(other, None)
    if skill_prefix is not None:
        with _option("skill_prefix"):
            check_prefix(skill_prefix)
    mapped = base.with_columns(given, skill_prefix)
    names_rest = bool(given)
    others = frozenset(columns) - given.keys() - {"student", "correct"} if names_rest else frozenset[str]()
    optional = OPTIONAL | base.parts.optional
    return mapped, (optional - given.keys() | others) - mapped.required


def _cell_rules(base: Layout, options: ImportOptions) -> CellRules:
    """The rules of the layout with those that options give."""
    name = options.time_zone
    try:
        zone = ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidOption("time_zone", "must name a time zone, as in UTC or Europe/Berlin", name or "") from None
    given: dict[str, Any] = {
        "tag_separator": options.tag_separator,
        "time_unit": options.time_unit,
        "time_zone": zone,
        "decimal_comma": options.decimal_comma or None,
        "response_time_unit": options.response_time_unit,
        "no_values": None if options.no_values is None else frozenset(options.no_values),
    }
    return replace(base.parts.cells, **{name: value for name, value in given.items() if value is not None})


def _character(options: ImportOptions) -> str | None:
    return DELIMITERS.get(options.delimiter or "", options.delimiter)


def with_field_names(text: str) -> str:
    """A message that names flags of the command line, with the names of an upload's fields.

    >>> with_field_names("must have an offset; use --time-zone, or --skip-bad")
    'must have an offset; use timeZone, or skipBad'
    """
    return FLAG.sub(lambda flag: field_name(flag[1].replace("-", "_")), text)


def field_name(option: str) -> str:
    """The field of an upload for an option.

    >>> field_name("response_time_unit"), field_name("at and order")
    ('responseTimeUnit', 'at and order')
    """
    return re.sub(r"_([a-z])", lambda letter: letter[1].upper(), option)


@contextlib.contextmanager
def _option(name: str) -> Iterator[None]:
    """Name the option in the failure of what it is checked with."""
    try:
        yield
    except Failure as failure:
        rule = f"{failure.field}: {failure.rule}" if name == "set" else failure.rule
        raise InvalidOption(name, rule, failure.value) from None
