"""Practice sessions in the graph."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from graph_api.domain.learners.sessions import Session, SessionStatus
from graph_api.store.gateway import Row, Transaction


async def create(tx: Transaction, session_id: str, student_id: str, started_at: datetime) -> None:
    """Start a session of a stored student; a stored session with this id stays as it is."""
    await tx.nothing("session/create", id=session_id, student_id=student_id, started_at=started_at)


async def put(tx: Transaction, sessions: Iterable[Session]) -> None:
    """Store past sessions of stored students; stored sessions stay as they are."""
    rows = [
        {
            "id": session.id,
            "student_id": session.student_id,
            "status": session.status.value,
            "started_at": session.started_at,
            "ended_at": session.ended_at,
        }
        for session in sessions
    ]
    await tx.nothing("session/put", rows=rows)


async def end(tx: Transaction, session: Session) -> None:
    """Write the end of a session."""
    await tx.nothing(
        "session/end",
        id=session.id,
        student_id=session.student_id,
        status=session.status.value,
        ended_at=session.ended_at,
    )


async def read_by_ids(tx: Transaction, ids: Iterable[str]) -> list[Session]:
    """The sessions with these ids; unknown ids are left out."""
    return [_decode(row) for row in await tx.many("session/list_by_ids", ids=sorted(set(ids)))]


async def read_of_students(tx: Transaction, student_ids: Iterable[str]) -> list[Session]:
    """Every session of some students, in order of student, start and id."""
    rows = await tx.many("session/list_of_students", student_ids=sorted(set(student_ids)))
    return [_decode(row) for row in rows]


async def read_page(
    tx: Transaction,
    student_ids: Iterable[str],
    *,
    statuses: Iterable[SessionStatus] | None,
    after: tuple[datetime, str] | None,
    limit: int,
) -> dict[str, list[Session]]:
    """For each student, at most `limit` sessions after a start and id: the newest first, then by id."""
    after_at, after_id = after or (None, None)
    rows = await tx.many(
        "session/list_page",
        student_ids=sorted(set(student_ids)),
        statuses=_values(statuses),
        after_at=after_at,
        after_id=after_id,
        limit=limit,
    )
    pages: dict[str, list[Session]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: str(row["id"])):
        pages[row["student_id"]].append(_decode(row))
    return {key: sorted(page, key=lambda each: each.started_at, reverse=True) for key, page in pages.items()}


async def count_of_students(
    tx: Transaction, student_ids: Iterable[str], *, statuses: Iterable[SessionStatus] | None
) -> dict[str, int]:
    """The number of sessions of each student with some status."""
    ids = sorted(set(student_ids))
    rows = await tx.many("session/count_of_students", student_ids=ids, statuses=_values(statuses))
    return {row["student_id"]: row["total"] for row in rows}


class SessionFilter(NamedTuple):
    """A filter of sessions by status and start, `since` inclusive to `until` exclusive. None: no restriction."""

    statuses: frozenset[SessionStatus] | None = None
    since: datetime | None = None
    until: datetime | None = None

    def params(self) -> Row:
        """The parameters of statements that filter sessions."""
        return {"statuses": _values(self.statuses), "since": self.since, "until": self.until}


async def read_page_of_group(
    tx: Transaction, group_id: str, wanted: SessionFilter, *, after: tuple[datetime, str] | None, limit: int
) -> list[Session]:
    """At most `limit` sessions of a group's members after a start and id: the newest first, then by id."""
    after_at, after_id = after or (None, None)
    rows = await tx.many(
        "session/list_page_of_group",
        group_id=group_id,
        after_at=after_at,
        after_id=after_id,
        limit=limit,
        **wanted.params(),
    )
    return [_decode(row) for row in rows]


async def count_of_group(tx: Transaction, group_id: str, wanted: SessionFilter) -> int:
    """The number of sessions of a group's members."""
    total: int = await tx.value("session/count_of_group", group_id=group_id, **wanted.params())
    return total


async def read_started(tx: Transaction, student_ids: Iterable[str], since: datetime, until: datetime) -> list[Session]:
    """The sessions of some students that started from `since` to `until`."""
    ids = sorted(set(student_ids))
    rows = await tx.many("activity/list_sessions", student_ids=ids, since=since, until=until)
    return [_decode(row) for row in rows]


def _values(statuses: Iterable[SessionStatus] | None) -> list[str] | None:
    return None if statuses is None else sorted(status.value for status in statuses)


async def read_stale(tx: Transaction, before: datetime, limit: int) -> list[Session]:
    """At most `limit` sessions in progress that started before a moment, oldest first."""
    return [_decode(row) for row in await tx.many("session/list_stale", before=before, limit=limit)]


def _decode(row: Row) -> Session:
    return Session(row["id"], row["student_id"], SessionStatus(row["status"]), row["started_at"], row["ended_at"])
