"""What an answer costs as history grows: bytes stored, time and CPU, to record one and to ask.

    python benchmarks/scale.py [--steps 100000,300000,1000000] [--students 1000]

Fills the embedded engine in a temporary folder, or the Neo4j that GRAPH_API_TEST_NEO4J_URI names (`python -m
tests.neo4j.server -- python benchmarks/scale.py`), and stops at every step to measure: what recording 500 answers
takes now, what the hot questions take, how many bytes the data folder has grown by an answer, and the CPU of this
process. The number of students stays, so that each history grows: dense nodes are what bends first. The last line is
the ratio of the last step to the first.
"""

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np

from graph_api.app.metrics import Metrics
from graph_api.app.running import Running, running
from graph_api.config import Settings
from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.course.course import Concept, Skill
from graph_api.domain.learners.people import Group, Student
from graph_api.domain.targets import TargetKind, concept
from graph_api.store import answers, masteries
from graph_api.store.answers import AnswerFilter
from graph_api.usecases.course.edit_course import upsert_concepts, upsert_skills
from graph_api.usecases.learners.edit_people import upsert_group, upsert_students

CONCEPTS, SKILLS, CHUNK, ASKED = 50, 10, 500, 20


class Measured(NamedTuple):
    """One step."""

    answers: int
    record_ms: float
    cpu_ms: float
    bytes_an_answer: float
    questions: dict[str, float]


@asynccontextmanager
async def database() -> AsyncIterator[tuple[Running, Path]]:
    """The database to fill, and the folder it writes to."""
    if uri := os.environ.get("GRAPH_API_TEST_NEO4J_URI"):
        settings = Settings(
            _env_file=None,
            neo4j_uri=uri,
            neo4j_user=os.environ["GRAPH_API_TEST_NEO4J_USER"],
            neo4j_password=os.environ["GRAPH_API_TEST_NEO4J_PASSWORD"],
            log_level="error",
        )
        async with running(settings, Metrics("", "neo4j")) as behind:
            yield behind, Path(os.environ["GRAPH_API_TEST_NEO4J_DATA"])
        return
    with tempfile.TemporaryDirectory() as name:
        settings = Settings(_env_file=None, data_dir=Path(name), log_level="error")
        async with running(settings, Metrics("", "embedded")) as behind:
            yield behind, Path(name)


def size(folder: Path) -> int:
    """Bytes on disk, without logs of transactions, which are kept for a while and then go."""
    files = (path for path in folder.rglob("*") if "transactions" not in path.parts and path.suffix != ".wal")
    return sum(path.stat().st_blocks * 512 for path in files if path.is_file())


async def middle(work: Callable[[int], Awaitable[object]]) -> float:
    """The median of some, in milliseconds."""
    taken = []
    for n in range(ASKED):
        start = time.perf_counter()
        await work(n)
        taken.append((time.perf_counter() - start) * 1e3)
    return statistics.median(taken)


async def main(steps: Sequence[int], students: int) -> None:
    """Fill, measure, print."""
    rng = np.random.default_rng(1)
    ids = [f"s{n:05}" for n in range(students)]
    now = datetime.now(UTC) - timedelta(days=400)
    async with database() as (behind, folder):
        gateway = behind.gateway
        await upsert_skills(gateway, [Skill(f"k{n}", f"Skill {n}", "scale") for n in range(SKILLS)], now)
        await upsert_concepts(gateway, [Concept(f"c{n}", f"C{n}", [f"k{n % SKILLS}"]) for n in range(CONCEPTS)], now)
        sent = 0

        async def record(count: int) -> None:
            nonlocal sent
            chunk = [
                AnswerInput(
                    ids[int(rng.integers(students))],
                    correct=bool(rng.random() < 0.6),  # noqa: PLR2004 - mostly right
                    concept_ids=[f"c{rng.integers(CONCEPTS)}"],
                    at=now + timedelta(seconds=sent + n),
                )
                for n in range(count)
            ]
            await behind.intake.submit(chunk)
            sent += count

        await upsert_students(gateway, [Student(key) for key in ids], now)
        await record(CHUNK)
        await upsert_group(gateway, Group("class", "Class", sorted(set(ids[:30]))), now)
        empty, rows = size(folder), []
        for step in steps:
            while sent < step:
                await record(min(CHUNK * 4, step - sent))
            await asyncio.sleep(2)  # what the engine writes behind
            used, cpu = size(folder), time.process_time()
            taken = await middle(lambda _n: record(CHUNK))
            cpu = (time.process_time() - cpu) * 1e3 / (ASKED * CHUNK)
            rows.append(Measured(step, taken / CHUNK, cpu, (used - empty) / step, await questions(behind, ids)))
            times = ", ".join(f"{what} {ms:.1f} ms" for what, ms in rows[-1].questions.items())
            print(
                f"{step:>10,} answers, {step // students:>5} a student: {rows[-1].record_ms:.2f} ms an answer in "
                f"batches of {CHUNK}, {cpu:.2f} ms CPU of it here, {rows[-1].bytes_an_answer:,.0f} bytes each; {times}",
                flush=True,
            )
    first, last = rows[0], rows[-1]
    grown = {what: last.questions[what] / ms for what, ms in first.questions.items()}
    print(
        f"{last.answers / first.answers:.0f}x the answers: {last.record_ms / first.record_ms:.2f}x to record, "
        + ", ".join(f"{what} {ratio:.2f}x" for what, ratio in grown.items())
    )


async def questions(behind: Running, ids: Sequence[str]) -> dict[str, float]:
    """The hot reads, median milliseconds."""
    read = behind.gateway.read
    everything = AnswerFilter()

    def one(n: int) -> str:
        return ids[n * 7 % len(ids)]

    return {
        "masteries of a student": await middle(lambda n: read(lambda tx: masteries.read_of_students(tx, [one(n)]))),
        "last 20 answers": await middle(
            lambda n: read(
                lambda tx: answers.read_page(tx, [one(n)], everything, newest_first=True, after=None, limit=20)
            )
        ),
        "history of a concept": await middle(
            lambda n: read(lambda tx: answers.read_evidence(tx, [(one(n), concept(f"c{n}"))]))
        ),
        "levels of a class": await middle(
            lambda _n: read(lambda tx: masteries.read_levels_of_group(tx, "class", TargetKind.CONCEPT))
        ),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", default="100000,300000,1000000")
    parser.add_argument("--students", type=int, default=1_000)
    arguments = parser.parse_args()
    asyncio.run(main([int(step) for step in arguments.steps.split(",")], arguments.students))
