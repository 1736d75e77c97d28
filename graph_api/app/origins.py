"""Which web pages may call the service: its own, and those of `GRAPH_API_ORIGINS`. Checked here and nowhere else.

Browsers send the origin of a page (`Origin`), other clients do not. Without this check a page could open a
websocket to a service on its visitor's own machine, which CORS does not prevent.

A page of another origin is refused before anything of its request is read. It may read the refusal, which names the
setting, and nothing else: its preflight requests are answered, so that browsers send the request that is refused.
"""

import re
from collections.abc import Collection
from functools import lru_cache

import structlog
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from strawberry.http.websocket_origin import is_same_origin

from graph_api.domain.failures import shown
from graph_api.protocol.http_errors import ErrorResponse, refuse
from graph_api.protocol.request_headers import header_of

log = structlog.get_logger(__name__)

CODE = "ORIGIN_NOT_ALLOWED"
PROBES = ("/healthz", "/readyz")
"""What balancers and containers request by address. They have no personal data."""
MOST_HOSTS = 100
"""Host headers of which it is known whether they have a name of the service: each request has one."""
ALLOWED = "origin_allowed"
"""The key of the scope that is true once this check has passed."""


class Origins:
    """Pure ASGI middleware that refuses pages of other origins with 403."""

    def __init__(self, app: ASGIApp, allowed: Collection[str], names: Collection[str]) -> None:
        self._app = app
        self._allowed = frozenset(allowed)
        self._names = tuple(names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or one connection."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        host = headers.get("host", "")
        own = origin is not None and is_same_origin(origin, host) and is_named(host, self._names)
        if origin is None or origin in self._allowed or own:
            scope[ALLOWED] = True
            await self._app(scope, receive, send)
            return
        log.warning("refused", status=403, reason="origin", origin=shown(origin), setting="GRAPH_API_ORIGINS")
        if scope["type"] == "http" and scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await _answer_preflight(headers, origin)(scope, receive, send)
        else:
            await refuse(_refusal(origin), scope, receive, send)


class Hosts:
    """Pure ASGI middleware that refuses requests under other host names with 400; probes may use any."""

    def __init__(self, app: ASGIApp, names: Collection[str]) -> None:
        self._app = app
        self._names = tuple(names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or one connection."""
        if scope["type"] in {"http", "websocket"} and scope["path"] not in PROBES:
            host = header_of(scope, "host")
            if not is_named(host, self._names):
                log.warning("refused", status=400, reason="host", host=shown(host), setting="GRAPH_API_HOSTS")
                message = f"Host: must be a name of this machine or one of GRAPH_API_HOSTS, got {shown(host)!r}"
                await refuse(ErrorResponse(400, message, "HOST_NOT_ALLOWED"), scope, receive, send)
                return
        await self._app(scope, receive, send)


@lru_cache(MOST_HOSTS)
def is_named(host: str, names: tuple[str, ...]) -> bool:
    """Whether a Host header has one of the names, with any port; `*.example` is any name below `example`.

    >>> names = ("localhost", "[::1]", "*.example")
    >>> [is_named(host, names) for host in ("LOCALHOST:8000", "[::1]:80", "a.example", "example", "evil.test", "")]
    [True, True, True, False, False, False]
    """
    name = re.sub(r":[0-9]*$", "", host.lower()).removesuffix(".")
    return any(each in {"*", name} or (each.startswith("*.") and name.endswith(each[1:])) for each in names)


def _refusal(origin: str) -> ErrorResponse:
    message = f"Origin: must be the service's own or one of GRAPH_API_ORIGINS, got {shown(origin)!r}"
    return ErrorResponse(403, message, CODE, headers=_readable(origin))


def _answer_preflight(headers: Headers, origin: str) -> Response:
    allowed = {
        "Access-Control-Allow-Methods": "GET, POST",
        "Access-Control-Allow-Headers": headers.get("access-control-request-headers", ""),
        "Access-Control-Max-Age": "0",  # the setting may change
    }
    return Response(status_code=204, headers=_readable(origin) | allowed)


def _readable(origin: str) -> dict[str, str]:
    """What lets a page read this one reply. Without credentials: nothing of a browser's own comes with its requests."""
    return {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}
