"""Tokens of replies: the mark of the course, and the revisions of the students and groups that a reply depends on.

Revisions are listed by id and never added up, so two changes cannot cancel each other. The time of creation
separates a student who was registered again from the one who was erased.

Tokens that are requested at the same time are read together.
"""

import asyncio
import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from graph_api.store.dependencies import Dependencies
from graph_api.store.gateway import Gateway, Row
from graph_api.store.shared_reads import SharedReads


class ReplyToken(NamedTuple):
    """A token, and the students whose data it covers."""

    digest: bytes
    student_ids: frozenset[str]


class ReplyTokens:
    """Reads the tokens of replies through one gateway.

    Args:
        gateway: of the service: a token is read without regard to the viewer.
        seconds: to wait for a token.
    """

    def __init__(self, gateway: Gateway, seconds: float) -> None:
        async def read_all(of_replies: Sequence[Dependencies]) -> list[ReplyToken | None]:
            async with asyncio.timeout(seconds):
                return await _read_tokens(gateway, of_replies)

        self._of_groups, self._of_students = SharedReads(read_all), SharedReads(read_all)

    async def read(self, of: Dependencies) -> ReplyToken | None:
        """The token of a reply with these dependencies; None where there is no course yet, and so no mark.

        A token of groups has the revisions of all their members, and tokens of students do not wait for it.

        Raises:
            DatabaseUnavailable, TimeoutError: it cannot be read.
        """
        return await (self._of_groups if of.groups else self._of_students).read(of)


async def _read_tokens(gateway: Gateway, of_replies: Sequence[Dependencies]) -> list[ReplyToken | None]:
    """The token of each reply.

    One statement for replies about the course, about students, or about groups and their members. Several statements
    are transactions of their own: revisions only rise, so parts that are all as before were so together.
    """
    groups = await _read_groups(gateway, _union(of.groups for of in of_replies))
    members = {key: {member[0] for member in row["members"]} for key, row in groups.items()}
    of_groups = [_union(members[key] for key in of.groups if key in members) for of in of_replies]
    own = [of.students - ids for of, ids in zip(of_replies, of_groups, strict=True)]
    students = await _read_students(gateway, _union(own))
    linked = [of.memberships | (of.seen - ids) for of, ids in zip(of_replies, of_groups, strict=True)]
    memberships = await _read_memberships(gateway, _union(linked))
    parts = zip((of.groups for of in of_replies), own, linked, strict=True)
    rows = [_rows_of(keys, (groups, students, memberships)) for keys in parts]
    marks = await _read_mark(gateway) if [] in rows else []
    return [
        _token(of_one or marks, frozenset(of.students | ids))
        for of_one, of, ids in zip(rows, of_replies, of_groups, strict=True)
    ]


def _rows_of(keys: Iterable[AbstractSet[str]], parts: Iterable[Mapping[str, Row]]) -> list[Row]:
    """The rows of one reply: those of its groups, its students and their memberships."""
    return [rows[key] for own, rows in zip(keys, parts, strict=True) for key in own & rows.keys()]


async def _read_groups(gateway: Gateway, ids: Collection[str]) -> Mapping[str, Row]:
    rows = await gateway.read_one(lambda tx: tx.many("reply_token/list_groups", ids=sorted(ids))) if ids else []
    return {row["group_id"]: row for row in rows}


async def _read_students(gateway: Gateway, ids: Collection[str]) -> Mapping[str, Row]:
    rows = await gateway.read_one(lambda tx: tx.many("reply_token/list_students", ids=sorted(ids))) if ids else []
    return {row["student_id"]: row for row in rows}


async def _read_memberships(gateway: Gateway, ids: Collection[str]) -> Mapping[str, Row]:
    rows = await gateway.read_one(lambda tx: tx.many("reply_token/list_memberships", ids=sorted(ids))) if ids else []
    return {row["student_id"]: row for row in rows}


async def _read_mark(gateway: Gateway) -> list[Row]:
    return await gateway.read_one(lambda tx: tx.many("course_version/list_mark"))


def _token(rows: Sequence[Row], student_ids: frozenset[str]) -> ReplyToken | None:
    """The token of rows; None if the course changed between two statements, or there is none."""
    marks = {row["mark"] for row in rows}
    if len(marks) != 1 or None in marks:
        return None
    content = repr(sorted(map(_in_order, rows))).encode()
    return ReplyToken(hashlib.blake2b(content, digest_size=32).digest(), student_ids)


def _union(sets: Iterable[Collection[str]]) -> set[str]:
    return {key for each in sets for key in each}


def _in_order(row: Row) -> str:
    """The columns of a row, each list in one order: the database has none."""
    return repr([(name, sorted(value) if isinstance(value, list) else value) for name, value in sorted(row.items())])
