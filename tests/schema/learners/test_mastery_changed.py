"""Masteries as they change, on any instance and by any caller."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners.people import Group, Student
from graph_api.schema.api import build_schema
from graph_api.schema.context import Context
from graph_api.store import masteries, students
from graph_api.store.gateway import Gateway, Transaction
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.learners.edit_people import upsert_group, upsert_students
from tests.application import Client
from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course")

CHANGED = """subscription($student: ID, $group: ID) { masteryChanged(studentId: $student, groupId: $group) {
  level attempts status student { id name } concept { id } skill { code } } }"""


@asynccontextmanager
async def watching(client: Client, **whom: str) -> AsyncIterator["asyncio.Queue[Any]"]:
    """The events of a subscription."""
    events: asyncio.Queue[Any] = asyncio.Queue()
    stream: Any = await build_schema().subscribe(CHANGED, variable_values=whom, context_value=Context(client.services))

    async def listen() -> None:
        async for each in stream:
            await events.put(each.data["masteryChanged"] if each.data else each.errors[0].message)

    listening = asyncio.create_task(listen())
    await asyncio.sleep(0.1)
    try:
        yield events
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def taken(events: "asyncio.Queue[Any]", count: int) -> list[Any]:
    return [await asyncio.wait_for(events.get(), 10) for _ in range(count)]


def answer(student: str, concept: str = "nominative") -> AnswerInput:
    return AnswerInput(student, correct=True, concept_ids=[concept])


async def test_an_event_shows_the_status_by_the_thresholds_of_its_moment(
    client: Client, ask: Ask, gateway: Gateway, intake: AnswerIntake
) -> None:
    await upsert_students(gateway, [Student("anna", "Anna")], NOW)
    await asyncio.sleep(0.01)
    put = 'mutation { putThresholds(input: {skillCode: "grammar", mastered: %s, focus: 0.1}) { failure { message } } }'
    status = '{ student(id: "anna") { mastery(skillCode: "grammar") { status } } }'
    async with watching(client, student="anna") as events:
        for mastered, expected in ((0.2, "MASTERED"), (0.985, "LEARNING")):
            await ask(put % mastered)
            await intake.submit([answer("anna")])
            sent = await taken(events, 2)
            (of_skill,) = (each for each in sent if each["skill"] == {"code": "grammar"})
            assert of_skill["status"] == (await ask(status))["student"]["mastery"]["status"] == expected
        assert events.empty()


async def test_a_student_is_followed(client: Client, gateway: Gateway, intake: AnswerIntake) -> None:
    await upsert_students(gateway, [Student("anna", "Anna")], NOW)
    await intake.submit([answer("anna")])  # before: not sent
    await asyncio.sleep(0.01)
    async with watching(client, student="anna") as events:
        await intake.submit([answer("anna"), answer("ben")])
        first = await taken(events, 2)
        await intake.submit([answer("anna", "dative")])
        second = await taken(events, 2)

        assert events.empty()
    assert [each["concept"] or each["skill"] for each in first] == [{"id": "nominative"}, {"code": "grammar"}]
    assert {each["attempts"] for each in first} == {2}
    assert first[0]["student"] == {"id": "anna", "name": "Anna"}
    assert [each["concept"] or each["skill"] for each in second] == [{"id": "dative"}, {"code": "cases"}]


async def test_masteries_that_are_written_again_unchanged_are_not_sent(
    client: Client, gateway: Gateway, intake: AnswerIntake
) -> None:
    """As by a replay that comes to the same levels."""

    async def write_again(tx: Transaction) -> None:
        rows = (await masteries.read_of_students(tx, ["anna"]))["anna"]
        await masteries.put(tx, rows, datetime.now(UTC))
        await students.touch(tx, ["anna"], NOW)

    await intake.submit([answer("anna")])
    async with watching(client, student="anna") as events:
        await gateway.write(write_again)
        await asyncio.sleep(1.5)
        assert events.empty(), "written before the subscription, and again since"
        await intake.submit([answer("anna")])
        assert {each["attempts"] for each in await taken(events, 2)} == {2}
        await gateway.write(write_again)
        await asyncio.sleep(1.5)
        assert events.empty(), "sent once, and written again"


async def test_a_group_is_followed_with_new_membersb(client: Client, gateway: Gateway, intake: AnswerIntake) -> None:
    await upsert_students(gateway, [Student("anna"), Student("ben"), Student("cleo")], NOW)
    await upsert_group(gateway, Group("g", "G", ["anna"], []), NOW)
    async with watching(client, group="g") as events:
        await intake.submit([answer("anna"), answer("ben")])
        assert {each["student"]["id"] for each in await taken(events, 2)} == {"anna"}
        await upsert_group(gateway, Group("g", "G", ["anna", "cleo"], []), NOW)
        await intake.submit([answer("cleo")])
        assert {each["student"]["id"] for each in await taken(events, 2)} == {"cleo"}


@pytest.mark.parametrize(
    ("whom", "message"),
    [
        ({}, "studentId, groupId: give exactly one of them"),
        ({"student": "anna", "group": "g"}, "studentId, groupId: give exactly one of them"),
        ({"student": "nobody"}, "studentId: must exist, got 'nobody'"),
        ({"group": "none"}, "groupId: must exist, got 'none'"),
    ],
)
async def test_an_unknown_target_cannot_be_followedb(client: Client, whom: dict[str, str], message: str) -> None:
    async with watching(client, **whom) as events:
        assert await taken(events, 1) == [message]
