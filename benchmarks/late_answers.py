"""A late answer of a student with 10,000 answers: how long it takes, and how long other callers wait meanwhile.

    python -m benchmarks.late_answers [--answers 10000] [--late 20]

Starts an embedded engine on a temporary folder, and the service as a process of its own. All answers of the student are
to one concept, so that its concept and its skill must both be replayed. Another caller posts answers of other students,
one by one: first alone, then while late answers are recorded. CPU time is that of all threads of a process. Rounds
alternate, so that ratios are of one run.

The last lines are the targets, each met or MISSED.
"""

import argparse
import asyncio
import os
import statistics
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from benchmarks.answers import Target, database, prepare, serving
from benchmarks.reading.processes import cpu_seconds_of, family
from benchmarks.recording.load import MANY, ONE

PACK = 100
WARM_UP = 300
ROUNDS = 2
START = datetime.now(UTC) - timedelta(days=30)


class Caller:
    """One caller of the service, with the milliseconds of each of its requests."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.waits: list[float] = []

    async def post(self, query: str, given: dict[str, Any]) -> float:
        """Send a mutation; returns its milliseconds.

        Raises:
            SystemExit: an answer was not recorded.
        """
        began = time.perf_counter()
        reply = await self._client.post("/graphql", json={"query": query, "variables": {"input": given}})
        wait = (time.perf_counter() - began) * 1e3
        if "RecordAnswerPayload" not in reply.text:
            raise SystemExit(f"not recorded: {reply.text[:300]}")
        self.waits.append(wait)
        return wait

    async def post_until(self, done: asyncio.Event, least: int = 0) -> list[float]:
        """Post answers of other students, one by one, until an event, and at least some; returns their milliseconds."""
        waits: list[float] = []
        while not done.is_set() or len(waits) < least:
            waits.append(await self.post(ONE, answer(f"other{len(waits) % 50}", datetime.now(UTC))))
        return waits


def answer(student: str, at: datetime, number: int = 0) -> dict[str, Any]:
    """An answer as the API takes it."""
    return {"studentId": student, "conceptIds": ["c0"], "correct": number % 3 > 0, "at": at.isoformat()}


async def fill(caller: Caller, count: int) -> None:
    """Record the history of the student, a minute apart."""
    for start in range(0, count, PACK):
        numbers = range(start, start + PACK)
        sent = [answer("long", START + timedelta(minutes=2 * number), number) for number in numbers]
        await caller.post(MANY, {"answers": sent})


def cpu(pid: int) -> tuple[float, float]:
    """CPU milliseconds so far of the service, and of the engine."""
    mine = set(family(pid))
    others = set(family(os.getpid())) - mine - {os.getpid()}
    return cpu_seconds_of(mine) * 1e3, cpu_seconds_of(others) * 1e3


def show(name: str, waits: Sequence[float]) -> None:
    """Print a line of waits."""
    print(f"{name:>28}: median {statistics.median(waits):.1f} ms, fastest {min(waits):.1f}, slowest {max(waits):.1f}")


async def main(count: int, late_count: int) -> None:
    """Measure and print."""
    async with database() as settings:
        await prepare(settings)
        with serving(settings) as (port, pid):
            async with (
                httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as one,
                httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as two,
            ):
                student, other = Caller(one), Caller(two)
                await fill(student, count)
                done = asyncio.Event()
                done.set()
                await other.post_until(done, WARM_UP)
                late: list[float] = []
                alone: list[float] = []
                meanwhile: list[float] = []
                spent: list[tuple[float, float]] = []

                async def send(number: int) -> float:
                    at = START + timedelta(minutes=2 * (number * 37 % count) + 1, seconds=number % 60)
                    return await student.post(ONE, answer("long", at, number))

                for number in range(10):
                    await send(number)
                for turn in range(ROUNDS):
                    alone += await other.post_until(done, 100)
                    numbers = range(1_000 * (turn + 1), 1_000 * (turn + 1) + late_count // ROUNDS)
                    for number in numbers:
                        before = cpu(pid)
                        late.append(await send(number))
                        after = cpu(pid)
                        spent.append((after[0] - before[0], after[1] - before[1]))
                    over = asyncio.Event()
                    busy = asyncio.create_task(other.post_until(over))
                    for number in numbers:
                        await send(number + 500)
                    over.set()
                    meanwhile += await busy
    show(f"late among {count:,}", late)
    show("another caller, alone", alone)
    show("another caller, meanwhile", meanwhile)
    service, engine = (statistics.median(column) for column in zip(*spent, strict=True))
    print(f"{'CPU of a late answer':>28}: {service:.0f} ms service + {engine:.0f} ms engine")
    print(Target("ms of a late answer, fastest", min(late), at_most=25))
    print(Target("ms of a late answer, median", statistics.median(late), at_most=25))
    longest = statistics.quantiles(meanwhile, n=20)[-1]
    print(Target("p95 of another caller in late answers", longest / statistics.median(late), at_most=1))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", type=int, default=10_000, help="of the student's history")
    parser.add_argument("--late", type=int, default=20, help="late answers to measure")
    arguments = parser.parse_args()
    asyncio.run(main(arguments.answers, arguments.late))
