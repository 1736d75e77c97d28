"""What operators see of running processes: metrics of several workers, and spans as a collector receives them."""

import http.server
import json
import os
import signal
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.app.observed import samples, total
from tests.processes import ask, get, service, wait_for

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """An OTLP collector over HTTP: where it is, and what it received."""
    received: list[bytes] = []

    class Collector(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", received
        server.shutdown()
        thread.join()


def test_workers_are_measured_together_and_each_process_by_itself(tmp_path: Path) -> None:
    with service(tmp_path, "--no-demo", "--workers", "2") as (process, url):
        for _ in range(40):
            ask(url, "query Counted { students { totalCount } }")

        def pids() -> set[str]:
            scraped = samples(get(url + "/metrics")[1])
            return {labels["pid"] for name, labels, _ in scraped if name == "process_resident_memory_bytes"}

        wait_for(lambda: len(pids()) == 3, process, tmp_path)  # two workers, and the writer
        scraped = samples(get(url + "/metrics")[1])
        assert total(scraped, "graph_api_operations_total", operation="Counted", code="OK") == 40
        assert total(scraped, "graph_api_operation_seconds_count", operation="Counted") == 40
        depths = [value for name, labels, value in scraped if name == "graph_api_intake_depth" and not labels]
        assert depths == [0]
        assert (
            len(
                [
                    1
                    for name, labels, _ in scraped
                    if name == "graph_api_job_next_tick_seconds" and labels["job"] == "refit"
                ]
            )
            == 1
        )
        assert total(scraped, "process_cpu_seconds_total") > 0

        before = pids()
        os.kill(int(min(before)), signal.SIGKILL)
        wait_for(lambda: len(pids()) == 3 and pids() != before, process, tmp_path)
        scraped = samples(get(url + "/metrics")[1])
        assert total(scraped, "graph_api_operations_total", operation="Counted", code="OK") == 40
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_a_collector_receives_the_spans_of_a_request(tmp_path: Path, collector: tuple[str, list[bytes]]) -> None:
    endpoint, received = collector
    settings = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
        "GRAPH_API_LOG_FORMAT": "json",
        "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=test",
    }
    with service(tmp_path, "--no-demo", **settings) as (process, url):
        request = urllib.request.Request(
            url + "/graphql",
            json.dumps({"query": "query Traced { students { totalCount } }"}).encode(),
            {"Content-Type": "application/json", "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"},
        )
        urllib.request.urlopen(request, timeout=30).close()
        process.send_signal(signal.SIGTERM)  # what is left is exported on the way out
        assert process.wait(30) == 0
        deadline = time.monotonic() + 10
        while not received and time.monotonic() < deadline:
            time.sleep(0.1)

    exported = [ExportTraceServiceRequest.FromString(body) for body in received]
    resources = [resource for each in exported for resource in each.resource_spans]
    spans = [span for resource in resources for scope in resource.scope_spans for span in scope.spans]
    names = {span.name for span in spans if span.trace_id.hex() == TRACE}
    assert names >= {"POST /graphql", "query Traced"}
    assert len(names) >= 3
    shown = {pair.key: pair.value.string_value for pair in resources[0].resource.attributes}
    assert (shown["service.name"], shown["deployment.environment.name"]) == ("graph-api", "test")
    line = next(
        json.loads(each) for each in (tmp_path / "serve.log").read_text().splitlines() if '"operation":"Traced"' in each
    )
    assert line["trace_id"] == TRACE
