"""Errors at the HTTP level, in the shape of GraphQL: each reply of 400 or above is made or rewritten here.

The body is `{"errors": [{"message": …, "extensions": {"code": …}}]}`, as for every other error, so that a client needs
one way to read them. The media type is `application/graphql-response+json` if the client accepts that one.
"""

import uuid
from collections.abc import Mapping
from http import HTTPStatus

import orjson
import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from graph_api.protocol.request_headers import header_of

log = structlog.get_logger(__name__)

JSON, GRAPHQL_JSON = "application/json", "application/graphql-response+json"
MESSAGE_LENGTH = 500
"""Characters of a library's text that a reply repeats."""

CODES: Mapping[int, str] = {
    400: "BAD_REQUEST",
    401: "UNAUTHENTICATED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    408: "REQUEST_TIMEOUT",
    413: "BODY_TOO_LARGE",
    414: "URI_TOO_LONG",
    415: "UNSUPPORTED_MEDIA_TYPE",
    429: "RATE_LIMITED",
    431: "HEADERS_TOO_LARGE",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}
"""The code of a status, where the error has none of its own."""


def error_body(status: int, message: str, code: str | None = None, **extensions: object) -> bytes:
    """The body of an error.

    >>> error_body(404, "GET /nothing: not found").decode()
    '{"errors":[{"message":"GET /nothing: not found","extensions":{"code":"NOT_FOUND"}}]}'
    """
    known = code or CODES.get(status) or HTTPStatus(status).name
    return orjson.dumps({"errors": [{"message": message, "extensions": {"code": known, **extensions}}]})


class ErrorResponse(Response):
    """An error as the reply to a request, or to the handshake of a websocket."""

    def __init__(
        self,
        status: int,
        message: str,
        code: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        **extensions: object,
    ) -> None:
        body = error_body(status, message, code, **extensions)
        super().__init__(body, status, {"cache-control": "no-store", **(headers or {})}, JSON)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, in the media type that the client accepts."""
        self.headers["content-type"] = media_type(scope)
        await super().__call__(scope, receive, send)


class ErrorsAsJson:
    """Pure ASGI middleware that rewrites errors which libraries send as text, and answers 500 for what went wrong."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or one connection."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        rewritten: Message | None = None
        text = bytearray()
        started = False

        async def send_as_json(message: Message) -> None:
            nonlocal rewritten, started
            started = True
            if message["type"].endswith("http.response.start"):
                if message["status"] >= HTTPStatus.BAD_REQUEST and not is_json(message):
                    rewritten = message
                    return
            elif rewritten is not None and message["type"].endswith("http.response.body"):
                text.extend(message.get("body", b""))
                if message.get("more_body"):
                    return
                body = error_body(rewritten["status"], reason(scope, rewritten["status"], bytes(text)))
                headers = MutableHeaders(scope=rewritten)
                headers["content-type"], headers["content-length"] = media_type(scope), str(len(body))
                await send(rewritten)
                message = {"type": message["type"], "body": body}
            await send(message)

        try:
            await self._app(scope, receive, send_as_json)
        except Exception as fault:
            if started or scope["type"] == "websocket":
                raise
            fault_id, message = masked(fault)
            await ErrorResponse(HTTPStatus.INTERNAL_SERVER_ERROR, message, id=fault_id)(scope, receive, send)


async def refuse(response: ErrorResponse, scope: Scope, receive: Receive, send: Send) -> None:
    """Send an error; to a handshake as its reply, where the server can, else by closing it."""
    replies = scope["type"] == "http" or "websocket.http.response" in (scope.get("extensions") or {})
    await (response if replies else WebSocketClose())(scope, receive, send)


def masked(fault: BaseException, **where: object) -> tuple[str, str]:
    """Log what went wrong; returns the id in the log, and the message that clients see in its place."""
    fault_id = uuid.uuid4().hex
    log.error("fault", fault_id=fault_id, exc_info=fault, **where)
    return fault_id, f"Something went wrong here. It is logged as {fault_id}."


def is_json(message: Message) -> bool:
    """Whether the media type of a reply is JSON."""
    return Headers(raw=message["headers"]).get("content-type", "").partition(";")[0].strip().endswith("json")


def media_type(scope: Scope) -> str:
    """The media type of an error, with its encoding."""
    return f"{media_type_of(scope)}; charset=utf-8"


def media_type_of(scope: Scope) -> str:
    """The media type of a reply, by what the client accepts."""
    return GRAPHQL_JSON if GRAPHQL_JSON in header_of(scope, "accept") else JSON


def reason(scope: Scope, status: int, text: bytes) -> str:
    """The message of an error that a library made: its text, or the request where that is only the status."""
    message = text.decode("utf-8", "replace").strip()[:MESSAGE_LENGTH]
    phrase = HTTPStatus(status).phrase
    if message.casefold() in {"", phrase.casefold()}:
        return f"{scope.get('method', 'GET')} {scope['path'][:MESSAGE_LENGTH]}: {phrase.lower()}"
    return message
