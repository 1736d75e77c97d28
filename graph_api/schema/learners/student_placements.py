"""The placements of a student."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from graph_api.schema.context import Info
from graph_api.schema.paging import DEFAULT_FIRST, After, Connection, First, page
from graph_api.usecases.learners.pages_by_owner import PlacementsPage

if TYPE_CHECKING:
    from graph_api.schema.learners.placement import Placement


@strawberry.type
class StudentPlacements:
    """The field of a student about their placements."""

    if TYPE_CHECKING:
        id: strawberry.ID

    @strawberry.field(description="The student's placements, newest first. Ties are ordered by id.")
    async def placements(
        self, info: Info, first: First = DEFAULT_FIRST, after: After = None
    ) -> Connection[Annotated["Placement", strawberry.lazy("graph_api.schema.learners.placement")]]:
        from graph_api.schema.learners.placement import Placement  # noqa: PLC0415 - a placement knows its student

        wanted = page(first, after, "placements", self.id, key=(datetime, str))
        start = (wanted.after[0], wanted.after[1]) if wanted.after else None
        rows = await info.context.loaders.placements_page.load(PlacementsPage(self.id, start, wanted.limit))
        return wanted.connection(
            rows, Placement.of, lambda each: [each.session.started_at, each.id], _count(info, self.id)
        )


def _count(info: Info, student_id: str) -> Callable[[], Awaitable[int]]:
    """The count of a student's placements, once it is selected."""

    async def count() -> int:
        return await info.context.loaders.placement_counts.load(student_id) or 0

    return count
