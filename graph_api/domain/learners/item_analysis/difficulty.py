"""Difficulty of each question, and how well the answers fit it.

The difficulty b of a question is how much harder it is than the parameters of its concept or skill expect, in logits:
P(correct) = logistic(logit(m) - b), where m = L(1 - S) + (1 - L)G is expected at the level L before the answer. This is
the Rasch model, with the level in the place of the ability.

References: G. Rasch (1960), "Probabilistic models for some intelligence and attainment tests"; B. D. Wright, G. N.
Masters (1982), "Rating scale analysis" (fit, chapter 5).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import expit, logit

from graph_api.domain.learners.item_analysis.cells import Cells, Vector
from graph_api.domain.learners.item_analysis.estimates import Estimates, Z
from graph_api.domain.parameters.knowledge_tracing import Parameters

MOST = 6.0
"""Difficulties lie from -6 to 6: a question that all or no students answer correctly ends there."""
HALVINGS = 36
LEAST_VARIANCE = 1e-6


class Fit(NamedTuple):
    """How far answers are from what the difficulty predicts, each of shape (questions,); 1 is expected.

    Attributes:
        infit: the mean of squared residuals, weighted by information.
        outfit: the same, not weighted: a few surprising answers raise it.
        z: infit as a standard normal deviate, by the cube-root transformation of Wilson and Hilferty.
    """

    infit: Vector
    outfit: Vector
    z: Vector


class Difficulty(NamedTuple):
    """Difficulties, the fit to them, and the expected share of correct answers of each question."""

    figures: Estimates
    fit: Fit
    expected: Vector


def difficulty(cells: Cells, parameters: Parameters) -> Difficulty:
    """The difficulty of each question with its score interval, and how well it describes the answers.

    An interval is wider where the answers scatter more than the model allows: by the root of infit, if that is above 1.

    >>> same = Parameters(prior=0.5, learn=0.1, guess=0.2, slip=0.1)
    >>> cells = Cells.of(np.zeros(40, np.int64), np.full(40, 0.5), np.arange(40) % 2.0, 1)
    >>> estimated = difficulty(cells, same)
    >>> round(float(estimated.figures.value[0]), 3), round(float(estimated.expected[0]), 3)
    (0.201, 0.55)
    """
    expected = cells.level * (1 - parameters.slip) + (1 - cells.level) * parameters.guess
    ability, answers = logit(expected), cells.answers
    count = cells.correct + cells.incorrect

    def surplus(b: Vector, wider: Vector, side: float) -> Vector:
        p = expit(ability - b[cells.question])
        distance = cells.sums(cells.correct - count * p)
        return np.asarray(distance - side * Z * np.sqrt(cells.sums(count * p * (1 - p)) * wider))

    one = np.ones(cells.questions)
    value = _crossing(lambda b: surplus(b, one, 0.0), cells.questions)
    fit = _fit(cells, expit(ability - value[cells.question]))
    wider = np.maximum(fit.infit, 1)
    low = _crossing(lambda b: surplus(b, wider, -1.0), cells.questions)
    high = _crossing(lambda b: surplus(b, wider, 1.0), cells.questions)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = cells.sums(count * expected) / answers
    figures = Estimates(*(np.where(answers > 0, column, np.nan) for column in (value, low, high)))
    return Difficulty(figures, fit, shares)


def _crossing(rising: Callable[[Vector], Vector], questions: int) -> Vector:
    """Where a function that rises from below 0 to above it is 0, within the bounds of difficulties."""
    low, high = np.full(questions, -MOST), np.full(questions, MOST)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        below = rising(middle) < 0
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.where(rising(high) < 0, MOST, np.where(rising(low) > 0, -MOST, (low + high) / 2))


def _fit(cells: Cells, p: Vector) -> Fit:
    count, variance = cells.correct + cells.incorrect, p * (1 - p)
    squares = cells.correct * (1 - p) ** 2 + cells.incorrect * p**2
    total = cells.sums(count * variance)
    with np.errstate(divide="ignore", invalid="ignore"):
        infit = np.where(total > 0, cells.sums(squares) / total, np.nan)
        outfit = cells.sums(squares / variance) / cells.answers
        q = np.sqrt(np.maximum(cells.sums(count * variance * (1 - 4 * variance)), 0)) / total
        z = (np.cbrt(infit) - 1) * 3 / q + q / 3
    return Fit(infit, outfit, np.where(q > LEAST_VARIANCE, z, 0.0))
