"""Pages of answers as columns: the fields that are attributes, without an object for each answer."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from typing import Any

from strawberry.utils.str_converters import to_camel_case

from graph_api.domain.answers import answers as domain
from graph_api.execution.compiled.forms import Fields, Form, Forms
from graph_api.execution.compiled.tables import Nested, Parents, Table, column_of
from graph_api.schema.learners.answer import COLUMNS

SHOWN = frozenset({"__typename", *map(to_camel_case, COLUMNS)})
"""The fields of an answer that the columns have."""


def has_columns(fields: Fields) -> bool:
    """Whether the columns have what is selected of answers.

    >>> has_columns({"at": {}, "sampled": {"conceptId": {}}}), has_columns({"at": {}, "changes": {}})
    (True, False)
    """
    return fields.keys() <= SHOWN


async def nodes_of(connections: Parents) -> Nested:
    """`AnswerConnection.nodes` of each page."""
    pages: list[Sequence[domain.Answer]] = column_of(connections, "rows")
    answers = list(chain.from_iterable(pages))

    def column(read: Callable[[domain.Answer], Any]) -> list[Any]:
        return list(map(read, answers))

    columns = {name: partial(column, read) for name, read in COLUMNS.items()}
    return Nested(list(map(len, pages)), Table("Answer", len(answers), columns))


ANSWER_FORMS: Forms = {"AnswerConnection.nodes": Form(nodes_of, has_columns)}
