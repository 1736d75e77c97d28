"""The class at a glance: how it stands, and its levels as one matrix (Q6)."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from graph_api.domain.class_levels import ClassLevels
from graph_api.domain.failures import InvalidInput
from graph_api.domain.mastery import Status, Thresholds

MOST_CELLS = 1_000_000
LEVEL_DIGITS = 4


class Distribution(NamedTuple):
    """How a class stands: pairs of students and targets by status; `mean_level` and `coverage` None without any."""

    students: int
    targets: int
    defined: int
    total: int
    coverage: float | None
    mean_level: float | None
    counts: Mapping[Status, int]

    def share(self, status: Status) -> float:
        """The share of all pairs that have a status, 0..1; 0 without pairs."""
        return self.counts.get(status, 0) / self.total if self.total else 0.0


def summarise_class(levels: ClassLevels, thresholds: Thresholds) -> Distribution:
    """How a class stands.

    >>> one = ClassLevels(["anna"], ["a", "b"], np.array([[0.96, np.nan]]), np.array([[3, 0]]))
    >>> found = summarise_class(one, Thresholds())
    >>> found.coverage, found.mean_level, found.share(Status.NOT_STARTED)
    (0.5, 0.96, 0.5)
    """
    total, started = levels.level.size, levels.level[levels.started]
    return Distribution(
        students=len(levels.student_ids),
        targets=len(levels.keys),
        defined=started.size,
        total=total,
        coverage=started.size / total if total else None,
        mean_level=round(float(started.mean()), LEVEL_DIGITS) if started.size else None,
        counts=levels.distribution(thresholds),
    )


def check_cells(levels: ClassLevels) -> ClassLevels:
    """The same levels, if they are not too many for one matrix.

    Raises:
        InvalidInput: there are more than a million cells.
    """
    if levels.level.size > MOST_CELLS:
        rule = f"must be at most {MOST_CELLS}; ask for one skillCode"
        raise InvalidInput("students x targets", rule, str(levels.level.size))
    return levels


def level_cells(levels: ClassLevels) -> Sequence[Sequence[float | None]]:
    """Rows of levels, one per student, to 4 digits; None without answers.

    >>> level_cells(ClassLevels(["anna"], ["a", "b"], np.array([[0.12345, np.nan]]), np.array([[3, 0]])))
    [[0.1234, None]]
    """
    rows: list[list[float | None]] = []
    for level, started in zip(np.round(levels.level, LEVEL_DIGITS), levels.started, strict=True):
        cells: Any = level.astype(object)
        cells[~started] = None
        rows.append(cells.tolist())
    return rows


def count_cells(levels: ClassLevels) -> list[list[int]]:
    """Rows of the answers behind each level, one per student.

    >>> count_cells(ClassLevels(["anna"], ["a", "b"], np.array([[0.12345, np.nan]]), np.array([[3, 0]])))
    [[3, 0]]
    """
    return [row.tolist() for row in levels.attempts]
