"""The twelve probes that tools such as graphql-cop send to a GraphQL service, each by its name, on production's settings."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from graph_api.app.application import create_app
from graph_api.config import Settings
from tests.conftest import Ask

URL = "/graphql"
FORMS = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "application/jsonx", ""]
CIRCLE = "{ __schema { types " + "{ fields { type " * 10 + "{ name }" + " } }" * 10 + " } }"
WRITING = 'mutation { upsertStudents(input: [{id: "x"}]) { __typename } }'


@pytest.fixture(scope="module")
async def closed(database: dict[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    """The service with production's settings."""
    given: dict[str, Any] = {**database, "development": False, "scheduler": False}
    app = create_app(Settings(_env_file=None, **given))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as connected:
            yield connected


async def refusal(closed: httpx.AsyncClient, query: str) -> str:
    """Why nothing of a query was run."""
    reply = (await closed.post(URL, json={"query": query})).json()
    assert "data" not in reply
    assert all(error["extensions"] == {"code": "BAD_REQUEST"} for error in reply["errors"])
    return str(reply["errors"][0]["message"])


async def test_alias_overload(closed: httpx.AsyncClient, counts: Ask) -> None:
    before = await counts()

    assert "at most 100 aliases, has 101" in await refusal(
        closed, "{ " + " ".join(f"a{n}: __typename" for n in range(101)) + " }"
    )
    assert "at most 100 aliases, has 500" in await refusal(
        closed, "mutation { " + " ".join(f"a{n}: expireSessions {{ __typename }}" for n in range(500)) + " }"
    )
    assert await counts() == before


@pytest.mark.parametrize("size", [1, 10])
async def test_batching(closed: httpx.AsyncClient, size: int) -> None:
    reply = await closed.post(URL, json=[{"query": "{ __typename }"}] * size)

    assert reply.status_code == 400
    assert reply.json() == {"errors": [{"message": "Batching is not enabled", "extensions": {"code": "BAD_REQUEST"}}]}


async def test_directive_overload(closed: httpx.AsyncClient) -> None:
    assert "at most 50 directives, has 51" in await refusal(closed, "{ __typename " + "@skip(if: false) " * 51 + "}")
    assert "at most 50 directives, has 51" in await refusal(closed, "{ __typename " + "@aa " * 51 + "}")


async def test_circular_introspection(closed: httpx.AsyncClient) -> None:
    assert "must nest at most 20 deep" in await refusal(closed, CIRCLE)


async def test_field_duplication_overload(closed: httpx.AsyncClient) -> None:
    assert "at most 30 root fields, has 500" in await refusal(closed, "{ " + "__typename " * 500 + "}")
    assert "at most 200 fields in one selection, has 201" in await refusal(
        closed, "{ students { nodes { " + "id " * 201 + "} } }"
    )
    assert "at most 3000 fields" in await refusal(closed, "{ students { nodes { " + "id " * 3_001 + "} } }")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("{ studens { totalCount } }", "Cannot query field 'studens' on type 'Query'."),
        ('{ student(idd: "x", id: "x") { id } }', "Unknown argument 'idd' on field 'Query.student'."),
        ("{ students(orderBy: NAMES) { totalCount } }", "Value 'NAMES' does not exist in 'StudentOrder' enum."),
        ("{ students { nodes { ... on Studen { id } } } }", "Unknown type 'Studen'."),
        ("{ node { code } }", "Cannot query field 'code' on type 'Node'."),
        ('mutation { upsertStudents(input: [{id: "x", nam: "y"}]) { __typename } }', """Expected value of type 'StudentInput' not to include unknown field 'nam'. Found: { id: "x", nam: "y" }."""),
    ],
)  # fmt: skip
async def test_field_suggestions(closed: httpx.AsyncClient, query: str, message: str) -> None:
    assert await refusal(closed, query) == message


async def test_get_mutations(closed: httpx.AsyncClient, counts: Ask) -> None:
    before = await counts()

    reply = await closed.get(URL, params={"query": WRITING})

    assert reply.status_code == 400
    assert await counts() == before


@pytest.mark.parametrize("content_type", FORMS)
async def test_form_posts(closed: httpx.AsyncClient, counts: Ask, content_type: str) -> None:
    before = await counts()

    reply = await closed.post(URL, json={"query": WRITING}, headers={"Content-Type": content_type})

    assert reply.status_code == 415
    assert await counts() == before


@pytest.mark.parametrize("path", [URL, "/graphiql", "/graphiql/graphiql.js", "/playground", "/altair"])
async def test_ide_exposed(closed: httpx.AsyncClient, path: str) -> None:
    assert (await closed.get(path, headers={"Accept": "text/html"})).status_code == 404


@pytest.mark.parametrize("query", ["{ __schema { types { name } } }", '{ __type(name: "Student") { name } }'])
async def test_introspection(closed: httpx.AsyncClient, query: str) -> None:
    assert "introspection has been disabled" in await refusal(closed, query)


async def test_trace_exposure(closed: httpx.AsyncClient) -> None:
    asked = {
        "query": "{ __typename }",
        "extensions": {"tracing": True, "persistedQuery": {"version": 1, "sha256Hash": "x"}},
    }

    reply = await closed.post(URL, json=asked, headers={"X-Apollo-Tracing": "1"})

    assert reply.json() == {"data": {"__typename": "Query"}}
    assert {"server", "x-powered-by"}.isdisjoint(reply.headers)


async def test_unhandled_errors(closed: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a secret of the server")

    monkeypatch.setattr("graph_api.store.students.read_page", fail)

    reply = await closed.post(URL, json={"query": "{ students { totalCount } }"})

    (error,) = reply.json()["errors"]
    assert error["message"] == f"Something went wrong here. It is logged as {error['extensions']['id']}."
    assert error["extensions"]["code"] == "INTERNAL"
    assert "secret" not in reply.text
