"""The predictor of the next answer over the API: fitted, judged, put into effect, and what it predicts and why."""

import math
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.parameters.fitting.guard_rails import Reason
from graph_api.domain.parameters.knowledge_tracing import p_correct
from graph_api.domain.parameters.parameter_sets import DEFAULTS
from graph_api.domain.targets import TargetKind
from graph_api.store.gateway import Gateway
from graph_api.store.policy_sets import predictor_sets
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.parameters.fit_predictor import PredictorFitRequest, fit_stored_predictor
from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course", "knowledge_tracing_in_effect")

AT_RISK = """{ group(id: "7b") { atRisk(stuckAttempts: 4) { students { studentId reasons {
  ... on Stagnation { stuck { conceptId pNextCorrect } } ... on RootCauseReason { conceptId pNextCorrect } } } } } }"""
CONCEPTS = ("nominative", "accusative", "dative")
FIT = """mutation($input: FitPredictorInput!) { fitPredictor(input: $input) { ... on Failure { message }
  ... on FitPredictorPayload { activated run { algorithm status output }
    fit { reason answers students chance calibration before { logLoss auc } after { logLoss auc } author }
    predictorSet { id kind inEffect targets { conceptId model reason answers students logLoss logLossBefore
      target { id } } } } } }"""
DEACTIVATE = "mutation { deactivatePredictor(kind: CONCEPT) { ... on DeactivatePredictorPayload { kind } } }"
ACTIVATE = """mutation($id: ID!, $override: Boolean) { activatePredictor(id: $id, override: $override) {
  ... on InvalidInput { message } ... on ParameterSetNotFound { field value } ... on ActivatePredictorPayload { predictorSet { id inEffect } } } }"""
FORECAST = """query($id: ID!, $concept: ID!, $question: ID) { student(id: $id) {
  forecast(conceptId: $concept, questionId: $question) { level pNextCorrect model interval { low high } }
  explain(conceptId: $concept) { level prediction(questionId: $question) { model pNextCorrect
    pCorrectByKnowledgeTracing intercept predictorSet { id } message german: message(locale: DE)
    parts { term value weight logOdds message } } } }
  concept(id: $concept) { primaryModel { model reason answers students predictorSet { id } } } }"""


def able_and_others(students: int = 40, answers: int = 5) -> list[AnswerInput]:
    """Answers of students who differ in ability, to questions that differ in difficulty: what other answers foretell."""
    rng = np.random.default_rng(5)
    ability = rng.normal(0, 1.8, students)
    easiness = dict(zip(("q0", "q1", "q2"), (-1.0, 0.0, 1.0), strict=True))
    sent = []
    for student in range(students):
        for place in range(answers):
            for concept_id in CONCEPTS:
                question, ease = list(easiness.items())[rng.integers(3)]
                right = rng.random() < 1 / (1 + math.exp(-ability[student] - ease))
                at = NOW - timedelta(days=2, minutes=-3 * place - CONCEPTS.index(concept_id))
                sent.append(
                    AnswerInput(f"s{student}", correct=right, concept_ids=[concept_id], question_id=question, at=at)
                )
    return sent


def as_traced(students: int = 40, answers: int = 8) -> list[AnswerInput]:
    """Answers that follow knowledge tracing with the default parameters: nothing else foretells them."""
    rng, truth = np.random.default_rng(3), DEFAULTS[TargetKind.CONCEPT].parameters
    sent = []
    for student in range(students):
        known = rng.random() < truth.prior
        for place in range(answers):
            right = bool(rng.random() < ((1 - truth.slip) if known else truth.guess))
            at = NOW - timedelta(days=2, minutes=-place)
            sent.append(AnswerInput(f"s{student}", correct=right, concept_ids=["dative"], at=at))
            known |= rng.random() < truth.learn
    return sent


async def fit(ask: Ask, **given: Any) -> Any:
    return (await ask(FIT, input={"kind": "CONCEPT"} | given))["fitPredictor"]


