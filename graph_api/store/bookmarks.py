"""The bookmarks of a client: its next transaction sees at least what it has seen, on any server of a cluster.

A bookmark names a transaction that a server must have applied before it answers. Bookmarks travel with the task that
serves a request, from the header of the request to the header of its response.
"""

from collections.abc import Iterable
from contextvars import ContextVar

from graph_api.store.context_values import Holding


class Bookmarks:
    """The bookmarks of one client, or of one piece of work."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self.values = frozenset(values)

    def follow(self, sent: frozenset[str], seen: Iterable[str]) -> None:
        """Replace the bookmarks that a transaction was sent by those that it returned."""
        if received := frozenset(seen):
            self.values = (self.values - sent) | received

    def add(self, other: "Bookmarks") -> None:
        """Wait for the transactions of other bookmarks, too."""
        self.values |= other.values

    def followed(self) -> Holding["Bookmarks"]:
        """Apply these to every transaction in a block, and in the tasks that it starts."""
        return Holding(_followed, self)


_followed: ContextVar[Bookmarks | None] = ContextVar("bookmarks", default=None)


def followed() -> Bookmarks:
    """The bookmarks of the current task; empty if it has none."""
    return _followed.get() or Bookmarks()
