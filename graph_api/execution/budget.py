"""How many objects one operation may make, what it may cost, and what it must dispose of when it ends."""

from collections.abc import Coroutine
from contextvars import ContextVar
from inspect import CORO_CREATED, getcoroutinestate
from types import CoroutineType
from typing import Any, NoReturn

from graph_api.domain.failures import QueryTooLarge
from graph_api.execution import garbage
from graph_api.store.pace import pace

UNLIMITED = 10**12
SETTING = "GRAPH_API_QUERY_OBJECTS"
COST_SETTING = "GRAPH_API_QUERY_COST"


class Budget:
    """What an operation may make and cost. Of a subscription each event has its own.

    Objects are those of the schema, and items of lists of values. The cost is that of `execution.query_costs`, of the
    fields that are really executed.
    """

    def __init__(self, limit: int = UNLIMITED, cost_limit: int = UNLIMITED) -> None:
        self.limit = limit
        self.objects = 0
        self.cost_limit = cost_limit
        self.cost = 0
        self.rows = 0
        """Rows of pages that were read; each becomes an object, and costs at least 1, if it is selected."""
        self._rule = ""
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
        objects = f"must make at most {self.limit} objects ({SETTING}); request shorter pages or fewer lists"
        return QueryTooLarge("query", self._rule or objects)

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
        self.objects = self.cells = self.cost = self.rows = 0
        self.is_exceeded, self._rule = False, ""

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

    def check(self, more: int) -> None:
        """Refuse to go on if so much more cost would exceed the limit.

        Raises:
            QueryTooLarge: it would.
        """
        if self.is_exceeded or self.cost + more > self.cost_limit:
            self._exceed()

    def spend(self, cost: int) -> None:
        """Count the cost of fields before they are executed.

        Raises:
            QueryTooLarge: it is too much; none of them is executed.
        """
        self.check(cost)
        self.cost += cost

    def read(self, rows: int) -> None:
        """Count rows of pages, before more are read.

        Raises:
            QueryTooLarge: their objects would cost too much.
        """
        self.rows += rows
        if self.is_exceeded or self.rows > self.cost_limit:
            self._exceed()

    def _exceed(self) -> NoReturn:
        if not self.is_exceeded:
            limit = f"must cost at most {self.cost_limit} ({COST_SETTING}), costs more"
            self._rule = f"{limit}; request fewer fields or shorter lists"
        self.is_exceeded = True
        raise self.failure

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


def count_rows(rows: int) -> None:
    """Count rows against the cost limit of the operation that runs, before they become objects.

    Raises:
        QueryTooLarge: they would cost too much.
    """
    if (budget := BUDGET.get()) is not None:
        budget.read(rows)
