"""Free-text answers over HTTP: topics, sampling, grading in place."""

import math
import random
from typing import Any

import httpx
import pytest

from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course")

FAILURE = "... on Failure { __typename code message field rule value }"
RECORD = f"""mutation($input: AnswerInput!) {{ recordAnswer(input: $input) {{ __typename {FAILURE}
  ... on RecordAnswerPayload {{ duplicate answer {{ id semanticScore keywordScore correct }} changes {{ skill levelAfter }} }} }} }}"""
RECORDS = f"""mutation($input: RecordAnswersInput!) {{ recordAnswers(input: $input) {{ ... on RecordAnswersPayload {{
  outcomes {{ __typename {FAILURE} ... on RecordAnswerPayload {{ answer {{ keywordScore }} }} }} }} }} }}"""
RECORD_FIELDS = "conceptId attempts timesMentioned timesMissed stagnationCount samplingMastery isWeak isStrong"
TOPIC = f"""query($skill: ID!) {{ student(id: "anna") {{ topic(skillCode: $skill) {{ topic skillCode skill {{ code }} masteryLevel
  stage questionsAttempted correctCount currentDifficulty learningVelocity lastMastery semanticAvg keywordAvg
  avgResponseTime consecutiveGood consecutivePoor conceptCount parameterSetId weakConcepts {{ {RECORD_FIELDS} concept {{ name }} }}
  strongConcepts {{ {RECORD_FIELDS} }} stagnantConcepts {{ conceptId stagnationCount lastSeen }} }} }} }}"""
SAMPLE = """query($count: Int, $seed: Int, $asOf: DateTime, $skill: ID!) { student(id: "anna") {
  sampleConcepts(skillCode: $skill, count: $count, seed: $seed, asOf: $asOf) { priority uncappedPriority
    concept { id } record { timesMissed } } } }"""
GRADE = f"""mutation($input: [GradeAnswerInput!]!) {{ gradeAnswer(input: $input) {{ __typename {FAILURE}
  ... on GradeAnswerPayload {{ grades {{ keywordScore semanticScore combinedScore present missing }} }} }} }}"""


def sent(**given: Any) -> dict[str, Any]:
    return {"studentId": "anna", "conceptIds": ["accusative"], "at": NOW.isoformat(), **given}


async def record(ask: Ask, **given: Any) -> Any:
    return (await ask(RECORD, input=sent(**given)))["recordAnswer"]


async def topic(ask: Ask, skill: str = "cases") -> Any:
    return (await ask(TOPIC, skill=skill))["student"]["topic"]


async def test_the_first_scored_answer(ask: Ask) -> None:
    done = await record(ask, semanticScore=0.82, keywordScore=0.75, responseTime=38.5)

    assert done["answer"]["correct"] is True  # 0.75 is above 0.6
    summary = await topic(ask)
    assert summary == {
        "topic": "Cases", "skillCode": "cases", "skill": {"code": "cases"}, "masteryLevel": 0.24, "stage": "BEGINNER",
        "questionsAttempted": 1, "correctCount": 1, "currentDifficulty": "MEDIUM", "learningVelocity": 0.24, "lastMastery": 0,
        "semanticAvg": pytest.approx(0.246), "keywordAvg": pytest.approx(0.225), "avgResponseTime": pytest.approx(11.55),
        "consecutiveGood": 1, "consecutivePoor": 0, "conceptCount": 2, "parameterSetId": "topic-v1",
        "weakConcepts": [], "strongConcepts": [], "stagnantConcepts": [],
    }  # fmt: skip


PERFECT = {"semantic": {"semanticScore": 1, "correct": True}, "keyword": {"keywordScore": 1}}


@pytest.mark.parametrize("alone", PERFECT)
async def test_a_perfect_answer_is_no_falling_topic(ask: Ask, alone: str) -> None:
    """Eight answers with one score only, then one with both: a score that first appears takes nothing away."""
    for _ in range(8):
        await record(ask, **PERFECT[alone])
    before = await topic(ask)
    assert (before["masteryLevel"], before["semanticAvg"]) == (0.942, before["keywordAvg"])

    await record(ask, semanticScore=1, keywordScore=1)

    summary = await topic(ask)
    assert (summary["masteryLevel"], summary["learningVelocity"]) == (0.96, 0.017)
    await ask('mutation { upsertGroup(input: {id: "g", name: "G", studentIds: ["anna"]}) { __typename } }')
    reasons = await ask('{ group(id: "g") { atRisk { students { reasons { __typename message } } } } }')
    kinds = [each["__typename"] for one in reasons["group"]["atRisk"]["students"] for each in one["reasons"]]
    assert "FallingTopic" not in kinds


