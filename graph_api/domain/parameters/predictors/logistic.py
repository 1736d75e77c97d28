"""Logistic regression on sparse columns, with a penalty for each weight."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_array
from scipy.special import expit, logit

Vector = NDArray[np.float64]

MOST_ITERATIONS = 200
SMALLEST_GRADIENT, SMALLEST_STEP = 0.1, 1e-7
"""Where L-BFGS stops, in nats of the penalised loss of all rows. Predictions are then exact to about three digits."""
SUREST = 1e-300
CURVATURE = 0.2
"""p(1 - p) of a typical answer, for the scale of the weights."""


class Design(NamedTuple):
    """The columns of a model.

    Attributes:
        place: shape (rows, terms), int; which weight each term of a row uses.
        value: shape (rows, terms); what that weight is multiplied with.
        penalty: shape (weights,); the precision of the normal prior of each weight, in 1 / logit².
    """

    place: NDArray[np.int32]
    value: Vector
    penalty: Vector


class LogisticFit(NamedTuple):
    """The weights of a fit: the intercept, and shape (weights,)."""

    intercept: float
    weights: Vector
    iterations: int
    converged: bool


def fit_logistic(design: Design, correct: NDArray[np.bool_]) -> LogisticFit:
    """The weights with the least penalised log-loss: -Σ log P(answer) + ½ Σ penalty · weight².

    The weights are scaled by the root of their curvature, because L-BFGS needs columns of like scale.

    Args:
        design: the columns; without rows, all weights are 0.
        correct: shape (rows,).

    Reference: D. C. Liu, J. Nocedal (1989), "On the limited memory BFGS method for large scale optimization",
    Mathematical Programming 45.

    >>> ones = np.ones((4, 1))
    >>> fit = fit_logistic(Design(np.zeros((4, 1), np.int32), ones, np.ones(1)), np.array([True, True, True, False]))
    >>> round(float(expit(fit.intercept + fit.weights[0])), 1)
    0.7
    """
    rows, terms = design.place.shape
    narrow = np.int32 if rows * terms < np.iinfo(np.int32).max else np.int64  # halves what products read
    pointers = np.arange(0, rows * terms + 1, terms, dtype=narrow)
    shape = (rows, len(design.penalty))
    columns = csr_array((design.value.ravel(), design.place.ravel(), pointers), shape=shape)
    transposed = columns.T.tocsr()
    outcome = correct.astype(np.float64)
    squares = np.bincount(design.place.ravel(), design.value.ravel() ** 2, minlength=len(design.penalty))
    scale = np.sqrt(np.append(CURVATURE * rows, CURVATURE * squares + design.penalty))
    scale[scale == 0] = 1.0  # a weight without rows and without a penalty stays at 0

    def loss(scaled: Vector) -> tuple[float, Vector]:
        intercept, weights = scaled[0] / scale[0], scaled[1:] / scale[1:]
        strength = columns @ weights + intercept
        excess = expit(strength) - outcome
        answer = np.maximum(1 - np.abs(excess), SUREST)  # P of what was answered
        value = 0.5 * (design.penalty * weights**2).sum() - np.log(answer).sum()
        gradient = np.append(excess.sum(), transposed @ excess + design.penalty * weights)
        return float(value), gradient / scale

    start = np.zeros(len(scale))
    start[0] = scale[0] * logit((outcome.sum() + 1) / (rows + 2))
    limits: Any = {"maxiter": MOST_ITERATIONS, "gtol": SMALLEST_GRADIENT, "ftol": SMALLEST_STEP}
    optimum = minimize(loss, start, jac=True, method="L-BFGS-B", options=limits)
    weights = optimum.x / scale
    return LogisticFit(float(weights[0]), weights[1:], int(optimum.nit), bool(optimum.success))


def predict_logistic(design: Design, fit: LogisticFit) -> Vector:
    """P(correct) of each row of a design: shape (rows,)."""
    return np.asarray(expit(fit.intercept + (fit.weights[design.place] * design.value).sum(axis=1)))
