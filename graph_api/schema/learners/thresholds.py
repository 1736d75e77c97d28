"""The levels at which statuses change, as replies return them (B4, Q1)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Optional, Self

import strawberry

from graph_api.domain.learners import mastery as domain
from graph_api.domain.learners import threshold_sets as sets
from graph_api.domain.learners.weak_lists import WeakMeasure
from graph_api.domain.learners.weak_rules import WeakRule
from graph_api.domain.targets import Target, TargetKind
from graph_api.schema.context import Info
from graph_api.schema.enums import describe_values
from graph_api.schema.node import Node, node_id

if TYPE_CHECKING:
    from graph_api.schema.course.course import Course
    from graph_api.schema.course.skill import Skill

strawberry.enum(
    domain.Comparison,
    name="ThresholdComparison",
    description="Whether a level that equals a threshold has reached it.",
)
describe_values(
    domain.Comparison,
    INCLUSIVE="A level has reached a threshold from it on.",
    STRICT="A level has reached a threshold only above it.",
)
strawberry.enum(sets.ScopeKind, name="ThresholdScopeKind", description="What a set of thresholds is of.")
describe_values(
    sets.ScopeKind,
    COURSE="A course: for all its skills and their concepts without thresholds of their own.",
    SKILL="A skill, with its concepts.",
)


@strawberry.type(description="The levels at which statuses change, and the default rule of weak lists.")
class MasteryThresholds:
    mastered: float = strawberry.field(
        description="Levels that reach this are MASTERED, 0..1: levels of at least this, or above this if `comparison` "
        "is STRICT. They are never weak."
    )
    focus: float = strawberry.field(description="Levels that do not reach this are NEEDS_FOCUS, 0..1.")
    weak: float = strawberry.field(
        description="Levels that do not reach this are weak, 0..1. A level from focus to weak is weak and has the "
        "status LEARNING."
    )
    weak_attempts: int = strawberry.field(description="The minimum number of answers of a weak level.")
    comparison: domain.Comparison = strawberry.field(
        description="Whether a level that equals a threshold has reached it."
    )
    is_default: bool = strawberry.field(description="Whether these are the thresholds of the service's settings.")
    set: Optional["ThresholdSet"] = strawberry.field(
        description="The version that these thresholds come from, of a skill or a course. Null for the settings."
    )

    @classmethod
    def of(cls, thresholds: domain.Thresholds, stored: sets.ThresholdSet | None = None) -> Self:
        return cls(
            mastered=thresholds.mastered,
            focus=thresholds.focus,
            weak=thresholds.weak,
            weak_attempts=thresholds.weak_attempts,
            comparison=thresholds.comparison,
            is_default=stored is None,
            set=ThresholdSet.of(stored) if stored else None,
        )

    @classmethod
    def for_course(cls, used: sets.ThresholdsInEffect, course_id: str) -> Self:
        """The thresholds of a course."""
        return cls.of(used.for_course(course_id), used.of_courses.get(course_id))

    @classmethod
    def for_target(cls, used: sets.ThresholdsInEffect, target: Target) -> Self:
        """The thresholds of a concept or skill."""
        return cls.of(used.for_target(target), used.sets.get(target))


@strawberry.type(description="An immutable version of the thresholds of a course or a skill.")
class ThresholdSet(Node):
    stored: strawberry.Private[sets.ThresholdSet]
    id: strawberry.ID = strawberry.field(description="Kind, id or code, and version, as in skill-cases-v3.")
    scope_kind: sets.ScopeKind = strawberry.field(description="Whether the set is of a course or of a skill.")
    version: int = strawberry.field(description="1, 2, 3 … The newest version of a course or skill is in effect.")
    author: str | None = strawberry.field(
        description="The id of the principal who stored the version. Null if authentication was off."
    )
    note: str = strawberry.field(description="The reason for the version; may be empty.")
    created_at: datetime | None = strawberry.field(description="The time when the version was stored.")

    @strawberry.field(
        description="The thresholds of the version. Null if the version returned the course or skill to the default."
    )
    def thresholds(self) -> MasteryThresholds | None:
        return MasteryThresholds.of(self.stored.thresholds, self.stored) if self.stored.thresholds else None

    @strawberry.field(description="Whether the course or skill uses the thresholds of this version now.")
    async def in_effect(self, info: Info) -> bool:
        own = (await info.context.thresholds()).own_set(self.stored.scope)
        return own is not None and own.version == self.version

    @strawberry.field(description="The course. Null for a skill.")
    async def course(self, info: Info) -> Annotated["Course", strawberry.lazy("graph_api.schema.course.course")] | None:
        from graph_api.schema.course.course import Course  # noqa: PLC0415 - the two nouns know each other

        return await Course.load(info, self.stored.scope.key) if self.scope_kind is sets.ScopeKind.COURSE else None

    @strawberry.field(description="The skill. Null for a course.")
    async def skill(self, info: Info) -> Annotated["Skill", strawberry.lazy("graph_api.schema.course.skill")] | None:
        from graph_api.schema.course.skill import Skill  # noqa: PLC0415 - the two nouns know each other

        return await Skill.load(info, self.stored.scope.key) if self.scope_kind is sets.ScopeKind.SKILL else None

    @classmethod
    async def load(cls, info: Info, id: str) -> Self | None:
        """The version with an id, or None."""
        stored = await info.context.loaders.threshold_sets.load(id)
        return cls.of(stored) if stored else None

    @classmethod
    def of(cls, stored: sets.ThresholdSet) -> Self:
        """The schema's view of a version."""
        return cls(
            stored=stored,
            node_id=node_id("ThresholdSet", stored.id),
            id=strawberry.ID(stored.id),
            scope_kind=stored.scope.kind,
            version=stored.version,
            author=stored.author,
            note=stored.note,
            created_at=stored.created_at,
        )


