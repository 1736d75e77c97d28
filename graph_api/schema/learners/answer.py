"""Answers as they are read."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Self

import strawberry

from graph_api.domain.answers import answers as domain
from graph_api.domain.answers.order import UNNUMBERED, Order
from graph_api.domain.learners.mastery import Change as StoredChange
from graph_api.domain.learners.mastery import Thresholds
from graph_api.domain.targets import TargetKind
from graph_api.schema.context import Info
from graph_api.schema.enums import describe_values
from graph_api.schema.learners.mastery import Status

if TYPE_CHECKING:
    from graph_api.schema.learners.student import Student

ORDER_KEY = (datetime, datetime, int, str)
"""What the cursor of a page of answers holds: time, recording time, place in the call counted from 1, id."""


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


strawberry.enum(domain.Difficulty, description="How hard the question was said to be.")
describe_values(
    domain.Difficulty,
    EASY="Most get it right.",
    MEDIUM="In between.",
    HARD="Most get it wrong.",
)


@strawberry.type(description="What an answer did to one concept or skill when it was recorded.")
class Change:
    """One change. For a late answer, the levels at its own place in time."""

    concept: strawberry.ID | None = strawberry.field(description="The concept's id, if this is about a concept.")
    skill: strawberry.ID | None = strawberry.field(description="The skill's code, if this is about a skill.")
    level_before: float = strawberry.field(description="P(L) before the answer, 0.01 to 0.99.")
    level_after: float = strawberry.field(description="P(L) after it, 0.01 to 0.99.")
    status_before: Status = strawberry.field(description="What the level before it meant.")
    status: Status = strawberry.field(description="What the level after it means.")
    opportunity: int = strawberry.field(description="The how-manieth answer to this target it was, in time: 1, 2, 3 …")
    parameter_set: strawberry.ID = strawberry.field(description="The parameter set that was used.")

    @classmethod
    def of(cls, change: StoredChange, thresholds: Thresholds) -> Self:
        """The schema's view of a change."""
        key = strawberry.ID(change.target.key)
        return cls(
            concept=key if change.target.kind is TargetKind.CONCEPT else None,
            skill=key if change.target.kind is TargetKind.SKILL else None,
            level_before=change.level_before,
            level_after=change.level_after,
            status_before=thresholds.status(change.level_before, change.opportunity - 1),
            status=thresholds.status(change.level_after, change.opportunity),
            opportunity=change.opportunity,
            parameter_set=strawberry.ID(change.parameter_set_id),
        )


@strawberry.type(description="A concept that a free-text answer mentioned, or missed.")
class SampledMention:
    """A sampled concept."""

    concept_id: strawberry.ID = strawberry.field(description="The concept's id.")
    mentioned: bool = strawberry.field(description="Whether the answer mentioned it.")


@strawberry.type(description="An answer, kept for ever as it came.")
class Answer:
    """One answer."""

    id: strawberry.ID = strawberry.field(description="The client's event id, or the one the server made.")
    student_id: strawberry.ID = strawberry.field(description="Whose answer it is.")
    at: datetime = strawberry.field(description="When it was given.")
    recorded_at: datetime = strawberry.field(description="When it came in.")
    correct: bool = strawberry.field(description="Whether it was right.")
    concept_ids: list[strawberry.ID] = strawberry.field(description="The concepts it was tagged with.")
    skill_codes: list[strawberry.ID] = strawberry.field(
        description="Every skill it counts towards, as the concepts' skills were when it came."
    )
    session_id: strawberry.ID | None = strawberry.field(description="The session it belongs to.")
    question_id: strawberry.ID | None = strawberry.field(description="The client's id of the question.")
    difficulty: domain.Difficulty | None = strawberry.field(description="How hard the question was said to be.")
    response_time: float | None = strawberry.field(description="How long it took, in seconds.")
    semantic_score: float | None = strawberry.field(description="How near in meaning, 0..1.")
    keyword_score: float | None = strawberry.field(description="Share of expected keywords, 0..1.")
    sampled: list[SampledMention] = strawberry.field(description="Concepts that it mentioned or missed.")

    @strawberry.field(description="What it did to each concept and skill when it was recorded.")
    async def changes(self, info: Info) -> list[Change]:
        """Its changes."""
        recorded = await info.context.loaders.recorded.load((self.student_id, self.id))
        thresholds = info.context.services.thresholds
        return [Change.of(change, thresholds) for change in recorded.changes] if recorded else []

    @strawberry.field(description="Whose answer it is.")
    async def student(
        self, info: Info
    ) -> Annotated["Student", strawberry.lazy("graph_api.schema.learners.student")] | None:
        """Its student."""
        from graph_api.schema.learners.student import Student  # noqa: PLC0415 - the two nouns know each other

        return await Student.load(info, self.student_id)

    @classmethod
    def of(cls, answer: domain.Answer) -> Self:
        """The schema's view of an answer."""
        return cls(
            id=strawberry.ID(answer.id),
            student_id=strawberry.ID(answer.student_id),
            at=answer.at,
            recorded_at=answer.recorded_at,
            correct=answer.correct,
            concept_ids=[strawberry.ID(key) for key in answer.concept_ids],
            skill_codes=[strawberry.ID(code) for code in answer.skill_codes],
            session_id=_id(answer.session_id),
            question_id=_id(answer.question_id),
            difficulty=answer.difficulty,
            response_time=answer.response_time,
            semantic_score=answer.semantic_score,
            keyword_score=answer.keyword_score,
            sampled=[
                SampledMention(concept_id=strawberry.ID(key), mentioned=mentioned)
                for mentioned, ids in ((True, answer.mentioned), (False, answer.missed))
                for key in ids
            ],
        )


def _id(value: str | None) -> strawberry.ID | None:
    return None if value is None else strawberry.ID(value)
