"""Topics and concept sampling: what free-text answers say, and what to ask about next."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.domain.answers.answers import Difficulty
from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners import topic as domain
from graph_api.domain.learners.sampling import Sampling, SamplingUnder
from graph_api.domain.learners.topic import TopicUnder
from graph_api.domain.learners.uncertainty import Confidence, confidence
from graph_api.schema.context import AS_OF, Info, moment
from graph_api.schema.course.concept import Concept
from graph_api.schema.course.skill import Skill
from graph_api.schema.enums import describe_values
from graph_api.schema.learners.uncertainty import Interval
from graph_api.usecases.learners.past_states import read_past_samplings, read_past_topics
from graph_api.usecases.learners.sample_concepts import sample_concepts

DIGITS = 3
MOST_DRAWN = 100

strawberry.enum(
    domain.Stage,
    name="TopicStage",
    description="What topic mastery means, by the bounds of its parameter set: 0.3 and 0.7 by default.",
)
describe_values(
    domain.Stage,
    BEGINNER="Below the lower bound.",
    INTERMEDIATE="From the lower to the upper bound, both included.",
    ADVANCED="Above the upper bound.",
)


@strawberry.type(description="A student's record of a concept that free-text answers mentioned or missed.")
class ConceptSampling:
    """A sampling record (T4)."""

    concept_id: strawberry.ID = strawberry.field(description="The concept's id.")
    attempts: int = strawberry.field(description="How often it was asked about: mentioned or missed.")
    times_mentioned: int = strawberry.field(description="How often an answer mentioned it.")
    times_missed: int = strawberry.field(description="How often an answer should have and did not.")
    last_seen: datetime | None = strawberry.field(description="When it was last asked about; null if never.")
    stagnation_count: int = strawberry.field(description="How often it was missed since it was last mentioned.")
    sampling_mastery: float = strawberry.field(description="0..1: up with each mention, down with each miss.")
    is_weak: bool = strawberry.field(description="Low, and missed often.")
    is_strong: bool = strawberry.field(description="High, and mentioned often.")

    @strawberry.field(description="The concept.")
    async def concept(self, info: Info) -> Concept | None:
        """Its concept."""
        return await Concept.load(info, self.concept_id)

    @classmethod
    def of(cls, concept_id: str, state: SamplingUnder) -> Self:
        """The schema's view of a record."""
        record = state.sampling
        return cls(
            concept_id=strawberry.ID(concept_id),
            attempts=record.attempts,
            times_mentioned=record.mentioned,
            times_missed=record.missed,
            last_seen=record.last_at,
            stagnation_count=record.stagnation,
            sampling_mastery=record.mastery,
            is_weak=state.is_weak,
            is_strong=state.is_strong,
        )


@strawberry.type(description="A concept to ask about, and how urgent it is.")
class SampledConcept:
    """A draw (T6)."""

    priority: float = strawberry.field(description="At most 1.")
    uncapped_priority: float = strawberry.field(description="What it was drawn by.")
    record: ConceptSampling = strawberry.field(description="The student's record of it.")

    @strawberry.field(description="The concept.")
    async def concept(self, info: Info) -> Concept | None:
        """The concept."""
        return await Concept.load(info, self.record.concept_id)


@strawberry.type(description="What scored answers say of a student and a skill, apart from the level.")
class Topic:
    """A topic in one field (T7), with all that it is made of (T1-T3)."""

    skill_code: strawberry.ID = strawberry.field(description="The skill's code.")
    topic: str = strawberry.field(description="The skill's name.")
    mastery_level: float = strawberry.field(
        description="0.7 of semanticAvg and 0.3 of keywordAvg, or the weights of the parameter set; 0..1, to 3 digits."
    )
    stage: domain.Stage = strawberry.field(description="What that means.")
    interval: Interval = strawberry.field(description="Where it would lie with many more answers like these (Q8).")
    confidence: Confidence = strawberry.field(description="How much weight it bears (Q8).")
    questions_attempted: int = strawberry.field(description="Scored answers.")
    correct_count: int = strawberry.field(
        description="Those with a keyword score above 0.6, or the bound of the parameter set."
    )
    current_difficulty: Difficulty = strawberry.field(description="How hard the next question should be.")
    learning_velocity: float = strawberry.field(description="What the last answer changed, to 3 digits.")
    last_mastery: float = strawberry.field(description="The mastery before it.")
    semantic_avg: float = strawberry.field(
        description="Moving average of semantic scores, 0..1. Keyword scores stand in until a semantic score is given."
    )
    keyword_avg: float = strawberry.field(
        description="Moving average of keyword scores, 0..1. Semantic scores stand in until a keyword score is given."
    )
    avg_response_time: float = strawberry.field(description="Moving average of response times, in seconds.")
    consecutive_good: int = strawberry.field(description="Good answers in a row: combined score above 0.7 by default.")
    consecutive_poor: int = strawberry.field(description="Poor answers in a row: combined score below 0.4 by default.")
    weak_concepts: list[ConceptSampling] = strawberry.field(description="Missed often; weakest first.")
    strong_concepts: list[ConceptSampling] = strawberry.field(description="Mentioned often; strongest first.")
    stagnant_concepts: list[ConceptSampling] = strawberry.field(
        description="Missed again and again; longest first, with their stagnationCount."
    )
    concept_count: int = strawberry.field(description="Concepts that are part of the skill.")
    parameter_set_id: strawberry.ID = strawberry.field(
        description="The parameter set that every field of this topic was computed under, as in topic-v1."
    )

    @strawberry.field(description="The skill.")
    async def skill(self, info: Info) -> Skill | None:
        """Its skill."""
        return await Skill.load(info, self.skill_code)

    @classmethod
    def of(
        cls, skill: tuple[str, str], state: TopicUnder, records: dict[str, SamplingUnder], concept_count: int
    ) -> Self:
        """The schema's view of a topic: code and name, state, records by concept, and how many concepts there are."""
        topic, interval = state.topic, state.interval
        semantic, keyword, seconds = state.averages

        def those(kept: Iterable[tuple[str, SamplingUnder]]) -> list[ConceptSampling]:
            return [ConceptSampling.of(key, record) for key, record in kept]

        by_mastery = sorted(records.items(), key=lambda item: (item[1].sampling.mastery, item[0]))
        by_stagnation = sorted(records.items(), key=lambda item: (-item[1].sampling.stagnation, item[0]))
        return cls(
            skill_code=strawberry.ID(skill[0]),
            topic=skill[1],
            mastery_level=round(topic.mastery, DIGITS),
            stage=state.stage,
            interval=Interval.of(interval),
            confidence=confidence(topic.attempted, interval),
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
            weak_concepts=those(item for item in by_mastery if item[1].is_weak),
            strong_concepts=those(item for item in reversed(by_mastery) if item[1].is_strong),
            stagnant_concepts=those(item for item in by_stagnation if item[1].is_stagnant),
            concept_count=concept_count,
            parameter_set_id=strawberry.ID(state.used.id),
        )


