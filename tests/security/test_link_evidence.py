"""Attacks through the evidence for links: teachers see their students only, and analysts no small group or side."""

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
STUDENTS = [f"secret-{number:02}" for number in range(40)]
"""Of each ten, the first six show "nominative", and all answer "accusative"."""
LINKS = """query($group: ID) { graphHealth { unconnectedOddsRatio(groupId: $group) linkEvidence(groupId: $group) { nodes {
  prerequisiteId conceptId studentsWith studentsWithout shareWith verdict } } suggestions(groupId: $group) { nodes { message } } } }"""


@pytest.fixture(scope="module")
async def guarded(database: dict[str, str], gateway: Gateway) -> AsyncIterator[Client]:
    key = "a key of the tests, that nothing else uses"
    async with service(database, jwt_secret=SECRET, pseudonym_key=key, analyst_min_group=14, rate_limit="") as http:
        yield http


@pytest.fixture
async def asked(guarded: Client, course: None, gateway: Gateway, intake: AnswerIntake) -> Asked:
    await upsert_students(gateway, [Student(key, key) for key in STUDENTS], NOW)
    await upsert_group(gateway, Group("first", "First", STUDENTS[:30], ["ms-t"]), NOW)
    await upsert_group(gateway, Group("rest", "Rest", STUDENTS[30:], ["mr-u"]), NOW)
    await intake.submit(
        [
            AnswerInput(student, correct, [concept], at=NOW)
            for place, student in enumerate(STUDENTS)
            for concept, correct in (("nominative", place % 10 < 6), ("accusative", place % 2 == 0))
        ]
    )

    async def ask(sub: str, role: str, group: str | None = None) -> Any:
        headers = {"Authorization": f"Bearer {signed(sub=sub, role=role)}"}
        body = {"query": LINKS, "variables": {"group": group}}
        return (await guarded.post("/graphql", json=body, headers=headers)).json()

    return ask


async def sides(asked: Asked, sub: str, role: str, group: str | None = None) -> tuple[int | None, int | None]:
    reply = await asked(sub, role, group)
    (link,) = [
        each
        for each in reply["data"]["graphHealth"]["linkEvidence"]["nodes"]
        if (each["prerequisiteId"], each["conceptId"]) == ("nominative", "accusative")
    ]
    return link["studentsWith"], link["studentsWithout"]


async def test_a_teacher_sees_evidence_of_their_students_and_a_student_none(asked: Asked) -> None:
    assert await sides(asked, "root", "admin") == (24, 16)
    assert await sides(asked, "root", "admin", "first") == (18, 12)
    assert await sides(asked, "ms-t", "teacher") == (18, 12)
    assert await sides(asked, "ms-t", "teacher", "first") == (18, 12)
    assert await sides(asked, "ms-t", "teacher", "rest") == (None, None)
    assert await sides(asked, "mr-u", "teacher") == (None, None), "too few for figures"
    assert await sides(asked, "other", "teacher") == (None, None)
    refused = await asked(STUDENTS[0], "student")
    assert {error["extensions"]["code"] for error in refused["errors"]} == {"FORBIDDEN"}


async def test_an_analyst_sees_no_small_group_and_no_small_side(asked: Asked) -> None:
    assert await sides(asked, "an", "analyst") == (24, 16)
    assert await sides(asked, "an", "analyst", "first") == (None, None), "12 of 30 are below the minimum of 14"
    small = await asked("an", "analyst", "rest")
    assert {error["extensions"]["code"] for error in small["errors"]} == {"GROUP_TOO_SMALL"}
    assert "secret" not in str([small, await asked("an", "analyst")])
