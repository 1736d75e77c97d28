"""Every field that takes arguments, called with values drawn from the schema: whatever is sent, the reply is a reply.

GRAPH_API_TEST_FUZZ=1000 draws that number of random calls per field; without it the same few are drawn every time.
"""

import json
import os
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from graphql import OperationType
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_api.store.gateway import Gateway
from graph_api.usecases.operations.check_consistency import find_inconsistencies
from tests.application import Client
from tests.conftest import Ask
from tests.fuzz_world import SCHEMA, WORLD
from tests.graph_copy import GraphCopy
from tests.schema_values import Known, Route, calls, routes
from tests.sizes import size
from tests.websocket import operation, talk

LONG = os.environ.get("GRAPH_API_TEST_FUZZ")
SETTINGS = settings(
    max_examples=int(LONG or size(6, 100)),
    derandomize=not LONG,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
COPY = GraphCopy()
ROUTES = list(routes(SCHEMA))
INTERNALS = re.compile(r'Traceback|File \\?"/|graph_api\.|neo4j\.|Neo\.|arcadedb|java\.|object at 0x|\bUNWIND\b|OPTIONAL MATCH|"INTERNAL"|"UNAVAILABLE"')  # fmt: skip


@pytest.fixture(scope="module")
async def read_from(ask: Ask, raw: Ask) -> Known:
    """A small graph."""
    return await small_graph(ask, raw)


@pytest.fixture
async def written_to(ask: Ask, raw: Ask, gateway: Gateway) -> AsyncIterator[Known]:
    """A small graph, which is sound afterwards, too. Versions of parameters that were made are taken away again."""
    known = await small_graph(ask, raw)
    yield known
    assert await find_inconsistencies(gateway) == []
    made = "MATCH (n) WHERE (n:ParameterSet OR n:PolicySet) AND NOT n.id IN $before DELETE n"
    await raw(made, before=known.ids["parameterset"])


async def small_graph(ask: Ask, raw: Ask) -> Known:
    """The graph, and what is in it."""
    await COPY.begin(raw, lambda: ask(WORLD))
    run = (await raw("MATCH (r:Run) RETURN r.id AS id"))[0]["id"]
    sets = "MATCH (n) WHERE n:ParameterSet OR n:PolicySet RETURN collect(n.id) AS ids"
    return Known(
        {
            "student": ["anna", "ben", "cleo"],
            "concept": ["nominative", "accusative"],
            "prerequisite": ["nominative", "accusative"],
            "code": ["grammar", "talk"],
            "group": ["class"],
            "course": ["german"],
            "teacher": ["ada"],
            "session": ["session-open", "session-ended"],
            "parameterset": (await raw(sets))[0]["ids"],
            "run": [run],
            "answer": ["answer-1", "answer-5", "answer-6"],
            "node": ["Student:anna", "Concept:nominative"],
        },
        [(await ask("{ topicParameterSets { parameters } }"))["topicParameterSets"][0]["parameters"]],
    )


@pytest.mark.parametrize("route", [each for each in ROUTES if each.operation is not OperationType.MUTATION], ids=str)
@SETTINGS
@given(data=st.data())
async def test_any_call(client: Client, read_from: Known, route: Route, data: st.DataObject) -> None:
    await check(client, *data.draw(calls(route, SCHEMA, read_from)))


@pytest.mark.parametrize("route", [each for each in ROUTES if each.operation is OperationType.MUTATION], ids=str)
@SETTINGS
@given(data=st.data())
async def test_whatever_is_sent(client: Client, written_to: Known, route: Route, data: st.DataObject) -> None:
    await check(client, *data.draw(calls(route, SCHEMA, written_to)))


async def check(client: Client, query: str, variables: dict[str, Any]) -> None:
    """The reply is what a reply may be."""
    status, text = await sent(client, query, variables)

    assert status < 500, text
    assert not INTERNALS.search(text), text
    for error in json.loads(text).get("errors", ()) if status == 200 else ():
        assert error["extensions"]["code"], text


async def sent(client: Client, query: str, variables: dict[str, Any]) -> tuple[int, str]:
    """Status and text of the reply; subscriptions go over a websocket, and are heard for a moment."""
    if query.startswith(OperationType.SUBSCRIPTION.value):
        heard = await talk(client.app, *operation(query, variables), patience=0.05)
        return 200, json.dumps({"errors": [error for message in heard for error in errors_in(message)]})
    body = json.dumps({"query": query, "variables": variables})
    reply = await client.post("/graphql", content=body, headers={"Content-Type": "application/json"})
    return reply.status_code, reply.text


def errors_in(message: Any) -> list[Any]:
    """The errors of a frame."""
    payload = json.loads(message.get("text") or "{}").get("payload") or {}
    return payload if isinstance(payload, list) else payload.get("errors") or []
