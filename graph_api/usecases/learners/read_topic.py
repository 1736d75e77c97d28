"""The topic of a student and a skill, with the concepts that its records single out (T7)."""

from asyncio import gather
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from graph_api.domain.course.course import Skill
from graph_api.domain.learners.confidence_reasons import ConfidenceReason, reasons_of_average
from graph_api.domain.learners.sampling import Sampling, SamplingUnder
from graph_api.domain.learners.topic import Topic, TopicUnder
from graph_api.domain.learners.uncertainty import Confidence, confidence
from graph_api.domain.parameters.topic_parameters import TopicParameterSet
from graph_api.usecases.learners.reads import LearnerReads


class ConceptRecord(NamedTuple):
    """A student's sampling record of a concept."""

    concept_id: str
    state: SamplingUnder


class TopicSummary(NamedTuple):
    """A topic, the records of its weak, strong and stagnant concepts, and the number of all its concepts.

    Attributes:
        skill: the topic's skill.
        state: the topic; before the first scored answer an empty one.
        weak: weakest first.
        strong: strongest first.
        stagnant: longest stagnation first.
        concept_count: how many concepts are part of the skill.
    """

    skill: Skill
    state: TopicUnder
    weak: list[ConceptRecord]
    strong: list[ConceptRecord]
    stagnant: list[ConceptRecord]
    concept_count: int

    @property
    def confidence(self) -> Confidence:
        """The confidence in the topic's mastery."""
        return confidence(self.state.topic.attempted, self.state.interval)

    @property
    def confidence_reasons(self) -> list[ConfidenceReason]:
        """Why the confidence is not HIGH; empty if it is."""
        return reasons_of_average(self.state.topic.attempted, self.state.interval)


async def read_topic(
    reads: LearnerReads, student_id: str, skill_code: str, in_effect: TopicParameterSet
) -> TopicSummary | None:
    """The topic of a student and a skill; None if the skill does not exist.

    Args:
        reads: the reads of the request.
        student_id: the student.
        skill_code: the skill.
        in_effect: the parameters of a topic without scored answers.
    """
    skill = await reads.skills.load(skill_code)
    if skill is None:
        return None
    topics = await reads.topics_of_student.load(student_id) or {}
    concept_ids = await reads.concept_ids_of_skill.load(skill_code)
    stored = await reads.samplings_of_student.load(student_id) or {}
    records = records_of(stored, concept_ids, in_effect)
    state = topics.get(skill_code) or TopicUnder(Topic(), in_effect)
    return summarise_topic(skill, state, records, len(concept_ids))


async def read_topics(reads: LearnerReads, student_id: str, in_effect: TopicParameterSet) -> list[TopicSummary]:
    """The topics of a student with scored answers, in order of skill code; arguments as for `read_topic`."""
    codes = sorted(await reads.topics_of_student.load(student_id) or {})
    topics = await gather(*(read_topic(reads, student_id, code, in_effect) for code in codes))
    return [topic for topic in topics if topic is not None]


def summarise_topic(
    skill: Skill, state: TopicUnder, records: Iterable[ConceptRecord], concept_count: int
) -> TopicSummary:
    """A topic with the records that it singles out; concepts that were never sampled are in none of the lists."""
    sampled = [record for record in records if record.state.sampling.attempts]
    by_mastery = sorted(sampled, key=lambda record: (record.state.sampling.mastery, record.concept_id))
    by_stagnation = sorted(sampled, key=lambda record: (-record.state.sampling.stagnation, record.concept_id))
    return TopicSummary(
        skill,
        state,
        weak=[record for record in by_mastery if record.state.is_weak],
        strong=[record for record in reversed(by_mastery) if record.state.is_strong],
        stagnant=[record for record in by_stagnation if record.state.is_stagnant],
        concept_count=concept_count,
    )


def records_of(
    stored: Mapping[str, SamplingUnder], concept_ids: Iterable[str], in_effect: TopicParameterSet
) -> list[ConceptRecord]:
    """The record of each concept, in order of id; an empty one if it was never sampled."""
    empty = SamplingUnder(Sampling(), in_effect)
    return [ConceptRecord(key, stored.get(key, empty)) for key in sorted(concept_ids)]
