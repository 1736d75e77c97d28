"""The writer's end: the one intake of an engine, for the other processes of the service (ADR 27).

A message is `[number, answers, atomic, bookmarks, trace]` for a call, or `[number, student]` for a wait until the
answers of a student are settled. The reply is `[number, outcomes, failure, error, bookmarks]`: the outcomes, or the
failure of the whole call, or the error that a bug raised; `[number]` for a wait. The writer begins with `[0]`.
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, TypeVar

import structlog

from graph_api.domain.failures import Failure
from graph_api.store.bookmarks import Bookmarks
from graph_api.store.tracing import NO_TRACING, Tracer
from graph_api.usecases.answers.answer_wire import (
    answer_from,
    decode,
    encode,
    plain_failure,
    plain_outcome,
)
from graph_api.usecases.answers.frames import Frames
from graph_api.usecases.answers.intake import SLICE, Intake

A = TypeVar("A")
B = TypeVar("B")

log = structlog.get_logger(__name__)

READY = 0
"""The number of the message of a writer that is ready; those of calls begin with 1."""


class IntakeServer:
    """Takes the answers of other processes for an intake."""

    def __init__(self, intake: Intake, tracer: Tracer = NO_TRACING) -> None:
        self._intake = intake
        self._tracer = tracer
        self._connections: set[Frames] = set()
        self._calls: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def listening(self, listener: socket.socket) -> AsyncIterator[None]:
        """A block in which it serves a socket. It ends when the calls that it took are answered."""
        server = await asyncio.get_running_loop().create_unix_server(
            lambda: Frames(self._take, self._greet), sock=listener
        )
        try:
            yield
        finally:
            server.close()
            if self._calls:
                await asyncio.wait(self._calls)
            for connection in list(self._connections):
                connection.close()

    async def abandoned(self) -> None:
        """Wait until no other process is connected."""
        while self._connections:
            await asyncio.wait([each.closed for each in self._connections])

    def _greet(self, connection: Frames) -> None:
        self._connections.add(connection)
        connection.closed.add_done_callback(lambda _: self._connections.discard(connection))
        connection.send(encode(READY))

    def _take(self, connection: Frames, message: bytes) -> None:
        call = asyncio.create_task(self._answer(connection, message), name="call of the intake")
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)

    async def _answer(self, connection: Frames, message: bytes) -> None:
        """Serve one call; the connection may be gone when it ends, and the answers are recorded nevertheless."""
        number, *call = decode(message)
        if len(call) == 1:
            await self._intake.settle(call[0])
            connection.send(encode(number))
            return
        answers, atomic, bookmarks, trace = call
        outcomes: Any = None
        failure = error = None
        with Bookmarks(bookmarks).followed() as seen:
            try:
                received = await in_slices(answer_from, answers)
                with self._tracer.joined(trace):
                    outcomes = await self._intake.enqueue(received, atomic=atomic)
                outcomes = await in_slices(plain_outcome, outcomes)
            except Failure as raised:
                failure = plain_failure(raised)
            except Exception as raised:
                log.exception("answers were not recorded")
                error = repr(raised)
        connection.send(encode(number, outcomes, failure, error, list(seen.values)))


async def in_slices(function: Callable[[A], B], items: Sequence[A]) -> list[B]:
    """The results for all items. Others have the event loop in between where there are many."""
    results: list[B] = []
    for start in range(0, len(items), SLICE):
        if start:
            await asyncio.sleep(0)
        results += map(function, items[start : start + SLICE])
    return results
