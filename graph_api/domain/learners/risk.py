"""Students who may need help: each reason with its evidence (Q6)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from typing import NamedTuple, Self

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
        rapid_share: the minimum share of rapid guesses among the timed answers of the last week, 0..1.

    References: J. E. Beck, Y. Gong (2013), "Wheel-spinning: students who fail to master a skill", AIED 2013;
    S. L. Wise, X. Kong (2005), "Response time effort: a new measure of examinee motivation in computer-based tests",
    Applied Measurement in Education 18, for rapid guesses.

    >>> RiskRule(inactive_days=0)
    Traceback (most recent call last):
    graph_api.domain.failures.InvalidInput: inactiveDays: must be >= 1, got '0'
    """

    inactive_days: int = 14
    drop: float = 0.15
    stuck_attempts: int = 10
    rapid_share: float = 0.25

    def __post_init__(self) -> None:
        if self.inactive_days < 1:
            raise InvalidInput("inactiveDays", "must be >= 1", str(self.inactive_days))
        if not 0 < self.drop <= 1:
            raise InvalidInput("drop", "must be > 0 and <= 1", str(self.drop))
        if self.stuck_attempts < 1:
            raise InvalidInput("stuckAttempts", "must be >= 1", str(self.stuck_attempts))
        if not 0 < self.rapid_share <= 1:
            raise InvalidInput("rapidShare", "must be > 0 and <= 1", str(self.rapid_share))

    def least_stuck(self, weak: WeakRule) -> int:
        """The minimum number of answers of a stuck concept, which is also a weak one."""
        return max(self.stuck_attempts, weak.min_attempts)


DEFAULT_RULE = RiskRule()
LEAST_GUESSES = 5
"""Fewer rapid guesses in a week are no reason."""
RECENT, BEFORE = timedelta(days=7), timedelta(days=21)


class RecentAnswer(NamedTuple):
    """An answer; `counts` unless its weight is 0, `seconds` is its response time, if it has one."""

    at: datetime
    correct: bool
    counts: bool = True
    seconds: float | None = None


class Trend(NamedTuple):
    """The answers of the last week and of the three weeks before, and how many of each were correct."""

    before: int = 0
    before_correct: int = 0
    recent: int = 0
    recent_correct: int = 0

    @classmethod
    def of(cls, answers: Iterable[RecentAnswer], as_of: datetime) -> Self:
        """The trend of some answers as of a moment; others than of these weeks are left out.

        >>> moment = datetime(2026, 1, 31)
        >>> Trend.of([RecentAnswer(moment - timedelta(days=days), correct=days > 7) for days in (1, 8, 9, 40)], moment)
        Trend(before=2, before_correct=2, recent=1, recent_correct=0)
        """
        middle = as_of - RECENT
        since = middle - BEFORE
        counting = [(each.at > middle, each.correct) for each in answers if each.counts and since < each.at <= as_of]
        recent = [correct for is_recent, correct in counting if is_recent]
        before = [correct for is_recent, correct in counting if not is_recent]
        return cls(len(before), sum(before), len(recent), sum(recent))

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


class RapidGuesses(NamedTuple):
    """The answers of the last week that have a response time, and how many of them were too fast and incorrect.

    They count whatever their weight is. `seconds` is the time below which an incorrect answer is a rapid guess.
    """

    timed: int = 0
    guesses: int = 0
    seconds: float = 0.0

    @classmethod
    def of(cls, answers: Iterable[RecentAnswer], as_of: datetime, seconds: float) -> Self:
        """The rapid guesses of the week that ends at a moment.

        >>> moment = datetime(2026, 1, 31)
        >>> answers = [RecentAnswer(moment, correct=False, seconds=time) for time in (1.0, 9.0, None)]
        >>> RapidGuesses.of(answers, moment, 3.0)
        RapidGuesses(timed=2, guesses=1, seconds=3.0)
        """
        timed = [each for each in answers if each.seconds is not None and as_of - RECENT < each.at <= as_of]
        return cls(len(timed), sum((each.seconds or 0.0) < seconds and not each.correct for each in timed), seconds)

    @property
    def share(self) -> float:
        """The share of rapid guesses, 0..1; 0 without answers that have a response time."""
        return self.guesses / self.timed if self.timed else 0.0

    def is_frequent(self, share: float) -> bool:
        """Whether there are at least five, and at least this share.

        >>> RapidGuesses(20, 5, 3.0).is_frequent(0.25), RapidGuesses(4, 4, 3.0).is_frequent(0.25)
        (True, False)
        """
        return self.guesses >= LEAST_GUESSES and Fraction(self.guesses, self.timed) >= decimal(share)


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


class Stuck(NamedTuple):
    """A concept that is still weak after many answers."""

    concept_id: str
    level: float
    attempts: int
    status: Status
    weak: WeakRule = WeakRule()


@dataclass(frozen=True, slots=True)
class Student:
    """The evidence about one student of a class.

    Attributes:
        last_practiced_at: None if they never answered.
        trend: see `Trend`.
        rapid: see `RapidGuesses`.
        falling: topic velocity by skill code, where it is below the bound.
        causes: root causes that block something.
        missed: concepts that free-text answers missed repeatedly.
        stuck: concepts that are still weak after many answers.

    Concepts that the student has mastered are in none of `causes`, `missed` and `stuck`.
    """

    id: str
    last_practiced_at: datetime | None = None
    trend: Trend = field(default_factory=Trend)
    rapid: RapidGuesses = field(default_factory=RapidGuesses)
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
                    self.rapid.is_frequent(rule.rapid_share),
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
