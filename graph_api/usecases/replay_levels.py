"""Replay levels under the parameter sets in force, for every student, in bounded batches.

Each batch is one transaction that locks its students, so an answer that comes meanwhile is either in the replay or
folded after it. A reader never sees a level beside the name of a set that it was not computed with.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial

from graph_api.domain.mastery import replay
from graph_api.domain.targets import Target
from graph_api.store import answers, masteries, parameter_sets, students
from graph_api.store.gateway import Gateway, Transaction
from graph_api.usecases.run_ledger import OnProgress, unwatched

STUDENTS_AT_A_TIME = 500


async def replay_levels(
    gateway: Gateway, targets: Iterable[Target], clock: Callable[[], datetime], on_progress: OnProgress = unwatched
) -> int:
    """Bring every level of some targets to the set in force now; returns how many were replayed."""
    wanted = sorted(set(targets))
    replayed = 0
    for done, target in enumerate(wanted):
        on_progress("replaying levels", done, len(wanted))
        told = partial(on_progress, "replaying levels", done, len(wanted))
        while count := await _replay_target(gateway, target, clock, told):
            replayed += count
    on_progress("replaying levels", len(wanted), len(wanted))
    return replayed


async def _replay_target(
    gateway: Gateway, target: Target, clock: Callable[[], datetime], on_batch: Callable[[], None]
) -> int:
    stale = await gateway.read(lambda tx: _stale(tx, target))
    replayed = 0
    for start in range(0, len(stale), STUDENTS_AT_A_TIME):
        some = stale[start : start + STUDENTS_AT_A_TIME]
        replayed += await gateway.write(lambda tx, some=some: _replay(tx, target, some, clock()))  # type: ignore[misc]
        on_batch()
    return replayed


async def _stale(tx: Transaction, target: Target) -> list[str]:
    return await masteries.read_stale_students(tx, target, await _set_id(tx, target))


async def _replay(tx: Transaction, target: Target, student_ids: Sequence[str], now: datetime) -> int:
    await students.lock(tx, student_ids)
    (used,) = await parameter_sets.read_by_ids(tx, [await _set_id(tx, target)])
    evidence = await answers.read_evidence(tx, [(student_id, target) for student_id in student_ids])
    levels = [replay(found, student_id, target, used) for (student_id, _), found in evidence.items()]
    await masteries.put(tx, [level for level in levels if level is not None], now)
    return len(levels)


async def _set_id(tx: Transaction, target: Target) -> str:
    (found,) = await parameter_sets.read_targets(tx, target.kind, [target.key])
    return found.set_id
