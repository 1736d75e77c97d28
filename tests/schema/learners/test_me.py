"""`me`: the principal of a request, what they stand for, and their groups."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from graph_api.domain.learners.people import Group, Student
from graph_api.store.gateway import Gateway
from graph_api.usecases.learners.edit_people import upsert_group, upsert_students
from tests.application import Client, service
from tests.conftest import NOW, Ask
from tests.tokens import SECRET, signed

Asked = Callable[..., Awaitable[Any]]
ME = """query($after: String) { me { id role groups(first: 1, after: $after) { totalCount pageInfo { hasNextPage endCursor }
  nodes { id name } } %s } }"""


@pytest.fixture(scope="module")
async def guarded(database: dict[str, str], gateway: Gateway) -> AsyncIterator[Client]:
    async with service(database, jwt_secret=SECRET, pseudonym_key="k" * 40, analyst_min_group=1) as http:
        yield http


@pytest.fixture
async def asked(guarded: Client, clean: None, gateway: Gateway) -> Asked:
    """Read `me` as a caller."""
    await upsert_students(gateway, [Student("anna", "Anna"), Student("ben", "Ben")], NOW)
    for key, members, teachers in (
        ("7b", ["anna"], ["ms-t"]),
        ("8a", ["anna", "ben"], ["ms-t", "mr-u"]),
        ("9c", [], []),
    ):
        await upsert_group(gateway, Group(key, f"Class {key}", members, teachers), NOW)

    async def ask(sub: str, role: str, more: str, after: str | None = None) -> Any:
        headers = {"Authorization": f"Bearer {signed(sub=sub, role=role)}"}
        body = {"query": ME.replace("%s", more), "variables": {"after": after}}
        reply = (await guarded.post("/graphql", json=body, headers=headers)).json()
        assert "errors" not in reply, reply
        return reply["data"]["me"]

    return ask


@pytest.mark.parametrize(
    ("sub", "role", "more", "stands_for", "groups"),
    [
        ("anna", "student", "student { name }", {"student": {"name": "Anna"}}, ["7b", "8a"]),
        ("new", "student", "student { name }", {"student": None}, []),
        ("ms-t", "teacher", "student { name } teacher { id groups { nodes { id } } }",
         {"student": None, "teacher": {"id": "ms-t", "groups": {"nodes": [{"id": "7b"}, {"id": "8a"}]}}}, ["7b", "8a"]),
        ("mr-u", "teacher", "teacher { id }", {"teacher": {"id": "mr-u"}}, ["8a"]),
        ("an", "analyst", "expiresAt", {}, []),
        ("quiz", "service", "student { name } teacher { id }", {"student": None, "teacher": None}, []),
    ],
)  # fmt: skip
async def test_me(asked: Asked, sub: str, role: str, more: str, stands_for: dict[str, Any], groups: list[str]) -> None:
    seen, after, more_pages = [], None, True
    while more_pages:
        me = await asked(sub, role, more, after)
        assert (me["id"], me["role"]) == (sub, role.upper())
        assert me | stands_for == me
        assert me["groups"]["totalCount"] == len(groups)
        seen += me["groups"]["nodes"]
        after, more_pages = me["groups"]["pageInfo"]["endCursor"], me["groups"]["pageInfo"]["hasNextPage"]
    assert seen == [{"id": key, "name": f"Class {key}"} for key in groups]


async def test_me_without_authentication(ask: Ask) -> None:
    assert (await ask("{ me { id role expiresAt student { id } teacher { id } groups { totalCount } } }"))["me"] == {
        "id": None, "role": "ADMIN", "expiresAt": None, "student": None, "teacher": None, "groups": {"totalCount": 0},
    }  # fmt: skip