@strawberry.type
class StudentTopics:
    """The fields of a student that are about topics."""

    if TYPE_CHECKING:
        id: strawberry.ID

    @strawberry.field(description="What scored answers say of them and a skill; null if the skill is not there.")
    async def topic(
        self, info: Info, skill_code: Annotated[strawberry.ID, strawberry.argument(description="The skill.")]
    ) -> Topic | None:
        """A topic; before the first scored answer, an empty one."""
        loaders, used = info.context.loaders, info.context.services.topic_set
        skill = await loaders.skills.load(skill_code)
        if skill is None:
            return None
        state = (await loaders.topics_of_student.load(self.id) or {}).get(skill_code)
        concept_ids = await loaders.concept_ids_of_skill.load(skill_code)
        records = await self._records(info, concept_ids)
        seen = {key: record for key, record in records.items() if record.sampling.attempts}
        return Topic.of((skill_code, skill.name), state or TopicUnder(domain.Topic(), used), seen, len(concept_ids))

    @strawberry.field(description="Concepts of a skill to ask about next, drawn by how urgent they are (T6).")
    async def sample_concepts(
        self,
        info: Info,
        skill_code: Annotated[strawberry.ID, strawberry.argument(description="The skill.")],
        count: Annotated[int, strawberry.argument(description=f"How many, 1 to {MOST_DRAWN}.")] = 3,
        seed: Annotated[
            int | None, strawberry.argument(description="The same seed draws the same, 0 or more; by chance if null.")
        ] = None,
        as_of: Annotated[datetime | None, strawberry.argument(description=AS_OF)] = None,
    ) -> list[SampledConcept]:
        """A draw without replacement."""
        if not 1 <= count <= MOST_DRAWN:
            raise InvalidInput("count", f"must be from 1 to {MOST_DRAWN}", str(count))
        if seed is not None and seed < 0:
            raise InvalidInput("seed", "must be >= 0", str(seed))
        loaders, at = info.context.loaders, moment(info, as_of)
        concept_ids = await loaders.concept_ids_of_skill.load(skill_code)
        if as_of is None:
            states = await loaders.topics_of_student.load(self.id) or {}
            records = await self._records(info, concept_ids)
        else:
            gateway = info.context.gateway
            states = await gateway.read(lambda tx: read_past_topics(tx, self.id, at))
            past = await gateway.read(lambda tx: read_past_samplings(tx, self.id, at))
            records = self._of_concepts(info, past, concept_ids)
        falling = skill_code in states and states[skill_code].falls
        drawn = sample_concepts(records, falling=falling, at=at, count=count, seed=seed)
        return [
            SampledConcept(
                priority=each.priority,
                uncapped_priority=each.uncapped_priority,
                record=ConceptSampling.of(each.concept_id, records[each.concept_id]),
            )
            for each in drawn
        ]

    async def _records(self, info: Info, concept_ids: Iterable[str]) -> dict[str, SamplingUnder]:
        return self._of_concepts(info, await info.context.loaders.samplings_of_student.load(self.id) or {}, concept_ids)

    @staticmethod
    def _of_concepts(
        info: Info, stored: Mapping[str, SamplingUnder], concept_ids: Iterable[str]
    ) -> dict[str, SamplingUnder]:
        nothing = SamplingUnder(Sampling(), info.context.services.topic_set)
        return {key: stored.get(key, nothing) for key in sorted(concept_ids)}
