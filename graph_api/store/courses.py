"""Courses in the graph, with their skills and the groups that take them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from graph_api.domain.course.course import Course
from graph_api.store.gateway import Row, Transaction


class CourseLinks(NamedTuple):
    """What refers to a course: the number of its skills, and of the groups that take it."""

    skills: int
    groups: int


async def put(tx: Transaction, courses: Sequence[Course], now: datetime) -> None:
    """Create courses or replace all their properties; skills and archive times that are None stay as they are."""
    rows = [
        {"id": each.id, "name": each.name, "description": each.description, "archived_at": each.archived_at}
        for each in courses
    ]
    await tx.nothing("course/put", rows=rows, now=now)
    whole = [course for course in courses if course.skill_codes is not None]
    await tx.nothing("course/unlink_all_skills", ids=[course.id for course in whole])
    await link_skills(tx, [(course.id, code) for course in whole for code in course.skill_codes or ()])


async def link_skills(tx: Transaction, links: Iterable[tuple[str, str]]) -> None:
    """Put skills into courses: pairs of course id and skill code."""
    await tx.nothing("course/link_skills", rows=_rows(links))


async def unlink_skills(tx: Transaction, links: Iterable[tuple[str, str]]) -> None:
    """Take skills out of courses; links that do not exist are ignored."""
    await tx.nothing("course/unlink_skills", rows=_rows(links))


async def link_groups(tx: Transaction, group_id: str, course_ids: Iterable[str]) -> None:
    """Make a group take courses."""
    await tx.nothing("course/link_groups", group_id=group_id, course_ids=list(course_ids))


async def unlink_groups(tx: Transaction, group_id: str, course_ids: Iterable[str]) -> None:
    """Make a group no longer take courses; links that do not exist are ignored."""
    await tx.nothing("course/unlink_groups", group_id=group_id, course_ids=list(course_ids))


async def archive(tx: Transaction, course_id: str, archived_at: datetime | None) -> None:
    """Archive a course, or with None take it out of the archive."""
    await tx.nothing("course/archive", id=course_id, archived_at=archived_at)


async def read_links(tx: Transaction, course_id: str) -> CourseLinks | None:
    """What refers to a course; None if the course does not exist."""
    row = await tx.optional("course/count_links", id=course_id)
    return CourseLinks(row["skills"], row["groups"]) if row else None


async def delete(tx: Transaction, course_id: str) -> None:
    """Delete a course with its links; skills and groups stay."""
    await tx.nothing("course/delete", id=course_id)


async def read_by_ids(tx: Transaction, ids: Iterable[str]) -> dict[str, Course]:
    """Courses by id; unknown ids are left out."""
    return {row["id"]: _decode(row) for row in await tx.many("course/list_by_ids", ids=sorted(set(ids)))}


async def read_all(tx: Transaction) -> list[Course]:
    """Every course in order of id, archived ones included."""
    return [_decode(row) for row in await tx.many("course/list_all")]


async def read_ids(tx: Transaction) -> list[str]:
    """The id of every course in order, archived ones included."""
    return [row["id"] for row in await tx.many("course/list_ids")]


async def read_page(tx: Transaction, *, after: str, search: str | None, archived: bool, limit: int) -> list[Course]:
    """At most `limit` courses after an id, in order of id; archived ones only on request."""
    rows = await tx.many("course/list_page", after=after, search=search, archived=archived, limit=limit)
    return [_decode(row) for row in rows]


async def count(tx: Transaction, *, search: str | None, archived: bool) -> int:
    """Number of courses that fit the filters."""
    total: int = await tx.value("course/count", search=search, archived=archived)
    return total


async def read_ids_of_skills(tx: Transaction, codes: Iterable[str]) -> dict[str, list[str]]:
    """The courses that each skill is in, in order of id."""
    return _grouped(await tx.many("course/list_ids_of_skills", codes=sorted(set(codes))), "skill_code")


async def read_ids_of_groups(tx: Transaction, ids: Iterable[str]) -> dict[str, list[str]]:
    """The courses that each group takes, in order of id."""
    return _grouped(await tx.many("course/list_ids_of_groups", ids=sorted(set(ids))), "group_id")


async def read_ids_of_students(tx: Transaction, student_ids: Iterable[str]) -> dict[str, list[str]]:
    """The courses that the groups of each student take, in order of id."""
    rows = await tx.many("course/list_ids_of_students", student_ids=sorted(set(student_ids)))
    return _grouped(rows, "student_id")


def _rows(links: Iterable[tuple[str, str]]) -> list[Row]:
    return [{"course_id": course_id, "skill_code": code} for course_id, code in links]


def _grouped(rows: Iterable[Row], key: str) -> dict[str, list[str]]:
    ids: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        ids[row[key]].append(row["course_id"])
    return ids


def _decode(row: Row) -> Course:
    return Course(row["id"], row["name"], row["description"] or "", row["skill_codes"], row["archived_at"])
