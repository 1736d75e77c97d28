"""Learning curves (Q2): the share of incorrect answers at the first, second … opportunity."""

from collections.abc import Iterable
from typing import NamedTuple

from graph_api.domain.learners.uncertainty import Interval, wilson


class CurvePoint(NamedTuple):
    """One opportunity, from 1: answers, incorrect ones, their share, and its 90 % interval."""

    opportunity: int
    answers: int
    incorrect: int
    error_rate: float
    interval: Interval


def learning_curve(counts: Iterable[tuple[int, int, int]]) -> list[CurvePoint]:
    """The curve from counts: opportunity, answers, incorrect ones; at least one answer each.

    Later points hold those who went on practising, who may be the slower ones: read the number of answers too.

    >>> [(point.opportunity, point.error_rate) for point in learning_curve([(1, 4, 3), (2, 4, 1)])]
    [(1, 0.75), (2, 0.25)]
    """
    return [
        CurvePoint(opportunity, answers, incorrect, incorrect / answers, wilson(incorrect / answers, answers))
        for opportunity, answers, incorrect in counts
    ]
