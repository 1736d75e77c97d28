"""The replies that the clients of a soak got, and whether they were expected."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

GRACE = 20.0
"""Seconds after the end of a fault in which the service may still recover from it."""


@dataclass
class Ledger:
    """Every acknowledged answer, by student and concept, and every error."""

    acknowledged: dict[tuple[str, str], list[tuple[datetime, str, bool]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """What each operation took, tries included, by kind."""
    expected: Counter[str] = field(default_factory=Counter)
    unexpected: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    """What was done, with the seconds until it ended."""
    _until: float = 0.0

    @property
    def done(self) -> int:
        """Operations so far."""
        return sum(map(len, self.seconds.values()))

    def refused(self, why: str) -> None:
        """The service could not: to be expected while something is broken, and for a while after."""
        (self.expected if time.monotonic() < self._until else self.unexpected)[why] += 1

    def wrong(self, why: str) -> None:
        """What should never happen."""
        self.unexpected[why] += 1

    @contextmanager
    def fault(self, name: str) -> Iterator[None]:
        """Something is broken inside."""
        started, self._until = time.monotonic(), float("inf")
        yield
        self._until = time.monotonic() + GRACE
        self.faults.append(f"{name} ({time.monotonic() - started:.1f} s)")
