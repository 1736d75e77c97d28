"""Recency, runs, jobs and their progress over HTTP."""

import asyncio
import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.failures import RunCancelled
from graph_api.schema.api import build_schema
from graph_api.schema.context import Context
from graph_api.store.gateway import Gateway
from graph_api.usecases import run_ledger
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.learners import recompute_recency as recomputing
from graph_api.usecases.run_ledger import recorded_run
from tests.application import Client
from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course")

FAILURE = "... on Failure { __typename code message field rule value }"
RECOMPUTE = f"""mutation($input: RecomputeRecencyInput) {{ recomputeRecency(input: $input) {{ __typename {FAILURE}
  ... on RecomputeRecencyPayload {{ run {{ id algorithm status trigger parameters input output error }} }} }} }}"""
RECENCY = """query($id: ID!) { student(id: $id) { masteries(kind: SKILL, orderBy: TARGET) { nodes { skill { code } recency {
  score status asOf parameterSetId version run { id status } breakdown { totalAttempts useDifficulty reason required actual
    buckets { days attempts correct accuracyPercent weight contribution } } } } }
  weakByRecency { skill { code } recency { score } }
  all: weakByRecency(threshold: 1.1, includeInsufficientData: true) { skill { code } } } }"""
PUT = f"""mutation($input: RecencyParametersInput!) {{ putRecencyParameters(input: $input) {{ __typename {FAILURE}
  ... on RecencyParametersPayload {{ warnings parameterSet {{ id version lookbackDays minAttempts useDifficulty easyWeight
    mediumWeight hardWeight buckets {{ days weight }} createdAt }} }} }} }}"""


async def answered(intake: AnswerIntake, skill: str, *given: tuple[int, int, int]) -> None:
    await intake.submit(
        [
            AnswerInput("anna", correct=place < right, skill_codes=[skill], at=NOW - timedelta(days=days))
            for days, right, wrong in given
            for place in range(right + wrong)
        ]
    )


async def recompute(ask: Ask, **given: Any) -> Any:
    return (await ask(RECOMPUTE, input={"asOf": NOW.isoformat(), **given}))["recomputeRecency"]


async def test_the_worked_example_to_the_digits_that_replies_have(ask: Ask, intake: AnswerIntake) -> None:
    await answered(intake, "talk", (3, 2, 1), (20, 2, 0), (60, 5, 2))
    await answered(intake, "cases", (1, 4, 0))
    await answered(intake, "grammar", (1, 5, 0))

    run = (await recompute(ask, studentId="anna"))["run"]

    assert (run["status"], run["trigger"], run["output"]["written"]) == ("SUCCESS", "mutation", 3)
    student = (await ask(RECENCY, id="anna"))["student"]
    cases, grammar, talk = (each["recency"] for each in student["masteries"]["nodes"])
    assert talk == {
        "score": 0.7233, "status": "SCORED", "asOf": "2026-03-01T12:00:00+00:00", "parameterSetId": "recency-v0",
        "version": "1", "run": {"id": run["id"], "status": "SUCCESS"},
        "breakdown": {
            "totalAttempts": 12, "useDifficulty": False, "reason": None, "required": 5, "actual": 12,
            "buckets": [
                {"days": 7, "attempts": 3, "correct": 2, "accuracyPercent": 66.67, "weight": 0.5, "contribution": 0.3333},
                {"days": 30, "attempts": 5, "correct": 4, "accuracyPercent": 80.0, "weight": 0.3, "contribution": 0.24},
                {"days": 90, "attempts": 12, "correct": 9, "accuracyPercent": 75.0, "weight": 0.2, "contribution": 0.15},
            ],
        },
    }  # fmt: skip
    assert grammar["score"] == 1.0
    assert (cases["score"], cases["status"]) == (0, "INSUFFICIENT_DATA")
    assert (cases["breakdown"]["reason"], cases["breakdown"]["totalAttempts"]) == ("insufficient_attempts", 4)
    assert (cases["breakdown"]["required"], cases["breakdown"]["actual"]) == (5, 4)
    assert {each["contribution"] for each in cases["breakdown"]["buckets"]} == {0}
    assert student["weakByRecency"] == []
    assert [each["skill"]["code"] for each in student["all"]] == ["cases", "talk", "grammar"]


