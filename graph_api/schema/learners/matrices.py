"""Matrices of a class: one row per student, one column per target."""

from collections.abc import Sequence
from typing import Any, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from graph_api.execution.budget import BUDGET

LevelMatrix = NewType("LevelMatrix", Sequence[Sequence[float | None]])
ScoreMatrix = NewType("ScoreMatrix", Sequence[Sequence[float | None]])
ConfidenceMatrix = NewType("ConfidenceMatrix", Sequence[Sequence[str | None]])
CountMatrix = NewType("CountMatrix", list[list[int]])


def _counted(rows: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
    budget = BUDGET.get()
    if budget is not None and rows:
        budget.cells += len(rows) * len(rows[0])
    return rows


MATRICES: dict[object, ScalarDefinition] = {
    LevelMatrix: strawberry.scalar(
        name="LevelMatrix",
        description="Rows of levels, 0..1 to 4 digits, one row per student. Null where there are no answers.",
        serialize=_counted,
    ),
    ScoreMatrix: strawberry.scalar(
        name="ScoreMatrix",
        description="Rows of scores, 0..1 to 4 digits, one row per student. Null where there is no score.",
        serialize=_counted,
    ),
    ConfidenceMatrix: strawberry.scalar(
        name="ConfidenceMatrix",
        description="Rows of values of Confidence, one row per student: LOW, MEDIUM or HIGH. Null where there is no "
        "level.",
        serialize=_counted,
    ),
    CountMatrix: strawberry.scalar(
        name="CountMatrix", description="Rows of counts, one row per student.", serialize=_counted
    ),
}
"""Scalars: a matrix passes whole, because GraphQL would complete every cell by itself."""
