"""Mastery: the state of one student on one target, a pure function of answers and one parameter set."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from math import inf, nextafter
from typing import NamedTuple

from graph_api.domain.answers.order import Order
from graph_api.domain.failures import InvalidInput
from graph_api.domain.parameters.knowledge_tracing import clamp, update
from graph_api.domain.parameters.parameter_sets import ParameterSet
from graph_api.domain.targets import Target, TargetKind

MOST_ATTEMPTS = 1_000_000
"""The largest number of answers that a weak list can require."""


class Status(StrEnum):
    """The status of a level (B4)."""

    NOT_STARTED = "NOT_STARTED"
    NEEDS_FOCUS = "NEEDS_FOCUS"
    LEARNING = "LEARNING"
    MASTERED = "MASTERED"


class Comparison(StrEnum):
    """Whether a level that equals a threshold has reached it."""

    INCLUSIVE = "INCLUSIVE"
    STRICT = "STRICT"

    def least(self, threshold: float) -> float:
        """The least number that has reached a threshold, so that `level >= least` is the rule in every layer.

        There is no number between a threshold and the next one, so `>` is the same as `>=` of the next one.

        >>> Comparison.INCLUSIVE.least(0.5), Comparison.STRICT.least(0.5)
        (0.5, 0.5000000000000001)
        """
        return threshold if self is Comparison.INCLUSIVE else nextafter(threshold, inf)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The levels at which statuses change. `weak` and `weak_attempts` bound the weak lists (Q1).

    A level reaches a threshold from it on (INCLUSIVE), or only above it (STRICT). `mastered_from`, `focus_from` and
    `weak_from` are the least levels that reach each of them: whatever compares a level compares it with these.

    >>> Thresholds(mastered=0.3, focus=0.4)
    Traceback (most recent call last):
    graph_api.domain.failures.InvalidInput: mastered: must be above focus, got '0.3'
    """

    mastered: float = 0.95
    focus: float = 0.4
    weak: float = 0.5
    weak_attempts: int = 5
    comparison: Comparison = Comparison.INCLUSIVE
    mastered_from: float = field(init=False, repr=False, compare=False)
    focus_from: float = field(init=False, repr=False, compare=False)
    weak_from: float = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in ("mastered", "focus", "weak"):
            value = getattr(self, name)
            if not 0 < value < 1:
                raise InvalidInput(name, "must be > 0 and < 1", str(value))
            object.__setattr__(self, f"{name}_from", self.comparison.least(value))
        if self.mastered <= self.focus:
            raise InvalidInput("mastered", "must be above focus", str(self.mastered))
        if not 1 <= self.weak_attempts <= MOST_ATTEMPTS:
            raise InvalidInput("weakAttempts", f"must be from 1 to {MOST_ATTEMPTS}", str(self.weak_attempts))

    def for_target(self, _target: Target) -> "Thresholds":
        """These thresholds: they are those of every target, unless `TargetThresholds` has others."""
        return self

    def columns(self, _kind: TargetKind, _keys: Sequence[str]) -> "Thresholds":
        """These thresholds, for every column of a matrix of levels."""
        return self

    def status(self, level: float, attempts: int) -> Status:
        """The status of a level; without answers a target is not started, never weak.

        >>> Thresholds().status(0.95, attempts=3).value
        'MASTERED'
        >>> Thresholds(comparison=Comparison.STRICT).status(0.95, attempts=3).value
        'LEARNING'
        >>> Thresholds().status(0.1, attempts=0).value
        'NOT_STARTED'
        """
        if attempts == 0:
            return Status.NOT_STARTED
        if level >= self.mastered_from:
            return Status.MASTERED
        return Status.LEARNING if level >= self.focus_from else Status.NEEDS_FOCUS

    def rule(self, attempts: int) -> str:
        """The rule of a status as a sentence.

        >>> Thresholds().rule(attempts=3)
        'mastered from 0.95, needs focus below 0.4, else learning'
        >>> Thresholds(comparison=Comparison.STRICT).rule(attempts=3)
        'mastered above 0.95, needs focus up to 0.4, else learning'
        >>> Thresholds().rule(attempts=0)
        'not started before the first answer; then mastered from 0.95, needs focus below 0.4, else learning'
        """
        from_, below = ("from", "below") if self.comparison is Comparison.INCLUSIVE else ("above", "up to")
        started = f"mastered {from_} {self.mastered:g}, needs focus {below} {self.focus:g}, else learning"
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
