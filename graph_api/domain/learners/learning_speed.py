"""How fast a student learns, relative to the population: individualised knowledge tracing with shrinkage (Q15)."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from graph_api.domain.learners.own_parameters import Spread
from graph_api.domain.learners.sampled_levels import sampled_levels
from graph_api.domain.learners.uncertainty import COVERAGE, Confidence, Interval, confidence
from graph_api.domain.parameters.knowledge_tracing import Parameters

Vector = NDArray[np.float64]

STUDENTS = Spread(prior=1.5, learn=0.7, guess=0.5, slip=0.4, own_guess=0.0, own_slip=0.0)
"""How students vary in the estimate of one speed; guess and slip vary with ability only."""
SPEED_GRID, ABILITY_GRID = np.linspace(-4.0, 4.0, 41), np.linspace(-3.0, 3.0, 11)
"""Speeds and abilities of students, in standard deviations."""


class LearningHistory(NamedTuple):
    """The answers of a student to one target.

    Attributes:
        parameters: of the population on this target.
        answers: oldest first.
        weights: how much each answer counts, 0 to 1; empty if each counts 1. An answer of weight 0 is no opportunity.
    """

    parameters: Parameters
    answers: tuple[bool, ...]
    weights: tuple[float, ...] = ()


class LearningSpeed(NamedTuple):
    """A student's own odds of learning at an opportunity, relative to the population's.

    Attributes:
        value: 1 is the speed of the population. At 2 the odds learn / (1 - learn) of every target are twice as high.
        interval: where the speed lies with the stated probability.
        answers: how many answers count; one to two targets counts for each.
    """

    value: float
    interval: Interval
    answers: int

    @property
    def confidence(self) -> Confidence:
        """By the rule of levels, with each end v of the interval placed at v / (1 + v) within 0..1.

        >>> LearningSpeed(1.5, Interval(1.1, 1.9), 40).confidence.value
        'HIGH'
        """
        low, high = self.interval
        return confidence(self.answers, Interval(low / (1 + low), high / (1 + high)))


def learning_speed(histories: Sequence[LearningHistory], coverage: float = COVERAGE) -> LearningSpeed:
    """The learning speed of a student, from their answers to all targets.

    The student shifts the log-odds of `learn` of all targets by one number, normal around 0 in the population. So the
    estimate shrinks to the population's with little evidence. Ability shifts prior, guess and slip likewise, and is
    integrated over: a student who knows much from the start is not taken for a fast one. `value` is the exponential of
    the mean shift, and the interval lies between the quantiles of the speed.

    Args:
        histories: of the student, in any order.
        coverage: how probable it is that the truth lies inside.

    Returns:
        Without answers exactly 1, with the interval of the population.

    Reference: M. V. Yudelson, K. R. Koedinger, G. J. Gordon (2013), "Individualized Bayesian knowledge tracing models",
    AIED 2013. There the student's part of the log-odds is fitted without shrinkage.

    >>> skill = Parameters(prior=0.1, learn=0.1, guess=0.2, slip=0.1)
    >>> learning_speed([]).value
    1.0
    >>> fast, slow = ([LearningHistory(skill, (False, *[right] * 5))] * 6 for right in (True, False))
    >>> learning_speed(fast).value > 1.4, learning_speed(slow).value < 0.6
    (True, True)
    """
    counted = [each for each in histories if _counted(each)]
    if not counted:
        return LearningSpeed(1.0, _interval(_density(SPEED_GRID), coverage), 0)
    of_speeds = posterior(counted).sum(axis=0)
    mean = float(STUDENTS.learn * SPEED_GRID @ of_speeds)
    return LearningSpeed(math.exp(mean), _interval(of_speeds, coverage), sum(map(_counted, counted)))


def posterior(histories: Sequence[LearningHistory]) -> Vector:
    """The joint distribution of ability and speed, given answers.

    Returns:
        Shape (abilities, speeds), sum 1: over `ABILITY_GRID` and `SPEED_GRID`, in standard deviations.
    """
    prior = np.log(np.outer(_density(ABILITY_GRID), _density(SPEED_GRID)))
    ability, speed = (each.ravel() for each in np.meshgrid(ABILITY_GRID, SPEED_GRID, indexing="ij"))
    ordered = sorted(
        histories, key=lambda each: (repr(each.parameters), each.answers, each.weights)
    )  # sums to the digit
    of_sets = {used: own_grid(used, ability, speed) for used in {each.parameters for each in ordered}}
    points = np.stack([of_sets[each.parameters] for each in ordered], axis=1)
    weights = [each.weights or (1.0,) * len(each.answers) for each in ordered]
    _, likelihood = sampled_levels(points, [each.answers for each in ordered], weights)
    grid = prior + likelihood.sum(axis=0).reshape(prior.shape)
    return _normalised(np.exp(grid - grid.max()))


def _density(grid: Vector) -> Vector:
    """The standard normal distribution on a grid."""
    return _normalised(np.exp(-grid * grid / 2))


def _normalised(share: Vector) -> Vector:
    """Shares with the sum 1."""
    scaled: Vector = share / share.sum()
    return scaled


def _interval(of_speeds: Vector, coverage: float) -> Interval:
    """The speeds between the quantiles on either side."""
    shifts = STUDENTS.learn * SPEED_GRID
    return Interval(*(math.exp(_quantile(shifts, of_speeds, (1 + side * coverage) / 2)) for side in (-1, 1)))


def _counted(history: LearningHistory) -> int:
    """The number of answers that count."""
    return sum(weight > 0 for weight in history.weights) if history.weights else len(history.answers)


def own_grid(parameters: Parameters, ability: Vector, speed: Vector) -> Vector:
    """The parameters of students of each ability and speed, in standard deviations: shape (5, points).

    Speed 0 has the population's learn. The others are as `vary` has them.
    """
    center = np.array([parameters.prior, parameters.guess, parameters.slip])
    size = np.array([STUDENTS.prior, STUDENTS.guess, -STUDENTS.slip])
    middle = logit(center) * np.sqrt(1 + math.pi * size * size / 8)
    prior, guess, slip = expit(middle[:, None] + size[:, None] * ability)
    over = guess + slip >= 1
    guess[over], slip[over] = parameters.guess, parameters.slip
    learn = expit(logit(parameters.learn) + STUDENTS.learn * speed)
    smallest = np.finfo(float).eps
    rows = np.clip(np.stack([prior, learn, guess, slip]), smallest, 1 - smallest)
    return np.vstack([rows, np.full(len(ability), parameters.forget)])


def _quantile(values: Vector, share: Vector, tail: float) -> float:
    """A quantile of a density that is constant around each of the equally spaced values."""
    half = (values[1] - values[0]) / 2
    edges = np.append(values - half, values[-1] + half)
    return float(np.interp(tail, np.append(0.0, np.cumsum(share)), edges))
