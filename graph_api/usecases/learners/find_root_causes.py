"""Root causes and clusters of weak concepts: of a student, a group or all students (Q3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners import root_causes as domain
from graph_api.domain.learners.class_levels import ClassLevels
from graph_api.domain.learners.mastery import Mastery, Status, Thresholds
from graph_api.domain.learners.root_causes import ClusterMethod, WeakRule
from graph_api.usecases.learners.analyse_course import standing

SCORE_DIGITS = 6


class StudentBehind(NamedTuple):
    """A student whom a shared root cause counts, with their level in it and how many weak concepts it blocks."""

    student_id: str
    level: float
    attempts: int
    status: Status
    blocks: int


@dataclass(frozen=True, slots=True)
class SharedStanding:
    """What a group or all students know of every concept, by place in the graph, and what is weak."""

    graph: CourseGraph
    levels: ClassLevels
    thresholds: Thresholds
    deficits: NDArray[np.float64]

    @classmethod
    def of(cls, graph: CourseGraph, levels: ClassLevels, thresholds: Thresholds, rule: WeakRule) -> "SharedStanding":
        """The levels of many students, under a rule."""
        return cls(graph, levels, thresholds, levels.deficits(rule))

    def blocked_ids(self, place: int, least: int = 1) -> list[str]:
        """The ids of the concepts that a cause blocks for at least `least` students whom it holds back."""
        return [self.graph.ids[each] for each in domain.blocked_by(self.graph, self.deficits, place, least)]

    def weak(self, place: int) -> list[StudentBehind]:
        """The students who are weak in a cause, in order of id."""
        return self._students(place, domain.find_students_behind(self.graph, self.deficits, place).weak)

    def held_back(self, place: int) -> list[StudentBehind]:
        """The students whose root cause it is, in order of id."""
        return self._students(place, domain.find_students_behind(self.graph, self.deficits, place).held_back)

    def blocked(self, place: int) -> list[StudentBehind]:
        """The students for whom a cause blocks something weak, in order of id."""
        return self._students(place, domain.find_students_behind(self.graph, self.deficits, place).blocked)

    def _students(self, place: int, rows: Iterable[int]) -> list[StudentBehind]:
        behind = domain.find_students_behind(self.graph, self.deficits, place)
        blocks = dict(zip(behind.blocked, behind.blocks, strict=True))
        found = []
        for row in rows:
            level, attempts = float(self.levels.level[row, place]), int(self.levels.attempts[row, place])
            status = self.thresholds.status(level, attempts)
            found.append(StudentBehind(self.levels.student_ids[row], level, attempts, status, blocks.get(row, 0)))
        return sorted(found)


class FoundCause(NamedTuple):
    """A root cause of one student (`level`), or of many (the counts, and `shared` to list whom they count)."""

    concept_id: str
    place: int
    score: float
    blocked_ids: Sequence[str]
    level: float | None = None
    students: int | None = None
    students_blocked: int | None = None
    students_weak: int | None = None
    shared: SharedStanding | None = None


class FoundCluster(NamedTuple):
    """Weak concepts that belong together: ids of the causes among them, of all, and the sum of their deficits."""

    cause_ids: Sequence[str]
    concept_ids: Sequence[str]
    deficit: float


def find_causes_of_student(graph: CourseGraph, rows: Iterable[Mastery], rule: WeakRule) -> list[FoundCause]:
    """The root causes of one student, the largest score first."""
    state = standing(graph, rows, rule)
    return [
        FoundCause(
            graph.ids[cause.place],
            cause.place,
            cause.score,
            [graph.ids[place] for place in cause.blocks],
            level=float(state.level[cause.place]),
        )
        for cause in domain.find_root_causes(graph, state.deficit)
    ]


def find_shared_causes(shared: SharedStanding, limit: int, least: int = 1) -> list[FoundCause]:
    """The root causes of many students, those that block most students first, at most `limit`.

    Causes that hold back fewer than `least` students are left out, counts of fewer are None, and `blocked_ids` are
    weak for at least `least` students whom the cause holds back.
    """
    causes = [cause for cause in domain.find_shared_causes(shared.graph, shared.deficits) if cause.students >= least]
    return [
        FoundCause(
            shared.graph.ids[cause.place],
            cause.place,
            round(cause.score, SCORE_DIGITS),
            shared.blocked_ids(cause.place, least),
            students=cause.students,
            students_blocked=None if 0 < cause.blocked < least else cause.blocked,
            students_weak=cause.weak,
            shared=shared,
        )
        for cause in causes[:limit]
    ]


def find_clusters_of_student(
    graph: CourseGraph, rows: Iterable[Mastery], rule: WeakRule, method: ClusterMethod
) -> list[FoundCluster]:
    """The clusters of one student's weak concepts."""
    return _clusters(graph, standing(graph, rows, rule).deficit, method)


class SharedClusters(NamedTuple):
    """The clusters of many students, and what a minimum share left out of them.

    `left_out` counts the concepts that students are weak in but too small a share of them; `largest_share` is the
    largest share of students who are weak in a concept, among those who practised it enough, None if none is weak.
    """

    clusters: list[FoundCluster]
    left_out: int
    largest_share: float | None


def find_shared_clusters(
    shared: SharedStanding, rule: WeakRule, method: ClusterMethod, share: float, least: int = 1
) -> SharedClusters:
    """The clusters of what many students are weak in: at least a share of those who practised it enough.

    Concepts that fewer than `least` students practised enough are left out.

    Raises:
        InvalidInput: the share is not in (0, 1].
    """
    if not 0 < share <= 1:
        raise InvalidInput("minShare", "must be > 0 and <= 1", str(share))
    practised = shared.levels.attempts >= rule.min_attempts
    deficits = np.where(practised.sum(axis=0) >= least, shared.deficits, 0.0)
    mean = domain.mean_deficit(deficits, practised, share)
    shares = domain.weak_shares(deficits, practised)
    left_out = int(((shares > 0) & (mean == 0)).sum())
    largest = float(shares.max(initial=0.0))
    return SharedClusters(_clusters(shared.graph, mean, method), left_out, largest or None)


def _clusters(graph: CourseGraph, deficit: NDArray[np.float64], method: ClusterMethod) -> list[FoundCluster]:
    def ids(places: Iterable[int]) -> list[str]:
        return [graph.ids[place] for place in places]

    found = domain.find_clusters(graph, deficit, method)
    return [FoundCluster(ids(each.causes), ids(each.members), each.deficit) for each in found]
