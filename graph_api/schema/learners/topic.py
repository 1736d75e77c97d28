"""Topics of free-text answers, and the sampling of concepts for the next question (T1-T7)."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.domain.answers.answers import Difficulty
from graph_api.domain.learners import topic as domain
from graph_api.domain.learners.uncertainty import Confidence
from graph_api.schema.context import AS_OF, Info, moment
from graph_api.schema.course.concept import Concept
from graph_api.schema.course.skill import Skill
from graph_api.schema.learners.confidence_reasons import ConfidenceReason
from graph_api.schema.learners.lists import connect
from graph_api.schema.learners.topic_history import TopicHistory
from graph_api.schema.learners.uncertainty import Interval
from graph_api.schema.node import Node, joined_id, node_id, split_id
from graph_api.schema.paging import DEFAULT_FIRST, After, Connection, First, bounded, page
from graph_api.usecases.learners.read_topic import ConceptRecord, TopicSummary, read_topic, read_topics
from graph_api.usecases.learners.sample_concepts import MAX_DRAWN, Draw, DrawnConcept, draw_concepts, rank_concepts

DIGITS = 3


@strawberry.type(description="A student's record of a concept that free-text answers mentioned or missed.")
class ConceptSampling(Node):
    id: strawberry.ID = strawberry.field(
        description="The student's id and the concept's id, as in anna/dative. For a record as of a past moment, also "
        "the moment."
    )
    concept_id: strawberry.ID = strawberry.field(description="The concept's id.")
    attempts: int = strawberry.field(description="The number of times that the concept was mentioned or missed.")
    times_mentioned: int = strawberry.field(description="The number of answers that mentioned the concept.")
    times_missed: int = strawberry.field(description="The number of answers that missed the concept.")
    last_seen: datetime | None = strawberry.field(
        description="The time when the concept was last mentioned or missed. Null if never."
    )
    stagnation_count: int = strawberry.field(description="The number of misses since the last mention.")
    sampling_mastery: float = strawberry.field(
        description="The sampling mastery, 0..1: each mention raises it, each miss lowers it."
    )
    is_weak: bool = strawberry.field(description="Whether the sampling mastery is low after enough misses.")
    is_strong: bool = strawberry.field(description="Whether the sampling mastery is high after enough mentions.")

    @strawberry.field(description="The concept.")
    async def concept(self, info: Info) -> Concept | None:
        return await Concept.load(info, self.concept_id)

    @classmethod
    async def load(cls, info: Info, key: str) -> Self | None:
        """The record of the present with an id, or None if the concept was never sampled."""
        match split_id(key):
            case [student_id, concept_id]:
                return await cls.of_student(info, student_id, concept_id)
        return None

    @classmethod
    async def of_student(cls, info: Info, student_id: str, concept_id: str) -> Self | None:
        """The record of a student and a concept, or None if the concept was never sampled."""
        state = (await info.context.loaders.samplings_of_student.load(student_id) or {}).get(concept_id)
        return cls.of(ConceptRecord(concept_id, state), student_id) if state else None

    @classmethod
    def of(cls, record: ConceptRecord, student_id: str, past: datetime | None = None) -> Self:
        state, sampling = record.state, record.state.sampling
        key = joined_id(student_id, record.concept_id, *([past.isoformat()] if past else []))
        return cls(
            node_id=node_id("ConceptSampling", key),
            id=key,
            concept_id=strawberry.ID(record.concept_id),
            attempts=sampling.attempts,
            times_mentioned=sampling.mentioned,
            times_missed=sampling.missed,
            last_seen=sampling.last_at,
            stagnation_count=sampling.stagnation,
            sampling_mastery=sampling.mastery,
            is_weak=state.is_weak,
            is_strong=state.is_strong,
        )


@strawberry.type(description="A concept for the next question, and its priority.")
class SampledConcept:
    priority: float = strawberry.field(description="The priority, at most 1.")
    uncapped_priority: float = strawberry.field(
        description="The priority before it is capped, which is the weight of the draw."
    )
    record: ConceptSampling = strawberry.field(description="The student's record of the concept.")

    @strawberry.field(description="The concept.")
    async def concept(self, info: Info) -> Concept | None:
        return await Concept.load(info, self.record.concept_id)

    @classmethod
    def of(cls, drawn: DrawnConcept, student_id: str, past: datetime | None) -> Self:
        record = ConceptSampling.of(drawn.record, student_id, past)
        return cls(priority=drawn.priority, uncapped_priority=drawn.uncapped_priority, record=record)


@strawberry.type(description="A student's topic: the averages of scored answers to a skill, apart from the level.")
class Topic(Node, TopicHistory):
    id: strawberry.ID = strawberry.field(description="The student's id and the skill's code, as in anna/cases.")
    skill_code: strawberry.ID = strawberry.field(description="The skill's code.")
    topic: str = strawberry.field(description="The skill's name.")
    mastery_level: float = strawberry.field(
        description="0.7 times semanticAvg plus 0.3 times keywordAvg, or the weights of the parameter set: "
        "0..1, to 3 digits."
    )
    stage: domain.Stage = strawberry.field(description="The stage that the mastery means.")
    interval: Interval = strawberry.field(description="A 90 % interval of the mastery.")
    confidence: Confidence = strawberry.field(description="The confidence in the mastery. LOW: not enough data.")
    confidence_reasons: list[ConfidenceReason] = strawberry.field(
        description="The reasons why the confidence in the mastery is not HIGH. Empty if it is."
    )
    questions_attempted: int = strawberry.field(description="The number of scored answers.")
    correct_count: int = strawberry.field(
        description="The number of scored answers with a keyword score above 0.6, or the bound of the parameter set."
    )
    current_difficulty: Difficulty = strawberry.field(description="The recommended difficulty of the next question.")
    learning_velocity: float = strawberry.field(
        description="The change of the mastery at the last answer, to 3 digits."
    )
    last_mastery: float = strawberry.field(description="The mastery before the last answer.")
    semantic_avg: float = strawberry.field(
        description="Moving average of semantic scores, 0..1. Keyword scores stand in until a semantic score is given."
    )
    keyword_avg: float = strawberry.field(
        description="Moving average of keyword scores, 0..1. Semantic scores stand in until a keyword score is given."
    )
    avg_response_time: float = strawberry.field(description="Moving average of response times, in seconds.")
    consecutive_good: int = strawberry.field(
        description="The number of good answers in a row: those with a combined score above 0.7 by default."
    )
    consecutive_poor: int = strawberry.field(
        description="The number of poor answers in a row: those with a combined score below 0.4 by default."
    )
    weak_concepts: list[ConceptSampling] = strawberry.field(
        description="The weak concepts of the skill, weakest first."
    )
    strong_concepts: list[ConceptSampling] = strawberry.field(
        description="The strong concepts of the skill, strongest first."
    )
    stagnant_concepts: list[ConceptSampling] = strawberry.field(
        description="The concepts that were missed repeatedly since the last mention, the highest "
        "stagnationCount first."
    )
    concept_count: int = strawberry.field(description="The number of concepts that are part of the skill.")
    parameter_set_id: strawberry.ID = strawberry.field(
        description="The id of the parameter set of every field of this topic, such as topic-v1."
    )
    accuracy: float | None = strawberry.field(
        description="The share of correct scored answers: correctCount divided by questionsAttempted, 0..1. "
        "Null without scored answers."
    )
    student_id: strawberry.Private[str]
    state: strawberry.Private[domain.TopicUnder]

    @strawberry.field(description="The skill.")
    async def skill(self, info: Info) -> Skill | None:
        return await Skill.load(info, self.skill_code)

    @classmethod
    async def load(cls, info: Info, key: str) -> Self | None:
        """The topic with an id, or None."""
        match split_id(key):
            case [student_id, code] if await info.context.loaders.students.load(student_id):
                return await cls.of_student(info, student_id, code)
        return None

    @classmethod
    async def of_student(cls, info: Info, student_id: str, skill_code: str) -> Self | None:
        """The topic of a student and a skill; None without the skill."""
        summary = await read_topic(info.context.loaders, student_id, skill_code, info.context.services.topic_set)
        return summary and cls.of(summary, student_id)

    @classmethod
    def of(cls, summary: TopicSummary, student_id: str) -> Self:
        state, topic, key = summary.state, summary.state.topic, joined_id(student_id, summary.skill.code)
        semantic, keyword, seconds = state.averages
        return cls(
            node_id=node_id("Topic", key),
            id=key,
            skill_code=strawberry.ID(summary.skill.code),
            topic=summary.skill.name,
            mastery_level=round(topic.mastery, DIGITS),
            stage=state.stage,
            interval=Interval.of(state.interval),
            confidence=summary.confidence,
            confidence_reasons=[ConfidenceReason.of(each) for each in summary.confidence_reasons],
            questions_attempted=topic.attempted,
            correct_count=topic.correct,
            current_difficulty=topic.difficulty,
            learning_velocity=round(topic.velocity, DIGITS),
            last_mastery=topic.last_mastery,
            semantic_avg=semantic,
            keyword_avg=keyword,
            avg_response_time=seconds,
            consecutive_good=topic.good,
            consecutive_poor=topic.poor,
            weak_concepts=[ConceptSampling.of(each, student_id) for each in summary.weak],
            strong_concepts=[ConceptSampling.of(each, student_id) for each in summary.strong],
            stagnant_concepts=[ConceptSampling.of(each, student_id) for each in summary.stagnant],
            concept_count=summary.concept_count,
            parameter_set_id=strawberry.ID(state.used.id),
            accuracy=topic.accuracy,
            student_id=student_id,
            state=state,
        )


@strawberry.type
class StudentTopics:
    """The fields of a student about topics."""

    if TYPE_CHECKING:
        id: strawberry.ID

    @strawberry.field(
        description="The student's topic for a skill. Before the first scored answer, an empty one. Null if "
        "the skill does not exist."
    )
    async def topic(
        self,
        info: Info,
        skill_code: Annotated[strawberry.ID, strawberry.argument(description="The code of the skill.")],
    ) -> Topic | None:
        return await Topic.of_student(info, self.id, skill_code)

    @strawberry.field(description="The student's topics with scored answers, in order of skill code.")
    async def topics(self, info: Info, first: First = DEFAULT_FIRST, after: After = None) -> Connection[Topic]:
        wanted = page(first, after, "topics", self.id)
        topics = await read_topics(info.context.loaders, self.id, info.context.services.topic_set)
        return connect(wanted, topics, lambda each: Topic.of(each, self.id), lambda each: [each.skill.code])

    @strawberry.field(
        description="The sampling records of all concepts of a skill with their priorities, the highest first."
    )
    async def sampling_records(
        self,
        info: Info,
        skill_code: Annotated[strawberry.ID, strawberry.argument(description="The code of the skill.")],
        as_of: Annotated[datetime | None, strawberry.argument(description=AS_OF)] = None,
        first: First = DEFAULT_FIRST,
    ) -> list[SampledConcept]:
        limit, at, in_effect = bounded(first), moment(info, as_of), info.context.services.topic_set
        ranked = await rank_concepts(
            info.context.loaders, self.id, skill_code, in_effect=in_effect, at=at, is_past=as_of is not None
        )
        return [SampledConcept.of(each, self.id, as_of and at) for each in ranked[:limit]]

    @strawberry.field(description="Concepts of a skill for the next question, drawn by priority without replacement.")
    async def sample_concepts(
        self,
        info: Info,
        skill_code: Annotated[strawberry.ID, strawberry.argument(description="The code of the skill.")],
        count: Annotated[int, strawberry.argument(description=f"The number of concepts, 1 to {MAX_DRAWN}.")] = 3,
        seed: Annotated[
            int | None,
            strawberry.argument(
                description="The seed of the draw, 0 or more; the same seed gives the same draw. Null: a random draw."
            ),
        ] = None,
        as_of: Annotated[datetime | None, strawberry.argument(description=AS_OF)] = None,
    ) -> list[SampledConcept]:
        draw, at, in_effect = Draw(count, seed), moment(info, as_of), info.context.services.topic_set
        drawn = await draw_concepts(
            info.context.loaders, self.id, skill_code, draw, in_effect=in_effect, at=at, is_past=as_of is not None
        )
        return [SampledConcept.of(each, self.id, as_of and at) for each in drawn]
