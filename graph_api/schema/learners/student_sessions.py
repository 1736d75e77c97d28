"""The practice sessions of a student."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from graph_api.domain.learners.sessions import SessionStatus
from graph_api.schema.context import Info
from graph_api.schema.paging import DEFAULT_FIRST, After, Connection, First, page
from graph_api.usecases.learners.pages_by_owner import SessionsPage

if TYPE_CHECKING:
    from graph_api.schema.learners.session import Session


@strawberry.type
class StudentSessions:
    """The field of a student about their sessions."""

    if TYPE_CHECKING:
        id: strawberry.ID

    @strawberry.field(description="The student's practice sessions, newest first. Ties are ordered by id.")
    async def sessions(
        self,
        info: Info,
        status: Annotated[
            list[SessionStatus] | None, strawberry.argument(description="Only sessions with these statuses.")
        ] = None,
        first: First = DEFAULT_FIRST,
        after: After = None,
    ) -> Connection[Annotated["Session", strawberry.lazy("graph_api.schema.learners.session")]]:
        statuses = None if status is None else frozenset(status)
        return await list_sessions(info, self.id, statuses, first, after)


async def list_sessions(
    info: Info, student_id: str, statuses: frozenset[SessionStatus] | None, first: int, after: str | None
) -> "Connection[Session]":
    """The page of a student's sessions."""
    from graph_api.schema.learners.session import Session  # noqa: PLC0415 - a session knows its student

    scope = "sessions", student_id, statuses and sorted(statuses)
    wanted = page(first, after, *scope, key=(datetime, str))
    start = (wanted.after[0], wanted.after[1]) if wanted.after else None
    rows = await info.context.loaders.sessions_page.load(SessionsPage(student_id, statuses, start, wanted.limit))
    count = count_sessions(info, student_id, statuses)
    return wanted.connection(rows, Session.of, lambda each: [each.started_at, each.id], count)


def count_sessions(
    info: Info, student_id: str, statuses: frozenset[SessionStatus] | None
) -> Callable[[], Awaitable[int]]:
    """The count of a student's sessions, once it is selected."""

    async def count() -> int:
        return await info.context.loaders.session_counts.load((student_id, statuses)) or 0

    return count
