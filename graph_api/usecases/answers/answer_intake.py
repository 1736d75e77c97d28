"""The answer intake: all answers are queued, and recorded in batches.

While one batch is being written the next one gathers, so the busier the service, the larger its batches and the
less each answer costs. One writer means that answers of one student never race in this process; other processes are
held off by the lock on the student (`graph_api.store.students.touch`).
"""

import asyncio
import contextlib
import time
import uuid
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self, TypeAlias

import structlog

from graph_api.domain.answers.answers import Answer, AnswerInput
from graph_api.domain.failures import Failure, Overloaded, Unavailable
from graph_api.store.bookmarks import Bookmarks, followed
from graph_api.store.gateway import DatabaseUnavailable
from graph_api.store.tracing import NO_TRACING, Span, Tracer
from graph_api.usecases.answers.answer_batch import Outcome, Submission, not_recorded
from graph_api.usecases.answers.record_answers import received

Record: TypeAlias = Callable[[Sequence[Submission]], Awaitable[list[list[Outcome]]]]
OnBatch: TypeAlias = Callable[[Counter[str], float], None]
"""Is called for each batch with the number of answers by outcome, and the seconds that it took."""

Clock: TypeAlias = Callable[[], datetime]

log = structlog.get_logger(__name__)

MICROSECOND = timedelta(microseconds=1)
RETRY_PAUSE = 0.1
RETRY_AFTER = 5.0
MOST_LINGERS = 20
SLICE = 100
"""Answers of one call that are looked at without letting others have the event loop."""
ANSWERS = "graph_api.answers"
"""The attribute of spans that counts answers."""


@dataclass(frozen=True, slots=True)
class IntakeLimits:
    """How the intake gathers and how much it holds. Times are in seconds.

    linger: how long a batch waits for one more answer; at most twenty times as long in total. batch: answers per
    transaction. queue: the maximum number of waiting answers; beyond it calls fail with Overloaded. give_up: how long
    an answer waits while the database is unavailable.
    """

    linger: float = 0.002
    batch: int = 500
    queue: int = 20_000
    give_up: float = 30.0


@dataclass(slots=True)
class _Waiting:
    submission: Submission
    outcomes: asyncio.Future[list[Outcome]]
    seen: Bookmarks
    until: float
    """How long it waits for a database that is away, in this process's monotonic seconds."""
    span: Span
    """The span of its caller's wait."""


