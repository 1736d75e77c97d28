"""Forecasts of the next answers from a level (Q7)."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.parameters.knowledge_tracing import HIGHEST_LEVEL, LOWEST_LEVEL, Parameters, p_correct

Vector = NDArray[np.float64]

FURTHEST = 100
FINEST, NEAREST = 5_000, 100
"""Levels in one cell are followed as one: cells are 1/5,000 wide at most, and towards the threshold and 0 at most
1 % of the distance to it."""


class Forecast(NamedTuple):
    """The forecast of the next answers.

    Attributes:
        p_next_correct: P(the next answer is correct).
        answers_to_mastery: the expected number of answers until the level reaches the threshold, 0 if it has; a
            sequence of more than 100 counts as 100. None if mastery within 100 answers is less likely than not.
        p_mastered_within: P(the level reaches the threshold within n answers), for n = 1, 2 … 100.
    """

    p_next_correct: float
    answers_to_mastery: float | None
    p_mastered_within: Sequence[float]


@lru_cache(maxsize=1_024)
def forecast(level: float, parameters: Parameters, threshold: float, *, started: bool = True) -> Forecast:
    """Follow every course that the next answers may take, weighted by how likely it is.

    Takes milliseconds, so the last 1,024 are kept: a dashboard reads the same ones until an answer comes.

    Args:
        level: now.
        parameters: under which answers are drawn and the level moves.
        threshold: the level that counts as mastery.
        started: whether there is an answer: without one nothing is mastered, however high the prior.

    >>> expected = forecast(0.3, Parameters(0.3, 0.09, 0.2, 0.1), threshold=0.95)
    >>> round(expected.p_next_correct, 2), expected.p_mastered_within[0], round(expected.answers_to_mastery, 1)
    (0.41, 0.0, 11.4)
    """
    on = level < threshold or not started
    levels, chances = np.array([level]), np.array([float(on)])
    expected, reached, within = 0.0, float(not on), []
    for _ in range(FURTHEST):
        expected += float(chances.sum())
        levels, chances, there = _follow(levels, chances, parameters, threshold)
        reached += there
        within.append(min(reached, 1.0))
    likely = within[-1] >= 0.5  # noqa: PLR2004 - likelier than not
    return Forecast(p_correct(level, parameters), expected if likely else None, tuple(within))


def _follow(levels: Vector, chances: Vector, parameters: Parameters, threshold: float) -> tuple[Vector, Vector, float]:
    """The levels below the threshold after one more answer, their chances, and the chance to have reached it."""
    right = levels * (1 - parameters.slip) + (1 - levels) * parameters.guess
    after = np.concatenate([_after(levels, parameters, correct=True), _after(levels, parameters, correct=False)])
    chance = np.concatenate([chances * right, chances * (1 - right)])
    below = (after < threshold) & (chance > 0)
    return *_merge(after[below], chance[below], threshold), float(chance[after >= threshold].sum())


def _after(levels: Vector, parameters: Parameters, *, correct: bool) -> Vector:
    """The levels after an answer."""
    known = levels * ((1 - parameters.slip) if correct else parameters.slip)
    unknown = (1 - levels) * (parameters.guess if correct else 1 - parameters.guess)
    posterior = known / (known + unknown)
    after = posterior * (1 - parameters.forget) + (1 - posterior) * parameters.learn
    return np.minimum(np.maximum(after, LOWEST_LEVEL), HIGHEST_LEVEL)


def _merge(levels: Vector, chances: Vector, threshold: float) -> tuple[Vector, Vector]:
    """One level for each cell: the mean of those in it, so that it lies below the threshold as they do.

    No level is moved to a point of a grid: a point at the threshold, or above a level that no answers can reach, would
    let through what never arrives.
    """
    place = levels * FINEST + NEAREST * np.log(levels / np.maximum(threshold - levels, np.finfo(float).tiny))
    cell = np.floor(place).astype(np.int64)
    cell -= cell.min(initial=0)
    total = np.asarray(np.bincount(cell, chances), np.float64)
    filled = np.flatnonzero(total)
    mean = np.bincount(cell, chances * levels)[filled] / total[filled]
    return np.minimum(mean, np.nextafter(threshold, 0)), total[filled]
