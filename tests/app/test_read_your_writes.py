"""Read your writes: replies name what they saw, and a request may bring that along."""

import httpx
import pytest

from graph_api.domain.learners.people import Student
from graph_api.store import students
from graph_api.store.bookmarks import Bookmarks, followed
from graph_api.store.gateway import Gateway
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("course")

HEADER = "Graph-Api-Bookmarks"
WRITE = (
    """mutation { recordAnswer(input: {studentId: "anna", conceptIds: ["dative"], correct: true}) { __typename } }"""
)
READ = '{ student(id: "anna") { masteries { totalCount } } }'


async def post(client: httpx.AsyncClient, query: str, bookmarks: str | None = None) -> httpx.Response:
    return await client.post("/graphql", json={"query": query}, headers={HEADER: bookmarks} if bookmarks else {})


async def test_a_reply_names_what_it_saw_and_the_next_request_brings_it(client: httpx.AsyncClient) -> None:
    written = await post(client, WRITE)
    seen = written.headers[HEADER]
    assert seen

    read = await post(client, READ, seen)

    assert read.json()["data"]["student"]["masteries"]["totalCount"] == 2
    assert read.headers[HEADER]
    nothing = await post(client, "{ __typename }")
    assert HEADER not in nothing.headers


async def test_two_clients_do_not_share_bookmarks(client: httpx.AsyncClient) -> None:
    first = (await post(client, WRITE)).headers[HEADER]
    second = (await post(client, WRITE)).headers[HEADER]

    assert first != second
    assert len(second.split(",")) == 1  # nothing gathers from one client to the next


@pytest.mark.parametrize("given", ["a b", "x" * 501, ",".join(["b"] * 21), "ä"])
async def test_a_header_that_no_reply_gave_is_refused(client: httpx.AsyncClient, given: str) -> None:
    reply = await client.post("/graphql", json={"query": READ}, headers={HEADER.encode(): given.encode()})

    assert reply.status_code == 400
    assert reply.json()["errors"][0]["message"].startswith(f"{HEADER}: must be as a reply of this service gave it")


async def test_work_follows_its_own_bookmarks(gateway: Gateway) -> None:
    with Bookmarks().followed() as mine:
        await gateway.write(lambda tx: students.put(tx, [Student("anna")], NOW))
        written = mine.values
        await gateway.read(lambda tx: students.read_by_ids(tx, ["anna"]))
    assert written
    assert mine.values
    assert followed().values == frozenset()


def test_bookmarks_are_replaced_by_what_comes_after_them() -> None:
    mine = Bookmarks(["a", "b"])
    mine.follow(frozenset({"a"}), ["c"])
    assert mine.values == {"b", "c"}
    mine.follow(frozenset({"b", "c"}), [])
    assert mine.values == {"b", "c"}
    mine.add(Bookmarks(["d"]))
    assert mine.values == {"b", "c", "d"}
