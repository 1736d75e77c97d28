"""What students did by day or week: answers, time on task, sessions (Q12)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Self

import strawberry

from graph_api.domain.learners.activity import PeriodActivity
from graph_api.domain.learners.timeline import Period
from graph_api.schema.context import Info
from graph_api.schema.learners.scope import AllCourses, CourseId, SkillCodes, scope_of_group, scope_of_student
from graph_api.schema.learners.timeline import Asked, By, Periods, Since, TimeZone, Until, timeline_of
from graph_api.usecases.learners.read_activity import read_group_activity, read_student_activity

FEW = "Null for analysts if fewer students than the minimum group size answered."
FEW_TIMED = "Null for analysts if they are of fewer students than the minimum group size."
FEW_SESSIONS = "Null for analysts if fewer students than the minimum group size started a session."


@strawberry.type(description="What students did in one day or week.")
class ActivityPoint:
    day: date = strawberry.field(description="The first day of the period, in the time zone.")
    at: datetime = strawberry.field(description="The last moment of the period.")
    students: int | None = strawberry.field(description=f"The number of students with at least one answer. {FEW}")
    answers: int | None = strawberry.field(
        description=f"The number of answers. An answer to several targets counts once. {FEW}"
    )
    correct: int | None = strawberry.field(description=f"The number of correct answers. {FEW}")
    timed_answers: int | None = strawberry.field(
        description=f"The number of answers with a `responseTime`. {FEW_TIMED}"
    )
    time_on_task: float | None = strawberry.field(
        description="The time on task in seconds: the sum of `responseTime` over the answers that have one. Answers "
        f"without it add nothing: compare `timedAnswers` with `answers`. {FEW_TIMED}"
    )
    sessions: int | None = strawberry.field(
        description=f"The number of sessions that started in the period, whatever their status. {FEW_SESSIONS}"
    )
    session_time: float | None = strawberry.field(
        description="The time in sessions in seconds: the sum of the time from start to end over the submitted "
        f"sessions that started in the period. {FEW_TIMED}"
    )

    @classmethod
    def of(cls, day: date, at: datetime, done: PeriodActivity, least: int) -> Self:
        """The point; without what is about fewer than `least` students."""
        few, few_timed, few_sessions, few_submitted = (
            0 < students < least
            for students in (done.students, done.timed_students, done.session_students, done.submitted_students)
        )
        return cls(
            day=day,
            at=at,
            students=None if few else done.students,
            answers=None if few else done.answers,
            correct=None if few else done.correct,
            timed_answers=None if few_timed else done.timed,
            time_on_task=None if few_timed else done.response_time,
            sessions=None if few_sessions else done.sessions,
            session_time=None if few_submitted else done.session_time.total_seconds(),
        )


@strawberry.type(
    description="What students did by day or week. Sessions count in whole, whatever their answers count towards."
)
class Activity(Periods):
    points: list[ActivityPoint] = strawberry.field(description="The points, one per period, from the earliest.")

    @classmethod
    def of(cls, asked: Asked, periods: Sequence[PeriodActivity], least: int = 1) -> Self:
        rows = zip(asked.timeline.days, asked.timeline.moments, periods, strict=True)
        return cls(**asked.fields(), points=[ActivityPoint.of(*row, least) for row in rows])


@strawberry.type
class StudentActivity:
    """The field of a student about activity."""

    if TYPE_CHECKING:
        id: strawberry.ID

    @strawberry.field(
        description="What the student did by day or week: answers that count towards the scope, time on task, and "
        "sessions."
    )
    async def activity(
        self,
        info: Info,
        by: By = Period.DAY,
        since: Since = None,
        until: Until = None,
        time_zone: TimeZone = None,
        skill_codes: SkillCodes = None,
        course_id: CourseId = None,
        all_courses: AllCourses = False,
    ) -> Activity:
        asked = timeline_of(info, by, since, until, time_zone)
        scope = await scope_of_student(info, self.id, skill_codes, course_id, all_courses)
        return Activity.of(asked, await read_student_activity(info.context.loaders, self.id, asked.timeline, scope))


@strawberry.type
class GroupActivity:
    """The field of a group about activity."""

    if TYPE_CHECKING:
        id: strawberry.ID

    @strawberry.field(
        description="What the members did by day or week: answers that count towards the scope, students, time on "
        "task, and sessions. The members are those of the present."
    )
    async def activity(
        self,
        info: Info,
        by: By = Period.DAY,
        since: Since = None,
        until: Until = None,
        time_zone: TimeZone = None,
        skill_codes: SkillCodes = None,
        course_id: CourseId = None,
        all_courses: AllCourses = False,
    ) -> Activity:
        asked, context = timeline_of(info, by, since, until, time_zone), info.context
        scope = await scope_of_group(info, self.id, skill_codes, course_id, all_courses)
        periods = await read_group_activity(context.loaders, self.id, asked.timeline, scope)
        return Activity.of(asked, periods, context.least_students)
