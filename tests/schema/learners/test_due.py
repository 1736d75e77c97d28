"""What is due for review: recall below a bound (Q9)."""

from datetime import timedelta
from typing import Any

import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.usecases.answers.answer_intake import AnswerIntake
from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course")


DUE = """query($below: Float, $level: Float, $kind: TargetKind) { student(id: "anna") {
  due(below: $below, minLevel: $level, kind: $kind, asOf: "2027-03-01T12:00:00Z") { retrievability halfLifeDays lastPracticedAt
    probableLoss interval { low high } confidence confidenceReasons { kind answers pauseDays longestPauseDays message(locale: DE) }
    reason german: reason(locale: DE)
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
    assert due["retrievability"] == pytest.approx(0.45, abs=0.02)  # of fsrs-v0, a year after four answers of one day
    assert due["halfLifeDays"] == pytest.approx(208.4, abs=0.1)
    assert due["lastPracticedAt"] == NOW.isoformat()
    assert due["probableLoss"] == pytest.approx(due["mastery"]["level"] * (1 - due["retrievability"]))
    assert due["interval"]["low"] < due["retrievability"] < due["interval"]["high"]
    assert [each["mastery"]["skill"]["code"] for each in await of_anna(ask, DUE, kind="SKILL")] == ["grammar"]
    low = await of_anna(ask, DUE, level=0, below=1)
    losses = [each["probableLoss"] for each in low]
    assert len(low) == 2
    assert losses == sorted(losses, reverse=True)
    assert await of_anna(ask, DUE, below=0) == []


async def test_an_entry_names_its_target_and_why_its_confidence_is_low(ask: Ask, intake: AnswerIntake) -> None:
    await practise(intake, "1" * 4)

    (due,) = await of_anna(ask, DUE)

    assert due["reason"] == "Nominative was known and not practised for 365 days: recall is down to 46%"
    assert due["german"].startswith("Nominative war bekannt und wurde 365 Tage nicht geübt")
    assert due["confidence"] == "LOW"
    few, untested = due["confidenceReasons"]
    assert few == {
        "kind": "FEW_ANSWERS", "answers": 4, "pauseDays": 365, "longestPauseDays": pytest.approx(1 / 24),
        "message": "nur 4 Antworten",
    }  # fmt: skip
    assert untested["kind"] == "NO_ANSWER_AFTER_PAUSE"
