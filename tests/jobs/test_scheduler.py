"""Jobs run on their schedule, once for any number of instances, and another instance takes over from a dead one (J1-J3)."""

import asyncio
import itertools
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.jobs.schedule import Schedule
from graph_api.jobs.scheduler import Scheduler, Timing
from graph_api.store import jobs
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.operations.hold_job import JobHolder
from graph_api.usecases.run_ledger import fail_dead_runs
from tests.conftest import NOW, Ask

BERLIN = ZoneInfo("Europe/Berlin")
LEASE = timedelta(seconds=2)
SECONDS = int(os.environ.get("GRAPH_API_TEST_SCHEDULE_SECONDS", "12"))


def holder(gateway: Gateway, name: str, now: Callable[[], datetime] = lambda: NOW) -> JobHolder:
    return JobHolder(gateway, name, LEASE, now)


def every_second(gateway: Gateway, name: str, job: Callable[[str], Awaitable[None]], seen: list[str]) -> Scheduler:
    clock = holder(gateway, name, lambda: datetime.now(UTC))
    schedule = Schedule({"job": "* * * * * *"}, ZoneInfo("UTC"))
    return Scheduler(clock, schedule, {"job": job}, Timing(jitter=0.05), lambda _job, outcome: seen.append(outcome))


@pytest.mark.usefixtures("clean")
async def test_what_was_missed_is_caught_up_once(gateway: Gateway) -> None:
    ran: list[str] = []

    async def job(run_id: str) -> None:
        ran.append(run_id)

    schedule, clock = Schedule({"job": "0 3 * * *"}, ZoneInfo("UTC")), NOW

    def instance(name: str) -> Scheduler:
        return Scheduler(holder(gateway, name, lambda: clock), schedule, {"job": job})

    async with instance("first"):
        await asyncio.sleep(0.2)
    assert not ran  # nothing can be missed before the beginning
    clock = NOW + timedelta(days=5)
    async with instance("one"), instance("other"):
        await asyncio.sleep(0.5)
    assert len(ran) == 1
    async with instance("again"):
        await asyncio.sleep(0.3)
    assert len(ran) == 1


@pytest.mark.usefixtures("clean")
async def test_two_instances_share_the_ticks(gateway: Gateway) -> None:
    ran: list[datetime] = []
    seen: list[str] = []

    async def job(_run_id: str) -> None:
        ran.append(datetime.now(UTC))

    async with every_second(gateway, "one", job, seen), every_second(gateway, "other", job, seen):
        await asyncio.sleep(4.3)

    assert 4 <= len(ran) <= 5
    assert len({moment.replace(microsecond=0) for moment in ran}) == len(ran)
    assert seen.count("TAKEN") >= 3


@pytest.mark.usefixtures("clean")
async def test_a_long_job_skips_ticks_and_a_failing_one_does_not_end_them(gateway: Gateway) -> None:
    seen: list[str] = []
    runs = 0

    async def job(_run_id: str) -> None:
        nonlocal runs
        runs += 1
        if runs == 1:
            await asyncio.sleep(2.2)
            raise RuntimeError("the first time fails")

    async with every_second(gateway, "one", job, seen):
        await asyncio.sleep(5.3)

    assert seen.count("BUSY") == 2
    assert seen.count("FAILED") == 1
    assert runs >= 3


@pytest.mark.usefixtures("clean")
async def test_stopping_interrupts_a_job_and_lets_it_go(gateway: Gateway) -> None:
    started = asyncio.Event()

    async def job(_run_id: str) -> None:
        started.set()
        await asyncio.sleep(60)

    async with every_second(gateway, "one", job, []):
        await asyncio.wait_for(started.wait(), 3)

    (listed,) = await gateway.read(jobs.read_all)
    assert listed.holder is None


