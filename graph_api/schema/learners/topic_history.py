"""The history of a topic at each scored answer, and the next difficulty by policy (T1, T3)."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Self

import strawberry

from graph_api.domain.answers.answers import Difficulty
from graph_api.domain.learners import topic as domain
from graph_api.domain.parameters.topic_parameters import DifficultyPolicy
from graph_api.domain.targets import skill
from graph_api.schema.context import Info
from graph_api.schema.enums import describe_values
from graph_api.schema.learners.answer import ORDER_KEY, Answer, key_of_order, order_of_key
from graph_api.schema.paging import DEFAULT_FIRST, After, Connection, First, bounded, length_of, page
from graph_api.usecases.computing import compute
from graph_api.usecases.learners.suggest_questions import DifficultyVersion, SuggestedQuestion, suggest_questions

DIGITS = 3

strawberry.enum(
    domain.Stage,
    name="TopicStage",
    description="The stage of a topic, by the bounds of its parameter set: 0.3 and 0.7 by default.",
)
describe_values(
    domain.Stage,
    BEGINNER="Below the lower bound.",
    INTERMEDIATE="From the lower to the upper bound, both included.",
    ADVANCED="Above the upper bound.",
)


@strawberry.type(description="A topic after one scored answer.")
class TopicEvaluation:
    student_id: strawberry.Private[str]
    answer_id: strawberry.ID = strawberry.field(description="The id of the answer.")
    at: datetime = strawberry.field(description="The time when the answer was given.")
    mastery_level: float = strawberry.field(description="The mastery after the answer, 0..1, to 3 digits.")
    learning_velocity: float = strawberry.field(
        description="The change of the mastery at the answer, to 3 digits. Negative if it fell."
    )
    stage: domain.Stage = strawberry.field(description="The stage of the mastery.")
    difficulty: Difficulty = strawberry.field(
        description="The recommended difficulty of the next question after the answer."
    )
    questions_attempted: int = strawberry.field(description="The number of scored answers until then, from 1.")
    correct_count: int = strawberry.field(description="The number of correct scored answers until then.")

    @strawberry.field(description="The answer, with the tags that were frozen with it.")
    async def answer(self, info: Info) -> Answer | None:
        return await Answer.of_student(info, self.student_id, self.answer_id)

    @classmethod
    def of(cls, topic: domain.Topic, state: domain.TopicUnder, student_id: str) -> Self:
        if topic.last is None:
            raise ValueError("an evaluation belongs to an answer")
        return cls(
            student_id=student_id,
            answer_id=strawberry.ID(topic.last.answer_id),
            at=topic.last.at,
            mastery_level=round(topic.mastery, DIGITS),
            learning_velocity=round(topic.velocity, DIGITS),
            stage=topic.stage(state.used.parameters),
            difficulty=topic.difficulty,
            questions_attempted=topic.attempted,
            correct_count=topic.correct,
        )


@strawberry.type(
    description="The recommended difficulty of the next question under each policy, from the same answers."
)
class DifficultyByPolicy:
    jump: Difficulty = strawberry.field(
        description="Under JUMP: a streak of good answers leads to HARD, one of poor answers to EASY."
    )
    gradual: Difficulty = strawberry.field(description="Under GRADUAL: a streak leads one step up or down.")
    in_effect: Difficulty = strawberry.field(description="Under the policy of the topic's parameter set.")


@strawberry.type(description="A question that suits a student's next answer.")
class NextQuestion:
    question_id: strawberry.ID = strawberry.field(description="The client's id of the question.")
    difficulty: Difficulty = strawberry.field(description="The difficulty of the question, from data.")
    answers: int = strawberry.field(description="The number of the student's answers to the question so far.")
    p_next_correct: float = strawberry.field(
        description="The probability that the student answers the question correctly, by the model in effect."
    )

    @classmethod
    def of(cls, question: SuggestedQuestion) -> Self:
        return cls(**{**question._asdict(), "question_id": strawberry.ID(question.question_id)})


@strawberry.type
class TopicHistory:
    """The fields of a topic that are replayed from its scored answers."""

    if TYPE_CHECKING:
        skill_code: strawberry.ID
        student_id: str
        state: domain.TopicUnder

    @strawberry.field(description="The mastery and velocity of the topic after each scored answer, oldest first.")
    async def history(
        self, info: Info, first: First = DEFAULT_FIRST, after: After = None
    ) -> Connection[TopicEvaluation]:
        wanted = page(first, after, "topic history", self.student_id, self.skill_code, key=ORDER_KEY)
        scored = await info.context.loaders.scored_answers.load((self.student_id, skill(self.skill_code)))
        topics = await compute(domain.history, scored, self.state.used.parameters)
        rows, student_id = _after(topics, wanted.after)[: wanted.limit], self.student_id
        made = partial(TopicEvaluation.of, state=self.state, student_id=student_id)
        return wanted.connection(rows, made, _key, length_of(topics))

    @strawberry.field(
        description="The recommended difficulty of the next question under both policies. All other parameters are "
        "those of the topic."
    )
    async def difficulty_by_policy(self, info: Info) -> DifficultyByPolicy:
        scored = await info.context.loaders.scored_answers.load((self.student_id, skill(self.skill_code)))
        by = await compute(domain.difficulty_by_policy, scored, self.state.used.parameters)
        jump, gradual = by[DifficultyPolicy.JUMP], by[DifficultyPolicy.GRADUAL]
        return DifficultyByPolicy(jump=jump, gradual=gradual, in_effect=by[self.state.used.parameters.policy])

    @strawberry.field(
        description="Questions with the recommended difficulty, as data shows it: those that the student answered "
        "least often first, then those with pNextCorrect nearest to 0.75, then by id. Null if neither the argument nor "
        "the recency parameters in effect name difficulties from data."
    )
    async def next_questions(
        self,
        info: Info,
        question_difficulties: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="The version of difficulties. Null: that of the recency parameters."),
        ] = None,
        first: First = DEFAULT_FIRST,
    ) -> list[NextQuestion] | None:
        limit, context = bounded(first), info.context
        version = DifficultyVersion(question_difficulties, context.services.recency_set_id)
        pair, recommended = (self.student_id, skill(self.skill_code)), self.state.topic.difficulty
        questions = await suggest_questions(context.loaders, pair, recommended, version, limit)
        return None if questions is None else [NextQuestion.of(each) for each in questions]


def _after(topics: list[domain.Topic], key: Sequence[Any] | None) -> list[domain.Topic]:
    """The states after the answer of a cursor; all without one."""
    if key is None:
        return topics
    start = order_of_key(key)
    return [topic for topic in topics if topic.last is not None and start < topic.last]


def _key(topic: domain.Topic) -> list[object]:
    return [] if topic.last is None else key_of_order(topic.last)
