"""Which web pages may call the service: its own, and those of `GRAPH_API_ORIGINS`. Checked here and nowhere else.

Browsers say where a page is from (`Origin`), other clients say nothing. Without this check a page could open a
websocket to a service on its visitor's own machine, which CORS does not prevent.

A page of another origin is refused before anything of its request is read. It may read the refusal, which says what to
configure, and nothing else: its preflight requests are answered, so that browsers send the request that is refused.
"""

from collections.abc import Collection

import structlog
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from strawberry.http.websocket_origin import is_same_origin

from graph_api.domain.failures import shown
from graph_api.schema.http_errors import ErrorResponse, refuse

log = structlog.get_logger(__name__)

CODE = "ORIGIN_NOT_ALLOWED"
ALLOWED = "origin_allowed"
"""The key of the scope that says that this check was passed."""


class Origins:
    """Pure ASGI middleware that refuses pages of other origins with 403."""

    def __init__(self, app: ASGIApp, allowed: Collection[str]) -> None:
        self._app = app
        self._allowed = frozenset(allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or one connection."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if origin is None or origin in self._allowed or is_same_origin(origin, headers.get("host")):
            scope[ALLOWED] = True
            await self._app(scope, receive, send)
            return
        log.warning("refused", status=403, reason="origin", origin=shown(origin), setting="GRAPH_API_ORIGINS")
        if scope["type"] == "http" and scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await _answer_preflight(headers, origin)(scope, receive, send)
        else:
            await refuse(_refusal(origin), scope, receive, send)


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
