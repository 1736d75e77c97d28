"""HTTP before there is a request that the application could serve: what uvicorn answers, and the limits of a head.

A head is the request line and the headers. uvicorn parses it as it comes, and has no limit of its own.
"""

import asyncio  # noqa: TC003 - mypy and readers find it at the top
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from graph_api.protocol.http_errors import JSON, error_body

HEAD_BYTES = 65_536
"""Bytes that a request line and its headers may have together."""
LINE_END = b"\n"
LINGER_SECONDS = 1.0
LINGER_BYTES = 262_144
"""How long, and for how much, a refused client may go on sending. Closed at once, it could not read why."""


class HttpProtocol(HttpToolsProtocol):
    """uvicorn's HTTP, whose heads are bounded in bytes and seconds, and whose refusals are errors like all others."""

    head_seconds = 10.0
    """Seconds that a head may take, from the connection or from its first byte on a connection that stays open."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as uvicorn's
        super().__init__(*args, **kwargs)
        self._head_bytes = 0
        self._has_line = False
        self._in_head = True
        self._deadline: asyncio.TimerHandle | None = None
        self._lingering: asyncio.TimerHandle | None = None
        self._discarded = 0

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 - as uvicorn's
        """Wait for the first head."""
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        if self._lingering is not None:
            self._lingering.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse at most what a head may still have, before what follows is looked at."""
        while data and not self.transport.is_closing():
            if self._lingering is not None:
                self._discard(data)
                return
            if not self._in_head:
                # A body, or what follows one: its parts are bounded elsewhere, a next head from its beginning on.
                piece, data = data[:HEAD_BYTES], data[HEAD_BYTES:]
            else:
                if self._deadline is None:
                    self._expect_head()
                room = HEAD_BYTES - self._head_bytes
                if room <= 0:
                    self._refuse_head()
                    return
                piece, data = data[:room], data[room:]
                self._has_line = self._has_line or LINE_END in piece
                self._head_bytes += len(piece)
            super().data_received(piece)
            if self.transport.get_protocol() is not self:  # a websocket has it now
                if data:
                    self.transport.get_protocol().data_received(data)  # type: ignore[attr-defined]
                return

    def on_message_begin(self) -> None:
        """Count a head from here; a pipelined one as well."""
        self._in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Leave the body to the application, which has its own limits."""
        self._stop_waiting()
        self._in_head, self._head_bytes, self._has_line = False, 0, False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Expect a next head, while the connection stays open."""
        super().on_message_complete()
        self._in_head = True

    def send_400_response(self, msg: str) -> None:
        """Reject input that is not HTTP, and close the connection."""
        self._refuse(HTTPStatus.BAD_REQUEST, msg)

    @classmethod
    def within(cls, head_seconds: float) -> type["HttpProtocol"]:
        """The protocol with another limit of seconds."""
        return type(cls.__name__, (cls,), {"head_seconds": head_seconds})

    def _expect_head(self) -> None:
        self._deadline = self.loop.call_later(self.head_seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        if not self._head_bytes:
            self.transport.close()  # nothing was sent: nothing to answer
        elif not self.transport.is_closing():
            message = f"the request line and headers must come within {self.head_seconds:g} s"
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, message)

    def _refuse_head(self) -> None:
        if self._has_line:
            message = f"the request line and headers must have at most {HEAD_BYTES} bytes"
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, message)
        else:
            self._refuse(HTTPStatus.REQUEST_URI_TOO_LONG, f"the request line must have at most {HEAD_BYTES} bytes")

    def _refuse(self, status: HTTPStatus, message: str) -> None:
        self._stop_waiting()
        cycle: Any = self.cycle
        if cycle is not None and not cycle.response_complete:
            self.transport.close()  # a reply to an earlier request is under way: another would be taken for it
            return
        body = error_body(status, message)
        head = (
            f"HTTP/1.1 {status.value} {status.phrase}",
            f"content-type: {JSON}",
            f"content-length: {len(body)}",
            "connection: close",
        )
        self.transport.write("\r\n".join((*head, "", "")).encode() + body)
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._lingering = self.loop.call_later(LINGER_SECONDS, self.transport.close)

    def _discard(self, data: bytes) -> None:
        self._discarded += len(data)
        if self._discarded > LINGER_BYTES:
            self.transport.close()
