"""Compression changes no byte of what arrives, and leaves streams alone."""

import gzip
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.protocol.compression import IN_A_THREAD, SMALLEST, Compression, compressed


async def served(
    parts: list[bytes], accepts: str, kind: str = "application/json"
) -> tuple[dict[str, str], list[bytes]]:
    """The headers and the parts that a client receives of a reply in parts."""
    got: list[dict[str, Any]] = []

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"content-type", kind.encode()), (b"content-length", str(sum(map(len, parts))).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for place, part in enumerate(parts, start=1):
            await send({"type": "http.response.body", "body": part, "more_body": place < len(parts)})

    async def send(message: Any) -> None:
        got.append(message)

    scope = {"type": "http", "headers": [(b"accept-encoding", accepts.encode())]}
    await Compression(app)(scope, None, send)  # type: ignore[arg-type]
    headers = {name.decode(): value.decode() for name, value in got[0]["headers"]}
    return headers, [message["body"] for message in got[1:]]


@given(size=st.integers(SMALLEST - 5, SMALLEST + 5) | st.sampled_from([0, IN_A_THREAD, IN_A_THREAD * 3]))
async def test_a_whole_reply_arrives_as_it_was(size: int) -> None:
    body = b'{"level": 0.5}' * (size // 14) + b" " * (size % 14)
    headers, (part,) = await served([body], "br;q=1, gzip;q=0.8")

    is_compressed = size >= SMALLEST
    assert headers.get("content-encoding") == ("gzip" if is_compressed else None)
    assert (gzip.decompress(part) if is_compressed else part) == body
    assert headers["content-length"] == str(len(part))
    assert headers["vary"] == "Accept-Encoding"
    assert part == (await compressed(body) if is_compressed else body), "the same bytes each time"


@pytest.mark.parametrize(
    ("parts", "accepts", "kind"),
    [
        ([b"a" * 5_000], "br", "application/json"),
        ([b"a" * 5_000], "gzip;q=0, *;q=1", "application/json"),
        ([b"a" * 5_000, b"b" * 5_000], "gzip", "application/json"),
        ([b"data: 1\n\n" * 500], "gzip", "text/event-stream"),
        ([b"--\r\n" * 500], "gzip", "multipart/mixed; boundary=-"),
        ([b"a" * 5_000], "gzip", "image/png"),
    ],
)
async def test_everything_else_stays_as_it_is(parts: list[bytes], accepts: str, kind: str) -> None:
    headers, received = await served(parts, accepts, kind)

    assert received == parts
    assert "content-encoding" not in headers
