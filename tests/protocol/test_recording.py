"""Requests that record answers get the same reply, byte by byte, from compiled documents and on the usual path."""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import orjson
import pytest
from graphql import coerce_input_value
from graphql.type import GraphQLNonNull
from hypothesis import example, given, settings
from hypothesis import strategies as st
from strawberry.types.arguments import convert_argument

from graph_api.execution.query_limits import DEFAULT_LIMITS, QueryLimits
from graph_api.schema.answers.compiled_recording import Compiled, compile_recording
from graph_api.schema.answers.record_answer import AnswerInput
from graph_api.schema.answers.recording_inputs import AnswerReader, NotPlain
from graph_api.schema.api import build_schema
from tests.application import Client
from tests.conftest import NOW, Ask
from tests.sizes import size

SCHEMA = build_schema()
CORE = SCHEMA._schema
ONE = """mutation Record($input: AnswerInput!) { recordAnswer(input: $input) { __typename failure { code message }
  ... on RecordAnswerPayload { duplicate answer { id at correct conceptIds skillCodes weight countsAs difficulty }
    changes { concept skill levelBefore levelAfter statusBefore status opportunity parameterSet } } } }"""
MANY = """mutation Record($input: RecordAnswersInput!) { r: recordAnswers(input: $input) { ...All ... on Failure { field } } }
  fragment All on RecordAnswersResult { __typename failure { code rule value }
    ... on RecordAnswersPayload { outcomes { ...Outcome __typename ... on NotFound { x: missing } ... on ConceptNotFound { missing } } } }
  fragment Outcome on RecordAnswerResult { failure { __typename code } ... on Failure { message code field rule value }
    ... on RecordAnswerPayload { a: answer { ...Answer } answer { nodeId sampled { conceptId mentioned } } duplicate changes { s: status } }
    ... on SessionClosed { status } ... on StudentErased { erased } ... on TargetArchived { archived } }
  fragment Answer on Answer { id studentId at recordedAt correct countsAs weight evidence conceptIds skillCodes sessionId
    questionId difficulty responseTime semanticScore keywordScore hints attempt partialScore }""".replace(
    "... on NotFound { x: missing } ", ""
)


def compiled(text: str, name: str | None = None, limits: QueryLimits = DEFAULT_LIMITS) -> Compiled:
    return compile_recording(text, name, CORE, limits)


# What is read from the variables.

TEXT = st.sampled_from(["anna", "nominative", "talk", "", " a", "x" * 300, "ä\u200d", "1"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**54), 2**54) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
LIKELY: dict[str, st.SearchStrategy[Any]] = {
    "studentId": TEXT,
    "id": TEXT | st.none(),
    "conceptIds": st.lists(TEXT, max_size=3) | st.none(),
    "skillCodes": st.lists(TEXT, max_size=2),
    "correct": st.booleans() | st.none(),
    "at": st.sampled_from(
        ["2026-01-31T09:30:00Z", "2026-01-31", "2026-01-31T09:30:00.5+02:00", "20260131T0930", "soon", "", 7]
    ),
    "sessionId": TEXT,
    "questionId": TEXT | st.none(),
    "difficulty": st.sampled_from(["EASY", "HARD", "easy", "", None, 1]),
    "responseTime": st.floats(-1, 9, allow_nan=False) | st.integers(-1, 2**60),
    "semanticScore": st.floats(0, 1) | st.booleans(),
    "keywordScore": st.floats(0, 2),
    "hints": st.integers(-(2**32), 2**32) | st.floats(0, 3),
    "attempt": st.integers(0, 3),
    "partialScore": st.sampled_from([0, 1, 0.5, "1"]),
    "sampled": st.sampled_from([None, []]),
    "answerText": st.sampled_from([None, "text"]),
    "expected": st.none(),
}
ANSWER = st.fixed_dictionaries(
    {"studentId": TEXT},
    optional={name: st.one_of(kind, kind, kind, JSON) for name, kind in LIKELY.items() if name != "studentId"},
) | st.fixed_dictionaries({}, optional={**LIKELY, "unknown": JSON})


@settings(max_examples=size(100, 1_000))
@given(ANSWER | JSON)
@example({"studentId": "anna", "at": "2026-01-31T09:30:00Z", "hints": 2, "responseTime": 5, "difficulty": "EASY"})
def test_a_plain_answer_is_read_as_graphql_coerces_it(value: object) -> None:
    sent = orjson.loads(orjson.dumps(value))
    try:
        read = AnswerReader(CORE).read(sent)
    except NotPlain:
        return
    coerced = coerce_input_value(sent, GraphQLNonNull(CORE.type_map["AnswerInput"]))  # type: ignore[arg-type]
    expected = convert_argument(coerced, AnswerInput, SCHEMA.schema_converter.scalar_registry, SCHEMA.config)
    assert read == expected
    assert str(read) == str(expected)  # 1 and 1.0, True and 1


def test_most_answers_are_plain() -> None:
    full = {
        "studentId": "anna", "id": "e", "conceptIds": ["a"], "skillCodes": [], "correct": None, "difficulty": "EASY",
        "at": "2026-01-31T09:30:00Z", "responseTime": 5, "hints": 0, "attempt": 1, "partialScore": 0.5, "sampled": None,
    }  # fmt: skip
    assert AnswerReader(CORE).read(full).hints == 0


