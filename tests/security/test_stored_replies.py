"""Attacks on stored replies: one principal's reply for another, rows that are hidden by now, and what time reveals."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from graph_api.protocol import cached_replies
from tests.application import Client, service
from tests.conftest import Ask, is_uncounted
from tests.fuzz_world import WORLD
from tests.graph_copy import empty
from tests.tokens import SECRET, signed

KEY = "a key of the tests, that nothing else uses"
QUERY = """{ student(id: "anna") { name masteries { nodes { level } } } group(id: "class") { name } }"""
FOR_ANALYSTS = """{ group(id: "class") { name heatmap { studentIds levels } } }"""


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replies are stored under any token, so that tests need not wait."""
    monkeypatch.setattr(cached_replies, "SETTLED_SECONDS", 0.0)


@pytest.fixture(scope="module")
async def storing(database: dict[str, str]) -> AsyncIterator[Client]:
    options: dict[str, Any] = {"pseudonym_key": KEY, "analyst_min_group": 1}
    async with service(database, jwt_secret=SECRET, cache_bytes=10_000_000, **options) as http:
        yield http


@pytest.fixture
async def world(storing: Client, raw: Ask) -> None:
    await empty(raw)
    reply = await sent(storing, "admin", "ops", WORLD)
    assert "errors" not in reply, reply


async def sent(http: Client, role: str, sub: str, query: str) -> Any:
    headers = {"Authorization": f"Bearer {signed(sub=sub, role=role)}"}
    return (await http.post("/graphql", json={"query": query}, headers=headers)).json()


async def test_no_principal_gets_the_reply_of_another(storing: Client, world: None) -> None:
    seen: list[str] = []
    storing.app.state.replies.observe = seen.append
    whole = {"anna", "ada", "ops"}
    for _ in range(3):
        for role, sub in (("admin", "ops"), ("teacher", "ada"), ("student", "anna"), ("teacher", "eve"), ("student", "ada"),
                          ("teacher", "anna"), ("student", "ops"), ("student", "ben")):  # fmt: skip
            data = (await sent(storing, role, sub, QUERY))["data"]
            may_see = sub in whole and (role, sub) in {("admin", "ops"), ("teacher", "ada"), ("student", "anna")}
            assert (data["student"] is not None) is may_see, (role, sub)
            assert (data["group"] is not None) is (may_see or sub == "ben"), (role, sub)
        names = (await sent(storing, "admin", "x", FOR_ANALYSTS))["data"]["group"]["heatmap"]["studentIds"]
        hidden = (await sent(storing, "analyst", "x", FOR_ANALYSTS))["data"]["group"]
        assert names == ["anna", "ben"]
        assert hidden["name"] == "class"
        assert set(hidden["heatmap"]["studentIds"]).isdisjoint(names)
    assert seen.count("hit") >= 4


async def test_a_teacher_who_leaves_a_group_sees_nothing_more_of_it(storing: Client, world: None) -> None:
    for _ in range(3):
        assert (await sent(storing, "teacher", "ada", QUERY))["data"]["student"]["name"] == "Anna"

    await sent(
        storing, "admin", "ops", 'mutation { removeTeachers(groupId: "class", teacherIds: ["ada"]) { __typename } }'
    )

    assert (await sent(storing, "teacher", "ada", QUERY))["data"] == {"student": None, "group": None}


async def test_hidden_and_missing_rows_take_the_same_work(storing: Client, world: None) -> None:
    """However often they are requested, so that a stored reply reveals nothing either."""
    work: dict[str, list[list[str]]] = {}
    statements: list[str] = []

    def observe(name: str, *_: object) -> None:
        if not is_uncounted(name):
            statements.append(name)

    storing.services.gateway.observe = observe
    for student_id in ("anna", "missing"):
        for _ in range(4):
            statements.clear()
            reply = await sent(
                storing, "teacher", "eve", QUERY.replace("anna", student_id).replace("class", student_id)
            )
            assert reply["data"] == {"student": None, "group": None}
            work.setdefault(student_id, []).append(sorted(statements))

    assert work["anna"] == work["missing"]


async def test_an_erased_student_is_in_no_stored_reply(storing: Client, world: None) -> None:
    for _ in range(3):
        await sent(storing, "admin", "ops", QUERY)
        await sent(storing, "teacher", "ada", QUERY)
    store = storing.app.state.replies.store
    assert any(b"Anna" in entry.reply.body for entry in store._entries.values() if entry.reply)

    await sent(storing, "admin", "ops", 'mutation { deleteStudent(id: "anna") { __typename } }')

    assert not any(b"Anna" in entry.reply.body for entry in store._entries.values() if entry.reply)
    assert (await sent(storing, "admin", "ops", QUERY))["data"]["student"] is None
