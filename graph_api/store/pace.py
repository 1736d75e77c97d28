"""How the tasks of a process share the event loop: those that decode rows, compute, or complete replies.

All of that is pure Python. Without a pause the loop would serve no other client until a large reply is done. The loop
has a pace: together, tasks that take turns have about `SLICE` seconds between two looks at the network.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")
R = TypeVar("R")

SLICE = 0.005
"""Seconds of work in one round of the event loop, of all tasks together."""
WOKEN = 50
"""Tasks that a round wakes: small ones fit into one slice together."""


class Pace:
    """The turns of one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._began: float | None = None
        self._is_next_round_due = False
        self._waiting: deque[asyncio.Future[None]] = deque()

    def is_spent(self) -> bool:
        """Whether this round of the loop has had its share of work."""
        now = time.perf_counter()
        if self._began is None:
            self._began = now
            self._expect_round()
        return now - self._began > SLICE

    async def turn(self, *, ahead: bool = False) -> None:
        """Wait for a round of the loop that has time left; first come, first served.

        Args:
            ahead: wait before all others, because the task holds a transaction.
        """
        place = self._waiting.appendleft if ahead else self._waiting.append
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


async def in_slices(work: Callable[[T], R], items: Iterable[T], *, ahead: bool = False) -> list[R]:
    """Each item's result, in slices of the event loop; `ahead` as for `Pace.turn`."""
    turns, results = pace(), []
    for item in items:
        results.append(work(item))
        if turns.is_spent():
            await turns.turn(ahead=ahead)
    return results
