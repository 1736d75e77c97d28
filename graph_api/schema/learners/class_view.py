"""The class at a glance: distribution, heat map, learning curve (Q2, Q6)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, NewType, Self

import strawberry
from strawberry.types.scalar import ScalarDefinition

from graph_api.domain.learners.class_levels import ClassLevels
from graph_api.domain.learners.mastery import Thresholds
from graph_api.domain.targets import TargetKind
from graph_api.execution.pace import BUDGET
from graph_api.schema.context import Info
from graph_api.schema.course.concept import Concept
from graph_api.schema.course.skill import Skill
from graph_api.schema.learners.learning_curve import CurvePoint, Longest, curve
from graph_api.schema.learners.mastery import Status
from graph_api.schema.learners.thresholds import MasteryThresholds
from graph_api.schema.learners.uncertainty import DIGITS
from graph_api.schema.paging import DEFAULT_FIRST, First, bounded
from graph_api.store import groups
from graph_api.usecases.computing import compute
from graph_api.usecases.learners import view_class

LevelMatrix = NewType("LevelMatrix", Sequence[Sequence[float | None]])
CountMatrix = NewType("CountMatrix", list[list[int]])


def _counted(rows: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
    budget = BUDGET.get()
    if budget is not None and rows:
        budget.cells += len(rows) * len(rows[0])
    return rows


MATRICES: dict[object, ScalarDefinition] = {
    LevelMatrix: strawberry.scalar(
        name="LevelMatrix",
        description="Rows of levels, 0..1 to 4 digits, null where there are no answers: one row a student.",
        serialize=_counted,
    ),
    CountMatrix: strawberry.scalar(
        name="CountMatrix", description="Rows of counts, one row a student.", serialize=_counted
    ),
}
"""Scalars: a matrix passes whole, because GraphQL would complete every cell by itself."""


Kind = Annotated[TargetKind, strawberry.argument(description="Concepts, or skills.")]
OfSkill = Annotated[
    strawberry.ID | None, strawberry.argument(description="Only this skill, or only the concepts that are part of it.")
]


@strawberry.type(description="How many student-target pairs have a status.")
class StatusCount:
    """A count."""

    status: Status = strawberry.field(description="The status.")
    count: int = strawberry.field(description="How many pairs.")
    share: float = strawberry.field(description="Of all pairs, 0..1.")


@strawberry.type(description="A concept or skill that a class finds hard.")
class HardTarget:
    """A hard target."""

    kind: strawberry.Private[TargetKind]
    key: strawberry.Private[str]
    students: int = strawberry.field(description="How many practised it.")
    mean_level: float = strawberry.field(description="Their mean level, 0..1.")
    need_focus: int | None = strawberry.field(
        description="The number of them that need focus. Null for analysts if fewer than the minimum group size do."
    )

    @strawberry.field(description="The concept, if this is about one.")
    async def concept(self, info: Info) -> Concept | None:
        """Its concept."""
        return await Concept.load(info, self.key) if self.kind is TargetKind.CONCEPT else None

    @strawberry.field(description="The skill, if this is about one.")
    async def skill(self, info: Info) -> Skill | None:
        """Its skill."""
        return await Skill.load(info, self.key) if self.kind is TargetKind.SKILL else None


@strawberry.type(description="How a class stands: statuses, coverage, mean, and what is hardest.")
class ClassDistribution:
    """A distribution (Q6)."""

    levels: strawberry.Private[ClassLevels]
    kind: TargetKind = strawberry.field(description="What was looked at.")
    students: int = strawberry.field(description="Members.")
    targets: int = strawberry.field(description="Concepts or skills.")
    defined: int | None = strawberry.field(
        description="Pairs of them with answers. Null for analysts if it would reveal a count of fewer students than "
        "the minimum group size."
    )
    total: int = strawberry.field(description="All pairs.")
    coverage: float | None = strawberry.field(
        description="defined / total, 0..1; null if there are no pairs, or if defined is null."
    )
    mean_level: float | None = strawberry.field(
        description="Mean level of the pairs with answers; null without any, and for analysts if fewer students than "
        "the minimum group size have answers."
    )
    statuses: list[StatusCount] = strawberry.field(
        description="The number of pairs with each status. Analysts do not see statuses of fewer students than the "
        "minimum group size, nor those that would reveal them by subtraction."
    )
    thresholds: MasteryThresholds = strawberry.field(description="The thresholds that the statuses were decided by.")

    @classmethod
    def of(cls, levels: ClassLevels, kind: TargetKind, thresholds: Thresholds, least: int) -> Self:
        """The schema's view of how a class stands; without what is about fewer than `least` students."""
        found = view_class.summarise_class(levels, thresholds, least)
        return cls(
            levels=levels,
            kind=kind,
            students=found.students,
            targets=found.targets,
            defined=found.defined,
            total=found.total,
            coverage=found.coverage,
            mean_level=found.mean_level,
            statuses=[
                StatusCount(status=status, count=found.counts[status], share=found.share(status))
                for status in Status
                if status in found.counts
            ],
            thresholds=MasteryThresholds.of(thresholds),
        )

    @strawberry.field(description="What the class finds hardest: the lowest mean level first.")
    async def hardest(
        self,
        info: Info,
        first: First = 5,
        min_students: Annotated[
            int, strawberry.argument(description="Only what so many practised: fewer are not enough data.")
        ] = 3,
    ) -> list[HardTarget]:
        """The hardest targets."""
        limit, least = bounded(first), info.context.least_students
        thresholds = info.context.services.thresholds
        found = await compute(self.levels.hardest, thresholds, max(min_students, least))
        return [
            HardTarget(
                kind=self.kind,
                key=each.key,
                students=each.students,
                mean_level=round(each.mean_level, DIGITS),
                need_focus=None if 0 < each.need_focus < least else each.need_focus,
            )
            for each in found[:limit]
        ]


