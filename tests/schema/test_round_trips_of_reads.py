"""Each question of `benchmarks/reads.py` costs a few statements, however many students a class has."""

from datetime import timedelta

import pytest

from benchmarks.reading.questions import QUESTIONS
from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.course.course import Concept, Skill
from graph_api.domain.learners.people import Group
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.course.edit_course import upsert_concepts, upsert_skills
from graph_api.usecases.learners.edit_people import upsert_group
from tests.conftest import NOW, Ask

MOST = {
    "a": 0, "b": 5, "c": 5, "d": 2, "d10k": 2, "e": 4, "e2": 4, "f": 6, "g": 2, "h": 8, "skill": 7, "trend": 11, "student": 10,
}  # fmt: skip
"""The most statements of each question. These numbers only ever fall."""
STUDENTS = ["demo-16", "demo-27", "history-1000", "history-10000", *(f"demo-{n:02}" for n in range(1, 9))]
"""Enough that a statement for each of them would exceed every number above."""


@pytest.mark.usefixtures("clean")
async def test_the_statements_of_each_question(
    ask: Ask, gateway: Gateway, intake: AnswerIntake, statements_seen: list[str]
) -> None:
    await upsert_skills(gateway, [Skill("grammar_cases", "Cases", "grammar")], NOW)
    keys = ["gr_articles", *(f"gr_{n}" for n in range(7))]
    await upsert_concepts(
        gateway, [Concept(key, key, ["grammar_cases"], keys[: n % 2]) for n, key in enumerate(keys)], NOW
    )
    sent = [(student, key, n) for student in STUDENTS for n, key in enumerate(keys)]
    await intake.submit(
        [
            AnswerInput(student, correct=n % 3 > 0, concept_ids=[key], at=NOW - timedelta(hours=n))
            for student, key, n in sent
        ]
    )
    for group in ("demo", "big", "other"):
        await upsert_group(gateway, Group(group, group, STUDENTS, teacher_ids=STUDENTS), NOW)
    await ask(QUESTIONS[1].document)  # reads the course, which is kept between requests
    spent = {}
    for question in QUESTIONS:
        statements_seen.clear()
        reply = await ask(question.document)
        spent[question.name] = len(statements_seen)
        assert all(reply.values()), question.name
    # Loads of one loader that fall into one turn of the event loop are one statement, so it may be fewer.
    assert {name: count for name, count in spent.items() if count > MOST[name]} == {}