@pytest.mark.slow
@pytest.mark.usefixtures("clean")
async def test_two_processes_and_one_is_killed(database: dict[str, str], raw: Ask, tmp_path: Path) -> None:
    """`GRAPH_API_TEST_SCHEDULE_SECONDS=60` makes it a minute."""
    settings = {f"GRAPH_API_{name.upper()}": value for name, value in database.items()}
    settings |= {
        "GRAPH_API_SCHEDULE_RECENCY": "* * * * * *", "GRAPH_API_SCHEDULE_REFIT": "", "GRAPH_API_SCHEDULE_EXPIRE_SESSIONS": "",
        "GRAPH_API_JOB_LEASE_SECONDS": "2",
    }  # fmt: skip

    def start(stack: AsyncExitStack) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", "graph_api", "scheduler"], env=os.environ | settings, cwd=tmp_path, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert process.stdout is not None
        stack.callback(process.wait)
        stack.callback(process.stdout.close)
        stack.callback(process.kill)
        assert any("scheduling" in line for line in process.stdout)
        return process

    async with AsyncExitStack() as stack:
        one, other = await asyncio.gather(asyncio.to_thread(start, stack), asyncio.to_thread(start, stack))
        begun = time.monotonic()
        await asyncio.sleep(SECONDS / 2)
        one.send_signal(signal.SIGKILL)
        await asyncio.sleep(SECONDS - (time.monotonic() - begun))
        other.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(other.wait, 10) == 0

    rows = await raw(
        "MATCH (r:Run {algorithm: 'RECOMPUTE_RECENCY'}) "
        "RETURN toString(r.started_at) AS at, r.status AS status, r.trigger AS trigger ORDER BY at"
    )
    seconds = [re.sub(r"\..*|Z$", "", row["at"]) for row in rows]
    assert len(set(seconds)) == len(seconds)  # no tick ran twice
    assert SECONDS - 4 <= len(rows) <= SECONDS + 3
    moments = [datetime.fromisoformat(second) for second in seconds]
    gaps = [(b - a).total_seconds() for a, b in itertools.pairwise(moments)]
    assert max(gaps) <= LEASE.total_seconds() + 1  # killing one hands over within the lease
    assert {row["trigger"] for row in rows} == {"schedule"}
    assert [row["status"] for row in rows].count("SUCCESS") >= len(rows) - 1


@pytest.mark.slow
@pytest.mark.usefixtures("course")
async def test_killing_a_recomputation_leaves_whole_students_and_the_next_one_completes(
    database: dict[str, str], gateway: Gateway, intake: AnswerIntake, raw: Ask, tmp_path: Path
) -> None:
    students = [f"s{number:03}" for number in range(600)]
    await intake.submit(
        [AnswerInput(student, correct=True, skill_codes=["talk", "grammar"], at=NOW) for student in students]
    )
    command = [sys.executable, "-m", "graph_api", "recompute", "--as-of", "2026-03-02"]
    settings = os.environ | {f"GRAPH_API_{name.upper()}": value for name, value in database.items()}
    scored = "MATCH (s:Student)-[m:HAS_MASTERY]->() RETURN s.id AS id, count(m.recency_run_id) AS n"

    process = await asyncio.create_subprocess_exec(*command, env=settings, cwd=tmp_path, stderr=subprocess.DEVNULL)
    while not sum(row["n"] for row in await raw(scored)):
        await asyncio.sleep(0.01)
    process.kill()
    await process.wait()

    counts = Counter(row["n"] for row in await raw(scored))
    assert set(counts) <= {0, 2}
    assert counts[2] < len(students), "it was killed too late"
    assert (await raw("MATCH (r:Run) RETURN r.status AS status")) == [{"status": "RUNNING"}]
    assert await fail_dead_runs(gateway, datetime.now(UTC) + timedelta(seconds=61)) == 1
    again = await asyncio.create_subprocess_exec(*command, env=settings, cwd=tmp_path, stdout=subprocess.PIPE)
    assert b"600 students" in (await again.communicate())[0]
    assert Counter(row["n"] for row in await raw(scored)) == {2: 600}
