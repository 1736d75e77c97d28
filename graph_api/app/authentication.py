"""Authentication: requests for anything but GraphiQL, health and metrics need a token, where tokens are required.

The page of GraphiQL needs none: it shows no data.
"""

from collections.abc import Collection, Mapping

import structlog
from starlette.datastructures import QueryParams
from starlette.types import ASGIApp, Receive, Scope, Send

from graph_api.app.rate_limits import RateLimits
from graph_api.app.tokens import Authenticator, BadToken, Forbidden
from graph_api.domain.failures import RateLimited
from graph_api.domain.principals import WITHOUT_AUTHENTICATION, Principal
from graph_api.execution.retry_after import whole_seconds
from graph_api.protocol.http import ASKS
from graph_api.protocol.http_errors import ErrorResponse
from graph_api.protocol.request_headers import header_of

log = structlog.get_logger(__name__)

BEARER = "bearer "


class Admission:
    """Who may send requests, and how many."""

    def __init__(self, authenticator: Authenticator | None, rate_limits: RateLimits) -> None:
        self._authenticator = authenticator
        self.take = rate_limits.take

    async def admit(self, scope: Scope) -> None:
        """Leave the principal of a request in the scope, and count the request; once, whatever path it takes.

        Raises:
            BadToken, Forbidden: see `Authenticator.principal`.
            RateLimited: there were too many.
        """
        if "principal" not in scope:
            principal = await self.authenticate(header_of(scope, "authorization"))
            self.take(principal)
            scope["principal"] = principal

    async def authenticate(self, authorization: str) -> Principal:
        """Who sent this header, or this field of a `connection_init`.

        Raises:
            BadToken, Forbidden: see `Authenticator.principal`.
        """
        if self._authenticator is None:
            return WITHOUT_AUTHENTICATION
        if not authorization.lower().startswith(BEARER):
            raise BadToken("send a token: Authorization: Bearer …")
        return await self._authenticator.principal(authorization[len(BEARER) :].strip())


class Authentication:
    """Pure ASGI middleware. It leaves the principal in the scope, or answers 401, 403 or 429 itself."""

    def __init__(
        self, app: ASGIApp, admission: Admission, paths: Collection[str] = ("/graphql",), folders: Collection[str] = ()
    ) -> None:
        self._app = app
        self._paths = frozenset(paths)
        self._folders = tuple(folders)
        self._admission = admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or one connection."""
        scope["authenticate"] = self._admission.authenticate
        scope["take"] = self._admission.take
        if scope["type"] == "http" and self._is_guarded(scope["path"]) and not _is_page(scope):
            try:
                await self._admission.admit(scope)
            except BadToken as fault:
                await _refuse(401, "UNAUTHENTICATED", fault, {"WWW-Authenticate": "Bearer"})(scope, receive, send)
                return
            except Forbidden as fault:
                await _refuse(403, "FORBIDDEN", fault)(scope, receive, send)
                return
            except RateLimited as fault:
                wait = {"Retry-After": whole_seconds(fault.retry_after)}
                await _refuse(429, fault.code, fault, wait)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _is_guarded(self, path: str) -> bool:
        """Whether a path is one that needs a principal, or is in a folder of such."""
        return path in self._paths or path.startswith(self._folders)


def _is_page(scope: Scope) -> bool:
    """Whether a browser requests GraphiQL, which has no personal data."""
    return (
        scope["path"] == "/graphql" and scope["method"] == "GET" and ASKS.isdisjoint(QueryParams(scope["query_string"]))
    )


def _refuse(status: int, code: str, fault: Exception, headers: Mapping[str, str] | None = None) -> ErrorResponse:
    log.info("refused", status=status, reason=str(fault))
    return ErrorResponse(status, str(fault), code, headers=headers)
