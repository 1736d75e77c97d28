"""The thresholds of courses, skills and concepts, and the versions of them."""

from functools import partial
from typing import TYPE_CHECKING, Annotated

import strawberry

from graph_api.domain.learners.threshold_sets import ScopeKind, ThresholdScope
from graph_api.domain.targets import Target
from graph_api.schema.context import Info
from graph_api.schema.paging import DEFAULT_FIRST, After, Connection, First, page
from graph_api.usecases.learners.pages_by_owner import ThresholdSetsPage

if TYPE_CHECKING:
    from graph_api.schema.learners.thresholds import MasteryThresholds, ThresholdSet

Thresholds = Annotated["MasteryThresholds", strawberry.lazy("graph_api.schema.learners.thresholds")]
VERSIONS = "The versions of the thresholds of the {noun}, newest first. Empty if it never had thresholds of its own."
REVISION = (
    "The newest version of the thresholds of the {noun}, for `ifRevision` of the next change. 0 if it never had "
    "thresholds of its own."
)


async def read_versions(info: Info, scope: ThresholdScope, first: int, after: str | None) -> "Connection[ThresholdSet]":
    """The page of the versions of a scope."""
    from graph_api.schema.learners.thresholds import ThresholdSet  # noqa: PLC0415 - a set knows its scope

    wanted, loaders = page(first, after, "thresholdSets", *scope, key=(int,)), info.context.loaders
    (before,) = wanted.after or (None,)
    rows = await loaders.threshold_sets_page.load(ThresholdSetsPage(scope, before, wanted.limit))
    return wanted.connection(rows, ThresholdSet.of, lambda each: [each.version], partial(count_versions, info, scope))


async def count_versions(info: Info, scope: ThresholdScope) -> int:
    """The number of versions of a scope, which is also the newest."""
    return await info.context.loaders.threshold_set_counts.load(scope) or 0


@strawberry.type
class TargetThresholdFields:
    """The field of a concept or skill about its thresholds."""

    if TYPE_CHECKING:

        def target(self) -> Target: ...

    @strawberry.field(
        description="The thresholds of every status on the concept or skill. A skill uses its own, else those of the "
        "first of its courses that has any, else the settings. A concept uses those of the first of its skills that "
        "has its own, else those of the first course of its skills that has any, else the settings. First means in "
        "order of id or code."
    )
    async def thresholds(self, info: Info) -> Thresholds:
        from graph_api.schema.learners.thresholds import MasteryThresholds  # noqa: PLC0415 - a set knows its skill

        return MasteryThresholds.for_target(await info.context.thresholds(), self.target())


@strawberry.type
class SkillThresholdFields(TargetThresholdFields):
    """The fields of a skill about its thresholds."""

    if TYPE_CHECKING:
        code: strawberry.ID

    @strawberry.field(description=VERSIONS.format(noun="skill"))
    async def threshold_sets(
        self, info: Info, first: First = DEFAULT_FIRST, after: After = None
    ) -> Connection[Annotated["ThresholdSet", strawberry.lazy("graph_api.schema.learners.thresholds")]]:
        return await read_versions(info, ThresholdScope(ScopeKind.SKILL, self.code), first, after)

    @strawberry.field(description=REVISION.format(noun="skill"))
    async def threshold_revision(self, info: Info) -> int:
        return await count_versions(info, ThresholdScope(ScopeKind.SKILL, self.code))


@strawberry.type
class CourseThresholdFields:
    """The fields of a course about its thresholds."""

    if TYPE_CHECKING:
        id: strawberry.ID

    @strawberry.field(
        description="The thresholds of the course: its own, else the settings. Skills of the course use them unless "
        "they have their own, or are in an earlier course that has its own."
    )
    async def thresholds(self, info: Info) -> Thresholds:
        from graph_api.schema.learners.thresholds import MasteryThresholds  # noqa: PLC0415 - a set knows its course

        return MasteryThresholds.for_course(await info.context.thresholds(), self.id)

    @strawberry.field(description=VERSIONS.format(noun="course"))
    async def threshold_sets(
        self, info: Info, first: First = DEFAULT_FIRST, after: After = None
    ) -> Connection[Annotated["ThresholdSet", strawberry.lazy("graph_api.schema.learners.thresholds")]]:
        return await read_versions(info, ThresholdScope(ScopeKind.COURSE, self.id), first, after)

    @strawberry.field(description=REVISION.format(noun="course"))
    async def threshold_revision(self, info: Info) -> int:
        return await count_versions(info, ThresholdScope(ScopeKind.COURSE, self.id))
