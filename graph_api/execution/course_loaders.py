"""Loaders that answer from the course in memory: one small read per request checks that it is current."""

from collections.abc import Callable
from functools import cached_property, partial
from typing import Generic, TypeVar

from graph_api.domain.course.course import Concept, Course, Skill
from graph_api.domain.course.course_content import CourseContent
from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.targets import TargetKind
from graph_api.execution.batching import DataLoader
from graph_api.execution.row_loaders import Ahead
from graph_api.usecases.course.course_now import CourseNow

K = TypeVar("K")
V = TypeVar("V")

ONE = ""
"""The key of what a request has only one of."""


class FromCourse(Generic[K, V]):
    """A loader that finds the value of a key in the course; made when a request first uses it."""

    def __init__(self, find: Callable[[CourseContent, K], V | Exception]) -> None:
        self._find = find

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name

    def __get__(self, loaders: "CourseLoaders", _owner: type) -> DataLoader[K, V]:
        """The request's loader, kept where the next look-up finds it first."""
        loader = loaders.__dict__[self._name] = DataLoader(partial(self._load, loaders))
        return loader

    async def _load(self, loaders: "CourseLoaders", keys: list[K]) -> list[V | Exception]:
        content = await loaders.content()
        return [self._find(content, key) for key in keys]


def _active(course: CourseContent, kind: TargetKind) -> list[str]:
    return course.active_concept_ids if kind is TargetKind.CONCEPT else course.active_skill_codes


class CourseLoaders:
    """What a request reads of the course: all of one moment."""

    def __init__(self, course: CourseNow) -> None:
        self._course = course
        self.ahead: Ahead = {}
        """What was read together with something else, before its loader was used."""

    def release(self) -> None:
        """Let go of what was read, when the request has ended.

        A loader and the object that makes it refer to each other. Until a collection of garbage they would hold all
        rows, and a full one is rare (see `execution.garbage`).
        """
        for name in [name for name, value in vars(self).items() if isinstance(value, DataLoader)]:
            del vars(self)[name]
        self.ahead.clear()

    @cached_property
    def course_mark(self) -> DataLoader[str, str]:
        """The mark of the course, under any key."""
        return DataLoader(self._read_mark)

    @cached_property
    def _content(self) -> DataLoader[str, CourseContent]:
        return DataLoader(self._read_content)

    @cached_property
    def _graph(self) -> DataLoader[str, CourseGraph]:
        return DataLoader(self._read_graph)

    async def content(self) -> CourseContent:
        """The concepts and skills."""
        return await self._content.load(ONE)

    async def now(self) -> CourseGraph:
        """The prerequisite graph without archived concepts."""
        return await self._graph.load(ONE)

    async def _read_mark(self, keys: list[str]) -> list[str]:
        ahead = self.ahead.get("course_mark")
        mark = await self._course.read_mark() if ahead is None else ahead[ONE]
        return [mark] * len(keys)

    async def _read_content(self, keys: list[str]) -> list[CourseContent]:
        return [await self._course.content(await self.course_mark.load(ONE))] * len(keys)

    async def _read_graph(self, keys: list[str]) -> list[CourseGraph]:
        return [await self._course.now(await self.course_mark.load(ONE))] * len(keys)

    active_keys = FromCourse[TargetKind, list[str]](_active)
    concepts = FromCourse[str, Concept | None](lambda of, key: of.concepts[key].value if key in of.concepts else None)
    skills = FromCourse[str, Skill | None](lambda of, key: of.skills[key].value if key in of.skills else None)
    courses = FromCourse[str, Course | None](lambda of, key: of.courses.get(key))
    concept_ids_of_skill = FromCourse[str, list[str]](lambda of, key: of.concept_ids_of_skill.get(key, []))
    all_concept_ids_of_skill = FromCourse[str, list[str]](lambda of, key: of.all_concept_ids_of_skill.get(key, []))
    concept_ids_unlocked = FromCourse[str, list[str]](lambda of, key: of.concept_ids_unlocked.get(key, []))
    target_counts = FromCourse[TargetKind, int](lambda of, kind: len(_active(of, kind)))
