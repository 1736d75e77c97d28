"""Reading back what a transaction has just written."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from graph_api.store.gateway import ConstraintViolated

T = TypeVar("T")


def read_back(stored: Mapping[str, T], keys: Sequence[str]) -> list[T]:
    """What was written under some keys, in their order.

    While two writers create the same, the embedded engine may show the second neither its own nor the other's.

    Raises:
        ConstraintViolated: an object was not found: the transaction would fail, and is run again.

    >>> read_back({"anna": 1, "ben": 2}, ["ben", "anna"])
    [2, 1]
    """
    if missing := [key for key in keys if key not in stored]:
        raise ConstraintViolated(f"another transaction is creating {missing[0]!r}")
    return [stored[key] for key in keys]
