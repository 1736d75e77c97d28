"""Mastery: the state of one student on one target, a pure function of its evidence and one parameter set.

Evidence is answers, and judgements by teachers (`graph_api.domain.learners.judgements`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from math import inf, nextafter
from typing import NamedTuple

from graph_api.domain.answers.order import Order
from graph_api.domain.failures import InvalidInput
from graph_api.domain.parameters.knowledge_tracing import Parameters, Step, clamp, p_correct, update
from graph_api.domain.parameters.parameter_sets import ParameterSet
from graph_api.domain.targets import Target, TargetKind

NEVER = datetime.min.replace(tzinfo=UTC)
"""The place of masteries without answers in orders by the time of the last answer."""
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

    def status(self, level: float, evidence: int) -> Status:
        """The status of a level; without evidence (answers and judgements) a target is not started, never weak.

        >>> Thresholds().status(0.95, evidence=3).value
        'MASTERED'
        >>> Thresholds(comparison=Comparison.STRICT).status(0.95, evidence=3).value
        'LEARNING'
        >>> Thresholds().status(0.1, evidence=0).value
        'NOT_STARTED'
        """
        if evidence == 0:
            return Status.NOT_STARTED
        if level >= self.mastered_from:
            return Status.MASTERED
        return Status.LEARNING if level >= self.focus_from else Status.NEEDS_FOCUS

    def rule(self, evidence: int) -> str:
        """The rule of a status as a sentence.

        >>> Thresholds().rule(evidence=3)
        'mastered from 0.95, needs focus below 0.4, else learning'
        >>> Thresholds(comparison=Comparison.STRICT).rule(evidence=3)
        'mastered above 0.95, needs focus up to 0.4, else learning'
        >>> Thresholds().rule(evidence=0)
        'not started before the first answer; then mastered from 0.95, needs focus below 0.4, else learning'
        """
        from_, below = ("from", "below") if self.comparison is Comparison.INCLUSIVE else ("above", "up to")
        started = f"mastered {from_} {self.mastered:g}, needs focus {below} {self.focus:g}, else learning"
        return started if evidence else f"not started before the first answer; then {started}"


class Evidence(NamedTuple):
    """The part of an answer or a judgement that the fold needs. Its natural order is that of answers (B6).

    `correct` is what the answer counts as, and `weight` how much it counts, 0..1. An answer of weight 0 is no
    opportunity: it changes nothing. `is_as_stated` is whether it counts as the client stated. `level` is the level that
    a judgement states (G10), None for an answer: see `judged`.
    """

    order: Order
    correct: bool
    weight: float = 1.0
    is_as_stated: bool = True
    level: float | None = None

    @classmethod
    def judged(cls, order: Order, level: float) -> "Evidence":
        """The evidence of a judgement: it sets the level and is no opportunity."""
        return cls(order, correct=False, weight=0.0, level=level)

    @property
    def stated(self) -> bool:
        """Whether the answer is correct, as the client stated."""
        return self.correct == self.is_as_stated

    @property
    def at(self) -> datetime:
        """The time of the answer or judgement."""
        return self.order.at

    @property
    def answer_id(self) -> str:
        """Its event id."""
        return self.order.answer_id


@dataclass(frozen=True, slots=True)
class Mastery:
    """The state of one student on one target after `attempts` answers under one parameter set.

    `last` is the place of the last answer in the order of answers; None without answers. `updated_at` is when it was
    written to the graph; None until it is. `archived` is whether the target was archived when the mastery was read.
    `judgements` is the number of judgements that count.
    """

    student_id: str
    target: Target
    level: float
    attempts: int
    correct: int
    last: Order | None
    parameter_set_id: str
    updated_at: datetime | None = None
    archived: bool = field(default=False, compare=False)
    judgements: int = 0

    @property
    def evidence(self) -> int:
        """The number of answers and judgements: the status is NOT_STARTED without any."""
        return self.attempts + self.judgements

    @property
    def last_practiced_at(self) -> datetime | None:
        """The time of the last answer; None without answers."""
        return self.last and self.last.at

    @property
    def last_answer_id(self) -> str | None:
        """The event id of the last answer; None without answers."""
        return self.last and self.last.answer_id

    @property
    def practiced_order(self) -> datetime:
        """The time of the last answer, for sorting: without answers, before every other."""
        return NEVER if self.last is None else self.last.at

    @property
    def accuracy(self) -> float | None:
        """The share of correct answers, 0..1; None without answers."""
        return self.correct / self.attempts if self.attempts else None

    def precedes(self, evidence: Evidence) -> bool:
        """Whether the evidence comes after everything folded in so far, so that one more step is enough (B6).

        The place of judgements is not stored: a pair that has one is always replayed.
        """
        return self.judgements == 0 and (self.last is None or self.last < evidence.order)


class Change(NamedTuple):
    """The effect of one answer on one target. `opportunity` is the place of the answer in the student's history of it.

    For a late answer these are the levels at its own place in time, as known when it was recorded. An answer that is no
    opportunity has the number of opportunities before it. `judgements` is the number of judgements before it.
    """

    target: Target
    level_before: float
    level_after: float
    opportunity: int
    parameter_set_id: str
    judgements: int = 0


def advance(level: float, item: Evidence, used: ParameterSet) -> Step:
    """The effect of one piece of evidence on a level: the one rule that everything that folds evidence follows.

    A judgement sets the level (G10); answers update from there.
    """
    if item.level is not None:
        stated = clamp(item.level)
        return Step(level, p_correct(level, used.parameters), stated, stated)
    return update(level, correct=item.correct, parameters=used.parameters, weight=item.weight)


def fold(
    start: Mastery | None, evidence: Iterable[Evidence], student_id: str, target: Target, used: ParameterSet
) -> Iterator[tuple[Change, Mastery | None]]:
    """Fold evidence, in the order of the input, into a state; yields the change by each and the state after it.

    From None, the prior is where it starts. The state stays None until the first judgement or answer that counts.
    """
    mastery = start
    level = clamp(used.parameters.prior) if start is None else start.level
    attempts, correct, judgements = (0, 0, 0) if start is None else (start.attempts, start.correct, start.judgements)
    last = None if start is None else start.last
    for item in evidence:
        after, before = advance(level, item, used).after, judgements
        if item.level is not None:
            judgements += 1
        elif item.weight:
            attempts, correct, last = attempts + 1, correct + item.correct, item.order
        if item.level is not None or item.weight:
            mastery = Mastery(student_id, target, after, attempts, correct, last, used.id, judgements=judgements)
        yield Change(target, level, after, attempts, used.id, before), mastery
        level = after


def replay(evidence: Iterable[Evidence], student_id: str, target: Target, used: ParameterSet) -> Mastery | None:
    """The state after all the evidence, in any order of the input (B6); None without evidence that counts."""
    mastery: Mastery | None = None
    for _, mastery in fold(None, sorted(evidence), student_id, target, used):  # noqa: B007 - the last one counts
        pass
    return mastery


def level_at(evidence: Iterable[Evidence], moment: datetime, used: ParameterSet) -> float:
    """The level as of a past moment (Q2): the replay of the evidence up to then; the prior before the first."""
    level = clamp(used.parameters.prior)
    for item in sorted(evidence):
        if item.at > moment:
            break
        level = advance(level, item, used).after
    return level


def answers_in(evidence: Iterable[Evidence]) -> list[Evidence]:
    """The answers of some evidence, in the order of the input."""
    return [item for item in evidence if item.level is None]


def from_last_judgement(evidence: Iterable[Evidence]) -> tuple[float | None, list[Evidence]]:
    """The level that the last judgement states, None without one, and the answers after it, in order."""
    ordered = sorted(evidence)
    place = max((n for n, item in enumerate(ordered) if item.level is not None), default=None)
    return (None, ordered) if place is None else (ordered[place].level, ordered[place + 1 :])


def since_judged(evidence: Iterable[Evidence], parameters: Parameters) -> tuple[Parameters, list[Evidence]]:
    """The answers after the last judgement, in order, and the parameters that they are traced under.

    The level that the judgement states is their prior. Without a judgement, all answers under the parameters as given.
    """
    stated, since = from_last_judgement(evidence)
    return (parameters if stated is None else replace(parameters, prior=stated)), since
