"""The class view: distribution, heat map, learning curve (Q2, Q6)."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.domain.learners.class_levels import ClassLevels
from graph_api.domain.learners.threshold_sets import ThresholdsInEffect
from graph_api.domain.targets import Target, TargetKind
from graph_api.schema.context import AS_OF, Info
from graph_api.schema.course.concept import Concept, load_target
from graph_api.schema.course.skill import Skill
from graph_api.schema.learners.heat_map import HeatMap, Shown
from graph_api.schema.learners.learning_curve import CurvePoint, Longest, curve
from graph_api.schema.learners.past_levels import read_levels
from graph_api.schema.learners.scope import AllCourses, CourseId, SkillCodes, scope_of_group
from graph_api.schema.learners.status_counts import StatusCount
from graph_api.schema.learners.thresholds import JudgedByThresholds, MasteryThresholds, ThresholdGroup
from graph_api.schema.node import TargetNode
from graph_api.schema.paging import DEFAULT_FIRST, First, bounded
from graph_api.store import groups
from graph_api.usecases.computing import compute_cells
from graph_api.usecases.learners import view_class
from graph_api.usecases.learners.class_history import HistoryOf

Kind = Annotated[TargetKind, strawberry.argument(description="Whether the targets are concepts or skills.")]
OfSkill = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="Only this skill, or only the concepts that are part of the skill."),
]


AsOf = Annotated[datetime | None, strawberry.argument(description=AS_OF)]


@strawberry.type(description="A concept or skill that a class finds hard.")
class HardTarget(JudgedByThresholds):
    kind: strawberry.Private[TargetKind]
    key: strawberry.Private[str]
    students: int = strawberry.field(description="The number of students who practised the target.")
    mean_level: float = strawberry.field(description="The mean level of these students, 0..1.")
    need_focus: int | None = strawberry.field(
        description="The number of these students who need focus. Null for analysts if it is less than the "
        "minimum group size."
    )

    def judged(self) -> Target:
        """The target, whose thresholds decide who needs focus."""
        return Target(self.kind, self.key)

    @strawberry.field(description="The concept or skill. Null if it does not exist any more.")
    async def target(self, info: Info) -> TargetNode | None:
        return await load_target(info, self.judged())

    @strawberry.field(description="The concept. Null for a skill.")
    async def concept(self, info: Info) -> Concept | None:
        return await Concept.load(info, self.key) if self.kind is TargetKind.CONCEPT else None

    @strawberry.field(description="The skill. Null for a concept.")
    async def skill(self, info: Info) -> Skill | None:
        return await Skill.load(info, self.key) if self.kind is TargetKind.SKILL else None


@strawberry.type(
    description="The distribution of a class over statuses, with coverage, mean level and the hardest targets."
)
class ClassDistribution:
    levels: strawberry.Private[ClassLevels]
    kind: TargetKind = strawberry.field(description="Whether the targets are concepts or skills.")
    students: int = strawberry.field(description="The number of members.")
    targets: int = strawberry.field(description="The number of targets: concepts or skills.")
    defined: int | None = strawberry.field(
        description="The number of pairs with answers or judgements. Null for analysts if it would reveal a count of "
        "fewer students than the minimum group size."
    )
    total: int = strawberry.field(description="The number of pairs: students times targets.")
    coverage: float | None = strawberry.field(
        description="The share of pairs with answers or judgements, 0..1. Null without pairs, or if `defined` is null."
    )
    mean_level: float | None = strawberry.field(
        description="The mean level of these pairs, 0..1. Null without any, and for analysts "
        "if fewer students than the minimum group size have answers."
    )
    statuses: list[StatusCount] = strawberry.field(
        description="The number of pairs with each status. Analysts do not see statuses of fewer students "
        "than the minimum group size, nor those that would reveal them by subtraction."
    )
    thresholds: MasteryThresholds = strawberry.field(
        description="The thresholds of the statuses, if all targets have the same. Otherwise those of the settings: "
        "see `thresholdGroups`."
    )
    threshold_groups: list[ThresholdGroup] = strawberry.field(
        description="The thresholds of the statuses, each with the targets that use them."
    )

    @classmethod
    def of(cls, levels: ClassLevels, kind: TargetKind, thresholds: ThresholdsInEffect, least: int) -> Self:
        """The schema's view of how a class stands; without what is about fewer than `least` students."""
        summary = view_class.summarise_class(levels, thresholds.columns(kind, levels.keys), least)
        groups = ThresholdGroup.list(thresholds, kind, levels.keys)
        return cls(
            levels=levels,
            kind=kind,
            students=summary.students,
            targets=summary.targets,
            defined=summary.defined,
            total=summary.total,
            coverage=summary.coverage,
            mean_level=summary.mean_level,
            statuses=StatusCount.list(summary.counts, summary.total),
            thresholds=groups[0].thresholds if len(groups) == 1 else MasteryThresholds.of(thresholds.default),
            threshold_groups=groups,
        )

    @strawberry.field(description="The targets that the class finds hardest: the lowest mean level first.")
    async def hardest(
        self,
        info: Info,
        first: First = 5,
        min_students: Annotated[
            int,
            strawberry.argument(
                description="The minimum number of students who practised a target. Targets with fewer students are "
                "left out."
            ),
        ] = 3,
    ) -> list[HardTarget]:
        limit, least = bounded(first), info.context.least_students
        thresholds = (await info.context.thresholds()).columns(self.kind, self.levels.keys)
        least_of = {"min_students": min_students, "least": least}
        rank = partial(view_class.list_hardest, self.levels, self.kind, thresholds, **least_of)
        hardest = await compute_cells(self.levels.level.size, rank)
        return [HardTarget(**each._asdict()) for each in hardest[:limit]]


