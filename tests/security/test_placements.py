"""Attacks on placements: a caller reads, starts or answers those of others."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from graph_api.domain.learners.people import Group, Student
from graph_api.store.gateway import Gateway
from graph_api.usecases.learners.edit_people import upsert_group, upsert_students
from tests.application import Client, service
from tests.conftest import NOW
from tests.tokens import SECRET, signed

READ = "query($id: ID!) { placement(id: $id) { studentId next { conceptId } estimates { pKnown } } }"
OF_STUDENT = "query($id: ID!) { student(id: $id) { placements { totalCount nodes { id certainty } } } }"
BY_NODE = "query($id: ID!) { node(id: $id) { ... on Placement { id studentId certainty } } }"
START = """mutation($student: ID!, $id: ID!) { startPlacement(input: {studentId: $student, id: $id}) {
  failure { code field } ... on StartPlacementPayload { placement { id } } } }"""
ANSWER = """mutation($id: ID!) { answerPlacement(input: {placementId: $id, conceptId: "dative", correct: true}) {
  failure { code field } ... on AnswerPlacementPayload { placement { answerCount } } } }"""
KEY = "a key of the tests, that nothing else uses"
Asked = Callable[..., Awaitable[Any]]


@pytest.fixture(scope="module")
async def guarded(database: dict[str, str]) -> AsyncIterator[Client]:
    async with service(database, jwt_secret=SECRET, pseudonym_key=KEY, analyst_min_group=1) as http:
        yield http


@pytest.fixture
async def asked(guarded: Client, course: None, gateway: Gateway) -> Asked:
    """Query as a caller; the whole reply. Anna is in Ms T's class, Cleo is not."""
    await upsert_students(gateway, [Student("anna"), Student("cleo")], NOW)
    await upsert_group(gateway, Group("7b", "7b", ["anna"], ["ms-t"]), NOW)

    async def ask(sub: str, role: str, query: str, **variables: object) -> Any:
        headers = {"Authorization": f"Bearer {signed(sub=sub, role=role)}"}
        reply = await guarded.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        return reply.json()

    for student in ("anna", "cleo"):
        await ask("quiz", "service", START, student=student, id=f"of-{student}")
    return ask


async def test_own_placements_are_seen(asked: Asked) -> None:
    for who in (("anna", "student"), ("ms-t", "teacher"), ("quiz", "service")):
        reply = (await asked(*who, READ, id="of-anna"))["data"]["placement"]
        assert (reply["studentId"], reply["next"]["conceptId"]) == ("anna", "accusative")
        assert (await asked(*who, OF_STUDENT, id="anna"))["data"]["student"]["placements"]["totalCount"] == 1


async def test_placements_of_others_look_like_missing_ones(asked: Asked) -> None:
    for who in (("anna", "student"), ("ms-t", "teacher"), ("ms-u", "teacher")):
        assert (await asked(*who, READ, id="of-cleo")) == (await asked(*who, READ, id="none"))
        assert (await asked(*who, BY_NODE, id="Placement:of-cleo"))["data"]["node"] is None


async def test_an_analyst_reads_no_placement(asked: Asked) -> None:
    reply = await asked("an", "analyst", READ, id="of-anna")

    assert {error["extensions"]["code"] for error in reply["errors"]} == {"FORBIDDEN"}


async def test_a_student_answers_and_starts_only_their_own(asked: Asked) -> None:
    mine = (await asked("anna", "student", ANSWER, id="of-anna"))["data"]["answerPlacement"]
    other = (await asked("anna", "student", ANSWER, id="of-cleo"))["data"]["answerPlacement"]
    missing = (await asked("anna", "student", ANSWER, id="none"))["data"]["answerPlacement"]
    for_other = (await asked("anna", "student", START, student="cleo", id="new"))["data"]["startPlacement"]
    taken = (await asked("anna", "student", START, student="anna", id="of-cleo"))["data"]["startPlacement"]

    assert mine["placement"] == {"answerCount": 1}
    assert other == missing
    assert other["failure"]["code"] == "SESSION_NOT_FOUND"
    assert for_other["failure"] == {"code": "FORBIDDEN", "field": "studentId"}
    assert taken["failure"] == {"code": "INVALID_INPUT", "field": "id"}


@pytest.mark.parametrize("role", ["teacher", "analyst"])
async def test_who_does_not_answer_starts_no_placement(asked: Asked, role: str) -> None:
    reply = await asked("ms-t", role, START, student="anna", id="new")

    assert {error["extensions"]["code"] for error in reply["errors"]} == {"FORBIDDEN"}
