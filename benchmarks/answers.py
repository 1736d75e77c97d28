"""Acknowledged answers a second and their latency over HTTP, beside a naive loop on the same database.

    python benchmarks/answers.py [--seconds 10] [--clients 1,16,64]

Starts the embedded engine in a temporary folder (or takes GRAPH_API_NEO4J_URI, a database to write to) and the
service as its own process, then lets N clients post `recordAnswer` over keep-alive connections, one answer a request,
each client waiting for its reply before it sends again. The reference is the naive loop: the same use case, called for
one answer at a time, one driver transaction each.

The last lines are the ratios, measured in this run.
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
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.course.course import Concept, Skill
from graph_api.domain.parameters.topic_parameters import DEFAULT_SET
from graph_api.store.cypher_files import load
from graph_api.store.engine.embedded import EmbeddedEngine
from graph_api.store.gateway import Gateway
from graph_api.store.migrations import load_migrations, migrate
from graph_api.store.packaged import packaged
from graph_api.usecases.answers.answer_batch import Submission
from graph_api.usecases.answers.record_answers import RecordAnswers, received
from graph_api.usecases.course.edit_course import upsert_concepts, upsert_skills
from graph_api.usecases.parameters.edit_parameter_sets import ensure_defaults

STUDENTS, CONCEPTS = 500, 50
MUTATION = (
    "mutation($input: AnswerInput!) { recordAnswer(input: $input) { __typename "
    "... on RecordAnswerPayload { answer { id } changes { concept skill levelAfter } } } }"
)


class Connection:
    """One keep-alive HTTP/1.1 connection. No library: the client must not cost more than the server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, port: int) -> "Connection":
        """Connect."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def post(self, body: bytes) -> bytes:
        """Send a GraphQL request and read its reply."""
        head = (
            b"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b"Accept: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        )
        self._writer.write(head + body)
        headers = await self._reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1]) for line in headers.split(b"\r\n") if line.lower().startswith(b"content-length:")
        )
        return await self._reader.readexactly(length)

    async def close(self) -> None:
        """Hang up."""
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()


def draws(seed: int) -> Iterator[tuple[str, str, bool]]:
    """Student, concept, right or wrong."""
    rng = random.Random(seed)  # noqa: S311 - load, not secrets
    while True:
        yield f"s{rng.randrange(STUDENTS)}", f"c{rng.randrange(CONCEPTS)}", rng.random() < 0.6  # noqa: PLR2004


async def client(port: int, seed: int, until: float, latencies: list[float]) -> None:
    """Post answers until the time is up; every reply must be a recorded answer."""
    connection = await Connection.open(port)
    for student, concept, correct in draws(seed):
        if time.perf_counter() > until:
            break
        variables = {"input": {"studentId": student, "conceptIds": [concept], "correct": correct}}
        body = json.dumps({"query": MUTATION, "variables": variables}).encode()
        started = time.perf_counter()
        reply = await connection.post(body)
        latencies.append(time.perf_counter() - started)
        if b'"RecordAnswerPayload"' not in reply:
            raise SystemExit(f"not recorded: {reply.decode()}")
    await connection.close()


async def load_with(port: int, clients: int, seconds: float, seed: int) -> list[float]:
    """Latencies of all answers acknowledged in `seconds`."""
    latencies: list[float] = []
    until = time.perf_counter() + seconds
    await asyncio.gather(*(client(port, seed + n, until, latencies) for n in range(clients)))
    return latencies


async def naive(gateway: Gateway, seconds: float) -> int:
    """Answers recorded one by one, one driver transaction each."""
    record, done = RecordAnswers(gateway, DEFAULT_SET), 0
    until = time.perf_counter() + seconds
    for n, (student, concept, correct) in enumerate(draws(0)):
        if time.perf_counter() > until:
            break
        now = datetime.now(UTC)
        sent = AnswerInput(student_id=student, correct=correct, concept_ids=[concept])
        await record([Submission([received(sent, f"naive-{now.timestamp()}-{n}", now, n)])])
        done += 1
    return done


@contextlib.asynccontextmanager
async def database() -> AsyncIterator[dict[str, str]]:
    """The settings of a database: the one that the environment names, or an embedded engine of our own."""
    names = ("NEO4J_URI", "NEO4J_USER", "NEO4J_PASSWORD", "NEO4J_DATABASE")
    given = {name: value for name in names if (value := os.environ.get(f"GRAPH_API_{name}"))}
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory() as folder:
        async with await EmbeddedEngine.start(Path(folder)) as engine:
            yield dict(zip(names, (engine.uri, engine.user, engine.password, engine.database), strict=True))


@contextlib.asynccontextmanager
async def service(settings: dict[str, str]) -> AsyncIterator[int]:
    """The service as its own process; yields its port once it is ready."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {f"GRAPH_API_{name}": value for name, value in settings.items()}
    environment |= {"GRAPH_API_PORT": str(port), "GRAPH_API_LOG_LEVEL": "warning"}
    process = subprocess.Popen([sys.executable, "-m", "graph_api", "serve", "--no-demo"], env=environment)  # noqa: ASYNC220
    try:
        for _ in range(300):
            with contextlib.suppress(OSError):
                await (await Connection.open(port)).post(b'{"query": "{ __typename }"}')
                break
            await asyncio.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(30)