async def forecast(ask: Ask, student: str, concept: str = "dative", question: str | None = None) -> Any:
    return await ask(FORECAST, id=student, concept=concept, question=question)


async def caveats(ask: Ask, model: str = "PREDICTOR") -> list[str]:
    query = "query($model: PredictionModel!) { modelComparison(kind: CONCEPT, models: [$model]) { caveats } }"
    said: list[str] = (await ask(query, model=model))["modelComparison"]["caveats"]
    return said


async def fitted(gateway: Gateway, set_id: str = "predictor-concept-v1") -> Any:
    return (await gateway.read(lambda tx: predictor_sets.read_by_ids(tx, [set_id])))[set_id].parameters


def by_hand(parameters: Any, sent: list[AnswerInput], concept: str, question: str | None, bkt: float) -> float:
    """P(correct) of the next answer, counted anew from the answers of one student."""
    ordered = sorted(sent, key=lambda each: (each.at, each.concept_ids))
    own = [each.correct for each in ordered if concept in each.concept_ids]
    every = [each.correct for each in ordered]

    def share(outcomes: list[bool], decay: float) -> float:
        ages = range(len(outcomes) - 1, -1, -1)
        right = sum(decay**age for age, correct in zip(ages, outcomes, strict=True) if correct)
        total = sum(decay**age for age in range(len(outcomes)))
        start = decay ** len(outcomes)
        return (right + start) / (total + 2 * start)

    def logit(p: float) -> float:
        return math.log(p / (1 - p))

    right, wrong, late = math.log1p(sum(every)), math.log1p(len(every) - sum(every)), logit(share(every, 0.95))
    weights = parameters.weights
    values = [1.0, math.log1p(sum(own)), math.log1p(len(own) - sum(own)), logit(share(own, 0.7)), right, wrong, late]
    total = weights.intercept + sum(np.multiply(values, weights.targets[concept]))
    shared = weights.shared
    total += right * shared["STUDENT_RIGHT"] + wrong * shared["STUDENT_WRONG"] + late * shared["STUDENT_SHARE"]
    total += logit(bkt) * shared["BKT"] + weights.questions.get(question, 0.0)
    return 1 / (1 + math.exp(-total))


