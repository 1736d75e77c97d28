"""What is sent of a statement: its text and its parameters, in the form that the database plans once."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, LiteralString, TypeAlias

from graph_api.store.statement_text import PARAMETER, QUOTED

Sent: TypeAlias = tuple[LiteralString, dict[str, Any]]
Form: TypeAlias = Callable[[LiteralString, Mapping[str, Any]], Sent]
"""Makes what is sent of the text of a statement and its parameters."""

GIVEN = "given"
NEO4J = re.compile(r"Neo4j/[\w.-]+")
"""How Neo4j introduces itself. The embedded engine states that it is compatible, and its own name."""
NAMED = re.compile(rf"(?P<other>{QUOTED.pattern}|//.*)|{PARAMETER.pattern}")
"""Quoted text and comments, which stay as they are, or a parameter."""


class Unformatted(list[Any]):
    """A list among the parameters of a statement.

    The driver formats all parameters for its debug log even when that log is off: a tenth of the CPU of recording.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{len(self)} items>"


def form_for(agent: str) -> Form:
    """The form for a server that introduces itself in some way.

    >>> form_for("Neo4j/5.26.30") is in_one_map, form_for("Neo4j/5.26.0 compatible (ArcadeDB 26.10.2)") is as_written
    (True, True)
    """
    return in_one_map if NEO4J.fullmatch(agent) else as_written


def as_written(text: LiteralString, params: Mapping[str, Any]) -> Sent:
    """Each parameter by its name, with lists that the driver does not format.

    The embedded engine looks nodes up by an index only where their key is a parameter.

    >>> as_written("UNWIND $ids AS id RETURN id AS id LIMIT $most", {"ids": ["anna", "ben"], "most": 9})
    ('UNWIND $ids AS id RETURN id AS id LIMIT $most', {'ids': <2 items>, 'most': 9})
    """
    return text, {name: Unformatted(value) if isinstance(value, list) else value for name, value in params.items()}


def in_one_map(text: LiteralString, params: Mapping[str, Any]) -> Sent:
    """All parameters as one map.

    Neo4j plans a statement again for each combination of types and lengths of its parameters: 1, 10 and 100 entries or
    characters are three lengths. A batch of answers has five lists, and planning took 0.6 s for each combination. One
    map has one type.

    >>> in_one_map("UNWIND $ids AS id RETURN id AS id, '$5' AS price", {"ids": ["anna", "ben"]})
    ("UNWIND $given.ids AS id RETURN id AS id, '$5' AS price", {'given': {'ids': <2 items>}})
    """
    _, named = as_written(text, params)
    return _of_one_map(text), {GIVEN: named} if named else {}


@cache
def _of_one_map(text: LiteralString) -> LiteralString:
    def replace(match: re.Match[str]) -> str:
        return match["other"] or f"${GIVEN}.{match[2]}"

    return NAMED.sub(replace, text)
