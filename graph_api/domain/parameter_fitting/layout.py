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
from graph_api.domain.knowledge_tracing import Parameters
from graph_api.domain.parameter_fitting.histories import Histories

Vector = NDArray[np.float64]


class Kind(IntEnum):
    """The kinds of parameter, in the order of their blocks in the vector."""

    PRIOR = 0
    LEARN = 1
    FORGET = 2
    GUESS = 3
    SLIP = 4


@dataclass(frozen=True, slots=True)
class Bounds:
    """The largest guess and slip, and how far every parameter stays from 0 and 1.

    The two together must not exceed 1, so that no fit can swap the two states (guess + slip < 1).

    >>> Bounds(guess=0.7, slip=0.5)
    Traceback (most recent call last):
    graph_api.domain.failures.InvalidInput: guess + slip: bounds must not sum to more than 1, got '1.2'
    """

    guess: float = 0.5
    slip: float = 0.5
    margin: float = 1e-5

    def __post_init__(self) -> None:
        if not 1e-5 <= self.margin <= 0.01:  # noqa: PLR2004 - the range in which runs neither underflow nor mislead
            raise InvalidInput("margin", "must be between 0.00001 and 0.01", shown(self.margin))
        for name in ("guess", "slip"):
            if not 2 * self.margin < getattr(self, name) < 1:
                raise InvalidInput(name, "bound must be above twice the margin and < 1", shown(getattr(self, name)))
        if self.guess + self.slip > 1:
            raise InvalidInput("guess + slip", "bounds must not sum to more than 1", shown(self.guess + self.slip))


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
        """The nearest vector within the bounds."""
        return np.clip(vector, self.low, self.high)

    def scaled(self, vector: Vector) -> Vector:
        """Each parameter's place between its bounds, strictly within 0..1."""
        return np.clip((vector - self.low) / (self.high - self.low), 1e-9, 1 - 1e-9)

    def to_free(self, vector: Vector) -> Vector:
        """Parameters as unbounded coordinates: the logit of their place between the bounds."""
        return np.asarray(logit(self.scaled(vector)))

    def from_free(self, free: Vector) -> Vector:
        """The inverse of `to_free`."""
        return np.asarray(self.low + (self.high - self.low) * expit(free))

    def slope(self, vector: Vector) -> Vector:
        """The derivative of each parameter with respect to its unbounded coordinate."""
        place = self.scaled(vector)
        return np.asarray((self.high - self.low) * place * (1 - place))

    def sums(self, values: Vector) -> Vector:
        """Values of parameters, summed for each target."""
        return np.asarray(np.bincount(self.owner, values, minlength=self.targets), np.float64)
