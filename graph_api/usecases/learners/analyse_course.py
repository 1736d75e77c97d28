"""The prerequisite graph as it is now, and the levels of students on its concepts (Q3, Q4)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners.class_levels import ClassLevels, deficits
from graph_api.domain.learners.mastery import Mastery
from graph_api.domain.learners.threshold_sets import ThresholdsInEffect
from graph_api.domain.learners.weak_rules import WeakRulesOf
from graph_api.domain.targets import TargetKind
from graph_api.store import concepts, masteries
from graph_api.store.gateway import Transaction
from graph_api.store.masteries import Levels
from graph_api.usecases.computing import compute, compute_cells
from graph_api.usecases.learners.reads import LearnerReads

MOST_STUDENTS = 20_000


class HasGraph(Protocol):
    """The course as one request sees it."""

    async def now(self) -> CourseGraph:
        """The prerequisite graph without archived concepts."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """The reads and the rules of analyses of learners.

    Attributes:
        reads: the reads of the request.
        graphs: the course.
        thresholds: what counts as mastered by target, and as weak unless a caller gives another rule.
        least_students: the smallest number of students that a result may be about; more than 1 for analysts.
    """

    reads: LearnerReads
    graphs: HasGraph
    thresholds: ThresholdsInEffect
    least_students: int = 1

    async def read_student(self, student_id: str) -> tuple[CourseGraph, Sequence[Mastery]]:
        """The course, and the masteries of a student."""
        graph = await self.graphs.now()
        return graph, await self.reads.masteries_of_student.load(student_id)

    async def read_group(self, group_id: str | None, graph: CourseGraph) -> ClassLevels:
        """The levels of a group, or of all students, on the concepts of the course."""
        if group_id is None:
            levels = await self.reads.gateway.read(read_levels_of_all)
        else:
            levels = await self.reads.class_levels.load((group_id, TargetKind.CONCEPT))
        return await compute_cells(levels.level.size, on_graph, levels, graph)


class Standing(NamedTuple):
    """A student's levels on every concept; all of shape (concepts,). Without answers: level NaN, 0 attempts."""

    level: NDArray[np.float64]
    attempts: NDArray[np.int64]
    deficit: NDArray[np.float64]


def standing(graph: CourseGraph, rows: Iterable[Mastery], rule: WeakRulesOf) -> Standing:
    """A student's masteries of concepts, by place."""
    level, attempts = np.full(len(graph.ids), np.nan), np.zeros(len(graph.ids), np.int64)
    for row in rows:
        if row.target.kind is TargetKind.CONCEPT and row.target.key in graph.places:
            place = graph.places[row.target.key]
            level[place], attempts[place] = row.level, row.attempts
    return Standing(level, attempts, deficits(level, attempts, rule.columns(TargetKind.CONCEPT, graph.ids)))


async def read_group_levels(tx: Transaction, group_id: str, kind: TargetKind, keys: Sequence[str]) -> ClassLevels:
    """The levels of the members of a group on concepts or skills with some keys."""
    rows = await masteries.read_levels_of_group(tx, group_id, kind)
    return await compute_cells(len(rows) * len(keys), class_levels_of, rows, keys)


async def read_levels_of_all(tx: Transaction) -> ClassLevels:
    """The levels of all students who answered, on every concept.

    Raises:
        InvalidInput: too many students for one query.
    """
    rows = await masteries.read_levels_of_all(tx)
    if len(rows) > MOST_STUDENTS:
        raise InvalidInput("students", f"must be at most {MOST_STUDENTS} for one query; ask by group", str(len(rows)))
    return await compute(class_levels_of, rows, await concepts.read_active_ids(tx))


def on_graph(levels: ClassLevels, graph: CourseGraph) -> ClassLevels:
    """The same levels by place in the graph, which may be of another moment than they are."""
    if tuple(levels.keys) == graph.ids:
        return levels
    rows = [
        Levels(student_id, levels.keys, level, attempts)
        for student_id, level, attempts in zip(levels.student_ids, levels.level, levels.attempts, strict=True)
    ]
    return class_levels_of(rows, graph.ids)


def class_levels_of(rows: Sequence[Levels], keys: Sequence[str]) -> ClassLevels:
    """Levels by student as one matrix: a row per student, a column per key; other keys are left out."""
    places = {key: place for place, key in enumerate(keys)}
    level, attempts = np.full((len(rows), len(keys)), np.nan), np.zeros((len(rows), len(keys)), np.int64)
    for student, row in enumerate(rows):
        known = [n for n, key in enumerate(row.keys) if key in places]
        own = [places[row.keys[n]] for n in known]
        level[student, own] = [row.levels[n] for n in known]
        attempts[student, own] = [row.attempts[n] for n in known]
    return ClassLevels([row.student_id for row in rows], keys, level, attempts)
