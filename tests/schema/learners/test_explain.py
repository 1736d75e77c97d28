"""Explanations, forecasts, simulations, replays, intervals and what is due (Q5, Q7, Q8, Q9)."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.parameters.knowledge_tracing import Parameters, trace
from graph_api.usecases.answers.answer_intake import AnswerIntake
from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course")

CONCEPT, SKILL = Parameters(0.1, 0.2, 0.25, 0.1), Parameters(0.3, 0.09, 0.2, 0.1)
RECENCY = """{ student(id: "anna") { explain(skillCode: "talk") { recency { score status breakdown { buckets { contribution } } }
  recencyWeights { correct weight } } } }"""
EXPLAIN = """query($concept: ID, $skill: ID, $last: Int) { student(id: "anna") {
  explain(conceptId: $concept, skillCode: $skill, last: $last) { level status rule attempts parameters { id prior }
    steps { correct before pCorrect posterior after answerId at }
    recency { score interval { low high } confidence } recencyWeights { at correct weight }
    topic { semantic keyword mastery } } } }"""
FORECAST = """query($concept: ID, $skill: ID) { student(id: "anna") { forecast(conceptId: $concept, skillCode: $skill) {
  level pNextCorrect interval { low high } threshold answersToMastery pMasteredWithin } } }"""
SIMULATE = """query($outcomes: [Boolean!]!) { student(id: "anna") { simulate(conceptId: "nominative", outcomes: $outcomes) {
  correct before pCorrect posterior after answerId } } }"""
SURE = """{ student(id: "anna") { practised: mastery(conceptId: "nominative") { level interval { low high } confidence
  retrievability(asOf: "2026-03-02T12:00:00Z") } never: mastery(conceptId: "dative") { level confidence retrievability
  interval { low high } } } }"""


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


async def test_each_step_of_a_level(ask: Ask, intake: AnswerIntake) -> None:
    await practise(intake, "110")

    explanation = await of_anna(ask, EXPLAIN, concept="nominative")

    steps = trace([True, True, False], CONCEPT)
    assert [
        (step["correct"], step["before"], step["pCorrect"], step["posterior"], step["after"])
        for step in explanation["steps"]
    ] == [(right, *step) for right, step in zip([True, True, False], steps, strict=True)]
    assert explanation["steps"][-1]["at"] == NOW.isoformat()
    assert explanation["level"] == steps[-1].after
    assert (explanation["status"], explanation["attempts"]) == ("LEARNING", 3)
    assert explanation["parameters"] == {"id": "bkt-concept-v1", "prior": 0.1}
    assert explanation["rule"] == "mastered from 0.95, needs focus below 0.4, else learning"
    assert (explanation["recency"], explanation["recencyWeights"], explanation["topic"]) == (None, [], None)


async def test_only_the_last_steps(ask: Ask, intake: AnswerIntake) -> None:
    await practise(intake, "110")

    (step,) = (await of_anna(ask, EXPLAIN, concept="nominative", last=1))["steps"]

    assert step["correct"] is False
    assert step["before"] == trace([True, True], CONCEPT)[-1].after


async def test_nothing_answered_is_the_prior_and_nothing_there_is_null(ask: Ask, intake: AnswerIntake) -> None:
    await practise(intake, "1")

    explanation = await of_anna(ask, EXPLAIN, concept="dative")
    assert (explanation["level"], explanation["status"], explanation["steps"]) == (0.1, "NOT_STARTED", [])
    assert await of_anna(ask, EXPLAIN, concept="nowhere") is None
    assert await of_anna(ask, FORECAST, skill="nowhere") is None


async def test_a_skill_is_explained_with_recency_and_topic(ask: Ask, intake: AnswerIntake) -> None:
    await intake.submit(
        [
            AnswerInput(
                "anna",
                correct=True,
                skill_codes=["talk"],
                semantic_score=0.9,
                keyword_score=0.8,
                at=NOW - timedelta(days=days),
            )
            for days in (1, 2, 20, 60, 61)
        ]
    )
    await ask(
        'mutation($at: DateTime) { recomputeRecency(input: {studentId: "anna", asOf: $at}) { __typename } }',
        at=NOW.isoformat(),
    )

    explanation = await of_anna(ask, EXPLAIN, skill="talk")

    assert explanation["recency"]["score"] == 1
    assert sum(each["weight"] for each in explanation["recencyWeights"] if each["correct"]) == pytest.approx(1)
    assert [each["at"] for each in explanation["recencyWeights"]] == [
        (NOW - timedelta(days=days)).isoformat() for days in (1, 2, 20, 60, 61)
    ]
    assert explanation["recencyWeights"][0]["weight"] > explanation["recencyWeights"][-1]["weight"]
    assert 0.5 < explanation["recency"]["interval"]["low"] < explanation["recency"]["interval"]["high"] == 1
    topic = explanation["topic"]
    assert topic["semantic"] + topic["keyword"] == pytest.approx(topic["mastery"], abs=0.0011)
    assert topic["mastery"] == pytest.approx((1 - 0.7**5) * (0.7 * 0.9 + 0.3 * 0.8), abs=0.0006)


async def recency_of(ask: Ask, correct: str, intake: AnswerIntake, recompute: bool) -> Any:
    """The score of some answers a day apart, and the weights that explain it."""
    start = NOW - timedelta(days=60)
    times = [start + timedelta(days=n + 1) for n in range(len(correct))]
    sent = [
        AnswerInput("anna", correct=each == "1", skill_codes=["talk"], at=at)
        for each, at in zip(correct, times, strict=True)
    ]
    await intake.submit(sent)
    if recompute:
        await ask(
            'mutation($at: DateTime) { recomputeRecency(input: {studentId: "anna", asOf: $at}) { __typename } }',
            at=NOW.isoformat(),
        )
    return (await ask(RECENCY))["student"]


async def test_recency_weights_sum_to_the_score_or_are_not_shown(ask: Ask, intake: AnswerIntake) -> None:
    """Weights are computed from the answers, the score by an earlier run: shown together, they agree."""
    few = await recency_of(ask, "1100", intake, recompute=True)
    assert few["explain"]["recency"]["status"] == "INSUFFICIENT_DATA"
    assert few["explain"]["recencyWeights"] == []
    assert {each["contribution"] for each in few["explain"]["recency"]["breakdown"]["buckets"]} == {0}

    enough = await recency_of(ask, "101", intake, recompute=True)
    score, weights = enough["explain"]["recency"]["score"], enough["explain"]["recencyWeights"]
    assert sum(each["weight"] for each in weights if each["correct"]) == pytest.approx(score, abs=0.00005)
    assert sum(each["contribution"] for each in enough["explain"]["recency"]["breakdown"]["buckets"]) == pytest.approx(
        score, abs=0.00015
    )

    late = await recency_of(ask, "1", intake, recompute=False)
    assert late["explain"]["recency"] == enough["explain"]["recency"]
    assert late["explain"]["recencyWeights"] == []


async def test_a_forecast_from_the_prior(ask: Ask, intake: AnswerIntake) -> None:
    await practise(intake, "1")

    skill = await of_anna(ask, FORECAST, skill="talk")
    concept = await of_anna(ask, FORECAST, concept="dative")

    assert (skill["level"], skill["threshold"], skill["pNextCorrect"]) == (0.3, 0.95, pytest.approx(0.41))
    assert skill["answersToMastery"] == pytest.approx(11.38, abs=0.05)  # all 2^n courses, summed
    assert concept["answersToMastery"] == pytest.approx(7.70, abs=0.03)
    within = skill["pMasteredWithin"]
    assert len(within) == 100
    assert within == sorted(within)
    assert within[1] == 0  # nobody gets there with two
    assert within[2] == pytest.approx(0.41 * 0.6826 * 0.8419, abs=2e-3)
    assert skill["interval"]["low"] < skill["pNextCorrect"] < skill["interval"]["high"]


async def test_imagined_answers_leave_no_trace(ask: Ask, intake: AnswerIntake, counts: Ask) -> None:
    await practise(intake, "1")
    before = await counts()

    simulated = await of_anna(ask, SIMULATE, outcomes=[True, False])

    steps = trace([True, False], CONCEPT, trace([True], CONCEPT)[-1].after)
    assert [step["after"] for step in simulated] == [step.after for step in steps]
    assert {step["answerId"] for step in simulated} == {None}
    assert await counts() == before


async def test_interval_and_confidence_of_a_levelb(ask: Ask, intake: AnswerIntake) -> None:
    await practise(intake, "1" * 12)

    student = (await ask(SURE))["student"]

    practised, never = student["practised"], student["never"]
    assert practised["confidence"] == "HIGH"
    assert practised["interval"]["low"] <= practised["level"] <= practised["interval"]["high"]
    assert 0.9 < practised["retrievability"] < 1  # a day later
    assert practised["level"] == pytest.approx(0.99)
    assert (never["confidence"], never["retrievability"], never["level"]) == ("LOW", None, 0.1)
    assert never["interval"]["low"] < 0.1 < never["interval"]["high"]


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ('explain(conceptId: "nominative", last: 0) { level }', "last: must be from 1 to 500, got '0'"),
        ('explain(conceptId: "missing", last: 0) { level }', "last: must be from 1 to 500, got '0'"),
        ("explain { level }", "conceptId, skillCode: give exactly one of them"),
        ('forecast(conceptId: "a", skillCode: "b") { level }', "conceptId, skillCode: give exactly one of them"),
        ('simulate(conceptId: "nominative", outcomes: []) { after }', "outcomes: must hold 1 to 500, holds 0"),
        ('simulate(conceptId: "missing", outcomes: []) { after }', "outcomes: must hold 1 to 500, holds 0"),
        ("due(below: 2) { retrievability }", "below: must be from 0 to 1, got '2.0'"),
        ("due(minLevel: -1) { retrievability }", "minLevel: must be from 0 to 1, got '-1.0'"),
        ('due(asOf: "2026-01-01T00:00:00") { retrievability }', "asOf: must have an offset"),
        ("learningCurve(longest: 0) { incorrect }", "longest: must be from 1 to 500, got '0'"),
    ],
)
async def test_questions_that_mean_nothing(
    client: httpx.AsyncClient, intake: AnswerIntake, field: str, message: str
) -> None:
    await practise(intake, "1")

    reply = (await client.post("/graphql", json={"query": f'{{ student(id: "anna") {{ {field} }} }}'})).json()

    assert reply["errors"][0]["message"].startswith(message)
