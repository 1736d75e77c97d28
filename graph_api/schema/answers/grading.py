"""Grading of texts: a mutation, and inputs that answers share."""

from typing import Annotated, Self

import strawberry

from graph_api.domain import failures
from graph_api.domain.answers.grading import Expected
from graph_api.schema.context import Info
from graph_api.schema.failures import InvalidInput, SemanticUnavailable, Unavailable
from graph_api.schema.mutations import mutation
from graph_api.usecases.answers.grade_answers import Grade as Graded
from graph_api.usecases.answers.grade_answers import Text

MOST_TEXTS = 500


@strawberry.input(description="Other words for a keyword.")
class SynonymsInput:
    keyword: str = strawberry.field(description="One of the keywords.")
    words: list[str] = strawberry.field(description="What counts as well.")


@strawberry.input(description="What a good text has. Keywords need nothing; answers need the semantic extra.")
class ExpectedInput:
    keywords: list[str] | None = strawberry.field(
        default=None, description="At most 100, each of one or more words; whole words, whatever their case."
    )
    synonyms: list[SynonymsInput] | None = strawberry.field(default=None, description="Other words for keywords.")
    answers: list[str] | None = strawberry.field(
        default=None, description="At most 100 good answers; the text's meaning is compared with the nearest."
    )

    def parse(self) -> Expected:
        """The expectations, checked."""
        synonyms = {each.keyword: each.words for each in self.synonyms or ()}
        return Expected(self.keywords or (), synonyms, self.answers or ())


@strawberry.input(description="A text to grade.")
class GradeAnswerInput:
    answer_text: str = strawberry.field(description="At most 20,000 characters; it is not kept.")
    expected: ExpectedInput = strawberry.field(description="What a good text has.")


@strawberry.type(description="The scores of a text.")
class Grade:
    keyword_score: float | None = strawberry.field(description="Share of keywords found, 0..1; null without keywords.")
    semantic_score: float | None = strawberry.field(description="Nearness in meaning, 0..1; null without answers.")
    combined_score: float = strawberry.field(description="0.7 semantic and 0.3 keyword; with one of them, that one.")
    present: list[str] = strawberry.field(description="The keywords that the text has.")
    missing: list[str] = strawberry.field(description="The keywords that it lacks.")

    @classmethod
    def of(cls, grade: Graded, combined: float) -> Self:
        """The schema's view of a grade."""
        return cls(
            keyword_score=grade.keyword and grade.keyword.score,
            semantic_score=grade.semantic,
            combined_score=combined,
            present=list(grade.keyword.covered) if grade.keyword else [],
            missing=list(grade.keyword.missing) if grade.keyword else [],
        )


@strawberry.type(description="One grade for each text, in the order given.")
class GradeAnswerPayload:
    grades: list[Grade] = strawberry.field(description="The grades.")


GradeAnswerResult = Annotated[
    GradeAnswerPayload | SemanticUnavailable | InvalidInput | Unavailable,
    strawberry.union("GradeAnswerResult", description="The grades, or why there are none."),
]


@strawberry.type
class GradingMutation:
    """Mutations that grade."""

    @mutation(description="Grade texts by keywords and meaning. Nothing is kept.")
    async def grade_answer(
        self,
        info: Info,
        input: Annotated[list[GradeAnswerInput], strawberry.argument(description=f"1 to {MOST_TEXTS} texts.")],
    ) -> GradeAnswerResult:
        if not 1 <= len(input) <= MOST_TEXTS:
            raise failures.InvalidInput("input", f"must hold 1 to {MOST_TEXTS} texts, holds {len(input)}")
        services = info.context.services
        grades = await services.grader.grade([Text(each.answer_text, each.expected.parse()) for each in input])
        parameters = services.topic_set.parameters
        return GradeAnswerPayload(grades=[Grade.of(grade, grade.combined(parameters)) for grade in grades])
