"""A year of a class by week over HTTP: the levels of thirty students at 52 moments, in one query.

    python benchmarks/trends.py [--students 30] [--weeks 52] [--answers 5]

Fills an embedded engine of its own, starts the service beside it as its own process, and sends queries. The reference,
in the same run: the same levels with one `levelAt` query per week, each about all students. That reference is frozen:
compare its ratio between versions. Both must agree. CPU is that of the service's process, without the engine's.
"""

import argparse
import asyncio
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import numpy as np
import orjson

from graph_api.app.metrics import Metrics
from graph_api.app.running import running
from graph_api.config import Settings
from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.course.course import Skill
from graph_api.domain.learners.people import Group
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.intake import Intake
from graph_api.usecases.course.edit_course import upsert_skills
from graph_api.usecases.learners.edit_people import upsert_group

REPEATS = 10
SKILLS = 6
UNTIL = datetime.now(UTC)
ONE = """query($since: DateTime!, $until: DateTime!) { group(id: "class") {
  studentSeries(skillCodes: ["k0"], by: WEEK, since: $since, until: $until) { moments studentIds levels started } } }"""
ALL = """query($since: DateTime!, $until: DateTime!) { group(id: "class") {
  studentSeries(by: WEEK, since: $since, until: $until) { studentIds levels mastered }
  series(by: WEEK, since: $since, until: $until) { points { meanLevel statuses { status count } } }
  movement(since: $since, until: $until) { crossings { threshold up down } }
  activity(by: WEEK, since: $since, until: $until) { points { answers students timeOnTask } } } }"""
BOTH = """query($since: DateTime!, $until: DateTime!) { group(id: "class") {
  studentSeries(by: WEEK, since: $since, until: $until) { studentIds levels started mastered }
  series(by: WEEK, since: $since, until: $until) { points { meanLevel statuses { status count } } } } }"""
WEEK = """query($at: DateTime!) { group(id: "class") { members(first: 500) { nodes {
  id levelAt(skillCode: "k0", at: $at) } } } }"""


class Cost(NamedTuple):
    """What a request took, in milliseconds."""

    wall: float
    cpu: float


async def fill(gateway: Gateway, intake: Intake, students: int, weeks: int, answers: int) -> int:
    """A class that answers every week."""
    draw = np.random.default_rng(1)
    await upsert_skills(gateway, [Skill(f"k{n}", f"Skill {n}", "benchmark") for n in range(SKILLS)], UNTIL)
    ids, sent = [f"s{n:03}" for n in range(students)], 0
    for student in ids:
        rows = [
            AnswerInput(
                student,
                correct=bool(draw.random() < 0.4 + 0.5 * week / weeks),
                skill_codes=[f"k{draw.integers(SKILLS)}"],
                at=UNTIL - timedelta(weeks=weeks - week - float(draw.random())),
                response_time=30.0,
            )
            for week in range(weeks)
            for _ in range(answers)
        ]
        for place in range(0, len(rows), 1_000):
            await intake.submit(rows[place : place + 1_000])
        sent += len(rows)
    await upsert_group(gateway, Group("class", "Class", ids), UNTIL)
    return sent


@asynccontextmanager
async def service(folder: Path) -> AsyncIterator[tuple[httpx.AsyncClient, int]]:
    """The service as its own process on the folder, and the id of the process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"DATA_DIR": str(folder), "PORT": str(port), "LOG_LEVEL": "error", "SCHEDULER": "false"}
    env = os.environ | {f"GRAPH_API_{key}": value for key, value in settings.items()}
    process = subprocess.Popen([sys.executable, "-m", "graph_api", "serve", "--no-demo"], env=env)  # noqa: ASYNC220
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=600) as client:
        try:
            while True:
                try:
                    if (await client.get("/readyz")).is_success:
                        break
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.2)
            yield client, process.pid
        finally:
            process.terminate()
            process.wait(60)


def cpu_seconds(pid: int) -> float:
    """The CPU time that a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def ask(client: httpx.AsyncClient, query: str, **variables: object) -> Any:  # noqa: ANN401 - whatever was asked for
    """Send a query; fail on errors."""
    reply = await client.post("/graphql", json={"query": query, "variables": variables})
    body = orjson.loads(reply.content)
    if "errors" in body:
        raise RuntimeError(body["errors"])
    return body["data"]["group"]


async def measure(client: httpx.AsyncClient, pid: int, query: str, **variables: object) -> Cost:
    """The median of some requests, and their mean CPU time."""
    await ask(client, query, **variables)
    seconds, before = [], cpu_seconds(pid)
    for _ in range(REPEATS):
        start = time.perf_counter()
        await ask(client, query, **variables)
        seconds.append(time.perf_counter() - start)
    return Cost(statistics.median(seconds) * 1e3, (cpu_seconds(pid) - before) / REPEATS * 1e3)


async def by_weeks(client: httpx.AsyncClient, pid: int, moments: list[str]) -> tuple[Cost, list[dict[str, float]]]:
    """The frozen reference: one query per week."""
    start, before = time.perf_counter(), cpu_seconds(pid)
    weeks = [(await ask(client, WEEK, at=moment))["members"]["nodes"] for moment in moments]
    cost = Cost((time.perf_counter() - start) * 1e3, (cpu_seconds(pid) - before) * 1e3)
    return cost, [{each["id"]: each["levelAt"] for each in week} for week in weeks]


def agree(series: dict[str, Any], weeks: list[dict[str, float]]) -> bool:
    """Whether both have the same levels, to the 4 digits of the series."""
    return all(
        level is None or abs(level - week[student]) < 1e-4  # noqa: PLR2004 - digits
        for student, row in zip(series["studentIds"], series["levels"], strict=True)
        for level, week in zip(row, weeks, strict=True)
    )


async def main(students: int, weeks: int, answers: int) -> None:
    """Measure and print."""
    # The first week that is whole: the series begin at its start.
    window = {"since": (UNTIL - timedelta(weeks=weeks - 1)).isoformat(), "until": UNTIL.isoformat()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(_env_file=None, data_dir=folder, log_level="error", scheduler=False)
        async with running(settings, Metrics("", "embedded")) as behind:
            sent = await fill(behind.gateway, behind.intake, students, weeks, answers)
        async with service(folder) as (client, pid):
            series = (await ask(client, ONE, **window))["studentSeries"]
            size = f"{len(series['studentIds'])} students x {len(series['moments'])} weeks"
            print(f"{size}, {SKILLS} skills, {sent:,} answers")
            one, both, whole = [await measure(client, pid, query, **window) for query in (ONE, BOTH, ALL)]
            reference, levels = await by_weeks(client, pid, series["moments"])
    print(f"studentSeries, one skill: median {one.wall:.0f} ms, CPU {one.cpu:.0f} ms")
    print(f"studentSeries series, all skills: median {both.wall:.0f} ms, CPU {both.cpu:.0f} ms")
    print(f"studentSeries series movement activity, all skills: median {whole.wall:.0f} ms, CPU {whole.cpu:.0f} ms")
    print(
        f"one levelAt query per week: {reference.wall:.0f} ms ({reference.wall / one.wall:.1f}x), "
        f"CPU {reference.cpu:.0f} ms ({reference.cpu / one.cpu:.1f}x); "
        f"{'both agree' if agree(series, levels) else 'they differ'}"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--answers", type=int, default=5, help="answers of a student in a week")
    arguments = parser.parse_args()
    asyncio.run(main(arguments.students, arguments.weeks, arguments.answers))
