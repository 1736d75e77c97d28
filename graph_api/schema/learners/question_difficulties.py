"""Difficulties of questions from data: versions, and the mutation that stores them (Q13)."""

from datetime import datetime
from typing import Annotated, Self

import strawberry
from strawberry import ID

from graph_api.domain.answers.answers import Difficulty, in_utc
from graph_api.domain.parameters import question_difficulties as domain
from graph_api.schema.context import Info
from graph_api.schema.failures import GroupNotFound, InvalidInput, SkillNotFound, Unavailable
from graph_api.schema.mutations import mutation
from graph_api.schema.paging import DEFAULT_FIRST, First, bounded
from graph_api.store.policy_sets import difficulty_sets
from graph_api.usecases.learners.apply_question_difficulties import DifficultyRequest, apply_question_difficulties


@strawberry.type(description="The difficulty of a question, from data.")
class QuestionDifficulty:
    skill_code: strawberry.ID = strawberry.field(description="The code of the skill.")
    question_id: strawberry.ID = strawberry.field(description="The client's id of the question.")
    difficulty: Difficulty = strawberry.field(description="The difficulty that answers suggested.")


@strawberry.type(description="An immutable version of difficulties of questions, which answers suggested.")
class QuestionDifficultySet:
    stored: strawberry.Private[domain.QuestionDifficultySet]
    id: strawberry.ID = strawberry.field(description="Name and version.")
    name: str = strawberry.field(description="What its versions have in common.")
    version: int = strawberry.field(description="1, 2, 3 …")
    author: str | None = strawberry.field(
        description="The principal who stored the version. Null if authentication was off."
    )
    note: str = strawberry.field(description="The reason, in the words of the author. May be empty.")
    created_at: datetime | None = strawberry.field(description="When it was stored.")
    count: int = strawberry.field(description="The number of questions with a difficulty.")

    @strawberry.field(description="The questions with their difficulties, in order of skill and question.")
    def questions(
        self,
        skill_code: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only questions of this skill.")
        ] = None,
        first: First = DEFAULT_FIRST,
    ) -> list[QuestionDifficulty]:
        rows = self.stored.parameters.rows(skill_code)[: bounded(first)]
        return [QuestionDifficulty(skill_code=ID(code), question_id=ID(key), difficulty=its) for code, key, its in rows]

    @classmethod
    def of(cls, stored: domain.QuestionDifficultySet) -> Self:
        """The schema's view of a version."""
        return cls(
            stored=stored,
            id=strawberry.ID(stored.id),
            name=stored.name,
            version=stored.version,
            author=stored.parameters.author,
            note=stored.parameters.note,
            created_at=stored.created_at,
            count=stored.parameters.count,
        )


@strawberry.input(description="The answers from which difficulties are taken, and the name of the version.")
class QuestionDifficultiesInput:
    name: str = strawberry.field(description="What its versions have in common.")
    skill_codes: list[strawberry.ID] = strawberry.field(
        description="The skills whose questions get a difficulty, 1 to 200."
    )
    group_id: strawberry.ID | None = strawberry.field(
        default=None, description="Only answers of members of this group. Null: all students."
    )
    since: datetime | None = strawberry.field(
        default=None, description="Only answers given at this time or later, with an offset."
    )
    until: datetime | None = strawberry.field(
        default=None, description="Only answers given before this time, with an offset."
    )
    note: str = strawberry.field(default="", description="The reason, at most 2,000 characters.")

    def parse(self, author: str) -> DifficultyRequest:
        """The request, checked."""
        since, until = (time and in_utc(time, name) for time, name in ((self.since, "since"), (self.until, "until")))
        return DifficultyRequest(
            self.name, self.skill_codes, self.group_id, since, until, author=author or None, note=self.note
        )


@strawberry.type(description="The version as it is stored.")
class QuestionDifficultiesPayload:
    question_difficulties: QuestionDifficultySet = strawberry.field(description="The version.")
    undecided: int = strawberry.field(
        description="The number of questions whose answers suggest no difficulty yet. Their answers keep what they "
        "state."
    )


ApplyQuestionDifficultiesResult = Annotated[
    QuestionDifficultiesPayload | InvalidInput | GroupNotFound | SkillNotFound | Unavailable,
    strawberry.union("ApplyQuestionDifficultiesResult", description="The stored version, or why it was not stored."),
]


@strawberry.type
class QuestionDifficultyQuery:
    """Queries about difficulties of questions."""

    @strawberry.field(description="The versions of difficulties of questions from data, by name, newest first.")
    async def question_difficulty_sets(
        self,
        info: Info,
        name: Annotated[str | None, strawberry.argument(description="Only the versions of this name.")] = None,
        first: First = DEFAULT_FIRST,
    ) -> list[QuestionDifficultySet]:
        limit = bounded(first)
        stored = await info.context.gateway.read_one(lambda tx: difficulty_sets.read_all(tx, name=name, limit=limit))
        return [QuestionDifficultySet.of(each) for each in stored]


@strawberry.type
class QuestionDifficultyMutation:
    """Mutations of difficulties of questions."""

    @mutation(
        description="Store the difficulties that the answers to questions suggest as the next version of a name. "
        "Nothing uses a version until recency parameters name it in `questionDifficulties`, or `Topic.nextQuestions` "
        "is given its id."
    )
    async def apply_question_difficulties(
        self, info: Info, input: Annotated[QuestionDifficultiesInput, strawberry.argument(description="The answers.")]
    ) -> ApplyQuestionDifficultiesResult:
        context = info.context
        request = input.parse(context.principal.id)
        applied = await apply_question_difficulties(context.loaders, request, context.services.clock())
        return QuestionDifficultiesPayload(
            question_difficulties=QuestionDifficultySet.of(applied.stored), undecided=applied.undecided
        )
