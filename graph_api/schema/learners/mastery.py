"""Mastery: the level of a student on one target, with what it is judged by."""

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, Self

import strawberry

from graph_api.domain.answers.answers import in_utc
from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners import mastery as domain
from graph_api.domain.learners.confidence_reasons import reasons_of_level
from graph_api.domain.learners.threshold_sets import TargetThresholds
from graph_api.domain.learners.uncertainty import Confidence, LevelIntervals, confidence
from graph_api.domain.parameters.parameter_sets import ParameterSet as StoredSet
from graph_api.domain.targets import Target, TargetKind
from graph_api.schema.context import Info, moment
from graph_api.schema.course.concept import Concept, load_target
from graph_api.schema.course.skill import Skill
from graph_api.schema.learners.confidence_reasons import ConfidenceReason
from graph_api.schema.learners.judgement_lists import MasteryJudgements
from graph_api.schema.learners.recency import Recency
from graph_api.schema.learners.status_counts import Status
from graph_api.schema.learners.thresholds import JudgedByThresholds, WeakListRule
from graph_api.schema.learners.uncertainty import Interval
from graph_api.schema.node import Node, TargetNode, joined_id, node_id, split_id
from graph_api.schema.parameters.parameter_set import ParameterSet
from graph_api.usecases.learners.past_states import read_past_mastery
from graph_api.usecases.learners.reads import LevelOf, RecallOf

if TYPE_CHECKING:
    from graph_api.schema.learners.student import Student


