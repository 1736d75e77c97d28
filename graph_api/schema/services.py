"""What the schema is handed by the composition root."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from graph_api.domain.mastery import Thresholds
from graph_api.domain.runs import Upcoming
from graph_api.domain.topic_parameters import TopicParameterSet
from graph_api.schema.operations import OperationNames
from graph_api.store.gateway import Gateway
from graph_api.store.tracing import NO_TRACING, Tracer
from graph_api.store.viewers import AnalystRules
from graph_api.usecases.analyse_course import CourseGraphs
from graph_api.usecases.answer_intake import AnswerIntake
from graph_api.usecases.background import Background
from graph_api.usecases.fit_parameters import FitDefaults
from graph_api.usecases.grade_answers import Grader


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that outlives a request."""

    gateway: Gateway
    intake: AnswerIntake
    thresholds: Thresholds
    clock: Callable[[], datetime]
    version: str
    engine: str
    upcoming: Callable[[], Mapping[str, Upcoming]]
    session_age: timedelta
    recency_set_id: str
    recency_at_session_end: bool
    background: Background
    topic_set: TopicParameterSet
    grader: Grader
    graphs: CourseGraphs
    students_may_record: bool
    analysts: AnalystRules | None
    """What holds for analysts; None where they are not served."""
    fit_defaults: FitDefaults
    tracer: Tracer = NO_TRACING
    operation_names: OperationNames = field(default_factory=OperationNames)
