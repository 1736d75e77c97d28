"""The short way of requests gives the replies, headers and refusals of the long one."""

import gzip
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from graph_api.app.short_way import ShortWay
from graph_api.protocol.http import GraphQLView
from tests.application import Client, service
from tests.tokens import SECRET, signed

OWN = frozenset({"x-request-id", "date", "graph-api-bookmarks"})
"""Headers that differ from request to request."""
MANY = "{ " + " ".join(f"{'n' * 90}{number}: __typename" for number in range(10)) + " }"
SKILLS = "{ skills { totalCount } }"
RECORD = "mutation Record($input: AnswerInput!) { recordAnswer(input: $input) { __typename } }"
UNKNOWN = {"input": {"id": "a", "studentId": "", "correct": True}}


@pytest.fixture(scope="module")
async def guarded(database: dict[str, str]) -> AsyncIterator[Client]:
    limits = {"rate_limit": "1000/hour", "rate_limit_clients": ""}
    async with service(database, jwt_secret=SECRET, **limits) as client:
        yield client


class Ways:
    """Counts which way requests have gone, and can close the short one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.short = self.long = 0
        self.is_open = True
        is_usual, view = ShortWay._is_usual, GraphQLView.__call__

        async def called(own: GraphQLView, *given: Any) -> None:
            self.long += 1
            await view(own, *given)

        monkeypatch.setattr(ShortWay, "_is_usual", lambda own, scope: self.is_open and is_usual(own, scope))
        monkeypatch.setattr(GraphQLView, "__call__", called)


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> Ways:
    return Ways(monkeypatch)


def headers(sub: str = "someone", **more: str) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {signed(sub=sub, role='admin')}",
        **{key.replace("_", "-"): more[key] for key in more},
    }


def shown(reply: httpx.Response) -> tuple[int, bytes, dict[str, str]]:
    """What a client sees of a reply."""
    return reply.status_code, reply.content, {key: value for key, value in reply.headers.items() if key not in OWN}


async def both(client: Client, ways: Ways, body: Any, sent: dict[str, str]) -> tuple[httpx.Response, bool]:
    """The reply that a request gets on both ways, when its document is known; and whether it took the short one."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    replies, long = {}, []
    for is_open in (True, True, True, False):
        ways.is_open = is_open
        with_type = {"Content-Type": "application/json", **sent}
        replies[is_open] = await client.post("/graphql", content=content, headers=with_type)
        long.append(ways.long)
    assert shown(replies[True]) == shown(replies[False])
    return replies[True], long[1] == long[2]


@pytest.mark.parametrize(
    ("body", "more", "skips_the_view"),
    [
        ({"query": "{ __typename }"}, {}, True),
        ({"query": SKILLS}, {}, True),
        ({"query": SKILLS}, {"Accept": "application/graphql-response+json"}, True),
        ({"query": MANY}, {}, True),
        ({"query": MANY}, {"Accept_Encoding": "identity"}, True),
        ({"query": MANY}, {"Accept_Encoding": "gzip;q=0, *"}, True),
        ({"query": RECORD, "variables": UNKNOWN}, {}, True),
        ({"query": SKILLS}, {"Host": "LOCALHOST:8000"}, True),
        ({"query": SKILLS}, {"Host": "evil.test"}, True),
        ({"query": SKILLS}, {"Host": ""}, True),
        ({"query": SKILLS}, {"Graph_Api_Bookmarks": "not a bookmark"}, True),
        ({"query": SKILLS}, {"Origin": "http://localhost"}, False),
        ({"query": SKILLS}, {"Origin": "https://evil.test"}, True),
        ({"query": SKILLS}, {"Origin": ""}, True),
        ({"query": SKILLS}, {"Content_Encoding": "gzip"}, False),
        ({"query": SKILLS}, {"Content_Type": "text/plain"}, False),
        ({"query": "{ nothing }"}, {}, False),
        ({"query": SKILLS, "other": 1}, {}, False),
        ([{"query": SKILLS}], {}, False),
        (b"{", {}, False),
        (b"", {}, False),
    ],
)  # fmt: skip
async def test_both_ways_give_the_same_reply(
    guarded: Client, ways: Ways, body: Any, more: dict[str, str], *, skips_the_view: bool
) -> None:
    """The view serves what is not refused before it, and not compiled."""
    _, skipped = await both(guarded, ways, body, headers(**more))

    assert skipped is skips_the_view


async def test_a_known_query_takes_the_short_way_and_an_unknown_one_does_not(guarded: Client, ways: Ways) -> None:
    query = "query Short { skills { totalCount } }"
    for expected in (1, 1, 1):
        await guarded.post("/graphql", json={"query": query}, headers=headers())
        assert ways.long == expected


@pytest.mark.parametrize("token", ["", "Bearer no", f"Bearer {signed(role='nobody')}"])
async def test_both_ways_refuse_a_token(guarded: Client, ways: Ways, token: str) -> None:
    reply, _ = await both(guarded, ways, {"query": SKILLS}, {"Authorization": token})

    assert reply.status_code in {401, 403}


async def test_a_request_counts_once_whatever_way_it_takes(database: dict[str, str]) -> None:
    async with service(database, jwt_secret=SECRET, rate_limit="3/hour", rate_limit_clients="3/hour") as client:
        known, unknown = {"query": "{ __typename }"}, {"query": "{ nothing }"}
        codes = [
            (await client.post("/graphql", json=body, headers=headers(sub="counted"))).status_code
            for body in (unknown, known, known, known)
        ]

    assert codes == [200, 200, 200, 429]


async def test_a_large_reply_is_compressed_for_clients_that_accept_it(guarded: Client, ways: Ways) -> None:
    sent = headers(Accept_Encoding="gzip")
    await guarded.post("/graphql", json={"query": MANY}, headers=sent)
    before = ways.long
    async with guarded.stream("POST", "/graphql", json={"query": MANY}, headers=sent) as reply:
        raw = b"".join([piece async for piece in reply.aiter_raw()])

        assert (reply.headers["content-encoding"], int(reply.headers["content-length"])) == ("gzip", len(raw))
    assert json.loads(gzip.decompress(raw))["data"]["n" * 90 + "9"] == "Query"
    assert ways.long == before


async def test_a_fault_on_the_short_way_is_masked(guarded: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("a secret of the server")

    monkeypatch.setattr(GraphQLView, "reply_or_rest", fail)
    reply = await guarded.post("/graphql", json={"query": SKILLS}, headers=headers())

    assert reply.status_code == 500
    assert reply.json()["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert "secret" not in reply.text