class MasteryKey(NamedTuple):
    """What a mastery is known by; `at` is the moment of a past one."""

    student_id: str
    target: Target
    at: datetime | None = None

    def joined(self) -> strawberry.ID:
        """As one id.

        >>> MasteryKey("anna", Target(TargetKind.SKILL, "cases")).joined()
        'anna/SKILL/cases'
        """
        return joined_id(
            self.student_id, self.target.kind, self.target.key, *([self.at.isoformat()] if self.at else [])
        )

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The inverse of `joined`; None for a text that it never makes."""
        try:
            student_id, kind, key, *moment = split_id(text)
            at = in_utc(datetime.fromisoformat(*moment), "id") if moment else None
            parsed = cls(student_id, Target(TargetKind(kind), key), at)
        except (ValueError, TypeError, InvalidInput):
            return None
        return parsed if parsed.joined() == text else None


@strawberry.type(
    description="A student's mastery of one concept or skill, after all answers and judgements that count towards it."
)
class Mastery(Node, JudgedByThresholds, MasteryJudgements):
    of_target: strawberry.Private[Target]
    set_id: strawberry.Private[str]
    student_id: strawberry.ID = strawberry.field(description="The student's id; a pseudonym for analysts.")
    id: strawberry.ID = strawberry.field(
        description="The student's id, the kind and the id of the target, as in anna/SKILL/cases. For a mastery as of "
        "a past moment, also the moment."
    )
    kind: TargetKind = strawberry.field(description="Whether the target is a concept or a skill.")
    level: float = strawberry.field(
        description="P(L): the probability that the student knows the target, 0.01 to 0.99."
    )
    status: Status = strawberry.field(description="The status of the level.")
    attempts: int = strawberry.field(description="The number of answers that count towards the target.")
    judgement_count: int = strawberry.field(
        description="The number of judgements that the level rests on, without revoked ones. 0: answers alone lead to "
        "the level."
    )
    correct: int = strawberry.field(description="The number of correct answers.")
    accuracy: float | None = strawberry.field(description="The share of correct answers, 0..1. Null without answers.")
    last_practiced_at: datetime | None = strawberry.field(
        description="The time of the last answer. Null without answers."
    )
    updated_at: datetime | None = strawberry.field(
        description="The time when the level was last stored. Null without answers and judgements, and for a level as "
        "of a past moment."
    )
    weak_rule: WeakListRule | None = strawberry.field(
        default=None,
        description="The rule of a list of weak concepts or skills. Null outside such a list.",
        deprecation_reason="Caches store one value for each mastery, and lists with other arguments have other rules. "
        "Select `Student.weakListRule`.",
    )
    past: strawberry.Private[datetime | None] = None

    def judged(self) -> Target:
        """The target, whose thresholds decide the status."""
        return self.of_target

    @strawberry.field(description="The concept or skill. Null if it does not exist any more.")
    async def target(self, info: Info) -> TargetNode | None:
        return await load_target(info, self.of_target)

    @strawberry.field(description="The concept. Null for a skill.")
    async def concept(self, info: Info) -> Concept | None:
        return await Concept.load(info, self.of_target.key) if self.kind is TargetKind.CONCEPT else None

    @strawberry.field(description="The skill. Null for a concept.")
    async def skill(self, info: Info) -> Skill | None:
        return await Skill.load(info, self.of_target.key) if self.kind is TargetKind.SKILL else None

    @strawberry.field(description="The student. Null if the student does not exist any more.")
    async def student(
        self, info: Info
    ) -> Annotated["Student", strawberry.lazy("graph_api.schema.learners.student")] | None:
        from graph_api.schema.learners.student import Student  # noqa: PLC0415 - the two nouns know each other

        return await Student.load(info, self.student_id)

    @strawberry.field(description="The parameter set of the level.")
    async def parameters(self, info: Info) -> ParameterSet:
        used = await info.context.loaders.parameter_sets.load(self.set_id)
        if used is None:
            raise LookupError(f"parameter set {self.set_id} does not exist any more")
        return ParameterSet.of(used)

    @strawberry.field(
        description="The recency-weighted score, as of the last run. Null for concepts, and before the first run."
    )
    async def recency(self, info: Info) -> Recency | None:
        if self.kind is not TargetKind.SKILL:
            return None
        of_student = await info.context.loaders.recency_of_student.load(self.student_id)
        score = (of_student or {}).get(self.of_target.key)
        if score is None or (self.past is not None and score.as_of > self.past):
            return None
        return Recency.of(score, self.student_id, self.of_target.key)

    @strawberry.field(
        description="A 90 % interval of the level, from its 5 % to its 95 % quantile. It allows for differences "
        "between the parameters of students. In simulations it contains 89 to 97 % of the true levels. See "
        "docs/models.md for the assumptions."
    )
    async def interval(self, info: Info) -> Interval:
        return Interval.of((await self._intervals(info)).level)

    @strawberry.field(description="The confidence in the level. LOW: not enough data.")
    async def confidence(self, info: Info) -> Confidence:
        return confidence(self.attempts, (await self._intervals(info)).level)

    @strawberry.field(description="The reasons why the confidence in the level is not HIGH. Empty if it is.")
    async def confidence_reasons(self, info: Info) -> list[ConfidenceReason]:
        reasons = reasons_of_level(self.attempts, (await self._intervals(info)).level)
        return [ConfidenceReason.of(each) for each in reasons]

    @strawberry.field(
        description="The probability that the student can recall the target, 0..1; it falls without practice. "
        "Null without answers. Forgetting does not lower the level."
    )
    async def retrievability(
        self,
        info: Info,
        as_of: Annotated[
            datetime | None,
            strawberry.argument(
                description="The moment, with an offset. Only answers that were given by then count, by their `at`. "
                "Null: now, or the moment of the mastery."
            ),
        ] = None,
    ) -> float | None:
        asked = RecallOf(self.student_id, self.of_target, self.set_id, moment(info, as_of or self.past))
        recall = await info.context.loaders.recalls.load(asked)
        return recall and recall.retrievability

    async def _intervals(self, info: Info) -> LevelIntervals:
        return await info.context.loaders.level_intervals.load(
            LevelOf(self.student_id, self.of_target, self.set_id, self.past)
        )

    @classmethod
    async def load(cls, info: Info, key: str) -> Self | None:
        """The mastery with an id, or None."""
        named, loaders = MasteryKey.parse(key), info.context.loaders
        if named is None or await loaders.students.load(named.student_id) is None:
            return None
        if named.at is None:
            return await cls.of_student(info, named.student_id, named.target)
        past = await read_past_mastery(loaders, named.student_id, named.target, named.at)
        return cls.of(past, await info.context.thresholds(), past=named.at) if past else None

    @classmethod
    async def of_student(cls, info: Info, student_id: str, target: Target) -> Self | None:
        """The mastery of a student and a target; before any evidence the prior. None without the target."""
        loaders = info.context.loaders
        for row in await loaders.masteries_of_student.load(student_id):
            if row.target == target:
                return cls.of(row, await info.context.thresholds())
        in_effect = await loaders.set_of_level(student_id, target)
        return cls.not_started(student_id, target, in_effect) if in_effect else None

    @classmethod
    def of(
        cls,
        record: domain.Mastery,
        thresholds: TargetThresholds,
        weak_rule: WeakListRule | None = None,
        *,
        past: datetime | None = None,
    ) -> Self:
        """The schema's view of a mastery; `weak_rule` if it stands in a weak list, `past` if it is of a past moment."""
        key = MasteryKey(record.student_id, record.target, past).joined()
        return cls(
            node_id=node_id("Mastery", key),
            id=key,
            of_target=record.target,
            student_id=strawberry.ID(record.student_id),
            set_id=record.parameter_set_id,
            kind=record.target.kind,
            level=record.level,
            status=thresholds.for_target(record.target).status(record.level, record.evidence),
            attempts=record.attempts,
            judgement_count=record.judgements,
            correct=record.correct,
            accuracy=record.accuracy,
            last_practiced_at=record.last_practiced_at,
            updated_at=record.updated_at,
            weak_rule=weak_rule,
            past=past,
        )

    @classmethod
    def not_started(cls, student_id: str, target: Target, in_effect: StoredSet) -> Self:
        """The mastery before the first answer or judgement: the prior."""
        key = MasteryKey(student_id, target).joined()
        return cls(
            node_id=node_id("Mastery", key),
            id=key,
            of_target=target,
            student_id=strawberry.ID(student_id),
            set_id=in_effect.id,
            kind=target.kind,
            level=in_effect.start,
            status=Status.NOT_STARTED,
            attempts=0,
            judgement_count=0,
            correct=0,
            accuracy=None,
            last_practiced_at=None,
            updated_at=None,
        )


