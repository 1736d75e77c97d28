"""Series of a class, and its movement between two moments (Q12)."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np

from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners.mastery import Status
from graph_api.domain.learners.movement import Crossings, Movement, Transition, are_shown
from graph_api.domain.learners.threshold_sets import TargetThresholds
from graph_api.domain.learners.timeline import Timeline
from graph_api.domain.learners.trends import mean_levels
from graph_api.domain.targets import TargetKind
from graph_api.usecases.learners.class_history import ClassCurves
from graph_api.usecases.learners.view_class import LEVEL_DIGITS, Distribution, summarise_class


def summarise_series(
    curves: ClassCurves, timeline: Timeline, kind: TargetKind, thresholds: TargetThresholds, least: int
) -> list[Distribution]:
    """The distribution of a class as of the end of each period, without what is about fewer than `least` students.

    Raises:
        InvalidInput: there are too many students, targets and periods together.
    """
    curves.check(timeline.moments)
    columns = thresholds.columns(kind, curves.keys)
    return [summarise_class(levels, columns, least) for levels in curves.at(timeline.moments)]


class StudentRows(NamedTuple):
    """A row per student and a column per period.

    Attributes:
        student_ids: the rows, in order of id.
        levels: the mean level over the targets with answers, to 4 digits; None without any.
        started: the number of these targets.
        mastered: how many of them are MASTERED.
    """

    student_ids: Sequence[str]
    levels: Sequence[Sequence[float | None]]
    started: list[list[int]]
    mastered: list[list[int]]


def list_student_rows(
    curves: ClassCurves, timeline: Timeline, kind: TargetKind, thresholds: TargetThresholds, least: int
) -> StudentRows:
    """The rows of a class as of the end of each period.

    Targets that fewer than `least` students practised by then do not count.

    Raises:
        InvalidInput: there are too many students, targets and periods together.
    """
    curves.check(timeline.moments)
    means, started, mastered = [], [], []
    for levels in curves.at(timeline.moments):
        shown = levels.practised_by(least) if least > 1 else levels
        cells = shown.cells_by_status(thresholds.columns(kind, shown.keys))
        means.append(mean_levels(shown))
        started.append(shown.started.sum(axis=1))
        mastered.append(cells[Status.MASTERED].sum(axis=1))
    rows = np.round(np.stack(means, axis=1), LEVEL_DIGITS)
    values = rows.astype(object)
    values[np.isnan(rows)] = None
    return StudentRows(
        curves.student_ids, values.tolist(), np.stack(started, axis=1).tolist(), np.stack(mastered, axis=1).tolist()
    )


class MovementReport(NamedTuple):
    """The movement of a class, with what may be shown of it.

    Attributes:
        movement: the two states.
        transitions: by status before and after; None if one is about too few students.
        crossings: by threshold; None likewise.
    """

    movement: Movement
    transitions: Sequence[Transition] | None
    crossings: Sequence[Crossings] | None


class Between(NamedTuple):
    """Two moments."""

    since: datetime
    until: datetime


def report_movement(
    curves: ClassCurves, moments: Between, kind: TargetKind, thresholds: TargetThresholds, least: int
) -> MovementReport:
    """The movement of a class between two moments, without what is about fewer than `least` students.

    Raises:
        InvalidInput: the first moment is not before the second, or there are too many students and targets.
    """
    if moments.since >= moments.until:
        rule = f"must be before until, {moments.until.isoformat()}"
        raise InvalidInput("since", rule, moments.since.isoformat())
    curves.check(moments)
    before, after = curves.at(moments)
    movement = Movement.of(before, after, thresholds.columns(kind, curves.keys))
    transitions = movement.transitions()
    if are_shown(transitions, least):
        return MovementReport(movement, transitions, movement.crossings())
    return MovementReport(movement, None, None)
