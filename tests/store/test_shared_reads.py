"""Requests that wait at the same time share a read, which is never older than a request."""

import asyncio
from collections.abc import Sequence

import pytest

from graph_api.store.bookmarks import Bookmarks, followed
from graph_api.store.shared_reads import SharedReads


class Source:
    """A value that rises, and reads that last until they are let go."""

    def __init__(self) -> None:
        self.value = 0
        self.batches: list[list[str]] = []
        self.go = asyncio.Semaphore(0)
        self.fault: Exception | None = None
        self.reads = SharedReads(self.read_all)

    async def read_all(self, keys: Sequence[str]) -> list[tuple[str, int]]:
        self.batches.append(list(keys))
        value = self.value
        followed().follow(frozenset(), [f"bookmark {value}"])
        await self.go.acquire()
        if self.fault is not None:
            raise self.fault
        return [(key, value) for key in keys]

    def start(self, key: str) -> "asyncio.Task[tuple[str, int]]":
        return asyncio.create_task(self.reads.read(key))


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_those_who_come_while_a_read_runs_get_the_next_one() -> None:
    source = Source()
    first = source.start("a")
    await turns()
    source.value = 1
    others = [source.start(key) for key in "bcb"]
    await turns()
    source.go.release()
    assert await first == ("a", 0)
    source.go.release()

    assert await asyncio.gather(*others) == [("b", 1), ("c", 1), ("b", 1)]
    assert source.batches == [["a"], ["b", "c", "b"]]


async def test_a_fault_reaches_all_who_wait_and_ends_nothing() -> None:
    source = Source()
    source.fault = OSError("gone")
    waiting = [source.start(key) for key in "ab"]
    await turns()
    source.go.release()
    for each in waiting:
        with pytest.raises(OSError, match="gone"):
            await each
    source.fault = None
    source.go.release()

    assert await source.reads.read("c") == ("c", 0)


async def test_a_request_that_gives_up_stops_no_other() -> None:
    source = Source()
    waiting = [source.start(key) for key in "ab"]
    await turns()
    waiting[0].cancel()
    source.go.release()

    assert await waiting[1] == ("b", 0)


async def test_a_client_with_bookmarks_reads_alone_and_all_get_the_bookmarks_of_their_read() -> None:
    source = Source()
    source.start("waits")
    await turns()
    with Bookmarks(["mine"]).followed() as seen:
        source.go.release()
        source.go.release()
        assert await source.reads.read("own") == ("own", 0)
    assert ["own"] in source.batches
    assert seen.values == {"mine", "bookmark 0"}

    source.go.release()
    with Bookmarks().followed() as seen:
        await source.reads.read("other")
    assert seen.values == {"bookmark 0"}
