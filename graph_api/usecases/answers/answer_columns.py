"""The columns of answer files, each written once.

A column's row here makes its option of `graph-api import answers`, its name in exports, how its cells are read, and
whether an import compares it with the answer that is stored under the same id.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graph_api.usecases.answers.answer_cells import CellRules

Read = Callable[[CellRules, str, str], Any]
"""The value of a cell, from the rules of the file, the text of the cell, and the name of its column."""


@dataclass(frozen=True, slots=True)
class Column:
    """What a column of an answer file holds.

    Attributes:
        name: in layouts, and of the option: `response_time` is `--response-time`.
        attribute: the field of `AnswerInput` that it fills, and its column in exports.
        read: how its cells are read; None if they are read together with other columns.
        fields: the fields of the API that failures name, most specific first.
        help: of the option; None if there is no option.
        is_required: whether a row must have a value.
        is_optional: whether a file of a named layout may lack it.
        is_list: whether several columns of one name hold one value each, as DataShop writes tags.
        is_compared: whether a row that differs here from the stored answer is a conflict.
        is_exported: whether exports have it.
    """

    name: str
    attribute: str
    read: Read | None = CellRules.text
    fields: tuple[str, ...] = ()
    help: str | None = None
    is_required: bool = False
    is_optional: bool = False
    is_list: bool = False
    is_compared: bool = True
    is_exported: bool = True


COLUMNS = {
    column.name: column
    for column in (
        Column("student", "student_id", fields=("studentId",), help="The column of student ids.", is_required=True),
        Column(
            "correct",
            "correct",
            CellRules.correct,
            help="The column of correct (1) and incorrect (0).",
            is_required=True,
        ),
        Column(
            "concept",
            "concept_ids",
            CellRules.tags,
            ("conceptIds", "skillCodes"),
            "The column of concept ids; '' for none.",
            is_list=True,
        ),
        Column(
            "skill",
            "skill_codes",
            None,
            ("skillCodes", "conceptIds"),
            "The column of skill codes or names; '' for none.",
            is_list=True,
            is_compared=False,
        ),
        Column("at", "at", None, ("at",), "The column of times; '' for none.", is_compared=False),
        Column(
            "order",
            "order",
            None,
            ("at",),
            "The column of numbers that grow with time; '' for none.",
            is_optional=True,
            is_compared=False,
            is_exported=False,
        ),
        Column("id", "id", None, ("id",), "The column of event ids; '' for none.", is_compared=False),
        Column(
            "question",
            "question_id",
            fields=("questionId",),
            help="The column of question ids; '' for none.",
            is_optional=True,
        ),
        Column(
            "session",
            "session_id",
            fields=("sessionId",),
            help="The column of session ids, which must exist.",
            is_optional=True,
        ),
        Column("difficulty", "difficulty", CellRules.difficulty, help="The column of EASY, MEDIUM, HARD; '' for none."),
        Column(
            "response_time",
            "response_time",
            CellRules.response_time,
            ("responseTime",),
            "The column of response times; '' for none.",
        ),
        Column(
            "hints",
            "hints",
            CellRules.whole,
            ("hints",),
            "The column of the number of hints used; '' for none.",
            is_optional=True,
        ),
        Column(
            "attempt",
            "attempt",
            CellRules.whole,
            ("attempt",),
            "The column of the number of the attempt, 1 for the first; '' for none.",
            is_optional=True,
        ),
        Column(
            "partial_score",
            "partial_score",
            CellRules.number,
            ("partialScore",),
            "The column of partial scores, 0..1; '' for none.",
            is_optional=True,
        ),
        Column("evidence", "evidence_id", CellRules.text, ("evidence",), is_optional=True, is_compared=False),
        Column("semantic_score", "semantic_score", CellRules.number, ("semanticScore",), is_optional=True),
        Column("keyword_score", "keyword_score", CellRules.number, ("keywordScore",), is_optional=True),
        Column("mentioned", "mentioned", CellRules.tags, ("sampled",), is_optional=True, is_list=True),
        Column("missed", "missed", CellRules.tags, ("sampled",), is_optional=True, is_list=True),
        Column("blocks", "blocks", None, is_optional=True, is_compared=False),
        Column("years", "years", None, is_optional=True, is_compared=False),
        Column("digest", "digest", None, is_optional=True, is_compared=False),
    )
}
"""Every column by name, in the order in which the cells of a row are checked."""

OPTIONAL = frozenset(name for name, column in COLUMNS.items() if column.is_optional)
"""Columns of a named layout that a file may lack."""

OPTIONS = [column for column in COLUMNS.values() if column.help is not None]
"""Columns that an option of the command can name."""


def columns_of_field(name: str) -> list[str]:
    """The columns that can hold a field of the API, most specific first.

    >>> columns_of_field("skillCodes"), columns_of_field("sampled")
    (['skill', 'concept'], ['mentioned', 'missed'])
    """
    holding = [column for column in COLUMNS.values() if name in column.fields]
    return [column.name for column in sorted(holding, key=lambda column: column.fields.index(name))]
