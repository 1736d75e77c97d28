"""Keep a run in the ledger from its start to its end, however it ends."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from graph_api.domain.failures import RunCancelled, RunNotFound, shown
from graph_api.domain.operations.runs import NOT_STARTED, Progress, Run
from graph_api.store import erasures, runs
from graph_api.store.gateway import DatabaseUnavailable, Gateway, Transaction

BEAT_SECONDS = 1.0
DEAD_AFTER = timedelta(seconds=60)
"""A run without a heartbeat for this long has died with its process."""

OnProgress: TypeAlias = Callable[[str, int, int], None]
"""Is called with the current step, how much of it is done, and the total."""


def unwatched(_step: str, _done: int, _total: int) -> None:
    """Ignore progress."""


@dataclass
class KeptRun:
    """A run in progress. Put its results into `output`, and call `report` with its progress."""

    run: Run
    watch: OnProgress
    output: dict[str, Any] = field(default_factory=dict)
    progress: Progress = NOT_STARTED
    cancelled: bool = False

    def report(self, step: str, done: int, total: int) -> None:
        """Report the progress."""
        self.progress = Progress(step, done, total)
        self.watch(step, done, total)


@asynccontextmanager
async def recorded_run(
    gateway: Gateway, run: Run, clock: Callable[[], datetime], watch: OnProgress = unwatched
) -> AsyncIterator[KeptRun]:
    """The run is RUNNING inside; then SUCCESS with its output, or FAILED with the error and the output so far.

    A heart beats in the database while it runs, so that others see how far it is, that it lives, and can stop it.

    Raises:
        RunCancelled: the run was cancelled.
    """
    await gateway.write(lambda tx: _put(tx, run))
    entry = KeptRun(run, watch)
    owner = asyncio.current_task()
    heart = asyncio.create_task(_beat(gateway, entry, clock, owner), name=f"heart of run {run.id}")
    try:
        yield entry
    except asyncio.CancelledError:
        if entry.cancelled and owner is not None:
            owner.uncancel()
            await _end(gateway, entry, heart, run.failed(clock(), "cancelled"))
            raise RunCancelled("id", "was cancelled", run.id) from None
        await asyncio.shield(_end(gateway, entry, heart, run.failed(clock(), "interrupted")))
        raise
    except BaseException as error:
        await asyncio.shield(
            _end(gateway, entry, heart, run.failed(clock(), shown(f"{type(error).__name__}: {error}")))
        )
        raise
    await _end(gateway, entry, heart, run.succeeded(clock(), entry.output))


async def cancel_run(gateway: Gateway, run_id: str) -> None:
    """Cancel a run, in whichever process it is. It stops at its next heartbeat.

    Raises:
        RunNotFound: the run does not exist, or has ended.
    """
    if not await gateway.write(lambda tx: runs.cancel(tx, run_id)):
        raise RunNotFound("id", "must be a run that is running", run_id, [run_id])


async def fail_dead_runs(gateway: Gateway, now: datetime, silence: timedelta = DEAD_AFTER) -> int:
    """Mark runs as failed that gave no sign of life for some time: their process died. Returns how many (J2)."""
    return await gateway.write(lambda tx: runs.fail_dead(tx, now - silence, now))


async def _beat(
    gateway: Gateway, entry: KeptRun, clock: Callable[[], datetime], owner: "asyncio.Task[Any] | None"
) -> None:
    while True:
        await asyncio.sleep(BEAT_SECONDS)
        with contextlib.suppress(DatabaseUnavailable):  # the next beat may get through
            entry.cancelled = await gateway.write(lambda tx: runs.beat(tx, entry.run.id, entry.progress, clock()))
        if entry.cancelled and owner is not None:
            owner.cancel()
            return


async def _end(gateway: Gateway, entry: KeptRun, heart: "asyncio.Task[None]", ended: Run) -> None:
    heart.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await heart
    await gateway.write(lambda tx: _put(tx, replace(ended, progress=entry.progress, output=entry.output)))


async def _put(tx: Transaction, run: Run) -> None:
    """Write a run. The ledger does not name erased students, so one that was erased meanwhile is left out."""
    await runs.put(tx, run)
    if student_id := run.input.get("studentId"):
        for erased in await erasures.read_erased(tx, [student_id]):
            await runs.forget_student(tx, erased)
