"""Read your writes on a cluster: a reply names what it saw, and the next request may bring that along.

A client that sends back the header `Graph-Api-Bookmarks` of its last reply reads at least what that reply saw,
whichever instance and whichever database server it reaches. Without the header nothing is promised or waited for.
"""

import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph_api.protocol.http_errors import ErrorResponse
from graph_api.protocol.request_headers import header_of
from graph_api.store.bookmarks import Bookmarks

HEADER = "Graph-Api-Bookmarks"
SANE = re.compile(r"[\w:.+/=-]{1,500}(,[\w:.+/=-]{1,500}){0,19}")


class ReadYourWrites:
    """Pure ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"] != "/graphql":
            await self._app(scope, receive, send)
            return
        bookmarks = bookmarks_of(scope)
        if bookmarks is None:
            rule = f"{HEADER}: must be as a reply of this service gave it, at most 20 bookmarks"
            await ErrorResponse(400, rule)(scope, receive, send)
            return
        with bookmarks.followed() as seen:

            async def send_with_bookmarks(message: Message) -> None:
                if message["type"] == "http.response.start" and seen.values:
                    MutableHeaders(scope=message)[HEADER] = text_of(seen)
                await send(message)

            await self._app(scope, receive, send_with_bookmarks)


def bookmarks_of(scope: Scope) -> Bookmarks | None:
    """The bookmarks that a request brings; None if they are invalid."""
    given = header_of(scope, HEADER)
    if given and not SANE.fullmatch(given):
        return None
    return Bookmarks(given.split(",") if given else ())


def text_of(bookmarks: Bookmarks) -> str:
    """Bookmarks as the header has them."""
    return ",".join(sorted(bookmarks.values))
