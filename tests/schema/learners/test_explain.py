"""The explanation of a level, next steps, what-if replays, intervals, and the due list (Q5, Q7, Q8, Q9)."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners.people import Group
from graph_api.domain.parameters.knowledge_tracing import Parameters, trace
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.learners.edit_people import upsert_group
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
DUE = """query($below: Float, $level: Float, $kind: TargetKind) { student(id: "anna") {
  due(below: $below, minLevel: $level, kind: $kind, asOf: "2026-03-11T12:00:00Z") { retrievability halfLifeDays lastPracticedAt
    mastery { level concept { id } skill { code } } } } }"""
FAILURE = "... on Failure { __typename code message field rule value }"
REPLAY = f"""mutation($input: ReplayInput!) {{ replay(input: $input) {{ __typename {FAILURE} ... on ReplayPayload {{
  parameterSet {{ id }} masteries changed statusChanged meanChange differences {{ level change status
    mastery {{ level status student {{ id }} concept {{ id }} skill {{ code }} }} }} }} }} }}"""
PUT = """mutation { putParameterSet(input: {name: "harsh", prior: 0.05, learn: 0.02, guess: 0.4, slip: 0.02}) {
  ... on ParameterSetPayload { parameterSet { id } } } }"""


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

    actual = await of_anna(ask, EXPLAIN, concept="nominative")

    steps = trace([True, True, False], CONCEPT)
    assert [
        (step["correct"], step["before"], step["pCorrect"], step["posterior"], step["after"])
        for step in actual["steps"]
    ] == [(right, *step) for right, step in zip([True, True, False], steps, strict=True)]
    assert actual["steps"][-1]["at"] == NOW.isoformat()
    assert actual["level"] == steps[-1].after
    assert (actual["status"], actual["attempts"]) == ("LEARNING", 3)
    assert actual["parameters"] == {"id": "bkt-concept-v1", "prior": 0.1}
    assert actual["rule"] == "mastered from 0.95, needs focus below 0.4, else learning"
    assert (actual["recency"], actual["recencyWeights"], actual["topic"]) == (None, [], None)


async def test_only_the_last_steps(ask: Ask, intake: AnswerIntake) -> None:
    await practise(intake, "110")

    (step,) = (await of_anna(ask, EXPLAIN, concept="nominative", last=1))["steps"]

    assert step["correct"] is False
    assert step["before"] == trace([True, True], CONCEPT)[-1].after


async def test_nothing_answered_is_the_prior_and_nothing_there_is_null(ask: Ask, intake: AnswerIntake) -> None:
    await practise(intake, "1")

    actual = await of_anna(ask, EXPLAIN, concept="dative")
    assert (actual["level"], actual["status"], actual["steps"]) == (0.1, "NOT_STARTED", [])
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

    actual = await of_anna(ask, EXPLAIN, skill="talk")

    assert actual["recency"]["score"] == 1
    assert sum(each["weight"] for each in actual["recencyWeights"] if each["correct"]) == pytest.approx(1)
    assert [each["at"] for each in actual["recencyWeights"]] == [
        (NOW - timedelta(days=days)).isoformat() for days in (1, 2, 20, 60, 61)
    ]
    assert actual["recencyWeights"][0]["weight"] > actual["recencyWeights"][-1]["weight"]
    assert 0.5 < actual["recency"]["interval"]["low"] < actual["recency"]["interval"]["high"] == 1
    topic = actual["topic"]
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

    actual = await of_anna(ask, SIMULATE, outcomes=[True, False])

    steps = trace([True, False], CONCEPT, trace([True], CONCEPT)[-1].after)
    assert [step["after"] for step in actual] == [step.after for step in steps]
    assert {step["answerId"] for step in actual} == {None}
    assert await counts() == before


async def test_the_interval_of_a_level(ask: Ask, intake: AnswerIntake) -> None:
    await practise(intake, "1" * 12)

    actual = (await ask(SURE))["student"]

    practised, never = actual["practised"], actual["never"]
    assert practised["confidence"] == "HIGH"
    assert practised["interval"]["low"] <= practised["level"] <= practised["interval"]["high"]
    assert 0.4 < practised["retrievability"] < 0.7  # a day later; twelve hours of cramming taught it once
    assert practised["level"] == pytest.approx(0.99)
    assert (never["confidence"], never["retrievability"], never["level"]) == ("LOW", None, 0.1)
    assert never["interval"]["low"] < 0.1 < never["interval"]["high"]


async def test_what_is_due(ask: Ask, intake: AnswerIntake) -> None:
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


async def test_what_if_under_other_parameters(
    ask: Ask, gateway: Gateway, intake: AnswerIntake, counts: Ask, raw: Ask
) -> None:
    await practise(intake, "1" * 5)
    await practise(intake, "10", student="ben")
    await upsert_group(gateway, Group("g", "G", ["anna", "ben"], []), NOW)
    set_id = (await ask(PUT))["putParameterSet"]["parameterSet"]["id"]
    stored = "MATCH ()-[m:HAS_MASTERY]->() RETURN m.key AS key, properties(m) AS kept ORDER BY key"
    before = await counts(), await raw(stored)

    actual = (await ask(REPLAY, input={"groupId": "g", "parameterSetId": set_id}))["replay"]

    assert (actual["parameterSet"]["id"], actual["masteries"], actual["changed"]) == (set_id, 4, 4)
    assert actual["meanChange"] < 0
    harsh = Parameters(0.05, 0.02, 0.4, 0.02)
    of_anna_ = next(
        each
        for each in actual["differences"]
        if each["mastery"]["student"]["id"] == "anna" and each["mastery"]["concept"]
    )
    assert of_anna_["level"] == trace([True] * 5, harsh)[-1].after
    assert of_anna_["change"] == pytest.approx(of_anna_["level"] - of_anna_["mastery"]["level"])
    assert (of_anna_["mastery"]["status"], of_anna_["status"]) == ("MASTERED", "LEARNING")
    sizes = [abs(each["change"]) for each in actual["differences"]]
    assert sizes == sorted(sizes, reverse=True)
    assert (await counts(), await raw(stored)) == before

    only = await ask(REPLAY, input={"studentId": "ben", "parameterSetId": set_id, "conceptIds": ["nominative"]})
    assert only["replay"]["masteries"] == 1
    same = await ask(
        REPLAY, input={"studentId": "ben", "parameterSetId": "bkt-concept-v1", "conceptIds": ["nominative"]}
    )
    assert (same["replay"]["changed"], same["replay"]["differences"]) == (0, [])


@pytest.mark.parametrize(
    ("given", "failure", "message"),
    [
        ({}, "InvalidInput", "studentId, groupId: give exactly one of them"),
        ({"studentId": "anna", "groupId": "g"}, "InvalidInput", "studentId, groupId: give exactly one of them"),
        ({"studentId": "nobody"}, "StudentNotFound", "studentId: must exist, got 'nobody'"),
        ({"groupId": "none"}, "GroupNotFound", "groupId: must exist, got 'none'"),
        (
            {"studentId": "anna", "parameterSetId": "x"},
            "ParameterSetNotFound",
            "parameterSetId: must exist, got 'x'",
        ),
        (
            {"studentId": "anna", "conceptIds": ["x"]},
            "ConceptNotFound",
            "conceptIds: must name concepts that exist, got 'x'",
        ),
    ],
)
async def test_what_if_about_nothing_is_named(
    ask: Ask, intake: AnswerIntake, given: dict[str, Any], failure: str, message: str
) -> None:
    await practise(intake, "1")

    actual = (await ask(REPLAY, input={"parameterSetId": "bkt-concept-v1", **given}))["replay"]

    assert (actual["__typename"], actual["message"]) == (failure, message)


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ('explain(conceptId: "nominative", last: 0) { level }', "last: must be from 1 to 500, got '0'"),
        ("explain { level }", "conceptId, skillCode: give exactly one of them"),
        ('forecast(conceptId: "a", skillCode: "b") { level }', "conceptId, skillCode: give exactly one of them"),
        ('simulate(conceptId: "nominative", outcomes: []) { after }', "outcomes: must hold 1 to 500, holds 0"),
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