@pytest.mark.parametrize("seed", range(3))
async def test_what_a_topic_shows_agrees_with_itself_and_its_explanation(ask: Ask, seed: int) -> None:
    explained = """{ student(id: "anna") { explain(skillCode: "cases") { topic { semantic keyword mastery } } } }"""
    rng = random.Random(seed)
    for n in range(6):
        scores = [{"semanticScore": rng.random(), "correct": True}, {"keywordScore": rng.random()}]
        await record(ask, **rng.choice([scores[0], scores[1], {**scores[0], **scores[1]}]), id=f"agree-{seed}-{n}")

        summary, parts = await topic(ask), (await ask(explained))["student"]["explain"]["topic"]

        assert parts["mastery"] == summary["masteryLevel"]
        assert parts["semantic"] + parts["keyword"] == pytest.approx(parts["mastery"], abs=1e-9)
        mastery = 0.7 * summary["semanticAvg"] + 0.3 * summary["keywordAvg"]
        assert summary["masteryLevel"] == pytest.approx(mastery, abs=0.00051)
        assert parts["semantic"] == pytest.approx(0.7 * summary["semanticAvg"], abs=0.00051)


async def test_three_good_answers_make_the_next_question_hard(ask: Ask) -> None:
    for _ in range(3):
        await record(ask, semanticScore=0.9, keywordScore=0.9)

    assert (await topic(ask))["currentDifficulty"] == "HARD"


async def test_concepts_become_weak_strong_and_stagnant(ask: Ask) -> None:
    for n in range(8):
        sampled = [{"conceptId": "dative", "mentioned": True}]
        sampled += [{"conceptId": "accusative", "mentioned": False}] if n < 3 else []
        await record(ask, semanticScore=0.5, keywordScore=0.5, sampled=sampled)

    summary = await topic(ask)

    (strong,), (weak,), (stagnant,) = summary["strongConcepts"], summary["weakConcepts"], summary["stagnantConcepts"]
    assert (strong["conceptId"], strong["timesMentioned"], strong["samplingMastery"]) == ("dative", 8, 0.8)
    assert (weak["conceptId"], weak["attempts"], weak["concept"]) == ("accusative", 3, {"name": "Accusative"})
    assert (stagnant["conceptId"], stagnant["stagnationCount"]) == ("accusative", 3)
    assert stagnant["lastSeen"] == NOW.isoformat()


async def test_before_the_first_scored_answer_a_topic_is_empty_and_unknown_skills_have_none(ask: Ask) -> None:
    await record(ask, correct=True)

    assert (await topic(ask))["questionsAttempted"] == 0
    assert await topic(ask, "nobody") is None


async def test_sampling_is_reproducible_as_of_a_moment_and_prefers_what_was_missed(ask: Ask) -> None:
    missed = [{"conceptId": "accusative", "mentioned": False}]
    for _ in range(3):
        await record(ask, semanticScore=0.5, keywordScore=0.5, sampled=missed)
    given = {"skill": "cases", "count": 2, "asOf": NOW.isoformat()}

    drawn, again = [(await ask(SAMPLE, **given, seed=4))["student"]["sampleConcepts"] for _ in range(2)]

    assert drawn == again
    urgent = {each["concept"]["id"]: (each["priority"], each["uncappedPriority"]) for each in drawn}
    assert urgent == {"accusative": (1.0, 1.35), "dative": (1.0, 1.1)}
    later = (await ask(SAMPLE, **given | {"asOf": "2026-03-02T12:00:00Z"}, seed=4))["student"]["sampleConcepts"]
    assert {each["uncappedPriority"] for each in later} == {1.45, 1.1}
    assert (await ask(SAMPLE, skill="talk", count=2))["student"]["sampleConcepts"] == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"count": 0}, "count: must be from 1 to 100, got '0'"),
        ({"count": 101}, "count: must be from 1 to 100, got '101'"),
        ({"seed": -1}, "seed: must be >= 0, got '-1'"),
    ],
)
async def test_a_draw_that_cannot_be_made(ask: Ask, client: httpx.AsyncClient, given: Any, message: str) -> None:
    await record(ask, correct=True)

    reply = await client.post("/graphql", json={"query": SAMPLE, "variables": {"skill": "cases", **given}})

    assert reply.json()["errors"][0]["message"] == message


async def test_a_text_is_graded_in_place_and_not_kept(ask: Ask, raw: Ask) -> None:
    text = "The accusative marks the direct object."
    expected = {"keywords": ["direct object", "accusative", "article"]}

    done = await record(ask, id="graded", answerText=text, expected=expected)
    again = await record(ask, id="graded", answerText=text, expected=expected)

    assert done["answer"] == {"id": "graded", "semanticScore": None, "keywordScore": 2 / 3, "correct": True}
    assert again["duplicate"] is True
    assert (await topic(ask))["keywordAvg"] == pytest.approx(0.2)
    (stored,) = await raw("MATCH ()-[a:ANSWERED {position: 0}]->() RETURN properties(a) AS a")
    assert text not in str(stored)


async def test_a_batch_of_texts_each_with_its_own_outcome(ask: Ask) -> None:
    good = sent(answerText="direct object", expected={"keywords": ["direct object"]})
    bad = sent(answerText="x" * 20_001, expected={"keywords": ["a"]})

    outcomes = (await ask(RECORDS, input={"answers": [good, bad, sent(correct=True)]}))["recordAnswers"]["outcomes"]

    assert [each["__typename"] for each in outcomes] == ["RecordAnswerPayload", "InvalidInput", "RecordAnswerPayload"]
    assert outcomes[0]["answer"] == {"keywordScore": 1.0}


