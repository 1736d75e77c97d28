"""Errors at the HTTP level: whichever way a request fails, the reply is JSON in the shape of GraphQL, with a code."""

import ast
import gzip
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_api.app.application import create_app
from graph_api.config import Settings
from graph_api.store.gateway import DatabaseUnavailable
from tests.application import service
from tests.sizes import size
from tests.tokens import SECRET, signed

JSON = {"content-type": "application/json"}
MODERN = "application/graphql-response+json"
LARGE = b'{"query": "' + b"x" * 2_000 + b'"}'


def error_of(reply: httpx.Response) -> Any:
    """The one error of a reply, whose shape is checked."""
    assert reply.headers["content-type"].partition(";")[0] in {"application/json", MODERN}, reply.text
    body = reply.json()
    assert set(body) == {"errors"}, body
    for error in body["errors"]:
        assert isinstance(error["message"], str)
        assert error["message"]
        assert error["extensions"]["code"].isupper()
    return body["errors"][0]


Request = tuple[str, str, Mapping[str, str], bytes]
WAYS: dict[str, tuple[Request, int, str]] = {
    "no token": (("POST", "/graphql", JSON, b"{}"), 401, "UNAUTHENTICATED"),
    "no token for the schema": (("GET", "/schema.graphql", {}, b""), 401, "UNAUTHENTICATED"),
    "no pseudonyms": (("POST", "/graphql", JSON | {"authorization": "analyst"}, b"{}"), 403, "FORBIDDEN"),
    "origin": (("POST", "/graphql", JSON | {"origin": "https://evil.example"}, b"{}"), 403, "ORIGIN_NOT_ALLOWED"),
    "origin of a file": (("GET", "/healthz", {"origin": "null"}, b""), 403, "ORIGIN_NOT_ALLOWED"),
    "preflight, header": (("OPTIONS", "/graphql", {"origin": "https://app.example", "access-control-request-method": "POST", "access-control-request-headers": "x-nothing"}, b""), 400, "BAD_REQUEST"),
    "preflight, method": (("OPTIONS", "/graphql", {"origin": "https://app.example", "access-control-request-method": "PUT"}, b""), 400, "BAD_REQUEST"),
    "bookmarks": (("POST", "/graphql", JSON | {"authorization": "admin", "graph-api-bookmarks": "a b"}, b"{}"), 400, "BAD_REQUEST"),
    "path": (("GET", "/nothing", {}, b""), 404, "NOT_FOUND"),
    "path below": (("POST", "/graphql/nothing", JSON, b"{}"), 404, "NOT_FOUND"),
    "file": (("GET", "/graphiql/nothing.js", {}, b""), 404, "NOT_FOUND"),
    "method of a file": (("POST", "/graphiql/start.js", {}, b""), 405, "METHOD_NOT_ALLOWED"),
    "method": (("DELETE", "/graphql", {"authorization": "admin"}, b""), 405, "METHOD_NOT_ALLOWED"),
    "options": (("OPTIONS", "/graphql", {"authorization": "admin"}, b""), 405, "METHOD_NOT_ALLOWED"),
    "method of health": (("POST", "/healthz", {}, b""), 405, "METHOD_NOT_ALLOWED"),
    "method of the schema": (("POST", "/schema.graphql", {"authorization": "admin"}, b""), 405, "METHOD_NOT_ALLOWED"),
    "large": (("POST", "/graphql", JSON | {"authorization": "admin"}, LARGE), 413, "BODY_TOO_LARGE"),
    "compressed": (("POST", "/graphql", JSON | {"authorization": "admin", "content-encoding": "gzip"}, b"{}"), 415, "UNSUPPORTED_MEDIA_TYPE"),
    "form": (("POST", "/graphql", {"authorization": "admin", "content-type": "text/plain"}, b"{}"), 415, "UNSUPPORTED_MEDIA_TYPE"),
    "no JSON": (("POST", "/graphql", JSON | {"authorization": "admin"}, b"{"), 400, "BAD_REQUEST"),
    "no object": (("POST", "/graphql", JSON | {"authorization": "admin"}, b"null"), 400, "BAD_REQUEST"),
    "no query": (("POST", "/graphql", JSON | {"authorization": "admin"}, b"{}"), 400, "BAD_REQUEST"),
    "batch": (("POST", "/graphql", JSON | {"authorization": "admin"}, b'[{"query": "{ __typename }"}]'), 400, "BAD_REQUEST"),
    "mutation by GET": (("GET", "/graphql?query=mutation{expireSessions{__typename}}", {"authorization": "admin"}, b""), 400, "BAD_REQUEST"),
    "subscription by POST": (("POST", "/graphql", JSON | {"authorization": "admin"}, b'{"query": "subscription { masteryChanged { level } }"}'), 400, "BAD_REQUEST"),
    "no operation of a name": (("POST", "/graphql", JSON | {"authorization": "admin"}, b'{"query": "{ __typename }", "operationName": "X"}'), 400, "BAD_REQUEST"),
    "variables of a URL": (("GET", "/graphql?query={__typename}&variables={", {"authorization": "admin"}, b""), 400, "BAD_REQUEST"),
    "a document": (("POST", "/graphql", JSON | {"authorization": "admin", "accept": MODERN}, b'{"query": "{ nothing }"}'), 400, "BAD_REQUEST"),
}  # fmt: skip


