"""The one path of every change of the parameter sets in effect: note it, open a run, replay the levels (B3a, B8).

The transaction that changes a set also writes the run, and notes on each target that the run has to replay its levels.
So a process that dies at any moment leaves a note, and `resume_replays` does what it still had to do. Until a level is
replayed, all fields of its student show it under the set that it was computed with.
"""

import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from graph_api.domain.operations.runs import Algorithm, Run, RunStatus
from graph_api.domain.targets import Target, TargetKind
from graph_api.store import concepts, due_replays, parameter_sets, runs
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.tags import read_set_ids
from graph_api.usecases.learners.replay_levels import replay_levels
from graph_api.usecases.run_ledger import OnProgress, fail_dead_runs, recorded_run, unwatched

log = structlog.get_logger(__name__)

T = TypeVar("T")

VERSION = "1"


def replay_run(run_id: str, reason: str, trigger: str, now: datetime) -> Run:
    """The run that replays levels for a reason, such as "named" or "resumed"; its targets are added when known."""
    return Run(run_id, Algorithm.REPLAY_LEVELS, VERSION, {"reason": reason}, trigger, now)


def elapsing(now: datetime) -> Callable[[], datetime]:
    """A clock that goes on from a moment, for work that lasts longer than the moment it was given."""
    started = time.monotonic()
    return lambda: now + timedelta(seconds=time.monotonic() - started)


async def note_due(tx: Transaction, run_id: str, set_ids: Mapping[Target, str]) -> list[Target]:
    """Note on targets that have levels under another set than the given one that a run has to replay them.

    Call it in the transaction that changes the sets, with the course locked.
    """
    due = await due_replays.read_stale(tx, set_ids)
    await due_replays.mark(tx, due, run_id)
    return due


async def change_sets(
    tx: Transaction, run: Run, targets: Collection[Target], change: Callable[[], Awaitable[T]]
) -> tuple[T, list[Target]]:
    """Make a change that may give targets another set; returns its result, and the targets whose levels it makes stale.

    With such targets the run is in the ledger when the transaction ends, and `replay_due` has to follow. A change that
    leaves every level as it is opens no run.
    """
    before = await read_set_ids(tx, targets)
    result = await change()
    after = await read_set_ids(tx, targets)
    changed = {target: after[target] for target, set_id in before.items() if after.get(target, set_id) != set_id}
    due = await note_due(tx, run.id, changed) if changed else []
    if due:
        await runs.put(tx, with_targets(run, due))
    return result, due


async def run_due(
    gateway: Gateway, run: Run, due: Collection[Target], clock: Callable[[], datetime], watch: OnProgress = unwatched
) -> int:
    """Replay what `change_sets` returned, in the run that it opened; returns how many levels were replayed.

    Raises:
        RunCancelled: the run was cancelled; `resume_replays` goes on with it later.
    """
    if not due:
        return 0
    async with recorded_run(gateway, with_targets(run, due), clock, watch) as entry:
        replayed = await replay_due(gateway, run.id, due, clock, entry.report)
        entry.output.update(targets=len(due), replayedLevels=replayed)
    return replayed


async def replay_due(
    gateway: Gateway,
    run_id: str,
    due: Collection[Target],
    clock: Callable[[], datetime],
    on_progress: OnProgress = unwatched,
) -> int:
    """Replay the levels of targets under the sets in effect, then remove the run's notes; returns how many levels."""
    replayed = await replay_levels(gateway, due, clock, on_progress)
    if due:
        await gateway.write(lambda tx: due_replays.clear(tx, due, run_id))
    return replayed


async def resume_replays(gateway: Gateway, run: Run, clock: Callable[[], datetime]) -> int | None:
    """Replay what runs that have ended left over, as when their process died; None if nothing is left over.

    Safe to call from several processes at once: one of them takes over each target. Runs that are alive keep theirs.
    """
    if not await gateway.read(due_replays.read):
        return None
    await fail_dead_runs(gateway, clock())

    async def take_over(tx: Transaction) -> list[Target]:
        await concepts.lock_course(tx)
        marked = await due_replays.read(tx)
        known = await runs.read_by_ids(tx, marked.values())
        alive = {key for key, each in known.items() if each.status is RunStatus.RUNNING}
        left = [target for target, run_id in marked.items() if run_id not in alive]
        if left:
            await due_replays.mark(tx, left, run.id)
            await runs.put(tx, with_targets(run, left))
        return left

    left = await gateway.write(take_over)
    if not left:
        return None
    replayed = await run_due(gateway, run, left, clock)
    log.warning("an unfinished replay was resumed", run_id=run.id, targets=len(left), levels=replayed)
    return replayed


async def replay_stale(gateway: Gateway, run: Run, clock: Callable[[], datetime]) -> int:
    """Look through all levels for those under another set than the one in effect, and replay them in a run.

    For what changes a graph from outside, such as restoring a backup that was taken during a replay. Returns how many
    levels were replayed; without any, no run is opened.
    """

    async def work(tx: Transaction) -> list[Target]:
        await concepts.lock_course(tx)
        every = [each for kind in TargetKind for each in await parameter_sets.read_targets(tx, kind, None)]
        set_ids = {each.target: each.set_id for each in every}
        due = await note_due(tx, run.id, set_ids)
        if due:
            await runs.put(tx, with_targets(run, due))
        return due

    return await run_due(gateway, run, await gateway.write(work), clock)


def with_targets(run: Run, targets: Iterable[Target]) -> Run:
    """A run whose input names its targets; one that names some keeps them."""
    if run.input:
        return run
    keys = sorted(set(targets))
    named = {kind.value: [target.key for target in keys if target.kind is kind] for kind in TargetKind}
    return Run(run.id, run.algorithm, run.version, run.parameters, run.trigger, run.started_at, input=named)
