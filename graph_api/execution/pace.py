"""How one request shares the event loop with the others, and how many objects it may make.

Completing a reply is pure Python. Without a pause the loop would serve no other client until a large reply is done.
The loop has a pace, which all operations of a process share: at most `SLICE` seconds of completion between two looks at
the network. An operation has a budget: the objects that it may still make.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from contextvars import ContextVar
from inspect import CORO_CREATED, getcoroutinestate
from types import CoroutineType
from typing import Any, NoReturn, TypeVar
from weakref import WeakKeyDictionary

from graph_api.domain.failures import QueryTooLarge
from graph_api.execution import garbage

T = TypeVar("T")
R = TypeVar("R")

SLICE = 0.005
"""Seconds of completion in one round of the event loop, of all operations together."""
WOKEN = 50
"""Parts of operations that a round wakes: small ones fit into one slice together."""
UNLIMITED = 10**12
SETTING = "GRAPH_API_QUERY_OBJECTS"
COST_SETTING = "GRAPH_API_QUERY_COST"


class Pace:
    """The turns of one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._began: float | None = None
        self._is_next_round_due = False
        self._waiting: deque[asyncio.Future[None]] = deque()

    def is_spent(self) -> bool:
        """Whether this round of the loop has had its share of completion."""
        now = time.perf_counter()
        if self._began is None:
            self._began = now
            self._expect_round()
        return now - self._began > SLICE

    async def turn(self) -> None:
        """Wait for a round of the loop that has time left; first come, first served."""
        place = self._waiting.append
        while self.is_spent():
            turn = self._loop.create_future()
            place(turn)
            self._expect_round()
            await turn
            place = self._waiting.appendleft  # it has waited before those that came since

    def _expect_round(self) -> None:
        if not self._is_next_round_due:
            self._is_next_round_due = True
            self._loop.call_soon(self._begin_round)

    def _begin_round(self) -> None:
        """Wake those who wait longest. Those for whom there is no time will wait again."""
        self._is_next_round_due, self._began = False, None
        if self._waiting:
            self._expect_round()  # before them, so that they begin in a new round
        for _ in range(min(WOKEN, len(self._waiting))):
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)


_paces: "WeakKeyDictionary[asyncio.AbstractEventLoop, Pace]" = WeakKeyDictionary()


def pace() -> Pace:
    """The pace of the running event loop."""
    loop = asyncio.get_running_loop()
    running = _paces.get(loop)
    if running is None:
        running = _paces[loop] = Pace(loop)
    return running


async def in_slices(work: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """Each item's result, in slices of the event loop."""
    turns, results = pace(), []
    for item in items:
        results.append(work(item))
        if turns.is_spent():
            await turns.turn()
    return results


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
