"""Mastery: what a student knows of one target."""

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, Self

import strawberry

from graph_api.domain.learners import mastery as domain
from graph_api.domain.learners.forgetting import retrievability
from graph_api.domain.learners.uncertainty import Confidence, LevelIntervals, confidence
from graph_api.domain.parameters.parameter_sets import ParameterSet as StoredSet
from graph_api.domain.targets import Target, TargetKind
from graph_api.schema.context import Info, moment
from graph_api.schema.course.concept import Concept
from graph_api.schema.course.skill import Skill
from graph_api.schema.enums import describe_values
from graph_api.schema.learners.recency import Recency
from graph_api.schema.learners.thresholds import MasteryThresholds, WeakListRule
from graph_api.schema.learners.uncertainty import Interval
from graph_api.schema.loaders import LevelOf
from graph_api.schema.parameters.parameter_set import ParameterSet

Status = domain.Status
strawberry.enum(
    Status,
    name="MasteryStatus",
    description="What a level means. Without answers a target is NOT_STARTED, never weak.",
)
describe_values(
    Status,
    NOT_STARTED="No answers yet.",
    NEEDS_FOCUS="A level under 0.4, unless set otherwise.",
    LEARNING="In between.",
    MASTERED="A level of at least 0.95, unless set otherwise.",
)

if TYPE_CHECKING:
    from graph_api.schema.learners.student import Student


@strawberry.type(description="What a student knows of one concept or skill, after all answers that count towards it.")
class Mastery:
    """A student's mastery of one target; `record` is None before the first answer."""

    target: strawberry.Private[Target]
    student_id: strawberry.Private[str]
    set_id: strawberry.Private[str]
    kind: TargetKind = strawberry.field(description="Whether this is about a concept or a skill.")
    level: float = strawberry.field(description="P(L): the probability that the student knows it, 0.01 to 0.99.")
    status: domain.Status = strawberry.field(description="What the level means.")
    attempts: int = strawberry.field(description="Answers that count towards it.")
    correct: int = strawberry.field(description="How many of them were right.")
    accuracy: float | None = strawberry.field(description="correct / attempts, 0..1; null without answers.")
    last_practiced_at: datetime | None = strawberry.field(description="When the last answer was given.")
    updated_at: datetime | None = strawberry.field(
        description="When the level was last written; null for a level as of a past moment."
    )
    weak_rule: WeakListRule | None = strawberry.field(
        default=None, description="In a list of weak concepts or skills, the rule that the list was made by; else null."
    )
    past: strawberry.Private[datetime | None] = None

    @strawberry.field(description="The thresholds that the status was decided by.")
    def thresholds(self, info: Info) -> MasteryThresholds:
        """Its thresholds."""
        return MasteryThresholds.of(info.context.services.thresholds)

    @strawberry.field(description="The concept, if this is about one.")
    async def concept(self, info: Info) -> Concept | None:
        """Its concept."""
        return await Concept.load(info, self.target.key) if self.kind is TargetKind.CONCEPT else None

    @strawberry.field(description="The skill, if this is about one.")
    async def skill(self, info: Info) -> Skill | None:
        """Its skill."""
        return await Skill.load(info, self.target.key) if self.kind is TargetKind.SKILL else None

    @strawberry.field(description="Whose it is.")
    async def student(
        self, info: Info
    ) -> Annotated["Student", strawberry.lazy("graph_api.schema.learners.student")] | None:
        """Its student."""
        from graph_api.schema.learners.student import Student  # noqa: PLC0415 - the two nouns know each other

        return await Student.load(info, self.student_id)

    @strawberry.field(description="The parameters that the level was computed with.")
    async def parameters(self, info: Info) -> ParameterSet:
        """Its parameter set."""
        found = await info.context.loaders.parameter_sets.load(self.set_id)
        if found is None:
            raise LookupError(f"parameter set {self.set_id} is gone")
        return ParameterSet.of(found)

    @strawberry.field(description="The recency-weighted score, as last computed; null for concepts and before that.")
    async def recency(self, info: Info) -> Recency | None:
        """Its recency."""
        if self.kind is not TargetKind.SKILL:
            return None
        of_student = await info.context.loaders.recency_of_student.load(self.student_id)
        found = (of_student or {}).get(self.target.key)
        if found is None or (self.past is not None and found.as_of > self.past):
            return None
        return Recency.of(found)

    @strawberry.field(
        description="Where the level lies, if the parameters fit this student only roughly (Q8): between its 5 % and "
        "95 % quantiles. In simulations it holds 89 to 97 % of the true levels: more than 90 % after many answers, "
        "because levels pile up at their bound 0.99. This assumes how much students differ; see docs/models.md."
    )
    async def interval(self, info: Info) -> Interval:
        """The interval of its level."""
        return Interval.of((await self._intervals(info)).level)

    @strawberry.field(description="How much weight the level bears; LOW means that there is not enough data (Q8).")
    async def confidence(self, info: Info) -> Confidence:
        """Its confidence."""
        return confidence(self.attempts, (await self._intervals(info)).level)

    @strawberry.field(
        description="The chance that what was known can be recalled, 0..1, falling with every day without practice; "
        "null without answers. It never lowers the level (Q9)."
    )
    async def retrievability(
        self,
        info: Info,
        as_of: Annotated[
            datetime | None,
            strawberry.argument(
                description="The moment, with an offset: only answers given by then count, by their `at`. Null: now, "
                "or the moment that the mastery is of."
            ),
        ] = None,
    ) -> float | None:
        """Its retrievability."""
        evidence = await info.context.loaders.evidence.load((self.student_id, self.target))
        return retrievability(evidence, moment(info, as_of or self.past))

    async def _intervals(self, info: Info) -> LevelIntervals:
        return await info.context.loaders.level_intervals.load(
            LevelOf(self.student_id, self.target, self.set_id, self.past)
        )

    @classmethod
    def of(
        cls,
        record: domain.Mastery,
        thresholds: domain.Thresholds,
        weak_rule: WeakListRule | None = None,
        *,
        past: datetime | None = None,
    ) -> Self:
        """The schema's view of a mastery; `weak_rule` if it stands in a weak list, `past` if it is of a past moment."""
        return cls(
            target=record.target,
            student_id=record.student_id,
            set_id=record.parameter_set_id,
            kind=record.target.kind,
            level=record.level,
            status=thresholds.status(record.level, record.attempts),
            attempts=record.attempts,
            correct=record.correct,
            accuracy=record.accuracy,
            last_practiced_at=record.last_practiced_at,
            updated_at=record.updated_at,
            weak_rule=weak_rule,
            past=past,
        )

    @classmethod
    def not_started(cls, student_id: str, target: Target, in_force: StoredSet) -> Self:
        """What is known before the first answer: the prior."""
        return cls(
            target=target,
            student_id=student_id,
            set_id=in_force.id,
            kind=target.kind,
            level=in_force.start,
            status=domain.Status.NOT_STARTED,
            attempts=0,
            correct=0,
            accuracy=None,
            last_practiced_at=None,
            updated_at=None,
        )


