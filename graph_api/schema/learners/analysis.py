"""The reads and the rules of analyses of learners, from the context of a request."""

from typing import Annotated

import strawberry

from graph_api.domain.learners.weak_rules import WeakRules
from graph_api.schema.context import Info
from graph_api.usecases.learners.analyse_course import Analysis

Threshold = Annotated[
    float | None,
    strawberry.argument(
        description="Levels that do not reach this count as weak, 0..1. Null: the threshold of each concept."
    ),
]
MinAttempts = Annotated[
    int | None,
    strawberry.argument(description="The minimum number of answers of a weak concept. Null: that of each concept."),
]


async def analysis_of(info: Info) -> Analysis:
    """The analysis of a request: its reads, the course, the thresholds and the minimum number of students."""
    context = info.context
    return Analysis(context.loaders, context.loaders, await context.thresholds(), context.least_students)


async def rules_of(info: Info, threshold: float | None, min_attempts: int | None) -> WeakRules:
    """The rules of weakness that arguments give, completed by the thresholds of each concept or skill."""
    return WeakRules(await info.context.thresholds(), threshold, min_attempts)
