"""Who asks? Every request to `/graphql` but the page of GraphiQL has to bring a token, where tokens are asked for."""

import structlog
from starlette.datastructures import Headers, QueryParams
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from graph_api.app.tokens import Authenticator, BadToken, Forbidden
from graph_api.domain.principals import NOBODY_ASKED, Principal

log = structlog.get_logger(__name__)

BEARER = "bearer "


class Authentication:
    """Pure ASGI middleware. It leaves the principal in the scope, or answers 401 or 403 itself."""

    def __init__(self, app: ASGIApp, authenticator: Authenticator | None) -> None:
        self._app = app
        self._authenticator = authenticator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or one connection."""
        scope["authenticate"] = self.authenticate
        if scope["type"] == "http" and scope["path"] == "/graphql" and not _is_page(scope):
            try:
                scope["principal"] = await self.authenticate(Headers(scope=scope).get("authorization", ""))
            except BadToken as fault:
                await _refuse(401, "UNAUTHENTICATED", fault)(scope, receive, send)
                return
            except Forbidden as fault:
                await _refuse(403, "FORBIDDEN", fault)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def authenticate(self, authorization: str) -> Principal:
        """Who sent this header, or this field of a `connection_init`.

        Raises:
            BadToken, Forbidden: see `Authenticator.principal`.
        """
        if self._authenticator is None:
            return NOBODY_ASKED
        if not authorization.lower().startswith(BEARER):
            raise BadToken("send a token: Authorization: Bearer …")
        return await self._authenticator.principal(authorization[len(BEARER) :].strip())


def _is_page(scope: Scope) -> bool:
    """Whether a browser asks for GraphiQL, which shows nothing of anybody."""
    return scope["method"] == "GET" and "query" not in QueryParams(scope["query_string"])


def _refuse(status: int, code: str, fault: Exception) -> JSONResponse:
    body = {"errors": [{"message": str(fault), "extensions": {"code": code}}]}
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}  # noqa: PLR2004 - the one that asks
    log.info("refused", status=status, reason=str(fault))
    return JSONResponse(body, status_code=status, headers=headers)
