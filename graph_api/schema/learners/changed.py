"""What answers changed, as objects of the present: a client's cache that stores them shows them everywhere."""

import asyncio
from collections.abc import Iterable, Sequence

from graph_api.domain.answers.answers import Recorded
from graph_api.domain.targets import Target
from graph_api.schema.context import Info
from graph_api.schema.learners.mastery import Mastery
from graph_api.schema.learners.topic import ConceptSampling, Topic
from graph_api.store.pace import in_slices


async def load_masteries(info: Info, pairs: Iterable[tuple[str, Target]]) -> list[Mastery]:
    """The masteries of students and targets, each once, in the order of the pairs; without those that are gone."""
    ordered = list(dict.fromkeys(pairs))
    students = list(dict.fromkeys(student_id for student_id, _ in ordered))
    of_students = await info.context.loaders.masteries_of_student.load_many(students)
    rows = {(row.student_id, row.target): row for of_one in of_students for row in of_one}
    thresholds = await info.context.thresholds()
    return await in_slices(lambda pair: Mastery.of(rows[pair], thresholds), (pair for pair in ordered if pair in rows))


async def load_changed_masteries(info: Info, recorded: Iterable[Recorded]) -> list[Mastery]:
    """The masteries that answers changed."""
    return await load_masteries(
        info, ((each.answer.student_id, change.target) for each in recorded for change in each.changes)
    )


async def load_changed_topics(info: Info, recorded: Iterable[Recorded]) -> list[Topic]:
    """The topics that scored answers changed, each once."""
    answers = [each.answer for each in recorded if each.answer.is_scored]
    pairs = dict.fromkeys((answer.student_id, code) for answer in answers for code in answer.skill_codes)
    topics = await asyncio.gather(*(Topic.of_student(info, *pair) for pair in pairs))
    return [topic for topic in topics if topic is not None]


async def load_changed_samplings(info: Info, recorded: Sequence[Recorded]) -> list[ConceptSampling]:
    """The sampling records of concepts that answers mentioned or missed, each once."""
    answers = [each.answer for each in recorded]
    sampled = [(answer, key) for answer in answers for key in (*answer.mentioned, *answer.missed)]
    pairs = dict.fromkeys((answer.student_id, key) for answer, key in sampled)
    records = await asyncio.gather(*(ConceptSampling.of_student(info, *pair) for pair in pairs))
    return [record for record in records if record is not None]
