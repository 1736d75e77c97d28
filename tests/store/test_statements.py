"""Every statement is understood by the engine, and what is written is read back."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from neo4j.exceptions import Neo4jError

from graph_api.domain.course.course import CefrLevel, Concept, Skill
from graph_api.domain.learners.people import Group, Student
from graph_api.domain.learners.sessions import Session, SessionStatus
from graph_api.store import concepts, counts, groups, sessions, skills, students
from graph_api.store.cypher_files import Statement, load
from graph_api.store.gateway import ConstraintViolated, DatabaseUnavailable, Gateway, Transaction
from graph_api.store.migrations import load_migrations, migrate, pending
from graph_api.store.packaged import packaged
from tests.conftest import NOW, Ask

STATEMENTS = load(packaged("cypher"))


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=lambda statement: statement.name)
async def test_the_engine_understands(statement: Statement, raw: Ask) -> None:
    await raw("EXPLAIN " + statement.text, **dict.fromkeys(statement.params))


@pytest.mark.usefixtures("clean")
async def test_a_course_round_trips(gateway: Gateway) -> None:
    skill = Skill("k", "Skill", "grammar", CefrLevel.B1, "About", "spring", 7, "bkt-skill-v1")
    plain = Skill("p", "Plain", "topic")
    concept = Concept("b", "Bee", ["k", "p"], ["a"], "bkt-concept-v1")

    async def work(tx: Transaction) -> Any:
        await skills.put(tx, [skill, plain], NOW)
        await concepts.put(tx, [Concept("a", "Ay", [], []), concept], NOW)
        return (
            await skills.read_by_codes(tx, ["k", "p", "nobody"]),
            await concepts.read_by_ids(tx, ["b"]),
            await concepts.read_prerequisites(tx),
            await concepts.read_all_ids_of_skills(tx, ["k"]),
        )

    by_code, by_id, prerequisites, of_skill = await gateway.write(work)
    assert by_code == {"k": skill, "p": plain}
    assert by_id["b"].skill_codes == ("k", "p")
    assert by_id["b"].prerequisite_ids == ("a",)
    assert by_id["b"].parameter_set_id == "bkt-concept-v1"
    assert prerequisites == {"b": {"a"}}
    assert of_skill == {"k": ["b"]}


@pytest.mark.usefixtures("clean")
async def test_people_round_trip(gateway: Gateway) -> None:
    async def work(tx: Transaction) -> Any:
        await students.put(tx, [Student("s1", "Zoe"), Student("s2")], NOW)
        await students.put(tx, [Student("s1"), Student("s2", "Abe")], NOW)
        await groups.put(tx, Group("g", "Class", ["s1", "s2"], ["t"]), NOW)
        await groups.put(tx, Group("g", "Class 2"), NOW)
        return await groups.read_by_ids(tx, ["g"]), await students.read_members_page(
            tx, ["g"], after_name="", after_id="", limit=10
        )

    by_id, members = await gateway.write(work)
    assert by_id["g"] == groups.GroupSummary("g", "Class 2", ["t"], 2, revision=1, archived_at=None)
    assert members == {"g": [Student("s2", "Abe"), Student("s1", "Zoe")]}
    assert (await gateway.read(counts.read_counts))["students"] == 2


@pytest.mark.usefixtures("clean")
async def test_times_come_back_aware_and_to_the_microsecond(gateway: Gateway) -> None:
    moment = datetime(2026, 5, 17, 23, 59, 59, 123456, tzinfo=timezone(timedelta(hours=-7)))
    session = Session("p", "s", SessionStatus.SUBMITTED, moment, moment + timedelta(hours=1))

    async def work(tx: Transaction) -> list[Session]:
        await students.put(tx, [Student("s")], NOW)
        await sessions.put(tx, [session])
        return await sessions.read_by_ids(tx, ["p"])

    (stored,) = await gateway.write(work)
    assert stored == session
    assert stored.started_at.tzinfo is UTC


@pytest.mark.usefixtures("clean")
async def test_a_violated_constraint_names_the_key_and_keeps_nothing(gateway: Gateway, raw: Ask) -> None:
    await raw("CREATE (:Student {id: 'a'}), (:Student {id: 'b'}), (:Concept {id: 'c'})")
    row = dict.fromkeys(STATEMENT_ROW)
    rows = [{**row, "student_id": each, "target": "c", "key": "the-key", "id": "e"} for each in ("a", "b")]

    await gateway.write(lambda tx: tx.value("recording/create_on_concepts", rows=rows[:1]))

    with pytest.raises(ConstraintViolated, match="the-key"):
        await gateway.write(
            lambda tx: tx.value("recording/create_on_concepts", rows=[{**rows[0], "key": "another"}, *rows[1:]])
        )
    assert await raw("MATCH ()-[r:ANSWERED]->() RETURN r.key AS key") == [{"key": "the-key"}]


STATEMENT_ROW = [
    "student_id",
    "target",
    "key",
    "id",
    "position",
    "digest",
    "at",
    "recorded_at",
    "correct",
    "level_before",
    "level_after",
    "opportunity",
    "parameter_set_id",
    "concept_ids",
    "skill_codes",
    "block",
    "year",
    "session_id",
    "question_id",
    "difficulty",
    "response_time",
    "semantic_score",
    "keyword_score",
]


async def test_migrations_are_carried_out_once(gateway: Gateway) -> None:
    migrations = load_migrations(packaged("cypher") / "migrations")

    assert await pending(gateway, migrations) == []
    assert await migrate(gateway, migrations, NOW) == []


async def test_a_missing_database() -> None:
    away = Gateway.connect(
        "bolt://127.0.0.1:9", user="u", password="p", database=None, statements=STATEMENTS, retry_time=0.2
    )
    waits: list[str] = []
    async with away:
        with pytest.raises(DatabaseUnavailable):
            await away.read(lambda tx: tx.value("service/ping"))
        with pytest.raises(DatabaseUnavailable, match="did not become ready"):
            await away.wait_until_ready(0.3, waits.append)
    assert waits
    assert waits[0].startswith("waiting for the database: ")


@pytest.mark.parametrize("code", ["Neo.ClientError.Statement.EntityNotFound", "Neo.TransientError.Transaction.DeadlockDetected"])  # fmt: skip
@pytest.mark.parametrize("access", ["write", "read_one"])
async def test_interference_is_retried(gateway: Gateway, code: str, access: str) -> None:
    tries: list[int] = []

    async def work(tx: Transaction) -> int:
        tries.append(1)
        if len(tries) == 1:
            raise Neo4jError._hydrate_neo4j(code=code, message="Record #21:44 not found")
        value: int = await tx.value("service/ping")
        return value

    assert await getattr(gateway, access)(work) == 1
    assert len(tries) == 2


async def test_a_failed_commit_is_an_unavailable_database(gateway: Gateway) -> None:
    async def work(_: Transaction) -> None:
        raise Neo4jError._hydrate_neo4j(
            code="Neo.ClientError.Transaction.TransactionNotFound", message="Transaction error on commit"
        )

    with pytest.raises(DatabaseUnavailable, match="on commit"):
        await gateway.write(work)


async def test_wrong_credentials_are_not_waited_for(database: dict[str, str]) -> None:
    wrong = Gateway.connect(
        database["neo4j_uri"], user="root", password="not this one", database="graph", statements=STATEMENTS
    )
    async with wrong:
        with pytest.raises(DatabaseUnavailable):
            await wrong.wait_until_ready(60, lambda _: pytest.fail("waited"))


async def test_a_call_must_match_the_contract(gateway: Gateway) -> None:
    with pytest.raises(TypeError, match="takes"):
        await gateway.read(lambda tx: tx.many("student/list_by_ids"))
    with pytest.raises(TypeError, match="returns many, called for value"):
        await gateway.read(lambda tx: tx.value("student/list_by_ids", ids=[]))
