"""Jobs in the graph: who holds each, and for which tick of its schedule (J2)."""

from datetime import datetime
from typing import NamedTuple

from graph_api.store.gateway import Transaction


class HeldJob(NamedTuple):
    """A job as it stands; None where it never was."""

    holder: str | None
    held_until: datetime | None
    last_tick: datetime | None
    run_id: str | None


class ListedJob(NamedTuple):
    """A job, its holder, its last tick and run, and how often a tick came while it was still running."""

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
    """Note where a locked job's schedule begins."""
    await tx.nothing("job/begin", name=name, tick=tick)


async def claim(tx: Transaction, name: str, holder: str, held_until: datetime, tick: datetime, run_id: str) -> None:  # noqa: PLR0913, PLR0917 - a column each
    """Hold a job for a tick."""
    await tx.nothing("job/claim", name=name, holder=holder, held_until=held_until, tick=tick, run_id=run_id)


async def skip(tx: Transaction, name: str, tick: datetime) -> None:
    """Note a tick at which a job was still running."""
    await tx.nothing("job/skip", name=name, tick=tick)


async def renew(tx: Transaction, name: str, holder: str, held_until: datetime) -> bool:
    """Hold a job longer; returns whether it is still held."""
    held: int = await tx.value("job/renew", name=name, holder=holder, held_until=held_until)
    return held > 0


async def release(tx: Transaction, name: str, holder: str) -> None:
    """Let a job go, if it is held."""
    await tx.nothing("job/release", name=name, holder=holder)


async def read_all(tx: Transaction) -> list[ListedJob]:
    """Every job that ever had a tick."""
    return [ListedJob(**row) for row in await tx.many("job/list")]
