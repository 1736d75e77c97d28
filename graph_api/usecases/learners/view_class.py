"""The class view: distribution, hardest targets, and the matrix of levels (Q6)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners.class_levels import ClassLevels
from graph_api.domain.learners.mastery import Status
from graph_api.domain.learners.scope import ALL, Scope
from graph_api.domain.learners.threshold_sets import Columns
from graph_api.domain.targets import TargetKind
from graph_api.usecases.computing import compute_cells
from graph_api.usecases.learners.reads import LearnerReads

MOST_CELLS = 1_000_000
LEVEL_DIGITS = 4


class Distribution(NamedTuple):
    """The distribution of a class: pairs of students and targets by status.

    `mean_level` and `coverage` are None without pairs. What is about too few students is None, and not in `counts`.
    """

    students: int
    targets: int
    defined: int | None
    total: int
    coverage: float | None
    mean_level: float | None
    counts: Mapping[Status, int]

    def share(self, status: Status) -> float:
        """The share of all pairs that have a status, 0..1; 0 without pairs."""
        return self.counts.get(status, 0) / self.total if self.total else 0.0


def choose_hidden_statuses(levels: ClassLevels, thresholds: Columns, least: int) -> set[Status]:
    """The statuses whose counts are about fewer than `least` students, and those that subtraction would reveal.

    Statuses of no student are not hidden. Together the hidden ones are about at least `least` students, or all are
    hidden: the total minus the others then reveals nothing about fewer.

    >>> from graph_api.domain.learners.mastery import Thresholds
    >>> level = np.array([[0.96], [0.96], [0.1], [0.7], [0.7]])
    >>> one = ClassLevels([*"abcde"], ["x"], level, np.full((5, 1), 3))
    >>> sorted(choose_hidden_statuses(one, Thresholds(), 2))
    [<Status.LEARNING: 'LEARNING'>, <Status.NEEDS_FOCUS: 'NEEDS_FOCUS'>]
    """
    return _choose_hidden(levels.students_by_status(thresholds), least)


def hide_small_counts(counts: Mapping[Status, int], least: int) -> dict[Status, int]:
    """The numbers of students by their status on one target, without those that `choose_hidden_statuses` hides.

    >>> shown = hide_small_counts({Status.MASTERED: 12, Status.LEARNING: 11, Status.NEEDS_FOCUS: 3}, 10)
    >>> {status.value: count for status, count in shown.items()}
    {'NOT_STARTED': 0, 'MASTERED': 12}
    """
    status_of = np.repeat(np.arange(len(Status)), [counts.get(status, 0) for status in Status])
    hidden = _choose_hidden({status: status_of == place for place, status in enumerate(Status)}, least)
    return {status: counts.get(status, 0) for status in Status if status not in hidden}


def _choose_hidden(students: Mapping[Status, NDArray[np.bool_]], least: int) -> set[Status]:
    """The statuses to hide, given which students have each."""
    ordered = sorted((int(rows.sum()), status) for status, rows in students.items() if rows.any())
    hidden: set[Status] = set()
    together = np.zeros(max((len(rows) for rows in students.values()), default=0), np.bool_)
    for number, status in ordered:
        if number < least or (hidden and int(together.sum()) < least):
            hidden.add(status)
            together |= students[status]
    return hidden


def summarise_class(levels: ClassLevels, thresholds: Columns, least: int = 1) -> Distribution:
    """The distribution of a class over statuses, without what is about fewer than `least` students.

    >>> from graph_api.domain.learners.mastery import Thresholds
    >>> one = ClassLevels(["anna"], ["a", "b"], np.array([[0.96, np.nan]]), np.array([[3, 0]]))
    >>> summary = summarise_class(one, Thresholds())
    >>> summary.coverage, summary.mean_level, summary.share(Status.NOT_STARTED)
    (0.5, 0.96, 0.5)
    """
    total, started = levels.level.size, levels.level[levels.started]
    hidden = choose_hidden_statuses(levels, thresholds, least)
    few = 0 < int(levels.started.any(axis=1).sum()) < least
    is_shown = not few and Status.NOT_STARTED not in hidden
    return Distribution(
        students=len(levels.student_ids),
        targets=len(levels.keys),
        defined=started.size if is_shown else None,
        total=total,
        coverage=started.size / total if total and is_shown else None,
        mean_level=round(float(started.mean()), LEVEL_DIGITS) if started.size and not few else None,
        counts={status: levels.distribution(thresholds)[status] for status in Status if status not in hidden},
    )


class HardTarget(NamedTuple):
    """A target that a class finds hard; `need_focus` is None if it is about too few students."""

    kind: TargetKind
    key: str
    students: int
    mean_level: float
    need_focus: int | None


async def read_class_levels(
    reads: LearnerReads, group_id: str, kind: TargetKind, skill_code: str | None, scope: Scope = ALL
) -> ClassLevels:
    """The levels of a group on concepts or skills: those of a scope, or one skill and its concepts."""
    levels = await reads.class_levels.load((group_id, kind))
    covered = await _covered(reads, kind, skill_code, scope)
    return levels if covered is None else await compute_cells(levels.level.size, levels.only, covered)


async def _covered(
    reads: LearnerReads, kind: TargetKind, skill_code: str | None, scope: Scope
) -> Collection[str] | None:
    """The concepts or skills of a scope, or of one skill; None: all."""
    if skill_code is None:
        return scope.keys(kind)
    return await reads.concept_ids_of_skill.load(skill_code) if kind is TargetKind.CONCEPT else [skill_code]


async def check_size(
    reads: LearnerReads, members: int, kind: TargetKind, skill_code: str | None, scope: Scope = ALL
) -> None:
    """Refuse a matrix that would be too large, before anything is read.

    Raises:
        InvalidInput: there are more than a million cells.
    """
    keys = await reads.active_keys.load(kind)
    if members * len(keys) <= MOST_CELLS:
        return
    covered = await _covered(reads, kind, skill_code, scope)
    _check_number(members * (len(keys) if covered is None else len(set(keys).intersection(covered))))


def list_hardest(
    levels: ClassLevels, kind: TargetKind, thresholds: Columns, *, min_students: int, least: int = 1
) -> list[HardTarget]:
    """The targets that a class finds hardest: the lowest mean level first, then by key.

    Args:
        levels: on concepts or skills.
        kind: which of them.
        thresholds: what needs focus, by column.
        min_students: targets that fewer students practised are left out.
        least: the smallest number of students that a result may be about.

    >>> from graph_api.domain.learners.mastery import Thresholds
    >>> one = ClassLevels(["anna"], ["a", "b"], np.array([[0.12345, np.nan]]), np.array([[3, 0]]))
    >>> [hard.mean_level for hard in list_hardest(one, TargetKind.SKILL, Thresholds(), min_students=1)]
    [0.1235]
    """
    return [
        HardTarget(
            kind,
            each.key,
            each.students,
            round(each.mean_level, LEVEL_DIGITS),
            None if 0 < each.need_focus < least else each.need_focus,
        )
        for each in levels.hardest(thresholds, max(min_students, least))
    ]


def check_cells(levels: ClassLevels) -> ClassLevels:
    """The same levels, if they are not too many for one matrix.

    Raises:
        InvalidInput: there are more than a million cells.
    """
    _check_number(levels.level.size)
    return levels


def _check_number(cells: int) -> None:
    if cells > MOST_CELLS:
        rule = f"must be at most {MOST_CELLS}; ask for one skillCode"
        raise InvalidInput("students x targets", rule, str(cells))


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