@strawberry.type
class GroupClassView:
    """The fields of a group about all its members."""

    if TYPE_CHECKING:
        id: strawberry.ID
        size: int

    @strawberry.field(description="The distribution of the members over statuses.")
    async def distribution(
        self,
        info: Info,
        kind: Kind = TargetKind.SKILL,
        skill_code: OfSkill = None,
        skill_codes: SkillCodes = None,
        course_id: CourseId = None,
        all_courses: AllCourses = False,
        as_of: AsOf = None,
    ) -> ClassDistribution:
        scope = await scope_of_group(info, self.id, skill_codes, course_id, all_courses, skill_code)
        levels = await read_levels(info, self.id, kind, skill_code, scope, as_of)
        context = info.context
        thresholds, least = await context.thresholds(), context.least_students
        return await compute_cells(levels.level.size, ClassDistribution.of, levels, kind, thresholds, least)

    @strawberry.field(
        description="All levels of the members as a matrix. Analysts do not see columns that fewer students "
        "than the minimum group size practised."
    )
    async def heatmap(
        self,
        info: Info,
        kind: Kind = TargetKind.SKILL,
        skill_code: OfSkill = None,
        skill_codes: SkillCodes = None,
        course_id: CourseId = None,
        all_courses: AllCourses = False,
        as_of: AsOf = None,
    ) -> HeatMap:
        scope = await scope_of_group(info, self.id, skill_codes, course_id, all_courses, skill_code)
        least = info.context.least_students
        if least == 1:  # for analysts some columns are left out, as the levels decide
            await view_class.check_size(info.context.loaders, self.size, kind, skill_code, scope)
        levels = await read_levels(info, self.id, kind, skill_code, scope, as_of)
        shown = Shown(HistoryOf(self.id, kind, scope), as_of)
        return HeatMap.of(view_class.check_cells(levels.practised_by(least)), shown)

    @strawberry.field(
        description="The learning curve of the members: the share of incorrect answers at the first, second … "
        "opportunity to practise. It covers the concepts of the group's courses, or one concept or skill."
    )
    async def learning_curve(
        self,
        info: Info,
        concept_id: Annotated[strawberry.ID | None, strawberry.argument(description="Only this concept.")] = None,
        skill_code: Annotated[strawberry.ID | None, strawberry.argument(description="Only this skill.")] = None,
        longest: Longest = DEFAULT_FIRST,
        skill_codes: SkillCodes = None,
        course_id: CourseId = None,
        all_courses: AllCourses = False,
    ) -> list[CurvePoint]:
        one = concept_id, skill_code
        scope = await scope_of_group(info, self.id, skill_codes, course_id, all_courses, *one)
        ids = await info.context.gateway.read_one(lambda tx: groups.read_member_ids(tx, self.id))
        return await curve(info, ids, one, longest, scope)
