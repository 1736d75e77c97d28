"""Uncertainty of estimates (Q8): intervals, and the confidence that they give."""

import math
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from graph_api.domain.learners.own_parameters import own_parameters
from graph_api.domain.learners.sampled_levels import sampled_levels
from graph_api.domain.parameters.knowledge_tracing import Parameters

Vector = NDArray[np.float64]

COVERAGE = 0.9
"""The default probability that an interval contains the truth."""
ENOUGH, MANY = 5, 10
NARROW, WIDE = 0.2, 0.5


class Confidence(StrEnum):
    """The confidence in an estimate."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


class Interval(NamedTuple):
    """From low to high, within 0..1."""

    low: float
    high: float


class LevelIntervals(NamedTuple):
    """Where a level may be, and P(the next answer is correct)."""

    level: Interval
    p_correct: Interval


def confidence(answers: float, interval: Interval) -> Confidence:
    """LOW with fewer than 5 answers or an interval over 0.5 wide; HIGH from 10 answers with one of at most 0.2.

    >>> confidence(4, Interval(0.9, 1.0)).value, confidence(12, Interval(0.85, 0.97)).value
    ('LOW', 'HIGH')
    """
    width = interval.high - interval.low
    if answers < ENOUGH or width > WIDE:
        return Confidence.LOW
    return Confidence.HIGH if answers >= MANY and width <= NARROW else Confidence.MEDIUM


def wilson(share: float, answers: float, coverage: float = COVERAGE) -> Interval:
    """The score interval of a share of correct answers; 0 to 1 without answers.

    Args:
        share: 0..1.
        answers: how many, or how many equally weighted ones they are worth.
        coverage: how probable it is that the truth lies inside.

    Reference: E. B. Wilson (1927), "Probable inference, the law of succession, and statistical inference", JASA 22.

    >>> low, high = wilson(0.75, 12, coverage=0.95)
    >>> round(low, 4), round(high, 4)
    (0.4677, 0.9111)
    """
    if answers <= 0:
        return Interval(0.0, 1.0)
    z2 = float(ndtri((1 + coverage) / 2)) ** 2
    middle = share + z2 / (2 * answers)
    half = math.sqrt(z2 * (share * (1 - share) / answers + z2 / (4 * answers**2)))
    scale = 1 + z2 / answers
    return Interval(max((middle - half) / scale, 0.0), min((middle + half) / scale, 1.0))


def effective_answers(weights: Sequence[float]) -> float:
    """The number of equally weighted answers that weighted ones are worth: (sum of w)² / sum of w²; 0 without any.

    Reference: L. Kish (1965), "Survey Sampling", section 11.7.

    >>> effective_answers([0.25] * 4), effective_answers([])
    (4.0, 0.0)
    """
    squares = sum(weight * weight for weight in weights)
    return sum(weights) ** 2 / squares if squares else 0.0


def level_intervals(
    histories: Sequence[tuple[Parameters, Sequence[bool]]],
    coverage: float = COVERAGE,
    weights: Sequence[Sequence[float]] | None = None,
    sample: Callable[[Parameters], Vector] = own_parameters,
) -> list[LevelIntervals]:
    """Where the level of a student may be, and their P(correct), when their own parameters are not known exactly.

    The parameters of a set describe students in general. Those of one student vary around them by ability and speed, as
    `own_parameters` describes. A fixed sample of them is weighted by how likely it makes the student's answers; the
    interval lies between the quantiles of the weighted sample.

    If students do vary so, `p_correct` covers the truth in about `coverage` of the cases. `level` covers it at least
    as often, and more often after many answers: 90 % then covers 90 to 97 %. Levels pile up at 0.99, the clamp, and an
    interval that ends there holds all of them; of the true levels between the clamps it holds 85 to 90 %.

    Args:
        histories: for each student and target the parameters in effect, and the answers, oldest first.
        coverage: how probable it is that the truth lies inside.
        weights: how much each answer of each history counts, over 0 to 1; None if each counts 1.
        sample: the parameters that a student may have, given those of the set; the first point is the set's own.

    Returns:
        One for each history, in order. The level under the set's own parameters is always inside.

    >>> skill = Parameters(prior=0.3, learn=0.09, guess=0.2, slip=0.1)
    >>> few, many = level_intervals([(skill, [True]), (skill, [True] * 12)])
    >>> [round(end, 2) for end in (*few.level, *many.level)]
    [0.14, 0.99, 0.99, 0.99]
    """
    if not histories:
        return []
    points = np.stack([sample(used) for used, _ in histories], axis=1)  # (5, histories, points)
    level, likelihood = sampled_levels(points, [answers for _, answers in histories], weights)
    weight = np.exp(likelihood - likelihood.max(axis=1, keepdims=True))
    guess, slip = points[2:4]
    p_correct = guess + level * (1 - slip - guess)
    return list(map(LevelIntervals, *(_between(values, weight, coverage) for values in (level, p_correct))))


def _between(values: Vector, weights: Vector, coverage: float) -> list[Interval]:
    """The quantiles of weighted values on either side, row by row; the first value of a row is always inside."""
    order = np.argsort(values, axis=1)
    ordered, mass = np.take_along_axis(values, order, 1), np.cumsum(np.take_along_axis(weights, order, 1), axis=1)
    ends = []
    for tail in ((1 - coverage) / 2, (1 + coverage) / 2):
        place = (mass < mass[:, -1:] * tail).sum(axis=1, keepdims=True)
        ends.append(np.take_along_axis(ordered, np.minimum(place, values.shape[1] - 1), 1)[:, 0])
    low, high = np.minimum(ends[0], values[:, 0]), np.maximum(ends[1], values[:, 0])
    return list(map(Interval, low.tolist(), high.tolist()))
