"""The parameters that one student may have: those of the set, varied as real students vary (Q8)."""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtri

from graph_api.domain.learners.sobol_points import sobol_points
from graph_api.domain.parameters.knowledge_tracing import Parameters

Vector = NDArray[np.float64]


class Spread(NamedTuple):
    """How the parameters of students vary, as standard deviations in logits.

    The ability of a student shifts prior and guess up and slip down, on all of their targets. Their speed shifts learn.
    Guess and slip also vary by themselves, from target to target.

    Attributes:
        prior: the shift of prior by one standard deviation of ability.
        learn: that of learn by one of speed.
        guess: that of guess by one of ability.
        slip: that of slip by one of ability, downwards.
        own_guess: the standard deviation of a further shift of guess.
        own_slip: that of a further shift of slip.
    """

    prior: float
    learn: float
    guess: float
    slip: float
    own_guess: float
    own_slip: float


SPREAD = Spread(prior=2.7, learn=0.4, guess=0.5, slip=0.5, own_guess=1.05, own_slip=0.8)
"""The spread in effect. It was chosen so that intervals of P(correct) hold in two real data sets that vary differently.

`benchmarks/coverage.py` measures it. The spreads that are most likely in each data set are narrower in most parameters.
But the middle of its students also differs from the parameters of the fit, and intervals have to allow for that.
"""


@lru_cache(maxsize=512)
def own_parameters(parameters: Parameters, spread: Spread = SPREAD) -> Vector:
    """A fixed, even sample of the parameters that a student may have.

    Returns:
        Shape (5, points): prior, learn, guess, slip and forget. The set's own values are the first point.

    >>> skill = Parameters(prior=0.3, learn=0.09, guess=0.2, slip=0.1)
    >>> points = own_parameters(skill)
    >>> points.shape, points[:, 0].tolist()
    ((5, 256), [0.3, 0.09, 0.2, 0.1, 0.0])
    >>> [round(value, 2) for value in points.mean(axis=1).tolist()]
    [0.3, 0.09, 0.2, 0.1, 0.0]
    """
    even = sobol_points()
    drawn = vary(parameters, ndtri(even + 0.5 / len(even)).T, spread)
    drawn[:, 0] = parameters.prior, parameters.learn, parameters.guess, parameters.slip
    return np.vstack([drawn, np.full(drawn.shape[1], parameters.forget)])


def vary(parameters: Parameters, normal: Vector, spread: Spread = SPREAD) -> Vector:
    """The parameters of students, each logit-normal, with about the set's value as its mean.

    Students with guess + slip >= 1 get the set's own values: they would be correct where others are incorrect.

    Args:
        parameters: of the set.
        normal: shape (4, students), standard normal: ability, speed, and what is left of guess and slip.
        spread: how students vary.

    Returns:
        Shape (4, students): prior, learn, guess and slip.

    >>> vary(Parameters(prior=0.3, learn=0.09, guess=0.2, slip=0.1), np.zeros((4, 1)), Spread(0, 0, 0, 0, 0, 0)).T
    array([[0.3 , 0.09, 0.2 , 0.1 ]])
    """
    ability, speed, of_guess, of_slip = normal
    drawn = np.stack(
        [
            _varied(parameters.prior, spread.prior * ability, spread.prior),
            _varied(parameters.learn, spread.learn * speed, spread.learn),
            _varied(
                parameters.guess,
                spread.guess * ability + spread.own_guess * of_guess,
                math.hypot(spread.guess, spread.own_guess),
            ),
            _varied(
                parameters.slip,
                spread.own_slip * of_slip - spread.slip * ability,
                math.hypot(spread.slip, spread.own_slip),
            ),
        ]
    )
    center = np.array([parameters.prior, parameters.learn, parameters.guess, parameters.slip])
    drawn[:, drawn[2] + drawn[3] >= 1] = center[:, None]
    return drawn


def _varied(center: float, shift: Vector, deviation: float) -> Vector:
    """Values around `center`, which stays about their mean: a logit-normal mean is nearer to one half than its middle.

    Reference: D. J. C. MacKay (1992), "The evidence framework applied to classification networks", Neural Computation
    4, 720-736.
    """
    smallest = np.finfo(float).eps
    middle = logit(center) * math.sqrt(1 + math.pi * deviation * deviation / 8)
    values: Vector = np.clip(expit(middle + shift), smallest, 1 - smallest)
    return values
