"""What a student should practise again before it is forgotten (Q9)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from graph_api.domain.learners.forgetting import half_life, recalled
from graph_api.domain.learners.mastery import Evidence, Mastery
from graph_api.domain.targets import TargetKind


class DueTarget(NamedTuple):
    """Something due: the mastery, the chance to recall it, its half-life, and when it was last practised."""

    mastery: Mastery
    retrievability: float
    half_life: timedelta
    last_practiced_at: datetime


def choose_known(rows: Iterable[Mastery], kind: TargetKind, min_level: float) -> list[Mastery]:
    """The masteries of a kind with at least a level: only what was known can be forgotten."""
    return [row for row in rows if row.target.kind is kind and row.level >= min_level]


def list_due(
    known: Sequence[Mastery], evidence: Iterable[Iterable[Evidence]], at: datetime, below: float
) -> list[DueTarget]:
    """What is due at a moment: a retrievability below a bound, the most forgotten first, then by target.

    Args:
        known: masteries of one student.
        evidence: the answers behind each of them, in their order.
        at: the moment.
        below: 0..1.
    """
    due = []
    for mastery, answers in zip(known, evidence, strict=True):
        memory = half_life(answers, at)
        if memory is not None and (chance := recalled(memory[0], at - memory[1])) < below:
            due.append(DueTarget(mastery, chance, *memory))
    return sorted(due, key=lambda each: (each.retrievability, each.mastery.target))
