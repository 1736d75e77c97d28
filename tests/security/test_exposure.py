"""What stands between the service and a network: rate limits, origins and host names, trusted documents."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from graph_api.app.application import create_app
from graph_api.app.rate_limits import RateLimits
from graph_api.cli.main import app as command_line
from graph_api.config import Settings
from graph_api.domain.failures import RateLimited
from graph_api.domain.principals import WITHOUT_AUTHENTICATION, Principal, Role
from graph_api.schema.api import build_schema
from graph_api.schema.context import Context
from graph_api.schema.services import Services
from tests.application import Client, service
from tests.tokens import SECRET, signed

QUERY = {"query": "{ skills { totalCount } }"}
SKILLS, SKILL = "{ skills { totalCount } }", "query One($code: ID!) { skill(code: $code) { name } }"


def bearer(**claims: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {signed(**claims)}"}


async def test_a_caller_above_the_rate_limit_gets_a_time_to_retry(database: dict[str, str]) -> None:
    async with service(database, jwt_secret=SECRET, rate_limit="3/minute", rate_limit_clients="5/minute") as http:
        anna, ben, quiz = bearer(sub="anna", role="student"), bearer(sub="ben", role="student"), bearer()
        statuses = [(await http.post("/graphql", json=QUERY, headers=anna)).status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        refused = await http.post("/graphql", json=QUERY, headers=anna)
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        (error,) = refused.json()["errors"]
        assert error == {
            "message": "requests: must be at most 3 per 1 minute", "extensions": {"code": "RATE_LIMITED"}
        }  # fmt: skip
        assert (await http.post("/graphql", json=QUERY, headers=ben)).status_code == 200, "others are not slowed down"
        again = bearer(sub="anna", role="student", jti="another token")
        assert (await http.post("/graphql", json=QUERY, headers=again)).status_code == 429, "the same principal"
        clients = [(await http.post("/graphql", json=QUERY, headers=quiz)).status_code for _ in range(6)]
        assert clients == [200] * 5 + [429]


async def test_operations_of_a_websocket_are_counted(services: Services) -> None:
    context = Context(services, Principal("anna", Role.STUDENT))
    context.take = RateLimits("2/minute", "").take

    results = [await build_schema().execute(QUERY["query"], context_value=context) for _ in range(3)]

    assert [bool(result.errors) for result in results] == [False, False, True]
    assert results[2].errors
    assert isinstance(results[2].errors[0].original_error, RateLimited)


def test_a_window_slides_and_without_tokens_there_is_no_limit() -> None:
    limits = RateLimits("1/hour; 100/day", "")
    limits.take(Principal("anna", Role.STUDENT))
    with pytest.raises(RateLimited) as caught:
        limits.take(Principal("anna", Role.STUDENT))
    assert 0 < caught.value.retry_after <= 7_200
    limits.take(Principal("anna", Role.TEACHER))
    for _ in range(10):
        limits.take(WITHOUT_AUTHENTICATION)
        limits.take(Principal("quiz", Role.SERVICE))


async def test_pages_of_others_are_refused(database: dict[str, str]) -> None:
    async with service(database, jwt_secret=SECRET, origins=["https://app.example"], hosts="api.example") as http:

        async def status(origin: str | None, **more: str) -> int:
            headers = {**bearer(), **more} | ({"Origin": origin} if origin else {})
            return (await http.post("/graphql", json=QUERY, headers=headers)).status_code

        assert await status(None) == 200
        assert await status("http://localhost") == 200, "its own page"
        assert await status("https://app.example") == 200
        for origin in ("https://evil.example", "null", "https://app.example.evil.example", "http://app.example", ""):
            assert await status(origin) == (403 if origin else 200)
        assert await status("https://api.example", Host="api.example") == 200, "behind a proxy that keeps the name"

        preflight = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
        allowed = await http.options(
            "/graphql", headers=preflight | {"Access-Control-Request-Headers": "authorization"}
        )
        assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (200, "https://app.example")
        reply = await http.post("/graphql", json=QUERY, headers=bearer() | {"Origin": "https://app.example"})
        assert reply.headers["access-control-allow-origin"] == "https://app.example"
        assert "Retry-After" in reply.headers["access-control-expose-headers"]


async def test_a_websocket_of_anothers_page_is_refused() -> None:
    app = create_app(Settings(_env_file=None))
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    headers = [(b"host", b"localhost:8000"), (b"origin", b"https://evil.example")]
    scope = {"type": "websocket", "path": "/graphql", "raw_path": b"/graphql", "query_string": b"", "headers": headers}
    await app(scope | {"subprotocols": ["graphql-transport-ws"], "root_path": "", "scheme": "ws"}, receive, send)

    assert sent == [{"type": "websocket.close", "code": 1000, "reason": ""}], "before it is accepted: 403"


async def test_without_tokens_only_names_of_this_machine_are_answered_to(client: httpx.AsyncClient) -> None:
    assert (await client.post("/graphql", json=QUERY)).status_code == 200
    rebound = await client.post("/graphql", json=QUERY, headers={"Host": "evil.example"})
    assert rebound.status_code == 400
    assert "totalCount" not in rebound.text


@pytest.mark.parametrize("auth", ["none", "jwt"])
async def test_a_page_of_a_foreign_name_that_points_here_is_refused(database: dict[str, str], auth: str) -> None:
    """DNS rebinding: Host and Origin are equal, and the name is not the service's. As docker compose configures it."""
    keys: Any = {"jwt_secret": "k" * 32} if auth == "jwt" else {}
    open_to_all: Any = {"host": "0.0.0.0", "auth": auth, "allow_public_without_auth": True, "hosts": "localhost,api"}  # noqa: S104
    app = create_app(Settings(_env_file=None, scheduler=False, **open_to_all, **keys, **database))  # type: ignore[arg-type]
    async with (
        app.router.lifespan_context(app),
        Client(app) as http,
    ):
        for host in ("evil.example", "evil.example:8000", "localhost.evil.example", "evilapi", "api.evil"):
            for origin in ({"Origin": f"http://{host}"}, {}):
                refused = await http.post("/graphql", json=QUERY, headers={"Host": host, **origin})
                assert refused.status_code == (403 if origin else 400)
                assert refused.json()["errors"][0]["extensions"]["code"] in {"ORIGIN_NOT_ALLOWED", "HOST_NOT_ALLOWED"}
                assert "totalCount" not in refused.text
            assert (await http.get("/healthz", headers={"Host": host})).status_code == 200, "probes use addresses"
        for host in ("api", "API:8000", "localhost", "127.0.0.1:8000", "[::1]:8000"):
            reply = await http.post("/graphql", json=QUERY, headers={"Host": host, "Origin": f"http://{host.lower()}"})
            assert reply.status_code == (200 if auth == "none" else 401), host
        assert (await http.get("/readyz")).is_success


