"""Spans from HTTP to statement: correct parents, links between requests and batches, and nothing about students."""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBased
from opentelemetry.trace import StatusCode

from graph_api.app.application import create_app
from graph_api.app.tracing import OpenTelemetry, TracingUnavailable, tracer_from_environment
from graph_api.config import Settings
from graph_api.store.tracing import NO_TRACING
from tests.websocket import operation, talk

TRACE, CALLER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
SENT = {"traceparent": f"00-{TRACE}-{CALLER}-01"}
RECORD = """mutation Record($student: ID!, $id: ID) {
  recordAnswer(input: {id: $id, studentId: $student, conceptIds: ["dative"], correct: true}) { __typename } }"""
SECRET = "zoe-1f9c"

Spans = list[ReadableSpan]


class Traced:
    """The whole application with an exporter in memory."""

    def __init__(self, app: Any, http: httpx.AsyncClient, exporter: InMemorySpanExporter) -> None:
        self.app, self.http, self._exporter = app, http, exporter

    async def record(self, student: str, headers: dict[str, str] | None = None, **more: Any) -> Any:
        sent = {"query": RECORD, "variables": {"student": student, **more}}
        reply = await self.http.post("/graphql", json=sent, headers=headers)
        assert reply.json()["data"]["recordAnswer"]["__typename"] == "RecordAnswerPayload", reply.text

    def take(self) -> Spans:
        """The spans that ended since the last call."""
        ended = list(self._exporter.get_finished_spans())
        self._exporter.clear()
        return ended


Make = Callable[[TracerProvider], Any]


@pytest.fixture
async def make(database: dict[str, str], course: None) -> AsyncIterator[Make]:
    entered = []

    async def start(provider: TracerProvider) -> Traced:
        exporter = InMemorySpanExporter()
        provider.add_span_processor(SimpleSpanProcessor(exporter))
        settings = Settings(_env_file=None, scheduler=False, intake_linger_ms=50, **database)  # type: ignore[arg-type]
        app = create_app(settings, OpenTelemetry(provider))
        lifespan = app.router.lifespan_context(app)
        await lifespan.__aenter__()
        http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost", timeout=60)
        entered.append((lifespan, http))
        traced = Traced(app, http, exporter)
        await asyncio.sleep(0.2)  # what the start itself sends
        traced.take()
        return traced

    yield start
    for lifespan, http in entered:
        await http.aclose()
        await lifespan.__aexit__(None, None, None)


@pytest.fixture
async def traced(make: Make) -> Traced:
    started: Traced = await make(TracerProvider())
    return started


def only(spans: Spans, name: str) -> ReadableSpan:
    (match,) = [span for span in spans if span.name == name]
    return match


def context(span: ReadableSpan) -> Any:
    assert span.context is not None
    return span.context


def path_of(span: ReadableSpan, spans: Spans) -> list[str]:
    """The names from a span up to the first whose parent was not made here."""
    of_id = {context(each).span_id: each for each in spans}
    names = []
    here: ReadableSpan | None = span
    while here is not None:
        names.append(here.name)
        here = of_id.get(here.parent.span_id) if here.parent else None
    return names


async def test_an_answer_is_one_trace_from_http_to_statement(traced: Traced) -> None:
    await traced.record("ada", SENT)
    spans = traced.take()

    assert {context(span).trace_id for span in spans} == {int(TRACE, 16)}
    root = only(spans, "POST /graphql")
    assert root.parent is not None
    assert (root.parent.span_id, root.parent.is_remote) == (int(CALLER, 16), True)
    statements = [span for span in spans if span.kind.name == "CLIENT"]
    above = ["intake batch", "intake wait", "mutation Record", "POST /graphql"]
    recorded = [span for span in statements if path_of(span, spans)[1:] == above]
    assert len(recorded) >= 4
    for span in statements:
        assert path_of(span, spans)[1:] in (above, above[2:])
        assert dict(span.attributes or {}).keys() == {"db.system.name", "db.response.returned_rows"}
    assert dict(root.attributes or {}) == {
        "http.request.method": "POST", "http.route": "/graphql", "url.scheme": "http", "http.response.status_code": 200,
    }  # fmt: skip
    assert dict(only(spans, "mutation Record").attributes or {}) == {
        "graphql.operation.name": "Record", "graphql.operation.type": "mutation", "graph_api.outcome": "OK",
    }  # fmt: skip
    for span in spans:
        parent = next((each for each in spans if span.parent and context(each).span_id == span.parent.span_id), None)
        if parent is not None:
            assert (parent.start_time or 0) <= (span.start_time or 0)
            assert (span.end_time or 0) <= (parent.end_time or 0), (span.name, parent.name)


