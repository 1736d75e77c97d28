"""While one operation is heavy, or large, other clients are served: `/healthz` is requested meanwhile."""

import asyncio
import gc
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from graph_api.store.gateway import Gateway
from tests.application import Client, service
from tests.conftest import Ask
from tests.execution.test_query_costs import LARGE, known
from tests.loop_monitor import HELD, held_by
from tests.websocket import operation, talk

__all__ = ["known"]

pytestmark = pytest.mark.usefixtures("known")

ITEMS = 5_000
TOGETHER = 4


@pytest.fixture(scope="module")
async def small(database: dict[str, str], gateway: Gateway) -> AsyncIterator[Client]:
    """The service with a limit of objects that one concept's links exceed."""
    async with service(database, auth="none", query_objects=30) as http:
        yield http


async def asked_meanwhile(client: Client, body: dict[str, Any]) -> dict[str, Any]:
    """The reply, during which `/healthz` is requested again and again."""
    content = json.dumps(body)
    reply = asyncio.ensure_future(
        client.post("/graphql", content=content, headers={"Content-Type": "application/json"})
    )
    served = 0
    while not reply.done():
        assert (await client.get("/healthz")).status_code == 200
        served += 1
        await asyncio.sleep(0.005)
    assert served > 1
    whole: dict[str, Any] = (await reply).json()
    return whole


@pytest.mark.parametrize("name", LARGE)
async def test_health_is_answered_during_a_heavy_query(client: Client, name: str) -> None:
    async def ask() -> None:
        assert "errors" not in await asked_meanwhile(client, {"query": LARGE[name]})

    held = await held_by(ask)

    assert held.longest < HELD, sorted(held.rounds)[-5:]


async def test_heavy_queries_together_hold_the_loop_no_longer_than_one(client: Client) -> None:
    """Each reads thousands of rows: they decode in turn."""
    client.timeout = httpx.Timeout(60)

    async def ask() -> None:
        sent = (client.post("/graphql", json={"query": LARGE["answers"]}) for _ in range(TOGETHER))
        assert ["errors" in reply.json() for reply in await asyncio.gather(*sent)] == [False] * TOGETHER

    held = await held_by(ask)

    assert held.longest < HELD, sorted(held.rounds)[-5:]


def mutations() -> Iterator[tuple[str, str, str, list[dict[str, Any]]]]:
    """Name, kind of the input, fields of the payload, and items."""
    yield "upsertStudents", "StudentInput", "students { id name }", [{"id": f"m{n}", "name": "M"} for n in range(ITEMS)]
    yield (
        "upsertConcepts",
        "ConceptInput",
        "concepts { id name skills { code } }",
        [{"id": f"m{n}", "name": f"M {n}", "skillCodes": ["k0"], "prerequisiteIds": []} for n in range(ITEMS)],
    )


@pytest.mark.parametrize(("name", "kind", "fields", "items"), list(mutations()), ids=lambda each: str(each)[:14])
async def test_a_large_mutation_leaves_the_loop_to_others(
    client: Client, name: str, kind: str, fields: str, items: list[dict[str, Any]]
) -> None:
    query = f"""mutation($input: [{kind}!]!) {{ done: {name}(input: $input) {{
      ... on {name[0].upper()}{name[1:]}Payload {{ {fields} }} ... on Failure {{ code message }} }} }}"""

    async def change() -> None:
        reply = await asked_meanwhile(client, {"query": query, "variables": {"input": items}})
        assert "errors" not in reply, str(reply)[:500]
        assert len(next(iter(reply["data"]["done"].values()))) == ITEMS, str(reply)[:500]

    held = await held_by(change)

    assert held.longest < HELD, sorted(held.rounds)[-5:]


async def test_errors_of_large_variables_are_those_of_small_ones(client: Client) -> None:
    query = "mutation($input: [StudentInput!]!) { upsertStudents(input: $input) { __typename } }"
    replies = [
        (await client.post("/graphql", json={"query": query, "variables": {"input": [{"id": 1.5}] * 60 + rest}})).json()
        for rest in ([], [{"id": "x"}] * ITEMS)
    ]

    assert replies[0] == replies[1]
    assert len(replies[0]["errors"]) > 50


async def test_what_a_ready_service_keeps_is_left_out_of_collections(database: dict[str, str]) -> None:
    gc.unfreeze()
    async with service(database, auth="none"):
        frozen = gc.get_freeze_count()

    assert frozen > 50_000  # modules, the schema, settings


async def test_an_event_beyond_the_objects_is_refused_cleanly(small: Client, ask: Ask) -> None:
    query = """subscription { masteryChanged(studentId: "s0") {
      concept { unlocks { prerequisites { name } } } skill { concepts(first: 50) { nodes { name } } } } }"""
    following = asyncio.ensure_future(talk(small.app, *operation(query), patience=8))
    await asyncio.sleep(1)
    answer = {"studentId": "s0", "conceptIds": ["c0"], "correct": True}
    await ask("mutation($input: AnswerInput!) { recordAnswer(input: $input) { __typename } }", input=answer)
    heard = [json.loads(each.get("text") or "{}") for each in await following]

    events = [each["payload"] for each in heard if each.get("type") == "next"]
    failed = [each for each in events if each.get("errors")]
    assert failed, heard
    for event in failed:
        assert {error["extensions"]["code"] for error in event["errors"]} == {"QUERY_TOO_LARGE"}
        assert len(event["errors"]) == 1, event["errors"][:3]
        assert event.get("data") is None
