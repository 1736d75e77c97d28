"""The targets that a student should practise again before they are forgotten (Q9)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners.forgetting import Recall
from graph_api.domain.learners.mastery import Mastery, Thresholds
from graph_api.domain.learners.scope import ALL, Scope
from graph_api.domain.learners.threshold_sets import TargetThresholds
from graph_api.domain.targets import Target, TargetKind
from graph_api.usecases.learners.past_states import replay_masteries
from graph_api.usecases.learners.reads import LearnerReads, RecallOf

CONFIGURED = Thresholds()
"""The thresholds of the settings, unless they are changed."""


@dataclass(frozen=True, slots=True)
class DueRule:
    """The rule of due targets: known, with a low retrievability.

    Attributes:
        kind: concepts or skills.
        below: retrievabilities below this are due, 0..1.
        min_level: levels of at least this are known, 0..1; None: levels that reach the weak threshold of their target.
            Only what was known can be forgotten.
        thresholds: the thresholds of each target.

    >>> DueRule(TargetKind.SKILL, below=2.0, min_level=0.5)
    Traceback (most recent call last):
    graph_api.domain.failures.InvalidInput: below: must be from 0 to 1, got '2.0'
    """

    kind: TargetKind
    below: float
    min_level: float | None
    thresholds: TargetThresholds = CONFIGURED

    def __post_init__(self) -> None:
        for name, value in (("below", self.below), ("minLevel", self.min_level)):
            if value is not None and not 0 <= value <= 1:
                raise InvalidInput(name, "must be from 0 to 1", str(value))

    def min_level_of(self, target: Target) -> float:
        """Levels of a target from this on are known; above it only, if its weak threshold is STRICT."""
        return self.thresholds.for_target(target).weak if self.min_level is None else self.min_level

    def is_known(self, mastery: Mastery) -> bool:
        """Whether a mastery is of the kind and has at least the level."""
        own = self.thresholds.for_target(mastery.target)
        least = own.weak_from if self.min_level is None else self.min_level
        return mastery.target.kind is self.kind and mastery.level >= least


class DueTarget(NamedTuple):
    """A due mastery, and the recall of its target."""

    mastery: Mastery
    recall: Recall

    @property
    def probable_loss(self) -> float:
        """P(known and not recalled): the level times the probability that what was known is not recalled, 0..1."""
        return self.mastery.level * (1 - self.recall.retrievability)


async def read_due(  # noqa: PLR0913 - of whom, by what rule, of which targets, as of when
    reads: LearnerReads, student_id: str, rule: DueRule, at: datetime, *, is_past: bool, scope: Scope = ALL
) -> list[DueTarget]:
    """The due targets of a student at a moment, the largest probable loss first.

    Args:
        reads: the reads of the request.
        student_id: the student.
        rule: what is due.
        at: the moment.
        is_past: whether the levels are replayed as of the moment, instead of read as they are now.
        scope: targets outside it are left out.
    """
    rows: Sequence[Mastery] = await reads.masteries_of_student.load(student_id)
    rows = [row for row in rows if not row.archived and scope.covers(row.target)]
    if is_past:
        rows = [row for row in rows if row.target.kind is rule.kind]
        answers = await reads.evidence.load_many([(student_id, row.target) for row in rows])
        sets = await reads.parameter_sets.load_many([row.parameter_set_id for row in rows])
        rows = replay_masteries(rows, answers, sets, at)
    known = [row for row in rows if rule.is_known(row)]
    asked = [RecallOf(student_id, row.target, row.parameter_set_id, at) for row in known]
    return list_due(known, await reads.recalls.load_many(asked), rule.below)


def list_due(known: Sequence[Mastery], recalls: Iterable[Recall | None], below: float) -> list[DueTarget]:
    """The due targets: a retrievability below a bound, the largest probable loss first, then by target.

    Args:
        known: masteries of one student.
        recalls: the recall of each of them; None without answers.
        below: 0..1.
    """
    due = [
        DueTarget(mastery, recall)
        for mastery, recall in zip(known, recalls, strict=True)
        if recall is not None and recall.retrievability < below
    ]
    return sorted(due, key=lambda each: (-each.probable_loss, each.mastery.target))
