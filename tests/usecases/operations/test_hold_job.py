"""Leases of jobs (J2): one instance holds a job, and another takes over an expired lease."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from graph_api.store import jobs
from graph_api.store.gateway import Gateway
from graph_api.usecases.operations.hold_job import Claim, JobHolder
from tests.conftest import NOW

LEASE = timedelta(seconds=2)


def holder(gateway: Gateway, name: str, now: Callable[[], datetime] = lambda: NOW) -> JobHolder:
    return JobHolder(gateway, name, LEASE, now)


@pytest.mark.usefixtures("clean")
async def test_one_instance_claims_a_tick(gateway: Gateway) -> None:
    claims = await asyncio.gather(*(holder(gateway, f"i{n}").claim("job", NOW, f"run{n}") for n in range(6)))

    assert sorted(claims) == [Claim.CLAIMED, *[Claim.TAKEN] * 5]


@pytest.mark.usefixtures("clean")
async def test_a_tick_while_the_job_runs_is_skipped_and_counted(gateway: Gateway) -> None:
    one, other = holder(gateway, "one"), holder(gateway, "other")
    assert await one.claim("job", NOW, "run") is Claim.CLAIMED

    assert await other.claim("job", NOW + timedelta(seconds=1), "run2") is Claim.BUSY

    (listed,) = await gateway.read(jobs.read_all)
    assert (listed.holder, listed.run_id, listed.skipped) == ("one", "run", 1)


@pytest.mark.usefixtures("clean")
async def test_another_instance_takes_over_an_expired_lease(gateway: Gateway) -> None:
    await holder(gateway, "dead").claim("job", NOW, "run")
    for after, claim in ((1.9, Claim.BUSY), (2.1, Claim.CLAIMED)):
        later = NOW + timedelta(seconds=after)
        assert await holder(gateway, "heir", lambda later=later: later).claim("job", later, "run2") is claim  # type: ignore[misc]


@pytest.mark.usefixtures("clean")
async def test_a_holder_keeps_its_lease_as_long_as_it_works(gateway: Gateway) -> None:
    def now() -> datetime:
        return datetime.now(UTC)

    short = JobHolder(gateway, "busy", timedelta(seconds=0.6), now)
    assert await short.claim("job", now(), "run") is Claim.CLAIMED
    async with short.holding("job"):
        await asyncio.sleep(1.2)
        assert await holder(gateway, "other", now).claim("job", now(), "run2") is Claim.BUSY
    assert await holder(gateway, "other", now).claim("job", now(), "run3") is Claim.CLAIMED
