"""How one request shares the event loop with the others, and how many objects it may make.

Completing a reply is pure Python. Without a pause the loop would serve no other client until a large reply is done.
The loop has a pace, which all operations of a process share: at most `SLICE` seconds of completion between two looks at
the network. An operation has a budget: the objects that it may still make.
"""

import asyncio
import time
from contextvars import ContextVar
from weakref import WeakKeyDictionary

from graph_api.domain.failures import QueryTooLarge

SLICE = 0.005
"""Seconds of completion in one round of the event loop, of all operations together."""
UNLIMITED = 10**12
SETTING = "GRAPH_API_QUERY_OBJECTS"


class Pace:
    """The turns of one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._began: float | None = None
        self._turn = asyncio.Lock()

    def is_spent(self) -> bool:
        """Whether this round of the loop has had its share of completion."""
        now = time.perf_counter()
        if self._began is None:
            self._began = now
            self._loop.call_soon(self._renew)
        return now - self._began > SLICE

    def _renew(self) -> None:
        self._began = None

    async def turn(self) -> None:
        """Wait for a round of the loop that has time left; first come, first served."""
        if not self._turn.locked() and not self.is_spent():
            return
        async with self._turn:
            while self.is_spent():
                await asyncio.sleep(0)


_paces: "WeakKeyDictionary[asyncio.AbstractEventLoop, Pace]" = WeakKeyDictionary()


def pace() -> Pace:
    """The pace of the running event loop."""
    loop = asyncio.get_running_loop()
    found = _paces.get(loop)
    if found is None:
        found = _paces[loop] = Pace(loop)
    return found


class Budget:
    """The objects that an operation may make: objects of the schema, and items of lists of values.

    Of a subscription each event has its own.
    """

    def __init__(self, limit: int = UNLIMITED) -> None:
        self.limit = limit
        self.objects = 0
        self.cells = 0
        """Cells of matrices, which have limits of their own."""
        self.waiting = 0
        """Parts of the operation that wait for a turn: their reads are still to come (see `schema.loaders`)."""

    @property
    def values(self) -> int:
        """How large the reply is, roughly."""
        return self.objects + self.cells

    def renew(self) -> None:
        """Begin again, for the next event of a subscription."""
        self.objects = self.cells = 0

    def take(self, objects: int) -> None:
        """Count objects before they are made.

        Raises:
            QueryTooLarge: they are too many; none of them is made.
        """
        if self.objects + objects > self.limit:
            rule = f"must make at most {self.limit} objects ({SETTING}); request shorter pages or fewer lists"
            raise QueryTooLarge("query", rule)
        self.objects += objects

    async def turn(self) -> None:
        """Wait for a turn, if this round of the loop is spent."""
        self.waiting += 1
        try:
            await pace().turn()
        finally:
            self.waiting -= 1


BUDGET: ContextVar[Budget | None] = ContextVar("budget", default=None)
"""The budget of the operation that runs."""
