"""Request lines and headers that are too large or too slow, against the real server."""

import json
import re
import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.processes import service

SECONDS = 2.0
HEAD_BYTES = 65_536
GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
Address = tuple[str, int]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("heads")
    settings = {"GRAPH_API_HEAD_SECONDS": str(SECONDS), "GRAPH_API_REQUEST_SECONDS": "3"}
    with service(folder, "--no-demo", **settings) as (_, url):
        yield url


@pytest.fixture
def raw(server: str) -> Iterator[socket.socket]:
    url = httpx.URL(server)
    with socket.create_connection((url.host, url.port or 80), timeout=20) as connection:
        yield connection


def heard(connection: socket.socket) -> bytes:
    """What comes until the server hangs up."""
    received = b""
    try:
        while more := connection.recv(65_536):
            received += more
    except ConnectionResetError:
        pass
    return received


def whole_reply(connection: socket.socket) -> bytes:
    """One reply, which may come in several pieces; the connection stays open."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65_536)
    head, _, body = received.partition(b"\r\n\r\n")
    length = int(re.search(rb"content-length: (\d+)", head.lower())[1])  # type: ignore[index]
    while len(body) < length:
        body += connection.recv(65_536)
    return head


def send(connection: socket.socket, data: bytes, limit: int) -> int:
    """Send data again and again until the server hangs up, or the limit; the bytes that were taken."""
    sent = 0
    try:
        while sent < limit:
            sent += connection.send(data)
    except OSError:
        pass
    return sent


def status(reply: bytes) -> int:
    return int(reply.split(b" ", 2)[1])


def code(reply: bytes) -> str:
    value: str = json.loads(reply.partition(b"\r\n\r\n")[2])["errors"][0]["extensions"]["code"]
    return value


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", (414, "URI_TOO_LONG")),
        (GET + b"X-Long: " + b"a" * 70_000 + b"\r\n\r\n", (431, "HEADERS_TOO_LARGE")),
        (GET + b"".join(b"X-%d: a\r\n" % n for n in range(10_000)) + b"\r\n", (431, "HEADERS_TOO_LARGE")),
        (GET + b"X-Name" * 20_000 + b": a\r\n\r\n", (431, "HEADERS_TOO_LARGE")),
    ],
    ids=["line", "header", "headers", "name"],
)
def test_a_head_that_is_too_large_is_refused(raw: socket.socket, head: bytes, expected: tuple[int, str]) -> None:
    raw.sendall(head[: HEAD_BYTES + 1])
    reply = heard(raw)

    assert (status(reply), code(reply)) == expected
    assert b"connection: close" in reply


@pytest.mark.parametrize("start", [b"GET /", GET + b"X-Endless: ", GET], ids=["line", "header", "headers"])
def test_a_head_that_never_ends_is_cut_off(server: str, raw: socket.socket, start: bytes) -> None:
    raw.sendall(start)
    began = time.monotonic()
    sent = send(raw, b"X-More: a\r\n" * 1_000 if start == GET else b"a" * 10_000, 60_000_000)

    assert sent < 20_000_000, "what the two sockets hold, and no more"
    assert time.monotonic() - began < SECONDS + 5
    assert httpx.get(f"{server}/healthz").is_success


def test_a_head_just_below_the_limit_is_served(raw: socket.socket) -> None:
    end = b"\r\nConnection: close\r\n\r\n"
    head = GET + b"X-Long: "
    raw.sendall(head + b"a" * (HEAD_BYTES - len(head) - len(end)) + end)

    assert status(heard(raw)) == 200


@pytest.mark.parametrize("start", [b"GET /", GET], ids=["line", "headers"])
def test_a_slow_head_is_given_up(raw: socket.socket, start: bytes) -> None:
    began = time.monotonic()
    raw.sendall(start)
    raw.settimeout(0.2)
    reply = b""
    while time.monotonic() - began < SECONDS + 5 and not reply:
        try:
            raw.sendall(b"a" if start == b"GET /" else b"X: y\r\n")
            reply = raw.recv(65_536)
        except TimeoutError:
            continue
        except OSError:
            break

    assert SECONDS - 0.5 < time.monotonic() - began < SECONDS + 5
    assert not reply or (status(reply), code(reply)) == (408, "REQUEST_TIMEOUT")


def test_a_connection_without_a_byte_is_closed(raw: socket.socket) -> None:
    began = time.monotonic()

    assert heard(raw) == b""
    assert time.monotonic() - began < SECONDS + 5


def test_pipelined_requests_each_have_a_head(raw: socket.socket) -> None:
    padding = b"X-Long: " + b"a" * 30_000 + b"\r\n"
    raw.sendall((GET + padding + b"\r\n") * 5 + GET + b"Connection: close\r\n\r\n")

    assert heard(raw).count(b"HTTP/1.1 200") == 6


def test_a_kept_connection_is_served_after_a_pause_and_bounded_again(raw: socket.socket) -> None:
    for _ in range(3):
        raw.sendall(GET + b"\r\n")
        assert status(whole_reply(raw)) == 200
        time.sleep(SECONDS / 2)
    raw.sendall(GET + b"X-Long: " + b"a" * 70_000)

    assert status(heard(raw)) == 431


def test_a_body_may_be_larger_than_a_head(server: str) -> None:
    body = json.dumps({"query": "{ __typename }", "variables": {"unused": "a" * 300_000}})
    reply = httpx.post(f"{server}/graphql", content=body, headers={"Content-Type": "application/json"})

    assert reply.json() == {"data": {"__typename": "Query"}}


def test_a_slow_body_is_given_up(raw: socket.socket) -> None:
    head = (
        b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
    )
    began = time.monotonic()
    raw.sendall(head + b"{")

    assert status(raw.recv(65_536)) == 503
    assert time.monotonic() - began < 10
