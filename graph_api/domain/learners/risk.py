"""Students who may need help: each reason with its evidence (Q6)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners.mastery import Status
from graph_api.domain.learners.root_causes import find_blocks
from graph_api.domain.learners.uncertainty import wilson
from graph_api.domain.learners.weak_rules import WeakRule
from graph_api.domain.shares import decimal


@dataclass(frozen=True, slots=True)
class RiskRule:
    """The rules of reasons.

    Attributes:
        inactive_days: students without practice for more days are inactive.
        drop: the minimum fall in accuracy from the three weeks before to the last week, 0..1, beyond chance.
        stuck_attempts: concepts that are still weak after this many answers are stuck; more practice seldom helps.

    Reference: J. E. Beck, Y. Gong (2013), "Wheel-spinning: students who fail to master a skill", AIED 2013.

    >>> RiskRule(inactive_days=0)
    Traceback (most recent call last):
    graph_api.domain.failures.InvalidInput: inactiveDays: must be >= 1, got '0'
    """

    inactive_days: int = 14
    drop: float = 0.15
    stuck_attempts: int = 10

    def __post_init__(self) -> None:
        if self.inactive_days < 1:
            raise InvalidInput("inactiveDays", "must be >= 1", str(self.inactive_days))
        if not 0 < self.drop <= 1:
            raise InvalidInput("drop", "must be > 0 and <= 1", str(self.drop))
        if self.stuck_attempts < 1:
            raise InvalidInput("stuckAttempts", "must be >= 1", str(self.stuck_attempts))

    def least_stuck(self, weak: WeakRule) -> int:
        """The minimum number of answers of a stuck concept, which is also a weak one."""
        return max(self.stuck_attempts, weak.min_attempts)


DEFAULT_RULE = RiskRule()
RECENT, BEFORE = timedelta(days=7), timedelta(days=21)


class Trend(NamedTuple):
    """The answers of the last week and of the three weeks before, and how many of each were correct."""

    before: int = 0
    before_correct: int = 0
    recent: int = 0
    recent_correct: int = 0

    def falls(self, drop: float) -> bool:
        """Whether accuracy fell by at least `drop`, and the two 90 % intervals do not overlap.

        >>> Trend(before=40, before_correct=36, recent=20, recent_correct=8).falls(0.15)
        True
        >>> Trend(before=4, before_correct=4, recent=2, recent_correct=1).falls(0.15)
        False
        """
        if not (self.before and self.recent):
            return False
        before, recent = Fraction(self.before_correct, self.before), Fraction(self.recent_correct, self.recent)
        apart = wilson(float(recent), self.recent).high < wilson(float(before), self.before).low
        return before - recent >= decimal(drop) and apart

    @property
    def recent_accuracy(self) -> float:
        """The share of correct answers in the last week, 0..1; there must be answers."""
        return self.recent_correct / self.recent

    @property
    def before_accuracy(self) -> float:
        """The share of correct answers in the three weeks before, 0..1; there must be answers."""
        return self.before_correct / self.before

    def in_words(self) -> str:
        """The reason as a sentence.

        >>> Trend(before=40, before_correct=36, recent=20, recent_correct=8).in_words()
        'accuracy fell from 90% to 40% in the last week'
        """
        return f"accuracy fell from {self.before_accuracy:.0%} to {self.recent_accuracy:.0%} in the last week"


class BlockingCause(NamedTuple):
    """A root cause, and how many weak concepts it blocks."""

    concept_id: str
    blocks: int


class RootCauseReason(NamedTuple):
    """A root cause that blocks something, with the student's level and status in it."""

    concept_id: str
    blocks: int
    level: float
    status: Status
    weak: WeakRule = WeakRule()

    def in_words(self) -> str:
        """The reason as a sentence, with the status, so that a reader sees why a concept in progress is listed.

        >>> RootCauseReason("verbs", 2, 0.42, Status.LEARNING).in_words()
        'verbs (level 0.42, LEARNING) is below 0.5, and so are 2 concepts after it'
        """
        after = "is 1 concept" if self.blocks == 1 else f"are {self.blocks} concepts"
        named = in_words(self.concept_id, self.level, self.status)
        return f"{named} is {self.weak.below_in_words}, and so {after} after it"


