"""Inputs as partial statements: a field that the client does not send is not stated (G9)."""

from typing import TypeVar

import strawberry

from graph_api.domain.patch import Patch, Patchable

T = TypeVar("T", bound=Patchable)


def stated(kind: type[T], key: str, **values: object) -> Patch[T]:
    """What an input states of one object.

    Raises:
        InvalidInput: a value breaks a rule.
    """
    return Patch(kind, key, {name: value for name, value in values.items() if value is not strawberry.UNSET})
