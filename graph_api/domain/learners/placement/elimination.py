"""The order in which concepts are eliminated, so that sums over all knowledge states become many small sums.

Concepts that a link connects are neighbours. To eliminate a concept is to sum over its two values for all values of
its neighbours, which become neighbours of each other. The work is 2 to the power of the number of neighbours, so the
order takes the concept next that adds the fewest new neighbours (min-fill).

Reference: D. Koller, N. Friedman (2009), "Probabilistic Graphical Models", MIT Press, sections 9.4 and 10.1.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Bucket(NamedTuple):
    """One concept, and its neighbours at its elimination.

    A cell is one choice of values, 0 or 1, for the concept and its neighbours. The last axis of a table has all cells.

    Attributes:
        place: the concept.
        neighbours: their places, in order of elimination. The bucket of the first one takes the sum.
        allowed: shape (cells,): 1 where the links of the concept allow the values, else 0. The first half of the cells
            is without the concept.
        cells: shape (cells of the first neighbour's bucket,): the cell of the sum that belongs to each of them.
        groups: the same cells, ordered by the cell of the sum.
    """

    place: int
    neighbours: tuple[int, ...]
    allowed: NDArray[np.float64]
    cells: NDArray[np.int64]
    groups: NDArray[np.int64]


Elimination = tuple[Bucket, ...]


def eliminate(before: Sequence[Sequence[int]], most: int) -> Elimination | None:
    """The buckets in order of elimination; None if a concept has more than `most` neighbours by then.

    Args:
        before: for each concept, the places of its prerequisites.
        most: the largest number of neighbours.

    >>> [(bucket.place, bucket.neighbours) for bucket in eliminate([[], [0], [1]], most=5)]
    [(0, (1,)), (1, (2,)), (2, ())]
    """
    ordered = _order(before, most)
    if ordered is None:
        return None
    position = {place: n for n, (place, _) in enumerate(ordered)}
    neighbours = {place: tuple(sorted(near, key=position.__getitem__)) for place, near in ordered}
    return tuple(_bucket(place, before, neighbours) for place, _ in ordered)


def _order(before: Sequence[Sequence[int]], most: int) -> list[tuple[int, frozenset[int]]] | None:
    near: list[set[int]] = [set() for _ in before]
    for place, needed in enumerate(before):
        for other in needed:
            near[place].add(other)
            near[other].add(place)
    cost = {place: _cost(place, near) for place in range(len(before))}
    ordered = []
    while cost:
        place = min(cost, key=lambda each: (cost[each], each))
        if len(near[place]) > most:
            return None
        del cost[place]
        ordered.append((place, frozenset(near[place])))
        for other in near[place]:
            near[other] |= near[place] - {other}
            near[other].discard(place)
        changed = near[place].union(*(near[other] for other in near[place]))
        cost.update((other, _cost(other, near)) for other in changed & cost.keys())
    return ordered


def _cost(place: int, near: Sequence[set[int]]) -> tuple[int, int]:
    """The number of new pairs of neighbours, then the number of neighbours."""
    return sum(b not in near[a] for a, b in combinations(near[place], 2)), len(near[place])


def _bucket(place: int, before: Sequence[Sequence[int]], neighbours: dict[int, tuple[int, ...]]) -> Bucket:
    own = neighbours[place]
    allowed = np.ones((2,) * (len(own) + 1))
    for axis, other in enumerate(own, start=1):
        if other in before[place]:  # known without its prerequisite
            allowed[_at(allowed.ndim, {0: 1, axis: 0})] = 0
        elif place in before[other]:
            allowed[_at(allowed.ndim, {0: 0, axis: 1})] = 0
    axes = (own[0], *neighbours[own[0]]) if own else ()
    whole = np.arange(2 ** len(own)).reshape([2 if axis in own else 1 for axis in axes])
    cells = np.broadcast_to(whole, (2,) * len(axes)).ravel()
    return Bucket(place, own, allowed.ravel(), cells, np.argsort(cells, kind="stable"))


def _at(axes: int, values: dict[int, int]) -> tuple[int | slice, ...]:
    return tuple(values.get(axis, slice(None)) for axis in range(axes))
