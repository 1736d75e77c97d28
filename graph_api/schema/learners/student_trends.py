"""The series of a student: levels, recency scores, topics (Q12)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.domain.learners.mastery import Status
from graph_api.domain.learners.scope import Scope
from graph_api.domain.learners.threshold_sets import TargetThresholds
from graph_api.domain.learners.timeline import Period
from graph_api.domain.targets import Target, TargetKind
from graph_api.schema.context import Info
from graph_api.schema.course.concept import load_target
from graph_api.schema.course.skill import Skill
from graph_api.schema.learners.scope import AllCourses, CourseId, SkillCodes, scope_of_student
from graph_api.schema.learners.timeline import Asked, By, Periods, Since, TimeZone, Until, timeline_of
from graph_api.schema.node import TargetNode
from graph_api.usecases.computing import compute
from graph_api.usecases.learners import student_trends as usecase

TOPIC_DIGITS = 3


@strawberry.type(description="The levels of a student on one concept or skill, one value per period.")
class TargetSeries:
    target_of: strawberry.Private[Target]
    target_id: strawberry.ID = strawberry.field(description="The concept id or skill code.")
    kind: TargetKind = strawberry.field(description="Whether the target is a concept or a skill.")
    levels: list[float] = strawberry.field(
        description="The levels, 0..1: what `levelAt` returns for the moment. Before the first answer, the prior."
    )
    attempts: list[int] = strawberry.field(description="The number of answers behind each level; 0 before the first.")
    statuses: list[Status] = strawberry.field(
        description="The status of each level by the thresholds of the present; NOT_STARTED before the first answer."
    )

    @strawberry.field(description="The concept or skill. Null if it does not exist any more.")
    async def target(self, info: Info) -> TargetNode | None:
        return await load_target(info, self.target_of)

    @classmethod
    def of_all(cls, series: Sequence[usecase.LevelSeriesOf], thresholds: TargetThresholds) -> list[Self]:
        """The schema's view of several series."""
        return [cls.of(each, thresholds) for each in series]

    @classmethod
    def of(cls, series: usecase.LevelSeriesOf, thresholds: TargetThresholds) -> Self:
        rule = thresholds.for_target(series.target)
        return cls(
            target_of=series.target,
            target_id=strawberry.ID(series.target.key),
            kind=series.target.kind,
            levels=[point.level for point in series.points],
            attempts=[point.attempts for point in series.points],
            statuses=[rule.status(point.level, int(point.is_started)) for point in series.points],
        )


@strawberry.type(description="The levels of a student by day or week.")
class LevelSeries(Periods):
    targets: list[TargetSeries] = strawberry.field(description="The series, one per concept or skill, in order of id.")


@strawberry.type(description="The recency scores of a student on one skill, one value per period.")
class SkillScoreSeries:
    skill_code: strawberry.ID = strawberry.field(description="The code of the skill.")
    scores: list[float | None] = strawberry.field(
        description="The recency scores, 0..1, with windows that end at each moment. Null with too few recent answers."
    )
    attempts: list[int] = strawberry.field(description="The number of recent answers at each moment.")

    @strawberry.field(description="The skill. Null if it does not exist any more.")
    async def skill(self, info: Info) -> Skill | None:
        return await Skill.load(info, self.skill_code)

    @classmethod
    def of(cls, series: usecase.RecencySeriesOf) -> Self:
        code = strawberry.ID(series.skill_code)
        return cls(skill_code=code, scores=list(series.scores), attempts=list(series.attempts))


@strawberry.type(description="The recency scores of a student by day or week.")
class RecencySeries(Periods):
    parameter_set_id: strawberry.ID = strawberry.field(
        description="The id of the recency parameters in effect, which all scores are computed under."
    )
    skills: list[SkillScoreSeries] = strawberry.field(description="The series, one per skill, in order of code.")


@strawberry.type(description="The topic of a student and a skill, one value per period.")
class TopicPoints:
    skill_code: strawberry.ID = strawberry.field(description="The code of the skill.")
    mastery_levels: list[float | None] = strawberry.field(
        description="The masteries, 0..1 to 3 digits. Null before the first scored answer."
    )
    learning_velocities: list[float | None] = strawberry.field(
        description="The change of the mastery at the last scored answer by then, to 3 digits. Null before the first "
        "scored answer."
    )
    questions_attempted: list[int] = strawberry.field(description="The number of scored answers by then.")

    @strawberry.field(description="The skill. Null if it does not exist any more.")
    async def skill(self, info: Info) -> Skill | None:
        return await Skill.load(info, self.skill_code)

    @classmethod
    def of(cls, series: usecase.TopicSeriesOf) -> Self:
        topics = series.topics
        return cls(
            skill_code=strawberry.ID(series.skill_code),
            mastery_levels=[None if topic is None else round(topic.mastery, TOPIC_DIGITS) for topic in topics],
            learning_velocities=[None if topic is None else round(topic.velocity, TOPIC_DIGITS) for topic in topics],
            questions_attempted=[topic.attempted if topic else 0 for topic in topics],
        )


