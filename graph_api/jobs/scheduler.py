"""The scheduler: at every tick of a job's schedule one of the instances runs it, once.

APScheduler gives the time; the database gives the instance (`usecases/operations/hold_job.py`). A tick that was missed
because no instance ran is caught up once at the start; a tick that comes while the job still runs is skipped.
"""

import asyncio
import random
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self, TypeAlias

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from graph_api.domain.failures import RunCancelled
from graph_api.jobs.schedule import Schedule, latest_tick
from graph_api.store.gateway import DatabaseUnavailable
from graph_api.usecases.operations.hold_job import Claim, JobHolder
from graph_api.usecases.parameters.change_sets import replay_run, resume_replays
from graph_api.usecases.run_ledger import fail_dead_runs

log = structlog.get_logger(__name__)

Job: TypeAlias = Callable[[str], Awaitable[Any]]
"""Runs one job under a run's id."""

OnTick: TypeAlias = Callable[[str, str], None]
"""Is called for each tick with the job and the outcome (a `Claim`, SUCCESS or FAILED)."""

AT_ONCE = 3
DEAD_RUNS_SECONDS = 30
RESUME_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Timing:
    """The tolerance of ticks, in seconds.

    Attributes:
        jitter: each tick waits for a random time up to this, so that instances do not query the database together.
        grace: a tick that is later than this by the time it is noticed is not run until the next.
    """

    jitter: float = 0.0
    grace: float = 3_600.0


class Scheduler:
    """Runs jobs on their schedule while it is entered."""

    def __init__(
        self,
        holder: JobHolder,
        schedule: Schedule,
        jobs: Mapping[str, Job],
        timing: Timing = Timing(),
        on_tick: OnTick = lambda _job, _outcome: None,
    ) -> None:
        self._holder = holder
        self._triggers = schedule.triggers
        self._jobs = jobs
        self._timing = timing
        self._on_tick = on_tick
        self._scheduler = AsyncIOScheduler(timezone=schedule.zone)
        self._due: dict[str, datetime | None] = {}
        self._running: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._scheduler.add_job(self._fail_dead_runs, "interval", seconds=DEAD_RUNS_SECONDS, id="dead runs")
        self._scheduler.add_job(self._resume_replays, "interval", seconds=RESUME_SECONDS, id="unfinished replays")
        for name, trigger in self._triggers.items():
            self._scheduler.add_job(
                self._fire,
                trigger,
                args=[name],
                id=name,
                coalesce=True,
                misfire_grace_time=max(1, round(self._timing.grace)),
                max_instances=AT_ONCE,  # the claim says that a job is busy, whichever instance it is in
            )
        self._scheduler.start()
        self._due = {name: self._scheduler.get_job(name).next_run_time for name in self._triggers}
        await self._fail_dead_runs()
        await self._catch_up()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Cancel running jobs, and wait until they have ended."""
        self._scheduler.shutdown(wait=False)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _catch_up(self) -> None:
        for name, trigger in self._triggers.items():
            tick = latest_tick(trigger, self._holder.clock())
            if tick is not None and await self._holder.missed(name, tick):
                log.info("catching up a missed job", job=name, tick=tick.isoformat())
                self._start(name, tick)

    async def _fire(self, name: str) -> None:
        due = self._due[name]
        self._due[name] = self._scheduler.get_job(name).next_run_time
        if self._timing.jitter:
            await asyncio.sleep(random.uniform(0, self._timing.jitter))  # noqa: S311 - spreads load
        if due is not None:
            self._start(name, due)

    def _start(self, name: str, tick: datetime) -> None:
        task = asyncio.create_task(self._tick(name, tick), name=f"job {name}")
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _tick(self, name: str, tick: datetime) -> None:
        run_id = uuid.uuid4().hex
        try:
            claim = await self._holder.claim(name, tick, run_id)
            if claim is Claim.BUSY:
                log.warning("skipped: the job is still running", job=name, tick=tick.isoformat())
            self._on_tick(name, claim.value)
            if claim is Claim.CLAIMED:
                async with self._holder.holding(name):
                    await self._jobs[name](run_id)
                self._on_tick(name, "SUCCESS")
        except DatabaseUnavailable as error:
            log.warning("a job failed: the database does not answer", job=name, reason=str(error).splitlines()[0])
            self._on_tick(name, "FAILED")
        except Exception as error:
            log.exception("a job failed", job=name, run_id=run_id, exc_info=error)
            self._on_tick(name, "FAILED")

    async def _resume_replays(self) -> None:
        """Replay the levels that runs left over. One that takes longer than the interval has no second beside it."""
        run = replay_run(uuid.uuid4().hex, "resumed", "schedule", self._holder.clock())
        try:
            await resume_replays(self._holder.gateway, run, self._holder.clock)
        except (DatabaseUnavailable, RunCancelled) as error:
            log.warning("an unfinished replay was not resumed", reason=str(error).splitlines()[0])

    async def _fail_dead_runs(self) -> None:
        try:
            failed = await fail_dead_runs(self._holder.gateway, self._holder.clock())
        except DatabaseUnavailable as error:
            log.warning("the database does not answer", reason=str(error).splitlines()[0])
            return
        if failed:
            log.warning("runs of processes that died are failed", runs=failed)
