"""Recency through the graph: what counts, whole students, the same digits, and the ledger (R1-R6, G7)."""

import asyncio
import contextlib
import itertools
from datetime import timedelta
from typing import Any

import pytest

from graph_api.domain.answers.answers import AnswerInput, Difficulty
from graph_api.domain.course.course import Concept
from graph_api.domain.failures import (
    GroupNotFound,
    InvalidInput,
    ParameterSetNotFound,
    RunCancelled,
    RunNotFound,
    SkillNotFound,
    StudentNotFound,
)
from graph_api.domain.learners.people import Group
from graph_api.domain.learners.recency import Breakdown, Recency, RecencyStatus
from graph_api.domain.learners.sessions import SessionStatus
from graph_api.domain.operations.runs import RunStatus
from graph_api.domain.parameters.recency_parameters import Bucket, RecencyParameters
from graph_api.store import recencies, runs
from graph_api.store.gateway import Gateway
from graph_api.store.policy_sets import recency_sets
from graph_api.usecases import run_ledger
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.course.edit_course import upsert_concepts
from graph_api.usecases.learners import recompute_recency as recomputing
from graph_api.usecases.learners.edit_people import upsert_group
from graph_api.usecases.learners.expire_sessions import expire_sessions, expiry_run
from graph_api.usecases.learners.recompute_recency import RecomputeRequest, recompute_recency
from graph_api.usecases.learners.run_sessions import end_session, start_session
from graph_api.usecases.learners.score_sessions import SessionScoring
from graph_api.usecases.parameters.edit_policy_sets import put_policy
from graph_api.usecases.run_ledger import cancel_run, fail_dead_runs, recorded_run
from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course")

run_ids = (f"recency-{number}" for number in itertools.count())


async def answer(
    intake: AnswerIntake, days: float, right: int, wrong: int, *, student: str = "anna", **given: Any
) -> None:
    outcomes = [True] * right + [False] * wrong
    sent = [
        AnswerInput(student, correct=correct, skill_codes=["talk"], at=NOW - timedelta(days=days), **given)
        for correct in outcomes
    ]
    await intake.submit(sent)


async def recompute(gateway: Gateway, **given: Any) -> dict[str, Any]:
    request = RecomputeRequest(**{"as_of": NOW, "parameter_set_id": "recency-v0", **given})
    return await recompute_recency(gateway, request, request.run(next(run_ids), "test", NOW), lambda: NOW)


async def recency(gateway: Gateway, student: str = "anna", skill: str = "talk") -> Recency:
    return (await gateway.read(lambda tx: recencies.read_of_students(tx, [student])))[student][skill]


async def breakdown(gateway: Gateway, student: str = "anna") -> Breakdown:
    return (await recency(gateway, student)).breakdown


async def stored(raw: Ask) -> list[dict[str, Any]]:
    rows = await raw("MATCH (s)-[m:HAS_MASTERY]->(t) RETURN properties(m) AS m ORDER BY m.key")
    return [{name: value for name, value in row["m"].items() if name != "recency_run_id"} for row in rows]


async def test_the_worked_example(gateway: Gateway, intake: AnswerIntake) -> None:
    for days, right, wrong in ((3, 2, 1), (20, 2, 0), (60, 5, 2)):
        await answer(intake, days, right, wrong)

    output = await recompute(gateway)

    stored = await recency(gateway)
    assert stored.breakdown.score == pytest.approx(0.7233333333333333, abs=1e-15)
    assert [(each.correct, each.attempts) for each in stored.breakdown.buckets] == [(2, 3), (4, 5), (9, 12)]
    assert (stored.parameter_set_id, stored.as_of, stored.version) == ("recency-v0", NOW, "1")
    assert output == {"students": 1, "written": 1, "scored": 1, "insufficientData": 0, "warnings": []}


@pytest.mark.parametrize(("days", "score"), [(1, 1.0), (60, 0.2)])
async def test_five_right_answers(gateway: Gateway, intake: AnswerIntake, days: int, score: float) -> None:
    await answer(intake, days, 5, 0)

    await recompute(gateway)

    assert (await breakdown(gateway)).score == score


async def test_scores_slide_without_new_answersb(gateway: Gateway, intake: AnswerIntake) -> None:
    await answer(intake, 0, 5, 0)

    scores = []
    for days in (0, 7, 8, 30, 31, 90, 91):
        await recompute(gateway, as_of=NOW + timedelta(days=days))
        scores.append((await breakdown(gateway)).score)

    assert scores == [1.0, 1.0, 0.5, 0.5, 0.2, 0.2, 0]
    assert (await breakdown(gateway)).status is RecencyStatus.INSUFFICIENT_DATA


