"""Reads of one statement: one round trip, and all else as for transactions of several."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from graph_api.domain.learners.people import Group, Student
from graph_api.domain.principals import Principal, Role
from graph_api.store import students
from graph_api.store.bookmarks import Bookmarks
from graph_api.store.cypher_files import load
from graph_api.store.gateway import DatabaseUnavailable, Gateway, Transaction
from graph_api.store.packaged import packaged
from graph_api.store.viewers import viewer_of
from graph_api.usecases.learners.edit_people import upsert_group
from tests.conftest import NOW
from tests.faults.proxy import Proxy, proxied

STATEMENTS = load(packaged("cypher"))


@pytest.fixture
async def network(database: dict[str, str], clean: None) -> AsyncIterator[Proxy]:
    async with proxied(database["neo4j_uri"]) as between:
        yield between


@pytest.fixture
async def near(database: dict[str, str], network: Proxy) -> AsyncIterator[Gateway]:
    """A gateway behind the network, which has one connection."""
    names = {"user": "neo4j_user", "password": "neo4j_password", "database": "neo4j_database"}
    access = {name: database[setting] for name, setting in names.items()}
    async with Gateway.connect(network.uri, **access, statements=STATEMENTS, retry_time=0.5, silence=1) as connected:  # type: ignore[arg-type]
        await ping(connected)
        yield connected


async def ping(gateway: Gateway) -> int:
    value: int = await gateway.read_one(lambda tx: tx.value("service/ping"))
    return value


async def test_a_read_of_one_statement_is_one_round_trip(near: Gateway, network: Proxy) -> None:
    await near.write(lambda tx: students.put(tx, [Student("anna"), Student("ben")], NOW))
    await upsert_group(near, Group("g", "G", ["anna"], teacher_ids=["kim"]), NOW)
    spent = {}
    for name, read in (("alone", near.read_one), ("in a transaction", near.read)):
        before = network.flights
        assert await read(lambda tx: students.read_by_ids(tx, ["anna"])) == {"anna": Student("anna", "")}
        spent[name] = network.flights - before
    teacher = near.seen_by(viewer_of(Principal("kim", Role.TEACHER), None))
    before = network.flights
    assert (await teacher.read_one(lambda tx: students.read_by_ids(tx, ["anna", "ben"]))).keys() == {"anna"}

    assert spent == {"alone": 1, "in a transaction": 2}
    assert network.flights - before == 2  # what the teacher may see, and the students
    assert network.connections == 1


async def test_a_work_of_several_statements_is_run_again_in_one_transaction(near: Gateway, network: Proxy) -> None:
    runs = []

    async def work(tx: Transaction) -> tuple[int, int]:
        runs.append(tx)
        return await tx.value("service/ping"), await tx.value("student/count", search=None)

    before = network.flights
    assert await near.read_one(work) == (1, 0)
    assert len(runs) == 2
    assert network.flights - before == 1 + 3  # BEGIN is sent with the first statement


async def test_the_driver_does_not_format_lists_for_its_log(near: Gateway, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="neo4j"):
        await near.write(lambda tx: students.put(tx, [Student("anna", "Anna Adler")], NOW))
        assert await near.read_one(lambda tx: students.read_by_ids(tx, ["anna"]))

    sent = [record.getMessage() for record in caplog.records if " C: RUN " in record.getMessage()]
    assert len(sent) > 1
    assert [line for line in sent if "Adler" in line or "'anna'" in line] == []


async def test_a_stream_is_read_in_a_transaction(near: Gateway) -> None:
    await near.write(lambda tx: students.put(tx, [Student("anna")], NOW))

    async def work(tx: Transaction) -> list[object]:
        return [row["id"] async for row in tx.stream("student/list_by_ids", ids=["anna"])]

    assert await near.read_one(work) == ["anna"]


async def test_a_connection_that_breaks_is_replaced(near: Gateway, network: Proxy) -> None:
    """Before the statement, and while its rows are on their way."""
    network.reset()
    assert await ping(near) == 1
    network.delay(0.1)
    reading = asyncio.create_task(ping(near))
    await asyncio.sleep(0.05)
    network.reset()
    network.delay(0)
    assert await reading == 1


async def test_a_database_that_stays_away_or_silent_is_unavailable(near: Gateway, network: Proxy) -> None:
    loop = asyncio.get_running_loop()
    network.cut()
    started = loop.time()
    with pytest.raises(DatabaseUnavailable):
        await ping(near)
    assert loop.time() - started >= 0.5  # the retry time
    network.restore()
    assert await ping(near) == 1
    network.stall()
    with pytest.raises(DatabaseUnavailable, match="it sent nothing for 1 s"):
        await ping(near)
    network.restore()
    assert await ping(near) == 1


async def test_errors_of_the_work_are_not_retried(near: Gateway) -> None:
    tries: list[int] = []

    async def work(tx: Transaction) -> None:
        tries.append(await tx.value("service/ping"))
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        await near.read_one(work)
    with pytest.raises(TypeError, match="takes"):
        await near.read_one(lambda tx: tx.many("student/list_by_ids"))
    assert tries == [1]


async def test_cancelled_reads_leave_no_connection_in_use(near: Gateway, network: Proxy) -> None:
    network.delay(0.05)
    reads = [asyncio.create_task(ping(near)) for _ in range(20)]
    await asyncio.sleep(0.12)
    for read in reads:
        read.cancel()
    await asyncio.gather(*reads, return_exceptions=True)
    network.delay(0)
    assert [await ping(near) for _ in range(3)] == [1] * 3
    async with asyncio.timeout(2):
        while network.connections > 1:
            await asyncio.sleep(0.01)


async def test_reads_follow_bookmarks_and_advance_them(near: Gateway) -> None:
    with Bookmarks().followed() as mine:
        await near.write(lambda tx: students.put(tx, [Student("anna")], NOW))
        written = mine.values
        assert await near.read_one(lambda tx: students.read_by_ids(tx, ["anna"]))
        assert written
        assert mine.values
