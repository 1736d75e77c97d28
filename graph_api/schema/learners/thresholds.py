"""The levels at which statuses change, as replies return them (B4, Q1)."""

from typing import Self

import strawberry

from graph_api.domain.learners import mastery as domain
from graph_api.domain.learners.root_causes import WeakRule
from graph_api.domain.learners.weak_lists import WeakMeasure
from graph_api.schema.enums import describe_values


@strawberry.type(description="The levels at which statuses change, and the default rule of weak lists.")
class MasteryThresholds:
    mastered: float = strawberry.field(description="Levels of at least this are MASTERED, 0..1. They are never weak.")
    focus: float = strawberry.field(description="Levels below this are NEEDS_FOCUS, 0..1.")
    weak: float = strawberry.field(
        description="Levels below this are weak, 0..1. A level from focus to weak is weak and has the status LEARNING."
    )
    weak_attempts: int = strawberry.field(description="The minimum number of answers of a weak level.")

    @classmethod
    def of(cls, thresholds: domain.Thresholds) -> Self:
        return cls(
            mastered=thresholds.mastered,
            focus=thresholds.focus,
            weak=thresholds.weak,
            weak_attempts=thresholds.weak_attempts,
        )


strawberry.enum(WeakMeasure, description="The value that a list of weak or strong masteries compares with a threshold.")
describe_values(
    WeakMeasure,
    LEVEL="The level, after all answers.",
    ACCURACY="The share of correct answers, of all answers.",
    RECENCY="The recency-weighted score, of recent answers only.",
)


@strawberry.type(description="The rule of a list of weak concepts or skills.")
class WeakListRule:
    measure: WeakMeasure = strawberry.field(description="The value that was compared with the threshold.")
    threshold: float = strawberry.field(description="Values below this are weak, 0..1.")
    min_attempts: int = strawberry.field(description="The minimum number of answers that the list required.")

    @classmethod
    def of(cls, rule: WeakRule, measure: WeakMeasure = WeakMeasure.LEVEL) -> Self:
        return cls(measure=measure, threshold=rule.threshold, min_attempts=rule.min_attempts)

    @classmethod
    def of_scores(cls, threshold: float, min_attempts: int) -> Self:
        """The rule of a list of skills that are weak by recency."""
        return cls(measure=WeakMeasure.RECENCY, threshold=threshold, min_attempts=min_attempts)
