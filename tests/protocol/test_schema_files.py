"""The schema as files: for whom introspection is allowed, and just what clients' tools take."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from graphql import GraphQLAbstractType, build_schema, is_abstract_type

from graph_api.domain.principals import Role
from tests.application import service
from tests.schema.test_access import KEY
from tests.tokens import SECRET, signed

PATHS = ["/schema.graphql", "/possible-types.json"]


async def test_the_sdl_is_the_one_that_is_committed(client: httpx.AsyncClient, repository: Path) -> None:
    reply = await client.get("/schema.graphql")

    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"
    assert reply.text == (repository / "schema.graphql").read_text(encoding="utf-8")


async def test_possible_types_are_those_of_introspection(client: httpx.AsyncClient) -> None:
    """As Apollo's documentation builds them: from `__schema { types { kind name possibleTypes { name } } }`."""
    query = "{ __schema { types { kind name possibleTypes { name } } } }"
    types = (await client.post("/graphql", json={"query": query})).json()["data"]["__schema"]["types"]
    expected = {
        each["name"]: {kind["name"] for kind in each["possibleTypes"]} for each in types if each["possibleTypes"]
    }

    reply = await client.get("/possible-types.json")

    assert reply.headers["content-type"] == "application/json"
    assert {name: set(kinds) for name, kinds in reply.json().items()} == expected
    assert {"Failure", "Node", "RiskReason", "RecordAnswerResult"} <= expected.keys()
    schema = build_schema((await client.get("/schema.graphql")).text)
    assert set(reply.json()) == {kind.name for kind in abstract(schema.type_map.values())}


def abstract(kinds: object) -> Iterator[GraphQLAbstractType]:
    yield from (kind for kind in kinds if is_abstract_type(kind))  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", PATHS)
async def test_they_need_the_same_token_as_queries(database: dict[str, str], path: str) -> None:
    given = {"jwt_secret": SECRET, "pseudonym_key": KEY, "development": False}
    async with service(database, **given, introspection=True, rate_limit="1/hour") as http:
        for role in Role:
            headers = {"Authorization": f"Bearer {signed(role=role.value, sub=role.value)}"}
            assert (await http.get(path, headers=headers)).status_code == 200
        assert (await http.get(path)).status_code == 401
        assert (await http.get(path, headers={"Accept": "text/html"})).status_code == 401, (
            "it is not the page of GraphiQL"
        )
        assert (await http.get(path, headers={"Authorization": f"Bearer {signed(exp=1)}"})).status_code == 401
        student = {"Authorization": f"Bearer {signed(role='student', sub='student')}"}
        replies = [await http.get(path, headers=student) for _ in range(3)]
        assert replies[-1].status_code == 429
    async with service(database, **given) as http:
        for headers in ({}, {"Authorization": f"Bearer {signed(role='admin')}"}):
            reply = await http.get(path, headers=headers)
            assert (reply.status_code, reply.json()["errors"][0]["extensions"]["code"]) == (404, "NOT_FOUND")
            assert "type " not in reply.text
