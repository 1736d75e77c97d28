"""Loaders: each field of a list costs one read for all its rows (see tests/schema/test_round_trips.py)."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import Generic, TypeAlias, TypeVar

from graph_api.domain.answers.answers import Answer, Recorded, Tag
from graph_api.domain.answers.order import Order
from graph_api.domain.course.course import Concept, Course, Skill
from graph_api.domain.failures import Failure, GroupTooSmall
from graph_api.domain.learners.class_levels import ClassLevels
from graph_api.domain.learners.mastery import Evidence, Mastery, Status
from graph_api.domain.learners.people import Student
from graph_api.domain.learners.recency import Recency
from graph_api.domain.learners.sampling import SamplingUnder
from graph_api.domain.learners.sessions import Session, SessionStatus
from graph_api.domain.learners.threshold_sets import ThresholdScope, ThresholdSet
from graph_api.domain.learners.topic import Scored, TopicUnder
from graph_api.domain.learners.uncertainty import LevelIntervals
from graph_api.domain.operations.runs import Run
from graph_api.domain.parameters.parameter_sets import FitRecord, ParameterSet
from graph_api.domain.parameters.recency_parameters import RecencyParameterSet
from graph_api.domain.parameters.topic_parameters import TopicParameterSet
from graph_api.domain.targets import Target, TargetKind
from graph_api.execution.batching import DataLoader
from graph_api.execution.budget import count_rows
from graph_api.store import answers, masteries, recencies, samplings, sessions, skills, students, topics
from graph_api.store import concepts as concepts_store
from graph_api.store import courses as courses_store
from graph_api.store import groups as groups_store
from graph_api.store import parameter_sets as parameter_sets_store
from graph_api.store import runs as runs_store
from graph_api.store import threshold_sets as threshold_sets_store
from graph_api.store.answers import AnswerFilter, Pair
from graph_api.store.gateway import DatabaseUnavailable, Gateway, Transaction
from graph_api.store.groups import GroupSummary
from graph_api.store.policy_sets import recency_sets as recency_sets_store
from graph_api.store.policy_sets import topic_sets as topic_sets_store
from graph_api.store.tags import Choice, read_choices
from graph_api.store.target_questions import QuestionsPage
from graph_api.usecases.learners.analyse_course import read_group_levels
from graph_api.usecases.learners.estimate_intervals import estimate_intervals
from graph_api.usecases.learners.list_students_of_target import (
    LevelsOf,
    MasteriesPage,
    QuestionsOf,
    StatusCounts,
    count_levels,
    count_statuses,
    read_masteries_of_targets,
    read_questions_of_targets,
)
from graph_api.usecases.learners.reads import LevelOf
from graph_api.usecases.parameters.read_set_ids_in_effect import read_set_ids_in_effect

ROWS_AT_A_TIME = 50_000
"""The most rows of pages that one statement reads."""

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class AnswersPage:
    """A page of a student's answers."""

    student_id: str
    wanted: AnswerFilter
    newest_first: bool
    after: Order | None
    limit: int


@dataclass(frozen=True, slots=True)
class MembersPage:
    """A page of a group's members."""

    group_id: str
    after_name: str
    after_id: str
    limit: int


@dataclass(frozen=True, slots=True)
class SessionsPage:
    """A page of a student's sessions, newest first."""

    student_id: str
    statuses: frozenset[SessionStatus] | None
    after: tuple[datetime, str] | None
    limit: int


@dataclass(frozen=True, slots=True)
class ThresholdSetsPage:
    """A page of the versions of the thresholds of a course or skill, newest first."""

    scope: ThresholdScope
    before: int | None
    limit: int


SessionsOf: TypeAlias = tuple[str, frozenset[SessionStatus] | None]
"""A student's sessions with some status, or with any."""


async def isolated(
    gateway: Gateway, read: Callable[[Transaction, list[K]], Awaitable[Mapping[K, V]]], keys: list[K]
) -> list[V | Exception | None]:
    """The row of each key. A row that cannot be read is an error of its own key only."""
    try:
        rows = await gateway.read(lambda tx: read(tx, keys))
    except Exception as fault:
        if isinstance(fault, DatabaseUnavailable | Failure) and not isinstance(fault, GroupTooSmall):
            raise
        if len(keys) == 1:
            return [fault]
        half = len(keys) // 2
        return [*await isolated(gateway, read, keys[:half]), *await isolated(gateway, read, keys[half:])]
    return [rows.get(key) for key in keys]


