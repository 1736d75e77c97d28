"""Mastery: the state of one student on one target, a pure function of answers and one parameter set."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from graph_api.domain.answers.order import Order
from graph_api.domain.failures import InvalidInput
from graph_api.domain.parameters.knowledge_tracing import clamp, update
from graph_api.domain.parameters.parameter_sets import ParameterSet
from graph_api.domain.targets import Target


class Status(StrEnum):
    """The status of a level (B4)."""

    NOT_STARTED = "NOT_STARTED"
    NEEDS_FOCUS = "NEEDS_FOCUS"
    LEARNING = "LEARNING"
    MASTERED = "MASTERED"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The levels at which statuses change. `weak` and `weak_attempts` bound the weak lists (Q1).

    >>> Thresholds(mastered=0.3, focus=0.4)
    Traceback (most recent call last):
    graph_api.domain.failures.InvalidInput: mastered: must be above focus, got '0.3'
    """

    mastered: float = 0.95
    focus: float = 0.4
    weak: float = 0.5
    weak_attempts: int = 5

    def __post_init__(self) -> None:
        for name in ("mastered", "focus", "weak"):
            value = getattr(self, name)
            if not 0 < value < 1:
                raise InvalidInput(name, "must be > 0 and < 1", str(value))
        if self.mastered <= self.focus:
            raise InvalidInput("mastered", "must be above focus", str(self.mastered))

    def status(self, level: float, attempts: int) -> Status:
        """The status of a level; without answers a target is not started, never weak.

        >>> Thresholds().status(0.95, attempts=3).value
        'MASTERED'
        >>> Thresholds().status(0.1, attempts=0).value
        'NOT_STARTED'
        """
        if attempts == 0:
            return Status.NOT_STARTED
        if level >= self.mastered:
            return Status.MASTERED
        return Status.NEEDS_FOCUS if level < self.focus else Status.LEARNING

    def rule(self, attempts: int) -> str:
        """The rule of a status as a sentence.

        >>> Thresholds().rule(attempts=3)
        'mastered from 0.95, needs focus below 0.4, else learning'
        >>> Thresholds().rule(attempts=0)
        'not started before the first answer; then mastered from 0.95, needs focus below 0.4, else learning'
        """
        started = f"mastered from {self.mastered:g}, needs focus below {self.focus:g}, else learning"
        return started if attempts else f"not started before the first answer; then {started}"


class Evidence(NamedTuple):
    """The part of an answer that the fold needs. Its natural order is that of answers (B6)."""

    order: Order
    correct: bool

    @property
    def at(self) -> datetime:
        """The time of the answer."""
        return self.order.at

    @property
    def answer_id(self) -> str:
        """Its event id."""
        return self.order.answer_id


@dataclass(frozen=True, slots=True)
class Mastery:
    """The state of one student on one target after `attempts` answers under one parameter set.

    `last` is the place of the last answer in the order of answers. `updated_at` is when it was written to the graph;
    None until it is. `archived` is whether the target was archived when the mastery was read.
    """

    student_id: str
    target: Target
    level: float
    attempts: int
    correct: int
    last: Order
    parameter_set_id: str
    updated_at: datetime | None = None
    archived: bool = field(default=False, compare=False)

    @property
    def last_practiced_at(self) -> datetime:
        """The time of the last answer."""
        return self.last.at

    @property
    def last_answer_id(self) -> str:
        """The event id of the last answer."""
        return self.last.answer_id

    @property
    def accuracy(self) -> float:
        """The share of correct answers, 0..1."""
        return self.correct / self.attempts

    def precedes(self, evidence: Evidence) -> bool:
        """Whether the evidence comes after everything folded in so far, so that one more step is enough (B6)."""
        return self.last < evidence.order


class Change(NamedTuple):
    """The effect of one answer on one target. `opportunity` is the place of the answer in the student's history of it.

    For a late answer these are the levels at its own place in time, as known when it was recorded.
    """

    target: Target
    level_before: float
    level_after: float
    opportunity: int
    parameter_set_id: str


def fold(
    start: Mastery | None, evidence: Iterable[Evidence], student_id: str, target: Target, used: ParameterSet
) -> Iterator[tuple[Change, Mastery]]:
    """Fold answers, in the order of the input, into a state; yields the change by each and the state after it.

    From None, the prior is where it starts.
    """
    mastery = start
    level = clamp(used.parameters.prior) if start is None else start.level
    attempts, correct = (0, 0) if start is None else (start.attempts, start.correct)
    for item in evidence:
        after = update(level, correct=item.correct, parameters=used.parameters).after
        attempts, correct = attempts + 1, correct + item.correct
        change = Change(target, level, after, attempts, used.id)
        mastery = Mastery(student_id, target, after, attempts, correct, item.order, used.id)
        level = after
        yield change, mastery


def replay(evidence: Iterable[Evidence], student_id: str, target: Target, used: ParameterSet) -> Mastery | None:
    """The state after all the answers, in any order of the input (B6); None without answers."""
    mastery: Mastery | None = None
    for _, mastery in fold(None, sorted(evidence), student_id, target, used):  # noqa: B007 - the last one counts
        pass
    return mastery


def level_at(evidence: Iterable[Evidence], moment: datetime, used: ParameterSet) -> float:
    """The level as of a past moment (Q2): the replay of the answers up to then; the prior before the first."""
    level = clamp(used.parameters.prior)
    for item in sorted(evidence):
        if item.at > moment:
            break
        level = update(level, correct=item.correct, parameters=used.parameters).after
    return level
