"""What the schema is handed by the composition root."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo

from graph_api.domain.operations.runs import Upcoming
from graph_api.domain.parameters.topic_parameters import TopicParameterSet
from graph_api.execution.operation_outcomes import OperationNames
from graph_api.store.dependencies import NotedClock
from graph_api.store.gateway import Gateway
from graph_api.store.tracing import NO_TRACING, Tracer
from graph_api.store.viewers import AnalystRules
from graph_api.usecases.answers.grade_answers import Grader
from graph_api.usecases.answers.intake import Intake
from graph_api.usecases.course.course_now import CourseNow
from graph_api.usecases.learners.class_levels_now import ClassLevelsNow
from graph_api.usecases.learners.forgetting_in_effect import ForgettingNow
from graph_api.usecases.learners.histories_now import HistoriesNow
from graph_api.usecases.learners.pages_now import PagesNow
from graph_api.usecases.learners.predictors_in_effect import PredictorsNow
from graph_api.usecases.learners.score_sessions import SessionScoring
from graph_api.usecases.learners.thresholds_in_effect import ThresholdsNow
from graph_api.usecases.operations.background import Background
from graph_api.usecases.parameters.fit_parameters import FitDefaults


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that outlives a request."""

    gateway: Gateway
    intake: Intake
    thresholds: ThresholdsNow
    clock: Callable[[], datetime]
    version: str
    engine: str
    upcoming: Callable[[], Mapping[str, Upcoming]]
    session_age: timedelta
    recency_set_id: str
    recency_at_session_end: bool
    background: Background
    topic_set: TopicParameterSet
    forgetting: ForgettingNow
    predictors: PredictorsNow
    grader: Grader
    course: CourseNow
    classes: ClassLevelsNow
    histories: HistoriesNow
    pages: PagesNow
    students_may_record: bool
    analysts: AnalystRules | None
    """What holds for analysts; None where they are not served."""
    fit_defaults: FitDefaults
    tracer: Tracer = NO_TRACING
    time_zone: tzinfo = UTC
    """The time zone of days and weeks, unless a query names another one."""
    operation_names: OperationNames = field(default_factory=OperationNames)
    course_mark: Callable[[], str] = str
    """The mark of the course as the last batch of answers read it; empty if that is not known here."""

    def __post_init__(self) -> None:
        """Let the clock note who reads it: a reply that shows the present is never stored."""
        if not isinstance(self.clock, NotedClock):
            object.__setattr__(self, "clock", NotedClock(self.clock))

    @property
    def session_scoring(self) -> SessionScoring:
        """What the ends of sessions recompute."""
        return SessionScoring(self.recency_set_id, by_default=self.recency_at_session_end)
