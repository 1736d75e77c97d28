"""What the prerequisite graph is asked about: the graph as it is now, and what students know of it (Q3, Q4)."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.course_graph import CourseGraph
from graph_api.domain.failures import InvalidInput
from graph_api.domain.mastery import Mastery
from graph_api.domain.root_causes import WeakRule
from graph_api.domain.targets import TargetKind
from graph_api.store import concepts, masteries
from graph_api.store.gateway import Gateway, Transaction

MOST_STUDENTS = 20_000


class CourseGraphs:
    """The graph of the course as it is now; built again when the course has changed."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._version: str | None = None
        self._graph = CourseGraph((), ())

    async def now(self) -> CourseGraph:
        """The graph; one small read tells whether the one that is kept is still right."""
        version, changed = await self._gateway.read(self._read)
        if changed is not None:
            self._version, self._graph = version, changed
        return self._graph

    async def _read(self, tx: Transaction) -> tuple[str, CourseGraph | None]:
        version = await concepts.read_course_version(tx)
        if version == self._version:
            return version, None
        return version, CourseGraph.of(await concepts.read_ids(tx), await concepts.read_prerequisites(tx))


class Standing(NamedTuple):
    """What a student knows of every concept; all of shape (concepts,). Without answers: level NaN, 0 attempts."""

    level: NDArray[np.float64]
    attempts: NDArray[np.int64]
    deficit: NDArray[np.float64]


def standing(graph: CourseGraph, rows: Iterable[Mastery], rule: WeakRule) -> Standing:
    """A student's masteries of concepts, by place."""
    level, attempts = np.full(len(graph.ids), np.nan), np.zeros(len(graph.ids), np.int64)
    for row in rows:
        if row.target.kind is TargetKind.CONCEPT and row.target.key in graph.places:
            place = graph.places[row.target.key]
            level[place], attempts[place] = row.level, row.attempts
    return Standing(level, attempts, _deficits(level, attempts, rule))


class ClassStanding(NamedTuple):
    """What many students know; students in order of id, matrices of shape (students, concepts)."""

    student_ids: Sequence[str]
    level: NDArray[np.float64]
    attempts: NDArray[np.int64]
    deficit: NDArray[np.float64]


async def read_class(gateway: Gateway, graph: CourseGraph, group_id: str | None, rule: WeakRule) -> ClassStanding:
    """The standing of everybody, or of a group.

    Raises:
        InvalidInput: there are too many students for one query.
    """
    rows = await gateway.read(lambda tx: masteries.read_levels(tx, group_id))
    if len(rows) > MOST_STUDENTS:
        raise InvalidInput("group", f"must have at most {MOST_STUDENTS} students", str(len(rows)))
    shape = len(rows), len(graph.ids)
    level, attempts = np.full(shape, np.nan), np.zeros(shape, np.int64)
    for student, row in enumerate(rows):
        known = [n for n, key in enumerate(row.concept_ids) if key in graph.places]
        places = [graph.places[row.concept_ids[n]] for n in known]
        level[student, places] = [row.levels[n] for n in known]
        attempts[student, places] = [row.attempts[n] for n in known]
    return ClassStanding([row.student_id for row in rows], level, attempts, _deficits(level, attempts, rule))


def _deficits(level: NDArray[np.float64], attempts: NDArray[np.int64], rule: WeakRule) -> NDArray[np.float64]:
    enough = attempts >= rule.min_attempts
    return np.where(enough, np.maximum(rule.threshold - np.where(enough, level, rule.threshold), 0.0), 0.0)
