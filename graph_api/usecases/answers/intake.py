"""What every intake does with the answers of a call: receive them, then wait for their outcomes.

An answer is received once, with its id and its recording time, in the process that took the call. It may be queued
again afterwards, as when a connection broke: an id counts once, and equal times show that it is the same call.
"""

import asyncio
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from graph_api.domain.answers.answers import Answer, AnswerInput
from graph_api.domain.failures import Failure, Overloaded
from graph_api.usecases.answers.answer_batch import Outcome, not_recorded
from graph_api.usecases.answers.record_answers import received

Clock: TypeAlias = Callable[[], datetime]

MICROSECOND = timedelta(microseconds=1)
SLICE = 100
"""Answers of one call that are looked at without letting others have the event loop."""


@dataclass(frozen=True, slots=True)
class IntakeLimits:
    """How the intake gathers and how much it holds. Times are in seconds.

    linger: how long a batch of several callers waits for one more answer; at most twenty times as long in total. With 0
    it takes what has arrived. The answers of one caller alone never wait. batch: answers per transaction. queue: the
    maximum number of waiting answers; beyond it calls fail with Overloaded. give_up: how long an answer waits while the
    database is unavailable.
    """

    linger: float = 0.0
    batch: int = 500
    queue: int = 20_000
    give_up: float = 30.0


DEFAULT_LIMITS = IntakeLimits()


class Intake(ABC):
    """Takes the answers of calls."""

    def __init__(self, limits: IntakeLimits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._last_received = datetime.min.replace(tzinfo=UTC)
        self._receiving = asyncio.Lock()
        self.depth = 0
        """Answers accepted and not yet answered."""

    @property
    def is_ready(self) -> bool:
        """Whether answers can be recorded, as far as this process knows."""
        return True

    async def submit(self, sent: Sequence[AnswerInput | Failure], *, atomic: bool = False) -> list[Outcome]:
        """Record answers; one outcome each, in order, when it is in the graph.

        Inputs that failed already keep their failure. While the database does not answer, an outcome is Unavailable.

        Raises:
            Overloaded: the queue is full; nothing was written.
        """
        async with self._receiving:  # so that answers are queued in the order of their recording times
            self._check_room(len(sent))
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

    async def enqueue(self, answers: Sequence[Answer], *, atomic: bool = False) -> list[Outcome]:
        """Record the answers that another process received, as its call of `submit` does.

        Raises:
            Overloaded: the queue is full; nothing was written.
        """
        self._check_room(len(answers))
        return await self._enqueue(answers, atomic=atomic)

    @abstractmethod
    async def settle(self, student_id: str) -> None:
        """Wait for the outcomes of a student's answers that were accepted before this call."""

    @abstractmethod
    async def _enqueue(self, answers: Sequence[Answer], *, atomic: bool) -> list[Outcome]:
        """Wait for the outcomes of received answers."""

    def _check_room(self, count: int) -> None:
        if self.depth + count > self._limits.queue:
            raise Overloaded("answers", f"the queue of {self._limits.queue} answers is full", retry_after=1.0)

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