@pytest.fixture(scope="module")
async def guarded(database: dict[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    async with service(
        database, jwt_secret=SECRET, origins=["https://app.example"], body_bytes=1_000, rate_limit=""
    ) as http:
        yield http


async def send(http: httpx.AsyncClient, request: Request) -> httpx.Response:
    method, path, headers, body = request
    role = headers.get("authorization")
    token = {"authorization": f"Bearer {signed(role=role)}"} if role else {}
    return await http.request(method, path, headers={**headers, **token}, content=body)


@pytest.mark.parametrize("accept", ["*/*", MODERN, "text/html"])
@pytest.mark.parametrize("way", WAYS)
async def test_every_way_to_fail_is_answered_as_graphql(guarded: httpx.AsyncClient, way: str, accept: str) -> None:
    (method, path, headers, body), status, code = WAYS[way]

    reply = await send(guarded, (method, path, {"accept": accept, **headers}, body))

    assert (reply.status_code, error_of(reply)["extensions"]["code"]) == (status, code)
    if {"accept": accept, **headers}["accept"] == MODERN:
        assert reply.headers["content-type"].startswith(MODERN)
    assert ("allow" in reply.headers) == (status == 405)
    assert "x-request-id" in reply.headers


PREFLIGHT = {"origin": "https://app.example", "access-control-request-method": "POST"}


@pytest.mark.parametrize("accept", ["*/*", MODERN])
async def test_a_refused_preflight_names_the_header_and_the_setting(guarded: httpx.AsyncClient, accept: str) -> None:
    names = {"access-control-request-headers": "content-type, X-Nothing,x-other"}
    reply = await guarded.options("/graphql", headers=PREFLIGHT | names | {"accept": accept})
    message = error_of(reply)["message"]

    assert message.startswith(
        "Access-Control-Request-Headers: must be headers that are allowed, got 'X-Nothing, x-other'; add them to "
        "GRAPH_API_CORS_HEADERS, or do not send them. Allowed are accept, "
    )
    assert {"authorization", "content-type", "x-request-id"} <= set(message.partition("Allowed are ")[2].split(", "))
    assert reply.headers["access-control-allow-origin"] == "https://app.example"


async def test_a_refused_preflight_names_the_method(guarded: httpx.AsyncClient) -> None:
    reply = await guarded.options("/graphql", headers=PREFLIGHT | {"access-control-request-method": "PUT"})

    assert error_of(reply)["message"] == "Access-Control-Request-Method: must be GET or POST, got 'PUT'"


async def test_a_preflight_of_the_service_itself(guarded: httpx.AsyncClient) -> None:
    reply = await guarded.options("/graphql", headers=PREFLIGHT | {"origin": "http://localhost"})

    assert "http://localhost" in error_of(reply)["message"]


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "GZIP", "identity, gzip", "x" * 500])
async def test_a_compressed_body_is_refused_as_such(guarded: httpx.AsyncClient, encoding: str) -> None:
    body = gzip.compress(b'{"query": "{ __typename }"}')
    headers = JSON | {"authorization": "admin", "content-encoding": encoding}
    reply = await send(guarded, ("POST", "/graphql", headers, body))
    message = error_of(reply)["message"]

    assert reply.status_code == 415
    assert message.startswith(f"Content-Encoding: must be identity or not be sent, got '{encoding[:80]}")
    assert len(message) < 300
    assert reply.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("encoding", ["", "identity", "Identity"])
async def test_a_body_that_is_not_compressed_may_say_so(guarded: httpx.AsyncClient, encoding: str) -> None:
    headers = JSON | {"authorization": "admin", "content-encoding": encoding}
    reply = await send(guarded, ("POST", "/graphql", headers, b'{"query": "{ __typename }"}'))

    assert reply.json() == {"data": {"__typename": "Query"}}


async def test_a_host_that_is_not_served(client: httpx.AsyncClient) -> None:
    reply = await client.post("/graphql", json={}, headers={"host": "evil.example"})

    assert (reply.status_code, error_of(reply)["extensions"]["code"]) == (400, "HOST_NOT_ALLOWED")


async def test_too_many_requests(database: dict[str, str]) -> None:
    async with service(database, jwt_secret=SECRET, rate_limit="1/hour") as http:
        replies = [
            await send(http, ("GET", "/graphql?query={__typename}", {"authorization": "student"}, b""))
            for _ in range(3)
        ]

    assert (replies[-1].status_code, error_of(replies[-1])["extensions"]["code"]) == (429, "RATE_LIMITED")
    assert int(replies[-1].headers["retry-after"]) >= 1


async def test_work_that_takes_too_long(database: dict[str, str]) -> None:
    async with service(database, jwt_secret=SECRET, request_seconds=0.000_001) as http:
        reply = await send(
            http, ("POST", "/graphql", JSON | {"authorization": "admin"}, b'{"query": "{ students { totalCount } }"}')
        )

    assert (reply.status_code, error_of(reply)["extensions"]) == (503, {"code": "UNAVAILABLE", "retryAfter": 5.0})
    assert reply.headers["retry-after"] == "5"


