"""The concepts and skills whose levels a run has to replay, noted in the transaction that changes their set.

The note outlives the process that made it: whoever finds a note of a run that has ended replays the levels.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from graph_api.domain.targets import Target, TargetKind
from graph_api.store.gateway import Row, Transaction

MARK = {TargetKind.CONCEPT: "due_replay/mark_concepts", TargetKind.SKILL: "due_replay/mark_skills"}
CLEAR = {TargetKind.CONCEPT: "due_replay/clear_concepts", TargetKind.SKILL: "due_replay/clear_skills"}
LIST = {TargetKind.CONCEPT: "due_replay/list_concepts", TargetKind.SKILL: "due_replay/list_skills"}
LIST_STALE = {TargetKind.CONCEPT: "due_replay/list_stale_concepts", TargetKind.SKILL: "due_replay/list_stale_skills"}


async def read_stale(tx: Transaction, set_ids: Mapping[Target, str]) -> list[Target]:
    """Which targets, of some with the set in effect for each, have a level computed under another set; in order."""
    rows: dict[TargetKind, list[Row]] = defaultdict(list)
    for target, set_id in set_ids.items():
        rows[target.kind].append({"target": target.key, "set_id": set_id})
    stale: list[Target] = []
    for kind, of_kind in rows.items():
        stale += [Target(kind, row["target"]) for row in await tx.many(LIST_STALE[kind], rows=of_kind)]
    return sorted(stale)


async def mark(tx: Transaction, targets: Iterable[Target], run_id: str) -> None:
    """Note that a run has to replay the levels of some targets; it takes over what another run had to do."""
    for kind, keys in _by_kind(targets).items():
        await tx.nothing(MARK[kind], rows=[{"target": key, "run_id": run_id} for key in keys])


async def clear(tx: Transaction, targets: Iterable[Target], run_id: str) -> None:
    """Note that a run has replayed the levels of some targets; the notes of other runs stay."""
    for kind, keys in _by_kind(targets).items():
        await tx.nothing(CLEAR[kind], targets=keys, run_id=run_id)


async def read(tx: Transaction) -> dict[Target, str]:
    """Every target whose levels a run has to replay, with the id of that run."""
    return {Target(kind, row["target"]): row["run_id"] for kind, name in LIST.items() for row in await tx.many(name)}


def _by_kind(targets: Iterable[Target]) -> dict[TargetKind, list[str]]:
    keys: dict[TargetKind, list[str]] = defaultdict(list)
    for target in sorted(set(targets)):
        keys[target.kind].append(target.key)
    return keys
