"""Seconds to `ready:`, and the latency of lone answers in the first seconds after it, with and without warming up.

    python -m benchmarks.start [--seconds 30] [--rounds 2] [--warm-up 0,1]

Starts the service on an empty data folder, for each value of GRAPH_API_WARM_UP_SECONDS in turns. One client then posts
one answer after the other, with pauses, as in a class that begins to work.
"""

import argparse
import asyncio
import itertools
import statistics
import time
from collections import defaultdict

from benchmarks.reading.processes import cpu_seconds_of, family
from benchmarks.recording.load import CONCEPTS
from benchmarks.workers import COURSE, MUTATION, post, started

PAUSE = 0.02


async def lone_answers(port: int, seconds: float) -> list[float]:
    """Latencies of answers that are sent one by one."""
    connection = await asyncio.open_connection("127.0.0.1", port)
    await post(*connection, COURSE, [{"id": f"c{n}", "name": f"Concept {n}"} for n in range(CONCEPTS)])
    latencies: list[float] = []
    until = time.perf_counter() + seconds
    for number in itertools.count():
        given = {"studentId": f"s{number % 30}", "conceptIds": [f"c{number % CONCEPTS}"], "correct": True}
        begun = time.perf_counter()
        reply = await post(*connection, MUTATION, given)
        latencies.append(time.perf_counter() - begun)
        if b'"RecordAnswerPayload"' not in reply:
            raise SystemExit(f"not recorded: {reply.decode()}")
        if time.perf_counter() > until:
            return latencies
        await asyncio.sleep(PAUSE)
    raise AssertionError


def main(seconds: float, rounds: int, values: list[str]) -> None:
    """Measure and print."""
    starts, first = defaultdict(list), defaultdict(list)
    cpu = defaultdict(list)
    latencies: dict[str, list[float]] = defaultdict(list)
    for _, value in itertools.product(range(rounds), values):
        begun = time.perf_counter()
        with started(1, GRAPH_API_WARM_UP_SECONDS=value) as service:
            starts[value].append(time.perf_counter() - begun)
            cpu[value].append(cpu_seconds_of(family(service.process.pid)))
            measured = asyncio.run(lone_answers(service.port, seconds))
        first[value].append(measured[0])
        latencies[value] += measured
    for value in values:
        slow = statistics.quantiles(latencies[value], n=100)
        ready, busy, begin = (statistics.median(each[value]) for each in (starts, cpu, first))
        print(
            f"warm-up {value} s: ready after {ready:.1f} s ({busy:.1f} s CPU), first answer {begin * 1e3:.0f} ms, "
            f"p50 {slow[49] * 1e3:.1f} ms, p95 {slow[94] * 1e3:.1f} ms, p99 {slow[98] * 1e3:.1f} ms "
            f"of {len(latencies[value])} answers"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=30.0, help="after each start")
    parser.add_argument("--rounds", type=int, default=2, help="starts with each value")
    parser.add_argument("--warm-up", default="0,1", help="values to compare")
    arguments = parser.parse_args()
    main(arguments.seconds, arguments.rounds, arguments.warm_up.split(","))
