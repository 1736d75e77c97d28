"""Lists of a student's masteries: by kind, status and skill, or the weak ones (Q1, R4)."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from graph_api.domain.learners.mastery import Mastery, Status
from graph_api.domain.learners.recency import Recency, RecencyStatus
from graph_api.domain.learners.threshold_sets import TargetThresholds
from graph_api.domain.targets import Target, TargetKind, skill
from graph_api.usecases.learners.reads import LearnerReads

WEAK_SCORE = 0.7
"""A recency score below this is weak, unless a caller gives another threshold (R4)."""
SCORE_DIGITS = 12
"""Scores are compared to this many digits: 0.5 · 0.7 + 0.3 · 0.7 + 0.2 · 0.7 is not below 0.7."""


@dataclass(frozen=True, slots=True)
class MasteryFilter:
    """A filter of masteries; what is None does not restrict.

    Attributes:
        kind: concepts or skills.
        statuses: what the levels mean.
        skill_code: a skill, with the concepts that are part of it.
        min_attempts: the minimum number of answers.
        include_archived: whether masteries of archived targets pass.
    """

    kind: TargetKind | None = None
    statuses: Collection[Status] | None = None
    skill_code: str | None = None
    min_attempts: int = 0
    include_archived: bool = False

    def matches(self, row: Mastery, thresholds: TargetThresholds) -> bool:
        """Whether a mastery passes, apart from its skill."""
        return (
            (self.kind is None or row.target.kind is self.kind)
            and (
                self.statuses is None
                or thresholds.for_target(row.target).status(row.level, row.evidence) in self.statuses
            )
            and row.attempts >= self.min_attempts
            and (self.include_archived or not row.archived)
        )


class WeakSkill(NamedTuple):
    """The mastery of a skill that is weak by recency, and the minimum number of answers that the list required."""

    mastery: Mastery
    min_attempts: int


async def read_masteries(
    reads: LearnerReads,
    student_id: str,
    matching: MasteryFilter,
    thresholds: TargetThresholds,
    order: Callable[[Mastery], Any],
) -> list[Mastery]:
    """The masteries of a student that pass a filter, in order."""
    rows = [row for row in await reads.masteries_of_student.load(student_id) if matching.matches(row, thresholds)]
    if matching.skill_code is not None:
        links = reads.all_concept_ids_of_skill if matching.include_archived else reads.concept_ids_of_skill
        ids = await links.load(matching.skill_code)
        targets = {skill(matching.skill_code), *(Target(TargetKind.CONCEPT, key) for key in ids)}
        rows = [row for row in rows if row.target in targets]
    return sorted(rows, key=order)


async def read_weak_by_recency(
    reads: LearnerReads, student_id: str, threshold: float, *, include_insufficient_data: bool
) -> list[WeakSkill]:
    """The skills of a student whose recency score is below a threshold, lowest score first, then by code."""
    scores = await reads.recency_of_student.load(student_id) or {}
    rows = await reads.masteries_of_student.load(student_id)
    weak = choose_weak_by_recency(rows, scores, threshold, include_insufficient_data=include_insufficient_data)
    return [
        WeakSkill(row, 0 if include_insufficient_data else scores[row.target.key].breakdown.required) for row in weak
    ]


def choose_weak_by_recency(
    rows: Iterable[Mastery], scores: Mapping[str, Recency], threshold: float, *, include_insufficient_data: bool
) -> list[Mastery]:
    """The masteries of skills whose recency score is below a threshold, lowest score first, then by code."""
    weak = []
    for row in rows:
        score = scores.get(row.target.key) if row.target.kind is TargetKind.SKILL else None
        if score is None or row.archived or round(score.breakdown.score, SCORE_DIGITS) >= threshold:
            continue
        if include_insufficient_data or score.breakdown.status is RecencyStatus.SCORED:
            weak.append((score.breakdown.score, row.target.key, row))
    return [row for *_, row in sorted(weak, key=lambda each: each[:2])]
