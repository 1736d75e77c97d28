"""Each request gets an id, a log line and its metrics. No query strings and no bodies: they hold students' data.

The line of a GraphQL request has the operation's name, type and outcome code. A websocket has a line when it opens, one
for each operation, and one when it closes.
"""

import re
import secrets
import time

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph_api.app.health import is_draining
from graph_api.app.metrics import Metrics
from graph_api.app.routes import method_of, route_of
from graph_api.execution.operation_outcomes import Operation
from graph_api.protocol.request_headers import header_of

log = structlog.get_logger("graph_api.request")

HEADER = "X-Request-ID"
HEADER_BYTES = HEADER.lower().encode()
SANE = re.compile(r"[\w.:-]{1,100}")
NO_CODE, ABNORMAL = 1005, 1006
"""What a close without a code counts as, and a connection that ended without a close."""


class RequestLog:
    """Pure ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or one connection."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        given = header_of(scope, HEADER)
        request_id = given if given and SANE.fullmatch(given) else secrets.token_hex(16)
        scope["request_id"] = request_id
        bound = structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            await (self._request if scope["type"] == "http" else self._connection)(scope, receive, send)
        finally:
            structlog.contextvars.reset_contextvars(**bound)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = 500
        of_operation: dict[str, str] = {}

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (HEADER_BYTES, scope["request_id"].encode())]
                if is_draining(scope["app"]):
                    # The next request of this client finds another instance.
                    MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        def on_operation(operation: Operation) -> None:
            self._metrics.operation(operation)
            of_operation.update(operation=operation.name, type=operation.type, code=operation.code)

        scope["on_operation"] = on_operation
        scope["on_fallback"] = self._metrics.fall_back
        started = time.perf_counter()
        try:
            await self._app(scope, receive, send_with_id)
        finally:
            seconds = time.perf_counter() - started
            method, route = method_of(scope), route_of(scope["path"])
            self._metrics.request(method, route, status, seconds)
            log.info("request", method=method, path=route, status=status, milliseconds=shown(seconds), **of_operation)

    async def _connection(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a websocket. One that is refused before it opens counts as a request with the status of its reply."""
        path = route_of(scope["path"])
        opened: float | None = None
        status, code, operations = 403, ABNORMAL, 0

        async def receive_and_note() -> Message:
            nonlocal code
            message = await receive()
            if message["type"] == "websocket.disconnect" and code == ABNORMAL:
                code = message.get("code") or NO_CODE
            return message

        async def send_and_note(message: Message) -> None:
            nonlocal opened, status, code
            if message["type"] == "websocket.accept" and opened is None:
                opened = time.perf_counter()
                self._metrics.open_websocket()
                log.info("websocket opened", path=path)
            elif message["type"] == "websocket.close" and code == ABNORMAL:
                code = message.get("code") or 1000
            elif message["type"] == "websocket.http.response.start":
                status = message["status"]
            await send(message)

        def on_operation(operation: Operation) -> None:
            nonlocal operations
            operations += 1
            self._metrics.operation(operation)
            log.info(
                "operation",
                operation=operation.name,
                type=operation.type,
                code=operation.code,
                milliseconds=shown(operation.seconds),
            )

        scope["on_operation"] = on_operation
        started = time.perf_counter()
        try:
            await self._app(scope, receive_and_note, send_and_note)
        finally:
            seconds = time.perf_counter() - (opened or started)
            if opened is None:
                self._metrics.request(method_of(scope), path, status, seconds)
                log.info("websocket refused", path=path, status=status, milliseconds=shown(seconds))
            else:
                self._metrics.close_websocket(code)
                log.info("websocket closed", path=path, code=code, operations=operations, milliseconds=shown(seconds))


def shown(seconds: float) -> float:
    """Seconds as milliseconds with one decimal.

    >>> shown(0.01234)
    12.3
    """
    return round(seconds * 1e3, 1)
