"""Hold a job for one tick of its schedule: however many instances there are, each tick runs once (J2)."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from graph_api.store import jobs
from graph_api.store.gateway import DatabaseUnavailable, Gateway, Transaction

BEATS_A_LEASE = 3


class Claim(StrEnum):
    """The outcome of a tick."""

    CLAIMED = "CLAIMED"
    """It is this instance's."""
    TAKEN = "TAKEN"
    """Another instance has it."""
    BUSY = "BUSY"
    """The job is still running from an earlier tick: this one is skipped."""


@dataclass(frozen=True, slots=True)
class JobHolder:
    """An instance that runs jobs.

    Attributes:
        gateway: where jobs are held.
        name: unique for the instance.
        lease: how long a job stays held without a heartbeat; then another instance may take it over.
        clock: the time.
    """

    gateway: Gateway
    name: str
    lease: timedelta
    clock: Callable[[], datetime]

    async def missed(self, job: str, tick: datetime) -> bool:
        """Whether a tick has passed that no instance ran. The first time that a job is seen, nothing was missed."""

        async def work(tx: Transaction) -> bool:
            held = await jobs.lock(tx, job)
            if held.last_tick is None:
                await jobs.begin(tx, job, tick)
                return False
            return held.last_tick < tick

        return await self.gateway.write(work)

    async def claim(self, job: str, tick: datetime, run_id: str) -> Claim:
        """Try to hold a job for a tick."""

        async def work(tx: Transaction) -> Claim:
            held, now = await jobs.lock(tx, job), self.clock()
            if held.last_tick is not None and held.last_tick >= tick:
                return Claim.TAKEN
            if held.held_until is not None and held.held_until > now:
                await jobs.skip(tx, job, tick)
                return Claim.BUSY
            await jobs.claim(tx, job, self.name, now + self.lease, tick, run_id)
            return Claim.CLAIMED

        return await self.gateway.write(work)

    @asynccontextmanager
    async def holding(self, job: str) -> AsyncIterator[None]:
        """Keep hold of a claimed job inside, and let it go at the end."""
        heart = asyncio.create_task(self._beat(job), name=f"lease of {job}")
        try:
            yield
        finally:
            heart.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await heart
            with contextlib.suppress(DatabaseUnavailable):  # then the lease runs out
                await asyncio.shield(self.gateway.write(lambda tx: jobs.release(tx, job, self.name)))

    async def _beat(self, job: str) -> None:
        while True:
            await asyncio.sleep(self.lease.total_seconds() / BEATS_A_LEASE)
            with contextlib.suppress(DatabaseUnavailable):  # the next beat may get through
                until = self.clock() + self.lease
                await self.gateway.write(lambda tx, until=until: jobs.renew(tx, job, self.name, until))  # type: ignore[misc]