# Which documents are compiled.

BODY = "recordAnswer(input: $input) { ... on RecordAnswerPayload { duplicate } }"
HEAD = "mutation($input: AnswerInput!)"


@pytest.mark.parametrize(
    "text",
    [
        ONE, MANY, f"{HEAD} {{ {BODY} }}", f"mutation A($x: AnswerInput!) {{ b: {BODY.replace('$input', '$x')} }}",
    ],
)  # fmt: skip
def test_usual_documents_are_compiled(text: str) -> None:
    assert compiled(text).cost[0] > 0


@pytest.mark.parametrize(
    "text",
    [
        "{", f"{HEAD} {{ {BODY} x: {BODY} }}", f"{HEAD} @skip(if: true) {{ {BODY} }}", f"query($input: AnswerInput!) {{ {BODY} }}",
        f"{HEAD} {{ {BODY} }} query B {{ __typename }}", f"mutation($input: AnswerInput) {{ {BODY} }}",
        f"mutation($input: AnswerInput!, $x: Int) {{ {BODY} }}", f'mutation($input: AnswerInput! = {{studentId: "a"}}) {{ {BODY} }}',
        f"{HEAD} {{ {BODY.replace('duplicate', 'duplicate @include(if: true)')} }}", f"{HEAD} {{ {BODY.replace('duplicate', 'nope')} }}",
        f"{HEAD} {{ {BODY.replace('duplicate', 'masteries { level }')} }}", f"{HEAD} {{ {BODY.replace('duplicate', 'answer { student { id } }')} }}",
        f"{HEAD} {{ {BODY.replace('duplicate', 'changes { opportunity } x: changes { status }')} }}",
        f"{HEAD} {{ {BODY.replace('duplicate', 'changes { thresholds { mastered } }')} }}",
        f"{HEAD} {{ {BODY.replace('duplicate', 'answer { ...F }')} }} fragment F on Answer {{ ...F }}",
        f"{HEAD} {{ ...F }} fragment F on Mutation {{ {BODY} }}",
        'mutation { recordAnswer(input: {studentId: "a", correct: true, conceptIds: ["a"]}) { __typename } }',
        MANY.replace("duplicate changes", "duplicate topics { skill { code } } changes"),
    ],
)  # fmt: skip
def test_other_documents_take_the_usual_path(text: str) -> None:
    with pytest.raises(NotPlain):
        compiled(text)


def test_documents_above_a_limit_take_the_usual_path() -> None:
    for limits in (QueryLimits(depth=2), QueryLimits(tokens=10), QueryLimits(characters=20), QueryLimits(fields=3)):
        with pytest.raises(NotPlain):
            compiled(ONE, None, limits)
    with pytest.raises(NotPlain):
        compiled(ONE, "Other")
    assert compiled(MANY).costs(7) == 7 * compiled(MANY).cost[1] + compiled(MANY).cost[0] - compiled(MANY).cost[1]


# Replies.


class Both:
    """Sends requests on both paths: the usual one is taken by a body without a length."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def compiled(self, text: str, value: object, **envelope: object) -> httpx.Response:
        return await self._post(orjson.dumps({"query": text, "variables": {"input": value}, **envelope}))

    async def usual(self, text: str, value: object, **envelope: object) -> httpx.Response:
        body = orjson.dumps({"query": text, "variables": {"input": value}, **envelope})

        async def pieces() -> AsyncIterator[bytes]:
            yield body

        return await self._post(pieces())

    async def _post(self, body: Any) -> httpx.Response:
        sent = {"Content-Type": "application/json", "Accept": "application/graphql-response+json, application/json"}
        return await self.client.post("/graphql", content=body, headers=sent)

    async def count_fallbacks(self) -> float:
        text = (await self.client.get("/metrics")).text
        sample = re.search(r'graph_api_compiled_fallbacks_total\{reason="recording"\} (\S+)', text)
        return float(sample[1]) if sample else 0.0


@pytest.fixture
def both(course: None, client: Client) -> Both:
    return Both(client)


def answers(chance: random.Random, size: int) -> Iterator[dict[str, Any]]:
    """Answers of which some are known duplicates, and some are refused by each rule."""
    for n in range(size):
        yield {
            "id": f"e{n % 7}",
            "studentId": chance.choice(["anna", "anna", "ben", "", " x"]),
            "conceptIds": chance.choice([["nominative"], ["dative", "accusative"], ["nope"], [], None]),
            "skillCodes": chance.choice([["talk"], []]),
            "correct": chance.choice([True, False, None]),
            "at": chance.choice([None, NOW.isoformat(), "2031-01-01T00:00:00Z"]),
            "sessionId": chance.choice([None, None, "nope"]),
            "hints": chance.choice([None, 0, 2, -1]),
            "difficulty": chance.choice([None, "EASY"]),
            "keywordScore": chance.choice([None, 1, 0.25]),
            "responseTime": chance.choice([None, 1, 2.5, 1e9]),
        }


async def test_replies_are_equal_byte_by_byte(both: Both) -> None:
    chance = random.Random(7)
    recorded = [
        {"id": f"e{n}", "studentId": "anna", "conceptIds": ["nominative"], "correct": True, "at": NOW.isoformat()}
        for n in range(3)
    ]
    before = await both.count_fallbacks()
    first = (await both.compiled(MANY, {"answers": recorded})).json()
    assert [each["duplicate"] for each in first["data"]["r"]["outcomes"]] == [False] * 3
    for n in range(5):
        sent = list(answers(chance, chance.randint(1, 9)))
        value = {"answers": [*recorded, *sent]} | ({"atomic": True} if n == 3 else {})
        await both.compiled(MANY, value)  # whatever is new is a duplicate from here on
        fast, usual = await both.compiled(MANY, value, operationName="Record"), await both.usual(MANY, value)
        assert timeless(fast) == timeless(usual)
        assert kept_headers(fast) == kept_headers(usual)
        one = chance.choice([*recorded, *sent])
        await both.compiled(ONE, one)
        fast, usual = await both.compiled(ONE, one), await both.usual(ONE, one)
        assert timeless(fast) == timeless(usual)
    assert await both.count_fallbacks() == before


def timeless(reply: httpx.Response) -> bytes:
    """The body; the rule about times in the future names the server's time."""
    return re.sub(rb"5 minutes after [^\" ]+", b"5 minutes after now", reply.content)


