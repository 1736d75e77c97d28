"""While one operation is heavy, or large, other clients are served: `/healthz` is asked meanwhile."""

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.loop_monitor import monitored
from tests.schema.test_costs import HELD, LARGE, known
from tests.schema_values import Known

__all__ = ["known"]

ITEMS = 5_000


async def asked_meanwhile(client: httpx.AsyncClient, body: dict[str, Any]) -> tuple[dict[str, Any], int, float]:
    """The reply, how many `/healthz` came back before it, and the longest of them in seconds of the loop's processor time."""
    content = json.dumps(body)
    reply = asyncio.ensure_future(
        client.post("/graphql", content=content, headers={"Content-Type": "application/json"})
    )
    served, longest = 0, 0.0
    while not reply.done():
        began = time.thread_time()
        assert (await client.get("/healthz")).status_code == 200
        longest = max(longest, time.thread_time() - began)
        served += 1
        await asyncio.sleep(0.005)
    return (await reply).json(), served, longest


@pytest.mark.parametrize("name", LARGE)
async def test_health_is_answered_during_a_heavy_query(client: httpx.AsyncClient, known: Known, name: str) -> None:
    assert known.ids
    with monitored() as held:
        reply, served, longest = await asked_meanwhile(client, {"query": LARGE[name]})

    assert "errors" not in reply
    assert served > 1
    assert max(held.longest, longest) < HELD, (served, longest, sorted(held.rounds)[-5:])


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
    client: httpx.AsyncClient, known: Known, name: str, kind: str, fields: str, items: list[dict[str, Any]]
) -> None:
    assert known.ids
    query = f"""mutation($input: [{kind}!]!) {{ done: {name}(input: $input) {{
      ... on {name[0].upper()}{name[1:]}Payload {{ {fields} }} ... on Failure {{ code message }} }} }}"""

    with monitored() as held:
        reply, served, longest = await asked_meanwhile(client, {"query": query, "variables": {"input": items}})

    assert "errors" not in reply, str(reply)[:500]
    assert len(next(iter(reply["data"]["done"].values()))) == ITEMS, str(reply)[:500]
    assert served > 1
    assert max(held.longest, longest) < HELD, (served, longest, sorted(held.rounds)[-5:])


async def test_errors_of_large_variables_are_those_of_small_ones(client: httpx.AsyncClient, known: Known) -> None:
    assert known.ids
    query = "mutation($input: [StudentInput!]!) { upsertStudents(input: $input) { __typename } }"
    replies = [
        (await client.post("/graphql", json={"query": query, "variables": {"input": [{"id": 1.5}] * 60 + rest}})).json()
        for rest in ([], [{"id": "x"}] * ITEMS)
    ]

    assert replies[0] == replies[1]
    assert len(replies[0]["errors"]) > 50
