"""The reads and the rules of analyses of learners, from the context of a request."""

from typing import Annotated

import strawberry

from graph_api.domain.learners.root_causes import WeakRule
from graph_api.schema.context import Info
from graph_api.usecases.learners.analyse_course import Analysis

Threshold = Annotated[
    float | None, strawberry.argument(description="Levels below this count as weak, 0..1. Null: the configured value.")
]
MinAttempts = Annotated[
    int | None,
    strawberry.argument(description="The minimum number of answers of a weak concept. Null: the configured value."),
]


def analysis_of(info: Info) -> Analysis:
    """The analysis of a request: its reads, the course, the thresholds and the minimum number of students."""
    context = info.context
    return Analysis(context.loaders, context.services.graphs, context.services.thresholds, context.least_students)


def rule_of(info: Info, threshold: float | None, min_attempts: int | None) -> WeakRule:
    """The rule of weakness that arguments give, completed by the configured thresholds."""
    return WeakRule.of(info.context.services.thresholds, threshold, min_attempts)
