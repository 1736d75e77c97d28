"""Inferred levels: what students probably know of targets without answers, under the model in effect (Q15).

They are computed when they are read, and stored nowhere.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np

from graph_api.domain.answers.order import given_by
from graph_api.domain.learners.class_levels import ClassLevels
from graph_api.domain.learners.mastery import Mastery, answers_in
from graph_api.domain.parameters.inference.known import p_known
from graph_api.domain.parameters.inference.model import InferenceModel, Inferred, infer
from graph_api.domain.targets import Target, TargetKind
from graph_api.store.inference import Counts, read_counts_of_group
from graph_api.usecases.computing import compute
from graph_api.usecases.learners.class_history import ClassHistory
from graph_api.usecases.learners.reads import LearnerReads

LEVEL_DIGITS = 4
Cells = Sequence[Sequence[float | None]]


class Estimate(NamedTuple):
    """A probability with a 90 % interval."""

    value: float
    low: float
    high: float


class InferredLevel(NamedTuple):
    """What a student probably knows of a target without answers.

    Attributes:
        target: the concept or skill.
        p_first_correct: P(the first answer is correct).
        p_known: the P(known) that the target's guess and slip turn that into.
        answered: the number of other targets whose answers are the evidence.
        model_id: the model.
    """

    target: Target
    p_first_correct: Estimate
    p_known: Estimate
    answered: int
    model_id: str

    def key(self) -> tuple[float, str]:
        """Its place in lists: the highest P(known) first, then by key."""
        return -self.p_known.value, self.target.key


async def read_inferred_levels(
    reads: LearnerReads, student_id: str, kind: TargetKind, keys: Collection[str] | None = None
) -> list[InferredLevel]:
    """The inferred levels of a student, the highest P(known) first; empty where no model is in effect.

    Args:
        reads: the reads of the request.
        student_id: the student.
        kind: concepts or skills.
        keys: only these targets; None: all that are not archived.
    """
    used = await reads.inference.load(kind)
    if used is None:
        return []
    active = set(await reads.active_keys.load(kind))
    rows = [row for row in await reads.masteries_of_student.load(student_id) if row.target.kind is kind]
    started = {row.target.key for row in rows}
    wanted = active.difference(started) if keys is None else active.difference(started).intersection(keys)
    chosen = [key for key in used.parameters.keys if key in wanted]
    targets = [Target(kind, key) for key in chosen]
    sets = dict(zip(chosen, await reads.sets_in_effect(targets), strict=True)) if chosen else {}
    counts = counts_of(rows, student_id)
    inferred = await compute(_infer, used.parameters, [counts])
    places = {key: place for place, key in enumerate(used.parameters.keys)}
    answered = len(places.keys() & set(counts.keys))
    levels = []
    for target in targets:
        if (own := sets[target.key]) is not None:
            correct = Estimate(*(float(each[0, places[target.key]]) for each in inferred))
            known = Estimate(*(p_known(each, own.parameters) for each in correct))
            levels.append(InferredLevel(target, correct, known, answered, used.id))
    return sorted(levels, key=InferredLevel.key)


async def infer_class(
    reads: LearnerReads, group_id: str, kind: TargetKind, levels: ClassLevels, *, least: int = 1
) -> Cells | None:
    """P(first answer correct) of the members of a group, one row per student; None without a model in effect.

    A cell is None where there is a level, and for a target that the model does not know.

    Args:
        reads: the reads of the request.
        group_id: the group.
        kind: of the columns.
        levels: of the class.
        least: the smallest number of students that a result may be about. Above 1, only the answers to targets of the
            columns are evidence: those to others are about too few students.
    """
    if (used := await reads.inference.load(kind)) is None:
        return None
    counts = await reads.gateway.read_one(lambda tx: read_counts_of_group(tx, group_id, kind))
    return await compute(_cells, used.parameters, counts, levels, set(levels.keys) if least > 1 else None)


async def infer_class_at(
    reads: LearnerReads, history: ClassHistory, kind: TargetKind, moment: datetime, levels: ClassLevels
) -> Cells | None:
    """The same as of a moment, under the model in effect now, from the answers in a history given by then."""
    if (used := await reads.inference.load(kind)) is None:
        return None
    return await compute(_cells_at, used.parameters, history, moment, levels)


def counts_of(rows: Iterable[Mastery], student_id: str) -> Counts:
    """A student's answers to targets."""
    practised = [row for row in rows if row.attempts]
    attempts, correct = [row.attempts for row in practised], [row.correct for row in practised]
    return Counts(student_id, [row.target.key for row in practised], attempts, correct)


def _infer(model: InferenceModel, counts: Sequence[Counts]) -> Inferred:
    """Inferred levels, one row for each of `counts`; answers to targets outside the model are left out."""
    places = {key: place for place, key in enumerate(model.keys)}
    attempts, correct = np.zeros((2, len(counts), len(places)))
    for row, own in enumerate(counts):
        for key, number, right in zip(own.keys, own.attempts, own.correct, strict=True):
            if key in places:
                attempts[row, places[key]], correct[row, places[key]] = number, min(right, number)
    return infer(model, attempts, correct)


def _cells(
    model: InferenceModel, counts: Iterable[Counts], levels: ClassLevels, evidence: Collection[str] | None = None
) -> Cells:
    of_student = {own.student_id: _only(own, evidence) for own in counts}
    rows = [of_student.get(key, Counts(key, [], [], [])) for key in levels.student_ids]
    value = _infer(model, rows).value
    places = {key: place for place, key in enumerate(model.keys)}
    cells = np.full(levels.level.shape, None, object)
    for column, key in enumerate(levels.keys):
        if key in places:
            cells[:, column] = np.round(value[:, places[key]], LEVEL_DIGITS)
    cells[levels.started] = None
    shown: list[list[float | None]] = cells.tolist()
    return shown


def _only(counts: Counts, keys: Collection[str] | None) -> Counts:
    if keys is None:
        return counts
    places = [n for n, key in enumerate(counts.keys) if key in keys]
    columns = ([column[n] for n in places] for column in (counts.attempts, counts.correct))
    return Counts(counts.student_id, [counts.keys[n] for n in places], *columns)


def _cells_at(model: InferenceModel, history: ClassHistory, moment: datetime, levels: ClassLevels) -> Cells:
    of_students: dict[str, Counts] = {}
    shown = set(levels.keys)
    for pair in history.pairs:
        answers = answers_in(given_by(pair.evidence, moment))
        if answers and pair.target.key in shown:
            own = of_students.setdefault(pair.student_id, Counts(pair.student_id, [], [], []))
            own.keys.append(pair.target.key)
            own.attempts.append(len(answers))
            own.correct.append(sum(each.correct for each in answers))
    return _cells(model, of_students.values(), levels)
