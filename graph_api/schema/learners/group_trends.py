"""The series of a class: its distribution, and the levels of each student (Q12)."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.domain.learners.timeline import Period
from graph_api.domain.targets import TargetKind
from graph_api.schema.context import Info
from graph_api.schema.learners.class_view import Kind
from graph_api.schema.learners.matrices import CountMatrix, LevelMatrix
from graph_api.schema.learners.past_levels import only
from graph_api.schema.learners.scope import AllCourses, CourseId, SkillCodes, scope_of_group
from graph_api.schema.learners.status_counts import StatusCount
from graph_api.schema.learners.timeline import Asked, By, Periods, Since, TimeZone, Until, timeline_of
from graph_api.usecases.computing import compute
from graph_api.usecases.learners.class_history import ClassCurves, HistoryOf
from graph_api.usecases.learners.view_class import Distribution
from graph_api.usecases.learners.view_trends import StudentRows, list_student_rows, summarise_series

OfConcept = Annotated[
    strawberry.ID | None, strawberry.argument(description="Only this concept. Give it without kind and scope.")
]


@strawberry.type(description="The distribution of a class as of the last moment of one period.")
class ClassPoint:
    day: date = strawberry.field(description="The first day of the period, in the time zone.")
    at: datetime = strawberry.field(description="The last moment of the period.")
    defined: int | None = strawberry.field(
        description="The number of pairs of a student and a target with answers. Null for analysts if it would reveal "
        "a count of fewer students than the minimum group size."
    )
    coverage: float | None = strawberry.field(
        description="The share of pairs with answers, 0..1. Null without pairs, or if `defined` is null."
    )
    mean_level: float | None = strawberry.field(
        description="The mean level of the pairs with answers, 0..1. Null without answers, and for analysts if fewer "
        "students than the minimum group size have answers."
    )
    statuses: list[StatusCount] = strawberry.field(
        description="The number of pairs with each status, by the thresholds of the present. Analysts do not see "
        "statuses of fewer students than the minimum group size, nor those that would reveal them by subtraction."
    )

    @classmethod
    def of(cls, day: date, at: datetime, summary: Distribution) -> Self:
        return cls(
            day=day,
            at=at,
            defined=summary.defined,
            coverage=summary.coverage,
            mean_level=summary.mean_level,
            statuses=StatusCount.list(summary.counts, summary.total),
        )


@strawberry.type(description="The distribution of a class by day or week. The members are those of the present.")
class ClassSeries(Periods):
    kind: TargetKind = strawberry.field(description="Whether the targets are concepts or skills.")
    students: int = strawberry.field(description="The number of members.")
    targets: int = strawberry.field(description="The number of targets: concepts or skills.")
    points: list[ClassPoint] = strawberry.field(description="The points, one per period, from the earliest.")

    @classmethod
    def of(cls, asked: Asked, kind: TargetKind, curves: ClassCurves, summaries: list[Distribution]) -> Self:
        timeline = asked.timeline
        rows = zip(timeline.days, timeline.moments, summaries, strict=True)
        return cls(
            **asked.fields(),
            kind=kind,
            students=len(curves.student_ids),
            targets=len(curves.keys),
            points=[ClassPoint.of(*row) for row in rows],
        )


@strawberry.type(
    description="The levels of each member by day or week: one row per student, one column per period. The members "
    "are those of the present."
)
class StudentSeries(Periods):
    rows: strawberry.Private[StudentRows]
    kind: TargetKind = strawberry.field(description="Whether the targets are concepts or skills.")
    student_ids: list[strawberry.ID] = strawberry.field(
        description="The ids of the students, one per row, in order of id."
    )

    @classmethod
    def of(cls, asked: Asked, kind: TargetKind, rows: StudentRows) -> Self:
        return cls(**asked.fields(), rows=rows, kind=kind, student_ids=[strawberry.ID(key) for key in rows.student_ids])

    @strawberry.field(
        description="The mean level of each student over the targets with answers by then, one row per student. Null "
        "before the first answer."
    )
    def levels(self) -> LevelMatrix:
        return LevelMatrix(self.rows.levels)

    @strawberry.field(description="The number of targets with answers by then, one row per student.")
    def started(self) -> CountMatrix:
        return CountMatrix(self.rows.started)

    @strawberry.field(
        description="The number of targets whose level is MASTERED by the thresholds of the present, one row per "
        "student."
    )
    def mastered(self) -> CountMatrix:
        return CountMatrix(self.rows.mastered)


@strawberry.type
class GroupTrends:
    """The fields of a group about trends."""

    if TYPE_CHECKING:
        id: strawberry.ID

    @strawberry.field(
        description="The distribution of the members by day or week: what `distribution` returns as of the last "
        "moment of each period."
    )
    async def series(
        self,
        info: Info,
        kind: Kind = TargetKind.SKILL,
        by: By = Period.WEEK,
        since: Since = None,
        until: Until = None,
        time_zone: TimeZone = None,
        skill_codes: SkillCodes = None,
        course_id: CourseId = None,
        all_courses: AllCourses = False,
    ) -> ClassSeries:
        asked, context = timeline_of(info, by, since, until, time_zone), info.context
        scope = await scope_of_group(info, self.id, skill_codes, course_id, all_courses)
        curves = await context.loaders.class_curves.load(HistoryOf(self.id, kind, scope))
        rule = asked.timeline, kind, await context.thresholds(), context.least_students
        return ClassSeries.of(asked, kind, curves, await compute(summarise_series, curves, *rule))

    @strawberry.field(
        description="The levels of each member by day or week, for one chart per student. For analysts, targets that "
        "fewer students than the minimum group size practised by then do not count."
    )
    async def student_series(
        self,
        info: Info,
        concept_id: OfConcept = None,
        kind: Kind = TargetKind.SKILL,
        by: By = Period.WEEK,
        since: Since = None,
        until: Until = None,
        time_zone: TimeZone = None,
        skill_codes: SkillCodes = None,
        course_id: CourseId = None,
        all_courses: AllCourses = False,
    ) -> StudentSeries:
        asked, chosen = (
            timeline_of(info, by, since, until, time_zone),
            kind if concept_id is None else TargetKind.CONCEPT,
        )
        scope = await scope_of_group(info, self.id, skill_codes, course_id, all_courses, concept_id)
        curves = only(await info.context.loaders.class_curves.load(HistoryOf(self.id, chosen, scope)), concept_id)
        rule = asked.timeline, chosen, await info.context.thresholds(), info.context.least_students
        rows = await compute(list_student_rows, curves, *rule)
        return StudentSeries.of(asked, chosen, rows)