class Stuck(NamedTuple):
    """A concept that is still weak after many answers."""

    concept_id: str
    level: float
    attempts: int
    status: Status
    weak: WeakRule = WeakRule()


def in_words(concept_id: str, level: float, status: Status) -> str:
    """A concept with its level, cut to two digits, so that it does not read as the bound above it, and its status.

    >>> in_words("verbs", 0.4996, Status.LEARNING)
    'verbs (level 0.49, LEARNING)'
    """
    return f"{concept_id} (level {math.floor(level * 100) / 100:.2f}, {status.value})"


def falling_in_words(code: str, velocity: float) -> str:
    """A falling topic as a sentence.

    >>> falling_in_words("verbs", -0.0813)
    'verbs falls by 0.081 per answer'
    """
    return f"{code} falls by {-velocity:.3f} per answer"


def inactivity_in_words(days: float | None) -> str:
    """Inactivity as a sentence, from the days since the last answer.

    >>> inactivity_in_words(20.4), inactivity_in_words(None)
    ('not practised for 20 days', 'never practised')
    """
    return "never practised" if days is None else f"not practised for {days:.0f} days"


def stagnation_in_words(missed: Sequence[str], stuck: Sequence[Stuck], rule: RiskRule) -> str:
    """The stagnating concepts as a sentence.

    >>> stagnation_in_words([], [Stuck("verbs", 0.42, 12, Status.LEARNING)], RiskRule())
    'below 0.5 after at least 10 answers: verbs (level 0.42, LEARNING)'
    """
    parts = []
    if missed:
        parts.append(f"missed repeatedly by free-text answers: {', '.join(missed)}")
    for weak in dict.fromkeys(each.weak for each in stuck):
        names = ", ".join(in_words(each.concept_id, each.level, each.status) for each in stuck if each.weak == weak)
        parts.append(f"{weak.below_in_words} after at least {rule.least_stuck(weak)} answers: {names}")
    return "; ".join(parts)


@dataclass(frozen=True, slots=True)
class Student:
    """The evidence about one student of a class.

    Attributes:
        last_practiced_at: None if they never answered.
        trend: see `Trend`.
        falling: topic velocity by skill code, where it is below the bound.
        causes: root causes that block something.
        missed: concepts that free-text answers missed repeatedly.
        stuck: concepts that are still weak after many answers.

    Concepts that the student has mastered are in none of `causes`, `missed` and `stuck`.
    """

    id: str
    last_practiced_at: datetime | None = None
    trend: Trend = field(default_factory=Trend)
    falling: Mapping[str, float] = field(default_factory=dict)
    causes: Sequence[RootCauseReason] = ()
    missed: Sequence[str] = ()
    stuck: Sequence[Stuck] = ()

    def idle_days(self, as_of: datetime) -> float | None:
        """Days since the last answer; None without any."""
        return None if self.last_practiced_at is None else (as_of - self.last_practiced_at) / timedelta(days=1)

    def inactive(self, rule: RiskRule, as_of: datetime) -> bool:
        """Whether the student has not practised for more than `inactive_days`, or never."""
        idle = self.idle_days(as_of)
        return idle is None or idle > rule.inactive_days

    def reasons(self, rule: RiskRule, as_of: datetime) -> int:
        """The number of kinds of reasons.

        >>> Student("anna", missed=["verbs"]).reasons(RiskRule(), datetime(2026, 1, 1))
        2
        """
        return sum(
            map(
                bool,
                (
                    self.trend.falls(rule.drop),
                    self.falling,
                    self.causes,
                    self.missed or self.stuck,
                    self.inactive(rule, as_of),
                ),
            )
        )


def find_causes(graph: CourseGraph, deficits: NDArray[np.float64]) -> list[list[BlockingCause]]:
    """For each student the root causes that block something weak, those that block most first.

    Args:
        graph: the course.
        deficits: shape (students, concepts).
    """
    _, blocks = find_blocks(graph, deficits > 0)
    order = np.argsort(-blocks, axis=1, kind="stable")
    return [
        [BlockingCause(graph.ids[place], int(row[place])) for place in of_row[: np.count_nonzero(row)].tolist()]
        for row, of_row in zip(blocks, order, strict=True)
    ]
