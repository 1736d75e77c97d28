"""Edit courses: their skills, and the groups that take them (G8)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from graph_api.domain.course.course import MAX_SKILLS, Course
from graph_api.domain.failures import CourseNotFound, GroupNotFound, SkillNotFound
from graph_api.domain.learners.people import MAX_COURSES
from graph_api.domain.learners.threshold_sets import ScopeKind, ThresholdScope
from graph_api.domain.patch import Patch
from graph_api.domain.text import CODE_LENGTH, identifiers
from graph_api.store import concepts, courses, groups, source_documents, threshold_sets
from graph_api.store import skills as skill_store
from graph_api.store.courses import CourseLinks
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.groups import GroupSummary
from graph_api.usecases.batches import bounded
from graph_api.usecases.read_back import read_back


async def upsert_courses(gateway: Gateway, items: Sequence[Course | Patch[Course]], now: datetime) -> list[Course]:
    """Create courses or change what is stated of them (G9); returns what is stored, in the order given.

    Raises:
        InvalidInput: an id is given twice, a course lacks a name, or there are too many courses.
        SkillNotFound: a skill does not exist; nothing is written.
    """
    patches = [Patch.of(item) for item in items]
    ids = bounded([patch.key for patch in patches], "id")

    async def work(tx: Transaction) -> list[Course]:
        await concepts.lock_course(tx)
        merged = merge(patches, await courses.read_by_ids(tx, ids))
        await _check_skills(tx, [code for course in merged for code in course.skill_codes or ()])
        await courses.put(tx, merged, now)
        return read_back(await courses.read_by_ids(tx, ids), ids)

    return await gateway.write(work)


def merge(patches: Sequence[Patch[Course]], stored: dict[str, Course]) -> list[Course]:
    """The courses to write: what is stored, changed by the patches."""
    return without_untouched_skills(patches, [patch.apply(stored.get(patch.key)) for patch in patches])


def without_untouched_skills(patches: Iterable[Patch[Course]], items: Iterable[Course]) -> list[Course]:
    """The courses to write; skills that their patches do not touch are None, which leaves them."""
    return [
        course if patch.touches("skill_codes") else replace(course, skill_codes=None)
        for patch, course in zip(patches, items, strict=True)
    ]


async def change_skills(gateway: Gateway, course_id: str, codes: Sequence[str], *, add: bool) -> Course:
    """Put skills into a course, or take them out; doing it again changes nothing. Returns the course.

    Raises:
        InvalidInput: there are too many skills.
        CourseNotFound: the course does not exist.
        SkillNotFound: a skill to add does not exist; nothing is written.
    """
    links = [(course_id, code) for code in identifiers(codes, "skillCodes", most=MAX_SKILLS, length=CODE_LENGTH)]

    async def work(tx: Transaction) -> Course:
        await concepts.lock_course(tx)
        await _read_course(tx, course_id)
        if add:
            await _check_skills(tx, codes)
            await courses.link_skills(tx, links)
        else:
            await courses.unlink_skills(tx, links)
        return await _read_course(tx, course_id)

    return await gateway.write(work)


async def change_courses_of_group(
    gateway: Gateway, group_id: str, course_ids: Sequence[str], *, add: bool
) -> GroupSummary:
    """Make a group take courses, or no longer take them; doing it again changes nothing. Returns the group.

    Raises:
        InvalidInput: there are too many courses.
        GroupNotFound: the group does not exist.
        CourseNotFound: a course to add does not exist or is archived; nothing is written.
    """
    ids = identifiers(course_ids, "courseIds", most=MAX_COURSES, length=CODE_LENGTH)

    async def work(tx: Transaction) -> GroupSummary:
        group = (await groups.read_by_ids(tx, [group_id])).get(group_id)
        if group is None:
            raise GroupNotFound("groupId", "must name a group that exists", group_id, [group_id])
        if add:
            taken = (await courses.read_ids_of_groups(tx, [group_id])).get(group_id, [])
            await check_courses(tx, set(ids) - set(taken), "courseIds")
            await courses.link_groups(tx, group_id, ids)
        else:
            await courses.unlink_groups(tx, group_id, ids)
        return group

    return await gateway.write(work)


async def archive_course(gateway: Gateway, course_id: str, archived_at: datetime | None) -> Course:
    """Archive a course, or with None take it out of the archive; an archived course keeps its first time.

    Groups that take an archived course keep it, so the scope of their queries stays. Further groups cannot take it.

    Raises:
        CourseNotFound: the course does not exist.
    """

    async def work(tx: Transaction) -> Course:
        await concepts.lock_course(tx)
        course = await _read_course(tx, course_id)
        if archived_at is None or course.archived_at is None:
            await courses.archive(tx, course_id, archived_at)
        return await _read_course(tx, course_id)

    return await gateway.write(work)


async def delete_course(gateway: Gateway, course_id: str, *, dry_run: bool) -> CourseLinks:
    """Delete a course with its links and thresholds, and return how many skills and groups it had.

    Skills and groups stay, as does history.

    A dry run only counts.

    Raises:
        CourseNotFound: the course does not exist.
    """

    async def work(tx: Transaction) -> CourseLinks:
        await concepts.lock_course(tx)
        links = await courses.read_links(tx, course_id)
        if links is None:
            raise _not_found(course_id)
        if not dry_run:
            await courses.delete(tx, course_id)
            await source_documents.delete(tx, course_id)
            await threshold_sets.delete(tx, [ThresholdScope(ScopeKind.COURSE, course_id)])
        return links

    return await gateway.write(work)


async def check_courses(tx: Transaction, ids: Iterable[str], field: str, *, may_be_archived: bool = False) -> None:
    """Check courses that a group is about to take.

    Raises:
        CourseNotFound: listing those that do not exist or are archived.
    """
    asked = sorted(set(ids))
    stored = await courses.read_by_ids(tx, asked)
    archived = {key for key, course in stored.items() if course.archived_at is not None and not may_be_archived}
    unusable = [key for key in asked if key not in stored or key in archived]
    if unusable:
        raise CourseNotFound(field, "must name courses that exist and are not archived", ", ".join(unusable), unusable)


async def _read_course(tx: Transaction, course_id: str) -> Course:
    course = (await courses.read_by_ids(tx, [course_id])).get(course_id)
    if course is None:
        raise _not_found(course_id)
    return course


def _not_found(course_id: str) -> CourseNotFound:
    return CourseNotFound("id", "must name a course that exists", course_id, [course_id])


async def _check_skills(tx: Transaction, codes: Iterable[str]) -> None:
    asked = set(codes)
    if missing := sorted(asked - (await skill_store.read_by_codes(tx, asked)).keys()):
        raise SkillNotFound("skillCodes", "must name skills that exist", ", ".join(missing), missing)
