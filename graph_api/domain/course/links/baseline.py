"""What pairs of concepts without a link have in common anyway: the comparison for every link.

Ability is measured with error, so that concepts which do not depend on each other still go together a little. How much,
and how much that varies, is read off the pairs that no path connects: an empirical null distribution (B. Efron (2004),
"Large-Scale Simultaneous Hypothesis Testing", Journal of the American Statistical Association 99).
"""

from math import exp
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.course.links.odds_ratios import PairTables

LEAST_PAIRS = 20
"""Pairs that a baseline needs; with fewer, links are compared with an odds ratio of 1, and no missing link is
sought."""
LEAST_STUDENTS = 10
"""Students without a concept, and students with it, that a verdict needs."""
NORMAL_DEVIATION = 0.6745
"""The median absolute deviation of a standard normal distribution."""


class Baseline(NamedTuple):
    """The logarithm of the odds ratio of unconnected pairs: its median, and its spread beyond sampling error.

    `is_known` is False if there are too few such pairs; the median is 0 then.
    """

    log_odds_ratio: float = 0.0
    spread: float = 0.0
    is_known: bool = False

    @property
    def odds_ratio(self) -> float:
        """The median odds ratio."""
        return exp(self.log_odds_ratio)


class Strength(NamedTuple):
    """How much more than the baseline pairs go together.

    Attributes:
        effect: shape (concepts, concepts), log odds ratios minus the baseline.
        error: standard errors, with the spread of the baseline.
        is_measured: whether enough students show the first concept, and enough do not.
    """

    effect: NDArray[np.float64]
    error: NDArray[np.float64]
    is_measured: NDArray[np.bool_]

    def chance_above(self, least: float) -> NDArray[np.float64]:
        """One-sided p-values of the hypothesis that the effect is at most `least`; NaN where it is not measured."""
        return np.where(self.is_measured, ndtr((least - self.effect) / self.error), np.nan)

    def chance_below(self, most: float) -> NDArray[np.float64]:
        """One-sided p-values of the hypothesis that the effect is at least `most`; NaN where it is not measured."""
        return np.where(self.is_measured, ndtr((self.effect - most) / self.error), np.nan)


def measure(tables: PairTables, graph: CourseGraph, least: int = 1) -> tuple[Baseline, Strength]:
    """The baseline, and the strength of all pairs against it.

    Args:
        tables: the tables of the concepts of the graph, in its order.
        graph: the prerequisite graph.
        least: students on each side that a viewer may read about, where that is more than a verdict needs.
    """
    enough = tables.counts.sum(axis=3).min(axis=2) >= max(LEAST_STUDENTS, least)
    is_measured = enough & np.isfinite(tables.error)
    own = graph.ancestors | np.eye(len(graph.ids), dtype=np.bool_)
    shared = own.astype(np.float32) @ own.T.astype(np.float32) > 0
    for far in (~shared, ~(graph.ancestors | graph.ancestors.T)):
        among = np.triu(is_measured & is_measured.T & far, 1)
        if among.sum() >= LEAST_PAIRS:
            baseline = _read(tables.log_odds_ratio[among], tables.error[among])
            break
    else:
        baseline = Baseline()
    error = np.where(is_measured, np.hypot(np.where(is_measured, tables.error, 1.0), baseline.spread), np.inf)
    return baseline, Strength(tables.log_odds_ratio - baseline.log_odds_ratio, error, is_measured)


def _read(logs: NDArray[np.float64], errors: NDArray[np.float64]) -> Baseline:
    centre = float(np.median(logs))
    deviation = float(np.median(np.abs(logs - centre))) / NORMAL_DEVIATION
    return Baseline(centre, max(deviation**2 - float(np.median(errors)) ** 2, 0.0) ** 0.5, is_known=True)
