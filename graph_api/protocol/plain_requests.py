"""Requests of one operation in the usual form: a POST of JSON, which is read once.

All others take strawberry's path, untouched.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson
from graphql import GraphQLError
from starlette.types import Message, Receive, Scope, Send

from graph_api.execution.trusted_documents import Documents, document_named, with_document_id
from graph_api.protocol.cost_header import COST_HEADER, shows_cost
from graph_api.protocol.http_errors import JSON
from graph_api.protocol.json_bodies import values_in
from graph_api.protocol.request_headers import header_of

ENVELOPE = frozenset({"query", "variables", "operationName", "extensions", "documentId"})
EXTENSIONS = frozenset({"persistedQuery", "documentId"})
MEDIA_TYPES = frozenset({JSON, f"{JSON}; charset=utf-8", f"{JSON};charset=utf-8"})
MOST_BYTES = 1_000_000
"""Bytes of a body that is read here; larger ones are read on the usual path."""


class BodyLimits(NamedTuple):
    """The limits of bodies."""

    size: int
    values: int


class PlainRequest(NamedTuple):
    """A request of one operation: its document or the one that it names, and what comes with it."""

    text: str
    operation_name: str | None
    variables: dict[str, Any] | None


class Reply(NamedTuple):
    """The reply to one operation."""

    body: bytes
    status: int = 200
    media_type: str = JSON
    encoding: str | None = None
    etag: str | None = None
    retry_after: str | None = None

    async def send(self, send: Send, more: Iterable[tuple[bytes, bytes]] = ()) -> None:
        """Send it, with more headers."""
        headers = [
            (b"content-length", b"%d" % len(self.body)),
            (b"content-type", f"{self.media_type}; charset=utf-8".encode()),
            (b"cache-control", b"no-store"),  # it has personal data
            *more,
        ]
        if self.encoding:
            headers.append((b"content-encoding", self.encoding.encode()))
        if self.retry_after:
            headers.append((b"retry-after", self.retry_after.encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


async def read_plain(
    scope: Scope, receive: Receive, limits: BodyLimits, documents: Documents | None
) -> tuple[PlainRequest | None, Receive]:
    """The request, None if it has another form; and where the usual path receives it from."""
    length = header_of(scope, "content-length")
    if (
        scope["method"] != "POST"
        or header_of(scope, "content-type").lower() not in MEDIA_TYPES
        or not length.isdigit()
        or int(length) > min(limits.size, MOST_BYTES)
        or scope["query_string"]
        or shows_cost(header_of(scope, COST_HEADER))
    ):
        return None, receive
    messages: list[Message] = []
    body = await _read(receive, messages)
    plain = None if body is None or values_in(body) > limits.values else plain_request(body, documents)
    return plain, _again(messages, receive)


def plain_request(body: bytes, documents: Documents | None) -> PlainRequest | None:
    """The request in a body; None if it is not one operation in the usual form.

    >>> plain_request(b'{"query": "{ a }", "variables": null}', None)
    PlainRequest(text='{ a }', operation_name=None, variables=None)
    >>> plain_request(b'[{"query": "{ a }"}]', None), plain_request(b'{"query": "{ a }", "variables": 1}', None)
    (None, None)
    """
    try:
        sent: Any = with_document_id(orjson.loads(body))
        if type(sent) is not dict or not ENVELOPE.issuperset(sent):
            return None
        text, extensions = sent.get("query"), sent.get("extensions")
        if extensions is not None and (type(extensions) is not dict or not EXTENSIONS.issuperset(extensions)):
            return None
        if text is None or text == "":
            text = document_named(documents, extensions)
    except (orjson.JSONDecodeError, GraphQLError):
        return None
    name, variables = sent.get("operationName"), sent.get("variables")
    if not isinstance(text, str) or not isinstance(name, str | None) or not isinstance(variables, dict | None):
        return None
    return None if name == "" else PlainRequest(text, name, variables)


async def _read(receive: Receive, messages: list[Message]) -> bytes | None:
    """The body of a request, None if the client went away; its messages are kept, for the usual path."""
    pieces: list[bytes] = []
    while True:
        message = await receive()
        messages.append(message)
        if message["type"] != "http.request":
            return None
        pieces.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(pieces)


def _again(messages: list[Message], receive: Receive) -> Receive:
    """Messages that were received, then those that follow."""

    async def again() -> Message:
        return messages.pop(0) if messages else await receive()

    return again
