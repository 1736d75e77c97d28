"""A worker's end: it receives answers, and the writer of the service records them (ADR 27).

A call waits for its reply and is sent again when the connection breaks, with the same ids and times. So an answer that
the writer had recorded before it died is not counted twice, and is no duplicate.
"""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Self

import structlog

from graph_api.domain.answers.answers import Answer
from graph_api.domain.failures import Unavailable
from graph_api.store.bookmarks import Bookmarks, followed
from graph_api.store.tracing import NO_TRACING, Tracer
from graph_api.usecases.answers.answer_batch import Outcome
from graph_api.usecases.answers.answer_intake import ANSWERS, RETRY_AFTER, RETRY_PAUSE, OnBatch
from graph_api.usecases.answers.answer_wire import decode, encode, failure_from, outcome_from, plain_answer
from graph_api.usecases.answers.frames import Frames
from graph_api.usecases.answers.intake import DEFAULT_LIMITS, Clock, Intake, IntakeLimits
from graph_api.usecases.answers.intake_server import READY, in_slices

log = structlog.get_logger(__name__)


class WriterError(Exception):
    """The writer met a bug; its own log has the traceback."""


@dataclass(slots=True)
class _Call:
    message: bytes
    answers: int
    reply: asyncio.Future[Any]
    until: float
    """How long it waits for a writer that is away, in this process's monotonic seconds."""


class RemoteIntake(Intake):
    """Hands received answers to the writer. Use it as a context manager: it begins when the writer is ready."""

    def __init__(
        self,
        path: Path,
        limits: IntakeLimits = DEFAULT_LIMITS,
        clock: Clock = lambda: datetime.now(UTC),
        on_batch: OnBatch = lambda _outcomes, _seconds: None,
        tracer: Tracer = NO_TRACING,
    ) -> None:
        super().__init__(limits, clock)
        self._path = path
        self._on_batch = on_batch
        self._tracer = tracer
        self._numbers = count(1)
        self._calls: dict[int, _Call] = {}
        self._writer: Frames | None = None
        self._ready = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._connecting: asyncio.Task[None] | None = None

    @property
    def is_ready(self) -> bool:
        """Whether the writer is ready."""
        return self._ready.is_set()

    async def __aenter__(self) -> Self:
        self._connecting = asyncio.create_task(self._stay_connected(), name="writer's connection")
        try:
            await self._ready.wait()
        except asyncio.CancelledError:
            await self._disconnect()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """Wait for the outcomes of what was accepted, then close the connection."""
        await self._idle.wait()
        await self._disconnect()

    async def _disconnect(self) -> None:
        if self._connecting:
            self._connecting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._connecting

    async def settle(self, student_id: str) -> None:
        """Wait for the outcomes of a student's answers that were accepted before this call, by any worker."""
        number = next(self._numbers)
        await self._send(number, encode(number, student_id), 0)

    async def _enqueue(self, answers: Sequence[Answer], *, atomic: bool) -> list[Outcome]:
        if not answers:
            return []
        seen, number = followed(), next(self._numbers)
        self._accept(len(answers))
        with self._tracer.span("intake wait", {ANSWERS: len(answers)}):
            try:
                plain = await in_slices(plain_answer, answers)
                message = encode(number, plain, atomic, list(seen.values), self._tracer.carrier())
            except BaseException:
                self._release(len(answers))
                raise
            reply = await self._send(number, message, len(answers))
        if reply is None:
            away = Unavailable("answers", "the writer of answers does not answer", retry_after=RETRY_AFTER)
            return [away] * len(answers)
        outcomes, failure, error, bookmarks = reply
        seen.add(Bookmarks(bookmarks))
        if failure is not None:
            raise failure_from(failure)
        if error is not None:
            raise WriterError(error)
        return await in_slices(outcome_from, outcomes)

    async def _send(self, number: int, message: bytes, answers: int) -> Any:  # noqa: ANN401 - the values of the reply
        """Send a call, and wait for the values of its reply: None if the writer stayed away.

        A caller who goes away does not withdraw the call.
        """
        reply = asyncio.get_running_loop().create_future()
        self._calls[number] = _Call(message, answers, reply, time.monotonic() + self._limits.give_up)
        if self._writer is not None:
            self._writer.send(message)
        return await asyncio.shield(reply)

    def _accept(self, answers: int) -> None:
        self.depth += answers
        self._idle.clear()

    def _release(self, answers: int) -> None:
        self.depth -= answers
        if not self.depth:
            self._idle.set()

    def _receive(self, connection: Frames, message: bytes) -> None:
        number, *values = decode(message)
        if number == READY:  # the writer gets what an earlier one has not answered, in the order of the calls
            self._writer = connection
            self._ready.set()
            for call in self._calls.values():
                connection.send(call.message)
        elif number in self._calls:
            call = self._calls.pop(number)
            self._release(call.answers)
            call.reply.set_result(values)

    async def _stay_connected(self) -> None:
        """Connect, again and again; calls that have waited too long for that end without a reply."""
        loop = asyncio.get_running_loop()
        connection: Frames | None = None
        try:
            while True:
                with contextlib.suppress(OSError):
                    _, connection = await loop.create_unix_connection(lambda: Frames(self._receive), str(self._path))
                    while not self.is_ready and not connection.closed.done():
                        await asyncio.wait([connection.closed], timeout=RETRY_PAUSE)
                        self._end_late_calls()
                    await asyncio.shield(connection.closed)
                    if self._writer is not None:
                        log.warning("the writer of answers is away: they wait for the next one", answers=self.depth)
                self._writer = None
                self._ready.clear()
                self._end_late_calls()
                await asyncio.sleep(RETRY_PAUSE)
        finally:
            if connection is not None:
                connection.close()

    def _end_late_calls(self) -> None:
        if self.is_ready:
            return
        now, refused = time.monotonic(), 0
        for number, call in list(self._calls.items()):
            if now > call.until:
                del self._calls[number]
                self._release(call.answers)
                call.reply.set_result(None)
                refused += call.answers
        if refused:
            log.warning("the writer of answers does not answer: answers are refused", answers=refused)
            self._on_batch(Counter({Unavailable.code: refused}), self._limits.give_up)
