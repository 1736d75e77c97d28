"""The levels of a class: students by targets, with their distribution and the hardest targets (Q6)."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.learners.mastery import Status
from graph_api.domain.learners.threshold_sets import Columns
from graph_api.domain.learners.weak_rules import WeakColumns


class Hard(NamedTuple):
    """A hard target of a class: how many practised it, their mean level, and how many of them need focus."""

    key: str
    students: int
    mean_level: float
    need_focus: int


@dataclass(frozen=True, slots=True)
class ClassLevels:
    """Levels of many students.

    Attributes:
        student_ids: the rows, in order of id.
        keys: the columns: concept ids or skill codes, in order.
        level: shape (students, targets); NaN without answers and judgements.
        attempts: shape (students, targets), int.
    """

    student_ids: Sequence[str]
    keys: Sequence[str]
    level: NDArray[np.float64]
    attempts: NDArray[np.int64]

    @property
    def started(self) -> NDArray[np.bool_]:
        """The pairs with answers or judgements, shape (students, targets)."""
        return np.asarray((self.attempts > 0) | ~np.isnan(self.level))

    def only(self, keys: Collection[str]) -> "ClassLevels":
        """The columns of some targets."""
        places = [place for place, key in enumerate(self.keys) if key in keys]
        names = [self.keys[place] for place in places]
        return ClassLevels(self.student_ids, names, self.level[:, places], self.attempts[:, places])

    def deficits(self, rule: WeakColumns) -> NDArray[np.float64]:
        """The deficits to the threshold, shape (students, targets); 0 for what is not weak."""
        return deficits(self.level, self.attempts, rule)

    def distribution(self, thresholds: Columns) -> Counter[Status]:
        """The number of pairs with each status; pairs without answers are NOT_STARTED.

        >>> from graph_api.domain.learners.mastery import Thresholds
        >>> one = ClassLevels(["anna"], ["a", "b"], np.array([[0.96, np.nan]]), np.array([[3, 0]]))
        >>> one.distribution(Thresholds()) == {Status.MASTERED: 1, Status.NOT_STARTED: 1}
        True
        """
        cells = self.cells_by_status(thresholds)
        counts = Counter({status: int(pairs.sum()) for status, pairs in cells.items()})
        return +counts

    def cells_by_status(self, thresholds: Columns) -> dict[Status, NDArray[np.bool_]]:
        """For each status, which pairs have it, as `Thresholds.status`; shape (students, targets)."""
        mastered = is_mastered(self.level, thresholds)
        focus = needs_focus(self.level, thresholds)
        return {
            Status.NOT_STARTED: ~self.started,
            Status.NEEDS_FOCUS: focus,
            Status.LEARNING: self.started & ~mastered & ~focus,
            Status.MASTERED: mastered,
        }

    def students_by_status(self, thresholds: Columns) -> dict[Status, NDArray[np.bool_]]:
        """For each status, which students have it on at least one target, shape (students,).

        >>> from graph_api.domain.learners.mastery import Thresholds
        >>> one = ClassLevels(["anna", "ben"], ["a"], np.array([[0.96], [np.nan]]), np.array([[3], [0]]))
        >>> one.students_by_status(Thresholds())[Status.MASTERED].tolist()
        [True, False]
        """
        cells = self.cells_by_status(thresholds)
        return {status: np.asarray(pairs.any(axis=1)) for status, pairs in cells.items()}

    def practised_by(self, least: int) -> "ClassLevels":
        """The columns that at least `least` students practised, and those that no student practised.

        >>> one = ClassLevels(["anna"], ["a", "b"], np.array([[0.96, np.nan]]), np.array([[3, 0]]))
        >>> list(one.practised_by(2).keys)
        ['b']
        """
        number = self.started.sum(axis=0)
        return self.only({key for key, n in zip(self.keys, number.tolist(), strict=True) if not 0 < n < least})

    def hardest(self, thresholds: Columns, min_students: int) -> list[Hard]:
        """Targets by mean level, lowest first; only those that enough students practised."""
        number = self.started.sum(axis=0)
        total = np.where(self.started, self.level, 0.0).sum(axis=0)
        focus = needs_focus(self.level, thresholds).sum(axis=0)
        hard = [
            Hard(self.keys[place], int(number[place]), float(total[place] / number[place]), int(focus[place]))
            for place in np.flatnonzero(number >= max(min_students, 1)).tolist()
        ]
        return sorted(hard, key=lambda each: (round(each.mean_level, 12), each.key))


def deficits(level: NDArray[np.float64], attempts: NDArray[np.int64], rule: WeakColumns) -> NDArray[np.float64]:
    """The deficits to the threshold; 0 for what is not weak, above 0 for what is. The last axis is of the targets."""
    weak = is_weak(level, attempts, rule)
    return np.where(weak, rule.threshold_from - np.where(weak, level, 0.0), 0.0)


def is_weak(level: NDArray[np.float64], attempts: NDArray[np.int64], rule: WeakColumns) -> NDArray[np.bool_]:
    """The levels that are weak by a rule, as `WeakRule.is_weak`. NaN without answers."""
    return np.asarray((attempts >= rule.min_attempts) & (np.nan_to_num(level, nan=1.0) < rule.not_weak_from))


def is_mastered(level: NDArray[np.float64], thresholds: Columns) -> NDArray[np.bool_]:
    """The levels with the status MASTERED, as `Thresholds.status`. NaN without answers and judgements."""
    return np.asarray(np.nan_to_num(level, nan=0.0) >= thresholds.mastered_from)


def needs_focus(level: NDArray[np.float64], thresholds: Columns) -> NDArray[np.bool_]:
    """The levels with the status NEEDS_FOCUS, as `Thresholds.status`. NaN without answers and judgements."""
    return np.asarray(np.nan_to_num(level, nan=1.0) < thresholds.focus_from)