async def test_replies_are_not_cached_and_files_of_the_page_are(client: httpx.AsyncClient) -> None:
    assert (await client.post("/graphql", json=QUERY)).headers["cache-control"] == "no-store"
    assert (await client.get("/graphql", params=QUERY)).headers["cache-control"] == "no-store"
    first = await client.get("/graphiql/start.js")
    again = await client.get("/graphiql/start.js", headers={"If-None-Match": first.headers["etag"]})
    assert (first.status_code, again.status_code) == (200, 304)


@pytest.fixture(params=["by id", "manifest"])
def documents(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The two forms that clients' tools write."""
    content: dict[str, Any] = {"s1": SKILLS, "s2": SKILL}
    if request.param == "manifest":
        content = {"format": "apollo", "operations": [{"id": key, "body": text} for key, text in content.items()]}
    (tmp_path / "documents.json").write_text(json.dumps(content))
    return tmp_path / "documents.json"


async def test_only_trusted_documents_are_run(database: dict[str, str], documents: Path) -> None:
    async with service(database, jwt_secret=SECRET, trusted_documents=documents) as http:

        async def reply(body: dict[str, Any]) -> Any:
            return (await http.post("/graphql", json=body, headers=bearer())).json()

        assert "data" in await reply({"documentId": "s1"})
        assert await reply({"documentId": "s2", "variables": {"code": "nope"}}) == {"data": {"skill": None}}
        assert "data" in await reply({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "s1"}}})
        assert "data" in await reply({"query": SKILLS})
        by_url = await http.get("/graphql", params={"documentId": "s1"}, headers=bearer())
        assert "totalCount" in by_url.text
        for name in ("documentId", "extensions"):
            unasked = await http.get("/graphql", params={name: "s1"}, headers={"Accept": "text/html"})
            assert unasked.status_code == 401, "it is a request, not the page of GraphiQL"
        for body, code in (
            ({"documentId": "s3"}, "PERSISTED_QUERY_NOT_FOUND"),
            ({"query": SKILLS + " "}, "DOCUMENT_NOT_TRUSTED"),
            ({"query": "{ students { totalCount } }"}, "DOCUMENT_NOT_TRUSTED"),
            ({"query": "{ students { totalCount } }", "documentId": "s1"}, "DOCUMENT_NOT_TRUSTED"),
            ({"query": "{ __schema { types { name } } }"}, "DOCUMENT_NOT_TRUSTED"),
        ):
            answer = await reply(body)
            assert [error["extensions"]["code"] for error in answer["errors"]] == [code], answer
            assert not answer.get("data")
        assert "documentId" in (await reply({"documentId": "x" * 500}))["errors"][0]["message"]


async def test_others_may_be_run_beside_them(database: dict[str, str], documents: Path) -> None:
    async with service(database, jwt_secret=SECRET, trusted_documents=documents, trusted_documents_only=False) as http:
        for body in ({"documentId": "s1"}, {"query": "{ concepts { totalCount } }"}):
            assert "data" in (await http.post("/graphql", json=body, headers=bearer())).json()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nothing", "must be a JSON object of documents by id"),
        ('["a"]', "must be a JSON object of documents by id"),
        ('{"operations": [{"id": "a"}]}', "must be a JSON object of documents by id"),
        ('{"a": "{ skills { nope } }"}', "a: Cannot query field 'nope' on type 'SkillConnection'."),
        ('{"a": 5}', "a: Syntax Error"),
    ],
)
def test_an_invalid_file_of_documents_is_reported_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    (tmp_path / "documents.json").write_text(text)
    monkeypatch.setenv("GRAPH_API_TRUSTED_DOCUMENTS", str(tmp_path / "documents.json"))

    ran = CliRunner().invoke(command_line, ["serve", "--port", "0", "--data-dir", str(tmp_path)])

    assert ran.exit_code == 1
    assert message in ran.stderr
