"""Groups (classes) in the graph."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

from graph_api.domain.learners.people import Group, Roster
from graph_api.store import courses
from graph_api.store.gateway import Row, Transaction


class GroupSummary(NamedTuple):
    """A group with the number of its members."""

    id: str
    name: str
    teacher_ids: list[str]
    size: int
    revision: int
    archived_at: datetime | None


async def put(tx: Transaction, group: Group, now: datetime) -> None:
    """Create a group or replace it; members, teachers and courses that are None stay as they are."""
    await tx.nothing("group/put", id=group.id, name=group.name, revision=group.revision or 1, now=now)
    if group.student_ids is not None:
        await tx.nothing("group/unlink_members", id=group.id)
        await link(tx, group.id, Roster.MEMBERS, group.student_ids)
    if group.teacher_ids is not None:
        await tx.nothing("group/unlink_teachers", id=group.id)
        await link(tx, group.id, Roster.TEACHERS, group.teacher_ids)
    if group.course_ids is not None:
        await courses.unlink_groups(tx, group.id, (await courses.read_ids_of_groups(tx, [group.id])).get(group.id, []))
        await courses.link_groups(tx, group.id, group.course_ids)


async def lock(tx: Transaction, ids: Iterable[str]) -> dict[str, int]:
    """Lock groups until the transaction ends; returns their revisions, which are counted up by one.

    Unknown ids are left out.
    """
    return {row["id"]: row["revision"] for row in await tx.many("group/lock", ids=sorted(set(ids)))}


async def set_revision(tx: Transaction, group_id: str, revision: int) -> None:
    """Put back the revision of a locked group that stayed the same."""
    await tx.nothing("group/set_revision", id=group_id, revision=revision)


async def archive(tx: Transaction, ids: Iterable[str], at: datetime | None) -> None:
    """Archive locked groups at a moment, or restore them (None)."""
    await tx.nothing("group/archive", keys=list(ids), at=at)


async def delete(tx: Transaction, ids: Iterable[str]) -> None:
    """Delete groups with their memberships; the students and teachers stay."""
    await tx.nothing("group/delete", keys=sorted(set(ids)))


async def link(tx: Transaction, group_id: str, roster: Roster, ids: Iterable[str]) -> None:
    """Add students or teachers to a group; those who are on the roster stay."""
    if roster is Roster.MEMBERS:
        await tx.nothing("group/link_members", id=group_id, student_ids=list(ids))
    else:
        await tx.nothing("group/link_teachers", id=group_id, teacher_ids=list(ids))


async def unlink(tx: Transaction, group_id: str, roster: Roster, ids: Iterable[str]) -> None:
    """Remove students or teachers from a group; those who are not on the roster are left out."""
    if roster is Roster.MEMBERS:
        await tx.nothing("group/unlink_some_members", id=group_id, student_ids=list(ids))
    else:
        await tx.nothing("group/unlink_some_teachers", id=group_id, teacher_ids=list(ids))


async def read_by_ids(tx: Transaction, ids: Iterable[str]) -> dict[str, GroupSummary]:
    """Groups by id; unknown ids are left out."""
    return {row["id"]: _decode(row) for row in await tx.many("group/list_by_ids", ids=sorted(set(ids)))}


async def read_page(
    tx: Transaction, *, after: str, search: str | None, include_archived: bool, limit: int
) -> list[GroupSummary]:
    """At most `limit` groups after an id, in order of id."""
    if not tx.has_viewer:  # one row is read faster than many
        groups = await tx.value(
            "group/read_page", after=after, search=search, include_archived=include_archived, limit=limit
        )
        return sorted((GroupSummary(*group) for group in groups), key=attrgetter("id"))
    rows = await tx.many("group/list_page", after=after, search=search, include_archived=include_archived, limit=limit)
    return [_decode(row) for row in rows]


async def count(tx: Transaction, *, search: str | None, include_archived: bool) -> int:
    """Number of groups that fit the filter."""
    total: int = await tx.value("group/count", search=search, include_archived=include_archived)
    return total


async def read_ids_of_students(tx: Transaction, student_ids: Iterable[str]) -> dict[str, list[str]]:
    """The groups that each student is a member of, in order of id."""
    ids: dict[str, list[str]] = defaultdict(list)
    for row in await tx.many("group/list_ids_of_students", student_ids=sorted(set(student_ids))):
        ids[row["student_id"]].append(row["group_id"])
    return ids


async def read_member_ids(tx: Transaction, group_id: str) -> list[str]:
    """The ids of a group's members, in order."""
    return [row["student_id"] for row in await tx.many("group/list_member_ids", id=group_id)]


def _decode(row: Row) -> GroupSummary:
    return GroupSummary(**row)
