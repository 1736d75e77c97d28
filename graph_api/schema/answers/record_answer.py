"""The mutations that clients send answers with."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Self, TypeAlias

import strawberry

from graph_api.domain import failures
from graph_api.domain.answers import answers as domain
from graph_api.domain.principals import CLIENTS
from graph_api.schema.answers.grading import ExpectedInput
from graph_api.schema.context import Context, Info
from graph_api.schema.failures import (
    AnswerIdConflict,
    ConceptNotFound,
    Forbidden,
    InvalidInput,
    NotRecorded,
    Overloaded,
    SemanticUnavailable,
    SessionClosed,
    SessionNotFound,
    SkillNotFound,
    StudentErased,
    TargetArchived,
    Unavailable,
    as_type,
)
from graph_api.schema.learners.answer import Answer, Change
from graph_api.schema.learners.changed import load_changed_masteries, load_changed_samplings, load_changed_topics
from graph_api.schema.learners.mastery import Mastery
from graph_api.schema.learners.topic import ConceptSampling, Topic
from graph_api.schema.mutations import list_of, mutation
from graph_api.store.pace import in_slices
from graph_api.usecases.answers.grade_answers import Grade, Text
from graph_api.usecases.parameters.edit_policy_sets import read_evidence_set

MAX_ANSWERS = 10_000


@strawberry.input(description="Whether a free-text answer mentioned a concept that it should.")
class SampledInput:
    concept_id: strawberry.ID = strawberry.field(description="The concept.")
    mentioned: bool = strawberry.field(description="Whether the answer mentioned it.")


@strawberry.input(description="One answer. Name at least one concept or skill.")
class AnswerInput:
    id: strawberry.ID | None = strawberry.field(
        default=None,
        description="Your event id: with it, sending again is harmless. The server makes one without.",
    )
    student_id: strawberry.ID = strawberry.field(description="Whose answer it is; a new student is created.")
    concept_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="The concepts it is about, at most 50. Their skills are counted too."
    )
    skill_codes: list[strawberry.ID] | None = strawberry.field(
        default=None, description="The skills it is about, at most 50."
    )
    correct: bool | None = strawberry.field(
        default=None,
        description="Whether the answer is correct. Null: correct if `keywordScore` is over 0.6, or without it if "
        "`partialScore` is 1.",
    )
    at: datetime | None = strawberry.field(
        default=None,
        description="When it was given, with an offset; at most 5 minutes ahead. Now, if not given.",
    )
    session_id: strawberry.ID | None = strawberry.field(default=None, description="The session it belongs to.")
    question_id: strawberry.ID | None = strawberry.field(default=None, description="Your id of the question.")
    difficulty: domain.Difficulty | None = strawberry.field(default=None, description="How hard the question is.")
    response_time: float | None = strawberry.field(default=None, description="How long it took, in seconds, to a day.")
    semantic_score: float | None = strawberry.field(default=None, description="How near in meaning, 0..1.")
    keyword_score: float | None = strawberry.field(default=None, description="Share of expected keywords, 0..1.")
    hints: int | None = strawberry.field(
        default=None, description="The number of hints that were used, from 0. Null: unknown, and weighed as 0."
    )
    attempt: int | None = strawberry.field(
        default=None,
        description="The number of this attempt at the question, from 1. Null: unknown, and weighed as the first.",
    )
    partial_score: float | None = strawberry.field(default=None, description="The share of the points, 0..1.")
    sampled: list[SampledInput] | None = strawberry.field(
        default=None, description="Concepts that a free-text answer mentioned or missed, at most 50 of each."
    )
    answer_text: str | None = strawberry.field(
        default=None, description="The text, to be graded here if no scores are given; it is not kept."
    )
    expected: ExpectedInput | None = strawberry.field(default=None, description="What to grade answerText by.")

    def parse(self, grade: Grade | None = None, evidence_id: str | None = None) -> domain.AnswerInput:
        """The answer, checked, with the scores of its grade if it has a text."""
        semantic = self.semantic_score if grade is None else grade.semantic
        keyword = self.keyword_score if grade is None else grade.keyword and grade.keyword.score
        return domain.AnswerInput(
            student_id=self.student_id,
            correct=domain.is_correct(self.correct, keyword, self.partial_score),
            concept_ids=self.concept_ids or (),
            skill_codes=self.skill_codes or (),
            id=self.id,
            at=self.at,
            session_id=self.session_id,
            question_id=self.question_id,
            difficulty=self.difficulty,
            response_time=self.response_time,
            semantic_score=semantic,
            keyword_score=keyword,
            mentioned=[each.concept_id for each in self.sampled or () if each.mentioned],
            missed=[each.concept_id for each in self.sampled or () if not each.mentioned],
            hints=self.hints,
            attempt=self.attempt,
            partial_score=self.partial_score,
            evidence_id=evidence_id,
        )

    def text(self) -> Text | None:
        """The text to grade, checked; None if there is none.

        Raises:
            InvalidInput: text and expectations do not come together, or scores are given as well.
        """
        if self.answer_text is None and self.expected is None:
            return None
        if self.answer_text is None or self.expected is None:
            raise failures.InvalidInput("answerText, expected", "give both or none")
        if self.semantic_score is not None or self.keyword_score is not None:
            raise failures.InvalidInput("answerText", "give either a text to grade, or scores")
        return Text(self.answer_text, self.expected.parse())


@strawberry.input(description="A sequence of answers.")
class RecordAnswersInput:
    answers: list[AnswerInput] = strawberry.field(description="1 to 10,000 answers.")
    atomic: bool = strawberry.field(default=False, description="Whether all are recorded or none.")
    evidence: strawberry.ID | None = strawberry.field(
        default=None,
        description="The id of the evidence parameters that weigh these answers, such as `first-attempt-v1`. Null: "
        "those in effect. Only services and administrators may name them.",
    )


@strawberry.type(description="The answer is recorded.")
class RecordAnswerPayload:
    recorded: strawberry.Private[Sequence[domain.Recorded]]
    answer: Answer = strawberry.field(description="The answer as it is kept.")
    duplicate: bool = strawberry.field(
        description="Whether this event id was recorded before; then this is what it did the first time."
    )

    @strawberry.field(description="What it did to each concept and skill.")
    async def changes(self, info: Info) -> list[Change]:
        thresholds = await info.context.thresholds()
        return [Change.of(each, thresholds, one.answer) for one in self.recorded for each in one.changes]

    @strawberry.field(
        description="The masteries that the answer changed, as they are now. Null if they cannot be read."
    )
    async def masteries(self, info: Info) -> list[Mastery] | None:
        return await load_changed_masteries(info, self.recorded)

    @strawberry.field(
        description="The topics that the answer changed, as they are now; empty without scores. Null if they cannot be "
        "read."
    )
    async def topics(self, info: Info) -> list[Topic] | None:
        return await load_changed_topics(info, self.recorded)

    @strawberry.field(
        description="The sampling records of the concepts that the answer mentioned or missed. Null if they "
        "cannot be read."
    )
    async def concept_samplings(self, info: Info) -> list[ConceptSampling] | None:
        return await load_changed_samplings(info, self.recorded)

    @classmethod
    def of(cls, recorded: domain.Recorded) -> Self:
        """The schema's view of a recorded answer."""
        return cls(recorded=[recorded], answer=Answer.of(recorded.answer), duplicate=recorded.duplicate)


