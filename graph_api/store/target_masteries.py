"""The masteries of all students on one concept or skill, in pages, and their number by status (Q14)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from graph_api.domain.learners.level_lists import LevelFilter, LevelOrder, OrderBy, Place
from graph_api.domain.learners.mastery import Mastery, Status
from graph_api.domain.learners.people import Student
from graph_api.domain.learners.threshold_sets import TargetThresholds
from graph_api.domain.parameters.knowledge_tracing import HIGHEST_LEVEL, LOWEST_LEVEL
from graph_api.domain.targets import Target
from graph_api.store.gateway import Row, Transaction
from graph_api.store.masteries import STORED, decode, is_whole, reread
from graph_api.store.scopes import as_entry, scope_of, target_of
from graph_api.store.students import decode_student

LIST_PAGE = {
    "all": "target_mastery/list_page_of_all",
    "group": "target_mastery/list_page_of_group",
    "taught": "target_mastery/list_page_taught",
}
COUNT = {
    "all": "target_mastery/count_of_all",
    "group": "target_mastery/count_of_group",
    "taught": "target_mastery/count_taught",
}
STUDENT = "id", "name", "recency_at_session_end"


class GroupMasteries(NamedTuple):
    """The masteries of the members of a group on one target, in no particular order.

    Attributes:
        size: the number of members.
        rows: of the members with a mastery.
        students: these members by id.
    """

    size: int
    rows: Sequence[Mastery]
    students: Mapping[str, Student]


async def read_page(  # noqa: PLR0913 - whose, which, and the page
    tx: Transaction,
    targets: Iterable[Target],
    *,
    group_id: str | None,
    matching: LevelFilter,
    thresholds: TargetThresholds,
    order: LevelOrder,
    after: Place | None,
    limit: int,
) -> dict[Target, list[Mastery]]:
    """For each target, at most `limit` masteries that fit, after a place in an order. Invalid levels are left out."""
    whose, params = scope_of(tx, group_id)
    by_id = order.by is OrderBy.STUDENT
    rows = await tx.many(
        LIST_PAGE[whose],
        targets=[_judged_entry(target, thresholds) for target in targets],
        order_by=order.by.value,
        descending=order.descending,
        after=None if after is None else after.student_id if by_id else after.value,
        after_id=None if after is None else after.student_id,
        limit=limit,
        **params,
        **filter_params(matching),
    )
    pages: dict[Target, list[Mastery]] = defaultdict(list)
    for row in rows:
        reread(tx, is_invalid=not is_whole(row))
        pages[target_of(row)].append(decode(row, row["student_id"], target_of(row)))
    return {target: order.arrange(page) for target, page in pages.items()}


async def read_of_group(
    tx: Transaction, targets: Iterable[Target], *, group_id: str, most: int
) -> dict[Target, GroupMasteries]:
    """For each target, the masteries of all members of a group. Invalid levels are left out.

    Without the group, and if it has more than `most` members, there are no targets.
    """
    rows = await tx.many(
        "target_mastery/list_of_group",
        targets=[as_entry(target) for target in targets],
        group_id=group_id,
        most=most,
        lowest=LOWEST_LEVEL,
        highest=HIGHEST_LEVEL,
    )
    return {target_of(row): _of_group(tx, row, target_of(row)) for row in rows}


def _of_group(tx: Transaction, row: Row, target: Target) -> GroupMasteries:
    of_students: list[Row] = [dict(zip((*STUDENT, *STORED), each, strict=True)) for each in row["rows"]]
    reread(tx, is_invalid=not all(map(is_whole, of_students)))
    students = {each["id"]: decode_student({name: each[name] for name in STUDENT}) for each in of_students}
    return GroupMasteries(row["size"], [decode(each, each["id"], target) for each in of_students], students)


async def count(
    tx: Transaction,
    targets: Iterable[Target],
    *,
    group_id: str | None,
    matching: LevelFilter,
    thresholds: TargetThresholds,
) -> dict[Target, Counter[Status]]:
    """For each target, the number of masteries of each status that fit; statuses of none are left out."""
    whose, params = scope_of(tx, group_id)
    rows = await tx.many(
        COUNT[whose],
        targets=[_judged_entry(target, thresholds) for target in targets],
        **params,
        **filter_params(matching),
    )
    counts: dict[Target, Counter[Status]] = defaultdict(Counter)
    for row in rows:
        counts[target_of(row)][Status(row["status"])] = row["total"]
    return counts


def bounds_of(target: Target, thresholds: TargetThresholds) -> Row:
    """The least levels of a target that are MASTERED, and that do not need focus."""
    own = thresholds.for_target(target)
    return {"mastered": own.mastered_from, "focus": own.focus_from}


def _judged_entry(target: Target, thresholds: TargetThresholds) -> Row:
    return as_entry(target) | bounds_of(target, thresholds)


def filter_params(matching: LevelFilter) -> Row:
    """The parameters of a filter of levels, and of the bounds of valid levels."""
    return {
        "statuses": None if matching.statuses is None else sorted(status.value for status in matching.statuses),
        "below": matching.below,
        "above": matching.above,
        "min_attempts": matching.min_attempts,
        "lowest": LOWEST_LEVEL,
        "highest": HIGHEST_LEVEL,
    }
