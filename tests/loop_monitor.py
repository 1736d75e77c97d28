"""How long an event loop is held: by its own work, not by other programs on the machine."""

import asyncio
import gc
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

HELD = 0.1
"""Seconds for which no operation may hold the loop."""
TICK = 0.002
REFERENCE = 0.0055
"""Seconds of processor time that `_work` takes on the machine that limits are stated for, with nothing beside it."""
MOST = 2.0
"""The largest slowdown that is taken into account: beyond it a hold is too long on any machine."""


def slowdown() -> float:
    """How much slower the processor is now than the reference: its caches and cores may be shared. From 1 to `MOST`."""
    gc.disable()  # whose collections depend on what the process keeps
    try:
        return min(max(1.0, statistics.median(_work() for _ in range(5)) / REFERENCE), MOST)
    finally:
        gc.enable()


def _work() -> float:
    begin = time.thread_time()
    rows = {n: (n, str(n)) for n in range(30_000)}
    sorted(rows.values(), key=lambda row: row[1])
    return time.thread_time() - begin


@dataclass
class Held:
    """Seconds of the loop's thread between two looks at the network, each above the tick."""

    rounds: list[float] = field(default_factory=list)
    slowdown: float = 1.0

    @property
    def longest(self) -> float:
        """The longest, in seconds of the reference processor."""
        return max(self.rounds, default=0.0) / self.slowdown


@contextmanager
def monitored() -> Iterator[Held]:
    """Watch the running loop. Processor time of its thread counts, so that a busy machine does not."""
    loop, held, last = asyncio.get_running_loop(), Held(), time.thread_time()

    handle: asyncio.TimerHandle | None = None

    def tick() -> None:
        nonlocal last, handle
        now = time.thread_time()
        held.rounds.append(now - last)
        last = now
        handle = loop.call_later(TICK, tick)

    handle = loop.call_later(TICK, tick)
    try:
        yield held
    finally:
        if handle is not None:
            handle.cancel()
        held.slowdown = slowdown()


async def held_by(operation: Callable[[], Awaitable[object]], attempts: int = 3) -> Held:
    """How long an operation holds the loop: the least of some attempts, as other programs share the processor.

    What the operation itself does holds the loop in each of them.
    """
    best: Held | None = None
    for _ in range(attempts):
        with monitored() as held:
            await operation()
        best = held if best is None or held.longest < best.longest else best
        if best.longest < HELD:
            break
    assert best is not None
    return best
