"""Where each parameter of each target stands in one flat vector, and between which bounds it lies."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from graph_api.domain.failures import InvalidInput, shown
from graph_api.domain.parameters.fitting.histories import Histories
from graph_api.domain.parameters.knowledge_tracing import Parameters

Vector = NDArray[np.float64]
SMALLEST = 1e-12
INSIDE = 8.0
"""The largest logit of a start's place between its bounds."""


def ranges(first: NDArray[np.int64], count: NDArray[np.int64]) -> NDArray[np.int64]:
    """Ranges of whole numbers, end to end.

    >>> ranges(np.array([5, 0]), np.array([2, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    ends = np.cumsum(count)
    return np.asarray(np.repeat(first - ends + count, count) + np.arange(ends[-1] if len(ends) else 0))


class Kind(IntEnum):
    """The kinds of parameter, in the order of their blocks in the vector."""

    PRIOR = 0
    LEARN = 1
    FORGET = 2
    GUESS = 3
    SLIP = 4


@dataclass(frozen=True, slots=True)
class Bounds:
    """The largest guess, the largest slip, the largest sum of the two, and the distance of all parameters to 0 and 1.

    The sum is always below 1, so that no fit can swap the two states. Where the bounds of guess and slip sum to more
    than `total`, the pair lies in the triangle (or the box without its corner) below guess + slip = total.

    Attributes:
        guess: the largest guess.
        slip: the largest slip.
        margin: how far each parameter stays from its bounds, from 0 and from 1.
        total: the largest guess + slip.

    Raises:
        InvalidInput: naming the bound, the rule and the value.

    >>> Bounds(guess=0.7, slip=0.5, total=1.2)
    Traceback (most recent call last):
    graph_api.domain.failures.InvalidInput: guess + slip: bound must be > 0.00004 and <= 1, got '1.2'
    """

    guess: float = 0.5
    slip: float = 0.5
    margin: float = 1e-5
    total: float = 1.0

    def __post_init__(self) -> None:
        if not 1e-5 <= self.margin <= 0.01:  # noqa: PLR2004 - the range in which runs neither underflow nor mislead
            raise InvalidInput("margin", "must be between 0.00001 and 0.01", shown(self.margin))
        for name in ("guess", "slip"):
            if not 2 * self.margin < getattr(self, name) < 1:
                raise InvalidInput(name, "bound must be above twice the margin and < 1", shown(getattr(self, name)))
        if not 4 * self.margin < self.total <= 1:
            rule = f"bound must be > {4 * self.margin:.5f} and <= 1"
            raise InvalidInput("guess + slip", rule, shown(self.total))

    @property
    def largest_sum(self) -> float:
        """The largest guess + slip of a fit: the bound, less the margins of both."""
        return self.total - 2 * self.margin


@dataclass(frozen=True)
class Layout:
    """The flat vector: a block of priors, one of learn, one of forget if there is forgetting, then guesses, then slips.

    Attributes:
        targets: how many targets; priors, learns and forgets are one each.
        emission_target: shape (emissions,), int; guesses and slips are one an emission.
        forgetting: whether what is known can be forgotten.
        bounds: between which all stay.
    """

    targets: int
    emission_target: NDArray[np.int64]
    forgetting: bool
    bounds: Bounds

    @classmethod
    def of(cls, histories: Histories, bounds: Bounds, *, forgetting: bool = False) -> Self:
        """The layout for what the histories distinguish: guess and slip by target, or by its questions."""
        return cls(histories.targets, histories.emission_target, forgetting, bounds)

    @cached_property
    def blocks(self) -> dict[Kind, slice]:
        """Where each kind stands."""
        sizes = {Kind.PRIOR: self.targets, Kind.LEARN: self.targets, Kind.FORGET: self.targets * self.forgetting}
        sizes |= {Kind.GUESS: len(self.emission_target), Kind.SLIP: len(self.emission_target)}
        ends = np.cumsum(list(sizes.values())).tolist()
        return {kind: slice(end - size, end) for (kind, size), end in zip(sizes.items(), ends, strict=True)}

    @cached_property
    def owner(self) -> NDArray[np.int64]:
        """Shape (parameters,): the target of each parameter."""
        own = np.arange(self.targets)
        return np.concatenate([own, own, own[: self.targets * self.forgetting], *[self.emission_target] * 2])

    @cached_property
    def low(self) -> Vector:
        """Shape (parameters,): the lower bounds."""
        return np.full(len(self.owner), self.bounds.margin)

    @cached_property
    def high(self) -> Vector:
        """Shape (parameters,): the upper bounds."""
        high = np.full(len(self.owner), 1 - self.bounds.margin)
        high[self.blocks[Kind.FORGET]] = 0.5
        high[self.blocks[Kind.GUESS]] = self.bounds.guess - self.bounds.margin
        high[self.blocks[Kind.SLIP]] = self.bounds.slip - self.bounds.margin
        return high

    @cached_property
    def is_cut(self) -> bool:
        """Whether the sum of guess and slip is bounded more tightly than by their own bounds."""
        return self.bounds.guess + self.bounds.slip > self.bounds.total + 1e-12

    def highest(self, vector: Vector) -> Vector:
        """Shape (parameters,): the upper bounds; that of a slip falls with its guess where the sum is bounded."""
        if not self.is_cut:
            return self.high
        high = self.high.copy()
        left = self.bounds.largest_sum - vector[self.blocks[Kind.GUESS]]
        high[self.blocks[Kind.SLIP]] = np.maximum(np.minimum(self.bounds.slip - self.bounds.margin, left), self.low[0])
        return high

    def replicate(self, targets: NDArray[np.int64]) -> tuple["Layout", NDArray[np.int64]]:
        """The layout of copies of some targets, and where each of its parameters stands in this layout.

        Args:
            targets: shape (copies,), int; which target each copy is of.

        >>> layout = Layout(2, np.array([0, 1]), False, Bounds())
        >>> copies, source = layout.replicate(np.array([1, 1]))
        >>> copies.targets, source.tolist()
        (2, [1, 1, 3, 3, 5, 5, 7, 7])
        """
        first = np.searchsorted(self.emission_target, np.arange(self.targets + 1))
        count = np.diff(first)[targets]
        emission = ranges(first[:-1][targets], count)
        copies = type(self)(len(targets), np.repeat(np.arange(len(targets)), count), self.forgetting, self.bounds)
        source = dict.fromkeys((Kind.PRIOR, Kind.LEARN, *([Kind.FORGET] * self.forgetting)), targets)
        source |= {Kind.GUESS: emission, Kind.SLIP: emission}
        return copies, np.concatenate([self.blocks[kind].start + source[kind] for kind in sorted(source)])

    def spread(self, parameters: Parameters | Sequence[Parameters]) -> Vector:
        """The parameters of every target, or the same for all, as a vector; not moved inside the bounds."""
        every = [parameters] * self.targets if isinstance(parameters, Parameters) else parameters
        columns = np.array([(p.prior, p.learn, p.forget, p.guess, p.slip) for p in every]).reshape(-1, len(Kind))
        vector = np.empty(len(self.owner))
        for kind, block in self.blocks.items():
            vector[block] = columns[self.owner[block], kind]
        return vector

    def parameters(self, vector: Vector) -> list[Parameters]:
        """The parameters of each target, shape (targets,). Questions that differ have no such summary.

        Raises:
            ValueError: guess and slip belong to questions.
        """
        if len(self.emission_target) != self.targets:
            raise ValueError("guess and slip belong to questions, not to the target")
        columns = {kind: vector[block].tolist() for kind, block in self.blocks.items()}
        columns[Kind.FORGET] = columns[Kind.FORGET] or [0.0] * self.targets
        return [
            Parameters(prior, learn, guess, slip, forget)
            for prior, learn, forget, guess, slip in zip(*(columns[kind] for kind in Kind), strict=True)
        ]

    def clip(self, vector: Vector) -> Vector:
        """A vector within the bounds: each parameter moved to its nearest bound, too large a sum shared out evenly."""
        moved = np.clip(vector, self.low, self.high)
        if self.is_cut:
            guess, slip = self.blocks[Kind.GUESS], self.blocks[Kind.SLIP]
            excess = np.maximum(moved[guess] + moved[slip] - self.bounds.largest_sum, 0)
            moved[guess] = np.where(excess > 0, np.clip(moved[guess] - excess / 2, *self.edge), moved[guess])
            moved[slip] = np.minimum(moved[slip], self.bounds.largest_sum - moved[guess])
        return moved

    def inside(self, vector: Vector) -> Vector:
        """The nearest vector strictly within the bounds, from which a climb can move in all directions."""
        return self.from_free(np.clip(self.to_free(self.clip(vector)), -INSIDE, INSIDE))

    @property
    def edge(self) -> tuple[float, float]:
        """The least and the largest guess for which guess + slip can be the largest sum."""
        margin, largest = self.bounds.margin, self.bounds.largest_sum
        return max(margin, largest - self.bounds.slip + margin), min(self.bounds.guess - margin, largest - margin)

    def scaled(self, vector: Vector) -> Vector:
        """Each parameter's place between its bounds, strictly within 0..1."""
        room = np.maximum(self.highest(vector) - self.low, SMALLEST)
        return np.clip((vector - self.low) / room, 1e-9, 1 - 1e-9)

    def to_free(self, vector: Vector) -> Vector:
        """Parameters as unbounded coordinates: the logit of their place between the bounds."""
        return np.asarray(logit(self.scaled(vector)))

    def from_free(self, free: Vector) -> Vector:
        """The inverse of `to_free`."""
        place = expit(free)
        vector = np.asarray(self.low + (self.high - self.low) * place)
        if self.is_cut:
            slip = self.blocks[Kind.SLIP]
            vector[slip] = (self.low + (self.highest(vector) - self.low) * place)[slip]
        return vector

    def slope(self, vector: Vector) -> Vector:
        """The derivative of each parameter with respect to its own unbounded coordinate."""
        place = self.scaled(vector)
        return np.asarray((self.highest(vector) - self.low) * place * (1 - place))

    def slip_by_guess(self, vector: Vector) -> Vector:
        """The derivative of each slip with respect to its guess, shape (emissions,), at a constant place of the slip.

        It is 0 unless the bounded sum limits the slip.
        """
        guess, slip = vector[self.blocks[Kind.GUESS]], self.blocks[Kind.SLIP]
        if not self.is_cut:
            return np.zeros_like(guess)
        is_limited = self.bounds.largest_sum - guess < self.bounds.slip - self.bounds.margin
        return np.where(is_limited, -self.scaled(vector)[slip], 0.0)

    def sums(self, values: Vector) -> Vector:
        """Values of parameters, summed for each target."""
        return np.asarray(np.bincount(self.owner, values, minlength=self.targets), np.float64)
