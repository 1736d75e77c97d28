"""Mastery: the state of one student on one target, a pure function of answers and one parameter set."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from graph_api.domain.failures import InvalidInput
from graph_api.domain.knowledge_tracing import clamp, update
from graph_api.domain.parameter_sets import ParameterSet
from graph_api.domain.targets import Target


class Status(StrEnum):
    """What a level means to a person (B4)."""

    NOT_STARTED = "NOT_STARTED"
    NEEDS_FOCUS = "NEEDS_FOCUS"
    LEARNING = "LEARNING"
    MASTERED = "MASTERED"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The levels at which words change. `weak` and `weak_attempts` bound the weak lists (Q1).

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


class Evidence(NamedTuple):
    """What the fold needs of an answer. Its natural order is B6's: by time, ties by id."""

    at: datetime
    answer_id: str
    correct: bool


@dataclass(frozen=True, slots=True)
class Mastery:
    """The state of one student on one target after `attempts` answers under one parameter set."""

    student_id: str
    target: Target
    level: float
    attempts: int
    correct: int
    last_practiced_at: datetime
    last_answer_id: str
    parameter_set_id: str

    @property
    def accuracy(self) -> float:
        """Share of right answers, 0..1."""
        return self.correct / self.attempts

    def precedes(self, evidence: Evidence) -> bool:
        """Whether the evidence comes after everything folded in so far, so that one more step is enough (B6)."""
        return (self.last_practiced_at, self.last_answer_id) < (evidence.at, evidence.answer_id)


def learn_from(
    mastery: Mastery | None, evidence: Evidence, student_id: str, target: Target, used: ParameterSet
) -> Mastery:
    """The state after one more answer; from nothing, the prior is where it starts."""
    level = clamp(used.parameters.prior) if mastery is None else mastery.level
    step = update(level, correct=evidence.correct, parameters=used.parameters)
    return Mastery(
        student_id=student_id,
        target=target,
        level=step.after,
        attempts=(mastery.attempts if mastery else 0) + 1,
        correct=(mastery.correct if mastery else 0) + evidence.correct,
        last_practiced_at=evidence.at,
        last_answer_id=evidence.answer_id,
        parameter_set_id=used.id,
    )


def replay(
    evidence: Iterable[Evidence], student_id: str, target: Target, used: ParameterSet
) -> Mastery | None:
    """The state after all the answers, whatever order they are given in (B6); None without answers."""
    mastery: Mastery | None = None
    for item in sorted(evidence):
        mastery = learn_from(mastery, item, student_id, target, used)
    return mastery


def level_at(evidence: Sequence[Evidence], moment: datetime, used: ParameterSet) -> float:
    """The level as of a past moment (Q2): the replay of what had been answered by then; the prior before that."""
    level = clamp(used.parameters.prior)
    for item in sorted(evidence):
        if item.at > moment:
            break
        level = update(level, correct=item.correct, parameters=used.parameters).after
    return level
