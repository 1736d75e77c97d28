"""The answer intake: all answers are queued, and recorded in batches.

While one batch is being written the next one gathers, so the busier the service, the larger its batches and the
less each answer costs. One writer means that answers of one student never race in this process; other processes are
held off by the lock on the student (`graph_api.store.students.touch`).
"""

import asyncio
import contextlib
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Self, TypeAlias

import structlog

from graph_api.domain.answers.answers import Answer
from graph_api.domain.failures import Failure, Unavailable
from graph_api.store.bookmarks import Bookmarks, followed
from graph_api.store.gateway import DatabaseUnavailable
from graph_api.store.tracing import NO_TRACING, Tracer
from graph_api.usecases.answers.answer_batch import Outcome, Submission
from graph_api.usecases.answers.intake import DEFAULT_LIMITS, Clock, Intake, IntakeLimits
from graph_api.usecases.answers.late_answers import Later
from graph_api.usecases.answers.late_lane import LateLane, ReplayLate
from graph_api.usecases.answers.waiting_answers import Waiting

Record: TypeAlias = Callable[[Sequence[Submission]], Awaitable[Sequence[Sequence[Outcome | Later]]]]
"""Records submissions. Only answers of those that may wait are left for later."""

OnBatch: TypeAlias = Callable[[Counter[str], float], None]
"""Is called for each batch with the number of answers by outcome, and the seconds that it took."""

OnPause: TypeAlias = Callable[[], Awaitable[None]]
"""Is called when no answer has come for a moment, and at the end."""

log = structlog.get_logger(__name__)

PAUSE = 0.05
"""Seconds without an answer after which `on_pause` is called."""
RETRY_PAUSE = 0.1
RETRY_AFTER = 5.0
MOST_LINGERS = 20
ANSWERS = "graph_api.answers"
"""The attribute of spans that counts answers."""


async def _nothing() -> None:
    """Nothing is left to do in a pause."""


