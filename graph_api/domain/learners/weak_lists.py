"""Lists of the weak and the strong masteries of a student, by level or by the plain share of correct answers (Q1)."""

from collections.abc import Callable, Iterable
from enum import StrEnum

from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners.mastery import Mastery
from graph_api.domain.learners.weak_rules import WeakRule, WeakRulesOf
from graph_api.domain.targets import TargetKind


class WeakMeasure(StrEnum):
    """The value that a list compares with its threshold."""

    LEVEL = "LEVEL"
    ACCURACY = "ACCURACY"
    RECENCY = "RECENCY"


def choose_weak(
    rows: Iterable[Mastery], kind: TargetKind, rule: WeakRulesOf, measure: WeakMeasure = WeakMeasure.LEVEL
) -> list[Mastery]:
    """The masteries of a kind that are weak, weakest first, then by target; never archived ones.

    Each is judged by the rule of its target. By level, what is MASTERED is never weak. By accuracy, only the share of
    correct answers counts.

    Raises:
        InvalidInput: the measure has a list of its own.
    """
    value = measured(measure)
    by_level = measure is WeakMeasure.LEVEL

    def is_weak(row: Mastery, rule: WeakRule) -> bool:
        if by_level:
            return rule.is_weak(row.level, row.attempts)
        return row.attempts >= max(rule.min_attempts, 1) and value(row) < rule.threshold_from

    weak = [row for row in rows if _is_listed(row, kind, 0) and is_weak(row, rule.for_target(row.target))]
    return sorted(weak, key=lambda row: (value(row), row.target))


def choose_strong(
    rows: Iterable[Mastery],
    kind: TargetKind,
    measure: WeakMeasure,
    *,
    threshold: float,
    min_attempts: int,
) -> list[Mastery]:
    """The masteries of a kind with at least a value and a number of answers, strongest first; never archived ones.

    Raises:
        InvalidInput: the measure has a list of its own, or the threshold is not from 0 to 1.
    """
    value = measured(measure)
    if not 0 <= threshold <= 1:
        raise InvalidInput("threshold", "must be from 0 to 1", str(threshold))
    strong = [row for row in rows if _is_listed(row, kind, max(min_attempts, 1)) and value(row) >= threshold]
    return sorted(strong, key=lambda row: (-value(row), row.target))


def with_enough_answers(rows: Iterable[Mastery], rule: WeakRulesOf) -> list[Mastery]:
    """The masteries with the minimum number of answers of their targets' rules."""
    return [row for row in rows if row.attempts >= rule.for_target(row.target).min_attempts]


def measured(measure: WeakMeasure) -> Callable[[Mastery], float]:
    """The value of a mastery that a measure compares.

    Raises:
        InvalidInput: it is recency, whose scores are lists of their own.
    """
    if measure is WeakMeasure.RECENCY:
        raise InvalidInput(
            "measure", "must be LEVEL or ACCURACY; query weakByRecency for recency scores", measure.value
        )
    return _accuracy if measure is WeakMeasure.ACCURACY else _level


def _is_listed(row: Mastery, kind: TargetKind, min_attempts: int) -> bool:
    return row.target.kind is kind and not row.archived and row.attempts >= min_attempts


def _level(row: Mastery) -> float:
    return row.level


def _accuracy(row: Mastery) -> float:
    return row.correct / row.attempts
