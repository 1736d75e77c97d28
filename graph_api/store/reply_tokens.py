"""Tokens of replies: the mark of the course, and the revisions of the students and groups that a reply depends on.

Revisions are listed by id and never added up, so two changes cannot cancel each other. The time of creation
separates a student who was registered again from the one who was erased.
"""

import hashlib
from typing import NamedTuple

from graph_api.store.dependencies import Dependencies
from graph_api.store.gateway import Gateway, Row


class ReplyToken(NamedTuple):
    """A token, and the students whose data it covers."""

    digest: bytes
    student_ids: frozenset[str]


async def read_token(gateway: Gateway, of: Dependencies) -> ReplyToken | None:
    """The token of a reply with these dependencies; None where there is no course yet, and so no mark.

    One statement for a reply about the course, about students, or about a group and its members. Several statements are
    transactions of their own: revisions only rise, so parts that are all as before were so together.
    """
    group_ids = sorted(of.groups)
    groups = await gateway.read_one(lambda tx: tx.many("reply_token/list_groups", ids=group_ids)) if group_ids else []
    members = {member[0] for row in groups for member in row["members"]}
    own = sorted(of.students - members)
    students = await gateway.read_one(lambda tx: tx.many("reply_token/list_students", ids=own)) if own else []
    ids = sorted(of.memberships | (of.seen - members))
    memberships = await gateway.read_one(lambda tx: tx.many("reply_token/list_memberships", ids=ids)) if ids else []
    rows = [*groups, *students, *memberships]
    rows = rows or await gateway.read_one(lambda tx: tx.many("course_version/list_mark"))
    marks = {row["mark"] for row in rows}
    if len(marks) != 1 or None in marks:
        return None  # the course changed between two statements, or there is none
    content = repr(sorted(map(_in_order, rows))).encode()
    return ReplyToken(hashlib.blake2b(content, digest_size=32).digest(), frozenset(of.students | members))


def _in_order(row: Row) -> str:
    """The columns of a row, each list in one order: the database has none."""
    return repr([(name, sorted(value) if isinstance(value, list) else value) for name, value in sorted(row.items())])