class LoadOne(Generic[K, V]):
    """A loader of the row of a key, None if it does not exist; made when a request first uses it."""

    def __init__(self, read: Callable[[Transaction, list[K]], Awaitable[Mapping[K, V]]]) -> None:
        self._read = read

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name

    def __get__(self, loaders: "Loaders", _owner: type) -> DataLoader[K, V | None]:
        """The request's loader, kept where the next look-up finds it first."""
        loader = loaders.__dict__[self._name] = DataLoader(partial(self._load, loaders.gateway))
        return loader

    async def _load(self, gateway: Gateway, keys: list[K]) -> list[V | BaseException | None]:
        return [*await isolated(gateway, self._read, keys)]


class LoadMany(Generic[K, V]):
    """A loader of the rows of a key, as a list; made when a request first uses it."""

    def __init__(self, read: Callable[[Transaction, list[K]], Awaitable[Mapping[K, list[V]]]]) -> None:
        self._read = read

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name

    def __get__(self, loaders: "Loaders", _owner: type) -> DataLoader[K, list[V]]:
        """The request's loader, kept where the next look-up finds it first."""
        loader = loaders.__dict__[self._name] = DataLoader(partial(self._load, loaders.gateway))
        return loader

    async def _load(self, gateway: Gateway, keys: list[K]) -> list[list[V] | BaseException]:
        return [[] if rows is None else rows for rows in await isolated(gateway, self._read, keys)]


async def _sessions(tx: Transaction, ids: Iterable[str]) -> dict[str, Session]:
    return {session.id: session for session in await sessions.read_by_ids(tx, ids)}


async def _parameter_sets(tx: Transaction, ids: Iterable[str]) -> dict[str, ParameterSet]:
    return {stored.id: stored for stored in await parameter_sets_store.read_by_ids(tx, ids)}


async def _recorded(tx: Transaction, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Recorded]:
    recorded = await answers.read_by_ids(tx, keys)
    return {(item.answer.student_id, item.answer.id): item for item in recorded.values()}


