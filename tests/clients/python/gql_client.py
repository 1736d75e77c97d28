"""The package gql over each of its transports: python gql_client.py URL. Runs in build/clients-venv/gql."""

import asyncio
import contextlib
import sys
import uuid
from collections.abc import AsyncIterator
from typing import Any

from gql import Client, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.aiohttp_websockets import AIOHTTPWebsocketsTransport
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport, HTTPXTransport
from gql.transport.requests import RequestsHTTPTransport
from gql.transport.websockets import WebsocketsTransport

ONE = gql("""
  query One($id: ID!) {
    student(id: $id) { id name mastery(skillCode: "grammar_cases") { level status attempts } groups { id name } }
  }
""")
RECORD = gql("""
  mutation Record($input: AnswerInput!) {
    recordAnswer(input: $input) {
      __typename
      ... on RecordAnswerPayload { duplicate changes { levelAfter status } }
      ... on Failure { code message field }
    }
  }
""")
CHANGES = gql("subscription Changes($id: ID!) { masteryChanged(studentId: $id) { kind level } }")
STUDENT = "demo-06"


def answer(concept_id: str = "gr_articles") -> dict[str, Any]:
    """The variables of an answer that was not sent before."""
    answer = {"id": str(uuid.uuid4()), "studentId": STUDENT, "conceptIds": [concept_id], "correct": True}
    return {"input": answer}


def check(one: dict[str, Any], recorded: dict[str, Any], refused: dict[str, Any]) -> None:
    """Assert what every transport returns."""
    assert one["student"]["id"] == STUDENT, one
    assert recorded["recordAnswer"]["__typename"] == "RecordAnswerPayload", recorded
    assert refused["recordAnswer"]["code"] == "CONCEPT_NOT_FOUND", refused


def run_synchronously(transport: Any) -> None:
    """Introspect, query, mutate."""
    with Client(transport=transport, fetch_schema_from_transport=True, parse_results=True) as session:
        assert session.client.schema.type_map["Mastery"]
        one, recorded, refused = (
            session.execute(document, variable_values=variables)
            for document, variables in ((ONE, {"id": STUDENT}), (RECORD, answer()), (RECORD, answer("no-such-concept")))
        )
        check(one, recorded, refused)
        try:
            session.execute(gql('{ group(id: "demo") { rootCauses(first: -1) { rule } } }'))
        except TransportQueryError as error:
            assert error.errors[0]["extensions"]["code"] == "INVALID_INPUT", error.errors  # noqa: PT017
        else:
            raise AssertionError("an invalid argument was accepted")


async def run(transport: Any, *, subscribes: bool = False) -> None:
    """Introspect, query, mutate, and subscribe if the transport can."""
    async with Client(transport=transport, fetch_schema_from_transport=True, parse_results=True) as session:
        assert session.client.schema.type_map["Mastery"]
        one = await session.execute(ONE, variable_values={"id": STUDENT})
        recorded = await session.execute(RECORD, variable_values=answer())
        refused = await session.execute(RECORD, variable_values=answer("no-such-concept"))
        check(one, recorded, refused)
        if subscribes:
            await subscribe(session)


async def subscribe(session: Any) -> None:
    """Receive the changes that an answer makes."""

    async def receive() -> set[str]:
        kinds: set[str] = set()
        events: AsyncIterator[Any] = session.subscribe(CHANGES, variable_values={"id": STUDENT})
        async with contextlib.aclosing(events):
            async for event in events:
                kinds.add(event["masteryChanged"]["kind"])
                if kinds == {"CONCEPT", "SKILL"}:
                    break
        return kinds

    receiving = asyncio.create_task(receive())
    async with asyncio.timeout(60):
        while not receiving.done():  # nothing acknowledges a subscription
            await session.execute(RECORD, variable_values=answer())
            await asyncio.wait([receiving], timeout=1.5)
        await receiving


def main(url: str) -> None:
    """Try each transport once."""
    socket = url.replace("http", "ws", 1)
    for transport in (RequestsHTTPTransport(url=url), HTTPXTransport(url=url)):
        run_synchronously(transport)
        print(f"{type(transport).__name__}: passed", flush=True)
    for transport in (AIOHTTPTransport(url=url), HTTPXAsyncTransport(url=url)):
        asyncio.run(run(transport))
        print(f"{type(transport).__name__}: passed", flush=True)
    for transport in (WebsocketsTransport(url=socket), AIOHTTPWebsocketsTransport(url=socket)):
        asyncio.run(run(transport, subscribes=True))
        print(f"{type(transport).__name__}: passed", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
