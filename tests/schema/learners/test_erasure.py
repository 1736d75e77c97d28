"""What each role sees of an erasure, over HTTP (G6)."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners.people import Group, Student
from graph_api.domain.principals import Principal, Role
from graph_api.schema.api import build_schema
from graph_api.schema.context import Context
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.learners.edit_people import upsert_group, upsert_students
from tests.application import Client, service
from tests.conftest import NOW
from tests.tokens import SECRET, signed

ERASE = 'mutation { deleteStudent(id: "anna") { __typename } }'
REGISTER = 'mutation { upsertStudents(input: [{id: "anna", name: "Anna"}]) { __typename ... on StudentErased { code erased rule } } }'
RECORD = """mutation { recordAnswer(input: {studentId: "anna", correct: true, conceptIds: ["dative"]}) {
  __typename ... on StudentErased { code field erased message } } }"""
RECORD_MANY = """mutation { recordAnswers(input: {answers: [{studentId: "anna", correct: true, conceptIds: ["dative"]}]}) {
  ... on RecordAnswersPayload { outcomes { __typename } } } }"""
START = 'mutation { startSession(input: {studentId: "anna", id: "s"}) { __typename } }'
JOIN = 'mutation { upsertGroup(input: {id: "g", name: "G", studentIds: ["anna"]}) { __typename ... on StudentErased { field erased } } }'
SEE = '{ student(id: "anna") { name answers { totalCount } } session(id: "s") { id } }'
WATCH = 'subscription { masteryChanged(studentId: "anna") { level } }'


@pytest.fixture
async def http(course: None, database: dict[str, str], gateway: Gateway) -> AsyncIterator[Client]:
    await upsert_students(gateway, [Student("anna", "Anna"), Student("ben")], NOW)
    await upsert_group(gateway, Group("g", "G", ["anna", "ben"], ["tess"]), NOW)
    async with service(database, jwt_secret=SECRET, pseudonym_key="k" * 32) as connected:
        yield connected


async def asked(http: Client, role: str, query: str, sub: str = "x") -> Any:
    headers = {"Authorization": f"Bearer {signed(sub=sub, role=role)}"}
    reply = (await http.post("/graphql", json={"query": query}, headers=headers)).json()
    assert "errors" not in reply, reply
    return reply["data"]


async def test_only_an_administrator_ends_an_erasure(http: Client) -> None:
    await asked(http, "student", START, "anna")
    await asked(http, "admin", ERASE)
    for role, sub in (("student", "anna"), ("service", "quiz"), ("admin", "olga")):
        refused = (await asked(http, role, RECORD, sub))["recordAnswer"]
        assert refused == {
            "__typename": "StudentErased",
            "code": "STUDENT_ERASED",
            "field": "studentId",
            "erased": ["anna"],
            "message": "studentId: must not name an erased student; an administrator can register the student again "
            "with upsertStudents, got 'anna'",
        }
        assert (await asked(http, role, RECORD_MANY, sub))["recordAnswers"] == {
            "outcomes": [{"__typename": "StudentErased"}]
        }
        assert (await asked(http, role, START, sub))["startSession"] == {"__typename": "StudentErased"}
        assert await asked(http, role, SEE, sub) == {"student": None, "session": None}
    assert await asked(http, "teacher", SEE, "tess") == {"student": None, "session": None}
    assert (await asked(http, "admin", JOIN))["upsertGroup"] == {
        "__typename": "StudentErased",
        "field": "studentIds",
        "erased": ["anna"],
    }
    refused = (await asked(http, "service", REGISTER))["upsertStudents"]
    assert (refused["__typename"], refused["erased"]) == ("StudentErased", ["anna"])
    assert await asked(http, "student", SEE, "anna") == {"student": None, "session": None}

    assert (await asked(http, "admin", REGISTER))["upsertStudents"] == {"__typename": "UpsertStudentsPayload"}
    log = await asked(http, "admin", '{ auditLog(mutation: "upsertStudents") { nodes { subjects outcome } } }')
    assert log["auditLog"]["nodes"] == [{"subjects": [], "outcome": "ErasedStudentsRegistered"}]
    assert (await asked(http, "student", RECORD, "anna"))["recordAnswer"]["__typename"] == "RecordAnswerPayload"


async def test_a_subscription_to_an_erased_student_ends(http: Client, intake: AnswerIntake) -> None:
    context = Context(http.services, Principal("anna", Role.STUDENT))
    stream: Any = await build_schema().subscribe(WATCH, context_value=context)
    seen = asyncio.create_task(_all(stream))
    await asyncio.sleep(0.2)
    await intake.submit([AnswerInput("anna", correct=True, skill_codes=["talk"])])
    await asyncio.sleep(1)
    await asked(http, "admin", ERASE)
    assert len(await asyncio.wait_for(seen, 10)) == 1


async def _all(stream: Any) -> list[Any]:
    return [each async for each in stream]
