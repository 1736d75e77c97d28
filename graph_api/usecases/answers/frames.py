"""Messages over a stream: each is preceded by its length, in four bytes."""

import asyncio
from collections.abc import Callable
from typing import cast

HEAD = 4
OnMessage = Callable[["Frames", bytes], None]


class Frames(asyncio.Protocol):
    """One end of a connection.

    Messages that are sent in one turn of the event loop leave in one write, and those of one read arrive in one turn.
    """

    def __init__(self, on_message: OnMessage, on_open: Callable[["Frames"], None] = lambda _frames: None) -> None:
        self._on_message = on_message
        self._on_open = on_open
        self._received = bytearray()
        self._outgoing: list[bytes] = []
        self._transport: asyncio.Transport | None = None
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done when the connection is."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)
        self._on_open(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - however it ended
        """End."""
        if not self.closed.done():
            self.closed.set_result(None)

    def data_received(self, data: bytes) -> None:
        """Hand on the messages that are complete."""
        self._received += data
        start = 0
        while len(self._received) >= start + HEAD:
            end = start + HEAD + int.from_bytes(self._received[start : start + HEAD])
            if len(self._received) < end:
                break
            self._on_message(self, bytes(memoryview(self._received)[start + HEAD : end]))
            start = end
        del self._received[:start]

    def send(self, message: bytes) -> None:
        """Send a message; nothing happens if the connection is closed."""
        if not self._outgoing:
            asyncio.get_running_loop().call_soon(self._flush)
        self._outgoing += (len(message).to_bytes(HEAD), message)

    def close(self) -> None:
        """Send what is left, and close."""
        self._flush()
        if self._transport is not None:
            self._transport.close()

    def _flush(self) -> None:
        if self._outgoing and self._transport is not None and not self.closed.done():
            self._transport.write(b"".join(self._outgoing))
        self._outgoing.clear()
