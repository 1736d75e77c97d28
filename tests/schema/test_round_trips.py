"""A list of any length costs the same number of statements, with the documents that front ends send."""

import random

import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners.people import Group
from graph_api.store import pace
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.learners.edit_people import upsert_group
from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course")

CLASS = """query Class { group(id: "g") { name members(first: 100) { nodes { name groups { name }
  masteries(orderBy: LEVEL_ASC) { nodes { level status skill { name } concept { name skills { name }
    prerequisites { name } unlocks { name } } parameters { id } student { name } } }
  weakSkills(minAttempts: 1) { level skill { code } }
  never: mastery(skillCode: "talk") { status parameters { prior } }
  levelAt(conceptId: "nominative", at: "2026-01-01T00:00:00Z")
  answers(first: 5) { nodes { id changes { concept levelAfter } student { id } } } } } } }"""
COURSE = "{ skills { nodes { name source { code } concepts { nodes { name source { framework uri } skills { code } prerequisites { id } unlocks { id } } } } } }"
STUDENT = """{ student(id: "s0") { name lastPracticedAt attempts meanLevel groups { id name size }
  masteries(kind: CONCEPT, orderBy: LEVEL_ASC) { nodes { level target { name } } } rootCauses { causes { conceptId } } } }"""
STUDENTS = "{ students(first: 100) { nodes { name masteries(kind: SKILL) { nodes { skill { name } level } } } } }"


@pytest.mark.parametrize(
    ("document", "expected"),
    [(CLASS, 13), (COURSE, 1), (STUDENT, 1), (STUDENTS, 4), (STUDENTS.replace("{ nodes", "{ totalCount nodes", 1), 5)],
    ids=["class", "course", "student", "students", "students counted"],
)
async def test_the_number_of_statements(
    ask: Ask, gateway: Gateway, intake: AnswerIntake, statements_seen: list[str], document: str, expected: int
) -> None:
    spent = []
    await ask("{ skills(first: 1) { nodes { code } } }")  # the course is read once, and then again only if it changes
    for size in (2, 30):
        students = [f"s{n}" for n in range(size)]
        await intake.submit(
            [
                AnswerInput(student, correct=True, concept_ids=[concept], at=NOW)
                for student in students
                for concept in ("nominative", "accusative", "dative")
            ]
        )
        await upsert_group(gateway, Group("g", "G", students), NOW)
        statements_seen.clear()
        await ask(document)
        spent.append(len(statements_seen))
    # Loads of one loader that fall into one turn of the event loop are one statement, so it may be fewer.
    assert max(spent) <= expected, statements_seen


@pytest.mark.parametrize("seed", range(20))
async def test_the_number_of_statements_when_any_part_may_have_to_wait(
    ask: Ask,
    gateway: Gateway,
    intake: AnswerIntake,
    statements_seen: list[str],
    monkeypatch: pytest.MonkeyPatch,
    seed: int,
) -> None:
    chance = random.Random(seed)
    is_spent = pace.Pace.is_spent

    def is_sometimes_spent(self: pace.Pace) -> bool:
        is_spent(self)  # which expects the next round
        return chance.random() < 0.04 * (1 + seed)

    monkeypatch.setattr(pace.Pace, "is_spent", is_sometimes_spent)
    await test_the_number_of_statements(ask, gateway, intake, statements_seen, CLASS, 14)
