"""Operators see each operation by name and outcome, over HTTP and over websockets, in a bounded number of series."""

import asyncio
import json
import math
import os
from collections.abc import AsyncIterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message

from graph_api.app.application import create_app, operation_names
from graph_api.config import Settings
from graph_api.execution.operation_outcomes import MOST_NAMES, OperationNames
from graph_api.execution.trusted_documents import Documents
from tests.app.observed import Samples, quantile, scrape, total
from tests.application import Client
from tests.conftest import Ask
from tests.websocket import SCOPE, operation, talk

COUNTED = "graph_api_operations_total"
FALLBACKS = "graph_api_compiled_fallbacks_total"
RECORD = """mutation Record($concept: ID!) {
  recordAnswer(input: {studentId: "ada", conceptIds: [$concept], correct: true}) { __typename } }"""


async def post(client: Client, query: str, **more: Any) -> Any:
    return (await client.post("/graphql", json={"query": query, **more})).json()


def grown(before: Samples, after: Samples, name: str, **labels: str) -> float:
    return total(after, name, **labels) - total(before, name, **labels)


@pytest.mark.parametrize(
    ("query", "more", "labels"),
    [
        ("query Ok_1 { students { totalCount } }", {}, ("Ok_1", "query", "OK")),
        ("{ students { totalCount } }", {}, ("anonymous", "query", "OK")),
        ("query A_2 { __typename } query B_2 { __typename }", {"operationName": "B_2"}, ("B_2", "query", "OK")),
        ("query Unknown_3 { nothing }", {}, ("Unknown_3", "query", "BAD_REQUEST")),
        ("query Broken_4 {", {}, ("anonymous", "unknown", "BAD_REQUEST")),
        ("query Here_5 { __typename }", {"operationName": "There"}, ("anonymous", "unknown", "BAD_REQUEST")),
        ("query Page_6 { students(first: 100000) { totalCount } }", {}, ("Page_6", "query", "INVALID_INPUT")),
        ('subscription Stream_7 { masteryChanged(groupId: "g") { __typename } }', {}, ("Stream_7", "subscription", "BAD_REQUEST")),
        (RECORD, {"variables": {"concept": "dative"}}, ("Record", "mutation", "OK")),
        (RECORD, {"variables": {"concept": "none"}}, ("Record", "mutation", "CONCEPT_NOT_FOUND")),
        (RECORD, {}, ("Record", "mutation", "BAD_REQUEST")),
        ('mutation Two_8 { a: endSession(input: {id: "s"}) { __typename } b: deleteStudent(id: "nobody") { __typename } }', {}, ("Two_8", "mutation", "SESSION_NOT_FOUND")),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("course")
async def test_every_operation_is_counted_by_name_type_and_code(
    client: Client, query: str, more: dict[str, Any], labels: tuple[str, str, str]
) -> None:
    before = await scrape(client)
    reply = await post(client, query, **more)
    after = await scrape(client)

    assert grown(before, after, COUNTED) == 1, reply
    of_labels = dict(zip(("operation", "type", "code"), labels, strict=True))
    assert grown(before, after, COUNTED, **of_labels) == 1, (reply, [s for s in after if s[0] == COUNTED])


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("{ students(first: 501) { totalCount } }", "failure"),
        ("{ __schema { queryType { name } } }", "construct"),
        ("{ students(first: 5) { totalCount } }", None),
    ],
)
async def test_queries_that_were_not_executed_as_compiled_are_counted_by_reason(
    client: Client, query: str, reason: str | None
) -> None:
    before = await scrape(client)
    await post(client, query)
    after = await scrape(client)

    assert grown(before, after, FALLBACKS) == (0 if reason is None else 1)
    assert reason is None or grown(before, after, FALLBACKS, reason=reason) == 1


async def test_a_document_id_that_is_unknown_is_counted_by_its_code(client: Client) -> None:
    before = await scrape(client)
    await client.post("/graphql", json={"documentId": "1f"})
    payload = {"id": "1", "type": "subscribe", "payload": {"documentId": "1f"}}
    await talk(client.app, '{"type": "connection_init"}', json.dumps(payload))
    assert grown(before, await scrape(client), COUNTED, code="PERSISTED_QUERY_NOT_SUPPORTED") == 2


