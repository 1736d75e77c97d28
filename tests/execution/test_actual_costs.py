"""A query is judged by what its lists really hold: accepted below the limit whatever `first`, refused above it."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from graphql import FieldNode, GraphQLObjectType, OperationDefinitionNode, SelectionSetNode, get_named_type, parse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_api.execution.prices import PRICES
from graph_api.store.gateway import Gateway
from tests.application import Client, service
from tests.conftest import Ask
from tests.execution.large_class import make_large_class
from tests.fuzz_world import SCHEMA
from tests.graph_copy import empty
from tests.security.test_fuzz import LONG
from tests.sizes import size

LIMIT = 900
"""A cost that some of the drawn queries are above."""
STUDENTS, CONCEPTS = 6, 8
LENGTHS = st.sampled_from([1, 3, 7, 50, 500])
BELOW: dict[str, list[str]] = {
    "students": ["masteries", "answers", "weakSkills", "levels"],
    "members": ["masteries", "answers", "weakSkills", "levels"],
    "group": ["members"],
    "concepts": ["unlocks"],
    "masteries": ["concept", "interval"],
    "weakSkills": ["concept"],
}
PAGES = {"students", "members", "masteries", "answers", "concepts"}
LEAVES = {"answers": "id correct", "masteries": "level status", "weakSkills": "level", "group": "name"}
WHOLE = {"concept": "concept { id name }", "interval": "interval { low high }", "unlocks": "unlocks { name }"}
WHOLE["levels"] = 'levelAt(conceptId: "c1", at: "2030-01-01T00:00:00Z")'


@st.composite
def fields(draw: st.DrawFn, name: str) -> str:
    """A field with a length, and some of the fields below it."""
    if name in WHOLE:
        return WHOLE[name]
    below = draw(st.lists(st.sampled_from(BELOW.get(name, [])), unique=True, max_size=2)) if name in BELOW else []
    inside = " ".join([LEAVES.get(name, "name"), *[draw(fields(each)) for each in below]])
    if name == "group":
        return f'group(id: "large") {{ {inside} }}'
    arguments = f"first: {draw(LENGTHS)}" + (", minAttempts: 1, kind: CONCEPT" if name == "weakSkills" else "")
    return f"{name}({arguments}) {{ {f'nodes {{ {inside} }}' if name in PAGES else inside} }}"


QUERIES = st.lists(st.sampled_from(["students", "group", "concepts"]), min_size=1, max_size=3, unique=True).flatmap(
    lambda names: st.tuples(*map(fields, names)).map(lambda drawn: "{ " + " ".join(drawn) + " }")
)


def real_cost(selections: SelectionSetNode | None, kind: Any, data: Any) -> int:
    """What a reply cost, from the document and the reply alone: 1 for each field and its price, in each object."""
    if isinstance(data, list):
        return sum(real_cost(selections, kind, each) for each in data)
    if data is None or selections is None or not isinstance(kind, GraphQLObjectType):
        return 0
    total = 0
    for node in selections.selections:
        assert isinstance(node, FieldNode)
        name = node.name.value
        below = get_named_type(kind.fields[name].type)
        total += 1 + PRICES.get(f"{kind.name}.{name}", 0) + real_cost(node.selection_set, below, data[name])
    return total


@pytest.fixture(scope="module")
async def limited(database: dict[str, str], gateway: Gateway) -> AsyncIterator[Client]:
    """The service with a low limit of cost."""
    async with service(database, auth="none", query_cost=LIMIT) as http:
        http.timeout = httpx.Timeout(60)
        yield http


@pytest.fixture(scope="module")
async def few(ask: Ask, raw: Ask) -> AsyncIterator[None]:
    """A few students of the large class."""
    await empty(raw)
    await make_large_class(ask, STUDENTS, CONCEPTS)
    yield
    await empty(raw)


SHOWN = {"Graph-Api-Cost": "1"}


@pytest.mark.usefixtures("few")
@settings(
    max_examples=int(LONG or size(20, 100)),
    derandomize=not LONG,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(query=QUERIES)
async def test_a_query_is_accepted_exactly_if_its_reply_costs_no_more_than_the_limit(
    client: Client, limited: Client, query: str
) -> None:
    whole = (await client.post("/graphql", json={"query": query}, headers=SHOWN)).json()
    reply = (await limited.post("/graphql", json={"query": query}, headers=SHOWN)).json()

    (operation,) = parse(query).definitions
    assert isinstance(operation, OperationDefinitionNode)
    expected = real_cost(operation.selection_set, SCHEMA.query_type, whole["data"])
    assert whole["extensions"]["cost"]["actual"] == expected
    shown = reply["extensions"]["cost"]
    assert shown["actual"] <= shown["limit"] == LIMIT
    if expected <= LIMIT:
        assert reply["data"] == whole["data"]
        assert shown["actual"] == expected <= shown["requested"]
    else:
        (error,) = reply["errors"]
        assert error["extensions"]["code"] == "QUERY_TOO_LARGE"
        assert "GRAPH_API_QUERY_COST" in error["message"]
        assert reply.get("data") is None


@pytest.mark.usefixtures("few")
async def test_a_small_class_is_not_refused_for_long_pages(client: Client) -> None:
    query = """{ group(id: "large") { members(first: 500) { nodes { name masteries(first: 500) { nodes {
      level concept { name } } } } } } }"""
    reply = (await client.post("/graphql", json={"query": query}, headers=SHOWN)).json()

    cost = reply["extensions"]["cost"]
    assert "errors" not in reply
    assert cost["requested"] > cost["limit"] > cost["actual"]


@pytest.mark.usefixtures("few")
async def test_a_list_is_refused_before_its_items_are_computed(limited: Client, statements_seen: list[str]) -> None:
    query = '{ students(first: 500) { nodes { forecast(conceptId: "c1") { level } } } }'
    statements_seen.clear()
    reply = (await limited.post("/graphql", json={"query": query}, headers=SHOWN)).json()

    assert [error["extensions"]["code"] for error in reply["errors"]] == ["QUERY_TOO_LARGE"]
    assert reply["extensions"]["cost"]["objects"] <= 1, "the connection, and no student"


@pytest.mark.usefixtures("few")
async def test_a_mutation_is_refused_by_its_requested_cost_before_it_writes(limited: Client, ask: Ask) -> None:
    change = """mutation { upsertGroup(input: {id: "new", name: "New", studentIds: ["s1"]}) { ... on UpsertGroupPayload {
      group { members(first: 500) { nodes { masteries(first: 500) { nodes { level } } } } } } } }"""
    reply = (await limited.post("/graphql", json={"query": change}, headers=SHOWN)).json()

    assert [error["extensions"]["code"] for error in reply["errors"]] == ["QUERY_TOO_LARGE"]
    assert (await ask('{ group(id: "new") { name } }'))["group"] is None
