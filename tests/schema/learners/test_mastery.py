"""Mastery, weak lists, history and pages, over HTTP (Q1, Q2)."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners.people import Group, Student
from graph_api.domain.parameters.knowledge_tracing import trace
from graph_api.domain.parameters.parameter_sets import DEFAULTS
from graph_api.domain.targets import TargetKind
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.learners.edit_people import upsert_group, upsert_students
from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course")

Tell = Callable[..., Any]
CONCEPT = DEFAULTS[TargetKind.CONCEPT].parameters


@pytest.fixture
def tell(intake: AnswerIntake) -> Tell:
    """Record right (1) and wrong (0) answers, a minute apart from NOW on."""

    async def record(student: str, concept: str, pattern: str, **given: Any) -> None:
        await intake.submit(
            [
                AnswerInput(
                    student, correct=right == "1", concept_ids=[concept], id=f"{student}-{concept}-{n}",
                    at=NOW + timedelta(minutes=n), **given,
                )
                for n, right in enumerate(pattern)
            ]
        )  # fmt: skip

    return record


async def test_one_mastery(ask: Ask, tell: Tell) -> None:
    await tell("anna", "nominative", "1101")
    reply = await ask(
        """query { student(id: "anna") {
          one: mastery(conceptId: "nominative") { kind level status attempts correct accuracy lastPracticedAt updatedAt
            concept { name } skill { code } student { id } parameters { id name version prior learn guess slip origin } }
          none: mastery(conceptId: "dative") { level status attempts accuracy lastPracticedAt parameters { id } }
          skill: mastery(skillCode: "talk") { kind level status skill { name } concept { id } }
          unknown: mastery(conceptId: "nope") { level } } }"""
    )
    student = reply["student"]
    assert datetime.fromisoformat(student["one"].pop("updatedAt")) > NOW
    assert student["one"] == {
        "kind": "CONCEPT", "level": trace([True, True, False, True], CONCEPT)[-1].after, "status": "LEARNING",
        "attempts": 4, "correct": 3, "accuracy": 0.75, "lastPracticedAt": "2026-03-01T12:03:00+00:00",
        "concept": {"name": "Nominative"}, "skill": None, "student": {"id": "anna"},
        "parameters": {"id": "bkt-concept-v1", "name": "bkt-concept", "version": 1, "prior": 0.1, "learn": 0.2,
                       "guess": 0.25, "slip": 0.1, "origin": "DEFAULT"},
    }  # fmt: skip
    assert student["none"] == {
        "level": 0.1, "status": "NOT_STARTED", "attempts": 0, "accuracy": None, "lastPracticedAt": None,
        "parameters": {"id": "bkt-concept-v1"},
    }  # fmt: skip
    assert student["skill"] == {
        "kind": "SKILL", "level": 0.3, "status": "NOT_STARTED", "skill": {"name": "Talking"}, "concept": None,
    }  # fmt: skip
    assert student["unknown"] is None


@pytest.mark.parametrize("given", ["", '(conceptId: "dative", skillCode: "cases")'], ids=["none", "both"])
async def test_a_mastery_is_of_one_target(client: httpx.AsyncClient, tell: Tell, given: str) -> None:
    await tell("anna", "nominative", "1")
    reply = await client.post("/graphql", json={"query": f'{{ student(id: "anna") {{ mastery{given} {{ level }} }} }}'})
    (error,) = reply.json()["errors"]
    assert error["extensions"]["code"] == "INVALID_INPUT"
    assert error["extensions"]["rule"] == "give exactly one of them"


async def test_masteries_are_filtered_and_ordered(ask: Ask, tell: Tell) -> None:
    await tell("anna", "nominative", "1111")
    await tell("anna", "accusative", "000000")
    await tell("anna", "dative", "10")
    document = (
        "query($kind: TargetKind, $status: [MasteryStatus!], $skill: ID, $least: Int! = 1, $order: MasteryOrder! = TARGET) "
        '{ student(id: "anna") { masteries(kind: $kind, status: $status, skillCode: $skill, minAttempts: $least, '
        "orderBy: $order) { totalCount nodes { level concept { id } skill { code } } } } }"
    )

    async def names(**given: object) -> list[str]:
        masteries = (await ask(document, **given))["student"]["masteries"]
        assert masteries["totalCount"] == len(masteries["nodes"])
        return [(node["concept"] or {}).get("id") or node["skill"]["code"] for node in masteries["nodes"]]

    assert await names() == ["accusative", "dative", "nominative", "cases", "grammar"]
    assert await names(kind="SKILL") == ["cases", "grammar"]
    assert await names(status=["MASTERED"]) == ["nominative"]
    assert await names(kind="CONCEPT", status=["NEEDS_FOCUS"]) == ["accusative", "dative"]
    assert await names(skill="cases") == ["accusative", "dative", "cases"]
    assert await names(least=6) == ["accusative", "cases", "grammar"]
    assert await names(kind="CONCEPT", order="LEVEL_ASC") == ["accusative", "dative", "nominative"]
    assert await names(kind="CONCEPT", order="LEVEL_DESC") == ["nominative", "dative", "accusative"]
    assert await names(kind="CONCEPT", order="LAST_PRACTICED_DESC") == ["accusative", "nominative", "dative"]
    assert await names(kind="CONCEPT", order="LAST_PRACTICED_ASC") == ["dative", "nominative", "accusative"]
    assert await names(order="ATTEMPTS_DESC") == ["grammar", "cases", "accusative", "nominative", "dative"]


async def test_weak_skills(ask: Ask, tell: Tell) -> None:
    await tell("anna", "nominative", "00001")
    await tell("anna", "dative", "0000")
    document = (
        'query($threshold: Float, $least: Int, $kind: TargetKind! = SKILL) { student(id: "anna") { '
        "weakSkills(threshold: $threshold, minAttempts: $least, kind: $kind) { level skill { code } concept { id } } } }"
    )

    async def weak(**given: object) -> list[str]:
        weak = (await ask(document, **given))["student"]["weakSkills"]
        assert [each["level"] for each in weak] == sorted(each["level"] for each in weak)
        return [(each["skill"] or each["concept"]).popitem()[1] for each in weak]

    assert await weak() == ["grammar"]  # dative has too few answers, and what was never answered is not weak
    assert await weak(least=1) == ["cases", "grammar"]
    assert await weak(least=1, threshold=0.12) == ["cases"]
    assert await weak(least=1, kind="CONCEPT", threshold=0.99) == ["dative", "nominative"]


async def test_levels_of_the_past(ask: Ask, tell: Tell) -> None:
    await tell("anna", "nominative", "110")
    steps = trace([True, True, False], CONCEPT)
    document = (
        'query($at: DateTime!) { student(id: "anna") { levelAt(at: $at, conceptId: "nominative") '
        'untouched: levelAt(at: $at, skillCode: "talk") unknown: levelAt(at: $at, conceptId: "nope") } }'
    )
    for minutes, level in ((-1, 0.1), (0, steps[0].after), (1.5, steps[1].after), (99, steps[2].after)):
        moment = (NOW + timedelta(minutes=minutes)).isoformat()
        assert (await ask(document, at=moment))["student"] == {"levelAt": level, "untouched": 0.3, "unknown": None}


async def test_answers_by_everything(ask: Ask, tell: Tell) -> None:
    await tell("anna", "nominative", "101", question_id="q1")
    await tell("anna", "accusative", "01")
    document = (
        "query($since: DateTime, $until: DateTime, $concept: ID, $skill: ID, $question: ID, $correct: Boolean, "
        '$order: AnswerOrder! = NEWEST_FIRST) { student(id: "anna") { answers(since: $since, until: $until, '
        "conceptId: $concept, skillCode: $skill, questionId: $question, correct: $correct, orderBy: $order) "
        "{ totalCount nodes { id } } } }"
    )

    async def ids(**given: object) -> list[str]:
        answers = (await ask(document, **given))["student"]["answers"]
        assert answers["totalCount"] == len(answers["nodes"])
        return [node["id"].removeprefix("anna-") for node in answers["nodes"]]

    everything = ["nominative-2", "accusative-1", "nominative-1", "accusative-0", "nominative-0"]
    assert await ids() == everything
    assert await ids(order="OLDEST_FIRST") == everything[::-1]
    minute = (NOW + timedelta(minutes=1)).isoformat()
    assert await ids(since=minute) == everything[:3]
    assert await ids(until=minute) == everything[3:]
    assert await ids(concept="accusative") == ["accusative-1", "accusative-0"]
    assert await ids(skill="cases") == ["accusative-1", "accusative-0"]
    assert await ids(skill="grammar") == everything
    assert await ids(question="q1", correct=True) == ["nominative-2", "nominative-0"]


async def walk(ask: Ask, field: str, size: Callable[[], int], path: str = "") -> list[Any]:
    """Every node of a connection, in pages of changing size."""
    outer = path or "%s"
    after, nodes = None, []
    for _ in range(1_000):
        given = f"first: {size()}" + (f', after: "{after}"' if after else "")
        name, _, rest = field.partition("(")
        arguments, _, selection = rest.rpartition(")")
        document = (
            outer
            % f"{name}({', '.join(filter(None, [given, arguments]))}) {{ totalCount pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} edges {{ cursor node {selection} }} }}"
        )
        reply = await ask("{ " + document + " }")
        while "edges" not in reply:
            (reply,) = reply.values()
        nodes += [edge["node"] for edge in reply["edges"]]
        info = reply["pageInfo"]
        assert info["hasPreviousPage"] == (after is not None)
        assert info["endCursor"] == (reply["edges"][-1]["cursor"] if reply["edges"] else None)
        if not info["hasNextPage"]:
            assert reply["totalCount"] == len(nodes)
            return nodes
        after = info["endCursor"]
    raise AssertionError("the pages do not end")


async def test_pages_have_no_gap_and_no_repeat(ask: Ask, gateway: Gateway, intake: AnswerIntake) -> None:
    rng = random.Random(1)
    names = ["Zoe", "Abe", "Abe", "", "Mia"]
    students = [Student(f"s{n:02}", rng.choice(names)) for n in range(23)]
    await upsert_students(gateway, students, NOW)
    await upsert_group(gateway, Group("g", "G", [student.id for student in students]), NOW)
    sent = [
        AnswerInput("s00", correct=rng.random() < 0.5, concept_ids=[rng.choice(["nominative", "accusative", "dative"])],
                    id=f"a{rng.random()}", at=NOW + timedelta(seconds=rng.randrange(5)))
        for _ in range(40)
    ]  # fmt: skip
    await intake.submit(sent)

    def size() -> int:
        return rng.randrange(1, 6)

    by_id = [{"id": student.id} for student in students]
    by_name = [{"id": s.id} for s in sorted(students, key=lambda s: (s.name or "", s.id))]
    assert await walk(ask, "students() { id }", size) == by_id
    assert await walk(ask, "students(orderBy: NAME) { id }", size) == by_name
    assert await walk(ask, "members() { id }", size, 'group(id: "g") { %s }') == by_name
    assert await walk(ask, "skills() { code }", size) == [{"code": c} for c in ("cases", "grammar", "talk")]
    assert await walk(ask, "concepts() { id }", size) == [{"id": i} for i in ("accusative", "dative", "nominative")]
    assert await walk(ask, "groups() { id }", size) == [{"id": "g"}]
    in_order = [{"id": item.id} for item in sorted(sent, key=lambda item: item.at or NOW)]
    student = 'student(id: "s00") { %s }'
    assert await walk(ask, "answers(orderBy: OLDEST_FIRST) { id }", size, student) == in_order
    assert await walk(ask, "answers() { id }", size, student) == in_order[::-1]
    for order in ("LEVEL_ASC", "LEVEL_DESC", "LAST_PRACTICED_ASC", "LAST_PRACTICED_DESC", "ATTEMPTS_DESC", "TARGET"):
        field = f"masteries(orderBy: {order}) {{ level concept {{ id }} skill {{ code }} }}"
        paged = await walk(ask, field, size, student)
        assert paged == await walk(ask, field, lambda: 500, student)
        assert len(paged) == 5


@pytest.mark.parametrize("after", ["", "nonsense", "W10", "eA", "bnVsbA"])
async def test_an_invalid_cursorb(client: httpx.AsyncClient, after: str) -> None:
    reply = await client.post("/graphql", json={"query": f'{{ students(after: "{after}") {{ nodes {{ id }} }} }}'})
    (error,) = reply.json()["errors"]
    assert (error["extensions"]["code"], error["extensions"]["field"]) == ("INVALID_INPUT", "after")


async def test_a_cursor_of_another_question(client: httpx.AsyncClient, ask: Ask, gateway: Gateway) -> None:
    await upsert_students(gateway, [Student("a"), Student("b")], NOW)
    cursor = (await ask("{ students(first: 1) { pageInfo { endCursor } } }"))["students"]["pageInfo"]["endCursor"]
    for other in ("orderBy: NAME", 'search: "a"', 'groupId: "g"'):
        query = f'{{ students({other}, after: "{cursor}") {{ nodes {{ id }} }} }}'
        (error,) = (await client.post("/graphql", json={"query": query})).json()["errors"]
        assert error["extensions"]["rule"] == "must be a cursor of this list with the same filter and order"


@pytest.mark.parametrize("first", [0, -1, 501])
async def test_how_long_a_page_may_be(client: httpx.AsyncClient, first: int) -> None:
    reply = await client.post("/graphql", json={"query": f"{{ students(first: {first}) {{ nodes {{ id }} }} }}"})
    (error,) = reply.json()["errors"]
    assert error["message"] == f"first: must be from 1 to 500, got '{first}'"
