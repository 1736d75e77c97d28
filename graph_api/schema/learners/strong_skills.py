"""The strong skills and concepts of a student (Q1)."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from graph_api.domain.learners.weak_lists import WeakMeasure, choose_strong, with_enough_answers
from graph_api.domain.learners.weak_rules import WeakRules
from graph_api.domain.targets import TargetKind
from graph_api.schema.context import Info
from graph_api.schema.learners.mastery import Mastery, MasteryOrder, in_order
from graph_api.schema.paging import DEFAULT_FIRST, First, bounded


@strawberry.type
class StudentStrongSkills:
    """The field of a student about strong skills."""

    if TYPE_CHECKING:
        id: strawberry.ID

    @strawberry.field(description="The strongest skills or concepts of the student, the highest value first.")
    async def strong_skills(
        self,
        info: Info,
        threshold: Annotated[
            float, strawberry.argument(description="Only values of at least this, 0..1. 0: all values.")
        ] = 0.0,
        min_attempts: Annotated[
            int | None,
            strawberry.argument(
                description="The minimum number of answers. Null: that of each concept or skill, 5 by default."
            ),
        ] = None,
        kind: Annotated[
            TargetKind, strawberry.argument(description="Whether the targets are skills or concepts.")
        ] = TargetKind.SKILL,
        measure: Annotated[
            WeakMeasure, strawberry.argument(description="The value to compare: LEVEL or ACCURACY.")
        ] = WeakMeasure.LEVEL,
        order_by: Annotated[
            MasteryOrder | None, strawberry.argument(description="The order. Null: the highest value first.")
        ] = None,
        first: First = DEFAULT_FIRST,
    ) -> list[Mastery]:
        limit, least = bounded(first), None if min_attempts is None else max(min_attempts, 1)
        rules = WeakRules(await info.context.thresholds(), min_attempts=least)
        rows = with_enough_answers(await info.context.loaders.masteries_of_student.load(self.id), rules)
        strong = choose_strong(rows, kind, measure, threshold=threshold, min_attempts=1)
        return [Mastery.of(row, rules.thresholds) for row in in_order(strong, order_by)[:limit]]
