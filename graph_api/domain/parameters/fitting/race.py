"""Which of several climbs of the same target can be dropped before they end."""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.parameters.fitting.layout import Layout, Vector

HEAT = 2
"""After this number of passes the worst starts of a large target are dropped."""
FINALISTS = 3
"""How many starts of a large target go on after the heat."""


class Pace(NamedTuple):
    """When a start is dropped.

    Attributes:
        patience: if this multiple of its last gain would not take it to the best of its target.
        same_place: if it has met a better one: no parameter differs by more than this.
    """

    patience: float
    same_place: float


LARGE, SMALL = Pace(8.0, 0.03), Pace(20.0, 0.01)
"""Small targets have more local maxima, closer together, and cost little."""


@dataclass
class Race:
    """The starts of each target, as copies of it that climb side by side.

    Attributes:
        layout: of the copies.
        target: shape (copies,), int, ascending; which target each copy is of.
        is_small: shape (copies,), bool; whether the target is small.
    """

    layout: Layout
    target: NDArray[np.int64]
    is_small: NDArray[np.bool_]
    _passes: int = 0
    _value: Vector = field(init=False)
    _gain: Vector = field(init=False)

    def __post_init__(self) -> None:
        self._value = np.full(len(self.target), -np.inf)
        self._gain = np.full(len(self.target), np.inf)

    def losers(self, parameters: Vector, value: Vector) -> NDArray[np.bool_]:
        """The copies to drop after one more pass, shape (copies,), bool. The best copy of a target never is one.

        Args:
            parameters: shape (parameters,); where the copies stand.
            value: shape (copies,); their objectives.
        """
        self._passes += 1
        with np.errstate(invalid="ignore"):
            gain = value - self._value
        self._gain = np.where(gain > 0, gain, self._gain)
        self._value = value
        if self._passes < HEAT:
            return np.zeros(len(value), np.bool_)
        rank, leader = ranked(self.target, value)
        if self._passes == HEAT:
            return ~self.is_small & (rank >= FINALISTS)
        patience, same_place = (np.where(self.is_small, *pair) for pair in zip(SMALL, LARGE, strict=True))
        behind = value + patience * self._gain < value[leader]
        apart = np.abs(parameters - parameters[self.layout.replicate(leader)[1]])
        distance = np.zeros(len(value))
        np.maximum.at(distance, self.layout.owner, apart)
        return (rank > 0) & (behind | (distance <= same_place))


def ranked(target: NDArray[np.int64], value: Vector) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The rank of each value among those of its target, from 0 for the highest, and where the highest stands.

    >>> rank, leader = ranked(np.array([0, 0, 1]), np.array([1.0, 3.0, 2.0]))
    >>> rank.tolist(), leader.tolist()
    ([1, 0, 0], [1, 1, 2])
    """
    order = np.lexsort((-value, target))
    first = np.searchsorted(target[order], target)
    rank = np.empty(len(target), np.int64)
    rank[order] = np.arange(len(target)) - first[order]
    return rank, order[first]
