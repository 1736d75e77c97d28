"""The practice sessions of a group's members."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

import strawberry

from graph_api.domain.answers.answers import in_utc
from graph_api.domain.learners.sessions import SessionStatus
from graph_api.schema.context import Info
from graph_api.schema.paging import DEFAULT_FIRST, After, Connection, First, listing, page
from graph_api.store import sessions
from graph_api.store.sessions import SessionFilter

if TYPE_CHECKING:
    from graph_api.schema.learners.session import Session


@strawberry.type
class GroupSessions:
    """The field of a group about sessions."""

    if TYPE_CHECKING:
        id: strawberry.ID

    @strawberry.field(description="The practice sessions of the members, newest first. Ties are ordered by id.")
    async def sessions(
        self,
        info: Info,
        status: Annotated[
            list[SessionStatus] | None, strawberry.argument(description="Only sessions with these statuses.")
        ] = None,
        since: Annotated[
            datetime | None,
            strawberry.argument(description="Only sessions that started at this time or later, with an offset."),
        ] = None,
        until: Annotated[
            datetime | None, strawberry.argument(description="Only sessions that started before this, with an offset.")
        ] = None,
        first: First = DEFAULT_FIRST,
        after: After = None,
    ) -> Connection[Annotated["Session", strawberry.lazy("graph_api.schema.learners.session")]]:
        start, end = (time and in_utc(time, name) for time, name in ((since, "since"), (until, "until")))
        wanted = SessionFilter(None if status is None else frozenset(status), start, end)
        return await list_group_sessions(info, self.id, wanted, first, after)


async def list_group_sessions(
    info: Info, group_id: str, wanted: SessionFilter, first: int, after: str | None
) -> "Connection[Session]":
    """The page of a group's sessions."""
    from graph_api.schema.learners.session import Session  # noqa: PLC0415 - a session knows its student

    statuses = wanted.statuses and sorted(wanted.statuses)
    asked = page(first, after, "group sessions", group_id, statuses, wanted.since, wanted.until, key=(datetime, str))
    start = (asked.after[0], asked.after[1]) if asked.after else None
    read = partial(sessions.read_page_of_group, group_id=group_id, wanted=wanted, after=start, limit=asked.limit)
    count = partial(sessions.count_of_group, group_id=group_id, wanted=wanted)
    gateway = info.context.gateway
    return await listing(gateway, asked, read, count, Session.of, lambda each: [each.started_at, each.id])