@strawberry.type(description="Concepts or skills that use the same thresholds.")
class ThresholdGroup:
    thresholds: MasteryThresholds = strawberry.field(description="The thresholds.")
    target_ids: list[strawberry.ID] = strawberry.field(
        description="The concept ids or skill codes that use the thresholds, in the order of the reply."
    )

    @classmethod
    def list(cls, used: sets.ThresholdsInEffect, kind: TargetKind, keys: Iterable[str]) -> "list[ThresholdGroup]":
        """The groups of some targets: those with the settings first, then by the id of the set."""
        groups: dict[str, list[Target]] = defaultdict(list)
        for target in (Target(kind, key) for key in keys):
            stored = used.sets.get(target)
            groups[stored.id if stored else ""].append(target)
        return [
            cls(
                thresholds=MasteryThresholds.for_target(used, targets[0]),
                target_ids=[strawberry.ID(target.key) for target in targets],
            )
            for _, targets in sorted(groups.items())
        ]


@strawberry.type
class JudgedByThresholds:
    """The field of an object with a status that names the thresholds of the status."""

    if TYPE_CHECKING:

        def judged(self) -> Target: ...

    @strawberry.field(description="The thresholds of the status: those of the concept or skill.")
    async def thresholds(self, info: Info) -> MasteryThresholds:
        return MasteryThresholds.for_target(await info.context.thresholds(), self.judged())


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
    threshold: float = strawberry.field(description="Values that do not reach this are weak, 0..1.")
    min_attempts: int = strawberry.field(description="The minimum number of answers that the list required.")
    comparison: domain.Comparison = strawberry.field(
        description="Whether a value that equals the threshold has reached it."
    )

    @classmethod
    def of(cls, rule: WeakRule, measure: WeakMeasure = WeakMeasure.LEVEL) -> Self:
        return cls(
            measure=measure,
            threshold=rule.threshold,
            min_attempts=rule.min_attempts,
            comparison=rule.comparison,
        )

    @classmethod
    def of_scores(cls, threshold: float, min_attempts: int) -> Self:
        """The rule of a list of skills that are weak by recency."""
        return cls(
            measure=WeakMeasure.RECENCY,
            threshold=threshold,
            min_attempts=min_attempts,
            comparison=domain.Comparison.INCLUSIVE,
        )
