"""The rows that use cases about learners read through the loaders of a request, together with those of other fields."""

from collections.abc import Awaitable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol, TypeVar

from graph_api.domain.course.course import Course, Skill
from graph_api.domain.learners.activity import GivenAnswer, StudentActions
from graph_api.domain.learners.class_levels import ClassLevels
from graph_api.domain.learners.forgetting import Recall
from graph_api.domain.learners.mastery import Evidence, Mastery
from graph_api.domain.learners.recency import Recency
from graph_api.domain.learners.sampling import SamplingUnder
from graph_api.domain.learners.scope import Scope
from graph_api.domain.learners.sessions import Session
from graph_api.domain.learners.topic import Scored, TopicUnder
from graph_api.domain.learners.uncertainty import LevelIntervals
from graph_api.domain.parameters.forgetting_parameters import ForgettingParameterSet
from graph_api.domain.parameters.inference.records import InferenceModelSet
from graph_api.domain.parameters.parameter_sets import ParameterSet
from graph_api.domain.parameters.predictors.practice_state import PracticeState
from graph_api.domain.parameters.predictors.predictor_sets import PredictorSet
from graph_api.domain.parameters.question_difficulties import QuestionDifficultySet
from graph_api.domain.parameters.recency_parameters import RecencyParameterSet
from graph_api.domain.targets import Target, TargetKind
from graph_api.store.answers import Pair
from graph_api.store.gateway import Gateway
from graph_api.store.recencies import RecentAnswers

K = TypeVar("K", contravariant=True)  # noqa: PLC0105 - K and V as elsewhere
V = TypeVar("V", covariant=True)  # noqa: PLC0105 - as K


class Load(Protocol[K, V]):
    """Reads the value of a key, in one statement with the other keys of the request."""

    def load(self, key: K) -> Awaitable[V]:
        """The value of a key."""

    def load_many(self, keys: Iterable[K]) -> Awaitable[Sequence[V]]:
        """The values of keys, in their order."""


class LevelOf(NamedTuple):
    """A level: of a student on a target, under a parameter set, as of a past moment or now (None)."""

    student_id: str
    target: Target
    set_id: str
    past: datetime | None = None


class RecallOf(NamedTuple):
    """A recall: of a student on a target at a moment, with the parameter set of the level."""

    student_id: str
    target: Target
    set_id: str
    at: datetime


class RecentOf(NamedTuple):
    """The answers of a student to skills between two moments."""

    student_id: str
    since: datetime
    until: datetime


class ActionsOf(NamedTuple):
    """What a student did between two moments, as far as answers count towards a scope."""

    student_id: str
    since: datetime
    until: datetime
    scope: Scope


class Actions(NamedTuple):
    """Answers and sessions."""

    answers: Sequence[GivenAnswer]
    sessions: Sequence[Session]


class LearnerReads(Protocol):
    """The reads of one request, as its principal may see the database."""

    gateway: Gateway

    @property
    def forgetting(self) -> Load[str, ForgettingParameterSet]:
        """The forgetting parameters in effect, under any key."""

    @property
    def inference(self) -> Load[TargetKind, InferenceModelSet | None]:
        """The model of inferred levels in effect for concepts or skills."""

    @property
    def masteries_of_student(self) -> Load[str, Sequence[Mastery]]:
        """The masteries of a student."""

    @property
    def evidence(self) -> Load[Pair, Sequence[Evidence]]:
        """The answers behind a level, in any order."""

    @property
    def ignored_evidence(self) -> Load[Pair, Sequence[Evidence] | None]:
        """The answers of weight 0, which change no level, in any order; None without answers."""

    @property
    def parameter_sets(self) -> Load[str, ParameterSet | None]:
        """Parameter sets by id."""

    @property
    def recency_of_student(self) -> Load[str, Mapping[str, Recency] | None]:
        """A student's recency scores by skill code."""

    @property
    def topics_of_student(self) -> Load[str, Mapping[str, TopicUnder] | None]:
        """A student's topics by skill code."""

    @property
    def samplings_of_student(self) -> Load[str, Mapping[str, SamplingUnder] | None]:
        """A student's sampling records by concept id."""

    @property
    def scored_answers(self) -> Load[Pair, Sequence[Scored]]:
        """The scored answers of a student to a skill, in any order."""

    @property
    def recent_answers(self) -> Load[RecentOf, RecentAnswers | None]:
        """The answers behind recency scores."""

    @property
    def actions(self) -> Load[ActionsOf, Actions | None]:
        """What a student did."""

    @property
    def class_actions(self) -> Load[str, Sequence[StudentActions] | None]:
        """What the members of a group have done so far, in order of id; None if it is not in memory."""

    @property
    def skills(self) -> Load[str, Skill | None]:
        """Skills by code."""

    @property
    def active_keys(self) -> Load[TargetKind, Sequence[str]]:
        """The ids of all concepts, or the codes of all skills, without what is archived."""

    @property
    def concept_ids_of_skill(self) -> Load[str, Sequence[str]]:
        """The ids of the concepts that are part of a skill, without what is archived."""

    @property
    def all_concept_ids_of_skill(self) -> Load[str, Sequence[str]]:
        """The ids of the concepts that are part of a skill, with what is archived."""

    @property
    def courses(self) -> Load[str, Course | None]:
        """Courses by id."""

    @property
    def course_ids_of_group(self) -> Load[str, Sequence[str]]:
        """The ids of the courses that a group takes."""

    @property
    def course_ids_of_student(self) -> Load[str, Sequence[str]]:
        """The ids of the courses that a student's groups take."""

    @property
    def class_levels(self) -> Load[tuple[str, TargetKind], ClassLevels]:
        """The levels of a group's members on concepts or skills."""

    @property
    def recency_sets(self) -> Load[str, RecencyParameterSet | None]:
        """Recency parameters by id."""

    @property
    def difficulty_sets(self) -> Load[str, QuestionDifficultySet | None]:
        """Versions of difficulties from data, by id."""

    @property
    def question_answers(self) -> Load[Pair, Mapping[str, int] | None]:
        """The number of a student's answers to each question of a skill."""

    @property
    def level_intervals(self) -> Load[LevelOf, LevelIntervals]:
        """The intervals of levels."""

    @property
    def predictors(self) -> Load[TargetKind, PredictorSet | None]:
        """The predictor in effect for concepts or skills; None where knowledge tracing predicts all of them."""

    @property
    def practice(self) -> Load[tuple[str, TargetKind], PracticeState]:
        """The practice of a student on concepts or skills."""

    @property
    def recalls(self) -> Load[RecallOf, Recall | None]:
        """The recall of students; None without answers by the moment."""

    async def set_of_level(self, student_id: str, target: Target) -> ParameterSet | None:
        """The set of a student's level; before the first answer the one in effect, None without the target."""

    async def sets_in_effect(self, targets: Sequence[Target]) -> list[ParameterSet | None]:
        """The parameter set in effect for each target, in their order; None for a target that does not exist."""
