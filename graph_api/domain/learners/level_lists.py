"""Lists of students by their levels on one target, and of students by all their levels: filters and orders (Q14)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import floor
from typing import Any, NamedTuple

from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners.mastery import Mastery, Status, Thresholds
from graph_api.domain.learners.threshold_sets import TargetThresholds
from graph_api.domain.targets import Target

MEAN_STEPS = 10_000
"""Mean levels are compared and shown in steps of one part in this many."""


@dataclass(frozen=True, slots=True)
class LevelFilter:
    """A filter of levels; what is None does not restrict. Without evidence there is no level, so no bound is met.

    Attributes:
        statuses: the statuses of the level.
        below: only levels below this, 0..1.
        above: only levels above this, 0..1.
        min_attempts: the minimum number of answers.

    >>> LevelFilter(below=1.5)
    Traceback (most recent call last):
    graph_api.domain.failures.InvalidInput: below: must be from 0 to 1, got '1.5'
    """

    statuses: frozenset[Status] | None = None
    below: float | None = None
    above: float | None = None
    min_attempts: int = 0

    def __post_init__(self) -> None:
        for name in ("below", "above"):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= 1:
                raise InvalidInput(name, "must be from 0 to 1", str(value))
        if not 0 <= self.min_attempts < 2**63:
            raise InvalidInput("minAttempts", "must be 0 or more", str(self.min_attempts))

    @property
    def is_empty(self) -> bool:
        """Whether every level passes."""
        return self == LevelFilter()

    def matches(self, row: Mastery, thresholds: Thresholds) -> bool:
        """Whether the level of a mastery passes."""
        return (
            (self.statuses is None or thresholds.status(row.level, row.evidence) in self.statuses)
            and (self.below is None or row.level < self.below)
            and (self.above is None or row.level > self.above)
            and row.attempts >= self.min_attempts
        )


class OrderBy(StrEnum):
    """The value that masteries of one target are ordered by."""

    LEVEL = "LEVEL"
    ATTEMPTS = "ATTEMPTS"
    LAST_PRACTICED = "LAST_PRACTICED"
    STUDENT = "STUDENT"


class Place(NamedTuple):
    """The place of a mastery in an order: the value, and the student's id, which decides ties."""

    value: Any
    student_id: str


class LevelOrder(NamedTuple):
    """An order of the masteries of one target. Ties are ordered by the student's id, ascending."""

    by: OrderBy
    descending: bool = False

    def place(self, mastery: Mastery) -> Place:
        """The place of a mastery."""
        value = {
            OrderBy.LEVEL: mastery.level,
            OrderBy.ATTEMPTS: mastery.attempts,
            OrderBy.LAST_PRACTICED: mastery.practiced_order,
            OrderBy.STUDENT: mastery.student_id,
        }[self.by]
        return Place(value, mastery.student_id)

    def arrange(self, masteries: Iterable[Mastery]) -> list[Mastery]:
        """The masteries in this order."""
        by_student = sorted(masteries, key=lambda each: each.student_id)
        return sorted(by_student, key=lambda each: self.place(each).value, reverse=self.descending)

    def is_after(self, mastery: Mastery, after: Place) -> bool:
        """Whether a mastery comes after a place.

        A mastery whose value does not change is on one side of every place, whatever happens to the others: so pages
        neither lose nor repeat it.
        """
        value, student_id = self.place(mastery)
        if value == after.value:
            return student_id > after.student_id
        return bool(value < after.value if self.descending else value > after.value)


class StudentOrderBy(StrEnum):
    """The value that students are ordered by."""

    ID = "ID"
    NAME = "NAME"
    LAST_PRACTICED = "LAST_PRACTICED"
    MEAN_LEVEL = "MEAN_LEVEL"
    NEEDS_FOCUS = "NEEDS_FOCUS"


def mean_level(levels: Sequence[float]) -> float | None:
    """The mean of levels, to 4 digits; None without levels.

    >>> mean_level([0.25, 0.5])
    0.375
    """
    return floor(sum(levels) / len(levels) * MEAN_STEPS + 0.5) / MEAN_STEPS if levels else None


class StudentSummary(NamedTuple):
    """What a student's levels amount to, over concepts or over skills."""

    mean_level: float | None
    counts: dict[Status, int]


def summarise_levels(
    levels: Collection[tuple[Target, float, int]], targets: int, thresholds: TargetThresholds
) -> StudentSummary:
    """The summary of a student's levels on concepts or on skills.

    Args:
        levels: each with its target, and the number of answers and judgements behind it.
        targets: the number of targets of the kind, so that those without answers count as NOT_STARTED.
        thresholds: the thresholds of each target.

    >>> summarise_levels([], 3, Thresholds()).counts[Status.NOT_STARTED]
    3
    """
    counts = dict.fromkeys(Status, 0)
    for target, level, evidence in levels:
        counts[thresholds.for_target(target).status(level, evidence)] += 1
    counts[Status.NOT_STARTED] = max(targets - len(levels), 0)
    return StudentSummary(mean_level([level for _, level, _ in levels]), counts)