async def test_a_batch_of_many_requests_and_each_of_them_refer_to_each_other(traced: Traced) -> None:
    await asyncio.gather(*(traced.record(f"student-{number}") for number in range(12)))
    spans = traced.take()

    batches = [span for span in spans if span.name == "intake batch"]
    waits = [span for span in spans if span.name == "intake wait"]
    assert (len(waits), len({context(span).trace_id for span in waits})) == (12, 12)
    assert len(batches) < 12
    assert sum(dict(span.attributes or {})["graph_api.answers"] for span in batches) == 12  # type: ignore[misc]
    linked = {link.context.span_id: context(batch).span_id for batch in batches for link in batch.links}
    assert linked.keys() == {context(span).span_id for span in waits}
    for wait in waits:
        assert path_of(wait, spans)[1:] == ["mutation Record", "POST /graphql"]
        assert [link.context.span_id for link in wait.links] == [linked[context(wait).span_id]]
    for batch in batches:
        assert batch.parent is not None
        assert batch.parent.span_id in {link.context.span_id for link in batch.links}


async def test_queries_reach_their_statements_through_loaders(traced: Traced) -> None:
    await traced.record("ada")
    traced.take()
    query = "query Class { students(first: 3) { nodes { name masteries { nodes { level concept { name } } } } } }"
    await asyncio.gather(
        *(
            traced.http.post("/graphql", json={"query": query}, headers=SENT | {"X-Request-ID": str(n)})
            for n in range(3)
        )
    )
    spans = traced.take()

    of_course = (
        "course_version/",
        "concept/",
        "skill/",
        "course/",
        "prerequisite/",
        "threshold_set/",
    )  # which one of the requests reads for all
    statements = [span for span in spans if span.kind.name == "CLIENT" and not span.name.startswith(of_course)]
    assert len(statements) >= 6
    assert {tuple(path_of(span, spans)[1:]) for span in statements} == {("query Class", "POST /graphql")}
    per_request = {context(span).span_id: 0 for span in spans if span.name == "query Class"}
    for span in statements:
        assert span.parent is not None
        per_request[span.parent.span_id] += 1
    assert len(set(per_request.values())) == 1


async def test_operations_over_a_websocket_are_children_of_its_handshake_or_of_their_own_caller(traced: Traced) -> None:
    sent = {"query": "query Own { students { totalCount } }", "extensions": SENT}
    await talk(traced.app, *operation("query Seen { students { totalCount } }"))
    await talk(traced.app, '{"type": "connection_init"}', json.dumps({"id": "1", "type": "subscribe", "payload": sent}))
    await talk(traced.app, *operation('mutation Write { deleteStudent(id: "nobody") { __typename } }'))
    spans = traced.take()

    assert path_of(only(spans, "query Seen"), spans) == ["query Seen", "WEBSOCKET /graphql"]
    assert path_of(only(spans, "mutation Write"), spans) == ["mutation Write", "WEBSOCKET /graphql"]
    own = only(spans, "query Own")
    assert (context(own).trace_id, own.parent and own.parent.span_id) == (int(TRACE, 16), int(CALLER, 16))
    # Requests share the statement that reads the mark of the course: it is of no operation.
    above = {path_of(span, spans)[1] for span in spans if span.kind.name == "CLIENT" and span.parent is not None}
    assert above == {"query Seen", "query Own", "mutation Write"}
    assert only(spans, "mutation Write").status.status_code is StatusCode.ERROR


