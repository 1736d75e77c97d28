"""Reports of root causes and clusters: of a student, a group or all students, with the rule that selected them (Q3)."""

from collections.abc import Sequence
from typing import NamedTuple

from graph_api.domain.learners.root_causes import ClusterMethod
from graph_api.domain.learners.scope import ALL, Scope
from graph_api.domain.learners.weak_rules import WeakRulesOf
from graph_api.usecases.computing import compute_cells
from graph_api.usecases.learners.analyse_course import Analysis
from graph_api.usecases.learners.find_root_causes import (
    ClusterReport,
    RankedCause,
    SharedStanding,
    find_causes_of_student,
    find_clusters_of_student,
    find_shared_causes,
    find_shared_clusters,
)

ORDER_OF_STUDENT = "by sum of threshold - level over what it blocks"
ORDER_OF_STUDENTS = "by students blocked, then students, then score"


class CauseReport(NamedTuple):
    """Root causes, the rule and the order that produced them, and the number of students examined."""

    causes: Sequence[RankedCause]
    weak: WeakRulesOf
    order: str
    students: int

    @property
    def rule(self) -> str:
        """The rule as a sentence."""
        return f"weak: {self.weak.in_words}; root cause: no weak ancestor; {self.order}"


async def read_causes_of_student(
    analysis: Analysis, student_id: str, rule: WeakRulesOf, limit: int, scope: Scope = ALL
) -> CauseReport:
    """The root causes of one student, at most `limit`."""
    graph, rows = await analysis.read_student(student_id)
    causes = await compute_cells(len(graph.ids), find_causes_of_student, graph, rows, rule, scope)
    return CauseReport(causes[:limit], rule, ORDER_OF_STUDENT, 1)


async def read_clusters_of_student(
    analysis: Analysis, student_id: str, rule: WeakRulesOf, method: ClusterMethod, scope: Scope = ALL
) -> ClusterReport:
    """The clusters of one student's weak concepts."""
    graph, rows = await analysis.read_student(student_id)
    clusters = await compute_cells(len(graph.ids), find_clusters_of_student, graph, rows, rule, method, scope)
    return ClusterReport(clusters, rule, method)


async def read_shared_causes(
    analysis: Analysis, group_id: str | None, rule: WeakRulesOf, limit: int, scope: Scope = ALL
) -> CauseReport:
    """The root causes of a group, or of all students, at most `limit`."""
    shared = await _read_shared_standing(analysis, group_id, rule, scope)
    causes = await compute_cells(shared.levels.level.size, find_shared_causes, shared, limit, analysis.least_students)
    return CauseReport(causes, rule, ORDER_OF_STUDENTS, len(shared.levels.student_ids))


async def read_shared_clusters(  # noqa: PLR0913, PLR0917 - of whom, by what rules, of which concepts
    analysis: Analysis,
    group_id: str | None,
    rule: WeakRulesOf,
    method: ClusterMethod,
    share: float,
    scope: Scope = ALL,
) -> ClusterReport:
    """The clusters of a group, or of all students.

    Raises:
        InvalidInput: the share is not in (0, 1].
    """
    shared = await _read_shared_standing(analysis, group_id, rule, scope)
    cells = shared.levels.level.size
    return await compute_cells(cells, find_shared_clusters, shared, rule, method, share, analysis.least_students)


async def _read_shared_standing(
    analysis: Analysis, group_id: str | None, rule: WeakRulesOf, scope: Scope
) -> SharedStanding:
    graph = await analysis.graphs.now()
    levels = await analysis.read_group(group_id, graph)
    return await compute_cells(levels.level.size, SharedStanding.of, graph, levels, analysis.thresholds, rule, scope)
