"""Trends from history pages equal those worked out from all relationships, and read no more of long histories."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.answers.history_pages import MOST_ANSWERS
from graph_api.domain.learners.scope import ALL, Scope
from graph_api.store import history_pages
from graph_api.store.gateway import Gateway
from graph_api.store.recent_answers import StoredTrend, read_trends
from graph_api.usecases.answers.answer_intake import AnswerIntake
from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course")

STUDENTS = ("anna", "ben", "cem", "none")
SCOPES = (ALL, Scope.of(["talk"], []), Scope.of([], ["dative"]), Scope.of(["cases"], ["accusative"]), Scope.of([], []))
TAGS: Sequence[dict[str, Any]] = (
    {"concept_ids": ["dative"]},
    {"skill_codes": ["talk"]},
    {"concept_ids": ["accusative"], "skill_codes": ["talk"], "attempt": 2},
)
RAPID = 3.0
EVERY_ANSWER = """MATCH (student:Student)-[answer:ANSWERED]->(target)
RETURN student.id AS student, answer.id AS id, toString(answer.at) AS at, coalesce(answer.counts_as, answer.correct) AS correct,
       coalesce(answer.weight, 1.0) AS weight, answer.response_time AS seconds, target.id AS concept, target.code AS skill"""


async def expected(raw: Ask, student_id: str, as_of: datetime, latest: datetime, scope: Scope) -> list[Any]:
    """Last practice, trend and rapid guesses, from every relationship of the student."""
    rows: dict[str, tuple[datetime, dict[str, Any]]] = {}
    for row in await raw(EVERY_ANSWER):
        is_covered = scope.is_all or row["concept"] in scope.concept_ids or row["skill"] in scope.skill_codes  # type: ignore[operator]
        if row["student"] == student_id and is_covered:
            at = datetime.fromisoformat(row["at"])
            rows[row["id"]] = at.replace(tzinfo=at.tzinfo or NOW.tzinfo), row

    def counted(first_day: int, last_day: int) -> list[dict[str, Any]]:
        first, last = as_of - timedelta(days=first_day), as_of - timedelta(days=last_day)
        return [row for at, row in rows.values() if first < at <= last]

    before = [row["correct"] for row in counted(28, 7) if row["weight"]]
    recent = [row["correct"] for row in counted(7, 0) if row["weight"]]
    timed = [row for row in counted(7, 0) if row["seconds"] is not None]
    guesses = [row for row in timed if row["seconds"] < RAPID and not row["correct"]]
    last = max((at for at, _ in rows.values() if at <= latest), default=None)
    trend = len(before), sum(before), len(recent), sum(recent)
    return [last, trend, (len(timed), len(guesses), RAPID)]


def as_list(stored: StoredTrend) -> list[Any]:
    return [stored.last_practiced_at, tuple(stored.trend), tuple(stored.rapid)]


def some_answers(rng: random.Random, student_id: str, number: int, days: float) -> list[AnswerInput]:
    """Answers of the last days, several at one moment, of which some are rapid guesses."""
    moments = [NOW - timedelta(days=rng.choice([7, 28, rng.random() * days])) for _ in range(number)]
    return [
        AnswerInput(
            student_id, correct=rng.random() < 0.5, id=f"{student_id}-{place}", at=at,
            response_time=rng.choice([None, 1.0, 9.0]), **rng.choice(TAGS),
        )
        for place, at in enumerate(moments)
    ]  # fmt: skip


@pytest.mark.parametrize("rules", ["evidence-v1", "first-attempt-v1"])
async def test_trends_equal_what_all_answers_say(
    ask: Ask, raw: Ask, gateway: Gateway, intake: AnswerIntake, rules: str
) -> None:
    reply = await ask("mutation($id: ID!) { activateEvidence(input: {id: $id}) { __typename } }", id=rules)
    assert reply["activateEvidence"]["__typename"] != "Failure"
    rng = random.Random(7)
    await intake.submit(some_answers(rng, "anna", 3 * MOST_ANSWERS + 7, 90))
    await intake.submit(some_answers(rng, "ben", 20, 400))
    await intake.submit(some_answers(rng, "cem", MOST_ANSWERS + 9, 60))
    await gateway.write(partial(history_pages.delete, student_ids=["cem"]))
    for as_of in (NOW, NOW - timedelta(days=7), NOW - timedelta(days=31, hours=5), NOW - timedelta(days=500)):
        for scope, latest in ((each, as_of + timedelta(seconds=rng.choice([0, 300]))) for each in SCOPES):
            read = partial(read_trends, student_ids=STUDENTS, as_of=as_of, latest=latest, scope=scope)
            stored = await gateway.read(read)
            assert list(stored) == sorted(STUDENTS)
            for student_id, trend in stored.items():
                wanted = await expected(raw, student_id, as_of, latest, scope)
                assert as_list(trend) == wanted, (student_id, as_of, scope)


async def test_a_class_with_pages_is_read_from_them_alone(
    gateway: Gateway, intake: AnswerIntake, statements_seen: list[str]
) -> None:
    await intake.submit(some_answers(random.Random(8), "anna", 2 * MOST_ANSWERS, 90))
    statements_seen.clear()

    await gateway.read(partial(read_trends, student_ids=["anna"], as_of=NOW, latest=NOW))

    assert statements_seen == ["course_version/read_evidence", "history_page/list_between"]
