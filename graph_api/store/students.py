"""Students in the graph."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from graph_api.domain.answers.evidence_rules import DEFAULT_SET
from graph_api.domain.learners.people import Student
from graph_api.domain.patch import Patch
from graph_api.store import erasures, history_pages
from graph_api.store.gateway import Row, Transaction


async def touch(tx: Transaction, ids: Iterable[str], now: datetime) -> str:
    """Create the students that are new and lock them all until the transaction ends.

    Every writer of a student's answers does this first, in one order, so writers of one student follow each other
    whichever process they are in, and read what the one before wrote. Returns the id of the evidence parameters in
    effect: what activates others weighs the answers of each student again after locking the student.

    Raises:
        StudentErased: some of them are erased. The transaction must be rolled back.
    """
    rows = await tx.many("student/touch", rows=erasures.as_rows(tx, ids), now=now)
    await erasures.refuse_erased(tx, rows, "studentId")
    return next((row["evidence_set_id"] for row in rows if row["evidence_set_id"]), DEFAULT_SET.id)


async def lock(tx: Transaction, ids: Iterable[str]) -> None:
    """Lock students as `touch` does, without creating missing ones."""
    await tx.nothing("student/lock", ids=sorted(set(ids)))


async def read_revisions(tx: Transaction, ids: Iterable[str]) -> dict[str, int]:
    """Revisions of students: a number that every write to a student increases."""
    return {row["id"]: row["revision"] for row in await tx.many("student/list_revisions", ids=sorted(set(ids)))}


class Erasure(NamedTuple):
    """Numbers of what is stored of a student, and is erased with them."""

    answers: int
    masteries: int
    judgements: int
    sessions: int


async def count_links(tx: Transaction, student_id: str) -> Erasure | None:
    """Numbers of what is stored of a student; None if the student is not stored."""
    row = await tx.optional("student/count_links", id=student_id)
    return None if row is None else Erasure(**row)


async def read_inactive_ids(tx: Transaction, before: datetime, limit: int) -> list[str]:
    """At most `limit` students created before a moment who have practised nothing since."""
    return [row["id"] for row in await tx.many("student/list_inactive", before=before, limit=limit)]


async def put(tx: Transaction, students: Iterable[Student | Patch[Student]], now: datetime) -> None:
    """Create students or change what is stated of them.

    Raises:
        StudentErased: some of them are erased. The transaction must be rolled back.
    """
    patches = {patch.key: patch for patch in map(Patch.of, students)}
    rows = [hashed | _as_row(patches[hashed["student_id"]]) for hashed in erasures.as_rows(tx, patches)]
    await erasures.refuse_erased(tx, await tx.many("student/put", rows=rows, now=now), "id")


async def delete(tx: Transaction, ids: Collection[str]) -> None:
    """Erase students: node, edges, history and sessions (G6)."""
    await history_pages.delete(tx, ids)
    await tx.nothing("student/delete", ids=sorted(set(ids)))


async def read_by_ids(tx: Transaction, ids: Iterable[str]) -> dict[str, Student]:
    """Students by id; unknown ids are left out."""
    rows = await tx.many("student/list_by_ids", ids=sorted(set(ids)))
    return {row["id"]: decode_student(row) for row in rows}


async def read_page(  # noqa: PLR0913 - an order, and a filter each
    tx: Transaction,
    *,
    after_id: str,
    after_name: str | None = None,
    group_id: str | None = None,
    search: str | None = None,
    limit: int,
) -> list[Student]:
    """At most `limit` students in order of id, after one; with `after_name`, in order of name, then id."""
    filters: dict[str, object] = {"after_id": after_id, "search": search, "limit": limit}
    if group_id is not None or not tx.sees_all_students:
        statement = "student/list_page_of_group" if tx.sees_all_students else "student/list_taught_page"
        filters |= {"group_id": group_id, "by_name": after_name is not None, "after_name": after_name or ""}
        rows = await tx.many(statement, **filters)
    elif after_name is not None:
        rows = await tx.many("student/list_page_by_name", after_name=after_name, **filters)
    else:
        rows = await tx.many("student/list_page_by_id", **filters)
    return [decode_student(row) for row in rows]


async def count(tx: Transaction, *, group_id: str | None, search: str | None) -> int:
    """Number of students that fit the filters."""
    if group_id is None and tx.sees_all_students:
        everyone: int = await tx.value("student/count", search=search)
        return everyone
    statement = "student/count_of_group" if tx.sees_all_students else "student/count_taught"
    total: int = await tx.value(statement, group_id=group_id, search=search)
    return total


async def read_members_page(
    tx: Transaction, group_ids: Sequence[str], *, after_name: str, after_id: str, limit: int
) -> dict[str, list[Student]]:
    """For each group, at most `limit` members after a name and id, in that order."""
    rows = await tx.many(
        "student/list_members_page",
        group_ids=list(group_ids),
        after_name=after_name,
        after_id=after_id,
        limit=limit,
    )
    members: dict[str, list[Student]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row["name"], row["id"])):
        members[row["group_id"]].append(decode_student(row))
    return members


def decode_student(row: Row) -> Student:
    """The student of a row with its properties."""
    return Student(row["id"], row["name"], row["recency_at_session_end"])


def _as_row(patch: Patch[Student]) -> Row:
    """What a patch states, as parameters."""
    return {
        "name": patch.stated.get("name"),
        "states_choice": patch.touches("recency_at_session_end"),
        "recency_at_session_end": patch.stated.get("recency_at_session_end"),
    }
