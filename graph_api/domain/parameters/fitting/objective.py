"""What a climb maximises, in coordinates without bounds: the log-likelihood, plus priors if there are any."""

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.parameters.fitting.expectation import expect
from graph_api.domain.parameters.fitting.layout import Kind, Layout, Vector
from graph_api.domain.parameters.fitting.prefix_tree import PrefixTree


@dataclass(frozen=True)
class BetaPriors:
    """Beta(a, b) densities on each parameter's place between its bounds, taken in the coordinate without bounds.

    There the density is proportional to place^a (1 - place)^b, so that its mode lies strictly inside the bounds for any
    a and b > 0: a target with little evidence cannot end up at a bound.

    Attributes:
        a: shape (parameters,).
        b: shape (parameters,).
    """

    FEWEST_TARGETS = 5
    SMALLEST_VARIANCE = 1e-4
    LEAST_SAMPLE, LARGEST_SAMPLE = 0.1, 200.0

    a: Vector
    b: Vector

    @classmethod
    def learnt(cls, layout: Layout, parameters: Vector, answered: NDArray[np.bool_]) -> Self | None:
        """The densities with the mean and variance that each kind of parameter has over the targets with answers.

        None if there are too few targets.
        """
        if answered.sum() < cls.FEWEST_TARGETS:
            return None
        place = layout.scaled(parameters)
        mean, size = np.empty_like(place), np.empty_like(place)
        for block in layout.blocks.values():
            values = place[block][answered[layout.owner[block]]]
            if values.size:
                centre, variance = values.mean(), max(values.var(), cls.SMALLEST_VARIANCE)
                mean[block] = centre
                size[block] = np.clip(centre * (1 - centre) / variance - 1, cls.LEAST_SAMPLE, cls.LARGEST_SAMPLE)
        return cls(mean * size, (1 - mean) * size)


class Value(NamedTuple):
    """The objective at a point.

    Attributes:
        value: shape (targets,).
        gradient: shape (parameters,); with respect to the coordinates without bounds.
        information: shape (parameters,); minus the second derivative if the hidden states were seen: what scales steps.
    """

    value: Vector
    gradient: Vector
    information: Vector


@dataclass(frozen=True)
class Objective:
    """The function to climb."""

    layout: Layout
    priors: BetaPriors | None = None

    def __call__(self, tree: PrefixTree, free: Vector) -> Value:
        """Evaluate all targets that are in the tree.

        Args:
            tree: the evidence.
            free: shape (parameters,); coordinates without bounds.
        """
        parameters = self.layout.from_free(free)
        slope = self.layout.slope(parameters)
        expected = expect(tree, self.layout, parameters)
        value = expected.log_likelihood
        gradient = expected.gradient(parameters)
        information = expected.information(parameters)
        if self.layout.is_cut:  # a step of a guess moves the bound of its slip, and so the slip
            guess, slip = self.layout.blocks[Kind.GUESS], self.layout.blocks[Kind.SLIP]
            carried = self.layout.slip_by_guess(parameters)
            gradient[guess] += gradient[slip] * carried
            information[guess] += information[slip] * carried**2
        gradient *= slope
        information *= slope**2
        if self.priors is not None:
            a, b = self.priors.a, self.priors.b
            place = self.layout.scaled(parameters)
            value = value + self.layout.sums(a * np.log(place) + b * np.log1p(-place))
            gradient += a * (1 - place) - b * place
            information += (a + b) * place * (1 - place)
        return Value(value, gradient, information)

    def replicate(self, targets: NDArray[np.int64]) -> tuple["Objective", NDArray[np.int64]]:
        """The objective of copies of some targets, and where each of its parameters stands in this one's layout."""
        layout, source = self.layout.replicate(targets)
        priors = self.priors and BetaPriors(self.priors.a[source], self.priors.b[source])
        return Objective(layout, priors), source


class Climbed(NamedTuple):
    """Where a climb ended.

    Attributes:
        parameters: shape (parameters,).
        value: shape (targets,); the objective there.
        passes: shape (targets,), int; how many passes over its histories each target took.
        converged: shape (targets,), bool; whether the last pass gained less than the tolerance.
    """

    parameters: Vector
    value: Vector
    passes: NDArray[np.int64]
    converged: NDArray[np.bool_]


def gained_little(gain: Vector, value: Vector, tolerance: float) -> NDArray[np.bool_]:
    """Whether each target gained less than a share of its value; the first pass never does."""
    return np.isfinite(value) & (np.abs(gain) <= tolerance * np.abs(np.where(np.isfinite(value), value, 0)) + 1e-12)
