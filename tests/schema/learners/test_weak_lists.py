"""Weak and strong skills by level and accuracy, and their orders, over HTTP (Q1)."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.usecases.answers.answer_intake import AnswerIntake
from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course")

LISTS = """query($by: WeakMeasure!, $order: MasteryOrder, $threshold: Float) { student(id: "anna") {
  weakSkills(measure: $by, orderBy: $order, kind: CONCEPT, minAttempts: 2, threshold: $threshold) {
    concept { id } accuracy status weakRule { measure threshold minAttempts } }
  strongSkills(measure: $by, orderBy: $order, kind: CONCEPT, minAttempts: 2) { concept { id } weakRule { measure } } } }"""


async def practise(intake: AnswerIntake, concept: str, outcomes: str, ago: int) -> None:
    """Answers of Anna a minute apart, 1 correct and 0 incorrect, the last of them some hours ago."""
    await intake.submit(
        [
            AnswerInput(
                "anna",
                correct=each == "1",
                concept_ids=[concept],
                at=NOW - timedelta(hours=ago, minutes=len(outcomes) - place),
            )
            for place, each in enumerate(outcomes)
        ]
    )


@pytest.fixture
async def practised(course: None, intake: AnswerIntake) -> None:
    """A long way up, which ends MASTERED with a low ratio; a short way down with a high one; and one answer."""
    await practise(intake, "nominative", "0" * 9 + "1" * 6, 1)
    await practise(intake, "accusative", "11000", 3)
    await practise(intake, "dative", "1", 2)


def names(listed: list[dict[str, Any]]) -> list[str]:
    return [each["concept"]["id"] for each in listed]


@pytest.mark.usefixtures("practised")
async def test_the_ratio_may_be_low_where_the_level_is_mastered(ask: Ask) -> None:
    by_level = (await ask(LISTS, by="LEVEL", threshold=0.5))["student"]
    by_ratio = (await ask(LISTS, by="ACCURACY", threshold=0.5))["student"]

    assert names(by_level["weakSkills"]) == ["accusative"]
    assert names(by_ratio["weakSkills"]) == ["accusative", "nominative"]  # each 0.4, so by id
    assert [each["accuracy"] for each in by_ratio["weakSkills"]] == [0.4, 0.4]
    assert by_ratio["weakSkills"][1]["status"] == "MASTERED"
    assert by_ratio["weakSkills"][0]["weakRule"] == {"measure": "ACCURACY", "threshold": 0.5, "minAttempts": 2}
    assert names(by_level["strongSkills"]) == ["nominative", "accusative"]
    assert by_level["strongSkills"][0]["weakRule"] is None


@pytest.mark.usefixtures("practised")
async def test_lists_are_sorted_by_the_last_answer(ask: Ask) -> None:
    newest = (await ask(LISTS, by="ACCURACY", order="LAST_PRACTICED_DESC"))["student"]
    oldest = (await ask(LISTS, by="ACCURACY", order="LAST_PRACTICED_ASC"))["student"]

    assert names(newest["weakSkills"]) == names(newest["strongSkills"]) == ["nominative", "accusative"]
    assert names(oldest["weakSkills"]) == names(oldest["strongSkills"]) == ["accusative", "nominative"]


@pytest.mark.usefixtures("practised")
async def test_masteries_by_accuracy(ask: Ask) -> None:
    document = """query($order: MasteryOrder!) { student(id: "anna") { masteries(kind: CONCEPT, orderBy: $order) {
      nodes { concept { id } accuracy } } } }"""
    up = (await ask(document, order="ACCURACY_ASC"))["student"]["masteries"]["nodes"]
    down = (await ask(document, order="ACCURACY_DESC"))["student"]["masteries"]["nodes"]

    assert names(up) == ["accusative", "nominative", "dative"]
    assert names(down) == ["dative", "accusative", "nominative"]


@pytest.mark.usefixtures("practised")
async def test_recency_is_refused_with_the_list_to_use(client: httpx.AsyncClient) -> None:
    query = '{ student(id: "anna") { weakSkills(measure: RECENCY) { level } } }'
    (error,) = (await client.post("/graphql", json={"query": query})).json()["errors"]

    assert error["extensions"]["code"] == "INVALID_INPUT"
    assert "weakByRecency" in error["message"]