async def test_a_better_predictor_is_put_into_effect_and_predicts_as_counted_by_hand(
    ask: Ask, gateway: Gateway, intake: AnswerIntake
) -> None:
    sent = able_and_others()
    await intake.submit(sent)
    before = await forecast(ask, "s0")
    assert before["student"]["forecast"]["model"] == "BKT"
    assert before["concept"]["primaryModel"]["model"] == "BKT"

    trial = await fit(ask, activate=False)
    assert (trial["fit"]["reason"], trial["activated"], trial["predictorSet"]["inEffect"]) == ("IMPROVED", False, False)
    assert await forecast(ask, "s0") == before

    done = await fit(ask)

    assert (done["predictorSet"]["id"], done["activated"]) == ("predictor-concept-v2", True)
    assert (done["run"]["algorithm"], done["run"]["status"]) == ("FIT_PREDICTOR", "SUCCESS")
    assert (done["fit"]["answers"], done["fit"]["students"]) == (len(sent), 40)
    assert done["fit"]["after"]["logLoss"] < done["fit"]["before"]["logLoss"]
    assert done["run"]["output"]["logLoss"] == done["fit"]["after"]["logLoss"]
    targets = done["predictorSet"]["targets"]
    assert {each["conceptId"] for each in targets} == set(CONCEPTS)
    assert all(each["answers"] == 200 and each["students"] == 40 for each in targets)
    parameters = await fitted(gateway, "predictor-concept-v2")
    for student in ("s0", "s7", "s33"):
        for concept, question in (("dative", "q0"), ("accusative", "q2"), ("nominative", None), ("dative", "new")):
            reply = await forecast(ask, student, concept, question)
            said, prediction = reply["student"]["forecast"], reply["student"]["explain"]["prediction"]
            bkt = p_correct(said["level"], DEFAULTS[TargetKind.CONCEPT].parameters)
            own = [each for each in sent if each.student_id == student]
            assert said["model"] == prediction["model"] == reply["concept"]["primaryModel"]["model"] == "PREDICTOR"
            assert said["pNextCorrect"] == prediction["pNextCorrect"]
            assert said["pNextCorrect"] == pytest.approx(by_hand(parameters, own, concept, question, bkt), abs=1e-9)
            assert prediction["pCorrectByKnowledgeTracing"] == pytest.approx(bkt)
            assert said["interval"]["low"] <= said["pNextCorrect"] + 1e-4
            assert said["pNextCorrect"] - 1e-4 <= said["interval"]["high"]
            log_odds = prediction["intercept"] + sum(part["logOdds"] for part in prediction["parts"])
            assert 1 / (1 + math.exp(-log_odds)) == pytest.approx(said["pNextCorrect"])
            assert all(part["logOdds"] == part["value"] * part["weight"] for part in prediction["parts"])
            assert "%" in prediction["message"] != prediction["german"]
    assert before["student"]["forecast"]["level"] == (await forecast(ask, "s0"))["student"]["forecast"]["level"]

    (caveat,) = [each for each in await caveats(ask) if "Forecasts" in each]
    assert caveat == (
        f"Forecasts come from predictor-concept-v2 (log-loss {done['fit']['after']['logLoss']:.4f} when it was fitted). "
        "PREDICTOR in this comparison is a new fit, because the version in effect has seen these students."
    )
    assert not [each for each in await caveats(ask, "BKT_IN_EFFECT") if "Forecasts" in each]
    assert (await ask(ACTIVATE, id="predictor-concept-v1"))["activatePredictor"] == {
        "predictorSet": {"id": "predictor-concept-v1", "inEffect": True}
    }
    wrong = (await ask(ACTIVATE, id="fsrs-v0"))["activatePredictor"]
    assert wrong == {"field": "id", "value": "fsrs-v0"}
    assert (await ask(DEACTIVATE))["deactivatePredictor"] == {"kind": "CONCEPT"}
    assert await forecast(ask, "s0") == before
    assert not [each for each in await caveats(ask) if "Forecasts" in each]

    of_job = PredictorFitRequest(TargetKind.CONCEPT, unless_off=True)
    report = await fit_stored_predictor(gateway, of_job, of_job.run("job", "schedule", NOW), lambda: NOW)
    assert (report.record.figures.reason, report.activated) == (Reason.IMPROVED, False)  # a caller turned it off
    assert await forecast(ask, "s0") == before
    assert (await fit(ask))["activated"]  # and may turn it on again


async def test_a_class_that_follows_knowledge_tracing_keeps_it(ask: Ask, intake: AnswerIntake) -> None:
    await intake.submit(as_traced())
    before = await forecast(ask, "s0")

    done = await fit(ask)

    assert done["fit"]["reason"] in {"WORSE_ON_HELD_OUT", "WITHIN_CHANCE", "WORSE_CALIBRATION"}
    assert (done["activated"], done["predictorSet"]["inEffect"]) == (False, False)
    assert await forecast(ask, "s0") == before
    refused = (await ask(ACTIVATE, id="predictor-concept-v1"))["activatePredictor"]
    assert refused == {
        "message": "id: must name a version whose fit was IMPROVED on held-out students; `override` puts any into "
        f"effect, got 'predictor-concept-v1: {done['fit']['reason']}'"
    }
    assert await forecast(ask, "s0") == before
    overridden = (await ask(ACTIVATE, id="predictor-concept-v1", override=True))["activatePredictor"]
    assert overridden == {"predictorSet": {"id": "predictor-concept-v1", "inEffect": True}}
    assert (await forecast(ask, "s0"))["concept"]["primaryModel"]["predictorSet"] == {"id": "predictor-concept-v1"}
    await ask(DEACTIVATE)
    assert await forecast(ask, "s0") == before


