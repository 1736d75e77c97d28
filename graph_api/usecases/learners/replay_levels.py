"""Replay levels under the parameter sets in effect, for every student, in bounded batches.

Each batch is one transaction that locks its students, so an answer that comes meanwhile is either in the replay or
folded after it. A reader never sees a level beside the name of a set that it was not computed with.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from functools import partial

import structlog

from graph_api.domain.failures import InvalidInput, ParameterSetNotFound
from graph_api.domain.learners.mastery import replay
from graph_api.domain.parameters.parameter_sets import ParameterSet
from graph_api.domain.targets import Target
from graph_api.store import answers, masteries, parameter_sets, students
from graph_api.store.answers import Pair
from graph_api.store.gateway import DatabaseUnavailable, Gateway, Transaction
from graph_api.store.tags import read_set_ids
from graph_api.usecases.locked_students import write_students
from graph_api.usecases.run_ledger import OnProgress, unwatched

STUDENTS_AT_A_TIME = 500

log = structlog.get_logger(__name__)


async def replay_levels(
    gateway: Gateway, targets: Iterable[Target], clock: Callable[[], datetime], on_progress: OnProgress = unwatched
) -> int:
    """Replay the levels of targets under the sets in effect; returns how many were replayed."""
    ordered = sorted(set(targets))
    replayed = 0
    for done, target in enumerate(ordered):
        on_progress("replaying levels", done, len(ordered))
        report = partial(on_progress, "replaying levels", done, len(ordered))
        replayed += await _replay_target(gateway, target, clock, report)
    on_progress("replaying levels", len(ordered), len(ordered))
    return replayed


async def read_sets_in_effect(tx: Transaction, targets: Collection[Target]) -> dict[Target, ParameterSet]:
    """The parameter set in effect of each target that exists.

    Raises:
        ParameterSetNotFound: a set in effect is not stored.
    """
    set_ids = await read_set_ids(tx, targets)
    used = {each.id: each for each in await parameter_sets.read_by_ids(tx, set_ids.values())}
    if missing := sorted(set(set_ids.values()) - used.keys()):
        raise ParameterSetNotFound("parameterSet", "must exist", ", ".join(missing), missing)
    return {target: used[set_id] for target, set_id in set_ids.items()}


async def replay_pairs(tx: Transaction, pairs: Collection[Pair], now: datetime) -> None:
    """Replay the levels of pairs under the sets in effect. A pair without evidence that counts loses its mastery.

    Raises:
        ParameterSetNotFound: a set in effect is not stored.
    """
    if not pairs:
        return
    evidence = await answers.read_evidence(tx, pairs)
    used = await read_sets_in_effect(tx, {target for _, target in pairs})
    levels = {pair: replay(evidence.get(pair, ()), *pair, used[pair[1]]) for pair in sorted(pairs) if pair[1] in used}
    await masteries.put(tx, [level for level in levels.values() if level is not None], now)
    await masteries.delete(tx, [pair for pair, level in levels.items() if level is None])


async def replay_students(
    gateway: Gateway, target: Target, student_ids: Sequence[str], clock: Callable[[], datetime]
) -> int:
    """Replay the levels of some students on a target under the set in effect; returns how many.

    A student whose answers cannot be read is left out: `graph-api doctor` names the rows.
    """
    try:
        return sum(await write_students(gateway, student_ids, lambda tx, some: _replay(tx, target, some, clock())))
    except (InvalidInput, KeyError, TypeError, ValueError) as fault:
        if len(student_ids) == 1:
            log.error("a level cannot be replayed: run graph-api doctor", fault=type(fault).__name__)  # noqa: TRY400 - a trace would show whose
            return 0
    half = len(student_ids) // 2
    first = await replay_students(gateway, target, student_ids[:half], clock)
    return first + await replay_students(gateway, target, student_ids[half:], clock)


async def follow_sets(gateway: Gateway, pairs: Collection[Pair], clock: Callable[[], datetime]) -> None:
    """Replay the pairs whose parameter set changed after a transaction read it and before its levels were stored."""
    try:
        for target, student_ids in (await gateway.read(partial(_read_replaced, pairs=pairs))).items():
            await replay_students(gateway, target, student_ids, clock)
    except DatabaseUnavailable:
        log.warning("levels may be under a set that was replaced meanwhile: run graph-api doctor")


async def _read_replaced(tx: Transaction, pairs: Collection[Pair]) -> dict[Target, list[str]]:
    """The students, by target, whose level is not under the set in effect; of some pairs."""
    states = await masteries.read_states(tx, pairs)
    set_ids = await read_set_ids(tx, {target for _, target in states})
    replaced: dict[Target, list[str]] = defaultdict(list)
    for (student_id, target), state in sorted(states.items()):
        if state.parameter_set_id != set_ids.get(target, state.parameter_set_id):
            replaced[target].append(student_id)
    return replaced


async def _replay_target(
    gateway: Gateway, target: Target, clock: Callable[[], datetime], on_batch: Callable[[], None]
) -> int:
    """Replay until no level is stale: answers may come meanwhile, and so may another set."""
    replayed, before = 0, -1
    while replayed > before:
        # In a write transaction: the leader of a cluster knows every answer that was recorded before the change.
        stale = await gateway.write(lambda tx: _stale(tx, target))
        before = replayed
        for start in range(0, len(stale), STUDENTS_AT_A_TIME):
            replayed += await replay_students(gateway, target, stale[start : start + STUDENTS_AT_A_TIME], clock)
            on_batch()
    return replayed


async def _stale(tx: Transaction, target: Target) -> list[str]:
    return await masteries.read_stale_students(tx, target, await _set_id(tx, target))


async def _replay(tx: Transaction, target: Target, student_ids: Sequence[str], now: datetime) -> int:
    await students.lock(tx, student_ids)
    set_id = await _set_id(tx, target)
    sets = await parameter_sets.read_by_ids(tx, [set_id])
    if not sets:
        raise ParameterSetNotFound("parameterSet", "must exist", set_id, [set_id])
    (used,) = sets
    evidence = await answers.read_evidence(tx, [(student_id, target) for student_id in student_ids])
    levels = [replay(of_one, student_id, target, used) for (student_id, _), of_one in evidence.items()]
    await masteries.put(tx, [level for level in levels if level is not None], now)
    return len(levels)


async def _set_id(tx: Transaction, target: Target) -> str:
    (row,) = await parameter_sets.read_targets(tx, target.kind, [target.key])
    return row.set_id
