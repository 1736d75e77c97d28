"""The short way of compiled operations: one middleware in place of ten.

A POST of JSON to `/graphql` by a client that is no web page needs no CORS, no router and no conversion of errors. It is
checked here by the rules of the long way, in their order, and the reply has the same headers. What a rule refuses, and
whatever is unusual, goes the long way, where the refusal is made.
"""

from collections.abc import Collection

from starlette.types import ASGIApp, Receive, Scope, Send

from graph_api.app.authentication import Admission
from graph_api.app.origins import is_named
from graph_api.app.read_your_writes import HEADER as BOOKMARKS
from graph_api.app.read_your_writes import bookmarks_of, text_of
from graph_api.app.tokens import BadToken, Forbidden
from graph_api.domain.failures import RateLimited
from graph_api.protocol.compression import compressed, is_worth_gzip
from graph_api.protocol.http import GraphQLView
from graph_api.protocol.plain_requests import Reply
from graph_api.protocol.request_headers import has_header, header_of

VARY = (b"vary", b"Origin, Accept-Encoding")
VARY_UNCOMPRESSED = (b"vary", b"Origin")


class ShortWay:
    """Pure ASGI middleware."""

    def __init__(
        self, app: ASGIApp, view: GraphQLView, admission: Admission, names: Collection[str], *, compresses: bool
    ) -> None:
        self._app = app
        self._view = view
        self._admission = admission
        self._names = tuple(names)
        self._compresses = compresses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, if it is for here."""
        bookmarks = bookmarks_of(scope) if self._is_usual(scope) else None
        if bookmarks is None or not await self._is_admitted(scope):
            await self._app(scope, receive, send)
            return
        with bookmarks.followed() as seen:
            reply, receive = await self._view.reply_or_rest(scope, receive)
        if reply is None:
            await self._app(scope, receive, send)
            return
        more = [VARY if self._compresses else VARY_UNCOMPRESSED]
        if seen.values:
            more.append((BOOKMARKS.lower().encode(), text_of(seen).encode()))
        await (await self._compressed(scope, reply)).send(send, more)

    def _is_usual(self, scope: Scope) -> bool:
        """Whether a request is a POST to the endpoint, of no web page and under a name of the service."""
        return (
            scope["type"] == "http"
            and scope["path"] == "/graphql"
            and scope["method"] == "POST"
            and not has_header(scope, "origin")
            and not header_of(scope, "content-encoding")
            and is_named(header_of(scope, "host"), self._names)
        )

    async def _is_admitted(self, scope: Scope) -> bool:
        """Whether the caller may send this request; the long way refuses the others."""
        try:
            await self._admission.admit(scope)
        except (BadToken, Forbidden, RateLimited):
            return False
        return True

    async def _compressed(self, scope: Scope, reply: Reply) -> Reply:
        """The reply as it is sent: compressed, if it is worth it and the client accepts that."""
        if not self._compresses or reply.encoding or not is_worth_gzip(scope, reply.body):
            return reply
        return reply._replace(body=await compressed(reply.body), encoding="gzip")
