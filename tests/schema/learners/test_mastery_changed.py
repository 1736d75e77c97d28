"""Masteries as they change, on any instance and by any caller."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
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
from tests.application import Client, service
from tests.conftest import NOW, Ask
from tests.websocket import operation, talk

pytestmark = pytest.mark.usefixtures("course")

CHANGED = """subscription($student: ID, $group: ID, $since: DateTime) {
  masteryChanged(studentId: $student, groupId: $group, since: $since) {
    level attempts status updatedAt student { id name } concept { id } skill { code } } }"""
RECORD = """mutation($input: AnswerInput!) { recordAnswer(input: $input) { failure { message } } }"""


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
        (
            {"student": "anna", "since": "2999-01-01T00:00:00Z"},
            "since: must not be in the future, got '2999-01-01T00:00:00+00:00'",
        ),
        (
            {"student": "anna", "since": "2026-01-31T09:30:00"},
            "since: must have an offset, as in 2026-01-31T09:30:00Z, got '2026-01-31T09:30:00'",
        ),
    ],
)
async def test_an_unknown_target_cannot_be_followedb(client: Client, whom: dict[str, str], message: str) -> None:
    async with watching(client, **whom) as events:
        assert await taken(events, 1) == [message]


async def test_changes_of_an_interruption_come_first_and_once(
    client: Client, gateway: Gateway, intake: AnswerIntake, database: dict[str, str]
) -> None:
    await upsert_students(gateway, [Student("anna"), Student("ben")], NOW)
    await upsert_group(gateway, Group("g", "G", ["anna", "ben"], []), NOW)
    async with watching(client, group="g") as events:
        await intake.submit([answer("anna"), answer("ben")])
        latest = max(each["updatedAt"] for each in await taken(events, 4))
    async with service(database, auth="none") as elsewhere:  # another instance, with clients of its own
        for student, concept in (("anna", "nominative"), ("ben", "nominative"), ("ben", "nominative")):
            sent = {"studentId": student, "correct": True, "conceptIds": [concept]}
            reply = await elsewhere.post("/graphql", json={"query": RECORD, "variables": {"input": sent}})
            assert reply.json() == {"data": {"recordAnswer": {"failure": None}}}
    async with watching(client, group="g", since=latest) as events:
        missed = await taken(events, 4)
        await asyncio.sleep(1.5)
        assert events.empty(), "each once"
        await intake.submit([answer("ben")])
        live = await taken(events, 2)
        await asyncio.sleep(1.5)
        assert events.empty()
    targets = [{"id": "nominative"}, {"code": "grammar"}]
    assert sorted((each["student"]["id"], each["attempts"]) for each in missed) == [
        ("anna", 2), ("anna", 2), ("ben", 3), ("ben", 3),
    ]  # fmt: skip
    assert all((each["concept"] or each["skill"]) in targets for each in missed)
    assert {(each["student"]["id"], each["attempts"]) for each in live} == {("ben", 4)}


@pytest.mark.parametrize(("seconds", "count"), [(40, 0), (55, 2), (600, 2)])
async def test_what_was_written_shortly_before_a_moment_is_sent_again(
    client: Client, gateway: Gateway, intake: AnswerIntake, seconds: float, count: int
) -> None:
    """Its writer may have committed after the client was sent what came later."""
    await intake.submit([answer("anna")])
    now = datetime.now(UTC)

    async def write_earlier(tx: Transaction) -> None:
        rows = (await masteries.read_of_students(tx, ["anna"]))["anna"]
        await masteries.put(tx, rows, now - timedelta(seconds=60))

    await gateway.write(write_earlier)
    async with watching(client, student="anna", since=(now - timedelta(seconds=seconds)).isoformat()) as events:
        assert len(await taken(events, count)) == count
        await asyncio.sleep(0.6)
        assert events.empty()


async def test_too_many_changes_end_the_subscription(
    client: Client, intake: AnswerIntake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph_api.usecases.learners.watch_masteries.MOST_CHANGES", 1)
    await intake.submit([answer("anna")])
    since = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    query = f'subscription {{ masteryChanged(studentId: "anna", since: "{since}") {{ level }} }}'

    sent = await talk(client.app, *operation(query))

    frames = [json.loads(message["text"]) for message in sent if message["type"] == "websocket.send"]
    kinds = [frame["type"] for frame in frames if frame["type"] not in {"connection_ack", "ka"}]
    ((error,),) = [frame["payload"]["errors"] for frame in frames if frame["type"] == "next"]
    assert kinds == ["next", "complete"], "no change was sent"
    assert error["extensions"]["code"] == "TOO_MANY_CHANGES"
    assert error["message"].startswith("since: must be followed by at most 1 changes; read again, then subscribe")
