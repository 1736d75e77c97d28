"""Root causes: the weak concepts that block others, and clusters of weak concepts (Q3).

A root cause is a weak concept without a weak ancestor anywhere in the prerequisite graph. Its score is the deficit
below it: the sum of (threshold - level) over its weak descendants.
"""

from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.course.course_graph import CourseGraph, connected
from graph_api.domain.shares import least_count

DIGITS = 12
"""Scores are compared to this many digits, so that the order of additions does not decide a tie."""


class ClusterMethod(StrEnum):
    """How weak concepts are grouped into clusters."""

    ROOT_CAUSE = "ROOT_CAUSE"
    """Each goes to the cause with the largest score among its ancestors, the nearest on a tie."""
    COMPONENT = "COMPONENT"
    """Those that direct links between weak concepts connect."""


class RootCause(NamedTuple):
    """A root cause: its place, its own deficit, the score, and the places of its weak descendants."""

    place: int
    deficit: float
    score: float
    blocks: list[int]


class Cluster(NamedTuple):
    """Weak concepts that belong together, with the causes among them; places ascending."""

    causes: list[int]
    members: list[int]
    deficit: float


def find_root_causes(graph: CourseGraph, deficit: NDArray[np.float64]) -> list[RootCause]:
    """The root causes, largest score first, then by id.

    Args:
        graph: the course.
        deficit: shape (concepts,); what is missing to the threshold, 0 for what is not weak.

    >>> graph = CourseGraph.of("abc", {"b": ["a"], "c": ["b"]})
    >>> [(graph.ids[each.place], each.score) for each in find_root_causes(graph, np.array([0.2, 0.0, 0.4]))]
    [('a', 0.4)]
    """
    weak = deficit > 0
    caused = graph.ancestors[:, weak].any(axis=1)
    causes = []
    for place in np.flatnonzero(weak & ~caused).tolist():
        blocks = np.flatnonzero(graph.ancestors[:, place] & weak)
        causes.append(RootCause(place, float(deficit[place]), float(deficit[blocks].sum()), blocks.tolist()))
    return sorted(causes, key=lambda each: (-round(each.score, DIGITS), each.place))


def find_clusters(graph: CourseGraph, deficit: NDArray[np.float64], method: ClusterMethod) -> list[Cluster]:
    """The clusters, largest deficit first; every weak concept is in exactly one.

    Args:
        graph: the course.
        deficit: shape (concepts,).
        method: how.
    """
    causes = find_root_causes(graph, deficit)
    weak = np.flatnonzero(deficit > 0).tolist()
    members: dict[int, set[int]] = {}
    if method is ClusterMethod.COMPONENT:
        members = {min(each): each for each in connected(weak, graph.before)}
    else:
        of_cause = {cause.place: round(cause.score, DIGITS) for cause in causes}
        away = dict(zip(of_cause, graph.distances(list(of_cause)), strict=True))
        for place in weak:
            ancestors = [cause for cause in of_cause if graph.ancestors[place, cause]]
            chosen = min(ancestors, key=lambda cause: (-of_cause[cause], away[cause][place], cause), default=place)
            members.setdefault(chosen, set()).add(place)
    roots = {cause.place for cause in causes}
    ordered = [sorted(each) for each in members.values()]
    clusters = [
        Cluster([place for place in each if place in roots], each, float(deficit[each].sum())) for each in ordered
    ]
    return sorted(clusters, key=lambda each: (-round(each.deficit, DIGITS), each.members))


class SharedCause(NamedTuple):
    """A root cause of a group: how many students it holds back, how many it blocks, and the sum of their scores."""

    place: int
    students: int
    blocked: int
    weak: int
    score: float