def kept_headers(reply: httpx.Response) -> dict[str, str]:
    return {
        name: value
        for name, value in reply.headers.items()
        if name not in {"x-request-id", "graph-api-bookmarks", "content-length"}
    }


ODD: list[tuple[object, dict[str, object]]] = [
    ({"studentId": 7, "conceptIds": ["nominative"], "correct": True, "id": "odd"}, {}),
    ({"studentId": "anna", "conceptIds": "nominative", "correct": True, "id": "odd"}, {}),
    ({"studentId": "anna", "conceptIds": ["nominative"], "correct": "yes"}, {}),
    ({"studentId": "anna", "conceptIds": ["nominative"], "correct": True, "unknown": 1}, {}),
    ({"studentId": None, "correct": True}, {}),
    ({"conceptIds": ["nominative"]}, {}),
    (None, {}),
    ([], {}),
    ({"studentId": "anna", "conceptIds": ["nominative"], "correct": True, "difficulty": "VERY"}, {}),
    ({"studentId": "anna", "at": "soon", "conceptIds": ["nominative"], "correct": True}, {}),
    ({"studentId": "anna", "conceptIds": ["nominative"], "correct": True, "id": "odd"}, {"operationName": "Other"}),
    ({"studentId": "anna", "conceptIds": ["nominative"], "correct": True, "id": "odd"}, {"operationName": 7}),
    ({"studentId": "anna", "conceptIds": ["nominative"], "correct": True, "id": "odd"}, {"extensions": {"cost": True}}),
    ({"studentId": "anna", "answerText": "a", "expected": {"keywords": ["a"]}, "conceptIds": ["nominative"], "id": "odd"}, {}),
]  # fmt: skip


async def test_what_is_odd_takes_the_usual_path(both: Both) -> None:
    await both.compiled(
        ONE, {"studentId": "ben", "skillCodes": ["talk"], "correct": True, "id": "odd"}
    )  # all others conflict
    before = await both.count_fallbacks()
    for value, envelope in ODD:
        fast, usual = await both.compiled(ONE, value, **envelope), await both.usual(ONE, value, **envelope)
        assert (fast.status_code, fast.content) == (usual.status_code, usual.content)
        assert kept_headers(fast) == kept_headers(usual)
    # Other extensions, and a name that is no text, make no plain request: these are not even looked at.
    assert await both.count_fallbacks() == before + len(ODD) - 2


async def test_a_fault_after_the_submission_is_reported_as_on_the_usual_path(
    both: Both, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setattr(both.client.services.intake, "submit", fail)
    value = {"studentId": "anna", "conceptIds": ["nominative"], "correct": True}
    replies = []
    for reply in (await both.compiled(ONE, value), await both.usual(ONE, value)):
        body = reply.json()
        body["errors"][0]["extensions"].pop("id")
        body["errors"][0]["message"] = body["errors"][0]["message"].partition(" (")[0][:20]
        replies.append((reply.status_code, body))
    assert replies[0] == replies[1]


async def test_callers_at_once_share_batches_and_keep_their_own_outcomes(both: Both, raw: Ask) -> None:
    sent = [
        {"id": f"c{n}", "studentId": f"s{n % 5}", "conceptIds": ["dative"], "correct": n % 2 > 0} for n in range(30)
    ]
    replies = await asyncio.gather(*(both.compiled(ONE, each) for each in sent))
    assert [each.json()["data"]["recordAnswer"]["answer"]["id"] for each in replies] == [f"c{n}" for n in range(30)]
    (row,) = await raw("MATCH (:Student)-[m:HAS_MASTERY]->(:Concept {id: 'dative'}) RETURN sum(m.attempts) AS n")
    assert row["n"] == 30
