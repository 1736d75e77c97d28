"""Which of a student's masteries a list shows: by kind, status and skill, or the weak ones (Q1, R4)."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graph_api.domain.learners.mastery import Mastery, Status, Thresholds
from graph_api.domain.learners.recency import Recency, RecencyStatus
from graph_api.domain.learners.root_causes import WeakRule
from graph_api.domain.targets import Target, TargetKind

WEAK_SCORE = 0.7
"""A recency score below this is weak, unless a caller says otherwise (R4)."""
SCORE_DIGITS = 12
"""Scores are compared to so many digits: 0.5 · 0.7 + 0.3 · 0.7 + 0.2 · 0.7 is not below 0.7."""


@dataclass(frozen=True, slots=True)
class MasteryFilter:
    """Which masteries: whatever is not None."""

    kind: TargetKind | None = None
    statuses: Collection[Status] | None = None
    targets: Collection[Target] | None = None
    min_attempts: int = 1

    def fits(self, row: Mastery, thresholds: Thresholds) -> bool:
        """Whether a mastery is one of them."""
        return (
            (self.kind is None or row.target.kind is self.kind)
            and (self.statuses is None or thresholds.status(row.level, row.attempts) in self.statuses)
            and (self.targets is None or row.target in self.targets)
            and row.attempts >= self.min_attempts
        )


def choose_masteries(
    rows: Iterable[Mastery], wanted: MasteryFilter, thresholds: Thresholds, order: Callable[[Mastery], Any]
) -> list[Mastery]:
    """The masteries that fit, in order."""
    return sorted((row for row in rows if wanted.fits(row, thresholds)), key=order)


def choose_weak(rows: Iterable[Mastery], kind: TargetKind, rule: WeakRule) -> list[Mastery]:
    """The masteries of a kind that are weak, weakest first, then by target; what is MASTERED never is."""
    weak = [row for row in rows if row.target.kind is kind and rule.is_weak(row.level, row.attempts)]
    return sorted(weak, key=lambda row: (row.level, row.target))


def choose_weak_by_recency(
    rows: Iterable[Mastery], scores: Mapping[str, Recency], threshold: float, *, include_insufficient_data: bool
) -> list[Mastery]:
    """The masteries of skills whose recency score is below a threshold, lowest score first, then by code."""
    weak = []
    for row in rows:
        score = scores.get(row.target.key) if row.target.kind is TargetKind.SKILL else None
        if score is None or round(score.breakdown.score, SCORE_DIGITS) >= threshold:
            continue
        if include_insufficient_data or score.breakdown.status is RecencyStatus.SCORED:
            weak.append((score.breakdown.score, row.target.key, row))
    return [row for *_, row in sorted(weak, key=lambda each: each[:2])]
