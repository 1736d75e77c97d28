"""Preflight requests of allowed origins: starlette's CORS, whose refusals name the header, the rule and the setting."""

import structlog
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response

from graph_api.domain.failures import shown
from graph_api.protocol.http_errors import ErrorResponse

log = structlog.get_logger(__name__)

SETTING = "GRAPH_API_CORS_HEADERS"


class Cors(CORSMiddleware):
    """starlette's middleware. What it refuses is the same; only the text of a refusal differs."""

    def preflight_response(self, request_headers: Headers) -> Response:
        """The reply to a preflight request."""
        reply = super().preflight_response(request_headers)
        if reply.status_code < 400:  # noqa: PLR2004 - HTTP's errors
            return reply
        headers = {name: value for name, value in reply.headers.items() if not name.startswith("content-")}
        return ErrorResponse(reply.status_code, self._refusal(request_headers), headers=headers)

    def _refusal(self, request_headers: Headers) -> str:
        """What is wrong with a preflight request."""
        origin = request_headers["origin"]
        if not self.is_allowed_origin(origin):  # the service's own, which needs no preflight
            return f"Origin: must be one of GRAPH_API_ORIGINS for a preflight request, got {shown(origin)!r}"
        method = request_headers["access-control-request-method"]
        if method not in self.allow_methods:
            log.warning("refused", status=400, reason="method", method=shown(method))
            return f"Access-Control-Request-Method: must be {' or '.join(self.allow_methods)}, got {shown(method)!r}"
        names = [each.strip() for each in request_headers.get("access-control-request-headers", "").split(",")]
        refused = shown(", ".join(each for each in names if each.lower() not in self.allow_headers))
        log.warning("refused", status=400, reason="header", header=refused, setting=SETTING)
        allowed = ", ".join(self.allow_headers)
        return (
            f"Access-Control-Request-Headers: must be headers that are allowed, got {refused!r}; add them to "
            f"{SETTING}, or do not send them. Allowed are {allowed}"
        )
