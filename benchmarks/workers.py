"""Answers per second and CPU per answer of the embedded engine with one worker and with two, in one run.

    python -m benchmarks.workers [--seconds 4] [--rounds 3] [--clients 64] [--workers 1,2]

Starts one service for each number of workers, each with its own data folder, warms both up, and loads them in turns. N
clients post `recordAnswer` over keep-alive connections, one answer per request, and wait for each reply. CPU is that of
all processes of the service: parent, writer, workers and engine.

The last line is the ratio of the second number of workers to the first. It should be at least 1.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.reading.processes import cpu_seconds_of, family

STUDENTS, CONCEPTS = 500, 50
MUTATION = (
    "mutation($input: AnswerInput!) { recordAnswer(input: $input) { __typename "
    "... on RecordAnswerPayload { answer { id } changes { concept skill levelAfter } } } }"
)
COURSE = "mutation($input: [ConceptInput!]!) { upsertConcepts(input: $input) { __typename } }"


@dataclass
class Service:
    """A running service, and what was measured of it."""

    port: int
    process: subprocess.Popen[bytes]
    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)


async def post(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, query: str, given: object) -> bytes:
    """The reply to a document on a keep-alive connection."""
    body = json.dumps({"query": query, "variables": {"input": given}}).encode()
    head = b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    writer.write(head % len(body) + body)
    headers = await reader.readuntil(b"\r\n\r\n")
    length = next(line for line in headers.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return await reader.readexactly(int(length.split(b":")[1]))


async def client(port: int, seed: int, until: float, latencies: list[float]) -> None:
    """Post answers until the time is up; every reply must be a recorded answer."""
    rng = random.Random(seed)  # noqa: S311 - load, not secrets
    connection = await asyncio.open_connection("127.0.0.1", port)
    while time.perf_counter() < until:
        student, concept = f"s{rng.randrange(STUDENTS)}", f"c{rng.randrange(CONCEPTS)}"
        started = time.perf_counter()
        given = {"studentId": student, "conceptIds": [concept], "correct": rng.random() < 0.6}  # noqa: PLR2004
        reply = await post(*connection, MUTATION, given)
        latencies.append(time.perf_counter() - started)
        if b'"RecordAnswerPayload"' not in reply:
            raise SystemExit(f"not recorded: {reply.decode()}")
    connection[1].close()


async def load(service: Service, clients: int, seconds: float, seed: int) -> None:
    """Load a service for some seconds, and keep the figures."""
    latencies: list[float] = []
    cpu, started = cpu_seconds_of(family(service.process.pid)), time.perf_counter()
    until = started + seconds
    await asyncio.gather(*(client(service.port, seed + n, until, latencies) for n in range(clients)))
    service.rates.append(len(latencies) / (time.perf_counter() - started))
    service.cpu.append((cpu_seconds_of(family(service.process.pid)) - cpu) / len(latencies) * 1_000)
    service.latencies += latencies


@contextlib.contextmanager
def started(workers: int, **settings: str) -> Iterator[Service]:
    """A service in a folder of its own, when it accepts connections."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "graph_api", "serve", "--no-demo", "--workers", str(workers), "--port", str(port)]
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"GRAPH_API_DATA_DIR": folder, "GRAPH_API_LOG_LEVEL": "warning"} | settings
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603
        try:
            assert process.stdout  # noqa: S101 - a pipe, as requested
            process.stdout.readline()
            yield Service(port, process)
        finally:
            process.terminate()
            process.wait(60)


async def measure(services: dict[int, Service], seconds: float, rounds: int, clients: int) -> None:
    """Warm all services up, then load them in turns."""
    for service in services.values():
        concepts = [{"id": f"c{n}", "name": f"Concept {n}"} for n in range(CONCEPTS)]
        await post(*await asyncio.open_connection("127.0.0.1", service.port), COURSE, concepts)
        await load(service, clients, 3 * seconds, seed=1_000)  # the engine compiles what it runs often
        service.rates, service.cpu, service.latencies = [], [], []
    for turn, service in itertools.product(range(rounds), services.values()):
        await load(service, clients, seconds, seed=turn * 10_000)


def main(seconds: float, rounds: int, clients: int, levels: list[int]) -> None:
    """Measure and print."""
    with contextlib.ExitStack() as stack:
        services = {level: stack.enter_context(started(level)) for level in levels}
        asyncio.run(measure(services, seconds, rounds, clients))
    for level, each in services.items():
        slow = statistics.quantiles(each.latencies, n=100)
        rate, cpu = statistics.median(each.rates), statistics.median(each.cpu)
        print(
            f"{level} workers: {rate:>6,.0f} answers/s, {cpu:.2f} ms CPU per answer, "
            f"p50 {slow[49] * 1e3:.0f} ms, p99 {slow[98] * 1e3:.0f} ms"
        )
    first, *_, last = services.values()
    print(f"ratio {levels[-1]} to {levels[0]}: {statistics.median(last.rates) / statistics.median(first.rates):.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each turn")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each service")
    parser.add_argument("--clients", type=int, default=64, help="how many at a time")
    parser.add_argument("--workers", default="1,2", help="numbers of workers to compare")
    arguments = parser.parse_args()
    numbers = [int(each) for each in arguments.workers.split(",")]
    main(arguments.seconds, arguments.rounds, arguments.clients, numbers)
