"""The learning speed of a student over GraphQL (Q15)."""

from datetime import timedelta
from typing import Any

import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners.learning_speed import LearningHistory, learning_speed
from graph_api.domain.learners.people import Student
from graph_api.domain.parameters.parameter_sets import DEFAULTS
from graph_api.domain.targets import TargetKind
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.learners.edit_people import upsert_students
from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course")

SPEED = """query($kind: TargetKind! = SKILL) { student(id: "anna") {
  learningSpeed(kind: $kind) { value low high answers confidence message
  german: message(locale: DE) } } }"""


async def of_anna(ask: Ask, **variables: Any) -> Any:
    return (await ask(SPEED, **variables))["student"]["learningSpeed"]


async def practise(intake: AnswerIntake, correct: str, concept: str) -> None:
    """Answers a minute apart, 1 right and 0 wrong."""
    sent = [
        AnswerInput("anna", correct=each == "1", concept_ids=[concept], at=NOW - timedelta(minutes=90 - place))
        for place, each in enumerate(correct)
    ]
    await intake.submit(sent)


async def test_a_speed_is_that_of_the_answers_to_one_kind_of_target(ask: Ask, intake: AnswerIntake) -> None:
    await practise(intake, "01111111", "nominative")
    await practise(intake, "00111111", "dative")

    concepts, skills = await of_anna(ask, kind="CONCEPT"), await of_anna(ask)

    used = DEFAULTS[TargetKind.CONCEPT].parameters
    expected = learning_speed(
        [LearningHistory(used, tuple(each == "1" for each in given_)) for given_ in ("01111111", "00111111")]
    )
    assert concepts["value"] == round(expected.value, 4) > 1
    assert (concepts["low"], concepts["high"]) == tuple(round(end, 4) for end in expected.interval)
    assert (concepts["answers"], skills["answers"]) == (16, 16)
    assert concepts["confidence"] == expected.confidence.value
    shown = f"{concepts['value']:.1f} times as fast as the population ({concepts['low']:.1f} to {concepts['high']:.1f}"
    assert concepts["message"] == f"learns about {shown} times, from 16 answers)"
    assert concepts["german"].endswith("-mal, aus 16 Antworten)")
    assert skills["value"] != concepts["value"]


async def test_a_judgement_starts_the_history_anew(ask: Ask, intake: AnswerIntake) -> None:
    await practise(intake, "01111111", "nominative")
    judged = """mutation { recordJudgements(input: [{ studentId: "anna", conceptId: "nominative", level: 0.2,
      kind: OVERRIDE, note: "an exam" }]) { __typename } }"""
    assert (await of_anna(ask, kind="CONCEPT"))["answers"] == 8

    await ask(judged)

    after = await of_anna(ask, kind="CONCEPT")
    assert (after["answers"], after["value"]) == (0, 1.0)


async def test_without_answers_it_is_the_populations(ask: Ask, gateway: Gateway) -> None:
    await upsert_students(gateway, [Student("anna")], NOW)

    speed = await of_anna(ask)

    assert (speed["value"], speed["answers"], speed["confidence"]) == (1.0, 0, "LOW")
    assert speed["low"] < 0.4
    assert speed["high"] > 2.5
    assert speed["message"] == "no answers yet: the speed of the population is assumed (0.3 to 3.2 times)"
