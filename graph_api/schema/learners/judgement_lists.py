"""The judgements of a student, and those on one concept or skill, in pages."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from graph_api.domain.learners import judgements as domain
from graph_api.domain.learners.judgements import JudgementKind
from graph_api.domain.targets import Target
from graph_api.schema.context import Info
from graph_api.schema.enums import describe_values
from graph_api.schema.learners.lists import connect
from graph_api.schema.paging import DEFAULT_FIRST, After, Connection, First, page

if TYPE_CHECKING:
    from graph_api.schema.learners.judgement import Judgement

__all__ = ["JudgementKind"]

strawberry.enum(JudgementKind, description="What a judgement is based on.")
describe_values(
    JudgementKind,
    OVERRIDE="A teacher judges the level to be another than the answers suggest.",
    PRIOR_LEARNING="The student learned the concept or skill elsewhere, before or beside the answers.",
)

IncludeRevoked = Annotated[bool, strawberry.argument(description="Whether to include revoked judgements.")]
JudgementPage = Connection[Annotated["Judgement", strawberry.lazy("graph_api.schema.learners.judgement")]]
NEWEST = "the latest first by the moment from which they count."


@strawberry.type
class StudentJudgements:
    """The field of a student about their judgements."""

    if TYPE_CHECKING:
        id: strawberry.ID

    @strawberry.field(description=f"The judgements on the student's levels, {NEWEST}")
    async def judgements(
        self,
        info: Info,
        kind: Annotated[JudgementKind | None, strawberry.argument(description="Only judgements of this kind.")] = None,
        first: First = DEFAULT_FIRST,
        after: After = None,
        *,
        include_revoked: IncludeRevoked = True,
    ) -> JudgementPage:
        matching = domain.JudgementFilter(None, kind, include_revoked=include_revoked)
        return await list_judgements(info, self.id, matching, first, after)


@strawberry.type
class MasteryJudgements:
    """The field of a mastery about its judgements."""

    if TYPE_CHECKING:
        student_id: strawberry.ID
        of_target: Target

    @strawberry.field(
        description=f"The judgements on this level, {NEWEST} For a mastery as of a past moment, those of the present."
    )
    async def judgements(
        self,
        info: Info,
        first: First = DEFAULT_FIRST,
        after: After = None,
        *,
        include_revoked: IncludeRevoked = True,
    ) -> JudgementPage:
        matching = domain.JudgementFilter(self.of_target, include_revoked=include_revoked)
        return await list_judgements(info, self.student_id, matching, first, after)


async def list_judgements(
    info: Info, student_id: str, matching: domain.JudgementFilter, first: int, after: str | None
) -> "Connection[Judgement]":
    """A page of a student's judgements that pass a filter."""
    from graph_api.schema.learners.judgement import Judgement  # noqa: PLC0415 - it knows its student

    wanted = page(first, after, "judgements", student_id, matching, key=(int, int, int, str))
    stored = await info.context.loaders.judgements_of_student.load(student_id)
    rows = sorted(filter(matching.matches, stored), key=newest_first)
    return connect(wanted, rows, Judgement.of, newest_first)


def newest_first(judgement: domain.Judgement) -> list[Any]:
    """The sort key of judgements by the moment from which they count, the latest first: numbers that a cursor can hold.

    Ties are ordered by recording time, then by the place in the call, then by id.
    """
    return [*(-microseconds(each) for each in (judgement.at, judgement.recorded_at)), -judgement.sequence, judgement.id]


def microseconds(moment: datetime) -> int:
    """The microseconds of a time since the year 1970, exactly.

    >>> microseconds(datetime.fromisoformat("1970-01-01T00:00:01.000002+00:00"))
    1000002
    """
    pause = moment - domain.EPOCH
    return (pause.days * 86_400 + pause.seconds) * 1_000_000 + pause.microseconds