async def test_weak_by_recency_is_below_seven_tenths(ask: Ask, intake: AnswerIntake) -> None:
    await answered(intake, "talk", (60, 5, 0))
    await answered(intake, "cases", (1, 3, 3))
    await recompute(ask)

    student = (await ask(RECENCY, id="anna"))["student"]

    assert student["weakByRecency"] == [
        {"skill": {"code": "talk"}, "recency": {"score": 0.2}},
        {"skill": {"code": "cases"}, "recency": {"score": 0.5}},
    ]


async def test_concepts_and_what_was_never_computed_have_none(ask: Ask, intake: AnswerIntake) -> None:
    await intake.submit([AnswerInput("anna", correct=True, concept_ids=["nominative"], at=NOW)])

    reply = await ask('{ student(id: "anna") { masteries { nodes { kind recency { score } } } } }')

    assert [each["recency"] for each in reply["student"]["masteries"]["nodes"]] == [None, None]


async def test_parameters_are_versions_and_partial_ones_take_defaults(ask: Ask) -> None:
    made = (await ask(PUT, input={"name": "mine", "minAttempts": 3}))["putRecencyParameters"]
    other = (await ask(PUT, input={"name": "mine", "buckets": [{"days": 14, "weight": 0.6}]}))["putRecencyParameters"]

    assert made["warnings"] == []
    assert made["parameterSet"]["minAttempts"] == 3
    assert made["parameterSet"]["lookbackDays"] == 90
    assert made["parameterSet"]["hardWeight"] == 1.1
    assert other["warnings"] == ["the weights of the buckets sum to 0.6, not to 1"]
    assert other["parameterSet"]["version"] == made["parameterSet"]["version"] + 1
    listed = await ask('{ recencyParameterSets(name: "mine", first: 1) { id } all: recencyParameterSets { id } }')
    assert listed["recencyParameterSets"] == [{"id": other["parameterSet"]["id"]}]
    assert {"id": "recency-v0"} in listed["all"]


@pytest.mark.parametrize(
    ("document", "given", "kind", "message"),
    [
        (PUT, {"name": "x", "minAttempts": 0}, "InvalidInput", "minAttempts: minAttempts must be >= 1"),
        (PUT, {"name": ""}, "InvalidInput", "name: must not be empty"),
        (
            PUT, {"name": "x", "lookbackDays": 0, "buckets": [{"days": 7, "weight": 2}, {"days": 7, "weight": 0.1}]},
            "InvalidInput",
            "lookbackDays, buckets, buckets[0].weight: lookbackDays must be >= 1 and <= 36500; buckets must have distinct days; buckets[0].weight must be from 0 to 1",
        ),
        (RECOMPUTE, {"studentId": "x", "groupId": "y"}, "InvalidInput", "studentId, groupId: give at most one of them"),
        (RECOMPUTE, {"studentId": "x"}, "StudentNotFound", "studentId: must exist, got 'x'"),
        (RECOMPUTE, {"groupId": "x"}, "GroupNotFound", "groupId: must exist, got 'x'"),
        (RECOMPUTE, {"skillCodes": ["x"]}, "SkillNotFound", "skillCodes: must name skills that exist, got 'x'"),
        (RECOMPUTE, {"parameterSetId": "x"}, "ParameterSetNotFound", "parameterSetId: must exist, got 'x'"),
        (RECOMPUTE, {"asOf": "2026-01-01T00:00:00"}, "InvalidInput", "asOf: must have an offset, as in 2026-01-31T09:30:00Z, got '2026-01-01T00:00:00'"),
        (RECOMPUTE, {"asOf": "0001-01-01T00:00:00Z"}, "InvalidInput", "asOf: must be at least 90 days after the beginning of the year 1, got '0001-01-01T00:00:00+00:00'"),
    ],
)  # fmt: skip
async def test_bad_input_is_a_named_failure(ask: Ask, document: str, given: Any, kind: str, message: str) -> None:
    (reply,) = (await ask(document, input=given)).values()

    assert (reply["__typename"], reply["message"]) == (kind, message)


async def subscribed(client: Client, run_id: str) -> list[Any]:
    stream = await build_schema().subscribe(
        "subscription($id: ID!) { runProgress(id: $id) { status progress { step done total } } }",
        variable_values={"id": run_id},
        context_value=Context(client.services),
    )
    return [each.data["runProgress"] if each.data else each.errors async for each in stream]


