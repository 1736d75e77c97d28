"""Recency-weighted mastery (R1-R5): recent accuracy, explainable to the last digit.

The score of a student on a skill as of a moment is Σ accuracy · weight over windows that all end at that moment, so an
answer of today counts in each of them. Sums are of whole numbers, so the order of answers cannot change a digit.
Weights of answers below 1 are summed in the order given.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.answers.answers import Difficulty
from graph_api.domain.learners.confidence_reasons import ConfidenceReason, reasons_of_share
from graph_api.domain.learners.uncertainty import COVERAGE, Confidence, Interval, confidence, effective_answers, wilson
from graph_api.domain.parameters.recency_parameters import RecencyParameters

SECONDS_A_DAY = 86_400
MICROSECONDS_A_DAY = SECONDS_A_DAY * 1_000_000
VERSION = "1"
DIFFICULTIES = tuple(Difficulty)


class RecencyStatus(StrEnum):
    """Whether there is a score."""

    SCORED = "SCORED"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


class BucketShare(NamedTuple):
    """The contribution of one window: accuracy · weight; that of an empty window is 0."""

    days: int
    attempts: int
    correct: int
    accuracy: float
    weight: float
    contribution: float


class Breakdown(NamedTuple):
    """A score and its components (R5). Without enough answers the score is 0, and `reason` gives the cause (R4)."""

    score: float
    status: RecencyStatus
    attempts: int
    required: int
    buckets: Sequence[BucketShare]
    use_difficulty: bool

    @property
    def reason(self) -> str | None:
        """Why there is no score."""
        return "insufficient_attempts" if self.status is RecencyStatus.INSUFFICIENT_DATA else None

    @property
    def shares(self) -> Sequence[BucketShare]:
        """The windows as they count: without enough answers no window contributes (R4)."""
        if self.status is RecencyStatus.SCORED:
            return self.buckets
        return [share._replace(contribution=0.0) for share in self.buckets]

    @property
    def effective_answers(self) -> float:
        """The number of equally weighted answers of the same worth; an answer counts in each window around it."""
        nested = sorted((share for share in self.buckets if share.attempts), key=lambda share: share.days)
        weights: list[float] = []
        for place, share in enumerate(nested):
            own = share.attempts - (nested[place - 1].attempts if place else 0)
            weights += [sum(other.weight / other.attempts for other in nested[place:])] * own
        return effective_answers(weights)

    def interval(self, coverage: float = COVERAGE) -> Interval | None:
        """Where the score would lie with many more answers like these; None without a score (Q8)."""
        total = sum(share.weight for share in self.buckets if share.attempts)
        if self.status is RecencyStatus.INSUFFICIENT_DATA or total == 0:
            return None
        low, high = wilson(min(self.score / total, 1.0), self.effective_answers, coverage)
        return Interval(total * low, total * high)

    @property
    def confidence(self) -> Confidence:
        """The confidence in the score."""
        interval = self.interval()
        return Confidence.LOW if interval is None else confidence(self.effective_answers, interval)

    @property
    def confidence_reasons(self) -> list[ConfidenceReason]:
        """Why the confidence is not HIGH; empty if it is."""
        return reasons_of_share(self.attempts, self.effective_answers, self.interval() or Interval(0.0, 1.0))


class Recency(NamedTuple):
    """A stored score: its components, its moment, its run, and its parameters."""

    breakdown: Breakdown
    as_of: datetime
    run_id: str
    parameter_set_id: str
    version: str


class Scores(NamedTuple):
    """Scores of many student-skill pairs.

    Attributes:
        score: shape (pairs,); 0 where there are too few answers.
        attempts: shape (pairs,), int; answers within the lookback.
        bucket_attempts: shape (buckets, pairs), int.
        bucket_correct: shape (buckets, pairs), int.
        bucket_accuracy: shape (buckets, pairs); Σ w·correct / Σ w, 0 if empty. w is the weight of the answer times
            that of its difficulty, 1 without either.
    """

    score: NDArray[np.float64]
    attempts: NDArray[np.int64]
    bucket_attempts: NDArray[np.int64]
    bucket_correct: NDArray[np.int64]
    bucket_accuracy: NDArray[np.float64]

    def breakdowns(self, parameters: RecencyParameters) -> list[Breakdown]:
        """The breakdown of every pair."""
        columns = zip(
            self.score.tolist(),
            self.attempts.tolist(),
            self.bucket_attempts.T.tolist(),
            self.bucket_correct.T.tolist(),
            self.bucket_accuracy.T.tolist(),
            strict=True,
        )
        return [_breakdown(parameters, *column) for column in columns]


def score(  # noqa: PLR0913, PLR0917 - a column each
    pair: NDArray[np.int64],
    age: NDArray[np.int64],
    correct: NDArray[np.bool_],
    difficulty: NDArray[np.int64],
    pairs: int,
    parameters: RecencyParameters,
    weight: NDArray[np.float64] | None = None,
) -> Scores:
    """Score many pairs at once.

    An answer is inside a window of d days if its age is at most d · 86,400 s, to the microsecond. Every answer is one
    attempt, whatever its weight.

    Args:
        pair: shape (answers,), 0..pairs - 1; whose answer it is, to what.
        age: shape (answers,), microseconds before the moment of the score; negative ones count nowhere.
        correct: shape (answers,).
        difficulty: shape (answers,); an index of `DIFFICULTIES`, or -1.
        pairs: how many pairs there are, with or without answers.
        parameters: how.
        weight: shape (answers,), how much each counts, over 0 to 1; None if each counts 1.

    >>> day = MICROSECONDS_A_DAY
    >>> scores = score(np.zeros(5, int), np.full(5, 60 * day), np.ones(5, bool), np.full(5, -1), 1, RecencyParameters())
    >>> scores.score.tolist()
    [0.2]
    """
    windows = [bucket.days for bucket in parameters.buckets]
    edges = np.unique([*windows, parameters.lookback_days])
    kinds = len(DIFFICULTIES) + 1 if parameters.use_difficulty else 1
    shape = len(edges), kinds, pairs
    incorrect, correct_answers = _count(pair, age, correct, difficulty, shape, edges)
    everything = incorrect + correct_answers
    weighed_correct, weighed = correct_answers, everything
    if weight is not None:
        weighed_incorrect, weighed_correct = _count(pair, age, correct, difficulty, shape, edges, weight)
        weighed = weighed_incorrect + weighed_correct
    rows = np.searchsorted(edges, np.minimum(windows, parameters.lookback_days))
    within = _added(everything[np.searchsorted(edges, parameters.lookback_days)])
    weights = [1.0, *(parameters.difficulty_weights[each] for each in DIFFICULTIES)][:kinds]
    accuracy = np.zeros((len(windows), pairs))
    for row, of_window in zip(rows, accuracy, strict=True):
        total = _added(weighed[row], weights)
        np.divide(_added(weighed_correct[row], weights), total, out=of_window, where=total > 0)
    sums = np.zeros(pairs)
    for bucket, of_bucket in zip(parameters.buckets, accuracy, strict=True):
        sums += of_bucket * bucket.weight
    return Scores(
        score=np.where(within >= parameters.min_attempts, np.clip(sums, 0, 1), 0),
        attempts=within,
        bucket_attempts=np.stack([_added(everything[row]) for row in rows]),
        bucket_correct=np.stack([_added(correct_answers[row]) for row in rows]),
        bucket_accuracy=accuracy,
    )


def answer_weights(
    age: NDArray[np.int64],
    difficulty: NDArray[np.int64],
    parameters: RecencyParameters,
    weight: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """The weight of each answer of a pair in its score, shape (answers,); those of correct answers sum to the score.

    Args:
        age: shape (answers,), microseconds before the moment of the score.
        difficulty: shape (answers,); an index of `DIFFICULTIES`, or -1.
        parameters: how.
        weight: shape (answers,), how much each counts; None if each counts 1.

    >>> day = MICROSECONDS_A_DAY
    >>> weights = answer_weights(np.array([3 * day, 20 * day]), np.full(2, -1), RecencyParameters())
    >>> [round(float(weight), 2) for weight in weights]
    [0.75, 0.25]
    """
    hard = np.array([*(parameters.difficulty_weights[each] for each in DIFFICULTIES), 1.0])
    counts = hard[difficulty] if parameters.use_difficulty else np.ones(len(age))
    if weight is not None:
        counts = counts * weight
    weights = np.zeros(len(age))
    for bucket in parameters.buckets:
        days = min(bucket.days, parameters.lookback_days)
        inside = np.where((age >= 0) & (age <= days * MICROSECONDS_A_DAY), counts, 0.0)
        if total := inside.sum():
            weights += bucket.weight * inside / total
    return weights


def _count(  # noqa: PLR0913, PLR0917 - a column each
    pair: NDArray[np.int64],
    age: NDArray[np.int64],
    correct: NDArray[np.bool_],
    difficulty: NDArray[np.int64],
    shape: tuple[int, int, int],
    edges: NDArray[np.int64],
    weight: NDArray[np.float64] | None = None,
) -> NDArray[Any]:
    """Incorrect and correct answers at most as old as each edge, or their weights: shape (2, edges, kinds, pairs)."""
    rings, kinds, pairs = shape
    ring = np.zeros(len(age), np.int8)  # the smallest window that holds the answer; the last is for none
    for edge in edges:
        ring += age > edge * MICROSECONDS_A_DAY
    ring[age < 0] = rings
    cell = np.where(correct, rings + 1, 0) + ring
    if kinds > 1:
        cell = cell * kinds + difficulty + 1
    counted = np.bincount(cell * pairs + pair, weight, minlength=2 * (rings + 1) * kinds * pairs)
    younger = counted.reshape(2, rings + 1, kinds, pairs)[:, :rings]
    for place in range(1, rings):
        younger[:, place] += younger[:, place - 1]
    return younger


def _added(counts: NDArray[np.int64], weights: Sequence[float] | None = None) -> NDArray[Any]:
    """Counts of every kind, shape (kinds, pairs), added up, weighted or not.

    In one order whatever the shape, which a matrix product is not: one pair alone has the same digits as in a crowd.
    """
    added = counts[0] if weights is None else counts[0] * weights[0]
    for kind in range(1, len(counts)):
        added = added + (counts[kind] if weights is None else counts[kind] * weights[kind])
    return np.asarray(added)


def _breakdown(  # noqa: PLR0913, PLR0917 - a column each
    parameters: RecencyParameters,
    score: float,
    within: int,
    attempts: Sequence[int],
    correct: Sequence[int],
    accuracy: Sequence[float],
) -> Breakdown:
    enough = within >= parameters.min_attempts
    return Breakdown(
        score,
        RecencyStatus.SCORED if enough else RecencyStatus.INSUFFICIENT_DATA,
        within,
        parameters.min_attempts,
        [
            BucketShare(bucket.days, attempts[n], correct[n], accuracy[n], bucket.weight, accuracy[n] * bucket.weight)
            for n, bucket in enumerate(parameters.buckets)
        ],
        parameters.use_difficulty,
    )
