"""Web pages of other origins against the real server: handshakes of websockets, preflight requests, refusals."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import websockets
from websockets.typing import Origin

from graph_api.config import CORS_HEADERS
from tests.processes import service

APP, EVIL = "https://app.example", "https://evil.example"
QUERY = {"query": "{ skills { totalCount } }"}
REFUSED = [
    EVIL,
    "null",
    "http://app.example",
    "https://app.example.evil.example",
    "https://app.example:8443",
    "file://",
    "",
]
Server = tuple[str, Path]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The service and its log. The setting is not written as browsers write origins."""
    folder = tmp_path_factory.mktemp("pages")
    origins = {"GRAPH_API_ORIGINS": f"{APP.upper()}:443/, http://localhost:5173", "GRAPH_API_LOG_FORMAT": "json"}
    with service(folder, "--no-demo", **origins) as (_, url):
        yield url, folder / "serve.log"


async def operate(url: str, origin: str | None) -> Any:
    """What a query over a websocket returns, from a page of an origin."""
    async with websockets.connect(
        url.replace("http", "ws") + "/graphql",
        subprotocols=[websockets.Subprotocol("graphql-transport-ws")],
        origin=None if origin is None else Origin(origin),
    ) as ws:
        assert ws.response
        assert ws.response.status_code == 101
        await ws.send(json.dumps({"type": "connection_init"}))
        assert json.loads(await ws.recv()) == {"type": "connection_ack"}
        await ws.send(json.dumps({"id": "1", "type": "subscribe", "payload": QUERY}))
        return json.loads(await ws.recv())["payload"]


@pytest.mark.parametrize("origin", [None, APP, "http://localhost:5173", "own"])
async def test_a_websocket_of_an_allowed_page_works(server: Server, origin: str | None) -> None:
    url, _ = server

    assert await operate(url, url if origin == "own" else origin) == {"data": {"skills": {"totalCount": 0}}}


@pytest.mark.parametrize("origin", REFUSED)
async def test_a_websocket_of_another_page_is_refused(server: Server, origin: str) -> None:
    url, log = server

    with pytest.raises(websockets.InvalidStatus) as caught:
        await operate(url, origin)

    assert caught.value.response.status_code == 403
    (error,) = json.loads(caught.value.response.body)["errors"]
    assert error["extensions"]["code"] == "ORIGIN_NOT_ALLOWED"
    assert any(line.get("reason") == "origin" and line["origin"] == origin for line in lines(log))


def lines(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines() if line.startswith("{")]


def preflight(url: str, origin: str, *headers: str) -> httpx.Response:
    """What a browser sends before a page's request."""
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": ",".join(sorted(headers)),
    }
    return httpx.options(f"{url}/graphql", headers=asked)


def lets_through(reply: httpx.Response, origin: str, *headers: str) -> bool:
    """Whether a browser goes on after a preflight reply, by the rules of Fetch."""
    named = {each.strip().lower() for each in reply.headers.get("access-control-allow-headers", "").split(",")}
    methods = reply.headers.get("access-control-allow-methods", "")
    same = reply.headers.get("access-control-allow-origin") == origin
    return reply.is_success and same and "POST" in methods and {each.lower() for each in headers} <= named


@pytest.mark.parametrize(
    "header",
    ["authorization", "content-type", "graph-api-bookmarks", "x-request-id", "accept", *CORS_HEADERS],
)
def test_headers_of_common_clients_are_allowed(server: Server, header: str) -> None:
    url, _ = server

    assert lets_through(preflight(url, APP, header), APP, header)
    assert lets_through(preflight(url, APP, "content-type", header, "authorization"), APP, header)


def test_the_default_has_the_headers_that_clients_send() -> None:
    sent = """apollographql-client-name apollographql-client-version apollo-require-preflight x-apollo-operation-name
      traceparent tracestate baggage sentry-trace x-requested-with cache-control b3 graphql-require-preflight"""

    assert set(sent.split()) <= set(CORS_HEADERS)


def test_other_headers_are_not_allowed(server: Server) -> None:
    url, _ = server

    assert not lets_through(preflight(url, APP, "x-nothing"), APP, "x-nothing")


@pytest.mark.parametrize("origin", REFUSED)
def test_a_refused_page_can_read_why_and_nothing_else(server: Server, origin: str) -> None:
    url, log = server
    before = sum(line.get("origin") == origin for line in lines(log))

    asked = preflight(url, origin, "content-type", "authorization", "x-whatever")
    assert lets_through(asked, origin, "content-type", "authorization", "x-whatever"), (
        "else the page sees only a failure"
    )
    assert asked.headers["access-control-max-age"] == "0"
    for reply in (
        httpx.post(f"{url}/graphql", json=QUERY, headers={"Origin": origin}),
        httpx.get(f"{url}/graphql", params=QUERY, headers={"Origin": origin}),
        httpx.get(f"{url}/schema.graphql", headers={"Origin": origin}),
        httpx.get(f"{url}/readyz", headers={"Origin": origin}),
        httpx.get(f"{url}/metrics", headers={"Origin": origin}),
        httpx.get(f"{url}/nothing", headers={"Origin": origin}),
        httpx.options(f"{url}/graphql", headers={"Origin": origin}),
    ):
        assert reply.status_code == 403
        assert reply.headers["access-control-allow-origin"] == origin
        assert "origin" in reply.headers["vary"].lower()
        assert "access-control-allow-credentials" not in reply.headers
        (error,) = reply.json()["errors"]
        assert set(reply.json()) == {"errors"}
        assert error["extensions"] == {"code": "ORIGIN_NOT_ALLOWED"}
        assert "GRAPH_API_ORIGINS" in error["message"]
        assert origin in error["message"]
    assert sum(line.get("origin") == origin for line in lines(log)) == before + 8


def test_an_allowed_page_reads_replies_and_errors(server: Server) -> None:
    url, _ = server
    for origin in (APP, "http://localhost:5173"):
        for path, status in (
            ("/graphql?query={__typename}", 200),
            ("/schema.graphql", 200),
            ("/possible-types.json", 200),
            ("/nothing", 404),
        ):
            reply = httpx.get(url + path, headers={"Origin": origin})
            assert (reply.status_code, reply.headers["access-control-allow-origin"]) == (status, origin)


def test_bytes_that_are_not_http_get_the_same_shape(server: Server) -> None:
    host, port = server[0].removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as raw:
        raw.sendall(b"GARBAGE\r\n\r\n")
        received = b"".join(iter(lambda: raw.recv(65_536), b""))
    head, _, body = received.partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 400")
    assert json.loads(body)["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
