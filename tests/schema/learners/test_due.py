"""What is due for review: recall below a bound (Q9)."""

from datetime import timedelta
from typing import Any

import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.usecases.answers.answer_intake import AnswerIntake
from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course")


DUE = """query($below: Float, $level: Float, $kind: TargetKind) { student(id: "anna") {
  due(below: $below, minLevel: $level, kind: $kind, asOf: "2026-03-11T12:00:00Z") { retrievability halfLifeDays lastPracticedAt
    mastery { level concept { id } skill { code } } } } }"""


async def practise(intake: AnswerIntake, correct: str, student: str = "anna", concept: str = "nominative") -> None:
    """Answers an hour apart, 1 right and 0 wrong, the last of them now."""
    sent = [
        AnswerInput(
            student, correct=each == "1", concept_ids=[concept], at=NOW - timedelta(hours=len(correct) - 1 - place)
        )
        for place, each in enumerate(correct)
    ]
    await intake.submit(sent)


async def of_anna(ask: Ask, document: str, **variables: Any) -> Any:
    return next(iter((await ask(document, **variables))["student"].values()))


async def test_targets_below_the_bound_are_due(ask: Ask, intake: AnswerIntake) -> None:
    await practise(intake, "1" * 4)
    await practise(intake, "0" * 4, concept="dative")  # never known, so not forgotten

    (due,) = await of_anna(ask, DUE)

    assert due["mastery"]["concept"] == {"id": "nominative"}
    assert due["retrievability"] < 0.01
    assert due["halfLifeDays"] == pytest.approx(1.2, abs=0.2)
    assert due["lastPracticedAt"] == NOW.isoformat()
    assert [each["mastery"]["skill"]["code"] for each in await of_anna(ask, DUE, kind="SKILL")] == ["grammar"]
    assert len(await of_anna(ask, DUE, level=0)) == 2
    assert await of_anna(ask, DUE, below=0) == []
