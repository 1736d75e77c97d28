"""The rows that use cases about learners read through the loaders of a request, together with those of other fields."""

from collections.abc import Awaitable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol, TypeVar

from graph_api.domain.course.course import Course, Skill
from graph_api.domain.learners.class_levels import ClassLevels
from graph_api.domain.learners.mastery import Evidence, Mastery
from graph_api.domain.learners.recency import Recency
from graph_api.domain.learners.sampling import SamplingUnder
from graph_api.domain.learners.topic import TopicUnder
from graph_api.domain.learners.uncertainty import LevelIntervals
from graph_api.domain.parameters.parameter_sets import ParameterSet
from graph_api.domain.targets import Target, TargetKind
from graph_api.store.answers import Pair
from graph_api.store.gateway import Gateway

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


class LearnerReads(Protocol):
    """The reads of one request, as its principal may see the database."""

    gateway: Gateway

    @property
    def masteries_of_student(self) -> Load[str, Sequence[Mastery]]:
        """The masteries of a student."""

    @property
    def evidence(self) -> Load[Pair, Sequence[Evidence]]:
        """The answers behind a level, in any order."""

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
    def skills(self) -> Load[str, Skill | None]:
        """Skills by code."""

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
    def level_intervals(self) -> Load[LevelOf, LevelIntervals]:
        """The intervals of levels."""

    async def set_of_level(self, student_id: str, target: Target) -> ParameterSet | None:
        """The set of a student's level; before the first answer the one in effect, None without the target."""

    async def sets_in_effect(self, targets: Sequence[Target]) -> list[ParameterSet | None]:
        """The parameter set in effect for each target, in their order; None for a target that does not exist."""
