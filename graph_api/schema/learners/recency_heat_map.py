"""The recency scores of a class (R4, Q6)."""

from datetime import datetime
from typing import TYPE_CHECKING

import strawberry

from graph_api.domain.learners.class_levels import ClassLevels
from graph_api.schema.context import Info
from graph_api.schema.learners.class_view import OfSkill
from graph_api.schema.learners.matrices import CountMatrix, ScoreMatrix
from graph_api.usecases.computing import compute
from graph_api.usecases.learners.view_class import count_cells
from graph_api.usecases.learners.view_recency import ClassScores, read_class_scores, score_cells


@strawberry.type(description="The recency scores of a class as a matrix: one row per student, one column per skill.")
class RecencyHeatMap:
    cells: strawberry.Private[ClassLevels]
    student_ids: list[strawberry.ID] = strawberry.field(
        description="The ids of the students, one per row, in order of id."
    )
    target_ids: list[strawberry.ID] = strawberry.field(description="The skill codes, one per column, in order.")
    as_of: datetime | None = strawberry.field(
        description="The earliest moment at which the windows of a score end. Null without scores."
    )

    @strawberry.field(description="The recency scores, one row per student, as of the last run.")
    async def scores(self) -> ScoreMatrix:
        return ScoreMatrix(await compute(score_cells, self.cells))

    @strawberry.field(
        description="The number of all answers of each student to each skill, recent or not, one row per student."
    )
    async def attempts(self) -> CountMatrix:
        return CountMatrix(await compute(count_cells, self.cells))

    @classmethod
    def of(cls, scores: ClassScores) -> "RecencyHeatMap":
        return cls(
            cells=scores.cells,
            student_ids=[strawberry.ID(key) for key in scores.cells.student_ids],
            target_ids=[strawberry.ID(key) for key in scores.cells.keys],
            as_of=scores.as_of,
        )


@strawberry.type
class GroupRecency:
    """The field of a group about recency."""

    if TYPE_CHECKING:
        id: strawberry.ID

    @strawberry.field(
        description="The recency scores of the members on skills as a matrix, as of the last run. Analysts do not "
        "see columns that fewer students than the minimum group size practised."
    )
    async def recency_heatmap(self, info: Info, skill_code: OfSkill = None) -> RecencyHeatMap:
        gateway, least = info.context.gateway, info.context.least_students
        return RecencyHeatMap.of(await read_class_scores(gateway, self.id, skill_code, least))
