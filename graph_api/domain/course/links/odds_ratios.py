"""Odds ratios of all pairs of concepts, corrected for ability, after Mantel and Haenszel.

N. Mantel, W. Haenszel (1959), "Statistical Aspects of the Analysis of Data from Retrospective Studies of Disease",
Journal of the National Cancer Institute 22. The variance is that of J. Robins, N. Breslow and S. Greenland (1986),
"Estimators of the Mantel-Haenszel Variance Consistent in Both Sparse Data and Large-Strata Limiting Models",
Biometrics 42.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.course.links.ability import fit_abilities
from graph_api.domain.course.links.first_answers import SHOWN, UNANSWERED, FirstAnswers

DIGITS = 6
"""Abilities are compared to this many digits, so that the order of students does not decide about ties."""
STRATA = 8
"""Strata of students of like ability, equally large."""
SMOOTHING = 0.25
"""Added to both sums of the odds ratio, so that it is finite where a side is empty."""


class PairTables(NamedTuple):
    """For each pair of concepts: what both show among students who answered both, and the corrected odds ratio.

    Attributes:
        counts: shape (concepts, concepts, 2, 2), students by whether they show the first and the second concept.
        log_odds_ratio: shape (concepts, concepts), symmetric; 0 with infinite error where no student answered both.
        error: its standard error.
        begun_first: shape (concepts, concepts), students who began the first concept before the second.
    """

    counts: NDArray[np.int64]
    log_odds_ratio: NDArray[np.float64]
    error: NDArray[np.float64]
    begun_first: NDArray[np.int64]


def tabulate(answers: FirstAnswers, strata: int = STRATA) -> PairTables:
    """The tables of all pairs of concepts.

    Students are stratified by ability over all concepts but the two of the pair, so that a pair does not correct
    itself. Memory grows with students times concepts, time with students times the square of concepts.

    >>> shown = np.array([[1, 1], [1, 1], [0, 0], [0, 1]] * 20, np.int8)
    >>> tables = tabulate(FirstAnswers(shown, np.zeros(shown.shape)))
    >>> tables.counts[0, 1].tolist(), bool(tables.log_odds_ratio[0, 1] > 1)
    ([[20, 20], [0, 40]], True)
    """
    shown, begun = answers
    size = shown.shape[1]
    shape = (size, size)
    tables = PairTables(
        np.zeros((*shape, 2, 2), np.int64), np.zeros(shape), np.full(shape, np.inf), np.zeros(shape, np.int64)
    )
    if not shown.size:
        return tables
    abilities = fit_abilities(shown)
    cuts = np.quantile(abilities.ability, np.arange(1, strata) / strata).round(DIGITS)
    for one in range(size - 1):
        others = np.arange(one + 1, size)
        students = np.flatnonzero(shown[:, one] != UNANSWERED)
        stratum = np.searchsorted(cuts, abilities.without(students, one, others).round(DIGITS))
        second = shown[students][:, others]
        cell = ((np.arange(len(others)) * strata + stratum) * 2 + (shown[students, one] == SHOWN)[:, None]) * 2
        cell += second == SHOWN
        counts = np.bincount(cell[second != UNANSWERED], minlength=len(others) * strata * 4)
        counts = counts.reshape(len(others), strata, 2, 2)
        logs, errors = _estimate(counts)
        total = counts.sum(axis=1)
        tables.counts[one, others], tables.counts[others, one] = total, total.transpose(0, 2, 1)
        tables.log_odds_ratio[one, others] = tables.log_odds_ratio[others, one] = logs
        tables.error[one, others] = tables.error[others, one] = errors
        own, theirs = begun[students, one][:, None], begun[students][:, others]
        tables.begun_first[one, others] = (own < theirs).sum(axis=0)
        tables.begun_first[others, one] = (own > theirs).sum(axis=0)
    return tables


def _estimate(counts: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Logarithms of odds ratios and their errors, shape (pairs,), from counts of shape (pairs, strata, 2, 2)."""
    both, first, second, none = (counts[..., row, column] for row, column in ((1, 1), (1, 0), (0, 1), (0, 0)))
    total = np.maximum(counts.sum(axis=(-1, -2)), 1)
    agree, differ = both * none / total, first * second / total
    agreeing, differing = (both + none) / total, (first + second) / total
    agreed, differed = agree.sum(axis=-1) + SMOOTHING, differ.sum(axis=-1) + SMOOTHING
    variance = (
        ((agreeing * agree).sum(axis=-1) + SMOOTHING) / (2 * agreed**2)
        + (agreeing * differ + differing * agree).sum(axis=-1) / (2 * agreed * differed)
        + ((differing * differ).sum(axis=-1) + SMOOTHING) / (2 * differed**2)
    )
    is_known = counts.any(axis=(-1, -2, -3))
    return np.log(agreed / differed), np.where(is_known, np.sqrt(variance), np.inf)
