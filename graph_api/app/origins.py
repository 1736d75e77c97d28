"""Which web pages may speak to the service: its own, and those of the origins that are set.

Browsers tell where a page is from (`Origin`), other clients say nothing. Without this a page that somebody visits could
open a websocket to a service on their own machine, which CORS does not hinder.
"""

from collections.abc import Collection
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

log = structlog.get_logger(__name__)


class Origins:
    """Pure ASGI middleware that refuses pages of others with 403."""

    def __init__(self, app: ASGIApp, allowed: Collection[str]) -> None:
        self._app = app
        self._allowed = frozenset(allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or one connection."""
        if scope["type"] not in {"http", "websocket"} or self._may_ask(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        log.info("refused", status=403, reason="origin")
        refusal = (
            WebSocketClose()
            if scope["type"] == "websocket"
            else PlainTextResponse("the Origin of this page is not among GRAPH_API_ORIGINS", 403)
        )
        await refusal(scope, receive, send)

    def _may_ask(self, headers: Headers) -> bool:
        origin = headers.get("origin")
        return origin is None or origin in self._allowed or urlsplit(origin).netloc == headers.get("host")