def _in_parts(pages: Sequence[K], limit: int) -> Iterator[Sequence[K]]:
    """Pages to read in one statement: all; or fewer, if their rows must be counted in between."""
    size = max(ROWS_AT_A_TIME // limit, 1)
    return (pages[start : start + size] for start in range(0, len(pages), size))


async def _answers(tx: Transaction, pages: Iterable[AnswersPage]) -> dict[AnswersPage, list[Answer]]:
    alike: dict[tuple[AnswerFilter, bool, Order | None, int], list[AnswersPage]] = defaultdict(list)
    for page in pages:
        alike[page.wanted, page.newest_first, page.after, page.limit].append(page)
    rows: dict[AnswersPage, list[Answer]] = {}
    for (wanted, newest_first, after, limit), of_students in alike.items():
        for some in _in_parts(of_students, limit):
            ids = [page.student_id for page in some]
            by_student = await answers.read_page(tx, ids, wanted, newest_first=newest_first, after=after, limit=limit)
            rows |= {page: by_student.get(page.student_id, []) for page in some}
            count_rows(sum(map(len, by_student.values())))
    return rows


async def _members(tx: Transaction, pages: Iterable[MembersPage]) -> dict[MembersPage, list[Student]]:
    alike: dict[tuple[str, str, int], list[MembersPage]] = defaultdict(list)
    for page in pages:
        alike[page.after_name, page.after_id, page.limit].append(page)
    rows: dict[MembersPage, list[Student]] = {}
    for (after_name, after_id, limit), of_groups in alike.items():
        for some in _in_parts(of_groups, limit):
            ids = [page.group_id for page in some]
            by_group = await students.read_members_page(tx, ids, after_name=after_name, after_id=after_id, limit=limit)
            rows |= {page: by_group.get(page.group_id, []) for page in some}
            count_rows(sum(map(len, by_group.values())))
    return rows


async def _sessions_of(tx: Transaction, pages: Iterable[SessionsPage]) -> dict[SessionsPage, list[Session]]:
    alike: dict[tuple[object, ...], list[SessionsPage]] = defaultdict(list)
    for page in pages:
        alike[page.statuses, page.after, page.limit].append(page)
    rows: dict[SessionsPage, list[Session]] = {}
    for of_students in alike.values():
        page, ids = of_students[0], [each.student_id for each in of_students]
        by_student = await sessions.read_page(tx, ids, statuses=page.statuses, after=page.after, limit=page.limit)
        rows |= {each: by_student.get(each.student_id, []) for each in of_students}
    return rows


async def _session_counts(tx: Transaction, keys: Iterable[SessionsOf]) -> dict[SessionsOf, int]:
    alike: dict[frozenset[SessionStatus] | None, list[str]] = defaultdict(list)
    for student_id, statuses in keys:
        alike[statuses].append(student_id)
    counts: dict[SessionsOf, int] = {}
    for statuses, ids in alike.items():
        totals = await sessions.count_of_students(tx, ids, statuses=statuses)
        counts |= {(student_id, statuses): total for student_id, total in totals.items()}
    return counts


async def _threshold_sets(
    tx: Transaction, pages: Iterable[ThresholdSetsPage]
) -> dict[ThresholdSetsPage, list[ThresholdSet]]:
    alike: dict[tuple[int | None, int], list[ThresholdSetsPage]] = defaultdict(list)
    for page in pages:
        alike[page.before, page.limit].append(page)
    rows: dict[ThresholdSetsPage, list[ThresholdSet]] = {}
    for (before, limit), of_scopes in alike.items():
        scopes = [page.scope for page in of_scopes]
        by_scope = await threshold_sets_store.read_page(tx, scopes, before=before, limit=limit)
        rows |= {page: by_scope.get(page.scope, []) for page in of_scopes}
    return rows


async def _target_counts(tx: Transaction, kinds: Iterable[TargetKind]) -> dict[TargetKind, int]:
    count = {
        TargetKind.CONCEPT: partial(concepts_store.count, skill_code=None, search=None, include_archived=False),
        TargetKind.SKILL: partial(skills.count, category=None, level=None, search=None, include_archived=False),
    }
    return {kind: await count[kind](tx) for kind in kinds}


async def _class_levels(tx: Transaction, keys: Iterable[tuple[str, TargetKind]]) -> list[ClassLevels]:
    return [await read_group_levels(tx, *key) for key in keys]


class Loaders:
    """The loaders of one request. Most requests use few of them, so each is made when it is first used."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway

    students = LoadOne[str, Student](students.read_by_ids)
    skills = LoadOne[str, Skill](skills.read_by_codes)
    concepts = LoadOne[str, Concept](concepts_store.read_by_ids)
    groups = LoadOne[str, GroupSummary](groups_store.read_by_ids)
    sessions = LoadOne[str, Session](_sessions)
    parameter_sets = LoadOne[str, ParameterSet](_parameter_sets)
    recency_sets = LoadOne[str, RecencyParameterSet](recency_sets_store.read_by_ids)
    topic_sets = LoadOne[str, TopicParameterSet](topic_sets_store.read_by_ids)
    fits = LoadOne[str, FitRecord](parameter_sets_store.read_fits)
    runs = LoadOne[str, Run](runs_store.read_by_ids)
    set_ids_in_effect = LoadOne[Target, str](read_set_ids_in_effect)
    recorded = LoadOne[tuple[str, str], Recorded](_recorded)
    frozen_tags = LoadOne[tuple[str, str], dict[str, Tag]](answers.read_frozen_tags)
    courses = LoadOne[str, Course](courses_store.read_by_ids)
    course_ids_of_skill = LoadMany[str, str](courses_store.read_ids_of_skills)
    course_ids_of_group = LoadMany[str, str](courses_store.read_ids_of_groups)
    course_ids_of_student = LoadMany[str, str](courses_store.read_ids_of_students)
    concept_ids_of_skill = LoadMany[str, str](concepts_store.read_ids_of_skills)
    all_concept_ids_of_skill = LoadMany[str, str](concepts_store.read_all_ids_of_skills)
    concept_ids_unlocked = LoadMany[str, str](concepts_store.read_ids_unlocked)
    group_ids_of_student = LoadMany[str, str](groups_store.read_ids_of_students)
    masteries_of_student = LoadMany[str, Mastery](masteries.read_of_students)
    recency_of_student = LoadOne[str, dict[str, Recency]](recencies.read_of_students)
    topics_of_student = LoadOne[str, dict[str, TopicUnder]](topics.read_under)
    scored_answers = LoadMany[Pair, Scored](topics.read_scored)
    samplings_of_student = LoadOne[str, dict[str, SamplingUnder]](samplings.read_under)
    answers_page = LoadMany[AnswersPage, Answer](_answers)
    members = LoadMany[MembersPage, Student](_members)
    set_choices = LoadOne[Target, Choice](read_choices)
    masteries_of_target = LoadOne[MasteriesPage, list[Mastery]](read_masteries_of_targets)
    level_counts = LoadOne[LevelsOf, Counter[Status]](count_levels)
    status_counts = LoadOne[LevelsOf, StatusCounts](count_statuses)
    questions_of_target = LoadOne[QuestionsOf, QuestionsPage](read_questions_of_targets)
    answer_counts = LoadOne[str, int](answers.count_of_students)
    sessions_page = LoadMany[SessionsPage, Session](_sessions_of)
    session_counts = LoadOne[SessionsOf, int](_session_counts)
    threshold_sets = LoadOne[str, ThresholdSet](threshold_sets_store.read_by_ids)
    threshold_sets_page = LoadMany[ThresholdSetsPage, ThresholdSet](_threshold_sets)
    threshold_set_counts = LoadOne[ThresholdScope, int](threshold_sets_store.count)
    target_counts = LoadOne[TargetKind, int](_target_counts)

    @cached_property
    def evidence(self) -> DataLoader[Pair, list[Evidence]]:
        """The answers behind the level that this request shows, in no particular order.

        An answer that is recorded after the request has read the level is left out: no two fields of a reply are of
        two moments (B3a).
        """
        return DataLoader(self._evidence)

    async def _evidence(self, keys: list[Pair]) -> list[list[Evidence] | BaseException]:
        ids = sorted({student_id for student_id, _ in keys})
        loads = (self.masteries_of_student.load(student_id) for student_id in ids)
        of_students = dict(zip(ids, await asyncio.gather(*loads, return_exceptions=True), strict=True))
        attempts: dict[Pair, int] = {
            (student_id, row.target): row.attempts
            for student_id, rows in of_students.items()
            if not isinstance(rows, BaseException)
            for row in rows
        }
        evidence: list[list[Evidence] | BaseException] = []
        for key, of_one in zip(keys, await isolated(self.gateway, answers.read_evidence, keys), strict=True):
            if isinstance(of_one, BaseException) or isinstance(of_students[key[0]], BaseException):
                evidence.append(of_one or [])
            else:
                evidence.append(await self._first(key[0], of_one or [], attempts.get(key, 0)))
        return evidence

    async def _first(self, student_id: str, evidence: list[Evidence], count: int) -> list[Evidence]:
        """The answers that were recorded first; all of them, unless some came while the request was read."""
        if len(evidence) <= count:
            return evidence
        recorded = await self.recorded.load_many([(student_id, each.answer_id) for each in evidence])
        times = {each.answer.id: each.answer.recorded_at for each in recorded if each is not None}
        latest = datetime.max.replace(tzinfo=UTC)
        return sorted(evidence, key=lambda each: (times.get(each.answer_id, latest), each))[:count]

    async def set_of_level(self, student_id: str, target: Target) -> ParameterSet | None:
        """The set of a student's level: the one it was computed with, and before the first answer the one in effect.

        Every field that shows a level, or works one out, takes its set from here. While a change of sets replays
        levels, a student's fields change together, with the level that is stored (B3a). None without the target.

        Raises:
            LookupError: the set that the level was computed with is missing.
        """
        for row in await self.masteries_of_student.load(student_id):
            if row.target == target:
                used = await self.parameter_sets.load(row.parameter_set_id)
                if used is None:
                    raise LookupError(f"parameter set {row.parameter_set_id} is gone")
                return used
        set_id = await self.set_ids_in_effect.load(target)
        return await self.parameter_sets.load(set_id) if set_id else None

    @cached_property
    def class_levels(self) -> DataLoader[tuple[str, TargetKind], ClassLevels]:
        """The levels of the members of a group on concepts or skills."""

        async def load(keys: list[tuple[str, TargetKind]]) -> list[ClassLevels]:
            return await self.gateway.read(lambda tx: _class_levels(tx, keys))

        return DataLoader(load)

    @cached_property
    def level_intervals(self) -> DataLoader[LevelOf, LevelIntervals]:
        """The intervals of levels, computed together from the rows that the other loaders read."""
        return DataLoader(partial(estimate_intervals, self))

    async def sets_in_effect(self, targets: Sequence[Target]) -> list[ParameterSet | None]:
        """The parameter set in effect for each target, in their order; None for a target that does not exist."""
        set_ids = await self.set_ids_in_effect.load_many(targets)
        known = sorted({set_id for set_id in set_ids if set_id is not None})
        sets = dict(zip(known, await self.parameter_sets.load_many(known), strict=True))
        return [None if set_id is None else sets[set_id] for set_id in set_ids]
