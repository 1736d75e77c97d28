"""Cursors that a client has changed: each list refuses them, or continues from their position."""

import base64
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import httpx
import orjson
import pytest

from graph_api.domain.parameters.inference.model import InferenceModel, TargetWeights
from graph_api.domain.parameters.inference.records import InferenceModelSet
from graph_api.domain.targets import TargetKind
from graph_api.store import concepts
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.inference import put_in_effect
from graph_api.store.policy_sets import inference_sets
from tests.conftest import NOW, Ask
from tests.fuzz_world import SCHEMA, WORLD
from tests.graph_copy import empty
from tests.schema_values import Route, routes

PAGED = [
    route
    for route in routes(SCHEMA)
    if "after" in route.steps[-1].field.args and route.steps[0].name != "me"  # who has no groups without authentication
]
ODD: list[Any] = [None, True, -1, 2**63, 2**64 - 1, 1.5, 1e308, "", "\0", "x", "0001-01-01T00:00:00+14:00", "2026-01-01T00:00:00", [], {}, ["x"]]  # fmt: skip
PLACES = {
    "student": '(id: "anna")', "group": '(id: "class")', "skill": '(code: "grammar")', "concept": '(id: "nominative")',
    "session": '(id: "session-open")', "rootCauses": "(minAttempts: 1, threshold: 1)", "causes": "",
    "course": '(id: "german")', "graphHealth": "", "movement": '(since: "2020-01-01T00:00:00Z")',
}  # fmt: skip


REDUNDANT = """mutation { upsertConcepts(input: [
  {id: "dative", name: "Dative", skillCodes: ["grammar"], prerequisiteIds: ["nominative", "accusative"]}
]) { __typename } }"""
"""A concept with a link that follows from another: something that `GraphHealth.suggestions` lists."""
NODES = {"Topic": '(id: "Topic:anna/grammar")', "Mastery": '(id: "Mastery:anna/CONCEPT/nominative")'}


def asking(route: Route) -> str:
    """A query for the first item of a list, on the route to it."""
    text = "(first: 1, after: $after) { pageInfo { endCursor } }"
    below = ""
    for step in reversed(route.steps):
        place = "" if text.startswith("(") else NODES[below] if step.name == "node" else PLACES[step.name]
        text, below = f"{{ ... on {step.parent.name} {{ {step.name}{place} {text} }} }}", step.parent.name
    return f"query($after: String) {text}"


def changed(key: Sequence[Any]) -> Iterator[list[Any]]:
    """Sort keys that are like this one."""
    yield []
    yield [*key, "more"]
    for place in range(len(key)):
        yield [*key[:place], *key[place + 1 :]]
        yield from ([*key[:place], odd, *key[place + 1 :]] for odd in ODD)


@pytest.fixture(scope="module")
async def world(ask: Ask, raw: Ask, gateway: Gateway) -> AsyncIterator[None]:
    await empty(raw)
    await ask(WORLD)
    await ask(REDUNDANT)
    await ask('mutation { startPlacement(input: {studentId: "anna", id: "placement-1"}) { __typename } }')
    await gateway.write(put_model_in_effect)
    yield
    await gateway.write(lambda tx: put_in_effect(tx, {}))
    await raw("MATCH (n:PolicySet) WHERE n.kind = 'inference' DELETE n")


async def put_model_in_effect(tx: Transaction) -> None:
    """A model of inferred levels, for the concept that Anna has not answered."""
    own = TargetWeights(easiness=0.0, slope=1.0, answers_easiness=0.0, answers_slope=1.0, share=0.5)
    model = InferenceModel(TargetKind.CONCEPT, {"dative": own})
    await concepts.lock_course(tx)
    await inference_sets.create(tx, InferenceModelSet("inference-concept-v1", "inference-concept", 1, model), NOW)
    await put_in_effect(tx, {TargetKind.CONCEPT: "inference-concept-v1"})


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("route", PAGED, ids=str)
async def test_a_cursor_that_was_changed(client: httpx.AsyncClient, ask: Ask, route: Route) -> None:
    page = await ask(asking(route))
    while "endCursor" not in page:
        page = page[0] if isinstance(page, list) else next(iter(page.values()))
    cursor = page["endCursor"]
    mark, *key = orjson.loads(base64.urlsafe_b64decode(cursor + "=="))

    for odd in changed(key):
        forged = base64.urlsafe_b64encode(orjson.dumps([mark, *odd])).decode()
        reply = (await client.post("/graphql", json={"query": asking(route), "variables": {"after": forged}})).json()

        assert {error["extensions"]["code"] for error in reply.get("errors", ())} <= {"INVALID_INPUT"}, (odd, reply)
