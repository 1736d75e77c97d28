"""The service's clock jumps back an hour.

Users see nothing of it: answers keep their order, or are replayed as late ones; no time or number turns negative, no
job runs twice, and none waits for longer than the hour.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import httpx
import pytest

from graph_api.app.application import create_app
from graph_api.config import Settings
from graph_api.domain.answers.answers import Answer, AnswerInput, Recorded
from graph_api.domain.learners.people import Group
from graph_api.domain.learners.sessions import SessionStatus
from graph_api.domain.operations.runs import Algorithm, Run
from graph_api.domain.parameters.topic_parameters import DEFAULT_SET
from graph_api.store import jobs, runs
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.answers.record_answers import RecordAnswers
from graph_api.usecases.learners.edit_people import upsert_group
from graph_api.usecases.learners.run_sessions import end_session, start_session
from graph_api.usecases.operations.check_consistency import find_inconsistencies
from graph_api.usecases.operations.hold_job import Claim, JobHolder
from graph_api.usecases.run_ledger import fail_dead_runs, recorded_run
from tests.application import Client
from tests.conftest import NOW, Ask
from tests.faults.reading_documents import at_once, numbers, of_all

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
LEASE = 2 * SECOND


class Clock:
    """A clock that goes on a second whenever it is looked at."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        self.now += SECOND
        return self.now


async def record(intake: AnswerIntake, *, correct: bool) -> Answer:
    (outcome,) = await intake.submit(
        [AnswerInput("anna", correct=correct, concept_ids=["dative"], skill_codes=["talk"])]
    )
    assert isinstance(outcome, Recorded)
    return outcome.answer


@pytest.mark.usefixtures("course")
async def test_answers_without_a_time(gateway: Gateway) -> None:
    """In one process they keep the order in which they came; after a restart they are late, and replayed."""
    clock = Clock()
    async with AnswerIntake(RecordAnswers(gateway, DEFAULT_SET), clock=clock) as intake:
        before = [await record(intake, correct=True) for _ in range(3)]
        clock.now -= HOUR
        after = [await record(intake, correct=False) for _ in range(3)]
    times = [answer.at for answer in before + after]
    assert times == sorted(set(times))
    async with AnswerIntake(RecordAnswers(gateway, DEFAULT_SET), clock=clock) as restarted:
        late = [await record(restarted, correct=True) for _ in range(3)]
    assert max(answer.at for answer in late) < min(times)
    assert await find_inconsistencies(gateway) == []


@pytest.fixture
async def set_back(
    course: None, database: dict[str, str], intake: AnswerIntake, gateway: Gateway
) -> AsyncIterator[httpx.AsyncClient]:
    """The application, whose clock is an hour behind everything that is stored."""
    for n in range(3):
        sent = AnswerInput("anna", correct=n != 1, concept_ids=["dative"], skill_codes=["talk"], at=NOW + n * SECOND,
                           semantic_score=0.5, keyword_score=0.5, missed=["dative"])  # fmt: skip
        await intake.submit([sent])
    await upsert_group(gateway, Group("g", "Class", ["anna"], []), NOW)
    app = create_app(Settings(_env_file=None, scheduler=False, **database))  # type: ignore[arg-type]
    async with app.router.lifespan_context(app):
        app.state.services = replace(app.state.services, clock=lambda: NOW - HOUR)
        async with Client(app) as http:
            yield http


async def test_nothing_turns_negative(set_back: httpx.AsyncClient) -> None:
    """What is read lies ahead of the clock; so does what a recomputation takes in."""
    recompute = "mutation { recomputeRecency(input: {}) { ... on RecomputeRecencyPayload { run { status output } } } }"
    for document in (recompute, at_once("anna", "null"), *of_all("null").values()):
        reply = (await set_back.post("/graphql", json={"query": document})).json()
        assert "errors" not in reply, reply
        assert [each for each in numbers(reply["data"]) if each[1] < 0] == []


@pytest.mark.usefixtures("course")
async def test_what_begins_ends_no_earlier(gateway: Gateway) -> None:
    """A session and a run that the jump falls into."""
    await start_session(gateway, "practice", "anna", NOW)
    session = await end_session(gateway, "practice", SessionStatus.SUBMITTED, NOW - HOUR)
    assert session.ended_at == NOW
    async with recorded_run(gateway, Run("r", Algorithm.FIT_PARAMETERS, "1", {}, "test", NOW), lambda: NOW - HOUR):
        pass
    stored = (await gateway.read(lambda tx: runs.read_by_ids(tx, ["r"])))["r"]
    assert stored.finished_at == NOW


def holder(gateway: Gateway, name: str, now: datetime) -> JobHolder:
    return JobHolder(gateway, name, LEASE, lambda: now)


@pytest.mark.usefixtures("clean")
async def test_a_job_runs_once_for_a_tick_that_comes_twice(gateway: Gateway) -> None:
    """The hour that is repeated brings no new tick."""
    one = holder(gateway, "one", NOW)
    assert await one.claim("job", NOW, "run") is Claim.CLAIMED
    async with one.holding("job"):
        pass
    for tick in (NOW - HOUR, NOW):
        assert await holder(gateway, "other", NOW - HOUR).claim("job", tick, "run2") is Claim.TAKEN
    assert await holder(gateway, "other", NOW).claim("job", NOW + SECOND, "run3") is Claim.CLAIMED


@pytest.mark.usefixtures("clean")
async def test_a_lease_lasts_no_longer_than_the_hour(gateway: Gateway) -> None:
    """Of a holder that died before the jump, until the clock reaches that time again; of one that lives, as long as it beats."""
    tick = NOW + SECOND
    await holder(gateway, "dead", NOW).claim("job", NOW, "run")
    assert await holder(gateway, "heir", NOW - HOUR).claim("job", tick, "run2") is Claim.BUSY
    assert await holder(gateway, "heir", NOW + LEASE + SECOND).claim("job", tick + SECOND, "run3") is Claim.CLAIMED

    set_back = JobHolder(gateway, "heir", timedelta(seconds=0.3), lambda: NOW - HOUR)
    async with set_back.holding("job"), asyncio.timeout(15):
        while (await gateway.read(jobs.read_all))[0].held_until != NOW - HOUR + set_back.lease:
            await asyncio.sleep(0.05)


@pytest.mark.usefixtures("clean")
async def test_a_run_that_lives_is_not_failed_and_one_that_died_is(gateway: Gateway, counts: Ask) -> None:
    """Its last sign of life lies in the future for an hour, and then it does not."""
    await gateway.write(lambda tx: runs.put(tx, Run("r", Algorithm.FIT_PARAMETERS, "1", {}, "test", NOW)))
    assert await fail_dead_runs(gateway, NOW - HOUR) == 0
    assert await fail_dead_runs(gateway, NOW + 61 * SECOND) == 1
    assert (await counts())["answers"] == 0