async def test_boundaries_are_exact_and_later_answers_do_not_count(gateway: Gateway, intake: AnswerIntake) -> None:
    week = timedelta(days=7)
    for at in (NOW - week, NOW - week - timedelta(microseconds=1), NOW + timedelta(microseconds=1)):
        await intake.submit([AnswerInput("anna", correct=True, skill_codes=["talk"], at=at)])

    await recompute(gateway)

    assert [each.attempts for each in (await breakdown(gateway)).buckets] == [1, 2, 2]


async def test_sessions_count_when_they_are_handed_in(gateway: Gateway, intake: AnswerIntake) -> None:
    counted = {}
    for status in SessionStatus:
        await start_session(gateway, status.value, "anna", NOW - timedelta(days=2))
        await answer(intake, 1, 1, 0, session_id=status.value)
        before = (await recompute(gateway), (await breakdown(gateway)).attempts)[1]
        if status is not SessionStatus.IN_PROGRESS:
            await end_session(gateway, status.value, status, NOW)
        counted[status] = (await recompute(gateway), (await breakdown(gateway)).attempts)[1] - before

    assert counted == {
        SessionStatus.IN_PROGRESS: 0, SessionStatus.SUBMITTED: 1, SessionStatus.EXPIRED: 1, SessionStatus.ABANDONED: 0
    }  # fmt: skip


async def test_tags_are_frozen(gateway: Gateway, intake: AnswerIntake) -> None:
    sent = [AnswerInput("anna", correct=True, concept_ids=["nominative"], at=NOW) for _ in range(5)]
    await intake.submit(sent)
    await upsert_concepts(gateway, [Concept("nominative", "Nominative", ["talk"], [])], NOW)

    await recompute(gateway)

    stored = (await gateway.read(lambda tx: recencies.read_of_students(tx, ["anna"])))["anna"]
    assert {code: each.breakdown.score for code, each in stored.items()} == {"grammar": 1.0}


async def test_difficulty_and_other_parameters(gateway: Gateway, intake: AnswerIntake) -> None:
    await answer(intake, 1, 1, 0, difficulty=Difficulty.HARD)
    await answer(intake, 1, 0, 1, difficulty=Difficulty.EASY)
    own = RecencyParameters(min_attempts=1, buckets=[Bucket(7, 0.9)], use_difficulty=True)
    made = await put_policy(gateway, recency_sets, f"own-{next(run_ids)}", own, NOW)

    output = await recompute(gateway, parameter_set_id=made.id)

    stored = await recency(gateway)
    assert stored.breakdown.score == pytest.approx(0.9 * 1.1 / 2.0)
    assert stored.parameter_set_id == made.id
    assert output["warnings"] == ["the weights of the buckets sum to 0.9, not to 1"]
    again = await put_policy(gateway, recency_sets, made.name, own, NOW)
    assert again.id == made.id
    other = await put_policy(gateway, recency_sets, made.name, RecencyParameters(), NOW)
    assert (other.version, other.created_at) == (2, NOW)


async def test_again_is_the_same_bytes_but_for_the_run(gateway: Gateway, intake: AnswerIntake, raw: Ask) -> None:
    for number in range(12):
        await answer(intake, number, 2, number % 3, student=f"s{number % 4}")
    await recompute(gateway)
    before = await stored(raw)

    await recompute(gateway)
    assert await stored(raw) == before
    for number in range(4):
        await recompute(gateway, student_id=f"s{number}")

    assert await stored(raw) == before


async def test_students_and_skills_of_a_requestb(gateway: Gateway, intake: AnswerIntake) -> None:
    for student in ("anna", "ben", "cleo"):
        await answer(intake, 1, 5, 0, student=student)
    await upsert_group(gateway, Group("g", "Class", ["ben", "cleo"], []), NOW)

    assert (await recompute(gateway, group_id="g"))["students"] == 2
    assert "anna" not in await gateway.read(lambda tx: recencies.read_of_students(tx, ["anna"]))
    assert (await recompute(gateway, student_id="anna", skill_codes=["grammar"]))["written"] == 0
    assert (await recompute(gateway, student_id="anna", skill_codes=["talk"]))["written"] == 1
    assert (await recompute(gateway))["students"] == 3


async def test_missing_targets_are_namedb(gateway: Gateway) -> None:
    for given, failure in (
        ({"student_id": "nobody"}, StudentNotFound),
        ({"group_id": "nobody"}, GroupNotFound),
        ({"skill_codes": ["nobody"]}, SkillNotFound),
        ({"parameter_set_id": "nobody-v1"}, ParameterSetNotFound),
    ):
        with pytest.raises(failure, match="nobody"):
            await recompute(gateway, **given)
    with pytest.raises(InvalidInput, match="studentId, groupId: give at most one of them"):
        RecomputeRequest(student_id="a", group_id="b", parameter_set_id="recency-v0")