async def test_a_database_that_is_away(guarded: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise DatabaseUnavailable("away")

    monkeypatch.setattr("graph_api.store.students.read_page", fail)
    body = b'{"query": "{ students { totalCount } }"}'
    reply = await send(guarded, ("POST", "/graphql", JSON | {"authorization": "admin", "accept": MODERN}, body))

    assert reply.status_code == 503
    assert reply.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"


async def test_a_fault_outside_of_graphql(
    guarded: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("a secret of the server")

    monkeypatch.setattr("graph_api.app.authentication.Admission.authenticate", fail)
    origin = {"origin": "https://app.example"}
    reply = await send(guarded, ("POST", "/graphql", JSON | origin, b"{}"))
    error = error_of(reply)

    assert (reply.status_code, error["extensions"]["code"]) == (500, "INTERNAL")
    assert reply.headers["access-control-allow-origin"] == "https://app.example", "its page can read that"
    assert error["extensions"]["id"] in error["message"]
    assert "secret" not in reply.text
    assert error["extensions"]["id"] in "".join(capsys.readouterr())


async def test_without_introspection_there_are_no_files_of_the_schema(database: dict[str, str]) -> None:
    async with service(database, jwt_secret=SECRET, development=False) as http:
        for path in ("/schema.graphql", "/possible-types.json"):
            reply = await send(http, ("GET", path, {"authorization": "admin"}, b""))
            assert (reply.status_code, error_of(reply)["extensions"]["code"]) == (404, "NOT_FOUND")
        page = await send(http, ("GET", "/graphql", {"accept": "text/html"}, b""))
        assert (page.status_code, error_of(page)["extensions"]["code"]) == (404, "NOT_FOUND")


PATHS = [
    "/",
    "/graphql",
    "/graphiql",
    "/graphiql/x",
    "/healthz",
    "/metrics",
    "/schema.graphql",
    "/possible-types.json",
    "/ä",
    "/%00",
    "//",
]
HEADERS = st.dictionaries(
    st.sampled_from(["accept", "origin", "content-type", "authorization", "graph-api-bookmarks", "content-length-x",
                     "access-control-request-method", "access-control-request-headers"]),
    st.sampled_from(["", "*/*", MODERN, "text/html", "application/json", "null", "https://app.example", "http://localhost", "localhost",
                     "admin", "student", "nobody", "POST", "PUT", "authorization", "x-nothing", "a b", "[::1", "%", "a,b"]),
    max_size=4,
)  # fmt: skip


@settings(max_examples=size(100, 1_000), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW"]),
    st.sampled_from(PATHS),
    HEADERS,
    st.sampled_from(
        [b"", b"{", b"{}", b"[]", b"null", b'{"query": "{ __typename }"}', b'{"query": 1}', b"\xff", LARGE]
    ),
)
async def test_no_request_gets_an_error_of_another_shape(
    guarded: httpx.AsyncClient, method: str, path: str, headers: dict[str, str], body: bytes
) -> None:
    role = headers.get("authorization", "")
    token = {"authorization": f"Bearer {signed(role=role)}"} if role in {"admin", "student"} else {}
    reply = await guarded.request(method, path, headers=headers | token, content=body)

    assert reply.status_code < 500
    if reply.status_code >= 400:
        error_of(reply)


def test_errors_are_made_in_one_place(repository: Path) -> None:
    """Other replies of 400 or above are those of `/readyz`, for probes; libraries' own are rewritten.

    Those of uploads are 200 and 202.
    """
    used = {
        (path.name, node.id)
        for path in (repository / "graph_api").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name) and node.id in {"PlainTextResponse", "JSONResponse", "HTMLResponse"}
    }

    assert {name for name, _ in used} == {"health.py", "page.py", "schema_files.py", "upload_answers.py"}


async def test_a_websocket_that_is_refused_gets_the_same_shape() -> None:
    """In the reply to its handshake, where the server can send one."""
    app = create_app(Settings(_env_file=None))
    for path, origin, status, code in (
        ("/graphql", "https://evil.example", 403, "ORIGIN_NOT_ALLOWED"),
        ("/nothing", "http://localhost", 404, "NOT_FOUND"),
    ):
        sent: list[Any] = []

        async def keep(message: Any, sent: list[Any] = sent) -> None:
            sent.append(message)

        async def connect() -> Any:
            return {"type": "websocket.connect"}

        scope = {"type": "websocket", "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "scheme": "ws",
                 "headers": [(b"host", b"localhost"), (b"origin", origin.encode())], "subprotocols": ["graphql-transport-ws"],
                 "extensions": {"websocket.http.response": {}}}  # fmt: skip
        await app(scope, connect, keep)

        assert (sent[0]["type"], sent[0]["status"]) == ("websocket.http.response.start", status)
        assert json.loads(sent[1]["body"])["errors"][0]["extensions"]["code"] == code
