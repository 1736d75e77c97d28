"""Connections of lists that are bounded and in memory."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from graph_api.schema.paging import Connection, Page, length_of

T = TypeVar("T")
R = TypeVar("R")


def connect(
    wanted: Page, rows: Sequence[R], node: Callable[[R], T], key: Callable[[R], Sequence[Any]]
) -> Connection[T]:
    """The page of a list in memory, which is in ascending order of `key`."""
    return wanted.connection(wanted.slice(rows, key), node, key, length_of(rows))
