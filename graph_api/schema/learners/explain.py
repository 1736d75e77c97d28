"""Explanations of levels, and forecasts of the next answers (Q5, Q7)."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.domain.answers.answers import Difficulty
from graph_api.domain.answers.evidence_rules import EvidenceReason
from graph_api.domain.learners.judgements import judgement_id
from graph_api.domain.learners.mastery import Evidence
from graph_api.domain.learners.threshold_sets import ThresholdsInEffect
from graph_api.domain.parameters.knowledge_tracing import Step
from graph_api.domain.parameters.parameter_sets import ParameterSet as StoredSet
from graph_api.domain.parameters.predictors.predictor_sets import NextAnswerModel
from graph_api.schema.context import Info
from graph_api.schema.learners.answer import Answer
from graph_api.schema.learners.judgement import Judgement
from graph_api.schema.learners.next_answer import NextAnswerPrediction, QuestionChoice
from graph_api.schema.learners.recency import Recency
from graph_api.schema.learners.status_counts import Status
from graph_api.schema.learners.thresholds import MasteryThresholds
from graph_api.schema.learners.uncertainty import Interval
from graph_api.schema.parameters.parameter_set import ParameterSet
from graph_api.schema.targets import one_target
from graph_api.usecases.learners.explain_level import (
    MAX_STEPS,
    AnswerWeight,
    Known,
    LevelExplanation,
    LevelForecast,
    RoundedParts,
    read_explanation,
    read_forecast,
    read_simulation,
)
from graph_api.usecases.learners.predict_next_answer import read_next_answer

SHOWN = 30

ConceptChoice = Annotated[strawberry.ID | None, strawberry.argument(description="The concept; or give skillCode.")]
SkillChoice = Annotated[strawberry.ID | None, strawberry.argument(description="The skill; or give conceptId.")]


@strawberry.type(
    description="The effect of one answer on a level: prior, P(correct), posterior, and the level after learning."
)
class LevelStep:
    student_id: strawberry.Private[str]
    correct: bool = strawberry.field(description="Whether the answer is correct, as it was recorded.")
    counts_as: bool = strawberry.field(description="Whether the answer counts as correct, by its evidence parameters.")
    weight: float = strawberry.field(
        description="How much the answer counts, 0..1, by its evidence parameters. An answer of weight 0 is no "
        "opportunity: the step changes nothing."
    )
    before: float = strawberry.field(description="The level before the answer.")
    p_correct: float = strawberry.field(description="The probability of a correct answer, before the answer was seen.")
    posterior: float = strawberry.field(
        description="The probability that the student knows the target, given the answer."
    )
    after: float = strawberry.field(
        description="The level after the answer: the posterior plus the chance to learn, clamped to 0.01 to 0.99."
    )
    answer_id: strawberry.ID | None = strawberry.field(description="The id of the answer. Null for a simulated answer.")
    at: datetime | None = strawberry.field(
        description="The time when the answer was given. Null for a simulated answer."
    )

    @strawberry.field(description="The answer, with the tags that were frozen with it. Null for a simulated answer.")
    async def answer(self, info: Info) -> Answer | None:
        return await Answer.of_student(info, self.student_id, self.answer_id) if self.answer_id else None

    @strawberry.field(
        description="The rules of the evidence parameters that changed what the answer counts as, or its weight. Empty "
        "for a simulated answer."
    )
    async def evidence_reasons(self, info: Info) -> list[EvidenceReason]:
        answer = await Answer.of_student(info, self.student_id, self.answer_id) if self.answer_id else None
        return await answer.reasons(info) if answer else []

    @classmethod
    def of(cls, step: Step, student_id: str, *, correct: bool, evidence: Evidence | None = None) -> Self:
        return cls(
            student_id=student_id,
            correct=evidence.stated if evidence else correct,
            counts_as=correct,
            weight=evidence.weight if evidence else 1.0,
            before=step.before,
            p_correct=step.p_correct,
            posterior=step.posterior,
            after=step.after,
            answer_id=strawberry.ID(evidence.answer_id) if evidence else None,
            at=evidence.at if evidence else None,
        )


@strawberry.type(
    description="The weight of one answer in a recency-weighted score. The weights of correct answers sum to the score."
)
class RecencyWeight:
    student_id: strawberry.Private[str]
    answer_id: strawberry.ID = strawberry.field(description="The id of the answer.")
    at: datetime = strawberry.field(description="The time when the answer was given.")
    correct: bool = strawberry.field(description="Whether the answer counts as correct, by its evidence parameters.")
    weight: float = strawberry.field(description="The sum of the answer's shares in the windows that contain it.")
    difficulty: Difficulty | None = strawberry.field(
        description="The difficulty that the answer counts with if the parameters use difficulties: from data if they "
        "name such difficulties and the question has one, else as stated. Null without any."
    )

    @strawberry.field(description="The answer, with the tags that were frozen with it.")
    async def answer(self, info: Info) -> Answer | None:
        return await Answer.of_student(info, self.student_id, self.answer_id)

    @classmethod
    def of(cls, weight: AnswerWeight, student_id: str) -> Self:
        return cls(student_id=student_id, **weight._asdict())


@strawberry.type(description="The parts of a topic's mastery.")
class TopicParts:
    semantic: float = strawberry.field(
        description="The semantic average times its weight (0.7 by default), to 3 digits."
    )
    keyword: float = strawberry.field(
        description="The keyword average times its weight (0.3 by default), to 3 digits: the mastery minus "
        "the semantic part."
    )
    mastery: float = strawberry.field(
        description="The topic's mastery, to 3 digits: exactly the sum of the two parts, and equal to `masteryLevel`."
    )

    @classmethod
    def of(cls, parts: RoundedParts) -> Self:
        return cls(**parts._asdict())


@strawberry.type(description="The effect of one answer or judgement on a level.")
class EvidenceStep:
    student_id: strawberry.Private[str]
    judgement_id: strawberry.Private[str | None]
    at: datetime = strawberry.field(
        description="The time when the answer was given, or from which the judgement counts."
    )
    before: float = strawberry.field(description="The level before.")
    after: float = strawberry.field(description="The level after. A judgement sets the level.")
    answer: LevelStep | None = strawberry.field(description="The step of an answer. Null for a judgement.")

    @strawberry.field(description="The judgement, with its author and note. Null for an answer.")
    async def judgement(self, info: Info) -> Judgement | None:
        return await Judgement.of_student(info, self.student_id, self.judgement_id) if self.judgement_id else None

    @classmethod
    def of(cls, evidence: Evidence, step: Step, student_id: str) -> Self:
        is_answer = evidence.level is None
        return cls(
            student_id=student_id,
            judgement_id=None if is_answer else judgement_id(evidence),
            at=evidence.at,
            before=step.before,
            after=step.after,
            answer=LevelStep.of(step, student_id, correct=evidence.correct, evidence=evidence) if is_answer else None,
        )


@strawberry.type(description="The explanation of a level, by answers and judgements.")
class Explanation:
    known: strawberry.Private[Known]
    student_id: strawberry.Private[str]
    used: strawberry.Private[StoredSet]
    level: float = strawberry.field(description="The level after all answers and judgements.")
    status: Status = strawberry.field(description="The status of the level.")
    rule: str = strawberry.field(description="The rule of the status, as a sentence for users.")
    thresholds: MasteryThresholds = strawberry.field(description="The thresholds of the status.")
    attempts: int = strawberry.field(description="The number of answers.")
    steps: list[LevelStep] = strawberry.field(
        description="The effect of each of the last answers, oldest first. For judgements see `evidence`."
    )
    evidence: list[EvidenceStep] = strawberry.field(
        description="The effect of each of the last answers and judgements, oldest first. Revoked judgements have none "
        "and are left out; see `Mastery.judgements`."
    )
    recency: Recency | None = strawberry.field(
        description="The recency-weighted score of a skill, as of the last run. Null for a concept, and "
        "before the first run."
    )
    recency_weights: list[RecencyWeight] = strawberry.field(
        description="The weight of each answer in the recency-weighted score, newest first. The weights of "
        "correct answers sum to the score before it is clamped to 1. Empty without a score, and "
        "if answers or sessions have changed since the last run; then recompute the score."
    )
    topic: TopicParts | None = strawberry.field(
        description="The parts of the topic's mastery. Null for a concept, and for a skill without scored answers."
    )

    @strawberry.field(description="The parameter set of the level.")
    def parameters(self) -> ParameterSet:
        return ParameterSet.of(self.used)

    @strawberry.field(description="The prediction of the next answer by the model in effect, and its parts.")
    async def prediction(self, info: Info, question_id: QuestionChoice = None) -> NextAnswerPrediction:
        known, loaders = self.known, info.context.loaders
        predicted = await read_next_answer(loaders, self.student_id, known.target, known.p_correct, question_id)
        return NextAnswerPrediction.of(predicted, known.level, known.parameters)

    @classmethod
    def of(cls, explanation: LevelExplanation, thresholds: ThresholdsInEffect, student_id: str) -> Self:
        known, steps, evidence, recency, weights, topic = explanation
        own = thresholds.for_target(known.target)
        return cls(
            known=known,
            student_id=student_id,
            used=known.used,
            level=known.level,
            status=own.status(known.level, known.evidence_count),
            rule=own.rule(known.evidence_count),
            thresholds=MasteryThresholds.for_target(thresholds, known.target),
            attempts=known.attempts,
            steps=[LevelStep.of(step, student_id, correct=each.correct, evidence=each) for each, step in steps],
            evidence=[EvidenceStep.of(each, step, student_id) for each, step in evidence],
            recency=Recency.of(recency, student_id, known.target.key) if recency else None,
            recency_weights=[RecencyWeight.of(each, student_id) for each in weights],
            topic=TopicParts.of(topic) if topic else None,
        )


@strawberry.type(description="A forecast of the next answers.")
class Forecast:
    level: float = strawberry.field(description="The level now.")
    p_next_correct: float = strawberry.field(
        description="The probability that the next answer is correct, by the model in effect."
    )
    model: NextAnswerModel = strawberry.field(
        description="The model of pNextCorrect. The level, and how it goes on, are always of knowledge tracing."
    )
    interval: Interval = strawberry.field(
        description="A 90 % interval of pNextCorrect, which allows for differences between students."
    )
    threshold: float = strawberry.field(description="Levels of at least this are MASTERED.")
    answers_to_mastery: float | None = strawberry.field(
        description="The expected number of answers until the target is mastered; sequences of more than 100 "
        "answers count as 100. Null if mastery within 100 answers is less likely than not."
    )
    p_mastered_within: list[float] = strawberry.field(
        description="The probability that the target is mastered within n answers, for n = 1 to 100."
    )

    @classmethod
    def of(cls, forecast: LevelForecast, threshold: float) -> Self:
        expected, predicted = forecast.expected, forecast.next_answer
        return cls(
            level=forecast.level,
            p_next_correct=predicted.p_correct,
            model=predicted.model,
            interval=Interval.of(forecast.p_correct),
            threshold=threshold,
            answers_to_mastery=expected.answers_to_mastery,
            p_mastered_within=list(expected.p_mastered_within),
        )


@strawberry.type
class StudentExplained:
    """The fields of a student that explain and forecast levels."""

    if TYPE_CHECKING:
        id: strawberry.ID

    @strawberry.field(
        description="The explanation of a level, by answers and judgements. Null if the target does not exist."
    )
    async def explain(
        self,
        info: Info,
        concept_id: ConceptChoice = None,
        skill_code: SkillChoice = None,
        last: Annotated[
            int, strawberry.argument(description=f"The maximum length of each list, 1 to {MAX_STEPS}.")
        ] = SHOWN,
    ) -> Explanation | None:
        target = one_target(concept_id, skill_code)
        explanation = await read_explanation(info.context.loaders, self.id, target, last)
        return explanation and Explanation.of(explanation, await info.context.thresholds(), self.id)

    @strawberry.field(description="A forecast of the next answers. Null if the target does not exist.")
    async def forecast(
        self,
        info: Info,
        concept_id: ConceptChoice = None,
        skill_code: SkillChoice = None,
        question_id: QuestionChoice = None,
    ) -> Forecast | None:
        target = one_target(concept_id, skill_code)
        thresholds = (await info.context.thresholds()).for_target(target)
        forecast = await read_forecast(info.context.loaders, self.id, target, thresholds, question_id)
        return forecast and Forecast.of(forecast, thresholds.mastered)

    @strawberry.field(
        description="The effect of simulated answers on a level; nothing is stored. Null if the target does not exist."
    )
    async def simulate(
        self,
        info: Info,
        outcomes: Annotated[
            list[bool],
            strawberry.argument(description=f"Simulated answers in order, true for correct: 1 to {MAX_STEPS}."),
        ],
        concept_id: ConceptChoice = None,
        skill_code: SkillChoice = None,
    ) -> list[LevelStep] | None:
        target = one_target(concept_id, skill_code)
        steps = await read_simulation(info.context.loaders, self.id, target, outcomes)
        if steps is None:
            return None
        return [LevelStep.of(step, self.id, correct=correct) for step, correct in zip(steps, outcomes, strict=True)]
