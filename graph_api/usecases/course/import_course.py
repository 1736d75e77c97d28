"""Import a course file, or the seeds: all of it or nothing."""

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from graph_api.domain.course.course import Concept, Course, Skill
from graph_api.domain.patch import Patch
from graph_api.domain.revisions import revised
from graph_api.domain.targets import Target, concept, skill
from graph_api.store import concepts as concept_store
from graph_api.store import courses as course_store
from graph_api.store import skills as skill_store
from graph_api.store import source_documents
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.packaged import packaged
from graph_api.usecases.course.case_course import left_out
from graph_api.usecases.course.change_courses import without_untouched_skills
from graph_api.usecases.course.edit_course import without_untouched_links
from graph_api.usecases.course.graph_files import Stored, check, read_course_file
from graph_api.usecases.parameters.change_sets import change_sets, elapsing, replay_run, run_due


class ImportedCourse(NamedTuple):
    """What a file states of skills, concepts and courses, as it is stored now; and what of the file was not read."""

    skills: Sequence[Skill]
    concepts: Sequence[Concept]
    warnings: Sequence[str]
    courses: Sequence[Course] = ()


async def import_course(
    gateway: Gateway, path: Path, now: datetime, trigger: str = "command", skill_types: Collection[str] = ()
) -> ImportedCourse:
    """Store what a file states; what it does not state stays. Doing it again changes nothing.

    Items of a CASE package with one of the types are skills; without types, items with children are.

    Levels that another parameter set changes are replayed before it returns, in a run of that trigger.

    Raises:
        BadCourseFile: listing all errors; nothing was written.
    """

    async def read_known(tx: Transaction) -> tuple[set[str], set[str]]:
        return set(await concept_store.read_ids(tx)), set(await skill_store.read_codes(tx))

    course = read_course_file(path, *await gateway.read(read_known), skill_types)
    links = [{**patch.stated, **patch.added} for patch in course.concepts]
    links += [{**patch.stated, **patch.added} for patch in course.courses]
    codes = {patch.key for patch in course.skills} | {code for each in links for code in each.get("skill_codes", ())}
    ids = {patch.key for patch in course.concepts} | {key for each in links for key in each.get("prerequisite_ids", ())}
    run = replay_run(uuid.uuid4().hex, "named", trigger, now)
    clock = elapsing(now)
    targets = [*(skill(each.key) for each in course.skills), *(concept(each.key) for each in course.concepts)]

    async def work(tx: Transaction) -> tuple[ImportedCourse, list[Target]]:
        await concept_store.lock_course(tx)
        stored = Stored(
            await skill_store.read_by_codes(tx, codes),
            await concept_store.read_by_ids(tx, ids),
            await concept_store.read_prerequisites(tx),
            await course_store.read_by_ids(tx, [patch.key for patch in course.courses]),
        )
        skills, concepts, courses = check(course, stored)
        earlier = [await source_documents.read(tx, key) for key in course.documents] if course.replaces else []
        dropped = [each for text in earlier if text is not None for each in left_out(text, course)]
        skills = [revised(each, stored.skills.get(each.code)) for each in skills]
        concepts = [revised(each, stored.concepts.get(each.id)) for each in concepts]

        async def put() -> None:
            await skill_store.put(tx, skills, now)
            await concept_store.put(tx, without_untouched_links(course.concepts, concepts), now)
            for key, at in _newly_archived(course.skills, stored.skills):
                await skill_store.archive(tx, [key], at)
            for key, at in _newly_archived(course.concepts, stored.concepts):
                await concept_store.archive(tx, [key], at)
            await course_store.put(tx, without_untouched_skills(course.courses, courses), now)
            await source_documents.put(tx, course.documents)

        _, due = await change_sets(tx, run, targets, put)
        return ImportedCourse(skills, concepts, [*course.warnings, *dropped], courses), due

    imported, due = await gateway.write(work)
    await run_due(gateway, run, due, clock)
    return imported


def _newly_archived(
    patches: Iterable[Patch[Skill]] | Iterable[Patch[Concept]], stored: Mapping[str, Skill] | Mapping[str, Concept]
) -> Iterator[tuple[str, datetime]]:
    """The objects that a file states to be archived and that are not, each with its moment."""
    for patch in patches:
        before = stored.get(patch.key)
        if "archived_at" in patch.stated and (before is None or before.archived_at is None):
            yield patch.key, patch.stated["archived_at"]


async def load_seeds(gateway: Gateway, now: datetime) -> Sequence[ImportedCourse]:
    """Store every course under `seeds/`."""
    return [await import_course(gateway, path, now) for path in sorted(packaged("seeds").glob("*.json"))]
