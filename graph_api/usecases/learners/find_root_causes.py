"""Root causes and clusters of weak concepts: of a student, a group or all students (Q3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners import root_causes as domain
from graph_api.domain.learners.class_levels import ClassLevels
from graph_api.domain.learners.mastery import Mastery, Status
from graph_api.domain.learners.root_causes import ClusterMethod
from graph_api.domain.learners.scope import ALL, Scope, relevant_deficits
from graph_api.domain.learners.threshold_sets import TargetThresholds
from graph_api.domain.learners.weak_rules import WeakRulesOf
from graph_api.domain.targets import TargetKind, concept
from graph_api.usecases.learners.analyse_course import standing

SCORE_DIGITS = 6


class StudentBehind(NamedTuple):
    """A student whom a shared root cause counts, with their level in it and how many weak concepts it blocks."""

    student_id: str
    level: float
    attempts: int
    status: Status
    blocks: int


class CauseList(Enum):
    """The lists of students of a shared root cause."""

    WEAK = "weak"
    """Those who are weak in it."""
    HELD_BACK = "held back"
    """Those of them whose root cause it is."""
    BLOCKED = "blocked"
    """Those of them for whom it blocks something weak."""


@dataclass(frozen=True, slots=True)
class SharedStanding:
    """The levels of a group or of all students on every concept, by place in the graph, and their deficits."""

    graph: CourseGraph
    levels: ClassLevels
    thresholds: TargetThresholds
    deficits: NDArray[np.float64]

    @classmethod
    def of(
        cls,
        graph: CourseGraph,
        levels: ClassLevels,
        thresholds: TargetThresholds,
        rule: WeakRulesOf,
        scope: Scope = ALL,
    ) -> "SharedStanding":
        """The levels of many students, under a rule; weak concepts are those that are relevant to a scope."""
        deficits = levels.deficits(rule.columns(TargetKind.CONCEPT, graph.ids))
        return cls(graph, levels, thresholds, relevant_deficits(graph, deficits, scope))

    def blocked_ids(self, place: int, least: int = 1) -> list[str]:
        """The ids of the concepts that a cause blocks for at least `least` students whom it holds back."""
        return [self.graph.ids[each] for each in domain.blocked_by(self.graph, self.deficits, place, least)]

    def choose_students(self, which: CauseList, place: int, least: int = 1) -> list[StudentBehind] | None:
        """The students that a list of a cause names, in order of id; None if they are fewer than `least`."""
        behind = domain.find_students_behind(self.graph, self.deficits, place)
        rows = {CauseList.WEAK: behind.weak, CauseList.HELD_BACK: behind.held_back, CauseList.BLOCKED: behind.blocked}
        if 0 < len(rows[which]) < least:
            return None
        blocks = dict(zip(behind.blocked, behind.blocks, strict=True))
        return sorted(self._student(row, place, blocks.get(row, 0)) for row in rows[which])

    def _student(self, row: int, place: int, blocks: int) -> StudentBehind:
        level, attempts = float(self.levels.level[row, place]), int(self.levels.attempts[row, place])
        status = self.thresholds.for_target(concept(self.graph.ids[place])).status(level, attempts)
        return StudentBehind(self.levels.student_ids[row], level, attempts, status, blocks)


class RankedCause(NamedTuple):
    """A root cause of one student (`level`), or of many (the counts, and `shared` to list the students)."""

    concept_id: str
    place: int
    score: float
    blocked_ids: Sequence[str]
    level: float | None = None
    students: int | None = None
    students_blocked: int | None = None
    students_weak: int | None = None
    shared: SharedStanding | None = None

    def choose_students(self, which: CauseList, least: int = 1) -> list[StudentBehind] | None:
        """The students that a list names, in order of id; None for one student, or if they are fewer than `least`."""
        return None if self.shared is None else self.shared.choose_students(which, self.place, least)


class ConceptCluster(NamedTuple):
    """Weak concepts that belong together: ids of the causes among them, of all, and the sum of their deficits."""

    cause_ids: Sequence[str]
    concept_ids: Sequence[str]
    deficit: float


class ClusterReport(NamedTuple):
    """Clusters, the rule and the method that produced them; for many students what a minimum share left out.

    `excluded_count` counts the concepts that students are weak in but too small a share of them; `largest_share` is the
    largest share of students who are weak in a concept, among those who practised it enough, None if no student is.
    """

    clusters: Sequence[ConceptCluster]
    weak: WeakRulesOf
    method: ClusterMethod
    excluded_count: int | None = None
    largest_share: float | None = None

    @property
    def rule(self) -> str:
        """The rule as a sentence."""
        return f"weak: {self.weak.in_words}; {self.method.value}"


def find_causes_of_student(
    graph: CourseGraph, rows: Iterable[Mastery], rule: WeakRulesOf, scope: Scope = ALL
) -> list[RankedCause]:
    """The root causes of one student that are relevant to a scope, the largest score first."""
    state = standing(graph, rows, rule)
    deficit = relevant_deficits(graph, state.deficit, scope)
    return [
        RankedCause(
            graph.ids[cause.place],
            cause.place,
            cause.score,
            [graph.ids[place] for place in cause.blocks],
            level=float(state.level[cause.place]),
        )
        for cause in domain.find_root_causes(graph, deficit)
    ]


def find_shared_causes(shared: SharedStanding, limit: int, least: int = 1) -> list[RankedCause]:
    """The root causes of many students, those that block most students first, at most `limit`.

    Causes that hold back fewer than `least` students are left out, counts of fewer are None, and `blocked_ids` are
    weak for at least `least` students whom the cause holds back.
    """
    causes = [cause for cause in domain.find_shared_causes(shared.graph, shared.deficits) if cause.students >= least]
    return [
        RankedCause(
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
    graph: CourseGraph, rows: Iterable[Mastery], rule: WeakRulesOf, method: ClusterMethod, scope: Scope = ALL
) -> list[ConceptCluster]:
    """The clusters of one student's weak concepts that are relevant to a scope."""
    return _clusters(graph, relevant_deficits(graph, standing(graph, rows, rule).deficit, scope), method)


def find_shared_clusters(
    shared: SharedStanding, rule: WeakRulesOf, method: ClusterMethod, share: float, least: int = 1
) -> ClusterReport:
    """The clusters of what many students are weak in: at least a share of those who practised it enough.

    Concepts that fewer than `least` students practised enough are left out.

    Raises:
        InvalidInput: the share is not in (0, 1].
    """
    if not 0 < share <= 1:
        raise InvalidInput("minShare", "must be > 0 and <= 1", str(share))
    practised = np.asarray(shared.levels.attempts >= rule.columns(TargetKind.CONCEPT, shared.graph.ids).min_attempts)
    deficits = np.where(practised.sum(axis=0) >= least, shared.deficits, 0.0)
    mean = domain.mean_deficit(deficits, practised, share)
    shares = domain.weak_shares(deficits, practised)
    excluded_count = int(((shares > 0) & (mean == 0)).sum())
    largest = float(shares.max(initial=0.0))
    return ClusterReport(_clusters(shared.graph, mean, method), rule, method, excluded_count, largest or None)


def _clusters(graph: CourseGraph, deficit: NDArray[np.float64], method: ClusterMethod) -> list[ConceptCluster]:
    def ids(places: Iterable[int]) -> list[str]:
        return [graph.ids[place] for place in places]

    return [
        ConceptCluster(ids(each.causes), ids(each.members), each.deficit)
        for each in domain.find_clusters(graph, deficit, method)
    ]
