"""Rules of weakness: the one of a target, and those of all targets, each by its own thresholds (Q1, Q3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.failures import InvalidInput, shown
from graph_api.domain.learners.mastery import Comparison, Thresholds
from graph_api.domain.learners.threshold_sets import ThresholdsInEffect
from graph_api.domain.targets import Target, TargetKind


class WeakColumns(Protocol):
    """The rule of the columns of a matrix of levels: numbers for all, or arrays with one per column."""

    @property
    def min_attempts(self) -> int | NDArray[np.int64]:
        """The minimum number of answers."""

    @property
    def threshold_from(self) -> float | NDArray[np.float64]:
        """The least levels that reach the threshold; deficits are measured from it."""

    @property
    def not_weak_from(self) -> float | NDArray[np.float64]:
        """The least levels that are not weak: those that reach the threshold, or are MASTERED."""


class WeakRulesOf(Protocol):
    """The rule of each target: `WeakRule` for all targets alike, or `WeakRules`."""

    @property
    def default(self) -> "WeakRule":
        """The rule of targets without thresholds of their own."""

    @property
    def in_words(self) -> str:
        """The rules as a part of a sentence."""

    def for_target(self, target: Target, /) -> "WeakRule":
        """The rule of a target."""

    def columns(self, kind: TargetKind, keys: Sequence[str], /) -> WeakColumns:
        """The rules of targets of a kind, in their order."""


@dataclass(frozen=True, slots=True)
class WeakRule:
    """The rule of weakness: a level that does not reach the threshold, with enough answers.

    Unpractised concepts are never weak.

    Attributes:
        threshold: levels that do not reach this are weak, 0..1.
        min_attempts: with at least this many answers.
        mastered: a level that reaches this is MASTERED, and never weak, whatever the threshold.
        comparison: whether a level that equals a threshold has reached it.

    >>> WeakRule(threshold=2.0)
    Traceback (most recent call last):
    graph_api.domain.failures.InvalidInput: threshold: must be > 0 and <= 1, got '2.0'
    """

    threshold: float = 0.5
    min_attempts: int = 5
    mastered: float = 0.95
    comparison: Comparison = Comparison.INCLUSIVE

    def __post_init__(self) -> None:
        if not 0 < self.threshold <= 1:
            raise InvalidInput("threshold", "must be > 0 and <= 1", shown(self.threshold))
        if self.min_attempts < 1:
            raise InvalidInput("minAttempts", "must be >= 1", shown(self.min_attempts))

    @classmethod
    def of(cls, thresholds: Thresholds, threshold: float | None = None, min_attempts: int | None = None) -> Self:
        """The rule that a caller gives; None takes the value of the thresholds.

        >>> WeakRule.of(Thresholds(weak=0.6), min_attempts=3).threshold
        0.6
        """
        return cls(
            thresholds.weak if threshold is None else threshold,
            thresholds.weak_attempts if min_attempts is None else min_attempts,
            thresholds.mastered,
            thresholds.comparison,
        )

    @property
    def default(self) -> "WeakRule":
        """This rule, which is that of all targets alike."""
        return self

    def for_target(self, _target: Target) -> "WeakRule":
        """This rule, which is that of all targets alike."""
        return self

    def columns(self, _kind: TargetKind, _keys: Sequence[str]) -> "WeakRule":
        """This rule, which is that of all targets alike."""
        return self

    @property
    def below(self) -> float:
        """No weak level is above this: the threshold, or the level of mastery if that is lower."""
        return min(self.threshold, self.mastered)

    @property
    def threshold_from(self) -> float:
        """The least level that reaches the threshold."""
        return self.comparison.least(self.threshold)

    @property
    def not_weak_from(self) -> float:
        """The least level that is not weak: one that reaches the threshold, or is MASTERED."""
        return self.comparison.least(self.below)

    def is_weak(self, level: float, attempts: int) -> bool:
        """Whether a level is weak.

        >>> WeakRule(threshold=0.97).is_weak(0.96, attempts=9)
        False
        >>> WeakRule(comparison=Comparison.STRICT).is_weak(0.5, attempts=9)
        True
        """
        return attempts >= self.min_attempts and level < self.not_weak_from

    @property
    def below_in_words(self) -> str:
        """Weak levels as a part of a sentence.

        >>> WeakRule().below_in_words, WeakRule(comparison=Comparison.STRICT).below_in_words
        ('below 0.5', 'not above 0.5')
        """
        return f"{'below' if self.comparison is Comparison.INCLUSIVE else 'not above'} {self.below:g}"

    @property
    def in_words(self) -> str:
        """The rule as a part of a sentence.

        >>> WeakRule().in_words
        'level < 0.5 with at least 5 answers'
        """
        capped = (
            f" (the threshold is {self.threshold:g}, but mastered is not weak)" if self.below < self.threshold else ""
        )
        return f"{self.level_in_words}{capped} with at least {self.min_attempts} answers"

    @property
    def level_in_words(self) -> str:
        """Weak levels as a formula.

        >>> WeakRule(comparison=Comparison.STRICT).level_in_words
        'level <= 0.5'
        """
        return f"level {'<' if self.comparison is Comparison.INCLUSIVE else '<='} {self.below:g}"


class WeakArrays(NamedTuple):
    """Rules of weakness, one per column of a matrix of levels; each of shape (targets,)."""

    min_attempts: NDArray[np.int64]
    threshold_from: NDArray[np.float64]
    not_weak_from: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class WeakRules:
    """The rule of each target: what a caller gives, completed by the thresholds of the target.

    Attributes:
        thresholds: the thresholds of each target.
        threshold: replaces the weak threshold of every target; its comparison stays.
        min_attempts: replaces the minimum number of answers of every target.

    Raises:
        InvalidInput: a value that the caller gives breaks a rule of `WeakRule`.
    """

    thresholds: ThresholdsInEffect
    threshold: float | None = None
    min_attempts: int | None = None

    def __post_init__(self) -> None:
        self._rule(self.thresholds.default)

    @property
    def default(self) -> WeakRule:
        """The rule of targets without thresholds of their own."""
        return self._rule(self.thresholds.default)

    def for_target(self, target: Target) -> WeakRule:
        """The rule of a target."""
        return self._rule(self.thresholds.for_target(target))

    def columns(self, kind: TargetKind, keys: Sequence[str]) -> WeakColumns:
        """The rules of targets of a kind, in their order."""
        if not self.thresholds.sets:
            return self.default
        each = [self.for_target(Target(kind, key)) for key in keys]
        return WeakArrays(
            np.array([one.min_attempts for one in each], np.int64),
            np.array([one.threshold_from for one in each], np.float64),
            np.array([one.not_weak_from for one in each], np.float64),
        )

    @property
    def in_words(self) -> str:
        """The rules as a part of a sentence."""
        others = "; courses and skills with thresholds of their own use those" if self.thresholds.sets else ""
        return f"{self.default.in_words}{others}"

    def _rule(self, thresholds: Thresholds) -> WeakRule:
        return WeakRule.of(thresholds, self.threshold, self.min_attempts)
