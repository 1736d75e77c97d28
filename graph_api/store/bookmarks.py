"""What a client has seen of the database: its next transaction sees at least that, whichever server it runs on.

A cluster's servers follow one another; a bookmark names a transaction that a server must have before it answers.
Bookmarks
travel with the task that serves a request, from the header it brought to the header of its reply.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Bookmarks:
    """The bookmarks of one client, or of one piece of work."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self.values = frozenset(values)

    def follow(self, sent: frozenset[str], seen: Iterable[str]) -> None:
        """A transaction that waited for some saw these."""
        if found := frozenset(seen):
            self.values = (self.values - sent) | found

    def add(self, other: "Bookmarks") -> None:
        """What somebody else did is seen too."""
        self.values |= other.values

    @contextmanager
    def followed(self) -> Iterator["Bookmarks"]:
        """Let every transaction in this block, and in the tasks that it starts, follow these."""
        token = _followed.set(self)
        try:
            yield self
        finally:
            _followed.reset(token)


_followed: ContextVar[Bookmarks | None] = ContextVar("bookmarks", default=None)


def followed() -> Bookmarks:
    """The bookmarks of the work at hand; of nobody if none were given."""
    return _followed.get() or Bookmarks()
