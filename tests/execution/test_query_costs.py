"""No accepted operation makes more objects than allowed, or holds the event loop: other clients are served meanwhile."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    parse,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_api.execution.garbage import forget_what_stays
from graph_api.execution.prices import PRICES
from graph_api.execution.query_costs import FROM_INPUT, FROM_LIST, FROM_PARENT, LENGTHS, PAGED, PER_ITEM, Costs
from graph_api.schema.api import build_schema
from graph_api.store.gateway import Gateway
from tests.application import Client, service
from tests.conftest import Ask
from tests.documents import documents
from tests.execution.large_class import LARGE_CLASS, make_large_class
from tests.fuzz_world import SCHEMA
from tests.loop_monitor import HELD, held_by
from tests.schema_values import Known
from tests.security.test_fuzz import LONG
from tests.sizes import size
from tests.websocket import operation, talk

"""Seconds of processor time for which an operation may hold the event loop."""
OBJECTS = 3_000


@pytest.fixture(scope="module")
async def known(ask: Ask, raw: Ask) -> Known:
    """The large class."""
    ids = await LARGE_CLASS.begin(raw, lambda: make_large_class(ask))
    forget_what_stays()  # as a service does when it has started
    return Known(
        {
            "student": ids["students"][:3],
            "concept": ["c0", "c1", "c7"],
            "code": ids["skills"][:2],
            "group": ["large"],
            "node": ["Group:large", "Student:s1", "Concept:c0"],
            "run": ["none"],
            "session": ["none"],
        },
        [{"a": 1}],
    )


@pytest.fixture(scope="module")
async def bounded(database: dict[str, str], gateway: Gateway) -> AsyncIterator[Client]:
    """The service with a low limit of objects."""
    async with service(database, auth="none", query_objects=OBJECTS) as http:
        http.timeout = httpx.Timeout(60)
        yield http


def cost(query: str, schema: GraphQLSchema = SCHEMA, **variables: object) -> int:
    """What a document costs."""
    document = parse(query)
    (operation, *_) = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    return Costs(schema, document, operation).of(variables)


BODY = "{ nodes { masteries(first: 500) { nodes { level } } } } }"


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("query($n: Int! = 500) { students(first: $n) " + BODY, {}),
        ("query($n: Int = 500) { students(first: $n) " + BODY, {}),
        ("query($n: Int!) { students(first: $n) " + BODY, {"n": 500.0}),
        ("query($n: Int! = 1) { students(first: $n) " + BODY, {"n": 500}),
        ("query { ...f } fragment f on Query { students(first: 500) " + BODY, {}),
        ("query { ... on Query { students(first: 500) " + BODY.replace("} } } }", "} } } } }"), {}),
        ("query($n: Int!) { students(first: $n) @include(if: true) " + BODY, {"n": 500}),
    ],
)
def test_a_length_costs_the_same_however_it_is_sent(query: str, variables: dict[str, Any]) -> None:
    assert cost(query, **variables) == cost("{ students(first: 500) " + BODY)


def test_a_default_of_the_schema_is_counted() -> None:
    assert cost("{ students " + BODY) == cost("{ students(first: 50) " + BODY)
    assert cost("query($n: Int) { students(first: $n) " + BODY) == cost("{ students(first: 50) " + BODY)


def test_lists_of_input_are_counted_in_the_payload() -> None:
    query = """mutation($answers: [AnswerInput!]!) { recordAnswers(input: {answers: $answers}) {
      ... on RecordAnswersPayload { outcomes { __typename } } } }"""
    one = {"studentId": "anna", "conceptIds": ["c0"], "correct": True}

    assert cost(query, answers=[one] * 500) - cost(query, answers=[one]) == 499
    assert cost(query, answers=one) == cost(query, answers=[one])


def test_nodes_cost_what_their_ids_name() -> None:
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { nodeId ... on Mastery { level student { name } } } }"

    costs = [cost(query, ids=[f"Mastery:s{n}/SKILL/c" for n in range(count)]) for count in (1, 2, 100)]
    assert costs[1] - costs[0] == (costs[2] - costs[1]) / 98 == 4


def test_objects_that_answers_changed_are_counted_for_each_answer() -> None:
    query = """mutation($answers: [AnswerInput!]!) { recordAnswers(input: {answers: $answers}) {
      ... on RecordAnswersPayload { masteries { level attempts } } } }"""
    one = {"studentId": "anna", "conceptIds": ["c0"], "correct": True}

    assert cost(query, answers=[one] * 500) - cost(query, answers=[one]) == 499 * 2 * 2


def test_every_list_of_objects_has_a_length() -> None:
    """By its arguments, its connection, the field above, the input, or a declaration."""
    missing = []
    for name, kind in SCHEMA.type_map.items():
        if name.startswith("__") or not isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            continue
        for field_name, field in kind.fields.items():
            path = f"{name}.{field_name}"
            if is_list_type(get_nullable_type(field.type)) and not is_leaf_type(get_named_type(field.type)):
                bounded = any(argument in PAGED for argument in field.args) or name.endswith("Connection")
                declared = path in LENGTHS or path in FROM_PARENT or path in FROM_INPUT.values()
                declared = declared or path in FROM_LIST or path in PER_ITEM or field_name == "differences"
                missing += [] if bounded or declared else [path]
    assert missing == []


def test_declarations_are_about_fields_that_exist() -> None:
    with_federation = build_schema(federation=True)._schema
    for path in [*LENGTHS, *PRICES, *FROM_PARENT, *FROM_LIST, *PER_ITEM, *FROM_INPUT, *FROM_INPUT.values()]:
        name, _, field = path.partition(".")
        assert field in getattr(with_federation.type_map[name], "fields", {}), path


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    "field",
    [
        "modelComparison { answers }",
        'group(id: "large") { heatmap { levels } atRisk { atRiskCount } }',
        "rootCauses { rule }",
    ],
)
async def test_computations_have_prices(client: Client, field: str) -> None:
    query = "{ " + " ".join(f"a{n}: {field}" for n in range(12)) + " }"

    (error,) = (await client.post("/graphql", json={"query": query})).json()["errors"]

    assert error["extensions"]["code"] == "QUERY_TOO_LARGE"


UNPAGED = '{ concept(id: "c0") { unlocks { prerequisites { unlocks { name prerequisites { name } } } } } }'


@pytest.mark.usefixtures("known")
async def test_lists_without_pages_are_bounded_while_they_are_made(bounded: Client) -> None:
    reply = (await bounded.post("/graphql", json={"query": UNPAGED})).json()

    assert "data" not in reply
    assert [error["extensions"]["code"] for error in reply["errors"]] == ["QUERY_TOO_LARGE"]
    assert "GRAPH_API_QUERY_OBJECTS" in reply["errors"][0]["message"]
    assert (await bounded.post("/graphql", json={"query": "{ concepts(first: 80) { nodes { name } } }"})).json()[
        "data"
    ], "the next operation has a budget of its own"


@pytest.mark.usefixtures("known")
async def test_a_websocket_has_the_same_limits(bounded: Client) -> None:
    for query in (UNPAGED, "{ " + " ".join(f"a{n}: modelComparison {{ answers }}" for n in range(10)) + " }"):

        async def ask(query: str = query) -> None:
            assert "QUERY_TOO_LARGE" in str(await talk(bounded.app, *operation(query)))

        assert (await held_by(ask)).longest < HELD


async def test_the_cost_is_shown_where_it_is_requested(client: Client) -> None:
    query = {"query": "{ students(first: 3) { nodes { id } } }"}

    plain = (await client.post("/graphql", json=query)).json()
    by_header = (await client.post("/graphql", json=query, headers={"Graph-Api-Cost": "1"})).json()
    by_body = (await client.post("/graphql", json={**query, "extensions": {"cost": True}})).json()

    assert "extensions" not in plain
    assert by_header == by_body
    assert by_header["extensions"]["cost"] == {
        "requested": 1 + 1 + 3 * 1,
        "actual": 1 + 1 + len(by_header["data"]["students"]["nodes"]),
        "limit": 500_000,
        "objects": 1 + len(by_header["data"]["students"]["nodes"]),
    }


def objects(data: Any) -> int:
    """Objects, and values of lists, in a reply; cells of matrices have a limit of their own. A null is no object."""
    if isinstance(data, dict):
        return 1 + sum(objects(each) for name, each in data.items() if name not in {"levels", "scores", "attempts"})
    if isinstance(data, list):
        return sum(objects(each) if isinstance(each, dict | list) else each is not None for each in data)
    return 0


@settings(
    max_examples=int(LONG or size(25, 60)),
    derandomize=not LONG,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
async def test_no_accepted_document_makes_too_much_or_holds_the_loop(
    bounded: Client, known: Known, data: st.DataObject
) -> None:
    query, variables = data.draw(documents(SCHEMA, known))

    replies = []

    async def ask() -> None:
        sent = {"query": query, "variables": variables}
        replies.append(await bounded.post("/graphql", json=sent, headers={"Graph-Api-Cost": "1"}))

    held = await held_by(ask)
    reply = replies[-1]
    body = reply.json()

    assert reply.status_code == 200, reply.text
    codes = {error["extensions"]["code"] for error in body.get("errors", ())}
    assert codes <= {"QUERY_TOO_LARGE", "INVALID_INPUT", "BAD_REQUEST"}, body["errors"]
    assert "BAD_REQUEST" not in codes or "must" in str(body["errors"]), body["errors"]
    if "extensions" in body:
        assert objects(body.get("data")) - 1 <= body["extensions"]["cost"]["objects"] <= OBJECTS
    assert held.longest < HELD, (sorted(held.rounds)[-5:], query, variables)


LARGE = {
    "members": """{ group(id: "large") { members(first: 40) { nodes { name masteries(first: 50) { nodes {
      level concept { name skills { name } } student { name } } } } } } }""",
    "dependents": '{ concept(id: "c0") { unlocks { unlocks { name } prerequisites { unlocks { name skills { name } } } } } }',
    "intervals": """{ group(id: "large") { members(first: 40) { nodes { masteries(first: 80) { nodes {
      interval { low high } } } } } } }""",
    "answers": """{ group(id: "large") { members(first: 40) { nodes { answers(first: 80) { nodes {
      id at correct changes { levelAfter } student { name } } } } } } }""",
    "matrices": '{ group(id: "large") { heatmap(kind: CONCEPT) { studentIds targetIds levels attempts } } }',
    "comparison": "{ modelComparison(kind: CONCEPT) { models { model calibration { predicted } } } }",
}


@pytest.mark.parametrize("name", LARGE)
@pytest.mark.usefixtures("known")
async def test_a_large_reply_leaves_the_loop_to_others(client: Client, name: str) -> None:
    async def ask() -> None:
        reply = await client.post("/graphql", json={"query": LARGE[name]})
        assert "errors" not in reply.json(), reply.text[:500]

    held = await held_by(ask)

    assert held.longest < HELD, sorted(held.rounds)[-5:]


@pytest.mark.usefixtures("known")
async def test_a_mutation_of_a_list_leaves_the_loop_to_others(client: Client) -> None:
    query = """mutation($answers: [AnswerInput!]!) { recordAnswers(input: {answers: $answers}) {
      ... on RecordAnswersPayload { outcomes { ... on RecordAnswerPayload { duplicate changes { levelAfter } } } }
      ... on Failure { code } } }"""
    answers = [{"studentId": f"s{n % 40}", "conceptIds": [f"c{n % 80}"], "correct": True} for n in range(5_000)]
    body = json.dumps({"query": query, "variables": {"answers": answers}})

    async def record() -> None:
        reply = await client.post("/graphql", content=body, headers={"Content-Type": "application/json"})
        assert len(reply.json()["data"]["recordAnswers"]["outcomes"]) == len(answers), reply.text[:500]

    held = await held_by(record)

    assert held.longest < HELD, sorted(held.rounds)[-5:]
