"""A TCP proxy between the service and its database, for faults of the network."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Self

CHUNK = 65_536
COMMIT = b"\x00\x02\xb0\x12\x00\x00"
"""How a client of Bolt commits."""


class Proxy:
    """Forwards connections to a Bolt port. Faults apply to the connections that are open and to those to come."""

    def __init__(self, host: str, port: int) -> None:
        self._target = host, port
        self._open: set[asyncio.StreamWriter] = set()
        self._pumps: set[asyncio.Task[None]] = set()
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._refusing = False
        self._seconds = 0.0
        self._losing_commit = False
        self.lost_commits = 0
        """How often the reply to a commit was lost."""
        self.flights = 0
        """How many pieces clients sent: the round trips, if one client waits for each reply."""

    @property
    def uri(self) -> str:
        """Where the service finds it."""
        return f"bolt://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.reset()
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    @property
    def connections(self) -> int:
        """How many clients are connected."""
        return len(self._open) // 2

    def reset(self) -> None:
        """Break every connection; new ones are taken."""
        for writer in self._open:
            writer.transport.abort()
        self._open.clear()

    def cut(self) -> None:
        """Break every connection, and every new one."""
        self._refusing = True
        self.reset()

    def stall(self) -> None:
        """Take everything and forward nothing, like a network that swallows packets."""
        self._flowing.clear()

    def delay(self, seconds: float) -> None:
        """Forward each piece so much later."""
        self._seconds = seconds

    def lose_next_commit(self) -> None:
        """Let the next commit through, and cut the network in place of the reply."""
        self._losing_commit = True

    def restore(self) -> None:
        """Be a good network again."""
        self._refusing = self._losing_commit = False
        self._seconds = 0.0
        self._flowing.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refusing:
            writer.transport.abort()
            return
        try:
            there_reader, there_writer = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, there_writer}
        for source, sink in ((reader, there_writer), (there_reader, writer)):
            pump = asyncio.create_task(self._pump(source, sink, back=writer))
            self._pumps.add(pump)
            pump.add_done_callback(self._pumps.discard)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, back: asyncio.StreamWriter) -> None:
        """Forward one direction; `back` is the way to the service."""
        with contextlib.suppress(OSError):
            while data := await source.read(CHUNK):
                self.flights += sink is not back
                await asyncio.sleep(self._seconds)
                await self._flowing.wait()
                if self._losing_commit and sink is back and self._committing:
                    self.lost_commits += 1
                    self._losing_commit = False
                    self.cut()
                    return
                self._committing = sink is not back and COMMIT in data
                await self.forward(data, sink, back)
        with contextlib.suppress(OSError):
            sink.close()
        self._open.discard(sink)

    async def forward(self, data: bytes, sink: asyncio.StreamWriter, back: asyncio.StreamWriter) -> None:
        """Forward a piece as it is; `back` is the way to the service."""
        sink.write(data)
        await sink.drain()

    _committing = False


@contextlib.asynccontextmanager
async def proxied(uri: str) -> AsyncIterator[Proxy]:
    """A proxy in front of a database's Bolt port."""
    host, port = uri.rsplit("/", 1)[1].split(":")
    async with Proxy(host, int(port)) as proxy:
        yield proxy
