"""Pages of sessions, of placements and of versions of thresholds, read for all their owners at once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from graph_api.domain.learners.placement.placements import Placement
from graph_api.domain.learners.sessions import Session, SessionStatus
from graph_api.domain.learners.threshold_sets import ThresholdScope, ThresholdSet
from graph_api.store import placements, sessions
from graph_api.store import threshold_sets as threshold_sets_store
from graph_api.store.gateway import Transaction


@dataclass(frozen=True, slots=True)
class SessionsPage:
    """A page of a student's sessions, newest first."""

    student_id: str
    statuses: frozenset[SessionStatus] | None
    after: tuple[datetime, str] | None
    limit: int


@dataclass(frozen=True, slots=True)
class PlacementsPage:
    """A page of a student's placements, newest first."""

    student_id: str
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


async def read_sessions_pages(tx: Transaction, pages: Iterable[SessionsPage]) -> dict[SessionsPage, list[Session]]:
    """The sessions of each page: one statement for pages that differ by student only."""
    alike: dict[tuple[object, ...], list[SessionsPage]] = defaultdict(list)
    for page in pages:
        alike[page.statuses, page.after, page.limit].append(page)
    rows: dict[SessionsPage, list[Session]] = {}
    for of_students in alike.values():
        page, ids = of_students[0], [each.student_id for each in of_students]
        by_student = await sessions.read_page(tx, ids, statuses=page.statuses, after=page.after, limit=page.limit)
        rows |= {each: by_student.get(each.student_id, []) for each in of_students}
    return rows


async def read_placements_pages(
    tx: Transaction, pages: Iterable[PlacementsPage]
) -> dict[PlacementsPage, list[Placement]]:
    """The placements of each page: one statement for pages that differ by student only."""
    alike: dict[tuple[object, ...], list[PlacementsPage]] = defaultdict(list)
    for page in pages:
        alike[page.after, page.limit].append(page)
    rows: dict[PlacementsPage, list[Placement]] = {}
    for of_students in alike.values():
        page, ids = of_students[0], [each.student_id for each in of_students]
        by_student = await placements.read_page(tx, ids, after=page.after, limit=page.limit)
        rows |= {each: by_student.get(each.student_id, []) for each in of_students}
    return rows


async def count_sessions(tx: Transaction, keys: Iterable[SessionsOf]) -> dict[SessionsOf, int]:
    """The number of sessions of each student: one statement for students with the same filter."""
    alike: dict[frozenset[SessionStatus] | None, list[str]] = defaultdict(list)
    for student_id, statuses in keys:
        alike[statuses].append(student_id)
    counts: dict[SessionsOf, int] = {}
    for statuses, ids in alike.items():
        totals = await sessions.count_of_students(tx, ids, statuses=statuses)
        counts |= {(student_id, statuses): total for student_id, total in totals.items()}
    return counts


async def read_threshold_sets_pages(
    tx: Transaction, pages: Iterable[ThresholdSetsPage]
) -> dict[ThresholdSetsPage, list[ThresholdSet]]:
    """The versions of each page: one statement for pages that differ by scope only."""
    alike: dict[tuple[int | None, int], list[ThresholdSetsPage]] = defaultdict(list)
    for page in pages:
        alike[page.before, page.limit].append(page)
    rows: dict[ThresholdSetsPage, list[ThresholdSet]] = {}
    for (before, limit), of_scopes in alike.items():
        scopes = [page.scope for page in of_scopes]
        by_scope = await threshold_sets_store.read_page(tx, scopes, before=before, limit=limit)
        rows |= {page: by_scope.get(page.scope, []) for page in of_scopes}
    return rows
