"""Replay levels under the parameter sets in force, for every student, in bounded batches.

Each batch is one transaction that locks its students, so an answer that comes meanwhile is either in the replay or
folded after it. A reader never sees a level beside the name of a set that it was not computed with.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from graph_api.domain.mastery import replay
from graph_api.domain.targets import Target, TargetKind
from graph_api.store import answers, masteries, parameter_sets, students
from graph_api.store.answers import Pair
from graph_api.store.gateway import Gateway, Transaction
from graph_api.usecases.run_ledger import OnProgress, unwatched

PAIRS_AT_A_TIME = 500
TARGETS_AT_A_TIME = 200


async def replay_levels(
    gateway: Gateway, targets: Iterable[Target], clock: Callable[[], datetime], on_progress: OnProgress = unwatched
) -> int:
    """Bring every level of some targets to the set in force now; returns how many were replayed."""
    wanted = sorted(set(targets))
    replayed = 0
    for start in range(0, len(wanted), TARGETS_AT_A_TIME):
        batch = wanted[start : start + TARGETS_AT_A_TIME]
        while count := await _replay_some(gateway, batch, clock()):
            replayed += count
            on_progress("replaying levels", start, len(wanted))
        on_progress("replaying levels", start + len(batch), len(wanted))
    return replayed


async def _replay_some(gateway: Gateway, targets: Sequence[Target], now: datetime) -> int:
    async def find(tx: Transaction) -> list[Pair]:
        return await masteries.read_stale_pairs(tx, await _set_ids(tx, targets), PAIRS_AT_A_TIME)

    pairs = await gateway.read(find)
    if pairs:
        await gateway.write(lambda tx: _replay(tx, pairs, now))
    return len(pairs)


async def _replay(tx: Transaction, pairs: Sequence[Pair], now: datetime) -> None:
    await students.lock(tx, {student_id for student_id, _ in pairs})
    set_ids = await _set_ids(tx, {target for _, target in pairs})
    sets = {stored.id: stored for stored in await parameter_sets.read_by_ids(tx, set_ids.values())}
    evidence = await answers.read_evidence(tx, pairs)
    levels = [replay(evidence[pair], *pair, sets[set_ids[pair[1]]]) for pair in pairs if pair in evidence]
    await masteries.put(tx, [level for level in levels if level is not None], now)


async def _set_ids(tx: Transaction, targets: Iterable[Target]) -> dict[Target, str]:
    keys: dict[TargetKind, list[str]] = defaultdict(list)
    for kind, key in targets:
        keys[kind].append(key)
    found = [each for kind in keys for each in await parameter_sets.read_targets(tx, kind, keys[kind])]
    return {each.target: each.set_id for each in found}