async def test_p99_by_operation_and_errors_by_code_are_in_the_text_for_prometheus(client: Client) -> None:
    before = await scrape(client)
    for _ in range(50):
        await post(client, "query Fast { __typename }")
        await post(client, "query Class { students(first: 5) { nodes { id masteries { totalCount } } } }")
    await post(client, "query Fast { nothing }")
    after = await scrape(client)

    assert grown(before, after, "graph_api_operation_seconds_count", operation="Class", type="query") == 50
    fast, slow = (quantile(after, 0.99, "graph_api_operation_seconds", operation=each) for each in ("Fast", "Class"))
    assert 0 < fast < 10
    assert 0 < slow < 10
    assert math.isfinite(quantile(after, 0.99, "graph_api_operation_seconds"))
    assert grown(before, after, COUNTED, operation="Fast", code="BAD_REQUEST") == 1


async def test_time_that_is_up_is_unavailable(database: dict[str, str]) -> None:
    settings = Settings(_env_file=None, scheduler=False, request_seconds=0.01, **database)  # type: ignore[arg-type]
    app = create_app(settings)
    slow = "query Slow { students(first: 500) { nodes { id masteries { nodes { level } } answers { totalCount } } } }"
    async with app.router.lifespan_context(app):
        services = app.state.services

        def late(read: Any) -> Any:
            async def wait_and_read(*given: Any) -> Any:
                await asyncio.sleep(0.2)
                return await read(*given)

            return wait_and_read

        services.gateway._run, services.gateway._read_alone = map(
            late, (services.gateway._run, services.gateway._read_alone)
        )
        async with Client(app) as http:
            assert (await http.post("/graphql", json={"query": slow})).status_code == 503
            assert (await talk(app, *operation(slow)))[-1]["type"] == "websocket.send"
            samples = await scrape(http)
    assert total(samples, COUNTED, operation="Slow", code="UNAVAILABLE") == 2
    assert total(samples, COUNTED, operation="Slow") == 2


async def test_hostile_names_make_a_bounded_number_of_series(database: dict[str, str]) -> None:
    app = create_app(Settings(_env_file=None, scheduler=False, **database))  # type: ignore[arg-type]
    async with (
        app.router.lifespan_context(app),
        Client(app) as http,
    ):
        await asyncio.sleep(0.1)  # what runs at the start begins
        for number in range(MOST_NAMES + 40):
            await post(http, f"query N{number} {{ __typename }}")
        await post(http, f"query {'x' * 5_000} {{ __typename }}")
        for method in ("BREW", "X" * 50):
            await http.request(method, "/graphql")
        samples = await scrape(http)
    names = {labels["operation"] for name, labels, _ in samples if name == COUNTED}
    assert len(names) == MOST_NAMES + 1
    assert total(samples, COUNTED, operation="other") == 41
    assert {labels["method"] for name, labels, _ in samples if name == "graph_api_requests_total"} <= {
        "POST",
        "GET",
        "other",
    }


@given(
    trusted=st.sets(st.text(max_size=70), max_size=5),
    most=st.integers(0, 9),
    sent=st.lists(st.none() | st.text(max_size=99)),
)
def test_names_are_few_whatever_is_sent_and_trusted_ones_always_known(
    trusted: set[str], most: int, sent: list[str | None]
) -> None:
    names = OperationNames(trusted, most)
    known = [names.known(name) for name in sent]

    assert len(set(known)) <= len(trusted) + most + 2
    assert all(names.known(name) == name for name in trusted if name)
    assert all(names.known(name) == seen for name, seen in zip(sent, known, strict=True) if seen == name)


