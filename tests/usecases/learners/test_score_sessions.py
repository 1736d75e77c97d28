"""The end of a session recomputes recency: by default, or by the student's own choice, however it ends (G7, R6)."""

import itertools
from datetime import timedelta

import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners.people import Student
from graph_api.domain.learners.sessions import SessionStatus
from graph_api.domain.operations.runs import Algorithm, Run, RunStatus
from graph_api.domain.patch import Patch
from graph_api.store import recencies, runs, students
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.learners.edit_people import upsert_students
from graph_api.usecases.learners.expire_sessions import expire_sessions, expiry_run
from graph_api.usecases.learners.recompute_recency import RecomputeRequest
from graph_api.usecases.learners.run_sessions import end_session, start_session
from graph_api.usecases.learners.score_sessions import SessionScoring, score_sessions
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("course")

CHOICES = {"by-default": None, "chosen": True, "refused": False}
DAY = timedelta(days=1)
run_ids = (f"score-sessions-{number}" for number in itertools.count())


@pytest.fixture
async def practised(course: None, gateway: Gateway, intake: AnswerIntake) -> None:
    """A student of each choice, with a session of two days ago and five correct answers in it."""
    await upsert_students(gateway, [Student(key, key, choice) for key, choice in CHOICES.items()], NOW)
    for key in CHOICES:
        await start_session(gateway, f"of-{key}", key, NOW - 2 * DAY)
        sent = AnswerInput(key, correct=True, skill_codes=["talk"], at=NOW - DAY, session_id=f"of-{key}")
        await intake.submit([sent] * 5)


async def scores(gateway: Gateway) -> dict[str, float]:
    stored = await gateway.read(lambda tx: recencies.read_of_students(tx, list(CHOICES)))
    return {key: each["talk"].breakdown.score for key, each in stored.items() if each}


async def scoring_runs(gateway: Gateway) -> list[Run]:
    matching = runs.RunFilter(algorithm=Algorithm.RECOMPUTE_RECENCY)
    return await gateway.read(lambda tx: runs.read_page(tx, matching, after=None, limit=10))


@pytest.mark.usefixtures("practised")
@pytest.mark.parametrize("by_default", [False, True])
async def test_a_submitted_session_scores_its_student_by_choice(gateway: Gateway, *, by_default: bool) -> None:
    scoring = SessionScoring("recency-v0", by_default=by_default)
    for key in CHOICES:
        await end_session(gateway, f"of-{key}", SessionStatus.SUBMITTED, NOW)
        await score_sessions(gateway, [key], scoring, lambda: NOW)

    expected = [key for key, choice in CHOICES.items() if (by_default if choice is None else choice)]
    assert await scores(gateway) == dict.fromkeys(expected, 1.0)
    ended = await scoring_runs(gateway)
    assert sorted(run.input["studentId"] for run in ended) == sorted(expected)
    assert {(run.trigger, run.status) for run in ended} == {("session", RunStatus.SUCCESS)}


@pytest.mark.usefixtures("practised")
@pytest.mark.parametrize("by_default", [False, True])
async def test_expired_sessions_score_their_students_by_choice_in_one_run(
    gateway: Gateway, *, by_default: bool
) -> None:
    scoring = SessionScoring("recency-v0", by_default=by_default)
    expiry = expiry_run(next(run_ids), DAY, "test", NOW)

    output = await expire_sessions(gateway, DAY, expiry, lambda: NOW, scoring=scoring)

    expected = [key for key, choice in CHOICES.items() if (by_default if choice is None else choice)]
    assert output == {"expired": 3, "studentsRecomputed": len(expected)}
    assert await scores(gateway) == dict.fromkeys(expected, 1.0)
    (run,) = await scoring_runs(gateway)
    assert (run.trigger, run.output["students"]) == ("session", len(expected))
    assert run.input["studentId"] == ("chosen" if len(expected) == 1 else None)  # the ledger names no crowd


async def test_students_who_do_not_exist_have_no_choice(gateway: Gateway) -> None:
    assert await score_sessions(gateway, ["nobody"], SessionScoring("recency-v0", by_default=True), lambda: NOW) is None


def test_a_request_for_some_students_is_not_about_all() -> None:
    assert not RecomputeRequest(student_ids=["anna", "ben"], parameter_set_id="recency-v0").is_about_all


async def test_a_choice_is_removed_only_by_an_explicit_null(gateway: Gateway) -> None:
    async def read() -> Student:
        return (await gateway.read(lambda tx: students.read_by_ids(tx, ["anna"])))["anna"]

    await upsert_students(gateway, [Student("anna", "Anna", recency_at_session_end=True)], NOW)
    await upsert_students(gateway, [Student("anna", "Anne")], NOW)
    assert await read() == Student("anna", "Anne", recency_at_session_end=True)
    await upsert_students(gateway, [Patch(Student, "anna", {"recency_at_session_end": None})], NOW)
    assert await read() == Student("anna", "Anne")
