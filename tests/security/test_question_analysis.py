"""Attacks through item analysis: each viewer sees answers of their students only, and analysts no small question."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners.people import Group, Student
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.learners.edit_people import upsert_group, upsert_students
from tests.application import Client, service
from tests.conftest import NOW
from tests.tokens import SECRET, signed

Asked = Callable[..., Awaitable[Any]]
STUDENTS = [f"secret-{number:02}" for number in range(12)]
ANALYSIS = """query($group: ID) { concept(id: "dative") { itemAnalysis(groupId: $group, orderBy: QUESTION_ID) { totalCount
  nodes { questionId answers students } } } }"""
ONE = 'query($id: ID!) { concept(id: "dative") { question(id: $id) { answers } } }'


@pytest.fixture(scope="module")
async def guarded(database: dict[str, str], gateway: Gateway) -> AsyncIterator[Client]:
    key = "a key of the tests, that nothing else uses"
    async with service(database, jwt_secret=SECRET, pseudonym_key=key, rate_limit="") as http:
        yield http


@pytest.fixture
async def asked(guarded: Client, course: None, gateway: Gateway, intake: AnswerIntake) -> Asked:
    """Twelve students answered "common", nine of them "rare", and the first one "secret-question"."""
    await upsert_students(gateway, [Student(key, key) for key in STUDENTS], NOW)
    await upsert_group(gateway, Group("nine", "Nine", STUDENTS[:9], ["ms-t"]), NOW)
    await upsert_group(gateway, Group("ten", "Ten", STUDENTS[:10], ["ms-t"]), NOW)
    await upsert_group(gateway, Group("rest", "Rest", STUDENTS[8:], ["mr-u"]), NOW)
    questions = {"common": STUDENTS, "rare": STUDENTS[:9], "secret-question": STUDENTS[:1]}
    rows = [
        AnswerInput(student, correct=True, concept_ids=["dative"], at=NOW, question_id=question)
        for question, students in questions.items()
        for student in students
    ]
    await intake.submit(rows)

    async def ask(sub: str, role: str, query: str, **variables: object) -> Any:
        headers = {"Authorization": f"Bearer {signed(sub=sub, role=role)}"}
        return (await guarded.post("/graphql", json={"query": query, "variables": variables}, headers=headers)).json()

    return ask


async def students_by_question(asked: Asked, sub: str, role: str, group: str | None = None) -> dict[str, int]:
    listed = (await asked(sub, role, ANALYSIS, group=group))["data"]["concept"]["itemAnalysis"]
    assert listed["totalCount"] == len(listed["nodes"])
    return {each["questionId"]: each["students"] for each in listed["nodes"]}


async def test_a_teacher_sees_answers_of_their_students_and_a_student_none(asked: Asked) -> None:
    assert await students_by_question(asked, "root", "admin") == {"common": 12, "rare": 9, "secret-question": 1}
    assert await students_by_question(asked, "ms-t", "teacher") == {"common": 10, "rare": 9, "secret-question": 1}
    assert await students_by_question(asked, "mr-u", "teacher") == {"common": 4, "rare": 1}
    assert await students_by_question(asked, "mr-u", "teacher", "ten") == {}
    assert await students_by_question(asked, "other", "teacher") == {}
    for query in (ANALYSIS, ONE):
        refused = await asked("secret-00", "student", query, id="common")
        assert {error["extensions"]["code"] for error in refused["errors"]} == {"FORBIDDEN"}


async def test_an_analyst_sees_pseudonyms_of_questions_of_enough_students(asked: Asked) -> None:
    everyone = await asked("an", "analyst", ANALYSIS)
    large = await asked("an", "analyst", ANALYSIS, group="ten")
    small = await asked("an", "analyst", ANALYSIS, group="nine")

    (common,) = everyone["data"]["concept"]["itemAnalysis"]["nodes"]
    (of_ten,) = large["data"]["concept"]["itemAnalysis"]["nodes"]
    assert (common["students"], of_ten["students"]) == (12, 10)
    assert common["questionId"] == of_ten["questionId"], "one pseudonym everywhere, for authors to compare"
    assert common["questionId"] not in {"common", "rare", "secret-question"}
    assert {error["extensions"]["code"] for error in small["errors"]} == {"GROUP_TOO_SMALL"}
    assert "secret" not in str([everyone, large, small])
    shown = await asked("an", "analyst", ONE, id=common["questionId"])
    hidden = await asked("an", "analyst", ONE, id="rare")
    assert shown["data"]["concept"]["question"] == {"answers": 12}
    assert hidden["data"]["concept"]["question"] is None
