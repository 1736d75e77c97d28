"""Hand-written endpoints, the limit of what Python can do here: `python -m benchmarks.peers.bare PORT`.

Starlette and orjson, a statement or two per question, no GraphQL. Each question has a path of its own: `/b` answers the
question b of `benchmarks/reading/questions.py`.
"""

import base64
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, LiteralString

import orjson
import uvicorn
from neo4j import READ_ACCESS, AsyncDriver, AsyncGraphDatabase
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

MASTERED, FOCUS = 0.95, 0.4
ONE_STUDENT = """MATCH (student:Student {id: $id})-[mastery:HAS_MASTERY]->(concept:Concept)
RETURN student.name AS student, concept.id AS id, concept.name AS name, mastery.level AS level,
       mastery.attempts AS attempts,
       COLLECT { MATCH (concept)-[:PART_OF]->(skill:Skill)
                 RETURN [skill.code, skill.name] ORDER BY skill.code } AS skills
ORDER BY id"""
CLASS = """MATCH (group:Group {id: $id})<-[:MEMBER_OF]-(student:Student)-[mastery:HAS_MASTERY]->(skill:Skill)
WITH group, student, mastery, skill ORDER BY skill.code
RETURN group.name AS class, student.id AS id, student.name AS name,
       collect([mastery.level, mastery.attempts, skill.code, skill.name]) AS masteries
ORDER BY name, id"""
ANSWERS = """MATCH (:Student {id: $id})-[answer:ANSWERED]->() WHERE answer.position = 0
WITH answer ORDER BY answer.at DESC, answer.id DESC LIMIT 101
RETURN answer.id AS id, toString(answer.at) AS at, answer.correct AS correct, answer.difficulty AS difficulty,
       answer.concept_ids AS concepts, answer.skill_codes AS skills"""
COURSE = """MATCH (:Group {id: $id})-[:TAKES]->(:Course)<-[:IN_COURSE]-(:Skill)<-[:PART_OF]-(concept:Concept)
RETURN DISTINCT concept.id AS key ORDER BY key"""
ALL_CONCEPTS = "MATCH (concept:Concept) RETURN concept.id AS key ORDER BY key"
LEVELS = """MATCH (:Group {id: $id})<-[:MEMBER_OF]-(student:Student)
OPTIONAL MATCH (student)-[mastery:HAS_MASTERY]->(concept:Concept)
RETURN student.id AS id, collect(concept.id) AS keys, collect(mastery.level) AS levels,
       collect(mastery.attempts) AS attempts"""
CONCEPTS = """MATCH (concept:Concept)
RETURN concept.id AS id, concept.name AS name,
       COLLECT { MATCH (before:Concept)-[:PREREQUISITE_OF]->(concept)
                 RETURN [before.id, before.name] ORDER BY before.id } AS before,
       COLLECT { MATCH (:Student {id: $id})-[mastery:HAS_MASTERY]->(concept)
                 RETURN [mastery.level, mastery.attempts] } AS masteries
ORDER BY id"""
GROUPS = """MATCH (group:Group) WITH group ORDER BY group.id LIMIT 50
RETURN group.id AS id, group.name AS name, COUNT { (:Student)-[:MEMBER_OF]->(group) } AS size,
       COLLECT { MATCH (teacher:Teacher)-[:TEACHES]->(group) RETURN teacher.id ORDER BY teacher.id } AS teachers,
       COUNT { MATCH (any:Group) RETURN any } AS total
ORDER BY id"""


class Database:
    """The driver, and a counter of statements."""

    def __init__(self, driver: AsyncDriver) -> None:
        self._driver = driver
        self._name = os.environ.get("DATABASE_NAME") or None
        self.statements = 0

    async def read(self, statement: LiteralString, **parameters: object) -> list[list[Any]]:
        """The rows of a statement that commits by itself."""
        self.statements += 1
        async with self._driver.session(database=self._name, default_access_mode=READ_ACCESS, fetch_size=-1) as session:
            result = await session.run(statement, parameters)
            return [record.values() async for record in result]


def status(level: float, attempts: int) -> str:
    """The name of a level."""
    if not attempts:
        return "NOT_STARTED"
    return "MASTERED" if level >= MASTERED else "NEEDS_FOCUS" if level < FOCUS else "LEARNING"


def mastery(level: float, attempts: int, **target: object) -> dict[str, object]:
    """A mastery with its target."""
    return {"level": level, "status": status(level, attempts), "attempts": attempts, **target}


async def nothing(_: Database) -> object:
    """Question a."""
    return {"__typename": "Query"}


async def one_student(database: Database) -> object:
    """Question b."""
    rows = await database.read(ONE_STUDENT, id="demo-16")
    nodes = [
        mastery(level, attempts, concept={"id": key, "name": name, "skills": _named(skills)})
        for _, key, name, level, attempts, skills in rows
    ]
    return {"student": {"name": rows[0][0], "masteries": {"nodes": nodes}}}