class AnswerIntake(Intake):
    """Gathers answers and records them in batches. Use it as a context manager."""

    def __init__(  # noqa: PLR0913, PLR0917 - what it records with, and who observes it
        self,
        record: Record,
        limits: IntakeLimits = DEFAULT_LIMITS,
        clock: Clock = lambda: datetime.now(UTC),
        on_batch: OnBatch = lambda _outcomes, _seconds: None,
        tracer: Tracer = NO_TRACING,
        on_pause: OnPause = _nothing,
        replay_late: ReplayLate | None = None,
    ) -> None:
        super().__init__(limits, clock)
        self._record = record
        self._on_pause = on_pause
        self._on_batch = on_batch
        self._tracer = tracer
        self._waiting: deque[Waiting] = deque()
        self._writing: Sequence[Waiting] = ()
        self._lane = None if replay_late is None else LateLane(replay_late, self._put_first)
        self._arrived = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None
        self._finishing: set[asyncio.Task[None]] = set()
        self._idle = asyncio.Event()
        self._idle.set()

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
            await self._pause()

    async def settle(self, student_id: str) -> None:
        """Wait for the outcomes of a student's answers that were accepted before this call."""
        of_student = [
            item.outcomes
            for item in (*self._writing, *self._waiting, *(self._lane or ()))
            if any(answer.student_id == student_id for answer in item.answers)
        ]
        if of_student:
            await asyncio.wait(of_student)

    async def _enqueue(self, answers: Sequence[Answer], *, atomic: bool) -> list[Outcome]:
        """Wait for the outcomes. A long call is split if it is not atomic, so that it does not delay other calls."""
        size = len(answers) if atomic else self._limits.batch
        loop = asyncio.get_running_loop()
        until = time.monotonic() + self._limits.give_up
        with self._tracer.span("intake wait", {ANSWERS: len(answers)}) as span:
            parts = [
                Waiting(
                    Submission(answers[start : start + size], atomic, self._lane is not None),
                    loop.create_future(),
                    followed(),
                    until,
                    span,
                )
                for start in range(0, len(answers), size or 1)
            ]
            self._waiting.extend(parts)
            self.depth += len(answers)
            if answers:
                self._idle.clear()
                self._arrived.set()
            if len(parts) == 1:  # nearly always: gathering takes two more futures
                return await asyncio.shield(parts[0].outcomes)
            done = await asyncio.gather(*(asyncio.shield(part.outcomes) for part in parts))
            return [outcome for of_part in done for outcome in of_part]

    async def _write_for_ever(self) -> None:
        while True:
            try:
                async with asyncio.timeout(PAUSE):
                    await self._arrived.wait()
            except TimeoutError:
                await self._pause()
                await self._arrived.wait()
            await self._gather()
            self._writing = self._take()
            if self._writing:
                await self._write(self._writing)
            self._writing = ()

    async def _pause(self) -> None:
        try:
            await self._on_pause()
        except Exception:  # the next batch must not suffer
            log.exception("the work after batches failed")

    def _finish(self, item: Waiting, outcomes: Sequence[Outcome] | Exception) -> None:
        """Return the outcomes, or the error, to a caller."""
        if isinstance(outcomes, Exception):
            item.outcomes.set_exception(outcomes)
        else:
            item.outcomes.set_result(list(outcomes))
        self.depth -= len(item.answers)
        if not self.depth:
            self._idle.set()

    def _finish_in_turns(self, finished: Sequence[tuple[Waiting, Sequence[Outcome]]]) -> None:
        """Return outcomes to callers, one in each turn of the event loop.

        All at once, they would send their replies and read their next requests before the next batch can send a
        statement, and the database would wait.
        """
        for item, outcomes in finished[:1]:
            self._finish(item, outcomes)
        if rest := finished[1:]:
            task = asyncio.create_task(self._finish_rest(rest), name="answer-outcomes")
            self._finishing.add(task)
            task.add_done_callback(self._finishing.discard)

    async def _finish_rest(self, rest: Sequence[tuple[Waiting, Sequence[Outcome]]]) -> None:
        for item, outcomes in rest:
            self._finish(item, outcomes)
            await asyncio.sleep(0)

    def _put_first(self, items: Sequence[Waiting]) -> None:
        """Put answers at the front of the queue again, in order."""
        self._waiting.extendleft(reversed(items))
        self._arrived.set()

    async def _gather(self) -> None:
        """Let a batch gather what has arrived already.

        If that is of several callers, linger as long as answers keep coming, until the batch is full.
        """
        await asyncio.sleep(0)
        seen = 0
        for _ in range(MOST_LINGERS):
            waiting = sum(len(item.answers) for item in self._waiting)
            if len(self._waiting) == 1 or waiting == seen or waiting >= self._limits.batch:
                return
            seen = waiting
            await asyncio.sleep(self._limits.linger)

    def _take(self) -> list[Waiting]:
        """The next batch: whole submissions, up to the limit, at least one; without what waits for late answers."""
        batch: list[Waiting] = []
        size = 0
        while self._waiting and (not batch or size + len(self._waiting[0].answers) <= self._limits.batch):
            first = self._waiting.popleft()
            item = first if self._lane is None else self._lane.pass_by(first)
            if item is not None:
                batch.append(item)
                size += len(item.answers)
        if not self._waiting:
            self._arrived.clear()
        return batch

    async def _write(self, batch: Sequence[Waiting]) -> None:
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
            self._refuse([*batch, *self._take_overdue()], started)
        except Exception as error:  # noqa: BLE001 - handed to the caller
            if len(batch) > 1:
                for item in batch:
                    await self._write([item])
            else:
                self._finish(batch[0], error)
        else:
            named = self._settle_batch(batch, outcomes, written)
            self._on_batch(named, time.perf_counter() - started)

    def _settle_batch(
        self, batch: Sequence[Waiting], outcomes: Sequence[Sequence[Outcome | Later]], written: Bookmarks
    ) -> Counter[str]:
        """Return outcomes to callers, and hand late answers to their lane; the number of each outcome."""
        named: Counter[str] = Counter()
        finished: list[tuple[Waiting, Sequence[Outcome]]] = []
        late: list[Waiting] = []
        left: list[Later] = []
        for whole, of_call in zip(batch, outcomes, strict=True):
            item = whole
            item.seen.add(written)
            known = [outcome for outcome in of_call if not isinstance(outcome, Later)]
            named.update(map(outcome_name, known))
            if len(known) < len(of_call):
                part = item
                if known:
                    item, part = item.split([isinstance(outcome, Later) for outcome in of_call])
                late.append(part)
                left += [outcome for outcome in of_call if isinstance(outcome, Later)]
            if known:
                finished.append((item, known))
        self._finish_in_turns(finished)
        if late and self._lane is not None:
            self._lane.take(late, {pair: each for outcome in left for pair, each in outcome.due.items()}, written)
        return named

    @contextlib.contextmanager
    def _batch_span(self, batch: Sequence[Waiting]) -> Iterator[None]:
        """The span of a batch: a child of the first of its callers whose trace is recorded, linked with all of them."""
        callers = list({id(item.span): item.span for item in batch}.values())
        parent = next((span for span in callers if span.is_sampled), None)
        values = {ANSWERS: sum(len(item.answers) for item in batch)}
        with self._tracer.span("intake batch", values, parent=parent, links=callers) as own:
            for caller in callers:
                caller.link(own)
            yield

    async def _persist(self, batch: Sequence[Waiting]) -> Sequence[Sequence[Outcome | Later]]:
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

    def _take_overdue(self) -> list[Waiting]:
        """Those that have waited too long, and would each wait for one more try."""
        overdue: list[Waiting] = []
        while self._waiting and time.monotonic() > self._waiting[0].until:
            overdue.append(self._waiting.popleft())
        if not self._waiting:
            self._arrived.clear()
        return overdue

    def _refuse(self, items: Sequence[Waiting], started: float) -> None:
        away = Unavailable("answers", "the database does not answer", retry_after=RETRY_AFTER)
        for item in items:
            self._finish(item, [away] * len(item.answers))
        count = sum(len(item.answers) for item in items)
        self._on_batch(Counter({away.code: count}), time.perf_counter() - started)


def outcome_name(outcome: Outcome) -> str:
    """RECORDED, DUPLICATE, or the failure's code."""
    if isinstance(outcome, Failure):
        return outcome.code
    return "DUPLICATE" if outcome.duplicate else "RECORDED"


__all__: Sequence[str] = (
    "ANSWERS",
    "RETRY_AFTER",
    "RETRY_PAUSE",
    "AnswerIntake",
    "IntakeLimits",
    "OnBatch",
    "outcome_name",
)
