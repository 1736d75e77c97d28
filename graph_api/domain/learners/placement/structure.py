"""The knowledge structure of a course: the sets of concepts that are closed under prerequisites.

A knowledge state is a set of concepts that a student may know: with a concept it has all of its prerequisites. The
number of states grows exponentially with the course, so none of them is listed. A state is a vector of 0 and 1, and
each link forbids one pair of values; see `graph_api.domain.learners.placement.posterior`.

Reference: J.-P. Doignon, J.-C. Falmagne (1999), "Knowledge Spaces", Springer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Self

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.learners.placement.elimination import Elimination, eliminate

MOST_CONCEPTS = 500
"""Concepts of one placement: the work of a question grows with them."""
MOST_WIDTH = 12
"""The largest number of neighbours of a concept at its elimination for which probabilities are exact."""
KNOWN_STRUCTURES = 16
"""Structures that are kept in memory, with their order of elimination."""


@dataclass(frozen=True)
class Structure:
    """Some concepts of a course, and the links between them that do not follow from others.

    Attributes:
        ids: the concepts, in order of id.
        before: for each concept, the places of its direct prerequisites, ascending.
    """

    ids: tuple[str, ...]
    before: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, graph: CourseGraph, concept_ids: Iterable[str]) -> Self:
        """The structure of some concepts; those that the graph does not have are left out.

        A link over concepts that are left out remains a link.

        >>> graph = CourseGraph.of("abc", {"b": ["a"], "c": ["b", "a"]})
        >>> Structure.of(graph, "abc").before
        ((), (0,), (1,))
        >>> Structure.of(graph, "ac").before
        ((), (0,))
        """
        ids = tuple(sorted(key for key in set(concept_ids) if key in graph.places))
        places = [graph.places[key] for key in ids]
        ancestors = graph.ancestors[np.ix_(places, places)]
        counts = ancestors.astype(np.float32)
        direct = ancestors & ~(counts @ counts > 0)
        return cls(ids, tuple(tuple(np.flatnonzero(row).tolist()) for row in direct))

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each concept."""
        return {key: place for place, key in enumerate(self.ids)}

    @cached_property
    def links(self) -> NDArray[np.int64]:
        """Shape (links, 2): the places of a prerequisite and of its concept, a row for each link."""
        pairs = [(needed, place) for place, before in enumerate(self.before) for needed in before]
        return np.array(pairs, np.int64).reshape(-1, 2)

    @property
    def elimination(self) -> Elimination | None:
        """The order in which exact probabilities are computed; None if the links are too dense for it."""
        return elimination_of(self.before)

    @property
    def is_exact(self) -> bool:
        """Whether probabilities are exact."""
        return self.elimination is not None

    def is_state(self, known: NDArray[np.bool_]) -> bool:
        """Whether a set of concepts, shape (concepts,), is closed under prerequisites.

        >>> structure = Structure(("a", "b"), ((), (0,)))
        >>> structure.is_state(np.array([False, True]))
        False
        """
        needed, place = self.links.T
        return not np.any(known[place] & ~known[needed])


@lru_cache(KNOWN_STRUCTURES)
def elimination_of(before: tuple[tuple[int, ...], ...]) -> Elimination | None:
    """The order of elimination for direct prerequisites by place; None if they are too dense."""
    return eliminate(before, MOST_WIDTH)