async def test_failures_are_marked_and_spans_hold_nothing_about_students(traced: Traced) -> None:
    await traced.record(SECRET, id=f"event-{SECRET}")
    for query in (
        f'query Missing {{ student(id: "{SECRET}") {{ name }} }}',
        f'query Bad {{ student(id: "{SECRET}") {{ {SECRET.replace("-", "_")} }} }}',
        f'mutation No {{ recordAnswer(input: {{studentId: "{SECRET}", conceptIds: ["of {SECRET}"], correct: true}}) {{ __typename }} }}',
    ):
        await traced.http.post(f"/graphql?who={SECRET}", json={"query": query})
    await traced.http.get(f"/students/{SECRET}")
    spans = traced.take()

    assert only(spans, "mutation No").status.status_code is StatusCode.ERROR
    assert dict(only(spans, "mutation No").attributes or {})["error.type"] == "CONCEPT_NOT_FOUND"
    assert dict(only(spans, "query Bad").attributes or {})["error.type"] == "BAD_REQUEST"
    assert only(spans, "GET other").status.status_code is StatusCode.UNSET
    shown = "".join(span.to_json() for span in spans)
    assert SECRET not in shown
    assert SECRET.replace("-", "_") not in shown
    assert "MATCH" not in shown
    assert not any(span.events for span in spans)  # exceptions have messages


async def test_machines_that_ask_every_few_seconds_make_no_spans(traced: Traced) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        await traced.http.get(path)
    assert [span for span in traced.take() if span.kind.name == "SERVER"] == []


async def test_what_is_not_sampled_is_not_exported_and_does_not_hide_others(make: Make) -> None:
    traced = await make(TracerProvider(sampler=ParentBased(ALWAYS_OFF)))
    unsampled = {"traceparent": f"00-{'1' * 32}-{'2' * 16}-00"}
    await asyncio.gather(traced.record("ada", unsampled), traced.record("ben"), traced.record("cy", SENT))
    spans = traced.take()

    assert {context(span).trace_id for span in spans} == {int(TRACE, 16)}
    assert path_of(only(spans, "intake batch"), spans)[-1] == "POST /graphql"


@pytest.mark.parametrize(
    "header", ["", "nonsense", f"00-{'0' * 32}-{CALLER}-01", f"ff-{TRACE}-{CALLER}-01", f"00-{TRACE}-{CALLER}"]
)
async def test_an_invalid_traceparent_begins_a_trace_of_its_own(traced: Traced, header: str) -> None:
    await traced.http.post("/graphql", json={"query": "query Here { __typename }"}, headers={"traceparent": header})
    spans = traced.take()
    assert only(spans, "POST /graphql").parent is None
    assert path_of(only(spans, "query Here"), spans) == ["query Here", "POST /graphql"]


def test_without_variables_or_when_disabled_there_is_no_tracing() -> None:
    endpoint = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://localhost:4318"}
    assert tracer_from_environment({}) is NO_TRACING
    assert tracer_from_environment({"OTEL_TRACES_EXPORTER": "none", **endpoint}) is NO_TRACING
    assert tracer_from_environment({"OTEL_SDK_DISABLED": "true", **endpoint}) is NO_TRACING
    with pytest.raises(TracingUnavailable, match="otlp_proto_grpc"):
        tracer_from_environment({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", **endpoint})


def test_nothing_of_opentelemetry_is_imported_while_it_is_off(tmp_path: Path) -> None:
    code = """
import sys
from graph_api.app.application import create_app
from graph_api.config import Settings
create_app(Settings(_env_file=None))
print(sorted(name for name in sys.modules if name.startswith("opentelemetry")))
"""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("OTEL_", "GRAPH_API_"))}
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=clean, capture_output=True, text=True, timeout=100, check=True
    )
    assert ran.stdout.splitlines()[-1] == "[]"


def test_without_the_extra_the_message_is_one_line(tmp_path: Path) -> None:
    code = """
import sys
sys.modules["opentelemetry.sdk.resources"] = None
from graph_api.app.tracing import TracingUnavailable, tracer_from_environment
try:
    tracer_from_environment({"OTEL_TRACES_EXPORTER": "otlp"})
except TracingUnavailable as fault:
    print(fault)
"""
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=100, check=True
    )
    assert re.search(r"install graph-api\[otel\]", ran.stdout)
