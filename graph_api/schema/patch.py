"""Inputs as partial statements: a field that the client does not send is not stated (G9)."""

from typing import TypeVar

import strawberry

from graph_api.domain.patch import Patch, Patchable

T = TypeVar("T", bound=Patchable)


IF_REVISION = (
    "The revision that the stored object must have; 0 if it must not exist yet. With another one nothing is written, "
    "and the failure RevisionConflict names the stored revision. Null: any."
)
"""The description of the argument of inputs that replace stored values."""


def stated(kind: type[T], key: str, if_revision: int | None = None, **values: object) -> Patch[T]:
    """What an input states of one object.

    Raises:
        InvalidInput: a value breaks a rule.
    """
    given = {name: value for name, value in values.items() if value is not strawberry.UNSET}
    return Patch(kind, key, given, if_revision=if_revision)
