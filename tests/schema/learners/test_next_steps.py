"""Next steps over HTTP: ready to learn, to review, and learning paths (Q4)."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.usecases.answers.answer_intake import AnswerIntake
from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course")


STUDENT = """query($id: ID!, $min: Int) { student(id: $id) {
  rootCauses(minAttempts: $min) { rule threshold minAttempts students causes { conceptId level score students
    concept { name } blocks { id } } }
  weakClusters(minAttempts: $min) { rule method clusters { size deficit causes { id } concepts { id } } }
  readyToLearn(minAttempts: $min) { conceptId level attempts unlocksWeak concept { name } }
  toReview { id } learningPath(conceptId: "dative") { id } } }"""


async def answers(intake: AnswerIntake, student: str, **given: tuple[int, bool]) -> None:
    """How many answers to which concept, and whether they were right."""
    sent = [
        AnswerInput(student, correct=correct, concept_ids=[concept], at=NOW - timedelta(hours=9 - place))
        for concept, (count, correct) in given.items()
        for place in range(count)
    ]
    await intake.submit(sent)


async def student(ask: Ask, key: str = "anna", least: int = 5) -> Any:
    return (await ask(STUDENT, id=key, min=least))["student"]


async def test_what_is_mastered_opens_the_next_and_is_to_review(ask: Ask, intake: AnswerIntake) -> None:
    await answers(intake, "anna", nominative=(5, True))

    reply = await student(ask)

    assert reply["rootCauses"]["causes"] == []
    assert [(each["conceptId"], each["level"], each["attempts"]) for each in reply["readyToLearn"]] == [
        ("accusative", 0.1, 0)
    ]
    assert reply["toReview"] == [{"id": "nominative"}]
    assert [each["id"] for each in reply["learningPath"]] == ["accusative", "dative"]


async def test_a_path_to_nowhere_is_named(client: httpx.AsyncClient, intake: AnswerIntake) -> None:
    await answers(intake, "anna", nominative=(1, True))

    reply = (
        await client.post("/graphql", json={"query": '{ student(id: "anna") { learningPath(conceptId: "x") { id } } }'})
    ).json()

    assert reply["errors"][0]["message"] == "conceptId: must exist and not be archived, got 'x'"
    assert reply["errors"][0]["extensions"]["code"] == "CONCEPT_NOT_FOUND"
