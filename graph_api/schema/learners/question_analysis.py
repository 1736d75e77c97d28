"""Item analysis of the questions of a concept or skill (Q13)."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.domain.answers.answers import Difficulty, in_utc
from graph_api.domain.learners.item_analysis import estimates as domain
from graph_api.domain.learners.item_analysis.ranking import QuestionOrder, place_of
from graph_api.domain.learners.item_analysis.suggestions import (
    MESSAGES,
    QuestionWarning,
    suggest_difficulty,
    warnings,
)
from graph_api.domain.targets import Target
from graph_api.schema.context import Info
from graph_api.schema.enums import describe_values
from graph_api.schema.paging import DEFAULT_FIRST, After, Connection, First, length_of, page
from graph_api.usecases.learners.analyse_questions import AnalysedQuestion, AnalysisOf

DIGITS = 4

strawberry.enum(domain.EstimateReason, description="The reason why a figure of a question is not given.")
describe_values(
    domain.EstimateReason,
    **{reason.name: message for reason, message in MESSAGES.items()},
)
strawberry.enum(QuestionWarning, description="Why an author should look at a question.")
describe_values(
    QuestionWarning,
    WORKS_BACKWARDS="Students with higher levels answer it correctly less often; the key may be wrong. The 99 % "
    "interval of the discrimination is below 0.",
    MISFIT="The answers do not fit the difficulty: infit is outside 0.7 to 1.3, and not by chance.",
    RAPID_ANSWERS="At least a tenth of the timed answers are too fast.",
)
strawberry.enum(
    QuestionOrder,
    description="The order of analysed questions. Questions without the figure come last. Ties are ordered by id.",
)
describe_values(
    QuestionOrder,
    HARDEST="Highest difficulty first.",
    EASIEST="Lowest difficulty first.",
    LEAST_INFORMATIVE="Least information first: answers that show little of what a student knows.",
    LEAST_DISCRIMINATING="Lowest discrimination first.",
    MOST_MISFIT="Infit that is furthest from 1, measured in standard deviations, first.",
    MOST_RAPID="Largest share of rapid answers first.",
    MOST_ANSWERS="Most answers first.",
    QUESTION_ID="By the id of the question.",
)

GroupId = Annotated[strawberry.ID | None, strawberry.argument(description="Only answers of members of this group.")]
Since = Annotated[
    datetime | None, strawberry.argument(description="Only answers given at this time or later, with an offset.")
]
Until = Annotated[
    datetime | None, strawberry.argument(description="Only answers given before this time, with an offset.")
]
FirstOnly = Annotated[
    bool,
    strawberry.argument(
        description="Whether only the first answer of each student to each question counts. Later answers depend on "
        "the first, so that intervals of all answers are too narrow."
    ),
]


@strawberry.type(description="A figure of a question with its 99 % interval, or the reason why it is not given.")
class QuestionEstimate:
    value: float | None = strawberry.field(description="The figure, to 4 digits. Null with a reason.")
    low: float | None = strawberry.field(description="The lower end of the 99 % interval. Null if it is not known.")
    high: float | None = strawberry.field(description="The upper end of the 99 % interval. Null if it is not known.")
    reason: domain.EstimateReason | None = strawberry.field(description="Why there is no figure. Null with a figure.")
    message: str | None = strawberry.field(description="The reason, as a sentence for users. Null with a figure.")

    @classmethod
    def of(cls, estimate: domain.Estimate) -> Self:
        value, low, high = map(_rounded, estimate[:3])
        reason = estimate.reason
        return cls(value=value, low=low, high=high, reason=reason, message=reason and MESSAGES[reason])


@strawberry.type(
    description="What the answers to one question say about the question. Levels are those before each answer, under "
    "the parameters in effect. Rapid answers, and those of weight 0 under the evidence parameters, count only in the "
    "figures about time."
)
class QuestionAnalysis:
    question_id: strawberry.ID = strawberry.field(
        description="The client's id of the question. Analysts see a pseudonym, which is the same everywhere."
    )
    answers: int = strawberry.field(description="The number of answers.")
    students: int = strawberry.field(description="The number of students who gave them.")
    analysed_answers: int = strawberry.field(
        description="The number of answers without rapid ones and those of weight 0."
    )
    correct: int = strawberry.field(description="The number of analysed answers that are correct.")
    share_correct: QuestionEstimate = strawberry.field(
        description="The share of analysed answers that are correct, 0..1."
    )
    expected_share: float | None = strawberry.field(
        description="The share of correct answers that the parameters in effect expect at these levels, 0..1. Null "
        "without analysed answers."
    )
    difficulty: QuestionEstimate = strawberry.field(
        description="How much harder the question is than the parameters in effect expect, in logits, -6..6. 0: as "
        "expected; 1: the odds of a correct answer are 2.7 times lower."
    )
    discrimination: QuestionEstimate = strawberry.field(
        description="The point-biserial correlation of correctness with the level before the answer, -1..1."
    )
    guess: QuestionEstimate = strawberry.field(
        description="The probability of a correct answer by a student who does not know the target, 0..1."
    )
    slip: QuestionEstimate = strawberry.field(
        description="The probability of an incorrect answer by a student who knows the target, 0..1."
    )
    information: float | None = strawberry.field(
        description="The bits that an answer gives on whether a student at level 0.5 knows the target, 0..1. Null "
        "without guess or slip."
    )
    infit: float | None = strawberry.field(
        description="The mean squared residual, weighted by information. 1: as expected; more: answers scatter, or "
        "the question discriminates little. Null with too few answers."
    )
    outfit: float | None = strawberry.field(
        description="The mean squared standardized residual, which a few surprising answers raise. Null with too few "
        "answers."
    )
    infit_z: float | None = strawberry.field(
        description="Infit as a standard normal deviate: beyond 2.6 on either side it is hardly by chance. Null with "
        "too few answers."
    )
    median_seconds: float | None = strawberry.field(description="The median response time. Null without times.")
    rapid_seconds: float | None = strawberry.field(
        description="Answers faster than this are rapid: a tenth of the median time, at most 10 seconds. Null with "
        "fewer than 10 times."
    )
    rapid_answers: int = strawberry.field(description="The number of rapid answers.")
    rapid_guesses: int = strawberry.field(description="The number of rapid answers that are incorrect.")
    rapid_share: QuestionEstimate = strawberry.field(description="The share of rapid answers among timed ones, 0..1.")
    suggested_difficulty: Difficulty | None = strawberry.field(
        description="The difficulty that the answers suggest. EASY or HARD if the difficulty is at least 0.5 logits "
        "from 0 and its interval excludes 0, else MEDIUM. Null if the difficulty is not given."
    )
    suggestion_reason: str = strawberry.field(description="The reason of the suggestion, as a sentence for users.")
    warnings: list[QuestionWarning] = strawberry.field(description="Why an author should look at the question.")

    @classmethod
    def of(cls, question: AnalysedQuestion) -> Self:
        figures = question.figures
        suggestion = suggest_difficulty(figures)
        return cls(
            question_id=strawberry.ID(question.question_id),
            answers=figures.answers,
            students=figures.students,
            analysed_answers=figures.analysed,
            correct=figures.correct,
            share_correct=QuestionEstimate.of(figures.share),
            expected_share=_rounded(figures.expected),
            difficulty=QuestionEstimate.of(figures.difficulty),
            discrimination=QuestionEstimate.of(figures.discrimination),
            guess=QuestionEstimate.of(figures.guess),
            slip=QuestionEstimate.of(figures.slip),
            information=_rounded(figures.information),
            infit=_rounded(figures.infit),
            outfit=_rounded(figures.outfit),
            infit_z=_rounded(figures.infit_z),
            median_seconds=_rounded(figures.median_seconds),
            rapid_seconds=_rounded(figures.rapid_seconds),
            rapid_answers=figures.rapid_answers,
            rapid_guesses=figures.rapid_guesses,
            rapid_share=QuestionEstimate.of(figures.rapid_share),
            suggested_difficulty=suggestion.difficulty,
            suggestion_reason=suggestion.message,
            warnings=warnings(figures),
        )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)


@strawberry.type
class TargetQuestions:
    """The fields of a concept or skill about the quality of its questions."""

    if TYPE_CHECKING:

        def target(self) -> Target: ...

    @strawberry.field(
        description="The item analysis: difficulty, discrimination, guess, slip, time and fit of each question that "
        "answers name. Teachers see answers of their students. Analysts see pseudonyms of questions, and no question "
        "that fewer students answered than the minimum group size."
    )
    async def item_analysis(
        self,
        info: Info,
        group_id: GroupId = None,
        since: Since = None,
        until: Until = None,
        first_answers_only: FirstOnly = True,
        order_by: Annotated[
            QuestionOrder, strawberry.argument(description="The order of the questions.")
        ] = QuestionOrder.HARDEST,
        first: First = DEFAULT_FIRST,
        after: After = None,
    ) -> Connection[QuestionAnalysis]:
        key = _key(self.target(), group_id, since, until, first_only=first_answers_only)
        wanted = page(first, after, "item_analysis", *key, order_by, key=(int, float, str))
        analysed = await info.context.loaders.question_analyses.load(key)
        places = {each.question_id: place_of(order_by, *each) for each in analysed}
        ordered = sorted(analysed, key=lambda each: places[each.question_id])
        rows = wanted.slice(ordered, lambda each: places[each.question_id])
        return wanted.connection(rows, QuestionAnalysis.of, lambda each: places[each.question_id], length_of(analysed))

    @strawberry.field(
        description="The item analysis of one question. Null if no answer that counts names the question."
    )
    async def question(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The id of the question, as it is shown.")],
        group_id: GroupId = None,
        since: Since = None,
        until: Until = None,
        first_answers_only: FirstOnly = True,
    ) -> QuestionAnalysis | None:
        key = _key(self.target(), group_id, since, until, first_only=first_answers_only)
        analysed = await info.context.loaders.question_analyses.load(key)
        return next((QuestionAnalysis.of(each) for each in analysed if each.question_id == id), None)


def _key(
    target: Target, group_id: str | None, since: datetime | None, until: datetime | None, *, first_only: bool
) -> AnalysisOf:
    start, end = (time and in_utc(time, name) for time, name in ((since, "since"), (until, "until")))
    return AnalysisOf(target, group_id, start, end, first_only)
