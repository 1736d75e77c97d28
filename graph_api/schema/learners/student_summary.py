"""What a student's levels amount to: last practice, mean level, counts by status."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from graph_api.domain.learners.level_lists import StudentSummary, summarise_levels
from graph_api.domain.targets import TargetKind
from graph_api.schema.context import Info
from graph_api.schema.learners.status_counts import StatusCount

Kind = Annotated[TargetKind, strawberry.argument(description="Whether the targets are concepts or skills.")]


@strawberry.type
class StudentSummaryFields:
    """The fields of a student that sum up their levels."""

    if TYPE_CHECKING:
        id: strawberry.ID

    @strawberry.field(description="The time of the student's last answer. Null without answers.")
    async def last_practiced_at(self, info: Info) -> datetime | None:
        return await info.context.loaders.latest_times.load(self.id)

    @strawberry.field(description="The number of the student's answers. An answer to several targets counts once.")
    async def attempts(self, info: Info) -> int:
        return await info.context.loaders.answer_counts.load(self.id) or 0

    @strawberry.field(
        description="The mean of the student's levels on skills or concepts with answers, 0..1 to 4 digits. Null "
        "without answers."
    )
    async def mean_level(self, info: Info, kind: Kind = TargetKind.SKILL) -> float | None:
        return (await summary_of(info, self.id, kind)).mean_level

    @strawberry.field(
        description="The number of skills or concepts with each status for the student. Those without answers are "
        "NOT_STARTED."
    )
    async def status_counts(self, info: Info, kind: Kind = TargetKind.SKILL) -> list[StatusCount]:
        counts = (await summary_of(info, self.id, kind)).counts
        return StatusCount.list(counts, sum(counts.values()))


async def summary_of(info: Info, student_id: str, kind: TargetKind) -> StudentSummary:
    """The summary of a student's levels on concepts or skills."""
    loaders, thresholds = info.context.loaders, await info.context.thresholds()
    shown = await loaders.shown_levels.load((student_id, kind))
    levels = [] if shown is None else shown.with_evidence(kind)
    return summarise_levels(levels, await loaders.target_counts.load(kind) or 0, thresholds)
