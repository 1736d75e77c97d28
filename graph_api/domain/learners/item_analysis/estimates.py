"""Estimates about a question: a value with its interval, or the reason why there is none."""

from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from graph_api.domain.learners.item_analysis.cells import Vector

COVERAGE = 0.99
"""How probable it is that an interval contains the truth.

Five figures of a question stand beside each other. With 99 % for each, all five hold together with at least 95 %.
"""
Z = float(ndtri((1 + COVERAGE) / 2))
MIN_ANSWERS = 20
"""With fewer answers nothing is estimated, but counted."""


class EstimateReason(StrEnum):
    """Why there is no estimate."""

    TOO_FEW_ANSWERS = "TOO_FEW_ANSWERS"
    LEVELS_ALIKE = "LEVELS_ALIKE"
    TOO_UNCERTAIN = "TOO_UNCERTAIN"
    NO_TIMES = "NO_TIMES"


class Estimate(NamedTuple):
    """A value and its 99 % interval. Without a value, `reason` names the cause, and the interval is wide or None."""

    value: float | None
    low: float | None
    high: float | None
    reason: EstimateReason | None = None


class Estimates(NamedTuple):
    """The same for many questions, each of shape (questions,); NaN where nothing can be computed."""

    value: Vector
    low: Vector
    high: Vector

    def one(self, place: int, widest: float, missing: EstimateReason) -> Estimate:
        """The estimate of one question.

        Args:
            place: which question.
            widest: the widest interval with which a value is still given.
            missing: the reason where nothing could be computed.

        >>> figures = Estimates(np.array([0.5]), np.array([0.1]), np.array([0.9]))
        >>> figures.one(0, 0.5, EstimateReason.LEVELS_ALIKE).reason.value
        'TOO_UNCERTAIN'
        """
        value, low, high = (float(column[place]) for column in self)
        if not np.isfinite([value, low, high]).all():
            return Estimate(None, None, None, missing)
        if high - low > widest:
            return Estimate(None, low, high, EstimateReason.TOO_UNCERTAIN)
        return Estimate(value, low, high)


def scatter(figures: Estimates, chosen: NDArray[np.bool_]) -> Estimates:
    """The estimates of chosen questions at their places among all; NaN at all others."""
    columns = []
    for column in figures:
        whole = np.full(len(chosen), np.nan)
        whole[chosen] = column
        columns.append(whole)
    return Estimates(*columns)


def shares(counts: Vector, answers: Vector) -> Estimates:
    """Shares with their score intervals; NaN without answers.

    Reference: E. B. Wilson (1927), "Probable inference, the law of succession, and statistical inference", JASA 22.

    >>> [round(float(end[0]), 3) for end in shares(np.array([30.0]), np.array([40.0]))]
    [0.75, 0.547, 0.882]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(answers > 0, counts / answers, np.nan)
        middle = share + Z**2 / (2 * answers)
        half = Z * np.sqrt(share * (1 - share) / answers + Z**2 / (4 * answers**2))
        scale = 1 + Z**2 / answers
        low, high = (middle - half) / scale, (middle + half) / scale
    return Estimates(share, np.minimum(np.maximum(low, 0), share), np.maximum(np.minimum(high, 1), share))