def test_where_only_trusted_documents_run_only_their_names_are_known() -> None:
    texts = {"1": "query Class { __typename }", "2": "mutation Record { __typename }"}
    only, others = operation_names(Documents(texts)), operation_names(Documents(texts, only=False))
    assert [only.known(name) for name in ("Class", "Record", "Else")] == ["Class", "Record", "other"]
    assert [others.known(name) for name in ("Class", "Record", "Else")] == ["Class", "Record", "Else"]


async def test_websockets_are_counted_and_logged(client: Client) -> None:
    before = await scrape(client)
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        await talk(client.app, *operation("query OverSocket { __typename }"))
        await talk(client.app, *operation("query OverSocket { nothing }"))
        await talk(client.app, '{"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }"}}')
        await talk(client.app, "no JSON")
        await client.post("/graphql", json={"query": "query OverHttp { nothing }"})
    after = await scrape(client)

    assert grown(before, after, COUNTED, operation="OverSocket", code="OK") == 1
    assert grown(before, after, COUNTED, operation="OverSocket", code="BAD_REQUEST") == 1
    assert grown(before, after, "graph_api_websocket_operations_total", type="query") == 2
    closes = {
        code: grown(before, after, "graph_api_websocket_closes_total", code=code) for code in ("1000", "4401", "4400")
    }
    assert closes == {"1000": 2, "4401": 1, "4400": 1}
    assert total(after, "graph_api_websocket_connections") == 0
    of_socket = [line for line in lines if line["event"] == "operation"]
    assert [(line["operation"], line["type"], line["code"]) for line in of_socket] == [
        ("OverSocket", "query", "OK"), ("OverSocket", "query", "BAD_REQUEST"),
    ]  # fmt: skip
    assert [line["code"] for line in lines if line["event"] == "websocket closed"] == [1000, 1000, 4401, 4400]
    assert all(line["milliseconds"] >= 0 and line["request_id"] for line in of_socket)
    (http,) = [line for line in lines if line["event"] == "request" and line.get("operation") == "OverHttp"]
    assert (http["type"], http["code"], http["status"]) == ("query", "BAD_REQUEST", 200)


@pytest.mark.usefixtures("course")
async def test_open_websockets_and_their_subscriptions_are_seen(client: Client, ask: Ask) -> None:
    await ask(
        'mutation { upsertStudents(input: [{id: "ada", name: "Ada"}]) { __typename } upsertGroup(input: {id: "g", name: "G", studentIds: ["ada"]}) { __typename } }'
    )
    before = await scrape(client)
    listening = asyncio.create_task(
        talk(client.app, *operation('subscription Listen { masteryChanged(groupId: "g") { __typename } }'), patience=2)
    )
    await asyncio.sleep(1)
    during = await scrape(client)
    await listening
    after = await scrape(client)

    assert total(during, "graph_api_websocket_connections") == 1
    assert total(after, "graph_api_websocket_connections") == 0
    assert grown(before, after, COUNTED, operation="Listen", type="subscription", code="OK") == 1
    assert grown(before, after, "graph_api_operation_seconds_count", type="subscription") == 0


async def events(*messages: Message) -> AsyncIterator[Message]:
    for message in messages:
        yield message


async def ignore(_message: Message) -> None:
    """A client that reads nothing."""


async def test_codes_that_clients_make_up_are_other(client: Client) -> None:
    before = await scrape(client)
    for code in (1001, 3999, 4242, 4999):
        messages = events({"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": code})

        await client.app({**SCOPE}, messages.__anext__, ignore)
    after = await scrape(client)
    assert grown(before, after, "graph_api_websocket_closes_total", code="1001") == 1
    assert grown(before, after, "graph_api_websocket_closes_total", code="other") == 3


async def test_the_process_is_measured(client: Client) -> None:
    samples = await scrape(client)
    with open(f"/proc/{os.getpid()}/statm") as file:  # noqa: ASYNC230, PTH123 - tiny
        resident = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    assert resident / 2 < total(samples, "process_resident_memory_bytes") < resident * 2
    assert total(samples, "process_cpu_seconds_total") > 0
    assert total(samples, "process_open_fds") > 0
    assert total(samples, "python_info") == 1
    assert total(samples, "python_gc_collections_total") > 0
