"""The movement of a class between two moments: which levels crossed which threshold (Q12)."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.learners.class_levels import ClassLevels
from graph_api.domain.learners.mastery import Status
from graph_api.domain.learners.threshold_sets import Columns

RANKS = tuple(Status)
"""The statuses in ascending order: NOT_STARTED, NEEDS_FOCUS, LEARNING, MASTERED."""


class Direction(StrEnum):
    """Whether a status is higher or lower than before."""

    UP = "UP"
    DOWN = "DOWN"


class Threshold(StrEnum):
    """A threshold between two statuses."""

    FOCUS = "FOCUS"
    MASTERED = "MASTERED"

    @property
    def reached(self) -> int:
        """The rank of the lowest status that has reached the threshold."""
        return RANKS.index(Status.LEARNING if self is Threshold.FOCUS else Status.MASTERED)

    def is_between(self, before: int, after: int) -> bool:
        """Whether one rank has reached the threshold and the other has not."""
        return (before < self.reached) != (after < self.reached)


class Transition(NamedTuple):
    """The pairs of a student and a target with one status before and another, or the same, after.

    Attributes:
        pairs: the number of pairs.
        students: the number of students who have at least one of them.
    """

    before: Status
    after: Status
    pairs: int
    students: int


class Move(NamedTuple):
    """A pair of a student and a target whose status changed. A level is None without answers by then."""

    student_id: str
    key: str
    before: Status
    after: Status
    level_before: float | None
    level_after: float | None

    @property
    def direction(self) -> Direction:
        """Whether the status rose or fell.

        >>> Move("anna", "verbs", Status.MASTERED, Status.LEARNING, 0.96, 0.9).direction.value
        'DOWN'
        """
        return Direction.UP if RANKS.index(self.before) < RANKS.index(self.after) else Direction.DOWN

    @property
    def crossed(self) -> list[Threshold]:
        """The thresholds between the two statuses. A target without answers has reached none.

        >>> [each.value for each in Move("anna", "verbs", Status.NOT_STARTED, Status.MASTERED, None, 0.96).crossed]
        ['FOCUS', 'MASTERED']
        """
        before, after = RANKS.index(self.before), RANKS.index(self.after)
        return [each for each in Threshold if each.is_between(before, after)]


class Crossings(NamedTuple):
    """How many pairs crossed a threshold upwards and downwards, and how many students did."""

    threshold: Threshold
    up: int
    down: int
    students_up: int
    students_down: int


class Movement(NamedTuple):
    """Two states of one class: the same students and targets."""

    before: ClassLevels
    after: ClassLevels
    ranks_before: NDArray[np.int64]
    ranks_after: NDArray[np.int64]

    @classmethod
    def of(cls, before: ClassLevels, after: ClassLevels, thresholds: Columns) -> "Movement":
        """The movement from one state to the other, by the same thresholds."""
        return cls(before, after, _ranks(before, thresholds), _ranks(after, thresholds))

    def transitions(self) -> list[Transition]:
        """The transitions with at least one pair, by status before, then after."""
        return list(self._transitions())

    def _transitions(self) -> Iterator[Transition]:
        for before, status_before in enumerate(RANKS):
            for after, status_after in enumerate(RANKS):
                cells = (self.ranks_before == before) & (self.ranks_after == after)
                if pairs := int(cells.sum()):
                    yield Transition(status_before, status_after, pairs, int(cells.any(axis=1).sum()))

    def crossings(self) -> list[Crossings]:
        """How many pairs and students crossed each threshold."""
        return [self._crossings(each) for each in Threshold]

    def _crossings(self, threshold: Threshold) -> Crossings:
        was, is_now = self.ranks_before >= threshold.reached, self.ranks_after >= threshold.reached
        up, down = ~was & is_now, was & ~is_now
        students = int(up.any(axis=1).sum()), int(down.any(axis=1).sum())
        return Crossings(threshold, int(up.sum()), int(down.sum()), *students)

    def moves(self, direction: Direction | None = None, threshold: Threshold | None = None) -> list[Move]:
        """The pairs whose status changed, by student, then by target.

        Args:
            direction: only those that rose, or only those that fell.
            threshold: only those that crossed this one.
        """
        rows, columns = np.nonzero(self.ranks_before != self.ranks_after)
        moves = (self._move(row, column) for row, column in zip(rows.tolist(), columns.tolist(), strict=True))
        return [
            move
            for move in moves
            if (direction is None or move.direction is direction) and (threshold is None or threshold in move.crossed)
        ]

    def _move(self, row: int, column: int) -> Move:
        statuses = RANKS[self.ranks_before[row, column]], RANKS[self.ranks_after[row, column]]
        levels = [_level(levels, row, column) for levels in (self.before, self.after)]
        return Move(self.before.student_ids[row], self.before.keys[column], *statuses, *levels)


def are_shown(transitions: Sequence[Transition], least: int) -> bool:
    """Whether each transition is about at least `least` students.

    Rows and columns of the table add up to the two distributions, so hiding single transitions would hide nothing.

    >>> are_shown([Transition(Status.LEARNING, Status.MASTERED, 3, 2)], 10)
    False
    """
    return all(each.students >= least for each in transitions)


def _ranks(levels: ClassLevels, thresholds: Columns) -> NDArray[np.int64]:
    """The place of each status in `RANKS`, shape (students, targets)."""
    ranks = np.zeros(levels.level.shape, np.int64)
    for status, cells in levels.cells_by_status(thresholds).items():
        ranks[cells] = RANKS.index(status)
    return ranks


def _level(levels: ClassLevels, row: int, column: int) -> float | None:
    return float(levels.level[row, column]) if levels.started[row, column] else None
