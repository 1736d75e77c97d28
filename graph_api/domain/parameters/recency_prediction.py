"""The recency-weighted score (R1) as a prediction of the next answer, in a fair form.

The score itself is a poor prediction after few answers: one correct answer gives 1, and a window without answers
counts as 0. So every window is shrunk towards the share of correct answers to the target, as if it held `strength`
more answers with that share; a window without answers then has just that share. Both are learnt from other students.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.answers.answers import Difficulty
from graph_api.domain.learners.recency import DIFFICULTIES, SECONDS_A_DAY
from graph_api.domain.parameters.fitting.histories import Histories
from graph_api.domain.parameters.fitting.layout import Vector
from graph_api.domain.parameters.knowledge_tracing import HIGHEST_LEVEL, LOWEST_LEVEL
from graph_api.domain.parameters.prediction_metrics import measure
from graph_api.domain.parameters.recency_parameters import RecencyParameters
from graph_api.domain.parameters.splits import Split

STRENGTHS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)


def count_windows(
    histories: Histories, parameters: RecencyParameters, difficulty: NDArray[np.int64] | None = None
) -> tuple[Vector, Vector]:
    """The weighted answers, and correct answers, in each window before each answer: both of shape (buckets, answers).

    Args:
        histories: the answers, with their times.
        parameters: the windows, the lookback, and what difficulties count.
        difficulty: shape (answers,), an index of `DIFFICULTIES` or -1; None if no answer has one.

    Raises:
        ValueError: the histories have no times.
    """
    if histories.at is None:
        raise ValueError("recency needs the times of the answers")
    weight = np.ones(len(histories.correct))
    if parameters.use_difficulty and difficulty is not None:
        weight = np.array([*(parameters.difficulty_weights[Difficulty(each)] for each in DIFFICULTIES), 1.0])[
            difficulty
        ]
    everything = np.append(0.0, np.cumsum(weight))
    right = np.append(0.0, np.cumsum(weight * histories.correct))
    windows = [min(bucket.days, parameters.lookback_days) * SECONDS_A_DAY for bucket in parameters.buckets]
    place = np.arange(len(histories.correct))
    begins = np.empty((len(windows), len(place)), np.int64)
    for start, stop in zip(histories.starts[:-1], histories.starts[1:], strict=True):
        at = histories.at[start:stop]
        for row, window in zip(begins, windows, strict=True):
            row[start:stop] = start + np.searchsorted(at, at - window, side="left")
    begins = np.minimum(begins, place)
    return everything[place] - everything[begins], right[place] - right[begins]


def smooth(counts: tuple[Vector, Vector], mean: Vector, strength: float, parameters: RecencyParameters) -> Vector:
    """The score of windows that are each shrunk towards a mean, shape (answers,), in 0.01..0.99.

    Args:
        counts: from `count_windows`.
        mean: shape (answers,); the share of correct answers to expect.
        strength: how many answers the mean is worth in each window.
        parameters: the weights of the windows, which are scaled to sum to 1.
    """
    everything, right = counts
    weights = np.array([bucket.weight for bucket in parameters.buckets])
    if not weights.sum():
        return np.clip(mean, LOWEST_LEVEL, HIGHEST_LEVEL)
    shares = (right + strength * mean) / (everything + strength)
    return np.asarray(np.clip(weights @ shares / weights.sum(), LOWEST_LEVEL, HIGHEST_LEVEL))


def share_of_targets(histories: Histories) -> Vector:
    """The share of correct answers to each target, shape (targets,), shrunk a little towards that of all answers."""
    target = histories.target[histories.sequence]
    right = np.bincount(target, histories.correct, minlength=histories.targets)
    answers = np.bincount(target, minlength=histories.targets)
    overall = (histories.correct.sum() + 1) / (len(target) + 2)
    return np.asarray((right + 2 * overall) / (answers + 2))


def predict_by_recency(
    histories: Histories,
    splits: Iterable[Split],
    parameters: RecencyParameters,
    difficulty: NDArray[np.int64] | None = None,
) -> Vector:
    """P(correct) of each answer, shape (answers,); means and strength are those of the answers its split is trained on.

    The strength is the one of `STRENGTHS` with the best log-loss there.

    Args:
        histories: the answers, with their times.
        splits: which answers are predicted from which.
        parameters: of recency, as in effect.
        difficulty: as in `count_windows`.

    Raises:
        ValueError: the histories have no times.
    """
    counts = count_windows(histories, parameters, difficulty)
    target = histories.target[histories.sequence]
    predicted = np.full(len(histories.correct), np.nan)
    for training, held_out in splits:
        mean = share_of_targets(histories.choose_answers(training))[target]
        tried = [smooth(counts, mean, strength, parameters) for strength in STRENGTHS]
        if training.any():
            best = min(tried, key=lambda each: measure(each[training], histories.correct[training]).log_loss)
        else:
            best = tried[STRENGTHS.index(2.0)]
        predicted[held_out] = best[held_out]
    return predicted