def _named(skills: Sequence[Sequence[str]]) -> list[dict[str, str]]:
    return [{"code": code, "name": name} for code, name in skills]


async def one_class(database: Database) -> object:
    """Question c."""
    rows = await database.read(CLASS, id="demo")
    nodes = [
        {
            "id": key,
            "name": name,
            "masteries": {
                "nodes": [
                    mastery(level, attempts, skill={"code": code, "name": skill})
                    for level, attempts, code, skill in masteries
                ]
            },
        }
        for _, key, name, masteries in rows
    ]
    return {"group": {"name": rows[0][0], "members": {"nodes": nodes}}}


def answers_of(student_id: str) -> Callable[[Database], Awaitable[object]]:
    """Questions d and d10k."""

    async def answers(database: Database) -> object:
        rows = await database.read(ANSWERS, id=student_id)
        keys = ("id", "at", "correct", "difficulty", "conceptIds", "skillCodes")
        nodes = [dict(zip(keys, row, strict=True)) for row in rows[:100]]
        cursor = base64.urlsafe_b64encode(orjson.dumps([nodes[-1]["at"], nodes[-1]["id"]])).decode()
        info = {"hasNextPage": len(rows) > len(nodes), "endCursor": cursor}
        return {"student": {"answers": {"pageInfo": info, "nodes": nodes}}}

    return answers


def heat_map_of(group_id: str) -> Callable[[Database], Awaitable[object]]:
    """Questions e and e2."""

    async def heat_map(database: Database) -> object:
        keys = [row[0] for row in await database.read(COURSE, id=group_id) or await database.read(ALL_CONCEPTS)]
        places = {key: place for place, key in enumerate(keys)}
        rows = sorted(await database.read(LEVELS, id=group_id))
        levels: list[list[float | None]] = [[None] * len(keys) for _ in rows]
        attempts = [[0] * len(keys) for _ in rows]
        for (_, own_keys, own_levels, own_attempts), level_row, attempt_row in zip(rows, levels, attempts, strict=True):
            for key, level, count in zip(own_keys, own_levels, own_attempts, strict=True):
                if (place := places.get(key)) is not None:
                    level_row[place], attempt_row[place] = round(level, 4), count
        ids = [row[0] for row in rows]
        return {"group": {"heatmap": {"studentIds": ids, "targetIds": keys, "levels": levels, "attempts": attempts}}}

    return heat_map


async def concepts(database: Database) -> object:
    """Question f."""
    rows = await database.read(CONCEPTS, id="demo-16")
    nodes = [
        {"id": key, "name": name, "prerequisites": [{"id": one, "name": other} for one, other in before]}
        for key, name, before, _ in rows
    ]
    own = [
        {"level": level, "status": status(level, attempts), "concept": {"id": key}}
        for key, _, _, masteries in rows
        for level, attempts in masteries
    ]
    return {"concepts": {"nodes": nodes}, "student": {"masteries": {"nodes": own}}}


async def groups(database: Database) -> object:
    """Question g."""
    rows = await database.read(GROUPS)
    keys = ("id", "name", "size", "teacherIds")
    return {"groups": {"totalCount": rows[0][4], "nodes": [dict(zip(keys, row, strict=False)) for row in rows]}}


ANSWERED: dict[str, Callable[[Database], Awaitable[object]]] = {
    "a": nothing,
    "b": one_student,
    "c": one_class,
    "d": answers_of("history-1000"),
    "d10k": answers_of("history-10000"),
    "e": heat_map_of("demo"),
    "e2": heat_map_of("big"),
    "f": concepts,
    "g": groups,
}
"""The questions that it can answer, each with its function."""


def create_app() -> Starlette:
    """The application."""

    def endpoint(answer: Callable[[Database], Awaitable[object]]) -> Callable[[Request], Awaitable[Response]]:
        async def respond(request: Request) -> Response:
            await request.body()
            return Response(orjson.dumps({"data": await answer(request.state.database)}), media_type="application/json")

        return respond

    async def statements(request: Request) -> Response:
        return PlainTextResponse(str(request.state.database.statements))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[dict[str, Database]]:
        account = os.environ["DATABASE_USER"], os.environ["DATABASE_PASSWORD"]
        uri = os.environ["DATABASE_URI"]
        async with AsyncGraphDatabase.driver(uri, auth=account, notifications_min_severity="OFF") as driver:
            yield {"database": Database(driver)}

    routes = [Route(f"/{name}", endpoint(answer), methods=["POST"]) for name, answer in ANSWERED.items()]
    return Starlette(lifespan=lifespan, routes=[*routes, Route("/statements", statements)])


if __name__ == "__main__":
    uvicorn.run(create_app(), port=int(sys.argv[1]), log_level="error", loop="uvloop", http="httptools")
