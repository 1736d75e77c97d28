"""Recency-weighted mastery (R1-R5): how right somebody has been lately, explainable to the last digit.

The score of a student on a skill as of a moment is Σ accuracy · weight over windows that all end at that moment, so an
answer of today counts in each of them. Sums are of whole numbers, so the order of answers cannot change a digit.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.answers import Difficulty
from graph_api.domain.failures import InvalidInput

SECONDS_A_DAY = 86_400
MICROSECONDS_A_DAY = SECONDS_A_DAY * 1_000_000
VERSION = "1"
DIFFICULTIES = tuple(Difficulty)
MOST_BUCKETS, MOST_DAYS = 20, 36_500


class Bucket(NamedTuple):
    """A window that ends now: the last `days` days, and how much its accuracy counts."""

    days: int
    weight: float


DEFAULT_BUCKETS = (Bucket(7, 0.5), Bucket(30, 0.3), Bucket(90, 0.2))
DEFAULT_WEIGHTS = {Difficulty.EASY: 0.9, Difficulty.MEDIUM: 1.0, Difficulty.HARD: 1.1}


@dataclass(frozen=True)
class RecencyParameters:
    """How scores are computed (R2). What is not given takes its default.

    Attributes:
        lookback_days: older answers count nowhere.
        min_attempts: with fewer answers within `lookback_days` there is no score.
        buckets: the windows, in the order in which their contributions are added.
        difficulty_weights: what an answer of each difficulty counts; one without a difficulty counts 1.
        use_difficulty: whether difficulties count at all.

    Raises:
        InvalidInput: naming every rule that is broken, all at once (R3).

    >>> RecencyParameters(min_attempts=0, buckets=[Bucket(7, 2.0)])
    Traceback (most recent call last):
    graph_api.domain.failures.InvalidInput: minAttempts, buckets[0].weight: minAttempts must be >= 1; \
