"""What answers cost as they become many: recording, pages, class views, a fit, a backup, disk and memory.

    python -m benchmarks.scale [--steps 100000,1000000,10000000] [--students 10000] [--minutes 120] [--engine neo4j]

Starts the service on a data folder of its own, imports answers with `graph-api import answers` beside it, and stops at
every step to measure over HTTP. When the minutes are over, it measures what was imported so far. The folder stays: run
the same command again to go on from there, also after Ctrl-C, and delete it to start again. 10,000,000 answers need
8 GB on the embedded engine and 18 GB on Neo4j.

Each answer is about one concept and its skill, by a random student: 1,000 answers a student at the last step. Then all
students become one class of at most 10,000, whose views are measured, too.
"""

import argparse
import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.reading.servers import Database, Server, neo4j_server, our_server
from benchmarks.scaling.fill import Service, import_part, write_course, write_largest_class
from benchmarks.scaling.measures import (
    disk_bytes,
    measure_commands,
    measure_largest_class,
    measure_reads,
    measure_recording,
    resident_mb,
)
from graph_api.store.engine.embedded import find_running
from graph_api.store.engine.embedded_process import holder

BUILD = Path(__file__).parents[1] / "build" / "scale"


class Stage(NamedTuple):
    """The running service, its database, and the settings of commands beside it."""

    server: Server
    database: Database
    settings: Mapping[str, str]


@contextlib.asynccontextmanager
async def stage(engine: str, folder: Path) -> AsyncIterator[Stage]:
    """The service on a folder."""
    if engine == "embedded":
        settings = {"GRAPH_API_DATA_DIR": str(folder), "GRAPH_API_EMBEDDED_HEAP_MB": "2048"}
        async with our_server("service", settings) as server:
            engine_address = find_running(folder)
            if engine_address is None:
                raise RuntimeError("the embedded engine does not run")
            yield Stage(server, Database(*engine_address, holder(folder / "embedded")[0]), settings)
        return
    async with neo4j_server(folder) as database, our_server("service", database.settings) as server:
        yield Stage(server, database, database.settings)


class Progress:
    """How many answers were imported, and the bytes of the folder without them, kept beside the data."""

    def __init__(self, folder: Path, students: int) -> None:
        self._path = folder / "progress.json"
        stored = (
            json.loads(self._path.read_text())
            if self._path.exists()
            else {"students": students, "answers": 0, "empty": 0}
        )
        if stored["students"] != students:
            raise SystemExit(f"--students: must be {stored['students']}, as in {folder} (got {students})")
        self.students, self.answers, self.empty = students, int(stored["answers"]), int(stored["empty"])

    def save(self, answers: int) -> None:
        """Note that answers were imported."""
        self.answers = answers
        stored = {"students": self.students, "answers": answers, "empty": self.empty}
        self._path.write_text(json.dumps(stored))


async def fill(  # noqa: PLR0913, PLR0917 - what, where, how far
    progress: Progress, on: Stage, folder: Path, part: int, step: int, until: float
) -> float:
    """Import up to a step, or until the time is over; returns milliseconds per answer, 0 if there was nothing to do."""
    first, start = progress.answers, time.perf_counter()
    while progress.answers < step and time.monotonic() < until:
        size = part - progress.answers % part  # the same files, however the steps are chosen
        await import_part(progress.answers, progress.students, size, folder, on.settings)
        progress.save(progress.answers + size)
        print(f"  {progress.answers:,} answers after {time.perf_counter() - start:,.0f} s", flush=True)
    return (time.perf_counter() - start) * 1e3 / max(progress.answers - first, 1) if progress.answers > first else 0.0


async def measure(progress: Progress, on: Stage, folder: Path) -> dict[str, float]:
    """All figures of one step."""
    service = Service(on.server.port)
    pids = {"service": on.server.process.pid, "database": on.database.pid}
    await asyncio.sleep(3)  # what the database writes behind
    figures = {"bytes per answer": (disk_bytes(folder) - progress.empty) / max(progress.answers, 1)}
    figures |= await asyncio.to_thread(measure_recording, service, pids, progress.answers, progress.students)
    figures |= await asyncio.to_thread(measure_reads, service, progress.students)
    figures |= await measure_commands(folder, on.settings)
    return figures | {f"memory of the {name}, MB": resident_mb(pid) for name, pid in pids.items()}


async def main(engine: str, steps: Sequence[int], part: int, students: int, minutes: float) -> None:
    """Fill, measure, print."""
    folder = BUILD / engine
    folder.mkdir(parents=True, exist_ok=True)
    progress, until = Progress(folder, students), time.monotonic() + minutes * 60
    columns: dict[int, dict[str, float]] = {}
    async with stage(engine, folder) as on:
        service = Service(on.server.port)
        if not progress.answers:
            await asyncio.to_thread(write_course, service, students)
            progress.empty = disk_bytes(folder)
        for step in steps:
            if step < progress.answers or time.monotonic() > until:
                continue
            taken = await fill(progress, on, folder, part, step, until)
            columns[progress.answers] = {"import of an answer": taken} | await measure(progress, on, folder)
            print_column(progress.answers, columns[progress.answers])
        size = await asyncio.to_thread(write_largest_class, on.database, students)
        print(f"a class of {size:,} students, {progress.answers:,} answers in all, milliseconds:")
        for what, figure in (await asyncio.to_thread(measure_largest_class, service)).items():
            print(f"  {what:<40} {figure if isinstance(figure, str) else f'{figure:,.0f}'}", flush=True)
    print_growth(columns)


def print_column(answers: int, figures: Mapping[str, float]) -> None:
    """The figures of one step; milliseconds where no unit is named."""
    print(f"{answers:,} answers:")
    for what, figure in figures.items():
        print(f"  {what:<40} {figure:>12,.2f}", flush=True)


def print_growth(columns: Mapping[int, Mapping[str, float]]) -> None:
    """The ratio of the last step to the first."""
    if len(columns) > 1:
        first, last = min(columns), max(columns)
        print(f"{last / first:.0f} times the answers:")
        for what, figure in columns[last].items():
            if columns[first][what]:
                print(f"  {what:<40} {figure / columns[first][what]:>12.2f} times")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", default="100000,1000000,10000000")
    parser.add_argument("--part", type=int, default=100_000, help="answers of one file; steps are its multiples")
    parser.add_argument("--students", type=int, default=10_000)
    parser.add_argument("--minutes", type=float, default=120.0, help="no import begins later")
    parser.add_argument("--engine", choices=["embedded", "neo4j"], default="embedded")
    given = parser.parse_args()
    stops = [int(step) for step in given.steps.split(",")]
    asyncio.run(main(given.engine, stops, given.part, given.students, given.minutes))
