"""A cancelled operation leaves no tasks to the garbage collector, whose full collections stop the process."""

import asyncio
import gc
import time
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from graph_api.execution import garbage
from graph_api.execution.batching import DataLoader
from tests.application import Client
from tests.execution.test_query_costs import LARGE, known

__all__ = ["known"]

pytestmark = pytest.mark.usefixtures("known")


@contextmanager
def count_garbage() -> Iterator[Counter[type]]:
    """The types of what only a full collection could free of what the block makes; counted when the block ends."""
    types: Counter[type] = Counter()
    gc.collect()
    gc.disable()
    try:
        yield types
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        types.update(type(each) for each in gc.garbage)
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
        gc.collect()  # or a test after this one would wait for it


async def cancel_after(client: Client, query: str, seconds: float) -> bool:
    """Send a query, give up; whether it had not ended."""
    reply = asyncio.ensure_future(client.post("/graphql", json={"query": query}))
    await asyncio.sleep(seconds)
    was_running = reply.cancel()
    await asyncio.gather(reply, return_exceptions=True)
    return was_running


@pytest.mark.parametrize("seconds", [0.1, 0.3, 0.6])
async def test_a_cancelled_operation_leaves_no_tasks_to_the_collector(client: Client, seconds: float) -> None:
    with count_garbage() as types:
        cancelled = [await cancel_after(client, query, seconds) for query in LARGE.values()]
        await asyncio.sleep(0.2)

    assert any(cancelled)
    assert types[asyncio.Task] < 100, types.most_common(10)


async def test_a_service_that_has_started_has_little_to_look_through(client: Client) -> None:
    await client.post("/graphql", json={"query": "{ __typename }"})
    garbage.forget_what_stays()
    assert gc.get_freeze_count() > 100_000
    assert gc.get_threshold() == garbage.SERVING

    operation = object()
    garbage.postpone(operation)
    assert gc.get_threshold() == (*garbage.SERVING[:2], garbage.NEVER)
    garbage.resume(operation)
    assert gc.get_threshold() == garbage.SERVING
    started = time.process_time()
    gc.collect()
    assert time.process_time() - started < 0.05


def test_cycles_of_requests_under_way_do_not_pile_up() -> None:
    """What runs when a middle collection comes outlives it, and only a full one frees what is a cycle of it."""
    garbage.forget_what_stays()
    full = gc.get_stats()[2]["collections"]
    under_way: deque[list[Any]] = deque(maxlen=2_000)
    for _ in range(5_000_000):
        cycle: list[Any] = []
        cycle.append(cycle)
        under_way.append(cycle)
    assert gc.get_stats()[2]["collections"] > full


async def test_what_a_request_has_read_is_let_go_without_a_collection(client: Client) -> None:
    """A full collection is rare: what is part of a cycle and outlives a small one would stay for thousands of requests."""
    read = '{ student(id: "s1") { masteries { nodes { level } } due { retrievability } weakSkills { level } } }'
    refused = '{ student(id: "s1") { masteries(first: -1) { nodes { level } } weakSkills { level } } }'
    gc.collect()
    gc.disable()
    try:
        for query in (read, read, refused, refused):
            await client.post("/graphql", json={"query": query})
        patience = 100  # reads that were cancelled end a little later
        while count_loaders() and patience:
            patience -= 1
            await asyncio.sleep(0.02)
        assert count_loaders() == 0
    finally:
        gc.enable()


def count_loaders() -> int:
    return sum(isinstance(each, DataLoader) for each in gc.get_objects())
