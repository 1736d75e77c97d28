"""How long an event loop is held: by its own work, not by other programs on the machine."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

TICK = 0.002


@dataclass
class Held:
    """Seconds of the loop's thread between two looks at the network, each above the tick."""

    rounds: list[float] = field(default_factory=list)

    @property
    def longest(self) -> float:
        """The longest, in seconds of processor time."""
        return max(self.rounds, default=0.0)


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
