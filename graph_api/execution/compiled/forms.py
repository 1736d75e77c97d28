"""Batch forms: resolvers that give a field of all parents at once.

A resolver stays the definition of its field. A batch form beside it gives the same values with fewer steps; tests hold
both to the same replies.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Fields: TypeAlias = Mapping[str, Any]
"""Names of selected fields, each with those below it."""


def always(_fields: Fields) -> bool:
    """A form for every selection."""
    return True


@dataclass(frozen=True, slots=True)
class Form:
    """The batch form of a field.

    Attributes:
        values: called with the parents, the info and the arguments by their Python names; the values of all parents,
            or None if it has no form for these arguments.
        suits: whether it has what is selected below the field.
        is_of_parent: whether the values depend on nothing but the parent, of a type whose objects never change.
        ahead: called before the resolver with the info, the arguments, and the calls below the field: reads what
            several of them are about to load, in one statement.
    """

    values: Callable[..., Awaitable[Any]] | None = None
    suits: Callable[[Fields], bool] = always
    is_of_parent: bool = False
    ahead: Callable[[Any, Mapping[str, Any], "Calls"], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A resolver that a query calls below a field.

    Attributes:
        field: the type and name of the field.
        arguments: as the resolver takes them.
        has_form: whether its batch form suits what is selected.
        below: those that are called on its value.
    """

    field: str
    arguments: Mapping[str, Any]
    has_form: bool
    below: Callable[[], "Calls"]


Calls: TypeAlias = list[Call]

Forms: TypeAlias = Mapping[str, Form]
"""By the type and name of the field: `Student.masteries`."""
