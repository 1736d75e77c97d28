"""Root causes and clusters of a student and of a group over HTTP (Q3)."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.course.course import Concept
from graph_api.domain.learners.people import Group
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.course.edit_course import link_prerequisite, upsert_concepts
from graph_api.usecases.learners.edit_people import upsert_group
from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course")

STUDENT = """query($id: ID!, $min: Int) { student(id: $id) {
  rootCauses(minAttempts: $min) { rule threshold minAttempts students causes { conceptId level score students
    concept { name } blocks { id } } }
  weakClusters(minAttempts: $min) { rule method clusters { size deficit causes { id } concepts { id } } }
  readyToLearn(minAttempts: $min) { conceptId level attempts unlocksWeak concept { name } }
  toReview { id } learningPath(conceptId: "dative") { id } } }"""
GROUP = """query($min: Int) { group(id: "g") { rootCauses(minAttempts: $min) { students causes { conceptId students studentsBlocked
  studentsWeak level score blocks { id } } } weakClusters(minAttempts: $min, method: COMPONENT) { clusters { concepts { id } } } } }"""


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


async def test_a_weak_beginning_is_the_cause_of_what_comes_after(ask: Ask, intake: AnswerIntake) -> None:
    await answers(intake, "anna", nominative=(5, False), dative=(5, False))  # between them nothing was practised

    of_anna = await student(ask)

    causes = of_anna["rootCauses"]
    assert causes["rule"].startswith("weak: level < 0.5 with at least 5 answers; root cause: no weak ancestor")
    (cause,) = causes["causes"]
    assert (cause["conceptId"], cause["concept"], cause["blocks"]) == (
        "nominative",
        {"name": "Nominative"},
        [{"id": "dative"}],
    )
    assert cause["score"] == pytest.approx(0.5 - cause["level"])
    (cluster,) = of_anna["weakClusters"]["clusters"]
    assert (cluster["causes"], cluster["size"]) == ([{"id": "nominative"}], 2)
    assert of_anna["readyToLearn"] == [
        {
            "conceptId": "nominative",
            "level": cause["level"],
            "attempts": 5,
            "unlocksWeak": 1,
            "concept": {"name": "Nominative"},
        }
    ]
    assert [each["id"] for each in of_anna["learningPath"]] == ["nominative", "accusative", "dative"]


async def test_few_answers_are_not_weak(ask: Ask, intake: AnswerIntake) -> None:
    await answers(intake, "anna", nominative=(4, False))

    assert (await student(ask))["rootCauses"]["causes"] == []
    assert len((await student(ask, least=4))["rootCauses"]["causes"]) == 1


async def test_a_group_by_whom_its_causes_block(ask: Ask, gateway: Gateway, intake: AnswerIntake) -> None:
    await answers(intake, "anna", nominative=(5, False), accusative=(5, False))
    await answers(intake, "ben", nominative=(5, False))
    await answers(intake, "cleo", accusative=(5, False), dative=(5, False))
    await answers(intake, "outside", dative=(5, False))
    await upsert_group(gateway, Group("g", "G", ["anna", "ben", "cleo"], []), NOW)

    group = (await ask(GROUP, min=5))["group"]

    counts = [
        (each["conceptId"], each["students"], each["studentsBlocked"], each["studentsWeak"])
        for each in group["rootCauses"]["causes"]
    ]
    assert counts == [("nominative", 2, 1, 2), ("accusative", 1, 1, 2)]
    assert group["rootCauses"]["causes"][0]["blocks"] == [{"id": "accusative"}]  # weak for anna, whom it holds back
    assert group["rootCauses"]["causes"][1]["blocks"] == [{"id": "dative"}]
    assert group["weakClusters"]["clusters"] == [
        {"concepts": [{"id": "accusative"}, {"id": "dative"}, {"id": "nominative"}]}
    ]
    everyone = await ask("{ rootCauses { students causes { conceptId } } weakClusters { clusters { size } } }")
    assert everyone["rootCauses"]["students"] == 4
    assert {each["conceptId"] for each in everyone["rootCauses"]["causes"]} == {"nominative", "accusative", "dative"}


async def test_a_changed_course_is_seen_at_once(ask: Ask, gateway: Gateway, intake: AnswerIntake) -> None:
    await answers(intake, "anna", nominative=(5, False), other=(5, False))
    await upsert_concepts(gateway, [Concept("other", "Other", [], [])], NOW)
    await answers(intake, "anna", other=(5, False))
    assert len((await student(ask))["rootCauses"]["causes"]) == 2

    await link_prerequisite(gateway, "nominative", "other")

    assert [each["conceptId"] for each in (await student(ask))["rootCauses"]["causes"]] == ["nominative"]


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("rootCauses(threshold: 2) { rule }", "threshold: must be > 0 and <= 1, got '2.0'"),
        ("rootCauses(minAttempts: 0) { rule }", "minAttempts: must be >= 1, got '0'"),
        ("rootCauses(first: 0) { rule }", "first: must be from 1 to 500, got '0'"),
        ("weakClusters(minShare: 0) { rule }", "minShare: must be > 0 and <= 1, got '0.0'"),
    ],
)
async def test_questions_that_mean_nothing_are_refused(client: httpx.AsyncClient, field: str, message: str) -> None:
    reply = (await client.post("/graphql", json={"query": f"{{ {field} }}"})).json()

    assert reply["errors"][0]["message"] == message


async def test_clusters_that_a_minimum_share_hides_are_reported(
    ask: Ask, gateway: Gateway, intake: AnswerIntake
) -> None:
    """An empty list is not taken for a class without weak concepts."""
    names = ["anna", "ben", "cleo", "dora"]
    await answers(intake, "anna", nominative=(8, False))
    for name in names[1:]:
        await answers(intake, name, nominative=(8, True))
    await upsert_group(gateway, Group("shares", "Shares", names, []), NOW)
    clusters = "weakClusters(minShare: %s) { excludedCount largestShare clusters { size } }"

    async def clusters_of(share: float) -> Any:
        return (await ask(f'{{ group(id: "shares") {{ {clusters % share} }} }}'))["group"]["weakClusters"]

    assert await clusters_of(0.5) == {"excludedCount": 1, "largestShare": 0.25, "clusters": []}
    assert await clusters_of(0.25) == {"excludedCount": 0, "largestShare": 0.25, "clusters": [{"size": 1}]}
    own = "weakClusters { excludedCount largestShare clusters { size } }"
    of_one = (await ask(f'{{ student(id: "ben") {{ {own} }} }}'))["student"]["weakClusters"]
    assert of_one == {"excludedCount": None, "largestShare": None, "clusters": []}