@strawberry.type(description="Levels of a class as one matrix: a row for each student, a column for each target.")
class HeatMap:
    """A heat map (Q6)."""

    seen: strawberry.Private[ClassLevels]
    kind: TargetKind = strawberry.field(description="What the columns are.")
    student_ids: list[strawberry.ID] = strawberry.field(description="The rows, in order of id.")
    target_ids: list[strawberry.ID] = strawberry.field(description="The columns: concept ids or skill codes, in order.")

    @strawberry.field(description="The levels.")
    async def levels(self) -> LevelMatrix:
        """Rows of levels."""
        return LevelMatrix(await compute(view_class.level_cells, self.seen))

    @strawberry.field(description="How many answers are behind each level.")
    async def attempts(self) -> CountMatrix:
        """Rows of counts."""
        return CountMatrix(await compute(view_class.count_cells, self.seen))


@strawberry.type
class GroupClassView:
    """The fields of a group that show all of it at a glance."""

    if TYPE_CHECKING:
        id: strawberry.ID

    @strawberry.field(description="How the class stands (Q6).")
    async def distribution(
        self, info: Info, kind: Kind = TargetKind.SKILL, skill_code: OfSkill = None
    ) -> ClassDistribution:
        """The distribution over statuses."""
        levels = await self._levels(info, kind, skill_code)
        context = info.context
        thresholds, least = context.services.thresholds, context.least_students
        return await compute(ClassDistribution.of, levels, kind, thresholds, least)

    @strawberry.field(
        description="Every level of the class in one reply (Q6). Analysts do not see columns that fewer students than "
        "the minimum group size practised."
    )
    async def heatmap(self, info: Info, kind: Kind = TargetKind.SKILL, skill_code: OfSkill = None) -> HeatMap:
        """The heat map."""
        levels = await self._levels(info, kind, skill_code)
        levels = view_class.check_cells(levels.practised_by(info.context.least_students))
        return HeatMap(
            seen=levels,
            kind=kind,
            student_ids=[strawberry.ID(key) for key in levels.student_ids],
            target_ids=[strawberry.ID(key) for key in levels.keys],
        )

    @strawberry.field(
        description="How often its members are wrong at the first opportunity to practise a concept or skill, the "
        "second, and so on; over all concepts if none is named (Q2)."
    )
    async def learning_curve(
        self,
        info: Info,
        concept_id: Annotated[strawberry.ID | None, strawberry.argument(description="Only this concept.")] = None,
        skill_code: Annotated[strawberry.ID | None, strawberry.argument(description="Only this skill.")] = None,
        longest: Longest = DEFAULT_FIRST,
    ) -> list[CurvePoint]:
        """A learning curve."""
        ids = await info.context.gateway.read(lambda tx: groups.read_member_ids(tx, self.id))
        return await curve(info, ids, concept_id, skill_code, longest)

    async def _levels(self, info: Info, kind: TargetKind, skill_code: str | None) -> ClassLevels:
        levels = await info.context.loaders.class_levels.load((self.id, kind))
        if skill_code is None:
            return levels
        wanted = [skill_code]
        if kind is TargetKind.CONCEPT:
            wanted = await info.context.loaders.concept_ids_of_skill.load(skill_code)
        return await compute(levels.only, wanted)
