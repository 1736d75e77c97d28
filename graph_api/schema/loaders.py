"""Loaders: each field of a list costs one read for all its rows (see tests/schema/test_round_trips.py)."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import TypeVar

from graph_api.domain.answers.answers import Answer, Recorded, Tag
from graph_api.domain.answers.order import Order
from graph_api.domain.course.links.suggestions import LinkAnalysis
from graph_api.domain.learners.class_levels import ClassLevels
from graph_api.domain.learners.forgetting import Recall
from graph_api.domain.learners.judgements import Judgement
from graph_api.domain.learners.mastery import Evidence, Mastery, Status, answers_in
from graph_api.domain.learners.people import Student
from graph_api.domain.learners.placement.placements import Placement
from graph_api.domain.learners.recency import Recency
from graph_api.domain.learners.sampling import SamplingUnder
from graph_api.domain.learners.sessions import Session
from graph_api.domain.learners.threshold_sets import ThresholdScope, ThresholdSet
from graph_api.domain.learners.topic import Scored, TopicUnder
from graph_api.domain.learners.uncertainty import LevelIntervals
from graph_api.domain.operations.runs import Run
from graph_api.domain.parameters.parameter_sets import FitRecord, ParameterSet
from graph_api.domain.parameters.predictors.practice_state import PracticeState
from graph_api.domain.targets import Target, TargetKind
from graph_api.execution.batching import DataLoader
from graph_api.execution.budget import count_rows
from graph_api.execution.class_loaders import ClassLoaders
from graph_api.execution.course_loaders import ONE
from graph_api.execution.read_ahead import AnswersPage, MembersPage, PagesAhead
from graph_api.execution.row_loaders import LoadMany, LoadOne, if_alike, isolated, never
from graph_api.store import (
    answers,
    history_pages,
    judgements,
    masteries,
    recencies,
    samplings,
    sessions,
    students,
    target_questions,
    topics,
)
from graph_api.store import courses as courses_store
from graph_api.store import parameter_sets as parameter_sets_store
from graph_api.store import placements as placements_store
from graph_api.store import runs as runs_store
from graph_api.store import threshold_sets as threshold_sets_store
from graph_api.store.answers import AnswerFilter, Pair
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.masteries import ShownLevels
from graph_api.store.recencies import RecentAnswers
from graph_api.store.tags import Choice, read_choices
from graph_api.store.target_questions import QuestionsPage
from graph_api.usecases.course.analyse_links import analyse_links
from graph_api.usecases.course.course_now import CourseNow
from graph_api.usecases.learners.analyse_course import read_group_levels
from graph_api.usecases.learners.analyse_questions import AnalysedQuestion, AnalysisOf, analyse_questions
from graph_api.usecases.learners.class_levels_now import ClassLevelsNow, ClassOf
from graph_api.usecases.learners.estimate_intervals import estimate_intervals
from graph_api.usecases.learners.estimate_recalls import estimate_recalls
from graph_api.usecases.learners.find_placements import PlacementResult, find_placements
from graph_api.usecases.learners.forgetting_in_effect import ForgettingNow
from graph_api.usecases.learners.histories_now import HistoriesNow
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
from graph_api.usecases.learners.pages_by_owner import (
    PlacementsPage,
    SessionsOf,
    SessionsPage,
    ThresholdSetsPage,
    count_sessions,
    read_placements_pages,
    read_sessions_pages,
    read_threshold_sets_pages,
)
from graph_api.usecases.learners.predict_next_answer import read_practice
from graph_api.usecases.learners.predictors_in_effect import PredictorsNow
from graph_api.usecases.learners.read_activity import read_actions
from graph_api.usecases.learners.reads import Actions, ActionsOf, LevelOf, RecallOf, RecentOf
from graph_api.usecases.learners.student_memory import StudentMemory
from graph_api.usecases.learners.student_trends import read_recent
from graph_api.usecases.parameters.read_set_ids_in_effect import read_set_ids_in_effect

ROWS_AT_A_TIME = 50_000
"""The most rows of pages that one statement reads."""

K = TypeVar("K")
V = TypeVar("V")


def _kind(pair: Pair) -> TargetKind:
    return pair[1].kind


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
            by_student = await history_pages.read_page(
                tx, ids, wanted, newest_first=newest_first, after=after, limit=limit
            )
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


class Loaders(PagesAhead, ClassLoaders):
    """The loaders of one request. Most requests use few of them, so each is made when it is first used."""

    def __init__(
        self,
        gateway: Gateway,
        forgetting: ForgettingNow | None = None,
        course: CourseNow | None = None,
        predictors: PredictorsNow | None = None,
        classes: ClassLevelsNow | None = None,
        histories: HistoriesNow | None = None,
    ) -> None:
        super().__init__(CourseNow(gateway) if course is None else course)
        self.gateway = gateway
        self._forgetting = ForgettingNow(gateway) if forgetting is None else forgetting
        self._predictors = PredictorsNow(gateway) if predictors is None else predictors
        self._classes = ClassLevelsNow() if classes is None else classes
        self._histories = HistoriesNow(StudentMemory()) if histories is None else histories

    students = LoadOne[str, Student](students.read_by_ids)
    sessions = LoadOne[str, Session](_sessions)
    parameter_sets = LoadOne[str, ParameterSet](_parameter_sets)
    ignored_evidence = LoadOne[Pair, list[Evidence]](answers.read_ignored, if_alike(_kind))
    fits = LoadOne[str, FitRecord](parameter_sets_store.read_fits)
    runs = LoadOne[str, Run](runs_store.read_by_ids)
    set_ids_in_effect = LoadOne[Target, str](read_set_ids_in_effect, if_alike(lambda target: target.kind))
    recorded = LoadOne[tuple[str, str], Recorded](_recorded)
    frozen_tags = LoadOne[tuple[str, str], dict[str, Tag]](answers.read_frozen_tags)
    course_ids_of_skill = LoadMany[str, str](courses_store.read_ids_of_skills)
    course_ids_of_group = LoadMany[str, str](courses_store.read_ids_of_groups)
    course_ids_of_student = LoadMany[str, str](courses_store.read_ids_of_students)
    masteries_of_student = LoadMany[str, Mastery](masteries.read_of_students)
    shown_levels = LoadOne[tuple[str, TargetKind], ShownLevels](masteries.read_shown)
    latest_times = LoadOne[str, datetime](masteries.read_latest_times)
    judgements_of_student = LoadMany[str, Judgement](judgements.read_of_students)
    recency_of_student = LoadOne[str, dict[str, Recency]](recencies.read_of_students)
    topics_of_student = LoadOne[str, dict[str, TopicUnder]](topics.read_under, never)
    scored_answers = LoadMany[Pair, Scored](topics.read_scored)
    samplings_of_student = LoadOne[str, dict[str, SamplingUnder]](samplings.read_under, never)
    answers_page = LoadMany[AnswersPage, Answer](
        _answers, if_alike(lambda page: (page.wanted, page.newest_first, page.after, page.limit))
    )
    members = LoadMany[MembersPage, Student](
        _members, if_alike(lambda page: (page.after_name, page.after_id, page.limit))
    )
    set_choices = LoadOne[Target, Choice](read_choices, if_alike(lambda target: target.kind))
    masteries_of_target = LoadOne[MasteriesPage, list[Mastery]](
        read_masteries_of_targets, if_alike(lambda page: (page.levels[1:], page.order, page.after, page.limit))
    )
    level_counts = LoadOne[LevelsOf, Counter[Status]](count_levels, if_alike(lambda key: key[1:]))
    status_counts = LoadOne[LevelsOf, StatusCounts](count_statuses, never)
    questions_of_target = LoadOne[QuestionsOf, QuestionsPage](
        read_questions_of_targets, if_alike(lambda page: page[1:])
    )
    question_answers = LoadOne[Pair, dict[str, int]](target_questions.count_answers)
    answer_counts = LoadOne[str, int](answers.count_of_students)
    sessions_page = LoadMany[SessionsPage, Session](
        read_sessions_pages, if_alike(lambda page: (page.statuses, page.after, page.limit))
    )
    session_counts = LoadOne[SessionsOf, int](count_sessions, if_alike(lambda key: key[1]))
    placements = LoadOne[str, Placement](placements_store.read_by_ids)
    placements_page = LoadMany[PlacementsPage, Placement](
        read_placements_pages, if_alike(lambda page: (page.after, page.limit))
    )
    placement_counts = LoadOne[str, int](placements_store.count_of_students)
    threshold_sets = LoadOne[str, ThresholdSet](threshold_sets_store.read_by_ids)
    threshold_sets_page = LoadMany[ThresholdSetsPage, ThresholdSet](
        read_threshold_sets_pages, if_alike(lambda page: (page.before, page.limit))
    )
    threshold_set_counts = LoadOne[ThresholdScope, int](threshold_sets_store.count)
    recent_answers = LoadOne[RecentOf, RecentAnswers](read_recent, never)
    actions = LoadOne[ActionsOf, Actions](read_actions, never)

    @cached_property
    def evidence(self) -> DataLoader[Pair, list[Evidence]]:
        """The answers and judgements behind the level that this request shows, in no particular order.

        What is recorded after the request has read the level is left out: no two fields of a reply are of two moments
        (B3a).
        """
        return DataLoader(self._evidence)

    async def _evidence(self, keys: list[Pair]) -> list[list[Evidence] | BaseException]:
        ids = sorted({student_id for student_id, _ in keys})
        loads = (self.masteries_of_student.load(student_id) for student_id in ids)
        of_students = dict(zip(ids, await asyncio.gather(*loads, return_exceptions=True), strict=True))
        counts: dict[Pair, Mastery] = {
            (student_id, row.target): row
            for student_id, rows in of_students.items()
            if not isinstance(rows, BaseException)
            for row in rows
        }
        evidence: list[list[Evidence] | BaseException] = []
        for key, of_one in zip(
            keys, await isolated(self.gateway, answers.read_evidence, keys, if_alike(_kind)), strict=True
        ):
            if isinstance(of_one, BaseException) or isinstance(of_students[key[0]], BaseException):
                evidence.append(of_one or [])
            else:
                row = counts.get(key)
                first = await self._first(key[0], answers_in(of_one or []), row.attempts if row else 0)
                judged = [each for each in of_one or [] if each.level is not None]
                judged.sort(key=lambda each: each.order.recorded_at)
                evidence.append(first + judged[: row.judgements if row else 0])
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
        return DataLoader(self._class_levels)

    async def _class_levels(self, keys: list[tuple[str, TargetKind]]) -> list[ClassLevels]:
        kinds = list(TargetKind)
        columns = dict(zip(kinds, await self.active_keys.load_many(kinds), strict=True))
        known, mark = self.ahead.get("member_versions", {}), await self.course_mark.load(ONE)

        async def read(tx: Transaction) -> list[ClassLevels]:
            return [await read_group_levels(tx, group_id, kind, columns[kind]) for group_id, kind in keys]

        if all(group_id in known for group_id, _ in keys):
            classes = [ClassOf(group_id, kind, mark, known[group_id]) for group_id, kind in keys]
            return [await self._classes.read(self.gateway, each, columns[each.kind]) for each in classes]
        return await (self.gateway.read_one if len(keys) == 1 else self.gateway.read)(read)

    @cached_property
    def level_intervals(self) -> DataLoader[LevelOf, LevelIntervals]:
        """The intervals of levels, computed together from the rows that the other loaders read."""
        return DataLoader(partial(estimate_intervals, self))

    @cached_property
    def recalls(self) -> DataLoader[RecallOf, Recall | None]:
        """The recall of students, computed together from the rows that the other loaders read."""
        return DataLoader(partial(estimate_recalls, self))

    @cached_property
    def practice(self) -> DataLoader[tuple[str, TargetKind], PracticeState]:
        """The practice of students, folded from their history pages."""
        return DataLoader(partial(read_practice, self))

    @cached_property
    def placement_results(self) -> DataLoader[Placement, PlacementResult]:
        """What placements show."""
        return DataLoader(partial(find_placements, self, self))

    @cached_property
    def question_analyses(self) -> DataLoader[AnalysisOf, list[AnalysedQuestion]]:
        """The item analyses of concepts and skills."""
        return DataLoader(partial(analyse_questions, self))

    @cached_property
    def link_analyses(self) -> DataLoader[str | None, LinkAnalysis]:
        """The evidence for prerequisite links in the answers of a group, or of all students under None."""
        return DataLoader(partial(analyse_links, self.gateway, self.now))

    async def sets_in_effect(self, targets: Sequence[Target]) -> list[ParameterSet | None]:
        """The parameter set in effect for each target, in their order; None for a target that does not exist."""
        set_ids = await self.set_ids_in_effect.load_many(targets)
        known = sorted({set_id for set_id in set_ids if set_id is not None})
        sets = dict(zip(known, await self.parameter_sets.load_many(known), strict=True))
        return [None if set_id is None else sets[set_id] for set_id in set_ids]
