"""A class at a glance over HTTP: heat map, who is at risk and root causes of a thousand students, in one query.

    python benchmarks/class_view.py [--students 1000] [--concepts 54] [--answers 4]

Fills an embedded engine of its own, starts the service beside it as its own process, and sends queries. The shares come
from the service's own metrics: what statements took, driver included; the rest is arithmetic, GraphQL and writing JSON.
The references, in the same run: the same root causes by enumerating paths in Cypher (`recipes/01_root_causes`), and the
heat map as a GraphQL list of masteries, a page of members at a time.
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
from typing import Any

import httpx
import numpy as np
import orjson

from graph_api.app.metrics import Metrics
from graph_api.app.running import running
from graph_api.config import Settings
from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.course.course import Concept, Skill
from graph_api.domain.learners.people import Group
from graph_api.store.cypher_files import load
from graph_api.store.gateway import Gateway
from graph_api.store.packaged import packaged
from graph_api.usecases.answers.intake import Intake
from graph_api.usecases.course.edit_course import upsert_concepts, upsert_skills
from graph_api.usecases.learners.edit_people import upsert_group

REPEATS = 10
WHOLE = """{ group(id: "big") { heatmap(kind: CONCEPT) { studentIds targetIds levels }
  atRisk { atRiskCount students { studentId reasons { message } } }
  rootCauses { causes { conceptId students studentsBlocked } } } }"""
PARTS = {
    "heatmap": '{ group(id: "big") { heatmap(kind: CONCEPT) { studentIds targetIds levels } } }',
    "heatmap with confidences": '{ group(id: "big") { heatmap(kind: CONCEPT) { levels confidences } } }',
    "heatmap with names": """{ group(id: "big") { heatmap(kind: CONCEPT) { levels
      students { id name } targets { id name } } } }""",
    "atRisk": '{ group(id: "big") { atRisk { atRiskCount students { studentId reasons { message } } } } }',
    "rootCauses": '{ group(id: "big") { rootCauses { causes { conceptId students studentsBlocked } } } }',
}
PAGE = """query($after: String) { group(id: "big") { members(first: 100, after: $after) {
  pageInfo { hasNextPage endCursor }
  nodes { id masteries(kind: CONCEPT, first: 500) { nodes { level concept { id } } } } } } }"""


def now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


async def fill(gateway: Gateway, intake: Intake, students: int, concepts: int, answers: int) -> int:
    """A course of concepts that build on each other, and a class that practised most of them."""
    rng = np.random.default_rng(1)
    names = [f"c{n:03}" for n in range(concepts)]
    await upsert_skills(gateway, [Skill(f"k{n}", f"Skill {n}", "benchmark") for n in range(9)], now())
    before = [sorted({names[b] for b in rng.integers(0, n, min(n, 2)).tolist()}) if n else [] for n in range(concepts)]
    rows = [Concept(name, name, [f"k{n % 9}"], before[n]) for n, name in enumerate(names)]
    await upsert_concepts(gateway, rows, now())
    ids = [f"s{n:05}" for n in range(students)]
    start, sent = now() - timedelta(days=40), 0
    for begin in range(0, students, 50):
        chunk = [
            AnswerInput(
                student,
                correct=bool(rng.random() < 0.35 + 0.5 * rng.random()),
                concept_ids=[concept],
                at=start + timedelta(minutes=float(rng.uniform(0, 39 * 1440))),
            )
            for student in ids[begin : begin + 50]
            for concept in names
            if rng.random() < 0.8  # noqa: PLR2004 - most of the course
            for _ in range(int(rng.poisson(answers)))
        ]
        for place in range(0, len(chunk), 1_000):
            await intake.submit(chunk[place : place + 1_000])
        sent += len(chunk)
    await upsert_group(gateway, Group("big", "Big", ids), now())
    return sent


@asynccontextmanager
async def service(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The service as its own process on the folder."""
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
            yield client
        finally:
            process.terminate()
            process.wait(60)