async def test_an_interruption_leaves_whole_students(
    gateway: Gateway, intake: AnswerIntake, raw: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        await answer(intake, 1, 5, 0, student=f"s{number}")
        await intake.submit([AnswerInput(f"s{number}", correct=True, skill_codes=["grammar"], at=NOW)])
    monkeypatch.setattr(recomputing, "STUDENTS_AT_A_TIME", 2)
    put = recencies.put

    async def fails_after_writing(tx: Any, scores: Any) -> int:
        written = await put(tx, scores)
        if any(student == "s4" for student, _ in scores):
            raise RuntimeError("the process died here")
        return written

    monkeypatch.setattr(recencies, "put", fails_after_writing)
    with pytest.raises(RuntimeError):
        await recompute(gateway)

    rows = await raw(
        "MATCH (s:Student)-[m:HAS_MASTERY]->() RETURN s.id AS id, count(m.recency_run_id) AS n ORDER BY id"
    )
    assert [row["n"] for row in rows] == [2, 2, 2, 2, 0, 0]
    monkeypatch.setattr(recencies, "put", put)
    assert (await recompute(gateway))["written"] == 12


async def test_answers_and_recomputing_do_not_disturb_each_other(
    gateway: Gateway, intake: AnswerIntake, raw: Ask
) -> None:
    students = [f"s{number}" for number in range(20)]
    for student in students:
        await answer(intake, 1, 5, 0, student=student)

    async def go_on() -> None:
        for student in students:
            await answer(intake, 0, 1, 0, student=student)

    await asyncio.gather(recompute(gateway), go_on())

    rows = await raw("MATCH ()-[m:HAS_MASTERY]->() RETURN m.attempts AS n, m.recency_score AS score")
    assert [(row["n"], row["score"]) for row in rows] == [(6, 1.0)] * 20


@pytest.mark.parametrize(
    ("fault", "status", "error"),
    [
        (None, RunStatus.SUCCESS, None),
        (ValueError("odd"), RunStatus.FAILED, "ValueError: odd"),
        (asyncio.CancelledError(), RunStatus.FAILED, "interrupted"),
        (RunCancelled("id", "was cancelled"), RunStatus.FAILED, "cancelled"),
    ],
)
async def test_the_ledger_knows_every_end(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, fault: BaseException | None, status: RunStatus, error: str | None
) -> None:
    monkeypatch.setattr(run_ledger, "BEAT_SECONDS", 0.02)
    run = RecomputeRequest(parameter_set_id="recency-v0").run(next(run_ids), "test", NOW)

    async def work() -> None:
        async with recorded_run(gateway, run, lambda: NOW) as recorded:
            recorded.report("working", 1, 2)
            if isinstance(fault, RunCancelled):
                await cancel_run(gateway, run.id)
                await asyncio.sleep(5)
            if fault:
                raise fault

    with pytest.raises(type(fault)) if fault else contextlib.nullcontext():
        await work()

    ended = (await gateway.read(lambda tx: runs.read_by_ids(tx, [run.id])))[run.id]
    assert (ended.status, ended.error) == (status, error)


async def test_only_a_run_that_runs_can_be_cancelled(gateway: Gateway) -> None:
    with pytest.raises(RunNotFound, match="must be a run that is running"):
        await cancel_run(gateway, "nobody")


async def test_a_run_whose_process_died_is_failed(gateway: Gateway) -> None:
    alive, dead = (
        RecomputeRequest(parameter_set_id="recency-v0").run(next(run_ids), "test", NOW - timedelta(seconds=age))
        for age in (59, 61)
    )
    for run in (alive, dead):
        await gateway.write(lambda tx, run=run: runs.put(tx, run))  # type: ignore[misc]

    assert await fail_dead_runs(gateway, NOW) == 1

    ended = await gateway.read(lambda tx: runs.read_by_ids(tx, [alive.id, dead.id]))
    assert (ended[dead.id].status, ended[dead.id].error) == (RunStatus.FAILED, "its process died")
    assert ended[alive.id].status is RunStatus.RUNNING


async def test_sessions_that_are_not_submitted_expireb(gateway: Gateway) -> None:
    for name, age in (("old", 25), ("new", 23)):
        await start_session(gateway, name, "anna", NOW - timedelta(hours=age))
    day = timedelta(hours=24)

    first, again = [
        await expire_sessions(gateway, day, run, lambda: NOW, scoring=SessionScoring("recency-v0"))
        for run in (expiry_run(next(run_ids), day, "test", NOW) for _ in range(2))
    ]

    assert (first["expired"], again["expired"]) == (1, 0)
    assert (await end_session(gateway, "new", SessionStatus.SUBMITTED, NOW)).status is SessionStatus.SUBMITTED
