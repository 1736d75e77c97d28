"""Erasure with proof: nothing names an erased student any more, anywhere (G6)."""

from datetime import timedelta
from typing import Any

import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners.people import Group, Student
from graph_api.store import runs as runs_store
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.learners.edit_people import upsert_group, upsert_students
from graph_api.usecases.operations.erase_students import erase_inactive, erasure_run
from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course")

WHO = "zoe-1f9c"
EVERYTHING = """MATCH (n) OPTIONAL MATCH (n)-[r]->() RETURN labels(n) AS labels, properties(n) AS node, collect(properties(r)) AS links"""
ERASE = """mutation($id: ID!) { deleteStudent(id: $id) { ... on DeleteStudentPayload { id answers masteries sessions }
  ... on StudentNotFound { missing } } }"""


async def mentions(raw: Ask, text: str) -> list[Any]:
    """Every node or relationship in which a text is found."""
    return [row for row in await raw(EVERYTHING) if text in str(row)]


async def test_nothing_names_an_erased_student(ask: Ask, raw: Ask, gateway: Gateway, intake: AnswerIntake) -> None:
    sent = [
        AnswerInput(WHO, correct=True, concept_ids=["dative"], skill_codes=["talk"], at=NOW, mentioned=["accusative"],
                    semantic_score=0.5, keyword_score=0.5),
        AnswerInput(WHO, correct=False, concept_ids=["dative"], at=NOW),
        AnswerInput("ben", correct=True, concept_ids=["dative"], at=NOW),
    ]  # fmt: skip
    await intake.submit(sent)
    await ask(f'mutation {{ startSession(input: {{studentId: "{WHO}"}}) {{ __typename }} }}')
    await upsert_group(gateway, Group("g", "G", [WHO, "ben"], []), NOW)
    await ask(f'mutation {{ recomputeRecency(input: {{studentId: "{WHO}"}}) {{ __typename }} }}')
    assert await mentions(raw, WHO)
    others = await mentions(raw, "ben")

    erased = (await ask(ERASE, id=WHO))["deleteStudent"]

    assert erased == {"id": WHO, "answers": 2, "masteries": 3, "sessions": 1}
    assert await mentions(raw, WHO) == []
    assert await mentions(raw, "ben") == others
    assert (await ask(ERASE, id=WHO))["deleteStudent"] == {"missing": [WHO]}
    runs = await raw("MATCH (run:Run) RETURN run.input AS input")
    assert [row["input"].split(",")[0] for row in runs] == ['{"studentId":"(erased)"']


async def test_who_has_not_been_here_for_long_is_erased(gateway: Gateway, intake: AnswerIntake, raw: Ask) -> None:
    long_ago = NOW - timedelta(days=400)
    await upsert_students(gateway, [Student("old"), Student("never")], long_ago)
    await upsert_students(gateway, [Student("back"), Student("new")], long_ago)
    await raw("MATCH (s:Student {id: 'new'}) SET s.created_at = $at", at=NOW)
    await intake.submit(
        [
            AnswerInput("old", correct=True, concept_ids=["dative"], at=long_ago),
            AnswerInput("back", correct=True, concept_ids=["dative"], at=NOW - timedelta(days=1)),
        ]
    )

    output = await erase_inactive(
        gateway, timedelta(days=365), erasure_run("r", timedelta(days=365), "test", NOW), lambda: NOW
    )

    assert output == {"erased": 2}
    assert {row["id"] for row in await raw("MATCH (s:Student) RETURN s.id AS id")} == {"back", "new"}
    (run,) = (await gateway.read(lambda tx: runs_store.read_by_ids(tx, ["r"]))).values()
    assert (run.status.value, run.output) == ("SUCCESS", {"erased": 2})
