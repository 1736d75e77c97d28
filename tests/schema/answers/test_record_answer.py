"""The mutations that record answers, over HTTP: what clients get for good and for bad input (A4)."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.conftest import Ask

pytestmark = pytest.mark.usefixtures("course")

FAILURE = "... on Failure { __typename code message field rule value }"
RECORD = (
    "mutation($input: AnswerInput!) { recordAnswer(input: $input) { __typename ... on RecordAnswerPayload { "
    "answer { id at recordedAt studentId correct conceptIds skillCodes sessionId questionId difficulty responseTime "
    "semanticScore keywordScore student { id name } changes { concept } } duplicate "
    "changes { concept skill levelBefore levelAfter statusBefore status opportunity parameterSet } } "
    "... on ConceptNotFound { missing } ... on SkillNotFound { missing } ... on SessionNotFound { missing } "
    f"{FAILURE} }} }}"
)
RECORD_ALL = (
    "mutation($input: RecordAnswersInput!) { recordAnswers(input: $input) { __typename ... on RecordAnswersPayload { "
    f"outcomes {{ __typename ... on RecordAnswerPayload {{ answer {{ id }} duplicate }} {FAILURE} }} }} {FAILURE} }} }}"
)

Record = Callable[..., Any]


@pytest.fixture
def record(ask: Ask) -> Record:
    async def send(**given: object) -> Any:
        sent = {"studentId": "anna", "conceptIds": ["nominative"], "correct": True, **given}
        sent = {name: value for name, value in sent.items() if value is not ...}
        return (await ask(RECORD, input=sent))["recordAnswer"]

    return send


async def test_a_new_student_masters_a_concept(record: Record) -> None:
    replies = [await record() for _ in range(4)]

    of_concept = [reply["changes"][0] for reply in replies]
    assert [round(change["levelBefore"], 6) for change in of_concept] == [0.1, 0.428571, 0.783784, 0.943060]
    assert [round(change["levelAfter"], 6) for change in of_concept] == [0.428571, 0.783784, 0.943060, 0.986804]
    assert [change["statusBefore"] for change in of_concept] == ["NOT_STARTED", "LEARNING", "LEARNING", "LEARNING"]
    assert [change["status"] for change in of_concept] == ["LEARNING", "LEARNING", "LEARNING", "MASTERED"]
    assert {(c["concept"], c["skill"], c["parameterSet"]) for c in of_concept} == {
        ("nominative", None, "bkt-concept-v1")
    }
    of_skill = [reply["changes"][1] for reply in replies]
    assert {(c["concept"], c["skill"], c["parameterSet"]) for c in of_skill} == {(None, "grammar", "bkt-skill-v1")}
    assert of_skill[0]["levelBefore"] == 0.3
    assert [change["status"] for change in of_skill] == ["LEARNING", "LEARNING", "MASTERED", "MASTERED"]


async def test_everything_sent_is_kept(record: Record, ask: Ask) -> None:
    started = await ask(
        'mutation { startSession(input: {studentId: "anna", id: "p"}) { ... on SessionPayload { session { '
        "id studentId status startedAt endedAt student { id } } } } }"
    )
    assert started["startSession"]["session"]["status"] == "IN_PROGRESS"
    at = datetime(2026, 2, 3, 4, 5, 6, 789_000, UTC)
    reply = await record(
        id="e1", at=at.astimezone().isoformat(), sessionId="p", questionId="q", difficulty="HARD", responseTime=12.5,
        semanticScore=0.25, keywordScore=0.75, skillCodes=["talk"],
    )  # fmt: skip

    answer = reply["answer"]
    assert datetime.fromisoformat(answer.pop("recordedAt")) > at
    assert datetime.fromisoformat(answer.pop("at")) == at
    assert answer == {
        "id": "e1", "studentId": "anna", "correct": True, "conceptIds": ["nominative"],
        "skillCodes": ["talk", "grammar"], "sessionId": "p", "questionId": "q", "difficulty": "HARD",
        "responseTime": 12.5, "semanticScore": 0.25, "keywordScore": 0.75, "student": {"id": "anna", "name": ""},
        "changes": [{"concept": "nominative"}, {"concept": None}, {"concept": None}],
    }  # fmt: skip


async def test_an_event_id_again(record: Record, counts: Ask) -> None:
    first = await record(id="e1")
    before = await counts()

    assert await record(id="e1") == {**first, "duplicate": True}
    other = await record(id="e1", correct=False)
    assert (other["__typename"], other["code"], other["field"], other["value"]) == (
        "AnswerIdConflict", "ANSWER_ID_CONFLICT", "id", "e1",
    )  # fmt: skip
    assert (await record(id="e1", studentId="ben"))["code"] == "ANSWER_ID_CONFLICT"
    assert await counts() == before


async def test_a_scored_answer_needs_no_correct(record: Record) -> None:
    assert (await record(correct=..., keywordScore=0.61))["answer"]["correct"] is True
    assert (await record(correct=..., keywordScore=0.6))["answer"]["correct"] is False


LATER = datetime(2999, 1, 1, tzinfo=UTC)
"""Still to come when the test runs, however long after it was collected."""


@pytest.mark.parametrize(
    ("given", "kind", "field", "rule"),
    [
        ({"conceptIds": ["nope"]}, "ConceptNotFound", "conceptIds", "must name concepts that exist"),
        ({"skillCodes": ["nope"]}, "SkillNotFound", "skillCodes", "must name skills that exist"),
        ({"sessionId": "nope"}, "SessionNotFound", "sessionId", "must name a session of this student"),
        ({"studentId": ""}, "InvalidInput", "studentId", "must not be empty"),
        ({"id": ""}, "InvalidInput", "id", "must not be empty"),
        ({"conceptIds": []}, "InvalidInput", "conceptIds", "name at least one concept or skill"),
        ({"conceptIds": [""]}, "InvalidInput", "conceptIds", "must not be empty"),
        ({"conceptIds": ["nominative"] * 51}, "InvalidInput", "conceptIds", "must name at most 50, names 51"),
        ({"correct": ...}, "InvalidInput", "correct", "is required unless keywordScore or partialScore is given"),
        ({"at": "2026-01-01T00:00:00"}, "InvalidInput", "at", "must have an offset, as in 2026-01-31T09:30:00Z"),
        ({"at": LATER.isoformat()}, "InvalidInput", "at", "must not be more than 5 minutes after "),
        ({"studentId": "nul\0"}, "InvalidInput", "studentId", "must not contain control characters"),
        ({"questionId": "x" * 1_000_000}, "InvalidInput", "questionId", "must be at most 200 characters, has 1000000"),
        ({"responseTime": -1}, "InvalidInput", "responseTime", "must be a number from 0 to 86400"),
        ({"keywordScore": 1.5}, "InvalidInput", "keywordScore", "must be a number from 0 to 1"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_bad_input_is_named_and_nothing_is_written(
    record: Record, counts: Ask, given: dict[str, Any], kind: str, field: str, rule: str
) -> None:
    before = await counts()

    reply = await record(**given)

    assert (reply["__typename"], reply["field"]) == (kind, field)
    assert reply["rule"].startswith(rule)
    assert reply["message"].startswith(f"{field}: {reply['rule']}")
    assert len(reply["message"]) < 500
    assert await counts() == before


@pytest.mark.parametrize("body", ['{"at": "yesterday"}', '{"correct": "yes"}', '{"responseTime": NaN}', '{"nope": 1}'])
async def test_what_the_types_refuse(client: httpx.AsyncClient, counts: Ask, body: str) -> None:
    before = await counts()
    given = '{"studentId": "anna", "conceptIds": ["nominative"], ' + body[1:]
    sent = f'{{"query": "{RECORD}", "variables": {{"input": {given}}}'

    reply = await client.post("/graphql", content=sent + "}", headers={"Content-Type": "application/json"})

    if reply.status_code != 400:  # JSON that is none never reaches GraphQL
        (error,) = reply.json()["errors"]
        assert error["extensions"]["code"] == "BAD_REQUEST"
        assert len(error["message"]) <= 500
    assert await counts() == before


async def test_each_answer_of_a_sequence_has_an_outcome(ask: Ask) -> None:
    good = {"studentId": "anna", "conceptIds": ["nominative"], "correct": True}
    answers = [{**good, "id": "a"}, {**good, "conceptIds": ["nope"]}, {**good, "studentId": ""}, {**good, "id": "a"}]

    outcomes = (await ask(RECORD_ALL, input={"answers": answers}))["recordAnswers"]["outcomes"]

    assert [outcome["__typename"] for outcome in outcomes] == [
        "RecordAnswerPayload", "ConceptNotFound", "InvalidInput", "RecordAnswerPayload",
    ]  # fmt: skip
    assert [outcomes[0]["duplicate"], outcomes[3]["duplicate"]] == [False, True]


@pytest.mark.parametrize("bad", [{"conceptIds": ["nope"]}, {"studentId": ""}], ids=["unknown", "invalid"])
async def test_an_atomic_sequence(ask: Ask, counts: Ask, bad: dict[str, Any]) -> None:
    good = {"studentId": "anna", "conceptIds": ["nominative"], "correct": True}
    before = await counts()

    reply = await ask(RECORD_ALL, input={"answers": [good, {**good, **bad}], "atomic": True})

    outcomes = reply["recordAnswers"]["outcomes"]
    assert outcomes[0]["code"] == "NOT_RECORDED"
    assert outcomes[1]["field"] in ("conceptIds", "studentId")
    assert await counts() == before


async def test_how_many_answers_a_call_may_hold(ask: Ask, counts: Ask) -> None:
    good = {"studentId": "anna", "conceptIds": ["nominative"], "correct": True}
    before = await counts()
    for many in (0, 10_001):
        reply = (await ask(RECORD_ALL, input={"answers": [good] * many}))["recordAnswers"]
        assert (reply["__typename"], reply["field"]) == ("InvalidInput", "answers")
        assert reply["rule"] == f"must hold 1 to 10000 answers, holds {many}"
    assert await counts() == before
    outcomes = (await ask(RECORD_ALL, input={"answers": [good] * 2_000}))["recordAnswers"]["outcomes"]
    assert len({outcome["answer"]["id"] for outcome in outcomes}) == 2_000


async def test_sessions_end_once(ask: Ask) -> None:
    start = 'mutation { startSession(input: {studentId: "anna"}) { ... on SessionPayload { session { id nodeId } } } }'
    session = (await ask(start))["startSession"]["session"]["id"]
    end = (
        "mutation($input: EndSessionInput!) { endSession(input: $input) { __typename "
        "... on SessionPayload { session { status endedAt } } ... on SessionClosed { status } "
        f"... on SessionNotFound {{ missing }} {FAILURE} }} }}"
    )
    ended = (await ask(end, input={"id": session}))["endSession"]["session"]
    assert ended["status"] == "SUBMITTED"
    assert (await ask(end, input={"id": session}))["endSession"]["session"] == ended
    closed = (await ask(end, input={"id": session, "status": "ABANDONED"}))["endSession"]
    assert (closed["__typename"], closed["status"]) == ("SessionClosed", "SUBMITTED")
    assert (await ask(end, input={"id": "nope"}))["endSession"]["missing"] == ["nope"]
    assert (await ask(end, input={"id": session, "status": "IN_PROGRESS"}))["endSession"]["field"] == "status"
    actual = await ask("query($id: ID!) { session(id: $id) { id status student { id } } }", id=session)
    assert actual["session"] == {"id": session, "status": "SUBMITTED", "student": {"id": "anna"}}
