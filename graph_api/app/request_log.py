"""Each request gets an id, a log line and its metrics. No query strings and no bodies: they hold students' data."""

import re
import time
import uuid

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph_api.app.health import is_draining
from graph_api.app.metrics import Metrics

log = structlog.get_logger("graph_api.request")

HEADER = "X-Request-ID"
SANE = re.compile(r"[\w.:-]{1,100}")
ROUTES = ("/graphql", "/graphiql", "/schema.graphql", "/possible-types.json", "/healthz", "/readyz", "/metrics")


class RequestLog:
    """Pure ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        request_id = given if SANE.fullmatch(given) else uuid.uuid4().hex
        status = 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[HEADER] = request_id
                if is_draining(scope["app"]):
                    headers["Connection"] = "close"  # the next request of this client finds another instance
            await send(message)

        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, send_with_id)
            finally:
                seconds = time.perf_counter() - started
                route = route_of(scope["path"])
                self._metrics.request(scope["method"], route, status, seconds)
                log.info(
                    "request", method=scope["method"], path=route, status=status, milliseconds=round(seconds * 1e3, 1)
                )


def route_of(path: str) -> str:
    """The route a path belongs to: a bounded set of labels, whatever clients ask for.

    >>> route_of("/graphiql/main.js"), route_of("/wp-login.php")
    ('/graphiql', 'other')
    """
    return next((route for route in ROUTES if path == route or path.startswith(route + "/")), "other")