RecordAnswerResult = Annotated[
    RecordAnswerPayload
    | InvalidInput
    | ConceptNotFound
    | SkillNotFound
    | SessionNotFound
    | SessionClosed
    | TargetArchived
    | AnswerIdConflict
    | SemanticUnavailable
    | StudentErased
    | Forbidden
    | NotRecorded
    | Overloaded
    | Unavailable,
    strawberry.union("RecordAnswerResult", description="A recorded answer, or why it was not recorded."),
]


@strawberry.type(description="The outcome of each answer.")
class RecordAnswersPayload:
    recorded: strawberry.Private[Sequence[domain.Recorded]]
    outcomes: list[RecordAnswerResult] = strawberry.field(
        description="One for each answer, in the order given.", graphql_type=list_of(RecordAnswerResult)
    )

    @strawberry.field(
        description="The masteries that the answers changed, each once, as they are now. Null if they cannot be read."
    )
    async def masteries(self, info: Info) -> list[Mastery] | None:
        return await load_changed_masteries(info, self.recorded)

    @strawberry.field(
        description="The topics that the answers changed, each once, as they are now. Null if they cannot be read."
    )
    async def topics(self, info: Info) -> list[Topic] | None:
        return await load_changed_topics(info, self.recorded)

    @strawberry.field(
        description="The sampling records of the concepts that the answers mentioned or missed. Null if they "
        "cannot be read."
    )
    async def concept_samplings(self, info: Info) -> list[ConceptSampling] | None:
        return await load_changed_samplings(info, self.recorded)


