"""The prediction of the next answer: by which model, and by which parts (Q7)."""

from typing import Annotated, Self

import strawberry

from graph_api.domain.learners import next_answer as domain
from graph_api.domain.locales import Locale
from graph_api.domain.parameters.knowledge_tracing import Parameters
from graph_api.domain.parameters.predictors.predictor_sets import NextAnswerModel
from graph_api.domain.parameters.predictors.terms import Term
from graph_api.domain.parameters.predictors.weights import Contribution
from graph_api.schema.enums import describe_values
from graph_api.schema.learners.locale import LocaleArgument, phrases
from graph_api.schema.parameters.predictor import PredictorSet

QuestionChoice = Annotated[
    strawberry.ID | None, strawberry.argument(description="The question of the next answer, if it is known.")
]

strawberry.enum(Term, name="PredictionTerm", description="A number that a model of the next answer weights.")
describe_values(
    Term,
    TARGET="1: how easy the target is.",
    TARGET_ATTEMPTS="ln(1 + answers to the target).",
    TARGET_RIGHT="ln(1 + correct answers to the target).",
    TARGET_WRONG="ln(1 + incorrect answers to the target).",
    TARGET_SHARE="The logit of the fading share of correct answers to the target.",
    TARGET_STUDENT_RIGHT="ln(1 + correct answers to all targets), with a weight for each target.",
    TARGET_STUDENT_WRONG="ln(1 + incorrect answers to all targets), with a weight for each target.",
    TARGET_STUDENT_SHARE="The logit of the fading share of correct answers to all targets, with a weight for each "
    "target.",
    WINDOWS="ln(1 + answers) within a window of time.",
    STUDENT_RIGHT="ln(1 + correct answers to all targets).",
    STUDENT_WRONG="ln(1 + incorrect answers to all targets).",
    STUDENT_SHARE="The logit of the fading share of correct answers to all targets.",
    BKT="The logit of P(correct) by knowledge tracing.",
    QUESTION="1: how easy the question is, beside its target.",
)


@strawberry.type(description="A part of a prediction: a number, its weight, and what both add to the log-odds.")
class PredictionPart:
    term: Term = strawberry.field(description="What the number is.")
    value: float = strawberry.field(description="The number.")
    weight: float = strawberry.field(description="Its weight in the predictor.")
    log_odds: float = strawberry.field(description="Number times weight: what it adds to the log-odds, in logits.")

    @strawberry.field(description="The part, as a sentence for users.")
    def message(self, locale: LocaleArgument = Locale.EN) -> str:
        return phrases(locale).say(f"term_{self.term.lower()}", log_odds=self.log_odds)

    @classmethod
    def of(cls, part: Contribution) -> Self:
        return cls(log_odds=part.log_odds, **part._asdict())


@strawberry.type(description="The prediction of a student's next answer to a concept or skill, and how it is made.")
class NextAnswerPrediction:
    level: strawberry.Private[float]
    parameters: strawberry.Private[Parameters]
    model: NextAnswerModel = strawberry.field(description="The model that predicts.")
    p_next_correct: float = strawberry.field(description="The probability that the next answer is correct.")
    p_correct_by_knowledge_tracing: float = strawberry.field(
        description="The same by knowledge tracing: level · (1 - slip) + (1 - level) · guess."
    )
    predictor_set: PredictorSet | None = strawberry.field(
        description="The version of the predictor. Null for knowledge tracing."
    )
    intercept: float | None = strawberry.field(
        description="The log-odds before any part is added, in logits. Null for knowledge tracing."
    )
    parts: list[PredictionPart] = strawberry.field(
        description="What the predictor adds to the intercept; the sum is the log-odds of pNextCorrect. Empty for "
        "knowledge tracing."
    )

    @strawberry.field(description="The prediction, as a sentence for users.")
    def message(self, locale: LocaleArgument = Locale.EN) -> str:
        figures = {"level": self.level, "guess": self.parameters.guess, "slip": self.parameters.slip}
        traced = self.p_correct_by_knowledge_tracing
        key = f"predicted_by_{self.model.value.lower()}"
        return phrases(locale).say(key, p_correct=self.p_next_correct, traced=traced, **figures)

    @classmethod
    def of(cls, predicted: domain.NextAnswer, level: float, parameters: Parameters) -> Self:
        used = predicted.used
        return cls(
            level=level,
            parameters=parameters,
            model=predicted.model,
            p_next_correct=predicted.p_correct,
            p_correct_by_knowledge_tracing=predicted.p_correct_bkt,
            predictor_set=PredictorSet.of(used) if used else None,
            intercept=used.parameters.weights.intercept if used else None,
            parts=[PredictionPart.of(each) for each in predicted.contributions],
        )
