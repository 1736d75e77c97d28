"""The network between the service and its database breaks, in every way.

Users see answers that take longer, or `Unavailable` with the time to wait; a client that sends again with the same event id
has recorded once, whatever came of the first time. A database that restarts: `tests/e2e/test_database_killed.py` for the embedded
engine, `tests/neo4j/test_failover.py` for Neo4j.
"""

import asyncio

from graph_api.store.gateway import Gateway
from graph_api.usecases.operations.check_consistency import find_inconsistencies
from tests.conftest import Ask
from tests.faults.conftest import WITHIN, Service
from tests.load import RECORD

ANSWER = {"id": "e", "studentId": "s0", "conceptIds": ["c0"], "correct": True}
CLIENTS, EACH = 20, 10


async def test_connections_break_in_the_middle_of_transactions(service: Service, gateway: Gateway) -> None:
    """Users notice nothing but the wait: the intake tries again."""
    posting = service.load()

    async def breaking() -> None:
        for share in range(1, 9):
            while posting.done < CLIENTS * EACH * share / 10:
                await asyncio.sleep(0.001)
            service.network.reset()

    await asyncio.gather(breaking(), *(posting.client(number, EACH) for number in range(CLIENTS)))

    await posting.prove(gateway)
    assert await find_inconsistencies(gateway) == []


async def test_a_network_that_is_cut_and_comes_back(service: Service, gateway: Gateway) -> None:
    """While it is cut for long, answers come to `Unavailable`; the same answers are taken when it is back."""
    posting = service.load()

    async def cutting() -> None:
        while posting.done < CLIENTS * EACH / 2:
            await asyncio.sleep(0.001)
        service.network.cut()
        while not posting.refused.get("Unavailable"):
            await asyncio.sleep(0.01)
        service.network.restore()

    async with asyncio.timeout(60):
        await asyncio.gather(cutting(), *(posting.client(number, EACH) for number in range(CLIENTS)))

    await posting.prove(gateway)


async def test_a_network_that_swallows_everything(service: Service, gateway: Gateway) -> None:
    """The same, where no connection breaks and nothing ever answers: the silence is noticed."""
    posting = service.load()

    async def stalling() -> None:
        while posting.done < CLIENTS * EACH / 2:
            await asyncio.sleep(0.001)
        service.network.stall()
        while not posting.refused.get("Unavailable"):
            await asyncio.sleep(0.01)
        service.network.restore()

    async with asyncio.timeout(60):
        await asyncio.gather(stalling(), *(posting.client(number, EACH) for number in range(CLIENTS)))

    await posting.prove(gateway)
    assert await find_inconsistencies(gateway) == []


async def test_the_reply_to_a_commit_is_lost_and_the_client_waits(service: Service, counts: Ask) -> None:
    """Users see their answer recorded, once: the intake finds out that it was."""
    service.network.lose_next_commit()
    sending = asyncio.create_task(service.ask(RECORD, input=ANSWER))
    while not service.network.lost_commits:
        await asyncio.sleep(0.01)
    service.network.restore()
    reply = (await sending).json()["data"]["recordAnswer"]

    assert (reply["__typename"], reply["duplicate"]) == ("RecordAnswerPayload", False)
    assert (await counts())["answers"] == 1


async def test_the_reply_to_a_commit_is_lost_and_the_client_sends_again(service: Service, counts: Ask) -> None:
    """Users see `Unavailable`, although it was written; sent again, it is a duplicate, stored once."""
    service.network.lose_next_commit()
    async with asyncio.timeout(WITHIN):
        refused = await service.ask(RECORD, input=ANSWER)
    assert service.network.lost_commits == 1
    assert refused.json()["data"]["recordAnswer"]["__typename"] == "Unavailable"
    assert refused.headers["retry-after"] == "5"
    assert (await counts())["answers"] == 1

    service.network.restore()
    again = (await service.ask(RECORD, input=ANSWER)).json()["data"]["recordAnswer"]

    assert (again["__typename"], again["duplicate"]) == ("RecordAnswerPayload", True)
    assert (await counts())["answers"] == 1


async def test_a_refused_mutation_names_its_failure_too(service: Service, counts: Ask) -> None:
    """Every other mutation gives `Unavailable` as well, and changes nothing."""
    before = await counts()
    service.network.cut()
    mutation = 'mutation { upsertStudents(input: [{id: "new"}]) { __typename ... on Unavailable { code retryAfter } } }'
    async with asyncio.timeout(WITHIN):
        reply = await service.ask(mutation)

    expected = {"__typename": "Unavailable", "code": "UNAVAILABLE", "retryAfter": 1.0}
    assert reply.json() == {"data": {"upsertStudents": expected}}
    assert (reply.status_code, reply.headers["retry-after"]) == (200, "1")
    assert await counts() == before
