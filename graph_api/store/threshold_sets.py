"""Versions of the thresholds of courses and skills in the graph (B4)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from graph_api.domain.learners.mastery import Comparison, Thresholds
from graph_api.domain.learners.threshold_sets import ScopeKind, ThresholdScope, ThresholdSet
from graph_api.store.gateway import Row, Transaction

NO_THRESHOLDS = dict.fromkeys(("mastered", "focus", "weak", "weak_attempts", "comparison"))


class Newest(NamedTuple):
    """The newest version of every course and skill that has any, and the mark that every change of courses replaces."""

    course_version: str
    sets: list[ThresholdSet]


async def read_newest(tx: Transaction) -> Newest:
    """The newest versions, also those that returned to the default, in one statement with the mark of the course."""
    rows = await tx.many("threshold_set/list_newest")
    mark = next((row["course_version"] for row in rows), None)
    return Newest(mark or "", [_decode(row) for row in rows if row["id"] is not None])


async def read_by_ids(tx: Transaction, ids: Iterable[str]) -> dict[str, ThresholdSet]:
    """Versions by id; unknown ids are left out."""
    rows = await tx.many("threshold_set/list_by_ids", ids=sorted(set(ids)))
    return {row["id"]: _decode(row) for row in rows}


async def read_page(
    tx: Transaction, scopes: Iterable[ThresholdScope], *, before: int | None = None, limit: int = 1
) -> dict[ThresholdScope, list[ThresholdSet]]:
    """For each scope at most `limit` versions, newest first, of those before a version."""
    rows = await tx.many("threshold_set/list_page", scopes=_rows(scopes), before=before, limit=limit)
    pages: dict[ThresholdScope, list[ThresholdSet]] = defaultdict(list)
    for stored in map(_decode, rows):
        pages[stored.scope].append(stored)
    return pages


async def count(tx: Transaction, scopes: Iterable[ThresholdScope]) -> dict[ThresholdScope, int]:
    """The number of versions of each scope."""
    rows = await tx.many("threshold_set/count", scopes=_rows(scopes))
    return {_scope(row): row["total"] for row in rows}


async def create(tx: Transaction, sets: Sequence[ThresholdSet]) -> None:
    """Store versions that are newer than the stored ones of their scopes; the last of each scope is in effect."""
    newest = {stored.scope: stored.version for stored in sorted(sets, key=lambda each: each.version)}
    await tx.nothing("threshold_set/unmark_newest", scopes=_rows(newest))
    rows = [
        {
            "id": stored.id,
            "scope_kind": stored.scope.kind.value,
            "scope_id": stored.scope.key,
            "version": stored.version,
            "author": stored.author,
            "note": stored.note,
            "created_at": stored.created_at,
            "is_newest": stored.version == newest[stored.scope],
            **values_of(stored),
        }
        for stored in sets
    ]
    await tx.nothing("threshold_set/create", rows=rows)


async def delete(tx: Transaction, scopes: Iterable[ThresholdScope]) -> None:
    """Delete all versions of scopes, which are deleted themselves."""
    await tx.nothing("threshold_set/delete_of_scopes", scopes=_rows(scopes))


def values_of(stored: ThresholdSet) -> Row:
    """The thresholds of a version by name; all None for one that returned its scope to the default."""
    thresholds = stored.thresholds
    if thresholds is None:
        return dict(NO_THRESHOLDS)
    return {name: getattr(thresholds, name) for name in NO_THRESHOLDS} | {"comparison": thresholds.comparison.value}


def _rows(scopes: Iterable[ThresholdScope]) -> list[Row]:
    return [{"kind": scope.kind.value, "id": scope.key} for scope in scopes]


def _scope(row: Row) -> ThresholdScope:
    return ThresholdScope(ScopeKind(row["scope_kind"]), row["scope_id"])


def _decode(row: Row) -> ThresholdSet:
    thresholds = None
    if row["mastered"] is not None:
        values = {name: row[name] for name in NO_THRESHOLDS if name != "comparison"}
        thresholds = Thresholds(**values, comparison=Comparison(row["comparison"]))
    return ThresholdSet(_scope(row), row["version"], thresholds, row["author"], row["note"] or "", row["created_at"])