class AnswerIntake:
    """Gathers answers and records them in batches. Use it as a context manager."""

    def __init__(
        self,
        record: Record,
        limits: IntakeLimits = IntakeLimits(),
        clock: Clock = lambda: datetime.now(UTC),
        on_batch: OnBatch = lambda _outcomes, _seconds: None,
        tracer: Tracer = NO_TRACING,
    ) -> None:
        self._record = record
        self._limits = limits
        self._clock = clock
        self._on_batch = on_batch
        self._tracer = tracer
        self._waiting: deque[_Waiting] = deque()
        self._writing: Sequence[_Waiting] = ()
        self._arrived = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None
        self._last_received = datetime.min.replace(tzinfo=UTC)
        self._receiving = asyncio.Lock()
        self._idle = asyncio.Event()
        self._idle.set()
        self.depth = 0
        """Answers accepted and not yet answered."""

    async def __aenter__(self) -> Self:
        self._writer = asyncio.create_task(self._write_for_ever(), name="answer-intake")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Record what was accepted, then stop."""
        await self._idle.wait()
        if self._writer:
            self._writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._writer

    async def submit(self, sent: Sequence[AnswerInput | Failure], *, atomic: bool = False) -> list[Outcome]:
        """Record answers; one outcome each, in order, when it is in the graph.

        Inputs that failed already keep their failure. While the database does not answer, an outcome is Unavailable.

        Raises:
            Overloaded: the queue is full; nothing was written.
        """
        async with self._receiving:  # so that answers are queued in the order of their recording times
            if self.depth + len(sent) > self._limits.queue:
                raise Overloaded("answers", f"the queue of {self._limits.queue} answers is full", retry_after=1.0)
            checked: list[Answer | Failure] = []
            for place, item in enumerate(sent):
                if place and not place % SLICE:
                    await asyncio.sleep(0)
                checked.append(self._received(item, place))
        if atomic and any(isinstance(item, Failure) for item in checked):
            return [item if isinstance(item, Failure) else not_recorded() for item in checked]
        answers = [item for item in checked if not isinstance(item, Failure)]
        recorded = iter(await self._enqueue(answers, atomic=atomic))
        return [item if isinstance(item, Failure) else next(recorded) for item in checked]

    async def settle(self, student_id: str) -> None:
        """Wait for the outcomes of a student's answers that were accepted before this call."""
        of_student = [
            item.outcomes
            for item in (*self._writing, *self._waiting)
            if any(answer.student_id == student_id for answer in item.submission.answers)
        ]
        if of_student:
            await asyncio.wait(of_student)

    def _received(self, sent: AnswerInput | Failure, place: int) -> Answer | Failure:
        """The input with an id, a time and its place in the call.

        Recording times strictly increase, even if the clock is set back: they order the calls of this process, and a
        sequence sent without times.
        """
        if isinstance(sent, Failure):
            return sent
        self._last_received = max(self._clock(), self._last_received + MICROSECOND)
        try:
            return received(sent, uuid.uuid4().hex, self._last_received, place)
        except Failure as failure:
            return failure

    async def _enqueue(self, answers: Sequence[Answer], *, atomic: bool) -> list[Outcome]:
        """Wait for the outcomes. A long call is split if it is not atomic, so that it does not delay other calls."""
        size = len(answers) if atomic else self._limits.batch
        loop = asyncio.get_running_loop()
        until = time.monotonic() + self._limits.give_up
        with self._tracer.span("intake wait", {ANSWERS: len(answers)}) as span:
            parts = [
                _Waiting(
                    Submission(answers[start : start + size], atomic), loop.create_future(), followed(), until, span
                )
                for start in range(0, len(answers), size or 1)
            ]
            self._waiting.extend(parts)
            self.depth += len(answers)
            if answers:
                self._idle.clear()
                self._arrived.set()
            done = await asyncio.gather(*(asyncio.shield(part.outcomes) for part in parts))
            return [outcome for of_part in done for outcome in of_part]

    async def _write_for_ever(self) -> None:
        while True:
            await self._arrived.wait()
            await self._gather()
            self._writing = self._take()
            await self._write(self._writing)
            self._done(self._writing)
            self._writing = ()

    def _done(self, batch: Sequence[_Waiting]) -> None:
        self.depth -= sum(len(item.submission.answers) for item in batch)
        if not self.depth:
            self._idle.set()

    async def _gather(self) -> None:
        """Let a batch gather: wait as long as answers keep coming, until it is full or has lingered long enough."""
        seen = 0
        for _ in range(MOST_LINGERS):
            waiting = sum(len(item.submission.answers) for item in self._waiting)
            if waiting == seen or waiting >= self._limits.batch:
                return
            seen = waiting
            await asyncio.sleep(self._limits.linger)

    def _take(self) -> list[_Waiting]:
        """The next batch: whole submissions, up to the limit, at least one."""
        batch: list[_Waiting] = []
        size = 0
        while self._waiting and (not batch or size + len(self._waiting[0].submission.answers) <= self._limits.batch):
            batch.append(self._waiting.popleft())
            size += len(batch[-1].submission.answers)
        if not self._waiting:
            self._arrived.clear()
        return batch

    async def _write(self, batch: Sequence[_Waiting]) -> None:
        """Record a batch and answer its callers.

        If it fails, each submission is tried alone, so that an error affects only its own submission.
        """
        started = time.perf_counter()
        try:
            with Bookmarks().followed() as written:
                for item in batch:
                    written.add(item.seen)
                with self._batch_span(batch):
                    outcomes = await self._persist(batch)
        except DatabaseUnavailable as error:
            log.warning("the database does not answer: answers are refused", reason=str(error).partition("\n")[0])
            late = self._take_late()
            self._refuse([*batch, *late], started)
            self._done(late)
        except Exception as error:  # noqa: BLE001 - handed to the caller
            if len(batch) > 1:
                for item in batch:
                    await self._write([item])
            else:
                batch[0].outcomes.set_exception(error)
        else:
            for item, of_call in zip(batch, outcomes, strict=True):
                item.seen.add(written)
                item.outcomes.set_result(of_call)
            named = Counter(outcome_name(outcome) for of_call in outcomes for outcome in of_call)
            self._on_batch(named, time.perf_counter() - started)

    @contextlib.contextmanager
    def _batch_span(self, batch: Sequence[_Waiting]) -> Iterator[None]:
        """The span of a batch: a child of the first of its callers whose trace is recorded, linked with all of them."""
        callers = list({id(item.span): item.span for item in batch}.values())
        parent = next((span for span in callers if span.is_sampled), None)
        values = {ANSWERS: sum(len(item.submission.answers) for item in batch)}
        with self._tracer.span("intake batch", values, parent=parent, links=callers) as own:
            for caller in callers:
                caller.link(own)
            yield

    async def _persist(self, batch: Sequence[_Waiting]) -> list[list[Outcome]]:
        """Record, and try again while the database is away: event ids make that harmless.

        Raises:
            DatabaseUnavailable: it stayed away for longer than the first of them waits.
        """
        while True:
            try:
                return await self._record([item.submission for item in batch])
            except DatabaseUnavailable:
                if time.monotonic() > batch[0].until:
                    raise
                await asyncio.sleep(RETRY_PAUSE)

    def _take_late(self) -> list[_Waiting]:
        """Those that have waited too long, and would each wait for one more try."""
        late: list[_Waiting] = []
        while self._waiting and time.monotonic() > self._waiting[0].until:
            late.append(self._waiting.popleft())
        if not self._waiting:
            self._arrived.clear()
        return late

    def _refuse(self, items: Sequence[_Waiting], started: float) -> None:
        away = Unavailable("answers", "the database does not answer", retry_after=RETRY_AFTER)
        for item in items:
            item.outcomes.set_result([away] * len(item.submission.answers))
        count = sum(len(item.submission.answers) for item in items)
        self._on_batch(Counter({away.code: count}), time.perf_counter() - started)


def outcome_name(outcome: Outcome) -> str:
    """RECORDED, DUPLICATE, or the failure's code."""
    if isinstance(outcome, Failure):
        return outcome.code
    return "DUPLICATE" if outcome.duplicate else "RECORDED"
