"""The prerequisite graph as arrays: order, depth, and who comes before whom, over the whole graph at once.

A graph is built once for each version of the course and cached. Analysts' queries read its closure.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from heapq import heapify, heappop, heappush
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

from graph_api.domain.course.concept_graph import find_cycle


@dataclass(frozen=True)
class CourseGraph:
    """Concepts by place, and their direct links.

    Attributes:
        ids: the concepts, in order of id.
        before: for each concept, the places of its direct prerequisites, ascending.
    """

    ids: tuple[str, ...]
    before: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, concept_ids: Iterable[str], prerequisites: Mapping[str, Iterable[str]]) -> Self:
        """The graph of some concepts; links to other concepts are left out.

        Raises:
            ValueError: the links close a cycle.

        >>> CourseGraph.of(["b", "a"], {"b": ["a"]}).before
        ((), (0,))
        """
        ids = tuple(sorted(set(concept_ids)))
        places = {key: place for place, key in enumerate(ids)}
        before = tuple(
            tuple(sorted({places[key] for key in prerequisites.get(concept, ()) if key in places})) for concept in ids
        )
        if cycle := find_cycle({concept: [ids[p] for p in before[n]] for n, concept in enumerate(ids)}):
            raise ValueError(f"the prerequisites close a cycle: {' → '.join(cycle)}")
        return cls(ids, before)

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each concept."""
        return {key: place for place, key in enumerate(self.ids)}

    @cached_property
    def after(self) -> list[list[int]]:
        """For each concept, the places of the concepts it is a direct prerequisite of, ascending."""
        dependents: list[list[int]] = [[] for _ in self.ids]
        for concept, needed in enumerate(self.before):
            for prerequisite in needed:
                dependents[prerequisite].append(concept)
        return dependents

    @cached_property
    def order(self) -> list[int]:
        """Every place after its prerequisites; the smallest id first where there is a choice."""
        missing = [len(needed) for needed in self.before]
        ready = [place for place, count in enumerate(missing) if not count]
        heapify(ready)
        order = []
        while ready:
            place = heappop(ready)
            order.append(place)
            for later in self.after[place]:
                missing[later] -= 1
                if not missing[later]:
                    heappush(ready, later)
        return order

    @cached_property
    def ancestors(self) -> NDArray[np.bool_]:
        """Shape (concepts, concepts): whether column comes, directly or not, before row.

        In topological order a concept's ancestors are its prerequisites and theirs: one OR of bit rows a link.
        """
        size = len(self.ids)
        rows = np.zeros((size, (size + 7) // 8), np.uint8)
        for place in self.order:
            row = rows[place]
            for needed in self.before[place]:
                row |= rows[needed]
                row[needed >> 3] |= np.uint8(0x80 >> (needed & 7))
        return np.unpackbits(rows, axis=1, count=size).astype(np.bool_)

    @cached_property
    def depth(self) -> list[int]:
        """For each concept, the length of the longest chain of prerequisites before it."""
        depth = [0] * len(self.ids)
        for place in self.order:
            depth[place] = max((depth[needed] + 1 for needed in self.before[place]), default=0)
        return depth

    @cached_property
    def longest_chain(self) -> list[int]:
        """A longest chain of prerequisites, from its beginning; the smallest ids where there is a choice."""
        if not self.ids:
            return []
        chain = [min(range(len(self.ids)), key=lambda place: (-self.depth[place], place))]
        while self.before[chain[-1]]:
            chain.append(min(self.before[chain[-1]], key=lambda place: (-self.depth[place], place)))
        return chain[::-1]

    def distances(self, sources: Sequence[int]) -> NDArray[np.float64]:
        """Shape (sources, concepts): links on the shortest way from each source to what comes after it; or infinity."""
        pairs = [(needed, place) for place, before in enumerate(self.before) for needed in before]
        rows, columns = zip(*pairs, strict=True) if pairs else ((), ())
        links = csr_array((np.ones(len(pairs)), (rows, columns)), shape=(len(self.ids), len(self.ids)))
        if not len(sources):
            return np.empty((0, len(self.ids)))
        return np.asarray(shortest_path(links, unweighted=True, indices=list(sources)))

    @cached_property
    def redundant_links(self) -> list[tuple[str, str]]:
        """Links from a prerequisite to a concept that follow from others: a longer way leads there too."""
        return [
            (self.ids[needed], self.ids[place])
            for place, before in enumerate(self.before)
            for needed in before
            if any(self.ancestors[other, needed] for other in before if other != needed)
        ]

    @cached_property
    def orphans(self) -> list[str]:
        """Concepts without any link."""
        return [key for place, key in enumerate(self.ids) if not self.before[place] and not self.after[place]]

    @cached_property
    def components(self) -> list[list[str]]:
        """Concepts that hang together by links of any direction, largest first."""
        return [
            [self.ids[place] for place in sorted(component)]
            for component in connected(range(len(self.ids)), self.before)
        ]


def connected(among: Iterable[int], before: Sequence[Sequence[int]]) -> list[set[int]]:
    """The places that hang together by links between them, largest first, then by smallest place."""
    among = set(among)
    neighbours: dict[int, set[int]] = defaultdict(set)
    for place in among:
        for needed in before[place]:
            if needed in among:
                neighbours[place].add(needed)
                neighbours[needed].add(place)
    components, seen = [], set[int]()
    for place in sorted(among):
        if place in seen:
            continue
        component, front = {place}, [place]
        while front:
            new = neighbours[front.pop()] - component
            component |= new
            front.extend(new)
        seen |= component
        components.append(component)
    return sorted(components, key=lambda each: (-len(each), min(each)))
