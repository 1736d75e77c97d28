"""No body, and no message over a websocket, holds the event loop: whatever its shape, up to the limit of bytes."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from graph_api.protocol.http import DEFAULT_HTTP_LIMITS
from tests.loop_monitor import HELD, held_by
from tests.websocket import talk

BYTES = DEFAULT_HTTP_LIMITS.body_bytes - 1_000
HEADERS = {"Content-Type": "application/json"}
QUERY = "query($x: AnswerInput) { __typename }"


VALUES = DEFAULT_HTTP_LIMITS.body_values - 10
MANY = "must have at most 200000 commas and opening brackets (GRAPH_API_BODY_VALUES)"


def listed(item: str, times: int = 0) -> str:
    return f"[{','.join([item] * (times or BYTES // (len(item.encode()) + 1)))}]"


def members(length: int, times: int = 0) -> str:
    """An object of distinct members, whose names have about a length."""
    return "{" + ",".join(f'"{n:0{length}}":1' for n in range(times or BYTES // (length + 6))) + "}"


def request(query: str = QUERY, variables: str = "null", **others: object) -> str:
    body = {"query": query, "variables": 0, **others}
    return json.dumps(body, ensure_ascii=False).replace('"variables": 0', f'"variables": {variables}', 1)


def bodies() -> Iterator[tuple[str, str]]:
    for item in ("{}", "[]", "[[]]", '""', "1", "1.5e300", '{"a":1}', '{"a":{"b":[1]}}', '"x, y"', '"\\n"', '"ä"'):
        yield f"list of {item}", request(variables=f'{{"x": {listed(item)}}}')
    for length in (8, 40, 60):
        yield f"members of {length}", request(variables=f'{{"x": {members(length)}}}')
    yield "most members", request(variables=f'{{"x": {members(8, VALUES)}}}')
    yield "most objects", request(variables=f'{{"x": {listed("{}", VALUES // 2)}}}')
    yield "most lists", request(variables=f'{{"x": {listed("[[]]", VALUES // 3)}}}')
    for character in ("a", "漢", "😀", "\n", ","):
        text = character * (BYTES // len(character.encode()) // (2 if character == "\n" else 1))
        yield f"text of {character!r}", request(variables=json.dumps({"x": text}, ensure_ascii=False))
        yield f"query of {character!r}", request(text)
        yield f"comment of {character!r}", request(f"#{text}\n{{ __typename }}")
        yield f"string of {character!r}", request(f'{{ node(id: """{text}""") {{ id }} }}')
        yield f"name of {character!r}", request("{ __typename }", operationName=text)
        yield f"document id of {character!r}", request("", documentId=text)
        yield f"trace of {character!r}", request("{ __typename }", extensions={"traceparent": text})
    for character in (" ", ".", "0", "\t", "\ufeff", "#\n"):
        yield f"query of {character!r}", request("{ __typename }" + character * (BYTES // len(json.dumps(character))))
    yield "unclosed", "[" * BYTES
    yield "spaces", " " * BYTES
    yield "zeros", "0" * BYTES
    yield "digits", "1" * BYTES


BODIES = dict(bodies())


@pytest.mark.parametrize("name", BODIES)
async def test_no_body_holds_the_loop(client: httpx.AsyncClient, name: str) -> None:
    content = BODIES[name].encode()
    assert len(content) <= DEFAULT_HTTP_LIMITS.body_bytes

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 65_536):
            yield content[start : start + 65_536]

    async def ask() -> None:
        reply = await client.post("/graphql", content=pieces(), headers=HEADERS)
        assert reply.status_code in {200, 400, 413}, reply.text[:500]

    held = await held_by(ask)

    assert held.longest < HELD, sorted(held.rounds)[-3:]


@pytest.mark.parametrize("name", BODIES)
async def test_no_message_holds_the_loop(client: httpx.AsyncClient, name: str) -> None:
    transport: Any = client._transport
    body = BODIES[name]
    frame = f'{{"type":"subscribe","id":"1","payload":{body}}}' if body.startswith("{") else body

    async def ask() -> None:
        assert await talk(transport.app, '{"type": "connection_init"}', frame)

    held = await held_by(ask)

    assert held.longest < HELD, sorted(held.rounds)[-3:]


async def send_both_ways(client: httpx.AsyncClient, body: str) -> tuple[httpx.Response, dict[str, Any]]:
    """The reply over HTTP, and the last message over a websocket."""
    transport: Any = client._transport
    frame = f'{{"type":"subscribe","id":"1","payload":{body}}}'
    heard = await talk(transport.app, '{"type": "connection_init"}', frame)
    return await client.post("/graphql", content=body.encode(), headers=HEADERS), dict(heard[-1])


async def test_too_many_values_are_refused_with_the_setting(client: httpx.AsyncClient) -> None:
    reply, last = await send_both_ways(client, request(variables=f'{{"x": {listed("1", VALUES + 10)}}}'))
    (error,) = reply.json()["errors"]

    assert (reply.status_code, error) == (
        413,
        {"message": f"the body {MANY}", "extensions": {"code": "BODY_TOO_LARGE"}},
    )
    assert (last["type"], last["code"], last["reason"]) == ("websocket.close", 4400, f"a message {MANY}")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (request("{ __typename }" + " " * 100_000), "query: must have at most 100000 characters, has 100014"),
        (
            request("{ __typename }", operationName="n" * 201),
            "operationName: must have at most 200 characters, has 201",
        ),
        (request("query a { __typename }", operationName="b"), 'Unknown operation named "b".'),
    ],
    ids=["query", "operation name", "unknown name"],
)
async def test_texts_of_a_request_are_refused_with_their_rule(
    client: httpx.AsyncClient, body: str, message: str
) -> None:
    reply, last = await send_both_ways(client, body)
    (by_http,) = reply.json()["errors"]
    (by_websocket,) = json.loads(last["text"])["payload"]

    assert (by_http["message"], by_http["extensions"]["code"]) == (message, "BAD_REQUEST")
    assert (by_websocket["message"], by_websocket["extensions"]["code"]) == (message, "BAD_REQUEST")
