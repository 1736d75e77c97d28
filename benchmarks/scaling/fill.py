"""The course, the classes and the answers of `benchmarks/scale.py`, written by the API and by import.

Everything is drawn from one seed, so that an interrupted run is resumed by importing the same file again.
"""

import asyncio
import csv
import json
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from neo4j import GraphDatabase

from benchmarks.reading.processes import post
from benchmarks.reading.servers import Database

SKILLS, CONCEPTS = 12, 120
CLASS_SIZE = 30
LARGEST_CLASS = 10_000
START = datetime(2024, 1, 1, tzinfo=UTC)
EVERY = 3.0
"""Seconds between two answers: 10,000,000 take a year."""


class Service:
    """Sends GraphQL to the service on a port."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/graphql"

    def ask(self, document: str, **variables: object) -> Any:  # noqa: ANN401 - whatever was asked for
        """The data of a reply.

        Raises:
            RuntimeError: the reply has errors, or a mutation failed.
        """
        body: dict[str, Any] = self.send(document, **variables)
        if "errors" in body or '"message"' in json.dumps(body.get("data")):
            raise RuntimeError(str(body)[:2_000])
        return body["data"]

    def send(self, document: str, **variables: object) -> Any:  # noqa: ANN401 - JSON
        """A whole reply."""
        return json.loads(post(self._url, json.dumps({"query": document, "variables": variables}).encode()))


def student_ids(students: int) -> list[str]:
    """The students."""
    return [f"s{number:06}" for number in range(students)]


def write_course(service: Service, students: int) -> None:
    """A course whose concepts build on each other, and one class of 30."""
    skills = [{"code": f"k{n}", "name": f"Skill {n}", "category": "scale"} for n in range(SKILLS)]
    concepts = [
        {
            "id": f"c{n:03}",
            "name": f"Concept {n}",
            "skillCodes": [f"k{n % SKILLS}"],
            "prerequisiteIds": [f"c{n - SKILLS:03}"] if n >= SKILLS else [],
        }
        for n in range(CONCEPTS)
    ]
    service.ask(
        """mutation($skills: [SkillInput!]!, $concepts: [ConceptInput!]!) {
             upsertSkills(input: $skills) { __typename ... on Failure { message } }
             upsertConcepts(input: $concepts) { __typename ... on Failure { message } } }""",
        skills=skills,
        concepts=concepts,
    )
    ids = student_ids(students)
    for start in range(0, students, 5_000):
        service.ask(
            """mutation($input: [StudentInput!]!) {
                 upsertStudents(input: $input) { __typename ... on Failure { message } } }""",
            input=[{"id": key, "name": f"Student {key}"} for key in ids[start : start + 5_000]],
        )
    service.ask(
        "mutation($input: GroupInput!) { upsertGroup(input: $input) { __typename ... on Failure { message } } }",
        input={"id": "class", "name": "Class", "studentIds": ids[:CLASS_SIZE]},
    )


def write_largest_class(database: Database, students: int) -> int:
    """One class of 10,000 students, or of all; returns its size. The API admits 5,000, so this is written directly."""
    size = min(students, LARGEST_CLASS)
    with (
        GraphDatabase.driver(database.uri, auth=(database.user, database.password)) as driver,
        driver.session(database=database.name) as session,
    ):
        session.run(
            "MERGE (group:Group {id: 'largest'}) SET group.name = 'Largest', group.search = 'largest'"
        ).consume()
        ids = student_ids(size)
        for start in range(0, size, 1_000):
            session.run(
                """MATCH (group:Group {id: 'largest'}) UNWIND $ids AS id
                   MATCH (student:Student {id: id}) MERGE (student)-[:MEMBER_OF]->(group)""",
                ids=ids[start : start + 1_000],
            ).consume()
    return size


def write_part(path: Path, first: int, students: int, answers: int) -> None:
    """A file of answers in order of time from number `first` on, each by a random student about a random concept."""
    draw = np.random.default_rng([1, first])
    who, what = draw.integers(students, size=answers).tolist(), draw.integers(CONCEPTS, size=answers).tolist()
    correct = (draw.random(answers) < 0.65).tolist()  # noqa: PLR2004 - mostly correct
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "student", "concept", "correct", "at"])
        for number, (student, concept, is_correct) in enumerate(zip(who, what, correct, strict=True), first):
            at = START + timedelta(seconds=EVERY * number)
            writer.writerow([f"a{number}", f"s{student:06}", f"c{concept:03}", int(is_correct), at.isoformat()])


async def import_part(first: int, students: int, answers: int, folder: Path, settings: Mapping[str, str]) -> None:
    """Import one file with `graph-api import answers`.

    Raises:
        RuntimeError: the import failed.
    """
    path = folder / f"answers-{first}.csv"
    write_part(path, first, students, answers)
    columns = ["--id", "id", "--student", "student", "--concept", "concept", "--correct", "correct", "--at", "at"]
    await run_command(["import", "answers", str(path), *columns], settings)
    path.unlink()


async def run_command(arguments: Sequence[str], settings: Mapping[str, str]) -> str:
    """Run a command of the product beside the running service; returns what it printed.

    Raises:
        RuntimeError: it failed.
    """
    env = {key: value for key, value in os.environ.items() if not key.startswith("GRAPH_API_")} | dict(settings)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "graph_api", *arguments, env=env, stdout=pipe, stderr=pipe
    )
    printed, errors = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"graph-api {' '.join(arguments)}: {errors.decode()[-2_000:]}")
    return printed.decode()
