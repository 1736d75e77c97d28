"""The concepts of a skill for the next question, drawn by priority (T5, T6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np

from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners import sampling as domain
from graph_api.domain.parameters.topic_parameters import TopicParameterSet
from graph_api.store.dependencies import note_unknown
from graph_api.usecases.learners.past_states import read_past_samplings, read_past_topics
from graph_api.usecases.learners.read_topic import ConceptRecord, records_of
from graph_api.usecases.learners.reads import LearnerReads

MAX_DRAWN = 100


@dataclass(frozen=True, slots=True)
class Draw:
    """The number of concepts to draw, 1 to 100, and the seed, 0 or more; None draws at random.

    >>> Draw(0)
    Traceback (most recent call last):
    graph_api.domain.failures.InvalidInput: count: must be from 1 to 100, got '0'
    """

    count: int
    seed: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.count <= MAX_DRAWN:
            raise InvalidInput("count", f"must be from 1 to {MAX_DRAWN}", str(self.count))
        if self.seed is not None and self.seed < 0:
            raise InvalidInput("seed", "must be >= 0", str(self.seed))


class DrawnConcept(NamedTuple):
    """A drawn concept: its record, its priority (at most 1), and the uncapped one that it was drawn by."""

    record: ConceptRecord
    priority: float
    uncapped_priority: float


async def draw_concepts(  # noqa: PLR0913 - of whom, of what, as of when
    reads: LearnerReads,
    student_id: str,
    skill_code: str,
    draw: Draw,
    *,
    in_effect: TopicParameterSet,
    at: datetime,
    is_past: bool,
) -> list[DrawnConcept]:
    """Concepts of a skill for a student's next question, drawn without replacement.

    Args:
        reads: the reads of the request.
        student_id: the student.
        skill_code: the skill.
        draw: how many, and the seed.
        in_effect: the parameters of concepts that were never sampled.
        at: the moment to judge by.
        is_past: whether topics and records are replayed as of the moment, instead of read as they are now.
    """
    if draw.seed is None:
        note_unknown("a random draw")
    records, is_falling = await _read_records(
        reads, student_id, skill_code, in_effect=in_effect, at=at, is_past=is_past
    )
    return sample_concepts(records, is_falling=is_falling, at=at, draw=draw)


async def rank_concepts(  # noqa: PLR0913 - of whom, of what, as of when
    reads: LearnerReads,
    student_id: str,
    skill_code: str,
    *,
    in_effect: TopicParameterSet,
    at: datetime,
    is_past: bool,
) -> list[DrawnConcept]:
    """Every concept of a skill with its record and priority, the highest priority first, then by id.

    Arguments are those of `draw_concepts`.
    """
    records, is_falling = await _read_records(
        reads, student_id, skill_code, in_effect=in_effect, at=at, is_past=is_past
    )
    ranked = [
        DrawnConcept(record, *priority)
        for record, priority in zip(records, _priorities(records, is_falling=is_falling, at=at), strict=True)
    ]
    return sorted(ranked, key=lambda each: (-each.uncapped_priority, each.record.concept_id))


async def _read_records(  # noqa: PLR0913 - as `draw_concepts`
    reads: LearnerReads,
    student_id: str,
    skill_code: str,
    *,
    in_effect: TopicParameterSet,
    at: datetime,
    is_past: bool,
) -> tuple[list[ConceptRecord], bool]:
    """The record of each concept of a skill, and whether the topic's mastery falls."""
    concept_ids = await reads.concept_ids_of_skill.load(skill_code)
    if is_past:
        topics = await reads.gateway.read(lambda tx: read_past_topics(tx, student_id, at))
        stored = await reads.gateway.read(lambda tx: read_past_samplings(tx, student_id, at))
    else:
        topics = dict(await reads.topics_of_student.load(student_id) or {})
        stored = dict(await reads.samplings_of_student.load(student_id) or {})
    is_falling = skill_code in topics and topics[skill_code].falls
    return records_of(stored, concept_ids, in_effect), is_falling


def sample_concepts(
    records: Sequence[ConceptRecord], *, is_falling: bool, at: datetime, draw: Draw
) -> list[DrawnConcept]:
    """A draw without replacement, reproducible from a seed.

    Args:
        records: each with the parameters that it was computed under.
        is_falling: whether the topic's mastery falls.
        at: the moment to judge by.
        draw: how many, and the seed.
    """
    priorities = _priorities(records, is_falling=is_falling, at=at)
    places = domain.draw([each.uncapped for each in priorities], draw.count, np.random.default_rng(draw.seed))
    return [DrawnConcept(records[place], *priorities[place]) for place in places]


def _priorities(records: Sequence[ConceptRecord], *, is_falling: bool, at: datetime) -> list[domain.Priority]:
    return [
        domain.priority(state.sampling, at, falling=is_falling, parameters=state.used.parameters)
        for _, state in records
    ]
