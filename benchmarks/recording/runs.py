"""Runs of the load: what its clients saw, and the CPU time per answer of each kind of process behind the port."""

import contextlib
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.reading.processes import cpu_seconds_of, family
from benchmarks.recording.load import Done

ENGINE = "graph_api.store.engine.embedded_process"
"""The module that a process of an embedded engine runs."""
PACKED = 100
"""Answers of a request that packs answers."""


class Load(NamedTuple):
    """A kind of load."""

    connections: int
    answers: int = 1

    def __str__(self) -> str:
        return f"{self.connections} clients" + (f" x {self.answers} answers" if self.answers > 1 else "")


PACKS = Load(4, PACKED)


class Measured(NamedTuple):
    """One run of a load: what its clients saw, and CPU milliseconds per answer of the service and of the engine."""

    done: Done
    service: float
    engine: float

    def __str__(self) -> str:
        return (
            f"{self.done.rate:>6,.0f} answers/s, p50 {self.done.p50:.1f} ms, p99 {self.done.p99:.1f} ms, "
            f"CPU {self.service:.3f} ms service + {self.engine:.3f} ms engine per answer"
        )


def put_under(load: Load, port: int, seconds: float, service: int, seed: int) -> Measured:
    """Put a service under a load, from a process of its own.

    The engine is the one that the service started. Without one, it is the one that this process started.
    """
    of_service = set(family(service))
    engines = set(filter(_is_engine, of_service)) or set(filter(_is_engine, family(os.getpid())))
    mine = of_service - engines
    before = cpu_seconds_of(mine) * 1e3, cpu_seconds_of(engines) * 1e3
    command = [sys.executable, "-m", "benchmarks.recording.load"]
    numbers = map(str, (port, load.connections, load.answers, seconds, seed))
    done = Done(*json.loads(subprocess.run([*command, *numbers], check=True, capture_output=True).stdout))  # noqa: S603 - our own
    after = cpu_seconds_of(mine) * 1e3, cpu_seconds_of(engines) * 1e3
    return Measured(done, (after[0] - before[0]) / done.answers, (after[1] - before[1]) / done.answers)


def warm_up(port: int, service: int, answers: int, loads: Iterable[Load]) -> None:
    """Record at least N answers before anything is measured: the engine compiles what it runs often."""
    recorded = 0
    while recorded < answers:
        recorded += put_under(PACKS, port, 5, service, recorded).done.answers
    for load in loads:
        put_under(load, port, 2, service, 1)


def middle(measured: Sequence[Measured]) -> Measured:
    """Medians over rounds; of latencies and of CPU times likewise."""
    done = Done(*(statistics.median(column) for column in zip(*(each.done for each in measured), strict=True)))
    return Measured(
        done, *(statistics.median(getattr(each, name) for each in measured) for name in ("service", "engine"))
    )


def _is_engine(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return ENGINE in Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
    return False
