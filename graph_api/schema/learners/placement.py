"""Placements: which concepts a student knows, from few questions."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.domain.learners.placement import placements as domain
from graph_api.domain.learners.placement.questions import PlacementRule as Rule
from graph_api.domain.learners.placement.questions import StopReason, Verdict
from graph_api.domain.learners.sessions import SessionStatus
from graph_api.schema.context import Info
from graph_api.schema.course.concept import Concept
from graph_api.schema.enums import describe_values
from graph_api.schema.learners.answer import Answer
from graph_api.schema.node import Node, node_id
from graph_api.schema.paging import DEFAULT_FIRST, First, bounded
from graph_api.usecases.learners import find_placements as usecase

if TYPE_CHECKING:
    from graph_api.schema.learners.session import Session
    from graph_api.schema.learners.student import Student

strawberry.enum(Verdict, name="PlacementVerdict", description="What a placement found about one concept.")
describe_values(
    Verdict,
    KNOWN="P(known) is at least the certainty of the placement's rule.",
    UNKNOWN="P(known) is at most 1 - certainty.",
    UNSURE="P(known) is between.",
)
strawberry.enum(StopReason, name="PlacementStopReason", description="Why a placement has no next question.")
describe_values(
    StopReason,
    CERTAIN="The certainty of the rule is reached.",
    MAX_QUESTIONS="The maximum number of questions is reached, and the certainty is not.",
    NO_QUESTION_LEFT="Every concept has its maximum number of answers, or no answer would show anything new.",
    ENDED_EARLY="The session was submitted, abandoned or expired before any of these.",
)


@strawberry.type(description="The rule that ends a placement.")
class PlacementRule:
    certainty: float = strawberry.field(
        description="The certainty to reach, 0.5..1: the mean over concepts of the larger of P(known) and "
        "1 - P(known). The result for one concept counts as sure from the same value on."
    )
    max_questions: int = strawberry.field(description="The maximum number of answers.")
    max_answers_per_concept: int = strawberry.field(description="The maximum number of answers to one concept.")

    @classmethod
    def of(cls, rule: Rule) -> Self:
        return cls(certainty=rule.certainty, max_questions=rule.max_questions, max_answers_per_concept=rule.max_answers)


@strawberry.type
class OfConcept:
    """What a placement states about one concept."""

    concept_id: strawberry.ID = strawberry.field(description="The id of the concept.")
    p_known: float = strawberry.field(description="The probability that the student knows the concept, 0..1.")

    @strawberry.field(description="The concept.")
    async def concept(self, info: Info) -> Concept | None:
        return await Concept.load(info, self.concept_id)


@strawberry.type(description="The next question of a placement: any question about this concept.")
class PlacementQuestion(OfConcept):
    p_correct: float = strawberry.field(
        description="The probability of a correct answer, 0..1, with guess and slip of the parameters in effect."
    )
    expected_information: float = strawberry.field(
        description="By how much the answer is expected to reduce the entropy over all knowledge states, in bits, "
        "0..1. No other concept that may be chosen has more."
    )

    @classmethod
    def of(cls, question: usecase.Question) -> Self:
        return cls(
            concept_id=strawberry.ID(question.concept_id),
            p_known=question.known,
            p_correct=question.correct,
            expected_information=question.information,
        )


@strawberry.type(description="What a placement found about one concept.")
class PlacementEstimate(OfConcept):
    verdict: Verdict = strawberry.field(description="Whether the concept is known, unknown, or not sure yet.")
    answers: int = strawberry.field(
        description="The number of the placement's answers to the concept. Without any, the estimate follows from "
        "answers to other concepts."
    )

    @classmethod
    def of(cls, estimate: usecase.Estimate) -> Self:
        return cls(
            concept_id=strawberry.ID(estimate.concept_id),
            p_known=estimate.known,
            verdict=estimate.verdict,
            answers=estimate.answers,
        )


@strawberry.type(
    description="A session that finds out with few questions which concepts a student knows. The estimates are not "
    "levels, and change none: the answers do that, as all answers."
)
class Placement(Node):
    of_placement: strawberry.Private[domain.Placement]
    known_result: strawberry.Private[usecase.PlacementResult | None] = None
    id: strawberry.ID = strawberry.field(description="The id of the placement, which is the id of its session.")
    student_id: strawberry.ID = strawberry.field(description="The id of the student.")
    status: SessionStatus = strawberry.field(description="The status of the session.")
    started_at: datetime = strawberry.field(description="The time when the placement started.")
    ended_at: datetime | None = strawberry.field(
        description="The time when the session ended. Null while it is in progress."
    )
    rule: PlacementRule = strawberry.field(description="The rule that ends the placement.")

    @strawberry.field(description="The session of the placement, with its answers. Null if it does not exist any more.")
    async def session(
        self, info: Info
    ) -> Annotated["Session", strawberry.lazy("graph_api.schema.learners.session")] | None:
        from graph_api.schema.learners.session import Session  # noqa: PLC0415 - a session knows its student

        return await Session.load(info, self.id)

    @strawberry.field(description="The student. Null if the student does not exist any more.")
    async def student(
        self, info: Info
    ) -> Annotated["Student", strawberry.lazy("graph_api.schema.learners.student")] | None:
        from graph_api.schema.learners.student import Student  # noqa: PLC0415 - a student knows their placements

        return await Student.load(info, self.student_id)

    @strawberry.field(
        description="The number of concepts that the placement covers, without those archived since it started."
    )
    async def concept_count(self, info: Info) -> int:
        return len((await self.result(info)).structure.ids)

    @strawberry.field(description="The number of answers to these concepts.")
    async def answer_count(self, info: Info) -> int:
        return (await self.result(info)).finding.questions

    @strawberry.field(description="The answers to these concepts, oldest first.")
    async def answers(self, info: Info, first: First = DEFAULT_FIRST) -> list[Answer]:
        limit, result = bounded(first), await self.result(info)
        rows = await info.context.loaders.recorded.load_many(
            [(self.student_id, key) for key in result.answer_ids[:limit]]
        )
        return [Answer.of(row.answer) for row in rows if row]

    @strawberry.field(
        description="The mean over concepts of the larger of P(known) and 1 - P(known), 0.5..1: the expected share of "
        "concepts that the placement classifies correctly."
    )
    async def certainty(self, info: Info) -> float:
        return (await self.result(info)).finding.certainty

    @strawberry.field(
        description="The next question: the concept with the most expected information. Null if the placement has "
        "ended; see `stopReason`."
    )
    async def next(self, info: Info) -> PlacementQuestion | None:
        question = (await self.result(info)).next
        return PlacementQuestion.of(question) if question else None

    @strawberry.field(description="The reason why there is no next question. Null while there is one.")
    async def stop_reason(self, info: Info) -> StopReason | None:
        return (await self.result(info)).stop

    @strawberry.field(description="What was found about each concept, the largest P(known) first, then by id.")
    async def estimates(
        self,
        info: Info,
        verdict: Annotated[
            list[Verdict] | None, strawberry.argument(description="Only concepts with these verdicts.")
        ] = None,
        first: First = DEFAULT_FIRST,
    ) -> list[PlacementEstimate]:
        limit, result = bounded(first), await self.result(info)
        return [PlacementEstimate.of(each) for each in result.estimates(verdict)[:limit]]

    @strawberry.field(
        description="The inner fringe of the most probable answer: concepts with P(known) of at least 0.5 that are a "
        "prerequisite of no other such concept. What the student learned last."
    )
    async def inner_fringe(self, info: Info, first: First = DEFAULT_FIRST) -> list[Concept]:
        limit, result = bounded(first), await self.result(info)
        return await Concept.load_many(info, result.fringe(inner=True)[:limit])

    @strawberry.field(
        description="The outer fringe: concepts with P(known) below 0.5 whose prerequisites all have at least 0.5. "
        "What the student is ready to learn."
    )
    async def outer_fringe(self, info: Info, first: First = DEFAULT_FIRST) -> list[Concept]:
        limit, result = bounded(first), await self.result(info)
        return await Concept.load_many(info, result.fringe(inner=False)[:limit])

    @strawberry.field(
        description="Whether the probabilities are exact for the prior. False for courses with very many links, where "
        "they are an approximation."
    )
    async def is_exact(self, info: Info) -> bool:
        return (await self.result(info)).structure.is_exact

    async def result(self, info: Info) -> usecase.PlacementResult:
        """What the answers show, computed once for all fields."""
        return self.known_result or await info.context.loaders.placement_results.load(self.of_placement)

    @classmethod
    async def load(cls, info: Info, id: str) -> Self | None:
        """The placement with an id, or None."""
        placement = await info.context.loaders.placements.load(id)
        return cls.of(placement) if placement else None

    @classmethod
    def of(cls, placement: domain.Placement, known: usecase.PlacementResult | None = None) -> Self:
        session = placement.session
        return cls(
            of_placement=placement,
            known_result=known,
            node_id=node_id("Placement", placement.id),
            id=strawberry.ID(placement.id),
            student_id=strawberry.ID(placement.student_id),
            status=session.status,
            started_at=session.started_at,
            ended_at=session.ended_at,
            rule=PlacementRule.of(placement.rule),
        )


@strawberry.type
class PlacementQuery:
    """Queries about placements."""

    @strawberry.field(description="The placement with this id. Null if it does not exist.")
    async def placement(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The id of the placement.")],
    ) -> Placement | None:
        return await Placement.load(info, id)
