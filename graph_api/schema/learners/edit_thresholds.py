"""Mutations of thresholds: of a course or a skill."""

from typing import Annotated, Self

import strawberry

from graph_api.domain.learners import threshold_sets as domain
from graph_api.domain.learners.mastery import Comparison
from graph_api.domain.targets import skill as skill_target
from graph_api.schema.context import Info
from graph_api.schema.course.course import Course
from graph_api.schema.course.skill import Skill
from graph_api.schema.failures import CourseNotFound, InvalidInput, RevisionConflict, SkillNotFound, Unavailable
from graph_api.schema.learners.thresholds import MasteryThresholds, ThresholdSet
from graph_api.schema.mutations import mutation
from graph_api.usecases.learners import edit_thresholds as usecase

IF_REVISION = (
    "The newest version that the caller has read (`thresholdRevision`); 0 for none. With another one nothing is "
    "written, and the failure RevisionConflict names the stored version. Null: any."
)
NOTE = "The reason for the change, at most 2,000 characters."


@strawberry.input(description="The course or skill whose thresholds return to the default.")
class ResetThresholdsInput:
    skill_code: strawberry.ID | None = strawberry.field(default=None, description="The skill; or give courseId.")
    course_id: strawberry.ID | None = strawberry.field(default=None, description="The course; or give skillCode.")
    note: str = strawberry.field(default="", description=NOTE)
    if_revision: int | None = strawberry.field(default=None, description=IF_REVISION)

    def change(self, info: Info) -> usecase.ThresholdChange:
        """The change, checked, in the name of the principal."""
        scope = domain.check_scope(self.skill_code, self.course_id)
        at = info.context.services.clock()
        return usecase.ThresholdChange(scope, info.context.principal.id or None, self.note, at, self.if_revision)


@strawberry.input(
    description="New thresholds of a course or skill. Values of null stay as they are in effect for the course or "
    "skill."
)
class ThresholdsInput(ResetThresholdsInput):
    mastered: float | None = strawberry.field(
        default=None, description="Levels that reach this are MASTERED, > 0 and < 1, and above `focus`."
    )
    focus: float | None = strawberry.field(
        default=None, description="Levels that do not reach this are NEEDS_FOCUS, > 0 and < 1."
    )
    weak: float | None = strawberry.field(
        default=None, description="Levels that do not reach this are weak, > 0 and < 1."
    )
    weak_attempts: int | None = strawberry.field(
        default=None, description="The minimum number of answers of a weak level, 1 to 1,000,000."
    )
    comparison: Comparison | None = strawberry.field(
        default=None, description="Whether a level that equals a threshold has reached it."
    )

    def values(self) -> domain.ThresholdValues:
        """What the input states."""
        return domain.ThresholdValues(self.mastered, self.focus, self.weak, self.weak_attempts, self.comparison)


@strawberry.type(description="The thresholds of a course or skill after a change.")
class ThresholdsPayload:
    thresholds: MasteryThresholds = strawberry.field(description="The thresholds in effect for the course or skill.")
    threshold_set: ThresholdSet | None = strawberry.field(
        description="The newest version of the course or skill. Null if it never had thresholds of its own."
    )
    course: Course | None = strawberry.field(description="The course. Null for a skill.")
    skill: Skill | None = strawberry.field(description="The skill. Null for a course.")

    @classmethod
    async def of(cls, info: Info, scope: domain.ThresholdScope, newest: domain.ThresholdSet | None) -> Self:
        """The schema's view of a change to a scope."""
        used, of_course = await info.context.thresholds(), scope.kind is domain.ScopeKind.COURSE
        return cls(
            thresholds=MasteryThresholds.for_course(used, scope.key)
            if of_course
            else MasteryThresholds.for_target(used, skill_target(scope.key)),
            threshold_set=ThresholdSet.of(newest) if newest else None,
            course=await Course.load(info, scope.key) if of_course else None,
            skill=None if of_course else await Skill.load(info, scope.key),
        )


Failures = InvalidInput | CourseNotFound | SkillNotFound | RevisionConflict | Unavailable
PutThresholdsResult = Annotated[
    ThresholdsPayload | Failures,
    strawberry.union("PutThresholdsResult", description="The thresholds, or the reason why nothing was changed."),
]
ResetThresholdsResult = Annotated[
    ThresholdsPayload | Failures,
    strawberry.union("ResetThresholdsResult", description="The thresholds, or the reason why nothing was changed."),
]


@strawberry.type
class ThresholdMutation:
    """Mutations of thresholds."""

    @mutation(
        description="Store a new version of the thresholds of a course or skill. Statuses and weak lists follow at "
        "once; levels do not change. If the newest version states the same already, no new one is stored."
    )
    async def put_thresholds(
        self, info: Info, input: Annotated[ThresholdsInput, strawberry.argument(description="The thresholds.")]
    ) -> PutThresholdsResult:
        change, default = input.change(info), info.context.services.thresholds.default
        newest = await usecase.put_thresholds(info.context.gateway, change, input.values(), default)
        return await ThresholdsPayload.of(info, change.scope, newest)

    @mutation(
        description="Return a course or skill to the default: a skill to the thresholds of its course or the "
        "settings, a course to the settings. The earlier versions stay readable."
    )
    async def reset_thresholds(
        self,
        info: Info,
        input: Annotated[ResetThresholdsInput, strawberry.argument(description="The scope and the reason.")],
    ) -> ResetThresholdsResult:
        change, default = input.change(info), info.context.services.thresholds.default
        newest = await usecase.reset_thresholds(info.context.gateway, change, default)
        return await ThresholdsPayload.of(info, change.scope, newest)
