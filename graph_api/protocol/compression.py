"""Compressed replies: gzip, for clients that accept it and bodies that are worth it.

Replies hold no secrets beside the data of their principal, and browsers send no credentials by themselves: tokens come
in a header. So an attacker cannot make a victim's browser request pages whose sizes reveal something (BREACH).
"""

import asyncio
import zlib

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph_api.protocol.request_headers import header_of

SMALLEST = 1_000
"""Bytes from which compression pays."""
LEVEL = 1
"""Of zlib. Level 6 makes a class page of 40 kB 1.3 times smaller, for three times the CPU time."""
IN_A_THREAD = 100_000
"""Bytes from which a thread compresses, which lets other requests go on: zlib releases the interpreter's lock."""
TYPES = ("application/json", "application/graphql-response+json", "application/graphql", "text/plain", "text/html")
GZIP_WINDOW = 31
"""The largest window, with the frame of gzip."""


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether a client accepts gzip, by the quality values of its header.

    >>> [accepts_gzip(each) for each in ("gzip, br", "*", "gzip;q=0, *", "br", "gzip; q=0.5", "")]
    [True, True, False, False, True, False]
    """
    qualities: dict[str, float] = {}
    for item in accept_encoding.lower().split(","):
        coding, _, parameters = item.partition(";")
        name, _, value = parameters.strip().partition("=")
        try:
            qualities[coding.strip()] = float(value) if name.strip() == "q" else 1.0
        except ValueError:
            qualities[coding.strip()] = 0.0
    return qualities.get("gzip", qualities.get("x-gzip", qualities.get("*", 0.0))) > 0


def is_worth_gzip(scope: Scope, body: bytes) -> bool:
    """Whether a whole body is large enough, and the client accepts gzip."""
    return len(body) >= SMALLEST and accepts_gzip(header_of(scope, "accept-encoding"))


def compress(body: bytes) -> bytes:
    """A body as gzip; the same bytes each time."""
    compressor = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP_WINDOW)
    return compressor.compress(body) + compressor.flush()


async def compressed(body: bytes) -> bytes:
    """The same; a large body in a thread."""
    return compress(body) if len(body) < IN_A_THREAD else await asyncio.to_thread(compress, body)


class Compression:
    """Pure ASGI middleware. Replies in several parts, such as event streams, stay as they are."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start: Message | None = None

        async def send_compressed(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").partition(";")[0].strip() not in TYPES:
                    await send(message)
                    return
                if "accept-encoding" not in headers.get("vary", "").lower():
                    headers.add_vary_header("Accept-Encoding")
                start = message  # with the first part it is known whether others follow
                return
            if start is not None:
                headers, body = MutableHeaders(scope=start), message.get("body", b"")
                is_whole = not message.get("more_body") and "content-encoding" not in headers
                if is_whole and is_worth_gzip(scope, body):
                    body = await compressed(body)
                    headers["content-encoding"], headers["content-length"] = "gzip", str(len(body))
                    message = {**message, "body": body}
                begin, start = start, None
                await send(begin)
            await send(message)

        await self._app(scope, receive, send_compressed)
