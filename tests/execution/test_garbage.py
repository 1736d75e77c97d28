"""A cancelled operation leaves no tasks to the garbage collector, whose full collections stop the process."""

import asyncio
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.application import Client
from tests.execution.test_query_costs import LARGE, known

__all__ = ["known"]

pytestmark = pytest.mark.usefixtures("known")


@contextmanager
def saved_garbage() -> Iterator[list[Any]]:
    """What only a full collection could free of what the block makes; filled when the block ends."""
    garbage: list[Any] = []
    gc.collect()
    gc.disable()
    try:
        yield garbage
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        garbage += gc.garbage
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


async def cancel_after(client: Client, query: str, seconds: float) -> bool:
    """Send a query, give up; whether it had not ended."""
    reply = asyncio.ensure_future(client.post("/graphql", json={"query": query}))
    await asyncio.sleep(seconds)
    was_running = reply.cancel()
    await asyncio.gather(reply, return_exceptions=True)
    return was_running


@pytest.mark.parametrize("seconds", [0.1, 0.3, 0.6])
async def test_a_cancelled_operation_leaves_no_tasks_to_the_collector(client: Client, seconds: float) -> None:
    with saved_garbage() as garbage:
        cancelled = [await cancel_after(client, query, seconds) for query in LARGE.values()]
        await asyncio.sleep(0.2)

    assert any(cancelled)
    tasks = sum(isinstance(each, asyncio.Task) for each in garbage)
    assert tasks < 100, (tasks, len(garbage))
