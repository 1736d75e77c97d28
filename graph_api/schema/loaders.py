"""Loaders: however many rows a list has, each of its fields costs one read (see tests/schema/test_round_trips.py)."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from strawberry.dataloader import DataLoader

from graph_api.domain.answers import Answer, Recorded
from graph_api.domain.course import Concept, Skill
from graph_api.domain.mastery import Evidence, Mastery
from graph_api.domain.parameter_sets import ParameterSet
from graph_api.domain.people import Student
from graph_api.domain.sessions import Session
from graph_api.domain.targets import Target, TargetKind
from graph_api.store import (
    answers,
    concepts,
    groups,
    masteries,
    parameter_sets,
    sessions,
    skills,
    students,
    tags,
)
from graph_api.store.answers import AnswerFilter, Pair
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.groups import GroupSummary

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class AnswersPage:
    """Which page of a student's answers."""

    student_id: str
    wanted: AnswerFilter
    newest_first: bool
    after: tuple[datetime, str] | None
    limit: int


@dataclass(frozen=True, slots=True)
class MembersPage:
    """Which page of a group's members."""

    group_id: str
    after_name: str
    after_id: str
    limit: int


class Loaders:
    """The loaders of one request."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self.students: DataLoader[str, Student | None] = self._optional(students.read_by_ids)
        self.skills: DataLoader[str, Skill | None] = self._optional(skills.read_by_codes)
        self.concepts: DataLoader[str, Concept | None] = self._optional(concepts.read_by_ids)
        self.groups: DataLoader[str, GroupSummary | None] = self._optional(groups.read_by_ids)
        self.sessions: DataLoader[str, Session | None] = self._optional(_sessions)
        self.parameter_sets: DataLoader[str, ParameterSet | None] = self._optional(_parameter_sets)
        self.set_ids_in_force: DataLoader[Target, str | None] = self._optional(_set_ids_in_force)
        self.concept_ids_of_skill: DataLoader[str, list[str]] = self._many(concepts.read_ids_of_skills)
        self.concept_ids_unlocked: DataLoader[str, list[str]] = self._many(concepts.read_ids_unlocked)
        self.group_ids_of_student: DataLoader[str, list[str]] = self._many(groups.read_ids_of_students)
        self.masteries_of_student: DataLoader[str, list[Mastery]] = self._many(masteries.read_of_students)
        self.evidence: DataLoader[Pair, list[Evidence]] = self._many(answers.read_evidence)
        self.recorded: DataLoader[tuple[str, str], Recorded | None] = self._optional(_recorded)
        self.answers: DataLoader[AnswersPage, list[Answer]] = self._many(_answers)
        self.members: DataLoader[MembersPage, list[Student]] = self._many(_members)

    def _optional(self, read: Callable[[Transaction, list[K]], Awaitable[Mapping[K, V]]]) -> DataLoader[K, V | None]:
        async def load(keys: list[K]) -> list[V | None]:
            found = await self._gateway.read(lambda tx: read(tx, keys))
            return [found.get(key) for key in keys]

        return DataLoader(load)

    def _many(self, read: Callable[[Transaction, list[K]], Awaitable[Mapping[K, list[V]]]]) -> DataLoader[K, list[V]]:
        async def load(keys: list[K]) -> list[list[V]]:
            found = await self._gateway.read(lambda tx: read(tx, keys))
            return [found.get(key, []) for key in keys]

        return DataLoader(load)


async def _sessions(tx: Transaction, ids: Iterable[str]) -> dict[str, Session]:
    return {session.id: session for session in await sessions.read_by_ids(tx, ids)}


async def _parameter_sets(tx: Transaction, ids: Iterable[str]) -> dict[str, ParameterSet]:
    return {stored.id: stored for stored in await parameter_sets.read_by_ids(tx, ids)}


async def _set_ids_in_force(tx: Transaction, targets: Iterable[Target]) -> dict[Target, str]:
    keys: dict[TargetKind, list[str]] = defaultdict(list)
    for target in targets:
        keys[target.kind].append(target.key)
    of_concepts = await tags.read_concept_tags(tx, keys[TargetKind.CONCEPT])
    of_skills = await tags.read_skill_tags(tx, keys[TargetKind.SKILL])
    return {
        **{Target(TargetKind.CONCEPT, key): found.parameter_set_id for key, found in of_concepts.items()},
        **{Target(TargetKind.SKILL, key): found.parameter_set_id for key, found in of_skills.items()},
    }


async def _recorded(tx: Transaction, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Recorded]:
    found = await answers.read_by_ids(tx, keys)
    return {(item.answer.student_id, item.answer.id): item for item in found.values()}


async def _answers(tx: Transaction, pages: Iterable[AnswersPage]) -> dict[AnswersPage, list[Answer]]:
    alike: dict[tuple[AnswerFilter, bool, tuple[datetime, str] | None, int], list[AnswersPage]] = defaultdict(list)
    for page in pages:
        alike[page.wanted, page.newest_first, page.after, page.limit].append(page)
    found: dict[AnswersPage, list[Answer]] = {}
    for (wanted, newest_first, after, limit), of_students in alike.items():
        by_student = await answers.read_page(
            tx,
            [page.student_id for page in of_students],
            wanted,
            newest_first=newest_first,
            after=after,
            limit=limit,
        )
        found |= {page: by_student.get(page.student_id, []) for page in of_students}
    return found


async def _members(tx: Transaction, pages: Iterable[MembersPage]) -> dict[MembersPage, list[Student]]:
    alike: dict[tuple[str, str, int], list[MembersPage]] = defaultdict(list)
    for page in pages:
        alike[page.after_name, page.after_id, page.limit].append(page)
    found: dict[MembersPage, list[Student]] = {}
    for (after_name, after_id, limit), of_groups in alike.items():
        by_group = await students.read_members_page(
            tx, [page.group_id for page in of_groups], after_name=after_name, after_id=after_id, limit=limit
        )
        found |= {page: by_group.get(page.group_id, []) for page in of_groups}
    return found
