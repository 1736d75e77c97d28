"""The parameters of recency (R2, R3): windows, weights, and how many answers it takes."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from graph_api.domain.answers.answers import Difficulty
from graph_api.domain.failures import InvalidInput

MOST_BUCKETS, MOST_DAYS = 20, 36_500


class Bucket(NamedTuple):
    """A window that ends now: the last `days` days, and how much its accuracy counts."""

    days: int
    weight: float


class DifficultySource(StrEnum):
    """Where the difficulties of answers are from."""

    STATED = "STATED"
    DATA = "DATA"


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
        question_difficulties: the id of a version of difficulties from data; None: difficulties are those that answers
            state. A question that the version leaves out has the difficulty that its answers state.

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
    question_difficulties: str | None = None

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
    def difficulty_source(self) -> DifficultySource | None:
        """Where difficulties are from; None if they do not count.

        >>> RecencyParameters(use_difficulty=True).difficulty_source.value
        'STATED'
        """
        if not self.use_difficulty:
            return None
        return DifficultySource.STATED if self.question_difficulties is None else DifficultySource.DATA

    @property
    def warnings(self) -> list[str]:
        """What is allowed and perhaps not meant.

        >>> RecencyParameters(buckets=[Bucket(7, 0.5)]).warnings
        ['the weights of the buckets sum to 0.5, not to 1']
        """
        total = math.fsum(bucket.weight for bucket in self.buckets)
        warnings = [] if math.isclose(total, 1) else [f"the weights of the buckets sum to {total:g}, not to 1"]
        if self.question_difficulties is not None and not self.use_difficulty:
            warnings.append("questionDifficulties has no effect without useDifficulty")
        return warnings

    def as_json(self) -> dict[str, Any]:
        """As stored and returned. What was added later is left out where it is not used, as in older versions."""
        added = {} if self.question_difficulties is None else {"questionDifficulties": self.question_difficulties}
        return added | {
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
            stored.get("questionDifficulties"),
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