async def test_few_answers_fit_nothing(ask: Ask, intake: AnswerIntake) -> None:
    nothing = await fit(ask)
    assert (nothing["fit"]["reason"], nothing["fit"]["answers"], nothing["predictorSet"]) == (
        "TOO_FEW_ANSWERS",
        0,
        None,
    )
    await intake.submit(as_traced(students=4, answers=20))

    few = await fit(ask)

    assert (few["fit"]["reason"], few["fit"]["students"], few["fit"]["before"]) == ("TOO_FEW_STUDENTS", 4, None)


async def test_a_late_answer_predicts_as_if_it_had_come_in_time_and_an_ignored_one_not_at_all(
    ask: Ask, intake: AnswerIntake
) -> None:
    sent = able_and_others()
    await intake.submit(sent)
    await fit(ask)
    late = [
        AnswerInput("late", correct=n % 3 > 0, concept_ids=[CONCEPTS[n % 2]], at=NOW - timedelta(hours=9 - n))
        for n in range(8)
    ]
    await intake.submit([*late[:3], *late[4:]])
    without = await forecast(ask, "late")

    await intake.submit([late[3]])
    await intake.submit(
        [AnswerInput("timely", each.correct, concept_ids=each.concept_ids, at=each.at) for each in late]
    )

    one, other = (await forecast(ask, "late"))["student"], (await forecast(ask, "timely"))["student"]
    assert one == other
    assert one["forecast"]["pNextCorrect"] != without["student"]["forecast"]["pNextCorrect"]


async def test_a_student_whose_history_pages_are_not_built_yet_has_the_same_prediction(
    ask: Ask, intake: AnswerIntake, raw: Ask
) -> None:
    await intake.submit(able_and_others())
    await fit(ask)
    before = await forecast(ask, "s3")

    await raw("MATCH (:Student {id: 's3'})-[:HAS_HISTORY]->(h)-[:HAS_PAGE]->(p) DETACH DELETE p, h")

    assert before["student"]["forecast"]["model"] == "PREDICTOR"
    assert await forecast(ask, "s3") == before


async def test_a_student_without_answers_has_a_prediction(ask: Ask, intake: AnswerIntake) -> None:
    await intake.submit(able_and_others())
    await fit(ask)
    await intake.submit([AnswerInput("new", correct=True, skill_codes=["talk"], at=NOW)])

    reply = await forecast(ask, "new")

    assert reply["student"]["forecast"]["model"] == "PREDICTOR"
    assert 0 < reply["student"]["forecast"]["pNextCorrect"] < 1
    counted = {part["term"]: part["value"] for part in reply["student"]["explain"]["prediction"]["parts"]}
    assert counted["STUDENT_RIGHT"] == counted["TARGET_RIGHT"] == 0  # an answer to a skill is no practice of concepts


async def test_a_question_must_be_an_identifier(ask: Ask, intake: AnswerIntake) -> None:
    await intake.submit(as_traced(students=1))
    with pytest.raises(AssertionError, match="questionId"):
        await forecast(ask, "s0", question=" ")


async def test_students_at_risk_are_shown_with_what_the_predictor_expects_of_them(
    ask: Ask, intake: AnswerIntake
) -> None:
    sent = able_and_others()
    await intake.submit(sent)
    await ask(
        'mutation($ids: [ID!]) { upsertGroup(input: {id: "7b", name: "7b", studentIds: $ids}) { __typename } }',
        ids=sorted({each.student_id for each in sent}),
    )
    await fit(ask)

    reply = await ask(AT_RISK)

    shown = [
        (student["studentId"], reason["conceptId"], reason["pNextCorrect"])
        for student in reply["group"]["atRisk"]["students"]
        for named in student["reasons"]
        for reason in named.get("stuck", [named] if "conceptId" in named else [])
    ]
    assert len(shown) > 3
    for student, concept, expected in shown[:4]:
        assert expected == (await forecast(ask, student, concept))["student"]["forecast"]["pNextCorrect"]
