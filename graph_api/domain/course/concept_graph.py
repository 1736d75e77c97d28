"""The prerequisite graph: it stays acyclic (G2)."""

from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

Prerequisites = Mapping[str, Iterable[str]]
"""For each concept id, the ids of its direct prerequisites."""


def find_cycle(prerequisites: Prerequisites) -> Sequence[str] | None:
    """A cycle in the graph, along prerequisite links, its first concept repeated at the end; None if acyclic.

    >>> find_cycle({"b": ["a"], "c": ["b"]})
    >>> find_cycle({"b": ["a"], "a": ["b"]})
    ['a', 'b', 'a']
    """
    sorter = TopologicalSorter(prerequisites)
    try:
        sorter.prepare()
    except CycleError as error:
        cycle: list[str] = error.args[1]
        start = cycle.index(min(cycle))
        return [*cycle[start:-1], *cycle[:start], cycle[start]]
    return None
