"""More than the service can take: a full intake, no free connection, a slow database.

Users see `Overloaded` or `Unavailable` with `retryAfter`, within a bounded time, and a header `Retry-After`; a query
that has no data for that reason alone has status 503 (200 for clients that accept only `application/json`).
"""

import asyncio

import pytest

from graph_api.store.gateway import Gateway
from tests.faults.conftest import WITHIN, Service, behind_a_network
from tests.load import RECORD

COUNT = "{ students { totalCount } }"
MANY = 150
"""More than the driver has connections."""


@pytest.mark.usefixtures("concepts")
async def test_a_full_intake(database: dict[str, str], gateway: Gateway) -> None:
    """Answers beyond the queue are `Overloaded` at once, those in it `Unavailable` in time; sent again, all are recorded."""
    async with behind_a_network(database, intake_queue=10) as service:
        service.network.stall()
        sent = [{"id": f"e{n}", "studentId": "s0", "conceptIds": ["c0"], "correct": True} for n in range(30)]
        async with asyncio.timeout(WITHIN):
            replies = await asyncio.gather(*(service.ask(RECORD, input=each) for each in sent))
        came = [reply.json()["data"]["recordAnswer"]["__typename"] for reply in replies]
        assert sorted(came) == ["Overloaded"] * 20 + ["Unavailable"] * 10
        assert {reply.headers["retry-after"] for reply in replies} == {"1", "5"}
        service.network.restore()

        posting = service.load()
        await asyncio.gather(*(posting.client(number, 5) for number in range(20)))
        await posting.prove(gateway)


async def test_no_free_connection(service: Service) -> None:
    """Queries end with UNAVAILABLE, those that wait for a connection like those that have one; then all is well again."""
    service.network.stall()
    async with asyncio.timeout(WITHIN):
        replies = await asyncio.gather(*(service.ask(COUNT) for _ in range(MANY)))
    assert {reply.status_code for reply in replies} == {503}
    assert {reply.headers["retry-after"] for reply in replies} == {"1"}
    assert {reply.json()["errors"][0]["extensions"]["code"] for reply in replies} == {"UNAVAILABLE"}
    assert "127.0.0.1" not in "".join(reply.text for reply in replies)

    service.network.restore()
    assert (await service.ask(COUNT)).json() == {"data": {"students": {"totalCount": 0}}}


@pytest.mark.parametrize(
    ("accept", "status"),
    [("application/graphql-response+json", 503), ("application/json", 200), ("*/*", 200)],
)
async def test_the_status_by_media_type(service: Service, accept: str, status: int) -> None:
    """Clients that accept the newer media type get 503; others 200, as they always did; all get `Retry-After`."""
    service.network.cut()
    async with asyncio.timeout(WITHIN):
        reply = await service.http.post("/graphql", json={"query": COUNT}, headers={"Accept": accept})
    assert (reply.status_code, reply.headers["retry-after"]) == (status, "1")
    assert reply.json()["errors"][0]["extensions"] == {
        "code": "UNAVAILABLE", "field": "database", "rule": "does not answer", "value": "", "retryAfter": 1.0,
    }  # fmt: skip


async def test_a_partial_reply_keeps_its_data(service: Service) -> None:
    """What needs no database is answered beside what does: 200, with the header."""
    service.network.cut()
    async with asyncio.timeout(WITHIN):
        reply = await service.ask('{ __typename student(id: "s0") { name } }')
    assert (reply.status_code, reply.headers["retry-after"]) == (200, "1")
    assert reply.json()["data"] == {"__typename": "Query", "student": None}


async def test_readiness_has_a_time_to_retry(service: Service) -> None:
    """`/readyz` is 503 within some seconds, and lives."""
    service.network.stall()
    async with asyncio.timeout(WITHIN):
        reply = await service.http.get("/readyz")
    assert (reply.status_code, reply.headers["retry-after"]) == (503, "5")
    assert (await service.http.get("/healthz")).status_code == 200


async def test_a_slow_database(service: Service, gateway: Gateway) -> None:
    """Answers take longer, and gather in larger batches; none is refused."""
    service.network.delay(0.03)
    posting = service.load()
    await asyncio.gather(*(posting.client(number, 3) for number in range(40)))

    assert posting.refused == {}
    await posting.prove(gateway)
