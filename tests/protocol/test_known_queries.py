"""A query that has run before takes a short way: the same replies, headers and refusals as the first time."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from graph_api.schema.observed_schema import Schema
from tests.app.observed import scrape, total
from tests.application import Client, service
from tests.conftest import Ask
from tests.tokens import SECRET, signed

OWN = frozenset({"x-request-id", "date", "content-length", "graph-api-bookmarks"})
"""Headers that differ from request to request."""
STUDENT = "query Student($id: ID!, $deep: Boolean = false) { student(id: $id) { id name masteries(kind: CONCEPT) @include(if: $deep) { totalCount } } }"  # fmt: skip
TWO = 'query First { student(id: "none") { id } } query Second { concept(id: "dative") { name } }'


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("documents") / "documents.json"
    file.write_text(json.dumps({"student": STUDENT}), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
async def guarded(database: dict[str, str], documents: Path) -> AsyncIterator[Client]:
    more: dict[str, Any] = {"trusted_documents": documents, "trusted_documents_only": False, "rate_limit": ""}
    async with service(database, jwt_secret=SECRET, **more) as client:
        yield client


def as_role(role: str, sub: str = "someone") -> dict[str, str]:
    return {"Authorization": f"Bearer {signed(sub=sub, role=role)}"}


def shown(reply: httpx.Response) -> tuple[int, bytes, dict[str, str]]:
    """What a client sees of a reply."""
    return reply.status_code, reply.content, {key: value for key, value in reply.headers.items() if key not in OWN}


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ({"query": STUDENT, "variables": {"id": "anna", "deep": True}}, {}),
        ({"query": STUDENT, "variables": {"id": "anna"}, "operationName": "Student"}, {}),
        ({"query": STUDENT, "variables": {"id": "anna"}}, {"Accept": "application/graphql-response+json"}),
        ({"query": STUDENT, "variables": {"id": "anna"}}, {"Graph-Api-Cost": "1"}),
        ({"query": STUDENT, "variables": {"id": "anna"}, "extensions": {"cost": True}}, {}),
        ({"query": STUDENT, "variables": {}}, {"Accept": "application/graphql-response+json"}),
        ({"query": STUDENT, "variables": {"id": {}}}, {}),
        ({"query": STUDENT, "variables": {"id": "anna"}, "operationName": "Other"}, {}),
        ({"query": STUDENT, "variables": {"id": "anna"}, "operationName": ""}, {}),
        ({"documentId": "student", "variables": {"id": "anna"}}, {}),
        ({"documentId": "unknown", "variables": {"id": "anna"}}, {}),
        ({"query": TWO, "operationName": "Second"}, {}),
        ({"query": TWO}, {}),
        ({"query": "{ students(first: 0) { totalCount } }"}, {}),
        ([{"query": "{ __typename }"}], {}),
        ({"query": "{ __typename }", "variables": []}, {}),
    ],
)  # fmt: skip
async def test_a_request_has_the_same_reply_each_time(guarded: Client, body: Any, headers: dict[str, str]) -> None:
    sent = {"json": body, "headers": {**as_role("admin"), **headers}}
    replies = [await guarded.post("/graphql", **sent) for _ in range(3)]
    assert shown(replies[0]) == shown(replies[1]) == shown(replies[2])


async def test_a_known_query_is_refused_to_other_roles_and_tokens(guarded: Client) -> None:
    body = {"query": "{ students { totalCount } auditLog { totalCount } }"}
    replies = {}
    for role in ("admin", "admin", "student", "teacher"):
        replies[role] = (await guarded.post("/graphql", json=body, headers=as_role(role))).json()
    stranger = await guarded.post("/graphql", json=body)

    assert "errors" not in replies["admin"]
    assert {each["extensions"]["code"] for role in ("student", "teacher") for each in replies[role]["errors"]} == {
        "FORBIDDEN"
    }
    assert stranger.status_code == 401


@pytest.mark.usefixtures("course")
async def test_each_run_of_a_known_query_is_an_operation_of_its_name(guarded: Client, ask: Ask) -> None:
    await ask('mutation { upsertStudents(input: [{id: "anna", name: "Anna"}]) { __typename } }')
    body = {"query": STUDENT.replace("query Student", "query Known_1"), "variables": {"id": "anna"}}
    before = await scrape(guarded)
    for _ in range(3):
        reply = await guarded.post("/graphql", json=body, headers=as_role("admin"))
        assert reply.json()["data"]["student"]["name"] == "Anna"
    after = await scrape(guarded)

    labels = {"operation": "Known_1", "type": "query", "code": "OK"}
    assert (
        total(after, "graph_api_operations_total", **labels) - total(before, "graph_api_operations_total", **labels)
        == 3
    )


async def test_only_documents_that_passed_all_checks_are_known(guarded: Client) -> None:
    schema = next(
        each for route in guarded.app.routes if isinstance(each := getattr(getattr(route, "app", None), "schema", None), Schema)
    )  # fmt: skip
    refused = [
        "{ nothing }",
        "{ auditLog { totalCount } }",
        "{ students",
        "mutation { deleteStudent(id: 1) { __typename } }",
    ]
    for query in refused:
        await guarded.post("/graphql", json={"query": query}, headers=as_role("student"))
        assert schema.plans.known(query, None) is None, query
