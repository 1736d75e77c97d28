"""The prerequisite graph: it stays acyclic (G2)."""

from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import groupby

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

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


def find_cycles(prerequisites: Prerequisites) -> list[list[str]]:
    """A cycle of each set of concepts that can reach each other, in order of their first concepts.

    >>> find_cycles({"b": ["a"], "a": ["b"], "c": ["c"], "d": ["a"]})
    [['a', 'b', 'a'], ['c', 'c']]
    """
    links = [(needed, key) for key, of_key in prerequisites.items() for needed in of_key]
    keys = sorted({key for link in links for key in link})
    if not keys:
        return []
    places = {key: place for place, key in enumerate(keys)}
    rows, columns = ([places[link[end]] for link in links] for end in (0, 1))
    matrix = coo_array((np.ones(len(links)), (rows, columns)), shape=(len(keys), len(keys)))
    _, parts = connected_components(matrix, directed=True, connection="strong")
    of_part = [
        {key: [needed for needed in prerequisites.get(key, ()) if parts[places[needed]] == part] for key in members}
        for part, members in groupby(sorted(keys, key=lambda key: parts[places[key]]), lambda key: parts[places[key]])
    ]
    return sorted(list(cycle) for each in of_part if (cycle := find_cycle(each)))