def find_blocks(graph: CourseGraph, weak: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """The root causes of each student, and how many weak concepts each blocks; both of shape (students, concepts).

    Args:
        graph: the course.
        weak: shape (students, concepts).
    """
    # Single precision counts exactly up to 16,777,216 concepts, and is the fastest product; what is summed is double.
    counted, before = weak.astype(np.float32), graph.ancestors.astype(np.float32)
    root = weak & (counted @ before.T == 0)
    return root, np.where(root, counted @ before, 0).astype(np.int64)


def find_shared_causes(graph: CourseGraph, deficits: NDArray[np.float64]) -> list[SharedCause]:
    """The root causes of many students at once: those that block most students first, then by score and id.

    Args:
        graph: the course.
        deficits: shape (students, concepts).
    """
    weak = deficits > 0
    root, blocks = find_blocks(graph, weak)
    places = np.flatnonzero(root.any(axis=0))
    below = np.where(root[:, places], deficits @ graph.ancestors[:, places].astype(np.float64), 0).sum(axis=0)
    causes = [
        SharedCause(
            place,
            int(root[:, place].sum()),
            int((blocks[:, place] > 0).sum()),
            int(weak[:, place].sum()),
            float(score),
        )
        for place, score in zip(places.tolist(), below, strict=True)
    ]
    return sorted(causes, key=lambda each: (-each.blocked, -each.students, -round(each.score, 4), each.place))


class StudentsBehind(NamedTuple):
    """The students whom a shared cause counts, as ascending rows.

    Attributes:
        weak: those who are weak in it.
        held_back: those of them without a weak ancestor of it, whose root cause it is.
        blocked: those of them for whom it blocks something weak.
        blocks: for each of `blocked`, how many weak concepts.
    """

    weak: list[int]
    held_back: list[int]
    blocked: list[int]
    blocks: list[int]


def find_students_behind(graph: CourseGraph, deficits: NDArray[np.float64], place: int) -> StudentsBehind:
    """The students behind a shared cause; `find_shared_causes` counts exactly these.

    Args:
        graph: the course.
        deficits: shape (students, concepts).
        place: the cause.

    >>> graph = CourseGraph.of("ab", {"b": ["a"]})
    >>> find_students_behind(graph, np.array([[0.1, 0.2], [0.1, 0.0], [0.0, 0.3]]), 0)
    StudentsBehind(weak=[0, 1], held_back=[0, 1], blocked=[0], blocks=[1])
    """
    weak = deficits > 0
    held = weak[:, place] & ~weak[:, graph.ancestors[place]].any(axis=1)
    blocks = np.where(held, weak[:, graph.ancestors[:, place]].sum(axis=1), 0)
    blocked = np.flatnonzero(blocks)
    return StudentsBehind(
        np.flatnonzero(weak[:, place]).tolist(),
        np.flatnonzero(held).tolist(),
        blocked.tolist(),
        blocks[blocked].tolist(),
    )


def blocked_by(graph: CourseGraph, deficits: NDArray[np.float64], place: int, least: int = 1) -> list[int]:
    """The places of what a shared cause blocks: weak for at least `least` students whom it holds back, ascending.

    Args:
        graph: the course.
        deficits: shape (students, concepts).
        place: the cause.
        least: the minimum number of students.
    """
    weak = deficits > 0
    held = weak[:, place] & ~weak[:, graph.ancestors[place]].any(axis=1)
    return np.flatnonzero(graph.ancestors[:, place] & (weak[held].sum(axis=0) >= least)).tolist()


def mean_deficit(deficits: NDArray[np.float64], practised: NDArray[np.bool_], share: float) -> NDArray[np.float64]:
    """The deficits of a group, shape (concepts,): the mean where at least a share of those who practised is weak.

    Args:
        deficits: shape (students, concepts).
        practised: shape (students, concepts); who has enough answers.
        share: 0..1.
    """
    weak, number = (deficits > 0).sum(axis=0), practised.sum(axis=0)
    mean = np.divide(deficits.sum(axis=0), weak, out=np.zeros(deficits.shape[1]), where=weak > 0)
    least = np.array([least_count(share, each) for each in number.tolist()], np.int64)
    return np.asarray(np.where((weak > 0) & (weak >= least), mean, 0.0))


def weak_shares(deficits: NDArray[np.float64], practised: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The share of weak students among those who practised each concept enough, shape (concepts,); 0 without any.

    >>> weak_shares(np.array([[0.1, 0.0], [0.0, 0.0]]), np.array([[True, True], [True, False]])).tolist()
    [0.5, 0.0]
    """
    weak, number = (deficits > 0).sum(axis=0), practised.sum(axis=0)
    return np.asarray(np.divide(weak, number, out=np.zeros(deficits.shape[1]), where=number > 0))