@strawberry.type(description="The topics of a student by day or week.")
class TopicSeries(Periods):
    topics: list[TopicPoints] = strawberry.field(description="The series, one per skill, in order of code.")


ConceptIds = Annotated[
    list[strawberry.ID] | None,
    strawberry.argument(
        description="Only these concepts, also those without answers; those that do not exist are left out. Null: the "
        "concepts or skills with answers that `kind` and the scope choose."
    ),
]
Kind = Annotated[TargetKind, strawberry.argument(description="Whether the targets are concepts or skills.")]


@strawberry.type
class StudentTrends:
    """The fields of a student about trends."""

    if TYPE_CHECKING:
        id: strawberry.ID

    @strawberry.field(
        description="The student's levels by day or week: at the last moment of each period, as `levelAt` returns them."
    )
    async def level_series(
        self,
        info: Info,
        concept_ids: ConceptIds = None,
        kind: Kind = TargetKind.SKILL,
        by: By = Period.WEEK,
        since: Since = None,
        until: Until = None,
        time_zone: TimeZone = None,
        skill_codes: SkillCodes = None,
        course_id: CourseId = None,
        all_courses: AllCourses = False,
    ) -> LevelSeries:
        asked, loaders = timeline_of(info, by, since, until, time_zone), info.context.loaders
        named = "" if concept_ids is not None else None
        scope = await scope_of_student(info, self.id, skill_codes, course_id, all_courses, named)
        targets = await usecase.choose_targets(loaders, self.id, kind, scope, concept_ids)
        rows = await usecase.read_level_series(loaders, self.id, targets, asked.timeline)
        thresholds = await info.context.thresholds()
        return LevelSeries(**asked.fields(), targets=await compute(TargetSeries.of_all, rows, thresholds))

    @strawberry.field(
        description="The student's recency scores by day or week: what a recomputation as of the last moment of each "
        "period would store under the recency parameters in effect. Answers in sessions that are in progress or "
        "abandoned do not count."
    )
    async def recency_series(
        self,
        info: Info,
        by: By = Period.WEEK,
        since: Since = None,
        until: Until = None,
        time_zone: TimeZone = None,
        skill_codes: SkillCodes = None,
        course_id: CourseId = None,
        all_courses: AllCourses = False,
    ) -> RecencySeries:
        asked = timeline_of(info, by, since, until, time_zone)
        scope = await scope_of_student(info, self.id, skill_codes, course_id, all_courses)
        return await _recency_series(info, self.id, asked, scope)

    @strawberry.field(
        description="The student's topics by day or week: mastery, velocity and scored answers at the last moment of "
        "each period, each under the parameters of the topic."
    )
    async def topic_series(
        self,
        info: Info,
        by: By = Period.WEEK,
        since: Since = None,
        until: Until = None,
        time_zone: TimeZone = None,
        skill_codes: SkillCodes = None,
        course_id: CourseId = None,
        all_courses: AllCourses = False,
    ) -> TopicSeries:
        asked = timeline_of(info, by, since, until, time_zone)
        scope = await scope_of_student(info, self.id, skill_codes, course_id, all_courses)
        rows = await usecase.read_topic_series(info.context.loaders, self.id, scope, asked.timeline)
        return TopicSeries(**asked.fields(), topics=[TopicPoints.of(row) for row in rows])


async def _recency_series(info: Info, student_id: str, asked: Asked, scope: Scope) -> RecencySeries:
    """The series under the recency parameters in effect.

    Raises:
        LookupError: they are not stored.
    """
    loaders, set_id = info.context.loaders, info.context.services.recency_set_id
    used = await loaders.recency_sets.load(set_id)
    if used is None:
        raise LookupError(f"recency parameters {set_id} are gone")
    rows = await usecase.read_recency_series(loaders, student_id, scope, asked.timeline, used)
    skills = [SkillScoreSeries.of(row) for row in rows]
    return RecencySeries(**asked.fields(), parameter_set_id=strawberry.ID(set_id), skills=skills)
