"""Next steps of a student (Q4): concepts to learn, concepts to review, and the path to a concept."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.learners.root_causes import DIGITS


class Ready(NamedTuple):
    """A concept of the outer fringe: its place, and how many weak concepts come after it."""

    place: int
    unlocks_weak: int


def outer_places(
    graph: CourseGraph, mastered: NDArray[np.bool_], presumed: NDArray[np.bool_] | None = None
) -> list[int]:
    """The places of what is not mastered while every direct prerequisite is, ascending.

    Args:
        graph: the course.
        mastered: shape (concepts,).
        presumed: shape (concepts,), what counts as a mastered prerequisite as well. It is listed itself.

    >>> graph = CourseGraph.of("abc", {"b": ["a"], "c": ["b"]})
    >>> outer_places(graph, np.zeros(3, np.bool_), np.array([True, False, False]))
    [0, 1]
    """
    is_met = mastered if presumed is None else mastered | presumed
    return [
        place
        for place, before in enumerate(graph.before)
        if not mastered[place] and all(is_met[needed] for needed in before)
    ]


def levels_to_start(level: NDArray[np.float64], priors: Mapping[int, float]) -> NDArray[np.float64]:
    """The levels, with the prior in effect where nothing was answered.

    Args:
        level: shape (concepts,); NaN without answers.
        priors: by place; only used where the level is NaN.

    >>> levels_to_start(np.array([0.4, np.nan]), {0: 0.1, 1: 0.3}).tolist()
    [0.4, 0.3]
    """
    filled = level.copy()
    for place, prior in priors.items():
        if np.isnan(level[place]):
            filled[place] = prior
    return filled


def outer_fringe(
    graph: CourseGraph, mastered: NDArray[np.bool_], level: NDArray[np.float64], weak: NDArray[np.bool_]
) -> list[Ready]:
    """The outer fringe, ordered: the most weak descendants first, then the lowest level, then id.

    It holds the concepts that are not mastered and whose direct prerequisites are all mastered.

    Args:
        graph: the course.
        mastered: shape (concepts,).
        level: shape (concepts,); the prior in effect where nothing was answered.
        weak: shape (concepts,).

    Reference: J.-P. Doignon, J.-C. Falmagne (1985), "Spaces for the assessment of knowledge", International Journal of
    Man-Machine Studies 23, 175-196.
    """
    return order_fringe(graph, outer_places(graph, mastered), level, weak)


def order_fringe(
    graph: CourseGraph, places: Iterable[int], level: NDArray[np.float64], weak: NDArray[np.bool_]
) -> list[Ready]:
    """Places of the outer fringe, most weak descendants first, then lowest level, id."""
    fringe = [Ready(place, int((graph.ancestors[:, place] & weak).sum())) for place in places]
    return sorted(fringe, key=lambda each: (-each.unlocks_weak, round(float(level[each.place]), DIGITS), each.place))


def inner_fringe(graph: CourseGraph, mastered: NDArray[np.bool_]) -> list[int]:
    """The inner fringe: mastered, without a mastered concept right after it; places ascending."""
    return [
        place
        for place, after in enumerate(graph.after)
        if mastered[place] and not any(mastered[later] for later in after)
    ]


def learning_path(graph: CourseGraph, target: int, mastered: NDArray[np.bool_]) -> list[int]:
    """The concepts on the way to a concept that are not mastered, itself included, each after its prerequisites.

    >>> graph = CourseGraph.of("abc", {"b": ["a"], "c": ["b"]})
    >>> learning_path(graph, 2, np.array([True, False, False]))
    [1, 2]
    """
    needed = graph.ancestors[target].copy()
    needed[target] = True
    return [place for place in graph.order if needed[place] and not mastered[place]]
