"""Recording over HTTP: answers per second, latency and CPU time, beside frozen references on the same database.

    python -m benchmarks.answers [--seconds 10] [--rounds 3] [--warm-up 60000] [--workers 2]

Starts the embedded engine in a temporary folder (or takes GRAPH_API_NEO4J_URI, a database to write to), and the service
and the load as processes of their own. The engine compiles what it runs often, so answers are recorded before anything
is measured. The references are in `benchmarks/recording/references.py`: a naive loop, and hand-written batches. Rounds
alternate between them and the service, so that ratios are of one run. CPU time is that of all threads of a process.

One process and several workers are then compared as `benchmarks.workers` does, each on an engine of its own. Workers on
an engine that this program holds would each be a writer of their own, as on Neo4j.

The last lines are the targets, each met or MISSED.
"""

import argparse
import asyncio
import contextlib
import math
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import neo4j

from benchmarks.recording.load import CONCEPTS
from benchmarks.recording.references import measure
from benchmarks.recording.runs import PACKS, Load, Measured, middle, put_under, warm_up
from benchmarks.workers import compare
from benchmarks.workers import show as show_workers
from graph_api.domain.course.course import Concept, Skill
from graph_api.store.cypher_files import load
from graph_api.store.engine.embedded import EmbeddedEngine
from graph_api.store.gateway import Gateway
from graph_api.store.migrations import load_migrations, migrate
from graph_api.store.packaged import packaged
from graph_api.usecases.course.edit_course import upsert_concepts, upsert_skills
from graph_api.usecases.parameters.edit_parameter_sets import ensure_defaults

NAMES = ("NEO4J_URI", "NEO4J_USER", "NEO4J_PASSWORD", "NEO4J_DATABASE")
BATCH = 64
"""Answers of a hand-written batch, as many as clients."""
LONE, FEW, MANY = Load(1), Load(16), Load(64)


class Target(NamedTuple):
    """A figure with its bound."""

    what: str
    value: float
    at_least: float = 0.0
    at_most: float = math.inf

    def __str__(self) -> str:
        is_met = self.at_least <= self.value <= self.at_most
        bound = f"at least {self.at_least:g}" if self.at_least else f"at most {self.at_most:g}"
        return f"{'met' if is_met else 'MISSED':>8}  {self.what}: {self.value:.3g} ({bound})"


@contextlib.asynccontextmanager
async def database() -> AsyncIterator[dict[str, str]]:
    """The settings of a database: the one that the environment names, or an embedded engine of our own."""
    given = {name: value for name in NAMES if (value := os.environ.get(f"GRAPH_API_{name}"))}
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory() as folder:
        async with await EmbeddedEngine.start(Path(folder)) as engine:
            yield dict(zip(NAMES, (engine.uri, engine.user, engine.password, engine.database), strict=True))


@contextlib.contextmanager
def serving(settings: dict[str, str]) -> Iterator[tuple[int, int]]:
    """The service as its own process; yields its port and its process id once it is ready."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    environment = os.environ | {f"GRAPH_API_{name}": value for name, value in settings.items()}
    environment |= {"GRAPH_API_PORT": str(port), "GRAPH_API_LOG_LEVEL": "warning"}
    command = [sys.executable, "-m", "graph_api", "serve", "--no-demo"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603 - our own
    try:
        for _ in range(600):
            with (
                contextlib.suppress(OSError),
                urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5),
            ):
                break
            time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(60)


def connect(settings: dict[str, str]) -> Gateway:
    """A gateway to the database of some settings."""
    return Gateway.connect(
        settings["NEO4J_URI"],
        user=settings.get("NEO4J_USER", "neo4j"),
        password=settings.get("NEO4J_PASSWORD", ""),
        database=settings.get("NEO4J_DATABASE"),
        statements=load(packaged("cypher")),
    )


async def prepare(settings: dict[str, str]) -> None:
    """A course to answer about."""
    now = datetime.now(UTC)
    async with connect(settings) as gateway:
        await gateway.wait_until_ready(60, print)
        await migrate(gateway, load_migrations(packaged("cypher") / "migrations"), now)
        await ensure_defaults(gateway, now)
        await upsert_skills(gateway, [Skill(f"k{n}", f"Skill {n}", "benchmark") for n in range(10)], now)
        concepts = [Concept(f"c{n}", f"Concept {n}", [f"k{n % 10}"]) for n in range(CONCEPTS)]
        await upsert_concepts(gateway, concepts, now)


def show(load: Load, one: Measured, rates: dict[str, float]) -> None:
    """Print the line of a load."""
    ratios = ", ".join(f"{one.done.rate / rate:.2f} x {name}" for name, rate in rates.items())
    print(f"{load!s:>24}: {one}, {ratios}", flush=True)


async def main(seconds: float, rounds: int, warmed: int, workers: int) -> None:
    """Measure and print."""
    async with database() as settings:
        is_embedded = "GRAPH_API_NEO4J_URI" not in os.environ
        await prepare(settings)
        auth = (settings.get("NEO4J_USER", "neo4j"), settings.get("NEO4J_PASSWORD", ""))
        name = settings.get("NEO4J_DATABASE")
        references: dict[str, list[float]] = {"naive": [], "batched": []}
        runs: dict[Load, list[Measured]] = {each: [] for each in (LONE, FEW, MANY, PACKS)}
        async with neo4j.AsyncGraphDatabase.driver(settings["NEO4J_URI"], auth=auth) as driver:
            with serving(settings) as (port, pid):
                warm_up(port, pid, warmed, (LONE, MANY))
                await measure(driver, name, 1, 2)
                await measure(driver, name, BATCH, 2)
                for turn in range(rounds):
                    references["naive"].append(await measure(driver, name, 1, seconds / 2))
                    references["batched"].append(await measure(driver, name, BATCH, seconds / 2))
                    for load, measured in runs.items():
                        measured.append(put_under(load, port, seconds, pid, turn * 1_000 + load.connections))
        rates = {reference: statistics.median(each) for reference, each in references.items()}
        for reference, rate in rates.items():
            print(f"{reference:>24}: {rate:>6,.0f} answers/s")
        shown = {load: middle(measured) for load, measured in runs.items()}
        for load, one in shown.items():
            show(load, one, rates)
    ratio = show_workers(await compare([1, workers], MANY, seconds, rounds, warmed))
    many, packs, few = shown[MANY], shown[PACKS], shown[FEW]
    targets = (
        Target("times naive", many.done.rate / rates["naive"], at_least=7 if is_embedded else 9),
        Target("times batched", many.done.rate / rates["batched"], at_least=0.65),
        Target("times batched, packed", packs.done.rate / rates["batched"], at_least=0.8),
        Target("CPU ms of the service", many.service, at_most=0.30),
        Target("CPU ms of the service, packed", packs.service, at_most=0.12),
        Target("p99 ms of 16 clients", few.done.p99, at_most=50),
        Target(f"times one process, {workers} workers", ratio, at_least=1),
    )
    for target in targets:
        print(target)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0, help="of each load in each round")
    parser.add_argument("--rounds", type=int, default=3, help="over which medians are taken")
    parser.add_argument("--warm-up", type=int, default=60_000, help="answers that are recorded first")
    parser.add_argument("--workers", type=int, default=2, help="of the service that is compared with one process")
    arguments = parser.parse_args()
    asyncio.run(main(arguments.seconds, arguments.rounds, arguments.warm_up, arguments.workers))
