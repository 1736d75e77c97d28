"""How good predictions of answers are: AUC, RMSE, log-loss, accuracy and calibration."""

from typing import Any, NamedTuple

import numpy as np
import scipy
from numpy.typing import NDArray

BINS = 10
SUREST = 1e-15


class Bin(NamedTuple):
    """Predictions between `low` and `high`: how many, their mean, and the share of answers that were right."""

    low: float
    high: float
    answers: int
    predicted: float
    correct: float


class Metrics(NamedTuple):
    """How good the predictions of some answers are.

    `auc` is None if all answers are correct or all incorrect: then there is no pair to rank.
    """

    answers: int
    auc: float | None
    rmse: float
    log_loss: float
    accuracy: float


def measure(predicted: NDArray[np.float64], correct: NDArray[np.bool_]) -> Metrics:
    """The metrics of at least one prediction.

    - auc: the chance that a right answer was given a higher prediction than a wrong one, ties counting one half.
    - rmse: sqrt(mean((predicted - correct)²)).
    - log_loss: -mean(log P(the answer)), in nats; a certain prediction that failed counts as P = 1e-15.
    - accuracy: the share of answers on whose side of one half the prediction was; one half itself predicts "correct".

    Args:
        predicted: shape (answers,), P(correct).
        correct: shape (answers,).

    Raises:
        ValueError: there are none.

    Reference: J. A. Hanley, B. J. McNeil (1982), "The meaning and use of the area under a receiver operating
    characteristic (ROC) curve", Radiology 143, 29-36.

    >>> metrics = measure(np.array([0.9, 0.4, 0.6]), np.array([True, False, True]))
    >>> metrics.auc, round(metrics.rmse, 4), metrics.accuracy
    (1.0, 0.3317, 1.0)
    """
    answers = len(correct)
    if answers == 0:
        raise ValueError("nothing was predicted")
    right = int(correct.sum())
    auc = None
    if 0 < right < answers:
        ranks = scipy.stats.rankdata(predicted)  # scipy loads stats here, in a fit: it takes a second
        auc = float((ranks[correct].sum() - right * (right + 1) / 2) / (right * (answers - right)))
    return Metrics(
        answers=answers,
        auc=auc,
        rmse=float(np.sqrt(np.mean((predicted - correct) ** 2))),
        log_loss=float(np.mean(losses_of_answers(predicted, correct))),
        accuracy=float(np.mean((predicted >= 0.5) == correct)),  # noqa: PLR2004 - the middle
    )


def losses_of_answers(predicted: NDArray[np.float64], correct: NDArray[np.bool_]) -> NDArray[np.float64]:
    """-log P(the answer) of each answer, in nats, shape (answers,); P is at least 1e-15.

    >>> losses_of_answers(np.array([0.5, 0.5]), np.array([True, False])).round(3).tolist()
    [0.693, 0.693]
    """
    return np.asarray(-np.log(np.clip(np.where(correct, predicted, 1 - predicted), SUREST, 1)))


def calibrate(
    predicted: NDArray[np.float64],
    correct: NDArray[np.bool_],
    student: NDArray[np.integer[Any]] | None = None,
    least: int = 1,
) -> list[Bin]:
    """Ten bins of equal width over the predictions; empty ones are left out, and those of fewer than `least` students.

    A model is calibrated when `predicted` and `correct` agree in every bin.

    >>> calibrate(np.array([0.11, 0.19, 0.8]), np.array([False, True, True]))[0]
    Bin(low=0.1, high=0.2, answers=2, predicted=0.15, correct=0.5)
    """
    place = np.minimum((predicted * BINS).astype(np.int64), BINS - 1)
    answers = np.bincount(place, minlength=BINS)
    mean = np.bincount(place, predicted, minlength=BINS) / np.maximum(answers, 1)
    right = np.bincount(place, correct, minlength=BINS) / np.maximum(answers, 1)
    return [
        Bin(n / BINS, (n + 1) / BINS, int(answers[n]), float(mean[n]), float(right[n]))
        for n in range(BINS)
        if answers[n] and (student is None or len(np.unique(student[place == n])) >= least)
    ]


def expected_calibration_error(predicted: NDArray[np.float64], correct: NDArray[np.bool_]) -> float:
    """The mean distance between predictions and shares of correct answers, over ten bins of equally many answers.

    Reference: M. P. Naeini, G. F. Cooper, M. Hauskrecht (2015), "Obtaining well calibrated probabilities using Bayesian
    binning", AAAI 2015.

    >>> round(expected_calibration_error(np.array([0.8] * 10), np.array([True] * 7 + [False] * 3)), 2)
    0.38
    """
    order = np.argsort(predicted, kind="stable")
    apart = [
        len(part) * abs(float(predicted[part].mean()) - float(correct[part].mean()))
        for part in np.array_split(order, min(BINS, len(order)))
    ]
    return sum(apart) / len(order)


def calibration_error(predicted: NDArray[np.float64], correct: NDArray[np.bool_]) -> float:
    """The root mean square difference between predictions and shares of correct answers in the bins of `calibrate`.

    What chance alone adds to the squared difference of a bin, share · (1 - share) / (answers - 1), is taken out again,
    so that a calibrated model has an error near 0 however few its answers. Bins with one answer are left out.

    >>> predicted = np.array([0.8] * 1_000 + [0.3] * 1_000)
    >>> correct = np.array(([True] * 4 + [False]) * 200 + [True] * 700 + [False] * 300)
    >>> round(calibration_error(predicted, correct), 2)
    0.28
    """
    bins = [each for each in calibrate(predicted, correct) if each.answers > 1]
    answers = sum(each.answers for each in bins)
    squares = sum(
        each.answers * ((each.predicted - each.correct) ** 2 - each.correct * (1 - each.correct) / (each.answers - 1))
        for each in bins
    )
    return float(np.sqrt(max(squares, 0.0) / max(answers, 1)))