async def database_seconds(client: httpx.AsyncClient) -> float:
    """What all statements took so far."""
    lines = (await client.get("/metrics")).text.splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith("graph_api_query_seconds_sum"))


async def ask(client: httpx.AsyncClient, query: str, **variables: object) -> Any:  # noqa: ANN401 - whatever was asked for
    """Send a query; fail on errors."""
    reply = await client.post("/graphql", json={"query": query, "variables": variables})
    body = orjson.loads(reply.content)
    if "errors" in body:
        raise RuntimeError(body["errors"])
    return body["data"]


async def measure(client: httpx.AsyncClient, what: str, query: str) -> float:
    """The median of some, with the database's share."""
    for _ in range(3):
        await ask(client, query)
    before, data, seconds = await database_seconds(client), None, []
    for _ in range(REPEATS):
        start = time.perf_counter()
        data = await ask(client, query)
        seconds.append(time.perf_counter() - start)
    database = (await database_seconds(client) - before) / REPEATS
    start = time.perf_counter()
    size = len(orjson.dumps(data))
    written = time.perf_counter() - start
    median = statistics.median(seconds)
    print(
        f"{what}: median {median * 1e3:.0f} ms, best {min(seconds) * 1e3:.0f} ms; statements {database / median:.0%}, "
        f"Python {1 - (database + written) / median:.0%}, writing {size / 1e3:.0f} kB of JSON {written / median:.1%}"
    )
    return median


async def by_pages(client: httpx.AsyncClient) -> float:
    """The same levels as lists of masteries."""
    start, after, more = time.perf_counter(), None, True
    while more:
        page = (await ask(client, PAGE, after=after))["group"]["members"]["pageInfo"]
        after, more = page["endCursor"], page["hasNextPage"]
    return time.perf_counter() - start


async def enumerate_paths(gateway: Gateway) -> tuple[float, dict[str, int]]:
    """Root causes in Cypher, and how long they took."""
    gateway.statements = {**gateway.statements, **load(packaged("cypher") / "recipes")}
    start = time.perf_counter()
    rows = await gateway.read(lambda tx: tx.many("01_root_causes", group_id="big", threshold=0.5, min_attempts=5))
    return time.perf_counter() - start, {row["concept_id"]: row["students"] for row in rows}


async def main(students: int, concepts: int, answers: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = Settings(_env_file=None, data_dir=folder, log_level="error", scheduler=False)
        async with running(settings, Metrics("", "embedded")) as behind:
            sent = await fill(behind.gateway, behind.intake, students, concepts, answers)
            print(f"{students:,} students, {concepts} concepts, {sent:,} answers")
            paths, expected = await enumerate_paths(behind.gateway)
            paths = min(paths, (await enumerate_paths(behind.gateway))[0])
        async with service(folder) as client:
            await measure(client, "heatmap + atRisk + rootCauses", WHOLE)
            alone = {what: await measure(client, f"  {what}", query) for what, query in PARTS.items()}
            data = await ask(
                client, '{ group(id: "big") { rootCauses(first: 500) { causes { conceptId students } } } }'
            )
            served = {each["conceptId"]: each["students"] for each in data["group"]["rootCauses"]["causes"]}
            pages = await by_pages(client)
    print(
        f"root causes by paths in Cypher: {paths * 1e3:.0f} ms, {paths / alone['rootCauses']:.1f}x; "
        f"{'both agree' if served == expected else 'they differ'}"
    )
    print(f"levels as pages of masteries: {pages:.1f} s, {pages / alone['heatmap']:.0f}x the heat map")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--students", type=int, default=1_000)
    parser.add_argument("--concepts", type=int, default=54)
    parser.add_argument("--answers", type=int, default=4, help="mean number to a concept that was practised")
    arguments = parser.parse_args()
    asyncio.run(main(arguments.students, arguments.concepts, arguments.answers))
