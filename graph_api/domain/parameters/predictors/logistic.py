"""Logistic regression on sparse columns, with a penalty for each weight."""

from typing import Any, NamedTuple

import numpy as np
import scipy
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import expit, logit

from graph_api.domain.parameters.predictors.design import Design, Vector
from graph_api.domain.parameters.predictors.scaling import Scaling

MOST_STEPS = 100
SMALLEST_GRADIENT = 2e-4
"""Where Newton's method stops: the length of the gradient by scaled weights, over the root of the rows. The root mean
square error of the log-odds is then about 0.0005."""
SUREST = 1e-300


class LogisticFit(NamedTuple):
    """The weights of a fit: the intercept, and shape (weights,). `iterations` are steps of Newton's method."""

    intercept: float
    weights: Vector
    iterations: int
    converged: bool


class _Loss:
    """The penalised log-loss of scaled weights, its gradient, and its curvature in a direction."""

    def __init__(self, design: Design, correct: NDArray[np.bool_], scaling: Scaling) -> None:
        rows, terms = design.place.shape
        narrow = np.int32 if rows * terms < np.iinfo(np.int32).max else np.int64  # halves what products read
        pointers = np.arange(0, rows * terms + 1, terms, dtype=narrow)
        shape = (rows, len(design.penalty))
        self.columns = csr_array((design.value.ravel(), design.place.ravel(), pointers), shape=shape)
        self.transposed = self.columns.T.tocsr()
        self.penalty, self.outcome, self.scaling = design.penalty, correct.astype(np.float64), scaling
        self.at, self.spread = np.empty(0), np.empty(0)

    def value(self, scaled: Vector) -> tuple[float, Vector]:
        """The loss, and its gradient."""
        weights = self.scaling.weights(scaled)
        chance = expit(self.columns @ weights[1:] + weights[0])
        excess = chance - self.outcome
        self.at, self.spread = scaled.copy(), chance * (1 - chance)
        answer = np.maximum(1 - np.abs(excess), SUREST)  # P of what was answered
        value = 0.5 * (self.penalty * weights[1:] ** 2).sum() - np.log(answer).sum()
        return float(value), self._scale(excess, weights)

    def curvature(self, scaled: Vector, direction: Vector) -> Vector:
        """The second derivatives times a direction."""
        if not np.array_equal(scaled, self.at):
            self.value(scaled)  # a step was rejected
        weights = self.scaling.weights(direction)
        change = (self.columns @ weights[1:] + weights[0]) * self.spread
        return self._scale(change, weights)

    def _scale(self, excess: Vector, weights: Vector) -> Vector:
        gradient = self.transposed @ excess + self.penalty * weights[1:]
        return self.scaling.gradient(np.append(excess.sum(), gradient))


def fit_logistic(design: Design, correct: NDArray[np.bool_]) -> LogisticFit:
    """The weights with the least penalised log-loss: -Σ log P(answer) + ½ Σ penalty · weight².

    Newton's method, each step by conjugate gradients within a trusted radius, on scaled weights.

    Args:
        design: the columns; without rows, all weights are 0.
        correct: shape (rows,).

    Reference: T. Steihaug (1983), "The conjugate gradient method and trust regions in large scale optimization", SIAM
    Journal on Numerical Analysis 20.

    >>> ones = np.ones((4, 1))
    >>> fit = fit_logistic(Design(np.zeros((4, 1), np.int32), ones, np.ones(1)), np.array([True, True, True, False]))
    >>> round(float(expit(fit.intercept + fit.weights[0])), 2)
    0.75
    """
    rows = len(correct)
    scaling = Scaling.of(design)
    loss = _Loss(design, correct, scaling)
    start = np.zeros(len(scaling.root))
    start[0] = logit((correct.sum() + 1) / (rows + 2))
    radius = np.sqrt(rows + 1)  # a scaled weight of 1 changes the rows by √(1 / curvature) in all
    limits: Any = {
        "maxiter": MOST_STEPS,
        "gtol": SMALLEST_GRADIENT * radius,
        "initial_trust_radius": radius,
        "max_trust_radius": 1e6 * radius,
    }
    optimum = scipy.optimize.minimize(
        loss.value, scaling.scaled(start), jac=True, hessp=loss.curvature, method="trust-ncg", options=limits
    )
    weights = scaling.weights(optimum.x)
    return LogisticFit(float(weights[0]), weights[1:], int(optimum.nit), bool(optimum.success))


def predict_logistic(design: Design, fit: LogisticFit) -> Vector:
    """P(correct) of each row of a design: shape (rows,)."""
    return np.asarray(expit(fit.intercept + (fit.weights[design.place] * design.value).sum(axis=1)))
