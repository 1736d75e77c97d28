"""When to try again: the waits of the failures of a reply, gathered for its header `Retry-After`."""

import math
from contextvars import ContextVar

from graph_api.store.context_values import Holding


class RetryAfter:
    """The longest wait that a failure of one reply needs, in seconds; None if no failure does."""

    def __init__(self) -> None:
        self.seconds: float | None = None

    @property
    def header(self) -> str | None:
        """The header's value."""
        return None if self.seconds is None else whole_seconds(self.seconds)


def whole_seconds(seconds: float) -> str:
    """A wait as the header has it: at least one second.

    >>> whole_seconds(0.1), whole_seconds(4.5)
    ('1', '5')
    """
    return str(max(1, math.ceil(seconds)))


def retries_gathered() -> Holding[RetryAfter]:
    """Gather the waits of a block, and in the tasks that it starts."""
    return Holding(_asked, RetryAfter())


def ask_to_retry(seconds: float) -> None:
    """Ask the client of the reply at hand to try again after a number of seconds.

    >>> with retries_gathered() as asked:
    ...     ask_to_retry(0.2)
    ...     ask_to_retry(4.5)
    >>> asked.header
    '5'
    """
    if asked := _asked.get():
        asked.seconds = max(seconds, asked.seconds or 0.0)


_asked: ContextVar[RetryAfter | None] = ContextVar("retry after", default=None)
