"""Jobs in the graph: the lease of each, and the last tick of its schedule (J2)."""

from datetime import datetime
from typing import NamedTuple

from graph_api.store.gateway import Transaction


class HeldJob(NamedTuple):
    """The lease of a job. Null before the first tick."""

    holder: str | None
    held_until: datetime | None
    last_tick: datetime | None
    run_id: str | None


class ListedJob(NamedTuple):
    """A job, its holder, its last tick and run, and the number of ticks that came while it was running."""

    name: str
    holder: str | None
    held_until: datetime | None
    last_tick: datetime | None
    run_id: str | None
    skipped: int


async def lock(tx: Transaction, name: str) -> HeldJob:
    """Lock a job until the transaction ends, and read it."""
    return HeldJob(**await tx.one("job/lock", name=name))


async def begin(tx: Transaction, name: str, tick: datetime) -> None:
    """Store where a locked job's schedule begins."""
    await tx.nothing("job/begin", name=name, tick=tick)


async def claim(tx: Transaction, name: str, holder: str, held_until: datetime, tick: datetime, run_id: str) -> None:  # noqa: PLR0913, PLR0917 - one per column
    """Take the lease of a job for a tick."""
    await tx.nothing("job/claim", name=name, holder=holder, held_until=held_until, tick=tick, run_id=run_id)


async def skip(tx: Transaction, name: str, tick: datetime) -> None:
    """Store that a tick was skipped because the job was still running."""
    await tx.nothing("job/skip", name=name, tick=tick)


async def renew(tx: Transaction, name: str, holder: str, held_until: datetime) -> bool:
    """Extend the lease of a job; returns False if another instance has taken it over."""
    extended: int = await tx.value("job/renew", name=name, holder=holder, held_until=held_until)
    return extended > 0


async def release(tx: Transaction, name: str, holder: str) -> None:
    """Release the lease of a job, if this holder has it."""
    await tx.nothing("job/release", name=name, holder=holder)


async def read_all(tx: Transaction) -> list[ListedJob]:
    """Every job that has had a tick."""
    return [ListedJob(**row) for row in await tx.many("job/list")]