async def test_progress_is_reported_until_the_end(
    ask: Ask, client: Client, intake: AnswerIntake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_ledger, "BEAT_SECONDS", 0.05)
    monkeypatch.setattr(recomputing, "STUDENTS_AT_A_TIME", 1)
    recompute_some = recomputing._recompute

    async def slowly(*given: Any, **options: Any) -> Any:
        await asyncio.sleep(0.4)
        return await recompute_some(*given, **options)

    monkeypatch.setattr(recomputing, "_recompute", slowly)
    await intake.submit([AnswerInput(f"s{n}", correct=True, skill_codes=["talk"], at=NOW) for n in range(4)])

    run = (await recompute(ask, wait=False))["run"]
    assert run["status"] == "RUNNING"
    seen = await asyncio.wait_for(subscribed(client, run["id"]), 20)

    assert seen[-1]["status"] == "SUCCESS"
    done = [each["progress"]["done"] for each in seen if each["status"] == "RUNNING" and each["progress"]["total"]]
    assert done == sorted(done)
    assert done
    assert {each["progress"]["step"] for each in seen if each["progress"]["step"]} == {"recomputing recency"}


async def test_a_run_is_cancelled_from_elsewhere(ask: Ask, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_ledger, "BEAT_SECONDS", 0.05)
    run = recomputing.RecomputeRequest(parameter_set_id="recency-v0").run("to-cancel", "test", NOW)

    async def work() -> None:
        async with recorded_run(gateway, run, lambda: NOW):
            await asyncio.sleep(20)

    working = asyncio.ensure_future(work())
    await asyncio.sleep(0.3)
    cancel = f'mutation {{ cancelRun(id: "to-cancel") {{ __typename {FAILURE} ... on CancelRunPayload {{ run {{ id }} }} }} }}'
    assert (await ask(cancel))["cancelRun"]["run"] == {"id": "to-cancel"}
    with pytest.raises(RunCancelled):
        await asyncio.wait_for(working, 5)

    assert (await ask('{ run(id: "to-cancel") { status error } }'))["run"] == {"status": "FAILED", "error": "cancelled"}
    assert (await ask(cancel))["cancelRun"]["__typename"] == "RunNotFound"


async def test_a_missing_run_cannot_be_followedb(client: Client) -> None:
    (errors,) = await subscribed(client, "nobody")

    assert "must exist" in str(errors[0])


async def test_jobs_report_their_schedule(ask: Ask) -> None:
    reply = await ask("{ serviceInfo { jobs { name schedule nextAt lastAt runningOn skipped lastRun { id } } } }")

    jobs = {each["name"]: each for each in reply["serviceInfo"]["jobs"]}
    assert set(jobs) == {"refit", "recency", "expire-sessions", "retention"}
    assert jobs["refit"]["schedule"] == "0 3 * * *"
    assert jobs["refit"]["nextAt"].endswith("T03:00:00+00:00")
    assert jobs["refit"]["lastRun"] is None


async def test_sessions_are_expired_by_a_mutation(ask: Ask) -> None:
    start = 'mutation { startSession(input: {studentId: "anna", id: "s"}) { ... on SessionPayload { session { status } } } }'
    await ask(start)

    done = await ask("mutation { expireSessions { ... on ExpireSessionsPayload { run { status output } } } }")

    output = {"expired": 0, "studentsRecomputed": 0}
    assert done["expireSessions"]["run"] == {"status": "SUCCESS", "output": output}


async def test_ending_a_session_recomputes_its_student_if_that_is_set(
    ask: Ask, client: Client, intake: AnswerIntake
) -> None:
    state = client.app.state
    usual = state.services
    await ask('mutation { startSession(input: {studentId: "anna", id: "s"}) { __typename } }')
    now = usual.clock()
    sent = [AnswerInput("anna", correct=True, skill_codes=["talk"], at=now, session_id="s") for _ in range(5)]
    await intake.submit(sent)
    score = '{ student(id: "anna") { mastery(skillCode: "talk") { recency { score run { trigger } } } } }'
    end = "mutation($id: ID!) { endSession(input: {id: $id}) { ... on SessionPayload { session { status } } } }"

    state.services = dataclasses.replace(usual, recency_at_session_end=True)
    try:
        ended = await ask(end, id="s")
    finally:
        state.services = usual

    assert ended["endSession"]["session"]["status"] == "SUBMITTED"
    recency = (await ask(score))["student"]["mastery"]["recency"]
    assert recency == {"score": 1.0, "run": {"trigger": "session"}}
