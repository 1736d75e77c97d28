"""How many objects one operation may make, and what it must dispose of when it ends."""

from collections.abc import Coroutine
from contextvars import ContextVar
from inspect import CORO_CREATED, getcoroutinestate
from types import CoroutineType
from typing import Any

from graph_api.domain.failures import QueryTooLarge
from graph_api.execution import garbage
from graph_api.store.pace import pace

UNLIMITED = 10**12
SETTING = "GRAPH_API_QUERY_OBJECTS"


class Budget:
    """The objects that an operation may make: objects of the schema, and items of lists of values.

    Of a subscription each event has its own.
    """

    def __init__(self, limit: int = UNLIMITED) -> None:
        self.limit = limit
        self.objects = 0
        self.is_exceeded = False
        """Whether it was too many once: then nothing more is read or made."""
        self.cells = 0
        """Cells of matrices, which have limits of their own."""
        self._made: list[Coroutine[Any, Any, Any]] = []
        self.waiting = 0
        """Parts of the operation that wait for a turn: their reads are still to come (see `execution.batching`)."""
        self.has_waited = False

    @property
    def failure(self) -> QueryTooLarge:
        """What is wrong when it is exceeded."""
        rule = f"must make at most {self.limit} objects ({SETTING}); request shorter pages or fewer lists"
        return QueryTooLarge("query", rule)

    @property
    def values(self) -> int:
        """How large the reply is, roughly."""
        return self.objects + self.cells

    def note(self, made: Any) -> None:  # noqa: ANN401 - whatever a resolver gives
        """Note something to wait for, which is disposed of at the end if it has not begun by then."""
        if isinstance(made, CoroutineType):
            self._made.append(made)

    def end(self) -> None:
        """End the operation, or one event of a subscription."""
        for each in self._made:
            if getcoroutinestate(each) == CORO_CREATED:
                each.close()
        self._made.clear()
        garbage.resume(self)

    def renew(self) -> None:
        """Begin again, for the next event of a subscription."""
        self.end()
        self.objects = self.cells = 0
        self.is_exceeded = False

    def take(self, objects: int) -> None:
        """Count objects before they are made.

        Raises:
            QueryTooLarge: they are too many; none of them is made.
        """
        if self.is_exceeded or self.objects + objects > self.limit:
            self.is_exceeded = True
            raise self.failure
        is_large = self.objects >= garbage.LARGE
        self.objects += objects
        if self.objects >= garbage.LARGE and not is_large:
            garbage.postpone(self)

    async def turn(self) -> None:
        """Wait for a turn, if this round of the loop is spent."""
        self.has_waited = True
        self.waiting += 1
        try:
            await pace().turn()
        finally:
            self.waiting -= 1


BUDGET: ContextVar[Budget | None] = ContextVar("budget", default=None)
"""The budget of the operation that runs."""
