"""The parts of a layout besides its columns: the text, outcomes, rows to leave out, rows that hold several answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from graph_api.usecases.answers.answer_cells import DEFAULT_RULES, CellRules


@dataclass(frozen=True, slots=True)
class FileText:
    """How the text of a file is read.

    `names` are the columns of a file without a header. A line that is not UTF-8 is read in `second_encoding`.
    """

    delimiter: str | None = None
    encoding: str | None = None
    second_encoding: str | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signs:
    """How a file of this layout is recognised: its header has all `columns` and none of `without`.

    `columns` may be lists of alternatives. A file without a header is recognised by its first `line`, a pattern.
    """

    columns: tuple[tuple[str, ...], ...] = ()
    without: tuple[str, ...] = ()
    line: str | None = None


@dataclass(frozen=True, slots=True)
class OutcomeRule:
    """What makes an answer correct.

    Attributes:
        correct: words of correct answers; None for those of CellRules.
        incorrect: words of incorrect answers.
        key: the column with the right answer, with which the cell is compared.
        points: whether the cell is a number of points.
        out_of: the column of the most points, or their number.
        pass_mark: the share of the points from which an answer is correct.
    """

    correct: tuple[str, ...] | None = None
    incorrect: tuple[str, ...] = ()
    key: str | None = None
    points: bool = False
    out_of: str = "1"
    pass_mark: float = 1.0


@dataclass(frozen=True, slots=True)
class LeaveOut:
    """Rows that hold no answer: their cell is one of `values`, or none of `unless`, or empty."""

    column: str
    reason: str
    values: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Join:
    """Columns of another file, such as the skills of questions: `key` there is `on` here.

    `files` are names that the other file can have beside the imported one. A join that is not `required` is left out if
    there is no such file.
    """

    files: tuple[str, ...]
    on: str
    key: str
    columns: tuple[str, ...]
    required: bool = True


@dataclass(frozen=True, slots=True)
class Sequences:
    """A row holds the answers of a student: each of these `columns` is a list.

    An entry whose cell is `padding` holds no answer. An entry whose `repeat` is 1 is about the question before it: its
    skills are added to that answer.
    """

    columns: tuple[str, ...]
    separator: str = ","
    padding: str = "-1"
    repeat: str | None = None


@dataclass(frozen=True, slots=True)
class Wide:
    """A row holds the answers of a student: a column for each question, whose names match a pattern.

    The pattern has the groups `question` and, if the name states the most points, `points`. The columns `question`,
    `outcome` and `out of` replace them.
    """

    pattern: str
    no_answer: tuple[str, ...] = ("-",)


@dataclass(frozen=True, slots=True)
class FileNamePart:
    """A column whose value is part of the name of the file: the group of a pattern."""

    column: str
    pattern: str


@dataclass(frozen=True, slots=True)
class LayoutParts:
    """Everything in a layout besides its columns.

    Attributes:
        name: of the file in seeds/layouts.
        title: whose layout it is.
        advice: what to do with a file that holds no answers, or in a form that is not read.
        optional: columns that a file may lack.
        offered: columns that are read only with a flag, as the sessions, which must exist.
        drop_untagged: whether a row without skill and concept is left out; else it is rejected.
        create_skills: whether skills that do not exist are created.
        one_skill: the skill of all answers of the file.
        hint: what to do if a file lacks a column, by what the column holds.
    """

    name: str = ""
    title: str = ""
    advice: str | None = None
    file: FileText = FileText()
    signs: Signs = Signs()
    cells: CellRules = DEFAULT_RULES
    outcome: OutcomeRule = OutcomeRule()
    leave_out: tuple[LeaveOut, ...] = ()
    joins: tuple[Join, ...] = ()
    sequences: Sequences | None = None
    wide: Wide | None = None
    file_name: FileNamePart | None = None
    optional: frozenset[str] = frozenset()
    offered: Mapping[str, str] = field(default_factory=dict)
    drop_untagged: bool = False
    create_skills: bool = False
    one_skill: str | None = None
    hint: Mapping[str, str] = field(default_factory=dict)
