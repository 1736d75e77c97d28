"""How far chance may have moved the metrics of predictions: intervals by resampling the students."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.parameters.prediction_metrics import losses_of_answers

Vector = NDArray[np.float64]

RESAMPLES = 100
WIDTH = 1.645
"""Standard errors on either side of a 90 % interval."""


class MetricIntervals(NamedTuple):
    """90 % intervals, each as low and high. `auc` is None if all answers are alike."""

    auc: tuple[float, float] | None
    rmse: tuple[float, float]
    log_loss: tuple[float, float]


def metric_intervals(
    predicted: Vector, correct: NDArray[np.bool_], student: NDArray[np.integer[Any]], rng: np.random.Generator
) -> MetricIntervals:
    """90 % intervals of AUC, RMSE and log-loss: the metric, and 1.645 standard errors on either side.

    The standard error is the spread of the metric over 100 samples of as many students, drawn with replacement.
    Students are drawn, not answers, because the answers of a student depend on each other.

    Args:
        predicted: shape (answers,), P(correct).
        correct: shape (answers,).
        student: shape (answers,), int.
        rng: draws the students.

    Reference: B. Efron, R. J. Tibshirani (1993), "An Introduction to the Bootstrap", chapter 8.

    >>> rng = np.random.default_rng(1)
    >>> chance = rng.random(2_000)
    >>> low, high = metric_intervals(chance, rng.random(2_000) < chance, np.arange(2_000) // 10, rng).auc
    >>> bool(low < 5 / 6 < high), bool(high - low < 0.05)
    (True, True)
    """
    _, place = np.unique(student, return_inverse=True)
    students = int(place.max(initial=-1)) + 1
    squares = np.bincount(place, (predicted - correct) ** 2, minlength=students)
    losses = np.bincount(place, losses_of_answers(predicted, correct), minlength=students)
    answers = np.bincount(place, minlength=students)
    ranked = _Ranked(predicted, correct, place)
    times = rng.multinomial(students, np.full(students, 1 / students), size=RESAMPLES)
    drawn = np.maximum(times @ answers, 1)
    is_ranked = 0 < correct.sum() < len(correct)
    return MetricIntervals(
        _around(ranked.auc(np.ones(students)), [ranked.auc(each) for each in times]) if is_ranked else None,
        _around(np.sqrt(squares.sum() / len(correct)), np.sqrt(times @ squares / drawn)),
        _around(losses.sum() / len(correct), times @ losses / drawn),
    )


def _around(value: float, resampled: Sequence[float] | Vector) -> tuple[float, float]:
    error = WIDTH * float(np.nanstd(np.asarray(resampled, np.float64), ddof=1))
    return max(float(value) - error, 0.0), float(value) + error


class _Ranked:
    """Predictions in order, for the AUC under many weightings of the students."""

    def __init__(self, predicted: Vector, correct: NDArray[np.bool_], place: NDArray[np.int64]) -> None:
        order = np.argsort(predicted, kind="stable")
        ordered = predicted[order]
        self.place, self.correct = place[order], correct[order].astype(np.float64)
        self.first = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(order) else np.empty(0, np.int64)

    def auc(self, weight: NDArray[Any]) -> float:
        """The AUC where each student counts `weight` times; NaN if all of their answers are alike."""
        own = weight[self.place]
        right = np.add.reduceat(own * self.correct, self.first)
        wrong = np.add.reduceat(own * (1 - self.correct), self.first)
        pairs = right.sum() * wrong.sum()
        below = np.cumsum(wrong) - wrong / 2
        return float((right * below).sum() / pairs) if pairs else float("nan")
