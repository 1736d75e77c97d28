"""The application over HTTP: codes of errors, masked faults, request ids, health and GraphiQL."""

import httpx
import pytest
from strawberry.extensions.parser_cache import _get_parse_cache
from strawberry.extensions.validation_cache import _get_validate_cache

from graph_api.execution.query_limits import DOCUMENTS_KEPT
from graph_api.store.gateway import DatabaseUnavailable
from tests.conftest import Ask


@pytest.mark.parametrize("query", ["{", "{ nope }", "{ student { id } }", 'mutation { student(id: "x") { id } }', ""])
async def test_a_bad_query_has_a_code(client: httpx.AsyncClient, query: str) -> None:
    reply = await client.post("/graphql", json={"query": query})

    assert reply.status_code in (200, 400)
    if reply.status_code == 200:
        assert {error["extensions"]["code"] for error in reply.json()["errors"]} == {"BAD_REQUEST"}


async def test_a_fault_is_logged_and_masked(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("graph_api.store.students.read_page", _break)

    reply = await client.post("/graphql", json={"query": "{ students { totalCount } }"})

    (error,) = reply.json()["errors"]
    assert error["extensions"]["code"] == "INTERNAL"
    assert "secret" not in reply.text
    assert error["extensions"]["id"] in error["message"]
    assert "secret" in "".join(capsys.readouterr())


async def _break(*_: object, **__: object) -> None:
    raise RuntimeError("a secret of the server")


async def test_a_database_that_is_away_has_a_code(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object, **__: object) -> None:
        raise DatabaseUnavailable("bolt://secret:7687")

    monkeypatch.setattr("graph_api.store.students.read_page", away)
    reply = await client.post("/graphql", json={"query": "{ students { totalCount } }"})
    (error,) = reply.json()["errors"]
    assert error["extensions"]["code"] == "UNAVAILABLE"
    assert "secret" not in reply.text


async def test_documents_are_parsed_and_validated_at_most_once(ask: Ask) -> None:
    caches = (_get_parse_cache(DOCUMENTS_KEPT), _get_validate_cache(DOCUMENTS_KEPT))
    before = [cache.cache_info() for cache in caches]  # type: ignore[attr-defined]
    for _ in range(20):
        await ask("query HitsTheCache { serviceInfo { version } }")
    for cache, old in zip(caches, before, strict=True):
        new = cache.cache_info()  # type: ignore[attr-defined]
        assert (new.misses - old.misses, new.hits - old.hits) == (1, 0)  # its plan is known afterwards


async def test_requests_have_an_id(client: httpx.AsyncClient) -> None:
    given = await client.get("/healthz", headers={"X-Request-ID": "mine-1"})
    made = await client.get("/healthz", headers={"X-Request-ID": "not sane\t" + "x" * 200})
    assert given.headers["x-request-id"] == "mine-1"
    assert len(made.headers["x-request-id"]) == 32


async def test_health_readiness_and_metrics(client: httpx.AsyncClient, ask: Ask) -> None:
    await ask("{ students { nodes { id } } }")
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    assert (await client.get("/readyz")).json() == {"status": "ready"}
    metrics = (await client.get("/metrics")).text
    for line in (
        'graph_api_requests_total{method="POST",route="/graphql",status="200"}',
        "graph_api_intake_depth 0.0",
        "graph_api_intake_batch_answers_count",
        "graph_api_build_info",
    ):
        assert line in metrics


async def test_a_browser_gets_graphiql(client: httpx.AsyncClient) -> None:
    page = await client.get("/graphql", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "script-src 'self';" in page.headers["content-security-policy"]
    assert "http://" not in page.text
    assert "https://" not in page.text
    sources = [part.split('"')[0] for part in page.text.split('src="')[1:] + page.text.split('href="/')[1:]]
    for source in sources:
        file = await client.get("/" + source.removeprefix("/"))
        assert file.status_code == 200, source
