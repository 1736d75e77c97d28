"""Evidence parameters over the API: hints, attempts and partial scores, from recording to `explain` and `replayEvidence`."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.parameters.knowledge_tracing import Parameters, trace
from graph_api.store.gateway import Gateway
from graph_api.store.policy_sets import EvidenceInEffect, put_evidence_in_effect
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.operations.check_consistency import find_inconsistencies
from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course", "default_rule")

CONCEPT = Parameters(0.1, 0.2, 0.25, 0.1)
FACTS = "id correct countsAs weight evidence evidenceReasons hints attempt partialScore"
RECORD = f"""mutation($answers: [AnswerInput!]!, $evidence: ID) {{
  recordAnswers(input: {{answers: $answers, evidence: $evidence}}) {{ ... on RecordAnswersPayload {{ outcomes {{
    ... on RecordAnswerPayload {{ answer {{ {FACTS} }} changes {{ concept levelBefore levelAfter opportunity }} }}
    ... on InvalidInput {{ field rule value }} }} }} ... on InvalidInput {{ field rule value }} }} }}"""
EXPLAIN = """{ student(id: "anna") { explain(conceptId: "dative") { level attempts
  steps { correct countsAs weight evidenceReasons before after answerId } } } }"""
PUT = """mutation($input: EvidenceParametersInput!) { putEvidenceParameters(input: $input) {
  ... on EvidenceParametersPayload { parameterSet { id version hintedAnswers inEffect } } ... on InvalidInput { field message } } }"""
ACTIVATE = """mutation($input: ActivateEvidenceInput!) { activateEvidence(input: $input) {
  ... on ActivateEvidencePayload { weighedAnswers changedAnswers replayedLevels parameterSet { id inEffect }
    run { algorithm status output } } ... on ParameterSetNotFound { field value } } }"""
REPLAY = """mutation($input: ReplayEvidenceInput!) { replayEvidence(input: $input) { ... on ReplayEvidencePayload {
  evidence { id } answers changedAnswers masteries changed differences { level change status mastery { target { id } } } }
  ... on Failure { field } } }"""


@pytest.fixture
async def default_rule(gateway: Gateway) -> AsyncIterator[None]:
    """The default evidence parameters are in effect, before and after."""
    await gateway.write(lambda tx: put_evidence_in_effect(tx, EvidenceInEffect()))
    yield
    await gateway.write(lambda tx: put_evidence_in_effect(tx, EvidenceInEffect()))


def sent(answer_id: str, minutes: int, **facts: Any) -> dict[str, Any]:
    at = (NOW - timedelta(hours=1) + timedelta(minutes=minutes)).isoformat()
    return {"id": answer_id, "studentId": "anna", "conceptIds": ["dative"], "at": at, "questionId": "q1"} | facts


TUTOR = [
    sent("plain", 0, correct=True, attempt=1),
    sent("hinted", 1, correct=True, attempt=1, hints=2),
    sent("again", 2, correct=True, attempt=2, hints=2),
    sent("partial", 3, partialScore=0.75, attempt=1),
]


async def test_hints_and_attempts_from_recording_to_every_reply(ask: Ask, gateway: Gateway) -> None:
    reply = (await ask(RECORD, answers=TUTOR))["recordAnswers"]["outcomes"]
    assert [each["answer"] for each in reply] == [
        {
            "id": each["id"],
            "correct": each.get("correct", False),
            "countsAs": each.get("correct", False),
            "weight": 1,
            "evidence": "evidence-v1",
            "evidenceReasons": [],
            **{name: each.get(name) for name in ("hints", "attempt", "partialScore")},
        }
        for each in TUTOR
    ]
    own = {"name": "own-evidence", "hintedAnswers": "INCORRECT", "laterAttemptWeight": 0, "partialScores": "SHARE"}
    stored = (await ask(PUT, input=own))["putEvidenceParameters"]["parameterSet"]
    assert stored == {"id": stored["id"], "version": stored["version"], "hintedAnswers": "INCORRECT", "inEffect": False}

    before = (await ask(EXPLAIN))["student"]["explain"]
    assert (before["attempts"], [step["weight"] for step in before["steps"]]) == (4, [1, 1, 1, 1])
    tried = (await ask(REPLAY, input={"evidence": stored["id"], "studentId": "anna"}))["replayEvidence"]
    activated = (await ask(ACTIVATE, input={"id": stored["id"]}))["activateEvidence"]
    assert (activated["weighedAnswers"], activated["changedAnswers"], activated["replayedLevels"]) == (4, 3, 2)
    assert activated["parameterSet"] == {"id": stored["id"], "inEffect": True}
    assert (activated["run"]["algorithm"], activated["run"]["status"]) == ("ACTIVATE_EVIDENCE", "SUCCESS")

    steps = trace([True, False, True], CONCEPT, weights=[1, 1, 0.5])
    after = (await ask(EXPLAIN))["student"]["explain"]
    assert (after["level"], after["attempts"]) == (steps[-1].after, 3)
    assert [
        (step["correct"], step["countsAs"], step["weight"], step["evidenceReasons"]) for step in after["steps"]
    ] == [
        (True, True, 1, []),
        (True, False, 1, ["HINT_USED"]),
        (True, False, 0, ["HINT_USED", "LATER_ATTEMPT"]),
        (False, True, 0.5, ["PARTIAL_SCORE"]),
    ]
    assert after["steps"][2]["before"] == after["steps"][2]["after"]
    assert (tried["answers"], tried["changedAnswers"], tried["masteries"], tried["changed"]) == (4, 3, 2, 2)
    levels = {each["mastery"]["target"]["id"]: each["level"] for each in tried["differences"]}
    assert levels["dative"] == after["level"]
    assert not await find_inconsistencies(gateway)

    await ask(ACTIVATE, input={"id": "evidence-v1"})
    assert (await ask(EXPLAIN))["student"]["explain"] == before


async def test_a_service_names_the_rule_of_its_answers(ask: Ask, gateway: Gateway) -> None:
    reply = (await ask(RECORD, answers=TUTOR[2:3], evidence="first-attempt-v1"))["recordAnswers"]["outcomes"]
    (change,) = (each for each in reply[0]["changes"] if each["concept"])
    assert (reply[0]["answer"]["weight"], reply[0]["answer"]["evidence"]) == (0, "first-attempt-v1")
    assert (change["levelBefore"], change["levelAfter"], change["opportunity"]) == (0.1, 0.1, 0)
    assert (await ask('{ student(id: "anna") { mastery(conceptId: "dative") { attempts level } } }'))["student"] == {
        "mastery": {"attempts": 0, "level": 0.1}
    }
    assert not await find_inconsistencies(gateway)
    named = (await ask(RECORD, answers=TUTOR[:1], evidence="none-v1"))["recordAnswers"]
    assert named == {"field": "evidence", "rule": "must be a stored version", "value": "none-v1"}
    bad = [sent("a", 0, correct=True, attempt=0), sent("b", 0, correct=True, hints=-1), sent("c", 0, partialScore=1.5)]
    outcomes = (await ask(RECORD, answers=bad))["recordAnswers"]["outcomes"]
    assert [(each["field"], each["value"]) for each in outcomes] == [
        ("attempt", "0"),
        ("hints", "-1"),
        ("partialScore", "1.5"),
    ]
    missing = await ask(ACTIVATE, input={"id": "evidence-v1", "from": "none-v1"})
    assert missing["activateEvidence"] == {"field": "from", "value": "none-v1"}
    wrong = await ask(PUT, input={"name": "own", "passMark": 2})
    assert wrong["putEvidenceParameters"]["message"] == "passMark: passMark must be > 0 and <= 1 (got 2)"


RISK = """query($asOf: DateTime) { group(id: "g") { atRisk(asOf: $asOf) { rapidShare students { studentId
  reasons { message ... on RapidGuessing { answers guesses share seconds } } } } } }"""


async def test_rapid_guessing_is_a_reason(ask: Ask, intake: AnswerIntake) -> None:
    await intake.submit(
        [
            AnswerInput(
                student,
                correct=place % 2 == 0,
                skill_codes=["talk"],
                response_time=seconds,
                at=NOW - timedelta(minutes=20 - place),
            )
            for student, seconds in (("anna", 1.5), ("ben", 9.0))
            for place in range(12)
        ]
    )
    await ask('mutation { upsertGroup(input: {id: "g", name: "G", studentIds: ["anna", "ben"]}) { __typename } }')
    risk = (await ask(RISK, asOf=NOW.isoformat()))["group"]["atRisk"]
    assert risk["rapidShare"] == 0.25
    (anna,) = risk["students"]
    assert anna["studentId"] == "anna"
    assert anna["reasons"] == [
        {
            "message": "6 of 12 answers in the last week were incorrect within 3 seconds",
            "answers": 12,
            "guesses": 6,
            "share": 0.5,
            "seconds": 3,
        }
    ]
