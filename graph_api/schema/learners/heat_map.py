"""The heat map of a class: levels as a matrix, with what its rows, columns and cells are (Q6)."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, NamedTuple, Self

import strawberry

from graph_api.domain.learners.class_levels import ClassLevels
from graph_api.domain.targets import TargetKind
from graph_api.schema.context import Info, moment
from graph_api.schema.course.concept import Concept
from graph_api.schema.course.skill import Skill
from graph_api.schema.learners.matrices import ConfidenceMatrix, CountMatrix, LevelMatrix
from graph_api.schema.learners.thresholds import ThresholdGroup
from graph_api.schema.node import TargetNode
from graph_api.usecases.computing import compute, compute_cells
from graph_api.usecases.learners import infer_levels, view_class
from graph_api.usecases.learners.class_history import HistoryOf
from graph_api.usecases.learners.view_confidences import Cells, confidences_at, read_confidences

if TYPE_CHECKING:
    from graph_api.schema.learners.student import Student


class Shown(NamedTuple):
    """What a heat map is of, and the past moment that it is as of."""

    history: HistoryOf
    as_of: datetime | None

    async def read_confidences(self, info: Info, levels: ClassLevels) -> Cells:
        """The confidences of its levels."""
        group_id, kind, _ = self.history
        if self.as_of is None:
            return await read_confidences(info.context.gateway, group_id, kind, levels)
        history = await info.context.loaders.history_of(self.history)
        return await compute(confidences_at, history, moment(info, self.as_of), levels)

    async def infer(self, info: Info, levels: ClassLevels) -> infer_levels.Cells | None:
        """What its students probably know of the targets without a level."""
        loaders, (group_id, kind, _) = info.context.loaders, self.history
        if self.as_of is None:
            return await infer_levels.infer_class(loaders, group_id, kind, levels, least=info.context.least_students)
        history = await info.context.loaders.history_of(self.history)
        return await infer_levels.infer_class_at(loaders, history, kind, moment(info, self.as_of), levels)


@strawberry.type(description="The levels of a class as a matrix: one row per student, one column per target.")
class HeatMap:
    seen: strawberry.Private[ClassLevels]
    shown: strawberry.Private[Shown]
    kind: TargetKind = strawberry.field(description="Whether the columns are concepts or skills.")
    student_ids: list[strawberry.ID] = strawberry.field(
        description="The ids of the students, one per row, in order of id."
    )
    target_ids: list[strawberry.ID] = strawberry.field(
        description="The concept ids or skill codes, one per column, in order."
    )

    @classmethod
    def of(cls, levels: ClassLevels, shown: Shown) -> Self:
        student_ids, target_ids = (list(map(strawberry.ID, each)) for each in (levels.student_ids, levels.keys))
        return cls(seen=levels, shown=shown, kind=shown.history.kind, student_ids=student_ids, target_ids=target_ids)

    @strawberry.field(
        description="The students of the rows, in the order of `studentIds`. A student who was erased while the query "
        "ran is left out."
    )
    async def students(
        self, info: Info
    ) -> list[Annotated["Student", strawberry.lazy("graph_api.schema.learners.student")]]:
        from graph_api.schema.learners.student import Student  # noqa: PLC0415 - the two nouns know each other

        stored = await info.context.loaders.students.load_many(self.seen.student_ids)
        return [Student.of(each) for each in stored if each]

    @strawberry.field(
        description="The concepts or skills of the columns, in the order of `targetIds`. One that was deleted while "
        "the query ran is left out."
    )
    async def targets(self, info: Info) -> list[TargetNode]:
        of_concepts = self.kind is TargetKind.CONCEPT
        by_key = await (Concept.by_id if of_concepts else Skill.by_code)(info, self.seen.keys)
        return list(by_key.values())

    @strawberry.field(description="The thresholds of the levels, each with the columns that use them.")
    async def threshold_groups(self, info: Info) -> list[ThresholdGroup]:
        return ThresholdGroup.list(await info.context.thresholds(), self.kind, self.seen.keys)

    @strawberry.field(description="The levels, one row per student.")
    async def levels(self) -> LevelMatrix:
        return LevelMatrix(await compute_cells(self.seen.level.size, view_class.level_cells, self.seen))

    @strawberry.field(description="The number of answers behind each level, one row per student.")
    async def attempts(self) -> CountMatrix:
        return CountMatrix(await compute_cells(self.seen.level.size, view_class.count_cells, self.seen))

    @strawberry.field(description="The confidence in each level, as `Mastery.confidence`, one row per student.")
    async def confidences(self, info: Info) -> ConfidenceMatrix:
        return ConfidenceMatrix(await self.shown.read_confidences(info, self.seen))

    @strawberry.field(
        description="What the students probably know of targets without a level: P(first answer correct), as "
        "`InferredLevel.pFirstCorrect`, one row per student. Null where there is a level, or the model does not know "
        "the target. The matrix is null while no model is in effect."
    )
    async def inferred(self, info: Info) -> LevelMatrix | None:
        cells = await self.shown.infer(info, self.seen)
        return None if cells is None else LevelMatrix(cells)
