"""Answers as they are read."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, Any, Optional, Self

import strawberry

from graph_api.domain.answers import answers as domain
from graph_api.domain.answers.evidence_rules import DEFAULT_SET, EvidenceReason, weigh
from graph_api.domain.answers.order import UNNUMBERED, Order
from graph_api.domain.learners.mastery import Change as StoredChange
from graph_api.domain.learners.threshold_sets import TargetThresholds
from graph_api.domain.targets import Target, TargetKind
from graph_api.schema.context import Info
from graph_api.schema.course.concept import load_target
from graph_api.schema.learners.mastery import Mastery
from graph_api.schema.learners.status_counts import Status
from graph_api.schema.learners.thresholds import JudgedByThresholds
from graph_api.schema.node import Node, TargetNode, joined_id, node_id, split_id
from graph_api.schema.parameters.evidence_parameters import EvidenceParameterSet
from graph_api.schema.parameters.parameter_set import ParameterSet

if TYPE_CHECKING:
    from graph_api.schema.learners.student import Student

ORDER_KEY = (datetime, datetime, int, str)
"""The content of the cursor of a page of answers: time, recording time, place in the call counted from 1, id."""


def key_of_order(order: Order) -> list[Any]:
    """The sort key of an answer's cursor; 0 stands for an answer without a sequence number.

    >>> key_of_order(Order(datetime(2026, 1, 31), answer_id="a"))
    ['2026-01-31T00:00:00', '0001-01-01T00:00:00+00:00', 0, 'a']
    """
    return [order.at.isoformat(), order.recorded_at.isoformat(), order.sequence - UNNUMBERED, order.answer_id]


def order_of_key(key: Sequence[Any]) -> Order:
    """The inverse of `key_of_order`, from a decoded cursor."""
    at, recorded_at, place, answer_id = key
    return Order(at, recorded_at, place + UNNUMBERED, answer_id)


@strawberry.type(
    description="The effect of an answer on one concept or skill when it was recorded. For a late answer, "
    "the levels at its own place in time."
)
class Change(JudgedByThresholds):
    of_target: strawberry.Private[Target]
    student_id: strawberry.Private[str]
    answer_id: strawberry.Private[str]
    concept: strawberry.ID | None = strawberry.field(description="The concept's id. Null for a skill.")
    skill: strawberry.ID | None = strawberry.field(description="The skill's code. Null for a concept.")
    level_before: float = strawberry.field(description="The level before the answer, 0.01 to 0.99.")
    level_after: float = strawberry.field(description="The level after the answer, 0.01 to 0.99.")
    status_before: Status = strawberry.field(description="The status of the level before the answer.")
    status: Status = strawberry.field(description="The status of the level after the answer.")
    opportunity: int = strawberry.field(
        description="The number of the answer among the student's opportunities at this target, in order of time, from "
        "1. For an answer of weight 0, the number of opportunities before it."
    )
    parameter_set: strawberry.ID = strawberry.field(description="The id of the parameter set that was used.")

    @strawberry.field(description="The concept or skill. Null if it does not exist any more.")
    async def target(self, info: Info) -> TargetNode | None:
        return await load_target(info, self.of_target)

    def judged(self) -> Target:
        """The target, whose thresholds decide the statuses."""
        return self.of_target

    @strawberry.field(description="The parameter set that was used.")
    async def parameters(self, info: Info) -> ParameterSet | None:
        return await ParameterSet.load(info, self.parameter_set)

    @strawberry.field(description="The student. Null if the student does not exist any more.")
    async def student(
        self, info: Info
    ) -> Annotated["Student", strawberry.lazy("graph_api.schema.learners.student")] | None:
        from graph_api.schema.learners.student import Student  # noqa: PLC0415 - the two nouns know each other

        return await Student.load(info, self.student_id)

    @strawberry.field(description="The answer.")
    async def answer(self, info: Info) -> Optional["Answer"]:
        return await Answer.of_student(info, self.student_id, self.answer_id)

    @strawberry.field(
        description="The student's mastery of the target now, after all answers. Null if the target does not exist any "
        "more."
    )
    async def mastery(self, info: Info) -> Mastery | None:
        return await Mastery.of_student(info, self.student_id, self.of_target)

    @classmethod
    def of(cls, change: StoredChange, thresholds: TargetThresholds, answer: domain.Answer) -> Self:
        key, own = strawberry.ID(change.target.key), thresholds.for_target(change.target)
        return cls(
            of_target=change.target,
            student_id=answer.student_id,
            answer_id=answer.id,
            concept=key if change.target.kind is TargetKind.CONCEPT else None,
            skill=key if change.target.kind is TargetKind.SKILL else None,
            level_before=change.level_before,
            level_after=change.level_after,
            status_before=own.status(change.level_before, change.opportunity - 1 + change.judgements),
            status=own.status(change.level_after, change.opportunity + change.judgements),
            opportunity=change.opportunity,
            parameter_set=strawberry.ID(change.parameter_set_id),
        )


@strawberry.type(description="A concept that a free-text answer mentioned or missed.")
class SampledMention:
    concept_id: strawberry.ID = strawberry.field(description="The concept's id.")
    mentioned: bool = strawberry.field(description="Whether the answer mentioned the concept.")


@strawberry.type(description="The block and year of a skill when an answer to it was recorded. They never change.")
class FrozenTag:
    skill_code: strawberry.ID = strawberry.field(description="The code of the skill.")
    block: str | None = strawberry.field(description="The block of the skill at that time. Null if it had none.")
    year: int | None = strawberry.field(description="The year of the skill at that time. Null if it had none.")


@strawberry.type(description="An answer. Answers are stored permanently and never change.")
class Answer(Node):
    id: strawberry.ID = strawberry.field(description="The client's event id, or the id that the server generated.")
    student_id: strawberry.ID = strawberry.field(description="The id of the student who answered.")
    at: datetime = strawberry.field(description="The time when the answer was given.")
    recorded_at: datetime = strawberry.field(description="The time when the answer was recorded.")
    correct: bool = strawberry.field(description="Whether the answer is correct, as it was recorded.")
    counts_as: bool = strawberry.field(
        description="Whether the answer counts as correct for levels and every other estimate, by `evidence`."
    )
    weight: float = strawberry.field(
        description="How much the answer counts, 0..1, by `evidence`. An answer of weight 0 is no opportunity."
    )
    evidence: strawberry.ID = strawberry.field(description="The id of the evidence parameters that weighed the answer.")
    concept_ids: list[strawberry.ID] = strawberry.field(
        description="The ids of the concepts that the answer is tagged with."
    )
    skill_codes: list[strawberry.ID] = strawberry.field(
        description="The codes of all skills that the answer counts towards. They are frozen: later changes "
        "to the course do not affect them."
    )
    session_id: strawberry.ID | None = strawberry.field(
        description="The id of the practice session. Null without a session."
    )
    question_id: strawberry.ID | None = strawberry.field(
        description="The client's id of the question. Null if it was not given."
    )
    difficulty: domain.Difficulty | None = strawberry.field(
        description="The difficulty of the question. Null if it was not given."
    )
    response_time: float | None = strawberry.field(
        description="The response time in seconds. Null if it was not given."
    )
    semantic_score: float | None = strawberry.field(
        description="The similarity in meaning to the expected answer, 0..1. Null if it was not given."
    )
    keyword_score: float | None = strawberry.field(
        description="The share of expected keywords in the answer, 0..1. Null if it was not given."
    )
    hints: int | None = strawberry.field(description="The number of hints that were used. Null if it was not given.")
    attempt: int | None = strawberry.field(
        description="The number of this attempt at the question, from 1. Null if it was not given."
    )
    partial_score: float | None = strawberry.field(
        description="The share of the points, 0..1. Null if it was not given."
    )
    sampled: list[SampledMention] = strawberry.field(description="The concepts that the answer mentioned or missed.")

    @strawberry.field(description="The rules of `evidence` that changed what the answer counts as, or its weight.")
    async def evidence_reasons(self, info: Info) -> list[EvidenceReason]:
        return await self.reasons(info)

    @strawberry.field(description="The evidence parameters that weighed the answer.")
    async def evidence_parameters(self, info: Info) -> EvidenceParameterSet | None:
        return await EvidenceParameterSet.load(info, self.evidence)

    @strawberry.field(description="The effect of the answer on each concept and skill when it was recorded.")
    async def changes(self, info: Info) -> list[Change]:
        recorded = await info.context.loaders.recorded.load((self.student_id, self.id))
        thresholds = await info.context.thresholds()
        return [Change.of(each, thresholds, recorded.answer) for each in recorded.changes] if recorded else []

    @strawberry.field(
        description="The block and year of each skill in `skillCodes`, frozen when the answer was recorded: later "
        "changes to the course do not affect them."
    )
    async def frozen_tags(self, info: Info) -> list[FrozenTag]:
        tags = await info.context.loaders.frozen_tags.load((self.student_id, self.id)) or {}
        known = [(code, tags.get(code, domain.Tag(None, None))) for code in self.skill_codes]
        return [FrozenTag(skill_code=code, block=tag.block, year=tag.year) for code, tag in known]

    @strawberry.field(description="The student who answered. Null if the student does not exist any more.")
    async def student(
        self, info: Info
    ) -> Annotated["Student", strawberry.lazy("graph_api.schema.learners.student")] | None:
        from graph_api.schema.learners.student import Student  # noqa: PLC0415 - the two nouns know each other

        return await Student.load(info, self.student_id)

    async def reasons(self, info: Info) -> list[EvidenceReason]:
        """The rules that changed what the answer counts as, or its weight; none if its parameters are missing."""
        used = await info.context.loaders.evidence_sets.load(self.evidence)
        return list(weigh(self, used.parameters).reasons) if used else []

    @classmethod
    async def load(cls, info: Info, key: str) -> Self | None:
        """The answer with a key, which is the student's id and its own, or None."""
        match split_id(key):
            case [student_id, answer_id]:
                return await cls.of_student(info, student_id, answer_id)
        return None

    @classmethod
    async def of_student(cls, info: Info, student_id: str, answer_id: str) -> Self | None:
        """The answer of a student, or None."""
        recorded = await info.context.loaders.recorded.load((student_id, answer_id))
        return cls.of(recorded.answer) if recorded else None

    @classmethod
    def of(cls, answer: domain.Answer) -> Self:
        """The schema's view of an answer."""
        return cls(**{name: read(answer) for name, read in COLUMNS.items()})


def _sampled(answer: domain.Answer) -> list[SampledMention]:
    return [
        SampledMention(concept_id=strawberry.ID(key), mentioned=mentioned)
        for mentioned, ids in ((True, answer.mentioned), (False, answer.missed))
        for key in ids
    ]


COLUMNS: Mapping[str, Callable[[domain.Answer], Any]] = {
    "node_id": lambda answer: node_id("Answer", joined_id(answer.student_id, answer.id)),
    "counts_as": attrgetter("counts_as_correct"),
    "evidence": lambda answer: answer.evidence_id or DEFAULT_SET.id,
    "concept_ids": lambda answer: list(answer.concept_ids),
    "skill_codes": lambda answer: list(answer.skill_codes),
    "sampled": _sampled,
    **{
        name: attrgetter(name)
        for name in (
            "id", "student_id", "at", "recorded_at", "correct", "weight", "session_id", "question_id", "difficulty",
            "response_time", "semantic_score", "keyword_score", "hints", "attempt", "partial_score",
        )
    },
}  # fmt: skip
"""How the fields of an answer are read, by their Python names: of one answer, or as columns of many."""
