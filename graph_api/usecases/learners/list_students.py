"""Lists of students. Plain ones follow an index; the others read the levels of the students (Q14)."""

from typing import Any

from graph_api.domain.learners.level_lists import StudentOrderBy
from graph_api.domain.learners.threshold_sets import ThresholdsInEffect
from graph_api.domain.targets import TargetKind
from graph_api.store import concepts, rosters, skills, students
from graph_api.store.gateway import Transaction
from graph_api.store.rosters import Listed, StudentFilter

INDEXED = frozenset({StudentOrderBy.ID, StudentOrderBy.NAME})
"""Orders that an index serves."""


async def read_page(  # noqa: PLR0913 - which, and the page
    tx: Transaction,
    *,
    matching: StudentFilter,
    thresholds: ThresholdsInEffect,
    order_by: StudentOrderBy,
    reverse: bool,
    after: tuple[Any, str] | None,
    limit: int,
) -> list[Listed]:
    """At most `limit` students that fit, after a place in an order; none if the target does not exist."""
    if matching.is_plain and order_by in INDEXED and not reverse:
        by_name = order_by is StudentOrderBy.NAME
        place, student_id = after or ("", "")
        rows = await students.read_page(
            tx,
            after_id=student_id,
            after_name=place if by_name else None,
            group_id=matching.group_id,
            search=matching.search,
            limit=limit,
        )
        return [Listed(row, (row.name or "") if by_name else row.id) for row in rows]
    if not await _target_exists(tx, matching):
        return []
    return await rosters.read_page(
        tx, matching, thresholds, order_by=order_by, reverse=reverse, after=after, limit=limit
    )


async def count(tx: Transaction, *, matching: StudentFilter, thresholds: ThresholdsInEffect) -> int:
    """Number of students that fit."""
    if matching.is_plain:
        return await students.count(tx, group_id=matching.group_id, search=matching.search)
    return await rosters.count(tx, matching, thresholds) if await _target_exists(tx, matching) else 0


async def _target_exists(tx: Transaction, matching: StudentFilter) -> bool:
    """Whether the target exists; if it does not, no student is NOT_STARTED on it either."""
    if matching.target is None:
        return True
    kind, key = matching.target
    return bool(await (concepts.read_known_ids if kind is TargetKind.CONCEPT else skills.read_by_codes)(tx, [key]))
