"""The audit log: every mutation of operators is on record, for any caller and any outcome."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from graph_api.domain.principals import Role
from graph_api.schema.access.roles import OPERATORS
from graph_api.schema.access.rules import ACCESS
from graph_api.schema.allowed_fields import ALLOWED
from graph_api.schema.api import build_schema
from graph_api.schema.operations.audit import AUDITED, JUDGING, Audited
from graph_api.store import groups
from tests.application import service
from tests.conftest import Ask
from tests.tokens import SECRET, signed

pytestmark = pytest.mark.usefixtures("course")

LOG = """query($mutation: String, $principal: String, $first: Int! = 50, $after: String) {
  auditLog(mutation: $mutation, principal: $principal, first: $first, after: $after) {
    totalCount pageInfo { endCursor hasNextPage } nodes { principal role mutation subjects outcome } } }"""


@pytest.fixture(scope="module")
async def guarded(database: dict[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    async with service(database, jwt_secret=SECRET) as http:
        yield http


async def asked(http: httpx.AsyncClient, sub: str, query: str, role: str = "admin", **variables: Any) -> Any:
    headers = {"Authorization": f"Bearer {signed(sub=sub, role=role)}"}
    return (await http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)).json()


async def test_the_actor_the_action_and_the_outcome(guarded: httpx.AsyncClient) -> None:
    await asked(guarded, "olga", 'mutation { upsertStudents(input: [{id: "zoe-1f9c", name: "Zoe"}]) { __typename } }')
    await asked(guarded, "olga", 'mutation { upsertGroup(input: {id: "7b", name: "7b"}) { __typename } }')
    await asked(
        guarded,
        "olga",
        """mutation { upsertConcepts(input: [{id: "a", name: "A"}, {id: "b", name: "B"}]) {
      __typename } linkPrerequisite(prerequisiteId: "a", conceptId: "nope") { __typename } }""",
    )
    await asked(guarded, "pete", 'mutation { deleteStudent(id: "zoe-1f9c") { __typename } }')
    refused = await asked(guarded, "quiz", 'mutation { deleteStudent(id: "zoe-1f9c") { __typename } }', "service")
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"

    actual = (await asked(guarded, "olga", LOG))["data"]["auditLog"]

    assert [tuple(row.values()) for row in actual["nodes"]] == [
        ("pete", "ADMIN", "deleteStudent", [], "DeleteStudentPayload"),
        ("olga", "ADMIN", "linkPrerequisite", ["a", "nope"], "ConceptNotFound"),
        ("olga", "ADMIN", "upsertConcepts", ["a", "b"], "UpsertConceptsPayload"),
        ("olga", "ADMIN", "upsertGroup", ["7b"], "UpsertGroupPayload"),
    ]
    page = (await asked(guarded, "olga", LOG, first=3))["data"]["auditLog"]
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"]) == (4, True)
    rest = (await asked(guarded, "olga", LOG, first=3, after=page["pageInfo"]["endCursor"]))["data"]["auditLog"]
    assert page["nodes"] + rest["nodes"] == actual["nodes"]
    only = (await asked(guarded, "olga", LOG, principal="pete", mutation="deleteStudent"))["data"]["auditLog"]
    assert only["totalCount"] == 1
    assert "zoe" not in str(actual)


async def test_a_fault_is_on_record_as_well(guarded: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise ValueError("broken")

    monkeypatch.setattr(groups, "put", fail)
    reply = await asked(guarded, "olga", 'mutation { upsertGroup(input: {id: "7b", name: "7b"}) { __typename } }')
    assert reply["errors"][0]["extensions"]["code"] == "INTERNAL"

    (row,) = (await asked(guarded, "olga", LOG))["data"]["auditLog"]["nodes"]

    assert row == {
        "principal": "olga",
        "role": "ADMIN",
        "mutation": "upsertGroup",
        "subjects": ["7b"],
        "outcome": "FAULT",
    }


async def test_what_is_begun_is_on_record_before_it_is_done(
    ask: Ask, raw: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []

    async def look(*_: object) -> None:
        seen.extend(await raw("MATCH (e:AuditEntry) RETURN e.mutation AS mutation, e.outcome AS outcome"))

    monkeypatch.setattr(groups, "put", look)
    with pytest.raises(AssertionError):
        await ask('mutation { upsertGroup(input: {id: "7b", name: "7b"}) { __typename } }')

    assert seen[0] == {"mutation": "upsertGroup", "outcome": None}


def test_every_mutation_of_operators_alone_and_every_judgement_is_on_record() -> None:
    fields: Any = build_schema().schema_converter.type_map["Mutation"].definition.fields  # type: ignore[union-attr]
    on_record = {name for field in fields if any(isinstance(each, Audited) for each in field.extensions)
                 for name in [build_schema().config.name_converter.get_graphql_name(field)]}  # fmt: skip
    others = {field.partition(".")[2] for role in Role if role is not Role.ADMIN for field in ALLOWED[role]}
    mutations = {name for names in ACCESS["Mutation"].values() for name in names.split()}

    assert on_record == AUDITED == (mutations - others) | JUDGING
    assert all(sum(isinstance(each, Audited) for each in field.extensions) <= 1 for field in fields), "once"
    assert {Role.ADMIN} == OPERATORS