buckets[0].weight must be from 0 to 1
    """

    lookback_days: int = 90
    min_attempts: int = 5
    buckets: Sequence[Bucket] = DEFAULT_BUCKETS
    difficulty_weights: Mapping[Difficulty, float] = field(default_factory=lambda: dict(DEFAULT_WEIGHTS))
    use_difficulty: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "buckets", tuple(Bucket(*bucket) for bucket in self.buckets))
        object.__setattr__(self, "difficulty_weights", {**DEFAULT_WEIGHTS, **self.difficulty_weights})
        if faults := [fault for fault in self._faults() if fault is not None]:
            fields = ", ".join(dict.fromkeys(name for name, _ in faults))
            raise InvalidInput(fields, "; ".join(f"{name} {rule}" for name, rule in faults))

    def _faults(self) -> list[tuple[str, str] | None]:
        def unless(held: bool, name: str, rule: str) -> tuple[str, str] | None:  # noqa: FBT001 - the rule itself
            return None if held else (name, rule)

        days = [bucket.days for bucket in self.buckets]
        return [
            unless(1 <= self.lookback_days <= MOST_DAYS, "lookbackDays", f"must be >= 1 and <= {MOST_DAYS}"),
            unless(self.min_attempts >= 1, "minAttempts", "must be >= 1"),
            unless(1 <= len(days) <= MOST_BUCKETS, "buckets", f"must hold 1 to {MOST_BUCKETS} buckets"),
            unless(len(set(days)) == len(days), "buckets", "must have distinct days"),
            *(
                unless(1 <= bucket.days <= MOST_DAYS, f"buckets[{n}].days", f"must be >= 1 and <= {MOST_DAYS}")
                for n, bucket in enumerate(self.buckets)
            ),
            *(
                unless(
                    math.isfinite(bucket.weight) and 0 <= bucket.weight <= 1,
                    f"buckets[{n}].weight",
                    "must be from 0 to 1",
                )
                for n, bucket in enumerate(self.buckets)
            ),
            *(
                unless(
                    math.isfinite(weight) and 0 < weight <= 100,  # noqa: PLR2004 - more would drown everything else
                    f"difficultyWeights.{difficulty.value.lower()}",
                    "must be > 0 and <= 100",
                )
                for difficulty, weight in self.difficulty_weights.items()
            ),
        ]

    @property
    def warnings(self) -> list[str]:
        """What is allowed and perhaps not meant.

        >>> RecencyParameters(buckets=[Bucket(7, 0.5)]).warnings
        ['the weights of the buckets sum to 0.5, not to 1']
        """
        total = math.fsum(bucket.weight for bucket in self.buckets)
        return [] if math.isclose(total, 1) else [f"the weights of the buckets sum to {total:g}, not to 1"]

    def as_json(self) -> dict[str, Any]:
        """As it is stored and told."""
        return {
            "lookbackDays": self.lookback_days,
            "minAttempts": self.min_attempts,
            "buckets": [bucket._asdict() for bucket in self.buckets],
            "difficultyWeights": {each.value: weight for each, weight in self.difficulty_weights.items()},
            "useDifficulty": self.use_difficulty,
        }

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> "RecencyParameters":
        """The inverse of `as_json`."""
        return cls(
            stored["lookbackDays"],
            stored["minAttempts"],
            [Bucket(**bucket) for bucket in stored["buckets"]],
            {Difficulty(name): weight for name, weight in stored["difficultyWeights"].items()},
            stored["useDifficulty"],
        )


@dataclass(frozen=True, slots=True)
class RecencyParameterSet:
    """One version of the parameters. `id` is `name-vN` and never means anything else again."""

    id: str
    name: str
    version: int
    parameters: RecencyParameters
    created_at: datetime | None = None


DEFAULT_SET = RecencyParameterSet("recency-v0", "recency", 0, RecencyParameters())


class RecencyStatus(StrEnum):
    """Whether there is a score."""

    SCORED = "SCORED"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


class BucketShare(NamedTuple):
    """What one window contributes: accuracy · weight; an empty one contributes 0."""

    days: int
    attempts: int
    correct: int
    accuracy: float
    weight: float
    contribution: float


class Breakdown(NamedTuple):
    """A score and all that it is made of (R5). Without enough answers the score is 0 and `reason` says why (R4)."""

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


class Recency(NamedTuple):
    """A score as it is kept: what it is made of, as of when, by which run, under which parameters."""

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
        bucket_accuracy: shape (buckets, pairs); Σ w·correct / Σ w, where w is 1 without difficulties; 0 if empty.
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
) -> Scores:
    """Score many pairs at once.

    An answer is inside a window of d days if its age is at most d · 86,400 s, to the microsecond.

    Args:
        pair: shape (answers,), 0..pairs - 1; whose answer it is, to what.
        age: shape (answers,), microseconds before the moment of the score; negative ones count nowhere.
        correct: shape (answers,).
        difficulty: shape (answers,); an index of `DIFFICULTIES`, or -1.
        pairs: how many pairs there are, with or without answers.
        parameters: how.

    >>> day = MICROSECONDS_A_DAY
    >>> found = score(np.zeros(5, int), np.full(5, 60 * day), np.ones(5, bool), np.full(5, -1), 1, RecencyParameters())
    >>> found.score.tolist()
    [0.2]
    """
    windows = [bucket.days for bucket in parameters.buckets]
    edges = np.unique([*windows, parameters.lookback_days])
    ring = np.searchsorted(edges * MICROSECONDS_A_DAY, age)  # the smallest window that holds the answer
    counted = (age >= 0) & (age <= parameters.lookback_days * MICROSECONDS_A_DAY)
    kinds = len(DIFFICULTIES) + 1
    cell = (ring * pairs + pair) * kinds + difficulty + 1
    shape = (len(edges), pairs, kinds)
    attempts, right = (
        np.bincount(cell[which], minlength=math.prod(shape)).reshape(shape).cumsum(axis=0)
        for which in (counted, counted & correct)
    )
    rows = np.searchsorted(edges, windows)
    bucket_attempts, bucket_right = attempts[rows], right[rows]
    counts_for = np.array([1.0, *(parameters.difficulty_weights[each] for each in DIFFICULTIES)])
    weights = counts_for if parameters.use_difficulty else np.ones(kinds)
    # Added in one order whatever the shape, which a matrix product is not: one pair alone has the same digits.
    total, right_total = (
        sum(counts[..., kind] * weights[kind] for kind in range(kinds)) for counts in (bucket_attempts, bucket_right)
    )
    accuracy = np.divide(right_total, total, out=np.zeros((len(windows), pairs)), where=total > 0)
    found = np.zeros(pairs)
    for bucket, of_bucket in zip(parameters.buckets, accuracy, strict=True):
        found += of_bucket * bucket.weight
    within = attempts[np.searchsorted(edges, parameters.lookback_days)].sum(axis=1)
    return Scores(
        score=np.where(within >= parameters.min_attempts, np.clip(found, 0, 1), 0),
        attempts=within,
        bucket_attempts=bucket_attempts.sum(axis=2),
        bucket_correct=bucket_right.sum(axis=2),
        bucket_accuracy=accuracy,
    )


def _breakdown(  # noqa: PLR0913, PLR0917 - a column each
    parameters: RecencyParameters,
    found: float,
    within: int,
    attempts: Sequence[int],
    correct: Sequence[int],
    accuracy: Sequence[float],
) -> Breakdown:
    enough = within >= parameters.min_attempts
    return Breakdown(
        found,
        RecencyStatus.SCORED if enough else RecencyStatus.INSUFFICIENT_DATA,
        within,
        parameters.min_attempts,
        [
            BucketShare(bucket.days, attempts[n], correct[n], accuracy[n], bucket.weight, accuracy[n] * bucket.weight)
            for n, bucket in enumerate(parameters.buckets)
        ],
        parameters.use_difficulty,
    )
