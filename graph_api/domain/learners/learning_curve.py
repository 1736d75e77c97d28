"""Learning curves (Q2): how often answers are wrong at the first opportunity, the second, and so on."""

from collections.abc import Iterable
from typing import NamedTuple

from graph_api.domain.learners.uncertainty import Interval, wilson


class CurvePoint(NamedTuple):
    """One opportunity, from 1: how many answered it, how many were wrong, their share, and where that lies."""

    opportunity: int
    answers: int
    wrong: int
    error_rate: float
    interval: Interval


def learning_curve(counts: Iterable[tuple[int, int, int]]) -> list[CurvePoint]:
    """The curve from counts: opportunity, answers, wrong ones; at least one answer each.

    Later points hold those who went on practising, who may be the slower ones: read the number of answers too.

    >>> [(point.opportunity, point.error_rate) for point in learning_curve([(1, 4, 3), (2, 4, 1)])]
    [(1, 0.75), (2, 0.25)]
    """
    return [
        CurvePoint(opportunity, answers, wrong, wrong / answers, wilson(wrong / answers, answers))
        for opportunity, answers, wrong in counts
    ]
