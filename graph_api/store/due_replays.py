"""The concepts and skills whose levels a run has to replay, marked in the transaction that changes their set.

The mark outlives the process: after a run has ended without a replay, the next process replays the levels.
"""

from collections.abc import Iterable, Mapping

from graph_api.domain.targets import Target, TargetKind
from graph_api.store.gateway import Transaction
from graph_api.store.rows_by_kind import by_kind

MARK = {TargetKind.CONCEPT: "due_replay/mark_concepts", TargetKind.SKILL: "due_replay/mark_skills"}
CLEAR = {TargetKind.CONCEPT: "due_replay/clear_concepts", TargetKind.SKILL: "due_replay/clear_skills"}
LIST = {TargetKind.CONCEPT: "due_replay/list_concepts", TargetKind.SKILL: "due_replay/list_skills"}
LIST_STALE = {TargetKind.CONCEPT: "due_replay/list_stale_concepts", TargetKind.SKILL: "due_replay/list_stale_skills"}


async def read_stale(tx: Transaction, set_ids: Mapping[Target, str]) -> list[Target]:
    """Those of some targets with a level computed under another set than the given one, in order."""
    rows = ((target.kind, {"target": target.key, "set_id": set_id}) for target, set_id in set_ids.items())
    stale: list[Target] = []
    for kind, of_kind in by_kind(rows).items():
        stale += [Target(kind, row["target"]) for row in await tx.many(LIST_STALE[kind], rows=of_kind)]
    return sorted(stale)


async def mark(tx: Transaction, targets: Iterable[Target], run_id: str) -> None:
    """Mark targets whose levels a run has to replay; it takes over from other runs."""
    for kind, keys in by_kind(sorted(set(targets))).items():
        await tx.nothing(MARK[kind], rows=[{"target": key, "run_id": run_id} for key in keys])


async def clear(tx: Transaction, targets: Iterable[Target], run_id: str) -> None:
    """Remove the marks of targets that a run has replayed; the marks of other runs stay."""
    for kind, keys in by_kind(sorted(set(targets))).items():
        await tx.nothing(CLEAR[kind], targets=keys, run_id=run_id)


async def read(tx: Transaction) -> dict[Target, str]:
    """Every target whose levels a run has to replay, with the id of that run."""
    return {Target(kind, row["target"]): row["run_id"] for kind, name in LIST.items() for row in await tx.many(name)}
