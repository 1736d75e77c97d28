"""Answers in the queue of the intake, with the callers that wait for their outcomes."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from graph_api.domain.answers.answers import Answer
from graph_api.store.answers import Pair
from graph_api.store.bookmarks import Bookmarks
from graph_api.store.tracing import Span
from graph_api.usecases.answers.answer_batch import Outcome, Submission
from graph_api.usecases.answers.late_answers import ReplayedPair

MOST_REPLAYS = 3
"""Times that late answers are replayed before their batch. After that, their batch replays them."""


@dataclass(slots=True, eq=False)
class Waiting:
    """A submission, or a part of one, in the queue."""

    submission: Submission
    outcomes: asyncio.Future[list[Outcome]]
    seen: Bookmarks
    until: float
    """How long it waits for a database that is away, in this process's monotonic seconds."""
    span: Span
    """The span of its caller's wait."""
    replays: int = 0
    """How often its pairs were replayed before a batch."""

    @property
    def answers(self) -> Sequence[Answer]:
        """The answers."""
        return self.submission.answers

    @property
    def students(self) -> set[str]:
        """The ids of their students."""
        return {answer.student_id for answer in self.answers}

    def with_replays(self, replays: Mapping[Pair, ReplayedPair] | None) -> "Waiting":
        """The same after its pairs were replayed; None: they could not be."""
        may_wait = replays is not None and self.replays + 1 < MOST_REPLAYS
        submission = replace(self.submission, replays=replays or {}, may_wait=may_wait)
        return replace(self, submission=submission, replays=self.replays + 1)

    def split(self, is_second: Sequence[bool]) -> "tuple[Waiting, Waiting]":
        """Two parts. The caller gets all outcomes, in order, when both parts have theirs."""
        parts = self._part(is_second, which=False), self._part(is_second, which=True)

        def merge(_: object) -> None:
            if self.outcomes.done() or not all(part.outcomes.done() for part in parts):
                return
            for part in parts:
                if error := part.outcomes.exception():
                    self.outcomes.set_exception(error)
                    return
            first, second = (iter(part.outcomes.result()) for part in parts)
            self.outcomes.set_result([next(second if each else first) for each in is_second])

        for part in parts:
            part.outcomes.add_done_callback(merge)
        return parts

    def _part(self, is_second: Sequence[bool], *, which: bool) -> "Waiting":
        answers = [answer for answer, second in zip(self.answers, is_second, strict=True) if second is which]
        future: asyncio.Future[list[Outcome]] = asyncio.get_running_loop().create_future()
        return replace(self, submission=replace(self.submission, answers=answers), outcomes=future)