@pytest.mark.parametrize(
    ("given", "kind", "message"),
    [
        ({"semanticScore": 1.1, "keywordScore": 0.5}, "InvalidInput", "semanticScore: must be a number from 0 to 1, got '1.1'"),
        ({"semanticScore": 0.5, "keywordScore": -0.1}, "InvalidInput", "keywordScore: must be a number from 0 to 1, got '-0.1'"),
        ({"correct": True, "responseTime": -1}, "InvalidInput", "responseTime: must be a number from 0 to 86400, got '-1.0'"),
        ({"correct": True, "sampled": [{"conceptId": "nobody", "mentioned": True}]}, "ConceptNotFound", "sampled: must name concepts that exist, got 'nobody'"),
        ({"correct": True, "sampled": [{"conceptId": "dative", "mentioned": True}, {"conceptId": "dative", "mentioned": False}]}, "InvalidInput", "sampled: must not name a concept as both mentioned and missed, got 'dative'"),
        ({"answerText": "a"}, "InvalidInput", "answerText, expected: give both or none"),
        ({"expected": {"keywords": ["a"]}}, "InvalidInput", "answerText, expected: give both or none"),
        ({"answerText": "a", "expected": {"keywords": ["a"]}, "keywordScore": 1}, "InvalidInput", "answerText: give either a text to grade, or scores"),
        ({"answerText": "x" * 20_001, "expected": {"keywords": ["a"]}}, "InvalidInput", "answerText: must be at most 20000 characters, has 20001"),
        ({"answerText": "a", "expected": {}}, "InvalidInput", "expected: must hold keywords or answers"),
        ({"semanticScore": 0.9}, "InvalidInput", "correct: is required unless keywordScore or partialScore is given"),
    ],
)  # fmt: skip
async def test_bad_input_is_named_and_nothing_is_written(
    ask: Ask, counts: Ask, given: Any, kind: str, message: str
) -> None:
    before = await counts()

    outcome = await record(ask, **given)

    assert (outcome["__typename"], outcome["message"]) == (kind, message)
    assert await counts() == before


async def test_a_score_that_is_no_number_is_refused_by_the_transport(client: httpx.AsyncClient, counts: Ask) -> None:
    before = await counts()
    query = 'mutation { recordAnswer(input: {studentId: "anna", conceptIds: ["dative"], semanticScore: 1e999}) { __typename } }'

    reply = (await client.post("/graphql", json={"query": query})).json()

    assert math.isinf(float("1e999"))
    assert reply.get("errors") or reply["data"]["recordAnswer"]["__typename"] == "InvalidInput"
    assert await counts() == before


async def test_grading_by_keywords(ask: Ask) -> None:
    expected = {"keywords": ["table", "row"], "synonyms": [{"keyword": "row", "words": ["tuple"]}]}

    graded = (await ask(GRADE, input=[{"answerText": "A TUPLE of a relation.", "expected": expected}]))["gradeAnswer"]

    assert graded["grades"] == [
        {"keywordScore": 0.5, "semanticScore": None, "combinedScore": 0.5, "present": ["row"], "missing": ["table"]}
    ]
    for given, message in (
        ([], "input: must hold 1 to 500 texts, holds 0"),
        ([{"answerText": "a", "expected": {"keywords": ["?"]}}], "expected.keywords: must hold a word, got '?'"),
    ):
        assert (await ask(GRADE, input=given))["gradeAnswer"]["message"] == message


async def test_parameters_are_versions(ask: Ask) -> None:
    put = f"""mutation($p: JSON!) {{ putTopicParameters(name: "own-topic", parameters: $p) {{ __typename {FAILURE}
      ... on TopicParametersPayload {{ parameterSet {{ id version parameters inEffect }} }} }} }}"""

    made = (await ask(put, p={"policy": "GRADUAL", "alpha": 0.5}))["putTopicParameters"]["parameterSet"]

    assert (made["parameters"]["policy"], made["parameters"]["alpha"], made["inEffect"]) == ("GRADUAL", 0.5, False)
    listed = await ask(
        '{ mine: topicParameterSets(name: "own-topic", first: 1) { id } all: topicParameterSets { id inEffect } }'
    )
    assert listed["mine"] == [{"id": made["id"]}]
    assert {"id": "topic-v1", "inEffect": True} in listed["all"]
    for given, message in (
        ({"alpha": 2}, "alpha: alpha must be > 0 and <= 1"),
        (
            {"beta": 1, "jumpGood": 1.5, "policy": "x"},
            "parameters: beta is unknown; jumpGood must be a whole number; policy must be one of JUMP, GRADUAL",
        ),
        ([], "parameters: must be an object of constants by name"),
    ):
        assert (await ask(put, p=given))["putTopicParameters"]["message"] == message
