"""From a concept or skill to its students: masteries in pages, counts by status, questions (Q14).

Each function reads for many keys in one transaction. A student sees only their own row, a teacher the students of their
groups, an analyst pseudonyms of enough students.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners.level_lists import LevelFilter, LevelOrder, OrderBy, Place
from graph_api.domain.learners.mastery import Mastery, Status
from graph_api.domain.learners.threshold_sets import TargetThresholds
from graph_api.domain.targets import Target
from graph_api.store import groups, masteries, students, target_masteries, target_questions
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.target_masteries import GroupMasteries
from graph_api.store.target_questions import QuestionsPage
from graph_api.usecases.learners.analyse_course import MOST_STUDENTS
from graph_api.usecases.learners.reads import Load
from graph_api.usecases.learners.view_class import hide_small_counts

MOST_MEMBERS = 100
"""Members of a group whose masteries of one target are read as a whole: they take no longer than a page and a count."""
MOST_TARGETS = 4
"""Targets of which masteries are read as a whole: decoding them holds the event loop."""


class LevelsOf(NamedTuple):
    """The levels of students on one target: of all or of a group, which fit a filter."""

    target: Target
    group_id: str | None
    matching: LevelFilter
    thresholds: TargetThresholds


class MasteriesPage(NamedTuple):
    """A page of the masteries of one target."""

    levels: LevelsOf
    order: LevelOrder
    after: Place | None
    limit: int


class StatusCounts(NamedTuple):
    """The number of students by status, without what is about too few, and the number of all students."""

    counts: Mapping[Status, int]
    students: int


class GroupOf(NamedTuple):
    """The members of a group on one target."""

    target: Target
    group_id: str


class TargetReads(Protocol):
    """The reads of one request that are about the students of a target."""

    gateway: Gateway

    @property
    def masteries_of_target(self) -> Load[MasteriesPage, list[Mastery] | None]:
        """A page of the masteries of a target; None if a list is not shown."""

    @property
    def masteries_of_group(self) -> Load[GroupOf, GroupMasteries | None]:
        """The masteries of all members of a small group; None of another group."""

    @property
    def level_counts(self) -> Load[LevelsOf, Counter[Status] | None]:
        """The number of masteries of each status."""

    @property
    def status_counts(self) -> Load[LevelsOf, StatusCounts | None]:
        """The number of students with each status."""


class QuestionsOf(NamedTuple):
    """A page of the questions that answers to one target name."""

    target: Target
    group_id: str | None
    after: str
    limit: int


async def list_of_target(reads: TargetReads, page: MasteriesPage) -> list[Mastery] | None:
    """A page of the masteries of a target; None for lists that an analyst may not see."""
    whole = await _load_whole(reads, page.levels)
    return await reads.masteries_of_target.load(page) if whole is None else _cut(whole.rows, page)


async def count_of_target(reads: TargetReads, levels: LevelsOf) -> int:
    """The number of masteries of a target that fit."""
    whole = await _load_whole(reads, levels)
    counted = await reads.level_counts.load(levels) if whole is None else _count_whole(whole, levels)
    return 0 if counted is None else counted.total()


async def count_statuses_of_target(reads: TargetReads, levels: LevelsOf) -> StatusCounts | None:
    """The number of students with each status, as `count_statuses`."""
    whole = await _load_whole(reads, levels)
    if whole is None:
        return await reads.status_counts.load(levels)
    return _with_others(_count_whole(whole, levels), whole.size, reads.gateway.least_students)


async def _load_whole(reads: TargetReads, levels: LevelsOf) -> GroupMasteries | None:
    """All masteries that a field is about, if one statement reads them for all fields of a request."""
    gateway, group_id = reads.gateway, levels.group_id
    if group_id is None or not levels.matching.is_empty or gateway.has_pseudonyms or gateway.only_student is not None:
        return None
    return await reads.masteries_of_group.load(GroupOf(levels.target, group_id))


def _count_whole(whole: GroupMasteries, levels: LevelsOf) -> Counter[Status]:
    """The number of masteries of each status, as `count_levels`, which counts levels whatever is behind them."""
    rule = levels.thresholds.for_target(levels.target)
    return Counter(rule.status(row.level, evidence=1) for row in whole.rows)


async def read_masteries_of_groups(tx: Transaction, keys: Iterable[GroupOf]) -> dict[GroupOf, GroupMasteries]:
    """The masteries of the members of small groups; of other groups, and of many targets, none."""
    of_groups: dict[str, list[Target]] = defaultdict(list)
    for key in keys:
        of_groups[key.group_id].append(key.target)
    if sum(map(len, of_groups.values())) > MOST_TARGETS:
        return {}
    return {
        GroupOf(target, group_id): whole
        for group_id, targets in of_groups.items()
        for target, whole in (
            await target_masteries.read_of_group(tx, targets, group_id=group_id, most=MOST_MEMBERS)
        ).items()
    }


async def read_masteries_of_targets(
    tx: Transaction, pages: Iterable[MasteriesPage]
) -> dict[MasteriesPage, list[Mastery]]:
    """The masteries of each page, at most `limit`, in order.

    Lists of fewer students than an analyst may read about are left out.

    Raises:
        GroupTooSmall: an analyst names a group below the minimum group size.
    """
    alike: dict[tuple[object, ...], list[MasteriesPage]] = defaultdict(list)
    for page in pages:
        alike[page.levels[1:], page.order, page.after, page.limit].append(page)
    rows: dict[MasteriesPage, list[Mastery]] = {}
    for of_targets in alike.values():
        by_target = await _read_page(tx, of_targets[0], [page.levels.target for page in of_targets])
        rows |= {page: by_target[page.levels.target] for page in of_targets if page.levels.target in by_target}
    return rows


async def _read_page(tx: Transaction, page: MasteriesPage, targets: list[Target]) -> Mapping[Target, list[Mastery]]:
    """A page of each target; `page` has what they have in common."""
    levels = page.levels
    if tx.only_student is not None:
        own = await _read_own(tx, levels)
        return {target: _cut(own.get(target, []), page) for target in targets}
    whole = tx.has_pseudonyms  # the database orders by ids, which an analyst must not be able to infer
    by_target = await target_masteries.read_page(
        tx,
        targets,
        group_id=levels.group_id,
        matching=levels.matching,
        thresholds=levels.thresholds,
        order=LevelOrder(OrderBy.STUDENT) if whole else page.order,
        after=None if whole else page.after,
        limit=MOST_STUDENTS + 1 if whole else page.limit,
    )
    of_all = {target: by_target.get(target, []) for target in targets}
    if not whole:
        return of_all
    return {target: _cut(rows, page) for target, rows in of_all.items() if _is_shown(tx, rows)}


async def _read_own(tx: Transaction, levels: LevelsOf) -> dict[Target, list[Mastery]]:
    """The masteries of the student who is the viewer, one per target at most; none for a group of others."""
    if not await _count_own(tx, levels.group_id):
        return {}
    student_id = tx.only_student or ""
    rows = (await masteries.read_of_students(tx, [student_id])).get(student_id, [])
    fitting = (row for row in rows if levels.matching.matches(row, levels.thresholds.for_target(row.target)))
    return {row.target: [row] for row in fitting}


def _cut(rows: Iterable[Mastery], page: MasteriesPage) -> list[Mastery]:
    """A page of a list that is in memory."""
    ordered = page.order.arrange(rows)
    return [row for row in ordered if page.after is None or page.order.is_after(row, page.after)][: page.limit]


def _is_shown(tx: Transaction, rows: list[Mastery]) -> bool:
    """Whether an analyst sees a list: it is of enough students, or of none.

    Raises:
        InvalidInput: it is of too many for one query.
    """
    if len(rows) > MOST_STUDENTS:
        raise InvalidInput("students", f"must be at most {MOST_STUDENTS} for one query; give a groupId")
    return not 0 < len(rows) < tx.least_students


async def count_levels(tx: Transaction, keys: Iterable[LevelsOf]) -> dict[LevelsOf, Counter[Status]]:
    """For each key, the number of masteries of each status, of targets with answers or judgements only."""
    alike: dict[tuple[object, ...], list[LevelsOf]] = defaultdict(list)
    for key in keys:
        alike[key[1:]].append(key)
    counts: dict[LevelsOf, Counter[Status]] = {}
    for of_targets in alike.values():
        first, targets = of_targets[0], [key.target for key in of_targets]
        if tx.only_student is not None:
            own = await _read_own(tx, first)
            by_target = {target: Counter(_statuses(rows, first.thresholds)) for target, rows in own.items()}
        else:
            by_target = await target_masteries.count(
                tx, targets, group_id=first.group_id, matching=first.matching, thresholds=first.thresholds
            )
        counts |= {key: by_target.get(key.target, Counter()) for key in of_targets}
    return counts


def _statuses(rows: Iterable[Mastery], thresholds: TargetThresholds) -> list[Status]:
    return [thresholds.for_target(row.target).status(row.level, row.evidence) for row in rows]


async def count_statuses(tx: Transaction, keys: Iterable[LevelsOf]) -> dict[LevelsOf, StatusCounts]:
    """For each key, the number of students with each status; those without answers and judgements are NOT_STARTED.

    Left out is what is about too few students, as in the distribution of a class.

    Raises:
        GroupTooSmall: an analyst names a group below the minimum group size.
    """
    started = await count_levels(tx, keys)
    sizes = {group_id: await _count_students(tx, group_id) for group_id in {key.group_id for key in started}}
    return {key: _with_others(counts, sizes[key.group_id], tx.least_students) for key, counts in started.items()}


def _with_others(started: Counter[Status], size: int, least: int) -> StatusCounts:
    counts = {**started, Status.NOT_STARTED: max(size - started.total(), 0)}
    return StatusCounts(hide_small_counts(counts, least), sum(counts.values()))


async def _count_students(tx: Transaction, group_id: str | None) -> int:
    """The number of students whom the viewer sees: of all, or of a group."""
    if tx.only_student is not None:
        return await _count_own(tx, group_id)
    if group_id is None:
        return await students.count(tx, group_id=None, search=None)
    group = (await groups.read_by_ids(tx, [group_id])).get(group_id)
    return group.size if group else 0


async def _count_own(tx: Transaction, group_id: str | None) -> int:
    """1 if the student who is the viewer is stored, and a member of the group, else 0."""
    student_id = tx.only_student or ""
    if group_id is None:
        return len(await students.read_by_ids(tx, [student_id]))
    return int(group_id in (await groups.read_ids_of_students(tx, [student_id])).get(student_id, []))


async def read_questions_of_targets(tx: Transaction, pages: Iterable[QuestionsOf]) -> dict[QuestionsOf, QuestionsPage]:
    """The questions of each page, at most `limit`, in order of id, and the number of all."""
    alike: dict[tuple[object, ...], list[QuestionsOf]] = defaultdict(list)
    for page in pages:
        alike[page[1:]].append(page)
    rows: dict[QuestionsOf, QuestionsPage] = {}
    for of_targets in alike.values():
        first, by_target = of_targets[0], dict[Target, QuestionsPage]()
        if tx.only_student is None or await _count_own(tx, first.group_id):
            by_target = await target_questions.read_page(
                tx,
                [page.target for page in of_targets],
                group_id=first.group_id,
                student_id=tx.only_student,
                after=first.after,
                limit=first.limit,
            )
        rows |= {page: by_target.get(page.target, QuestionsPage([], 0)) for page in of_targets}
    return rows