@strawberry.enum(description="The order of masteries. Ties are ordered by target: concepts by id, then skills by code.")
class MasteryOrder(Enum):
    LEVEL_ASC = strawberry.enum_value("LEVEL_ASC", description="Lowest level first.")
    LEVEL_DESC = strawberry.enum_value("LEVEL_DESC", description="Highest level first.")
    LAST_PRACTICED_ASC = strawberry.enum_value("LAST_PRACTICED_ASC", description="Least recently practised first.")
    LAST_PRACTICED_DESC = strawberry.enum_value("LAST_PRACTICED_DESC", description="Most recently practised first.")
    ACCURACY_ASC = strawberry.enum_value("ACCURACY_ASC", description="Lowest share of correct answers first.")
    ACCURACY_DESC = strawberry.enum_value("ACCURACY_DESC", description="Highest share of correct answers first.")
    ATTEMPTS_DESC = strawberry.enum_value("ATTEMPTS_DESC", description="Most answers first.")
    TARGET = strawberry.enum_value("TARGET", description="Concepts by id, then skills by code.")

    def key(self) -> Callable[[domain.Mastery], list[Any]]:
        """The sort key, ascending, of this order: a list, which a cursor can hold."""
        value: Callable[[domain.Mastery], float] = {
            "LEVEL_ASC": lambda mastery: mastery.level,
            "LEVEL_DESC": lambda mastery: -mastery.level,
            "LAST_PRACTICED_ASC": lambda mastery: mastery.practiced_order.timestamp(),
            "LAST_PRACTICED_DESC": lambda mastery: -mastery.practiced_order.timestamp(),
            "ACCURACY_ASC": lambda mastery: mastery.accuracy or 0.0,
            "ACCURACY_DESC": lambda mastery: -(mastery.accuracy or 0.0),
            "ATTEMPTS_DESC": lambda mastery: -mastery.attempts,
            "TARGET": lambda _: 0,
        }[self.name]
        return lambda mastery: [value(mastery), mastery.target.kind.value, mastery.target.key]


def in_order(rows: list[domain.Mastery], order: MasteryOrder | None) -> list[domain.Mastery]:
    """The masteries in an order; as they are for None."""
    return rows if order is None else sorted(rows, key=order.key())