async def prepare(gateway: Gateway) -> None:
    """A course to answer about."""
    now = datetime.now(UTC)
    await gateway.wait_until_ready(60, print)
    await migrate(gateway, load_migrations(packaged("cypher") / "migrations"), now)
    await ensure_defaults(gateway, now)
    await upsert_skills(gateway, [Skill(f"k{n}", f"Skill {n}", "benchmark") for n in range(10)], now)
    concepts = [Concept(f"c{n}", f"Concept {n}", [f"k{n % 10}"]) for n in range(CONCEPTS)]
    await upsert_concepts(gateway, concepts, now)


async def main(seconds: float, levels: Sequence[int]) -> None:
    """Measure and print."""
    async with database() as settings:
        gateway = Gateway.connect(
            settings["NEO4J_URI"],
            user=settings.get("NEO4J_USER", "neo4j"),
            password=settings.get("NEO4J_PASSWORD", ""),
            database=settings.get("NEO4J_DATABASE"),
            statements=load(packaged("cypher")),
        )
        async with gateway:
            await prepare(gateway)
            async with service(settings) as port:
                await load_with(port, 64, 12, seed=1_000)  # the engine compiles what it runs often
                await naive(gateway, 2)
                rates: dict[int, list[float]] = {level: [] for level in levels}
                naive_rates: list[float] = []
                latencies: dict[int, list[float]] = {level: [] for level in levels}
                for turn, level in itertools.product(range(2), levels):
                    naive_rates.append(await naive(gateway, seconds / 4) / (seconds / 4))
                    measured = await load_with(port, level, seconds / 2, seed=turn * 10_000 + level)
                    rates[level].append(len(measured) / (seconds / 2))
                    latencies[level] += measured
    reference = statistics.median(naive_rates)
    print(f"naive loop, one transaction an answer: {reference:,.0f} answers/s (median of {len(naive_rates)})")
    for level in levels:
        rate, slow = statistics.mean(rates[level]), statistics.quantiles(latencies[level], n=100)
        print(
            f"{level:>3} clients: {rate:>6,.0f} answers/s, p50 {slow[49] * 1e3:.1f} ms, p99 {slow[98] * 1e3:.1f} ms, "
            f"ratio to the naive loop {rate / reference:.1f}"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=20.0, help="measured for each number of clients")
    parser.add_argument("--clients", default="1,16,64", help="how many at a time")
    arguments = parser.parse_args()
    asyncio.run(main(arguments.seconds, [int(level) for level in arguments.clients.split(",")]))