@strawberry.enum(
    description="The order of masteries: weakest or strongest, longest or just practised, most answered first, or by "
    "target: concepts by id, then skills by code. Ties go by target."
)
class MasteryOrder(Enum):
    """Orders of a student's masteries."""

    LEVEL_ASC = strawberry.enum_value("LEVEL_ASC", description="Weakest first.")
    LEVEL_DESC = strawberry.enum_value("LEVEL_DESC", description="Strongest first.")
    LAST_PRACTICED_ASC = strawberry.enum_value("LAST_PRACTICED_ASC", description="Longest not practised first.")
    LAST_PRACTICED_DESC = strawberry.enum_value("LAST_PRACTICED_DESC", description="Just practised first.")
    ATTEMPTS_DESC = strawberry.enum_value("ATTEMPTS_DESC", description="Most answered first.")
    TARGET = strawberry.enum_value("TARGET", description="Concepts by id, then skills by code.")

    def key(self) -> Callable[[domain.Mastery], list[Any]]:
        """The sort key, ascending, of this order: a list, so that it can be kept in a cursor."""
        value: Callable[[domain.Mastery], float] = {
            "LEVEL_ASC": lambda mastery: mastery.level,
            "LEVEL_DESC": lambda mastery: -mastery.level,
            "LAST_PRACTICED_ASC": lambda mastery: mastery.last_practiced_at.timestamp(),
            "LAST_PRACTICED_DESC": lambda mastery: -mastery.last_practiced_at.timestamp(),
            "ATTEMPTS_DESC": lambda mastery: -mastery.attempts,
            "TARGET": lambda _: 0,
        }[self.name]
        return lambda mastery: [value(mastery), mastery.target.kind.value, mastery.target.key]
