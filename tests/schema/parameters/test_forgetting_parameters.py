"""Fits of forgetting over the API: from answers with known half-lives to a version in effect, and back (Q9)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners.forgetting import Learner, estimate_recall
from graph_api.domain.parameters.forgetting_parameters import DEFAULT_SET, Formula
from graph_api.domain.parameters.parameter_sets import DEFAULTS
from graph_api.domain.targets import TargetKind, concept
from graph_api.store.answers import read_evidence
from graph_api.store.forgetting import put_in_effect, read_id_in_effect
from graph_api.store.gateway import Gateway
from graph_api.store.policy_sets import forgetting_sets
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.parameters.fit_forgetting import (
    ForgettingFitRequest,
    activate_forgetting,
    fit_stored_forgetting,
)
from tests.conftest import NOW, Ask
from tests.domain.learners.memory_simulation import simulate

pytestmark = pytest.mark.usefixtures("course", "setting_in_effect")

STUDENTS = 64
TRUTH = (1.5, 0.5, 1.3, 2.0)
"""Far shorter half-lives than the defaults."""
DATIVE = concept("dative")
FIT = """mutation($input: FitForgettingInput) { fitForgetting(input: $input) { ... on Failure { message }
  ... on FitForgettingPayload { activated run { algorithm status output } parameterSet { id formula inEffect values { name value }
    fit { runId result } } fit { result comparedWith students answersAfterPause heldOutAnswers author
      before { logLoss calibrationError } after { logLoss calibrationError }
      targets { conceptId skillCode reason answersAfterPause target { id } values { name value } } } } } }"""
ACTIVATE = """mutation($id: ID!, $override: Boolean) { activateForgetting(id: $id, override: $override) {
  ... on InvalidInput { message } ... on ParameterSetNotFound { field value }
  ... on ActivateForgettingPayload { parameterSet { id inEffect } } } }"""
SETS = "{ forgettingParameterSets { id version inEffect fit { result } } }"
RECALL = """query($asOf: DateTime) { student(id: "s1") {
  mastery(conceptId: "dative") { retrievability(asOf: $asOf) } } }"""


@pytest.fixture
async def setting_in_effect(gateway: Gateway, raw: Any) -> AsyncIterator[None]:
    """The forgetting parameters of the setting are in effect, before and after; fitted versions are gone."""
    yield
    await gateway.write(lambda tx: put_in_effect(tx, None))
    await raw("MATCH (n:PolicySet) WHERE n.kind = 'forgetting' AND n.version > 0 DELETE n")


def forgetful(students: int) -> list[AnswerInput]:
    """Answers of students whose half-lives are known."""
    gaps = simulate(np.random.default_rng(11), students, Formula.HALF_LIFE, {DATIVE.key: TRUTH})
    return [
        AnswerInput(
            f"s{student}", correct=bool(correct), concept_ids=[DATIVE.key], at=NOW - timedelta(days=400 - float(days))
        )
        for student, pauses, row in zip(gaps.student, gaps.practice.pauses, gaps.practice.correct, strict=True)
        for days, correct in zip(np.cumsum(pauses), row, strict=True)
    ]


async def fit(ask: Ask, **given: Any) -> Any:
    return (await ask(FIT, input={"formula": "HALF_LIFE"} | given))["fitForgetting"]


async def recall(ask: Ask) -> float:
    student = (await ask(RECALL, asOf=NOW.isoformat()))["student"]
    return float(student["mastery"]["retrievability"])


async def test_a_fit_that_predicts_better_is_stored_and_changes_recall(
    ask: Ask, gateway: Gateway, intake: AnswerIntake
) -> None:
    sent = forgetful(STUDENTS)
    await intake.submit(sent)
    before = await recall(ask)

    trial = await fit(ask, activate=False)
    assert (trial["activated"], trial["parameterSet"]["id"]) == (False, "half-life-v1")
    assert trial["fit"]["result"] == "BETTER"
    assert trial["parameterSet"]["inEffect"] is False
    assert await recall(ask) == before

    done = await fit(ask)
    assert (done["activated"], done["parameterSet"]["id"], done["parameterSet"]["inEffect"]) == (
        True,
        "half-life-v2",
        True,
    )
    figures, output = done["fit"], done["run"]["output"]
    assert figures["after"]["logLoss"] < figures["before"]["logLoss"]
    assert (figures["comparedWith"], figures["students"]) == ("fsrs-v0", STUDENTS)
    assert figures["answersAfterPause"] == 5 * STUDENTS * 2  # of a concept and its skill
    assert (done["run"]["algorithm"], done["run"]["status"]) == ("FIT_FORGETTING", "SUCCESS")
    assert output["parameterSet"] == "half-life-v2"
    assert output["after"] == figures["after"]
    assert [(each["conceptId"], each["skillCode"]) for each in figures["targets"]] == [
        ("dative", None),
        (None, "cases"),
    ]
    assert figures["targets"][0]["target"] == {"id": "dative"}
    fitted = sum(each["answersAfterPause"] for each in figures["targets"])
    assert fitted == figures["answersAfterPause"] - figures["heldOutAnswers"]
    assert {each["reason"] for each in figures["targets"]} <= {"FITTED", "NOT_BETTER"}
    values = {each["name"]: each["value"] for each in done["parameterSet"]["values"]}
    assert values["startCorrect"] < 5  # of 1.5 in truth, and 15.2 by default

    stored = (await gateway.read(lambda tx: forgetting_sets.read_by_ids(tx, ["half-life-v2"])))["half-life-v2"]
    evidence = (await gateway.read(lambda tx: read_evidence(tx, [("s1", DATIVE)])))["s1", DATIVE]
    learner = Learner(DATIVE, evidence, DEFAULTS[TargetKind.CONCEPT].parameters)
    (expected,) = estimate_recall([learner], [NOW], stored.parameters)
    assert expected is not None
    assert await recall(ask) == pytest.approx(expected.retrievability, rel=1e-9)
    assert await recall(ask) < before

    again = await fit(ask)  # the same answers give the same values, which predict no better than themselves
    assert (again["fit"]["result"], again["activated"]) == ("NOT_BETTER", False)
    assert {each["id"]: each["inEffect"] for each in (await ask(SETS))["forgettingParameterSets"]} == {
        "fsrs-v0": False,
        "half-life-v3": False,
        "half-life-v2": True,
        "half-life-v1": False,
        "half-life-v0": False,
    }
    assert (await ask(ACTIVATE, id="fsrs-v0"))["activateForgetting"] == {
        "parameterSet": {"id": "fsrs-v0", "inEffect": True}
    }
    assert await recall(ask) == before
    refused = (await ask(ACTIVATE, id="half-life-v3"))["activateForgetting"]
    assert refused == {
        "message": "id: must name a version whose fit was BETTER on held-out students; `override` puts any into "
        "effect, got 'half-life-v3: NOT_BETTER'"
    }
    assert await recall(ask) == before
    assert (await ask(ACTIVATE, id="half-life-v3", override=True))["activateForgetting"] == {
        "parameterSet": {"id": "half-life-v3", "inEffect": True}
    }
    assert (await ask(ACTIVATE, id="bkt-v9"))["activateForgetting"] == {"field": "id", "value": "bkt-v9"}


async def test_few_answers_after_a_pause_keep_what_is_in_effect(ask: Ask, intake: AnswerIntake) -> None:
    nothing = await fit(ask)
    assert (nothing["fit"]["result"], nothing["fit"]["students"]) == ("FEW_PAUSES", 0)
    await intake.submit(forgetful(8))
    before = await recall(ask)

    done = await fit(ask)

    assert (done["parameterSet"], done["activated"]) == (None, False)
    assert (done["fit"]["result"], done["fit"]["answersAfterPause"]) == ("FEW_PAUSES", 80)
    assert (done["fit"]["before"], done["fit"]["targets"]) == (None, [])
    assert (done["run"]["status"], done["run"]["output"]["activated"]) == ("SUCCESS", False)
    assert await recall(ask) == before
    sets = (await ask(SETS))["forgettingParameterSets"]
    assert [(each["id"], each["inEffect"]) for each in sets] == [("fsrs-v0", True), ("half-life-v0", False)]


async def test_an_activation_during_a_fit_is_not_overwritten(gateway: Gateway, intake: AnswerIntake) -> None:
    await intake.submit(forgetful(STUDENTS))
    request = ForgettingFitRequest(Formula.HALF_LIFE)
    steps, activations = [], []

    def watch(step: str, done: int, total: int) -> None:
        steps.append((step, done, total))
        if steps[-1] == ("fitting", 0, 1):
            activations.append(asyncio.ensure_future(activate_forgetting(gateway, "half-life-v0")))

    run = request.run("meanwhile", "test", NOW)
    report = await fit_stored_forgetting(gateway, request, DEFAULT_SET, run, lambda: NOW, watch)
    await asyncio.gather(*activations)

    assert (report.record.result, report.record.compared_with, report.activated) == ("BETTER", "fsrs-v0", False)
    assert await gateway.read(read_id_in_effect) == "half-life-v0"
    assert steps[-2:] == [("fitting", 0, 1), ("fitting", 1, 1)]
    assert ("reading answers", STUDENTS, STUDENTS) in steps