RecordAnswersResult = Annotated[
    RecordAnswersPayload | InvalidInput | Overloaded | Unavailable,
    strawberry.union("RecordAnswersResult", description="An outcome for each answer, or why none was taken."),
]


@strawberry.type
class AnswerMutation:
    """Mutations that record answers."""

    @mutation(description="Record an answer and update the mastery of everything it counts towards.")
    async def record_answer(
        self,
        info: Info,
        input: Annotated[AnswerInput, strawberry.argument(description="The answer.")],
    ) -> RecordAnswerResult:
        services = info.context.services
        (graded,) = await _graded(info.context, [input])
        if isinstance(graded, failures.Failure):
            raise graded
        (outcome,) = await services.intake.submit([graded])
        result: RecordAnswerPayload = _outcome(outcome)  # or a failure of the union
        return result

    @mutation(description="Record a sequence of answers. Each has its own outcome.")
    async def record_answers(
        self,
        info: Info,
        input: Annotated[RecordAnswersInput, strawberry.argument(description="The answers.")],
    ) -> RecordAnswersResult:
        services = info.context.services
        answers = await _graded(info.context, _bounded(input.answers), await _named(info.context, input.evidence))
        outcomes = await services.intake.submit(answers, atomic=input.atomic)
        return RecordAnswersPayload(
            recorded=[each for each in outcomes if isinstance(each, domain.Recorded)],
            outcomes=await in_slices(_outcome, outcomes),
        )


Checked: TypeAlias = domain.AnswerInput | failures.Failure


async def _named(context: Context, evidence_id: str | None) -> str | None:
    """The id of evidence parameters that a caller names, checked.

    Raises:
        InvalidInput: they are not stored, or the caller may not name any.
    """
    if evidence_id is None:
        return None
    if context.principal.role not in CLIENTS:
        raise failures.InvalidInput(
            "evidence", "must be null: only services and administrators may name evidence rules"
        )
    try:
        return (await read_evidence_set(context.gateway, evidence_id)).id
    except failures.ParameterSetNotFound as failure:
        raise failures.InvalidInput(failure.field, failure.rule, failure.value) from None


async def _graded(context: Context, answers: Sequence[AnswerInput], evidence_id: str | None = None) -> list[Checked]:
    """The answers, checked, those with a text graded; or why they are wrong."""
    services = context.services
    texts: dict[int, Text] = {}
    failed: dict[int, failures.Failure] = {}

    def look(numbered: tuple[int, AnswerInput]) -> None:
        place, answer = numbered
        try:
            context.principal.may_act_for([answer.student_id], "studentId")
            if (text := answer.text()) is not None:
                texts[place] = text
        except failures.Failure as failure:
            failed[place] = failure

    await in_slices(look, enumerate(answers))
    try:
        grades = await services.grader.grade(list(texts.values()))
    except failures.SemanticUnavailable as failure:
        failed |= {place: failure for place, text in texts.items() if text.expected.answers}
        texts = {place: text for place, text in texts.items() if not text.expected.answers}
        grades = await services.grader.grade(list(texts.values()))
    of_place = dict(zip(texts, grades, strict=True))

    def check(numbered: tuple[int, AnswerInput]) -> Checked:
        place, answer = numbered
        return failed.get(place) or _checked(answer, of_place.get(place), evidence_id)

    return await in_slices(check, enumerate(answers))


def _checked(answer: AnswerInput, grade: Grade | None, evidence_id: str | None) -> Checked:
    try:
        return answer.parse(grade, evidence_id)
    except failures.Failure as failure:
        return failure


def _bounded(answers: Sequence[AnswerInput]) -> Sequence[AnswerInput]:
    if not 1 <= len(answers) <= MAX_ANSWERS:
        raise failures.InvalidInput("answers", f"must hold 1 to {MAX_ANSWERS} answers, holds {len(answers)}")
    return answers


def _outcome(outcome: domain.Recorded | failures.Failure) -> Any:  # noqa: ANN401 - of the union
    return as_type(outcome) if isinstance(outcome, failures.Failure) else RecordAnswerPayload.of(outcome)
