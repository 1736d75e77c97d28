"""What a level says about the next answers (Q7)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.knowledge_tracing import HIGHEST_LEVEL, LOWEST_LEVEL, Parameters, p_correct

FURTHEST = 100
POINTS = 4_901
GRID = np.linspace(LOWEST_LEVEL, HIGHEST_LEVEL, POINTS)
"""Levels are followed on points 0.0002 apart; what falls between two is shared between them."""


class Forecast(NamedTuple):
    """What to expect if the student goes on answering.

    Attributes:
        p_next_correct: P(the next answer is right).
        answers_to_mastery: the expected number of answers until the level reaches the threshold, 0 if it is there; None
            if it is likelier not to be within 100 answers.
        p_mastered_within: P(the level reaches the threshold within n answers), for n = 1, 2 … 100.
    """

    p_next_correct: float
    answers_to_mastery: float | None
    p_mastered_within: list[float]


def forecast(level: float, parameters: Parameters, threshold: float, *, started: bool = True) -> Forecast:
    """Follow every course that the next answers may take, weighted by how likely it is.

    Args:
        level: now.
        parameters: under which answers are drawn and the level moves.
        threshold: the level that counts as mastery.
        started: whether there is an answer: without one nothing is mastered, however high the prior.

    >>> found = forecast(0.3, Parameters(0.3, 0.09, 0.2, 0.1), threshold=0.95)
    >>> round(found.p_next_correct, 2), found.p_mastered_within[0], round(found.answers_to_mastery, 1)
    (0.41, 0.0, 11.4)
    """
    right = GRID * (1 - parameters.slip) + (1 - GRID) * parameters.guess
    moves = [
        (share, after, after < threshold)
        for share, after in ((right, _after(parameters, correct=True)), (1 - right, _after(parameters, correct=False)))
    ]
    here = _spread(np.array([level]), np.ones(1)) if level < threshold or not started else np.zeros(POINTS)
    expected, within = 0.0, []
    for _ in range(FURTHEST):
        expected += float(here.sum())
        here = np.sum([_spread(after, here * share * below) for share, after, below in moves], axis=0)
        here[threshold <= GRID] = 0
        within.append(float(np.clip(1 - here.sum(), 0, 1)))
    likely = within[-1] >= 0.5  # noqa: PLR2004 - likelier than not
    return Forecast(p_correct(level, parameters), expected if likely else None, within)


def _after(parameters: Parameters, *, correct: bool) -> NDArray[np.float64]:
    """The level after an answer, from every point."""
    known = GRID * ((1 - parameters.slip) if correct else parameters.slip)
    unknown = (1 - GRID) * (parameters.guess if correct else 1 - parameters.guess)
    posterior = known / (known + unknown)
    after = posterior * (1 - parameters.forget) + (1 - posterior) * parameters.learn
    return np.clip(after, LOWEST_LEVEL, HIGHEST_LEVEL)


def _spread(levels: NDArray[np.float64], chance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Chances of levels, shared between the points on either side, shape (points,)."""
    place = (levels - LOWEST_LEVEL) / (HIGHEST_LEVEL - LOWEST_LEVEL) * (POINTS - 1)
    below = np.minimum(place.astype(np.int64), POINTS - 2)
    part = place - below
    shared = np.bincount(below, chance * (1 - part), minlength=POINTS)
    return np.asarray(shared + np.bincount(below + 1, chance * part, minlength=POINTS), np.float64)
