"""The parameters of topics and of concept sampling (T1-T5): one validated, versioned set."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from graph_api.domain.failures import InvalidInput


class ColdStart(StrEnum):
    """Where a moving average begins."""

    ZERO = "ZERO"
    """At 0."""
    FIRST_VALUE = "FIRST_VALUE"
    """At the first value."""
    BIAS_CORRECTED = "BIAS_CORRECTED"
    """At 0, divided by 1 - (1 - alpha)^n, which takes the zero out again."""


class MissingScore(StrEnum):
    """What an answer with one score only does to the average of the other part."""

    KEEP = "KEEP"
    """The average is kept: a missing score lowers nothing, and raises nothing beyond the part's own scores."""
    IMPUTE = "IMPUTE"
    """The score that was given counts for both parts."""


class DifficultyPolicy(StrEnum):
    """How the next difficulty follows from streaks."""

    JUMP = "JUMP"
    """A streak of good answers leads to HARD, one of poor answers to EASY."""
    GRADUAL = "GRADUAL"
    """A streak leads one step up or down."""


@dataclass(frozen=True, slots=True)
class TopicParameters:
    """Constants of topics and sampling; each default is the specification's.

    Raises:
        InvalidInput: naming every rule that is broken, all at once.

    >>> TopicParameters(alpha=0)
    Traceback (most recent call last):
    graph_api.domain.failures.InvalidInput: alpha: alpha must be > 0 and <= 1
    """

    alpha: float = 0.3
    """What the newest value counts in a moving average."""
    semantic_weight: float = 0.7
    """What the semantic score counts in mastery and in the combined score; the keyword score counts the rest."""
    beginner: float = 0.3
    """Below it a student is a beginner."""
    advanced: float = 0.7
    """Above it a student is advanced."""
    good: float = 0.7
    """Above it a combined score is good."""
    poor: float = 0.4
    """Below it a combined score is poor."""
    correct: float = 0.6
    """Above it a keyword score counts as correct."""
    cold_start: ColdStart = ColdStart.ZERO
    missing_score: MissingScore = MissingScore.KEEP
    policy: DifficultyPolicy = DifficultyPolicy.JUMP
    jump_good: int = 3
    jump_poor: int = 2
    gradual_good: int = 2
    gradual_poor: int = 2
    mention: float = 0.10
    """What mentioning a concept adds to its sampling mastery."""
    miss: float = 0.05
    """What missing it takes away."""
    weak: float = 0.5
    """Below it a concept is weak, if it was missed often enough."""
    weak_missed: int = 2
    strong: float = 0.7
    """Above it a concept is strong, if it was mentioned often enough."""
    strong_mentioned: int = 3
    missed_often: int = 2
    missed_boost: float = 0.2
    stagnant: int = 2
    stagnant_boost: float = 0.15
    unseen_seconds: float = 3_600.0
    unseen_boost: float = 0.1
    falling: float = -0.05
    falling_boost: float = 0.2

    def __post_init__(self) -> None:
        shares = (
            "semantic_weight",
            "beginner",
            "advanced",
            "good",
            "poor",
            "correct",
            "mention",
            "miss",
            "weak",
            "strong",
        )
        boosts = ("missed_boost", "stagnant_boost", "unseen_boost", "falling_boost")
        streaks = ("jump_good", "jump_poor", "gradual_good", "gradual_poor", "weak_missed", "strong_mentioned")
        rules = [
            (0 < self.alpha <= 1, "alpha", "must be > 0 and <= 1"),
            *((0 <= getattr(self, name) <= 1, name, "must be from 0 to 1") for name in (*shares, *boosts)),
            *((getattr(self, name) >= 1, name, "must be >= 1") for name in (*streaks, "stagnant")),
            (self.missed_often >= 0, "missed_often", "must be >= 0"),
            (0 <= self.unseen_seconds < math.inf, "unseen_seconds", "must be >= 0"),
            (-1 <= self.falling <= 0, "falling", "must be from -1 to 0"),
            (self.beginner <= self.advanced, "beginner", "must not be above advanced"),
            (self.poor <= self.good, "poor", "must not be above good"),
        ]
        if faults := [(camel(name), rule) for held, name, rule in rules if not held]:
            raise InvalidInput(
                ", ".join(dict.fromkeys(name for name, _ in faults)),
                "; ".join(f"{name} {rule}" for name, rule in faults),
            )

    def as_json(self) -> dict[str, Any]:
        """As stored and returned."""
        return {camel(name): value for name, value in asdict(self).items()}

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> Self:
        """The inverse of `as_json`; missing values take their defaults."""
        given = {field.name: stored[camel(field.name)] for field in fields(cls) if camel(field.name) in stored}
        if "cold_start" in given:
            given["cold_start"] = ColdStart(given["cold_start"])
        if "missing_score" in given:
            given["missing_score"] = MissingScore(given["missing_score"])
        if "policy" in given:
            given["policy"] = DifficultyPolicy(given["policy"])
        return cls(**given)

    @classmethod
    def of_input(cls, given: Mapping[str, Any]) -> Self:
        """Parameters that a caller gave, by the names that `as_json` uses; what is not given takes its default.

        Raises:
            InvalidInput: a name is unknown, or a value is of another type than its default.

        >>> TopicParameters.of_input({"alpha": "much", "beta": 1})
        Traceback (most recent call last):
        graph_api.domain.failures.InvalidInput: parameters: beta is unknown; alpha must be a number
        """
        defaults = cls().as_json()
        faults = [f"{name} is unknown" for name in given if name not in defaults]
        for name, value in given.items():
            default = defaults.get(name)
            if isinstance(default, StrEnum):
                choices = [each.value for each in type(default)]
                faults += [] if value in choices else [f"{name} must be one of {', '.join(choices)}"]
            elif isinstance(default, int):
                faults += [] if type(value) is int else [f"{name} must be a whole number"]
            elif isinstance(default, float):
                faults += [] if type(value) in {int, float} else [f"{name} must be a number"]
        if faults:
            raise InvalidInput("parameters", "; ".join(faults))
        return cls.of_json(given)


def camel(name: str) -> str:
    """A field's name as the API has it.

    >>> camel("missed_boost")
    'missedBoost'
    """
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


@dataclass(frozen=True, slots=True)
class TopicParameterSet:
    """One version of the parameters. `id` is `name-vN` and never means anything else again."""

    id: str
    name: str
    version: int
    parameters: TopicParameters
    created_at: datetime | None = None


DEFAULT_SET = TopicParameterSet("topic-v1", "topic", 1, TopicParameters())
DIGITS = 12
"""Digits to which comparisons with thresholds round: 7 · 0.1 is not over 0.7."""
