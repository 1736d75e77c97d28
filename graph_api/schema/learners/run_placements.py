"""The mutations of placements: start one, and answer its questions."""

import uuid
from datetime import datetime
from functools import partial
from typing import Annotated

import strawberry

from graph_api.domain.answers import answers as answers_domain
from graph_api.domain.learners.placement import placements as domain
from graph_api.domain.learners.placement.questions import DEFAULT_RULE
from graph_api.domain.learners.placement.questions import PlacementRule as Rule
from graph_api.schema.context import Info
from graph_api.schema.failures import (
    AnswerIdConflict,
    ConceptNotFound,
    CourseNotFound,
    Forbidden,
    InvalidInput,
    NotRecorded,
    Overloaded,
    SessionClosed,
    SessionNotFound,
    SkillNotFound,
    StudentErased,
    TargetArchived,
    Unavailable,
)
from graph_api.schema.learners.answer import Answer
from graph_api.schema.learners.placement import Placement
from graph_api.schema.learners.scope import scope_of_student
from graph_api.schema.mutations import mutation
from graph_api.usecases.learners import run_placements as usecase


@strawberry.input(
    description="A placement to start. Give at most one of skillCodes, courseId and allCourses; without them it covers "
    "the courses of the student's groups, or all skills if none is assigned. It covers at most 500 concepts."
)
class StartPlacementInput:
    student_id: strawberry.ID = strawberry.field(
        description="The id of the student. A student who does not exist is created."
    )
    id: strawberry.ID | None = strawberry.field(
        default=None,
        description="Your id of the placement, and of its session, which makes a repeated start harmless. Null: the "
        "server generates one.",
    )
    skill_codes: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Only concepts of these skills."
    )
    course_id: strawberry.ID | None = strawberry.field(default=None, description="Only concepts of this course.")
    all_courses: bool = strawberry.field(default=False, description="True covers all concepts.")
    certainty: float = strawberry.field(
        default=DEFAULT_RULE.certainty,
        description="The placement ends when the mean over concepts of the larger of P(known) and 1 - P(known) "
        "reaches this, above 0.5 and below 1.",
    )
    max_questions: int = strawberry.field(
        default=DEFAULT_RULE.max_questions, description="The maximum number of answers, 1..500."
    )
    max_answers_per_concept: int = strawberry.field(
        default=DEFAULT_RULE.max_answers,
        description="The maximum number of answers to one concept, 1..20. With 1 no concept comes twice. More let "
        "other questions about a concept make up for a guess or a slip.",
    )

    def rule(self) -> Rule:
        """The rule, checked."""
        return Rule(self.certainty, self.max_questions, self.max_answers_per_concept)


@strawberry.input(description="An answer to the next question of a placement, or about another concept that it covers.")
class AnswerPlacementInput:
    placement_id: strawberry.ID = strawberry.field(description="The id of the placement.")
    concept_id: strawberry.ID = strawberry.field(description="The concept of the question.")
    correct: bool = strawberry.field(description="Whether the answer is correct.")
    id: strawberry.ID | None = strawberry.field(
        default=None,
        description="Your event id: with it, sending again is harmless. Null: the server generates one.",
    )
    at: datetime | None = strawberry.field(
        default=None, description="The time of the answer, with an offset; at most 5 minutes ahead. Null: now."
    )
    question_id: strawberry.ID | None = strawberry.field(default=None, description="Your id of the question.")
    difficulty: answers_domain.Difficulty | None = strawberry.field(
        default=None, description="The difficulty of the question."
    )
    response_time: float | None = strawberry.field(
        default=None, description="The time that the answer took, in seconds, to a day."
    )

    def parse(self, placement: domain.Placement) -> answers_domain.AnswerInput:
        """The answer of the placement's student, checked."""
        return answers_domain.AnswerInput(
            student_id=placement.student_id,
            correct=self.correct,
            concept_ids=[self.concept_id],
            id=self.id,
            at=self.at,
            session_id=placement.id,
            question_id=self.question_id,
            difficulty=self.difficulty,
            response_time=self.response_time,
        )


@strawberry.type(description="The started placement.")
class StartPlacementPayload:
    placement: Placement = strawberry.field(description="The placement, with its first question in `next`.")


@strawberry.type(description="The answer is recorded.")
class AnswerPlacementPayload:
    placement: Placement = strawberry.field(
        description="The placement with this answer. If it has no next question, its session was submitted."
    )
    answer: Answer = strawberry.field(description="The answer as it is stored.")
    duplicate: bool = strawberry.field(description="Whether this event id was recorded before.")

    @classmethod
    def of(cls, answered: usecase.AnsweredPlacement) -> "AnswerPlacementPayload":
        recorded, result = answered
        return cls(
            placement=Placement.of(result.placement, result),
            answer=Answer.of(recorded.answer),
            duplicate=recorded.duplicate,
        )


StartPlacementResult = Annotated[
    StartPlacementPayload | InvalidInput | SkillNotFound | CourseNotFound | StudentErased | Forbidden | Unavailable,
    strawberry.union("StartPlacementResult", description="The placement, or the reason why it did not start."),
]
AnswerPlacementResult = Annotated[
    AnswerPlacementPayload
    | InvalidInput
    | SessionNotFound
    | SessionClosed
    | ConceptNotFound
    | TargetArchived
    | AnswerIdConflict
    | StudentErased
    | Forbidden
    | NotRecorded
    | Overloaded
    | Unavailable,
    strawberry.union("AnswerPlacementResult", description="The placement, or the reason why nothing was recorded."),
]


@strawberry.type
class PlacementMutation:
    """Mutations of placements."""

    @mutation(description="Start a placement: a session that finds out with few questions what a student knows.")
    async def start_placement(
        self,
        info: Info,
        input: Annotated[StartPlacementInput, strawberry.argument(description="The placement.")],
    ) -> StartPlacementResult:
        context, rule, key = info.context, input.rule(), input.id if input.id is not None else uuid.uuid4().hex
        context.principal.may_act_for([input.student_id], "studentId")
        scope = await scope_of_student(info, input.student_id, input.skill_codes, input.course_id, input.all_courses)
        covered = usecase.covered_concepts(await context.loaders.now(), scope)
        started = await usecase.start_placement(
            context.gateway, key, input.student_id, covered, rule, context.services.clock()
        )
        return StartPlacementPayload(placement=Placement.of(started))

    @mutation(
        description="Record an answer of a placement, as `recordAnswer` with its session would, and choose the next "
        "question. The placement's session is submitted when there is none."
    )
    async def answer_placement(
        self,
        info: Info,
        input: Annotated[AnswerPlacementInput, strawberry.argument(description="The answer.")],
    ) -> AnswerPlacementResult:
        services, loaders = info.context.services, info.context.loaders
        stored = await loaders.placements.load(input.placement_id)
        placement = usecase.check_concept(stored, input.placement_id, input.concept_id)
        gateway, scoring, answer = info.context.gateway, services.session_scoring, input.parse(placement)
        submit = partial(usecase.submit_placement, gateway, scoring=scoring, clock=services.clock)
        find, record = loaders.placement_results.load, services.intake.submit
        answered = await usecase.answer_placement(record, find, submit, placement, answer)
        return AnswerPlacementPayload.of(answered)
