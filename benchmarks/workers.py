"""Answers per second and CPU per answer with one worker and with two, in one run.

    python -m benchmarks.workers [--seconds 4] [--rounds 3] [--clients 64] [--workers 1,2] [--warm-up 5000]

Starts one service for each number of workers, warms all up, and loads them in turns. Each has its own data folder and
starts its own engine. That matters: workers of one engine share a writer, and workers of a database that is configured
do not. The CPU of the service is that of all its processes but the engine: parent, writer and workers.

The last line is the ratio of the second number of workers to the first. It should be at least 1.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from benchmarks.reading.processes import free_port
from benchmarks.recording.load import CONCEPTS
from benchmarks.recording.runs import Load, Measured, middle, put_under, warm_up

MUTATION = (
    "mutation($input: AnswerInput!) { recordAnswer(input: $input) { __typename "
    "... on RecordAnswerPayload { answer { id } changes { concept skill levelAfter } } } }"
)
SKILLS = 10
SKILL_COURSE = "mutation($input: [SkillInput!]!) { upsertSkills(input: $input) { __typename } }"
COURSE = "mutation($input: [ConceptInput!]!) { upsertConcepts(input: $input) { __typename } }"


class Service(NamedTuple):
    """A running service."""

    port: int
    process: subprocess.Popen[bytes]


async def post(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, query: str, given: object) -> bytes:
    """The reply to a document on a keep-alive connection."""
    body = json.dumps({"query": query, "variables": {"input": given}}).encode()
    head = b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    writer.write(head % len(body) + body)
    headers = await reader.readuntil(b"\r\n\r\n")
    length = next(line for line in headers.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return await reader.readexactly(int(length.split(b":")[1]))


async def add_course(port: int) -> None:
    """A course to answer about."""
    connection = await asyncio.open_connection("127.0.0.1", port)
    skills = [{"code": f"k{n}", "name": f"Skill {n}", "category": "benchmark"} for n in range(SKILLS)]
    await post(*connection, SKILL_COURSE, skills)
    concepts = [{"id": f"c{n}", "name": f"Concept {n}", "skillCodes": [f"k{n % SKILLS}"]} for n in range(CONCEPTS)]
    await post(*connection, COURSE, concepts)
    connection[1].close()


@contextlib.contextmanager
def started(workers: int, **settings: str) -> Iterator[Service]:
    """A service in a folder of its own, when it accepts connections."""
    port = free_port()
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


async def compare(numbers: Sequence[int], load: Load, seconds: float, rounds: int, warmed: int) -> dict[int, Measured]:
    """What a load measures of a service with each number of workers; medians of rounds, in turns."""
    with contextlib.ExitStack() as stack:
        services = {number: stack.enter_context(started(number)) for number in numbers}
        runs: dict[int, list[Measured]] = {number: [] for number in numbers}
        for service in services.values():
            await add_course(service.port)
            warm_up(service.port, service.process.pid, warmed, [load])
        for turn, number in itertools.product(range(rounds), numbers):
            service = services[number]
            runs[number].append(put_under(load, service.port, seconds, service.process.pid, turn))
    return {number: middle(of_number) for number, of_number in runs.items()}


def show(measured: dict[int, Measured]) -> float:
    """Print a line for each number of workers; returns the ratio of the last rate to the first."""
    for number, each in measured.items():
        print(f"{f'{number} workers' if number > 1 else '1 process':>24}: {each}", flush=True)
    first, *_, last = measured.values()
    return last.done.rate / first.done.rate


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each turn")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each service")
    parser.add_argument("--clients", type=int, default=64, help="how many at a time")
    parser.add_argument("--workers", default="1,2", help="numbers of workers to compare")
    parser.add_argument("--warm-up", type=int, default=5_000, help="answers that each service records first")
    arguments = parser.parse_args()
    levels = [int(each) for each in arguments.workers.split(",")]
    comparison = compare(levels, Load(arguments.clients), arguments.seconds, arguments.rounds, arguments.warm_up)
    print(f"ratio {levels[-1]} to {levels[0]}: {show(asyncio.run(comparison)):.2f}")
