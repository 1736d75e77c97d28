"""Prometheus metrics, one registry per service.

With `--workers`, prometheus_client adds up what the workers write into files. Gauges that are read on request, and the
metrics of the process, do not work there: `publish` writes them, once per second, and process metrics carry a `pid`.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from functools import lru_cache
from typing import TypeVar

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    Info,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.requests import Request
from starlette.responses import Response

from graph_api.execution.operation_outcomes import Operation

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
CLOSES = frozenset({*range(1000, 1004), *range(1005, 1016), 4400, 4401, 4403, 4406, 4408, 4409, 4429, 4500})
"""Codes of the websocket protocol and of graphql-transport-ws. Clients may send any other."""
PERIOD = 1.0
MOST_KEPT = 1_000
"""Parts of a metric that are looked up once; the values of labels are from bounded sets."""
SIZES = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000)

M = TypeVar("M", Counter, Histogram)


def of_labels(metric: M) -> Callable[..., M]:
    """The parts of a metric by the values of its labels. Each is looked up once: that takes a lock and makes texts."""
    return lru_cache(MOST_KEPT)(metric.labels)


class Metrics:
    """What the service counts."""

    def __init__(self, version: str, engine: str) -> None:
        self._registry = registry = CollectorRegistry()
        Info("graph_api_build", "Version and engine.", registry=registry).info({"version": version, "engine": engine})
        self._requests = of_labels(
            Counter("graph_api_requests", "HTTP requests.", ("method", "route", "status"), registry=registry)
        )
        self._request_seconds = of_labels(
            Histogram(
                "graph_api_request_seconds",
                "Seconds to a complete reply.",
                ("route",),
                buckets=SECONDS,
                registry=registry,
            )
        )
        self._operations = of_labels(
            Counter(
                "graph_api_operations",
                "GraphQL operations, by outcome.",
                ("operation", "type", "code"),
                registry=registry,
            )
        )
        self._fallbacks = Counter(
            "graph_api_compiled_fallbacks",
            "Queries that graphql-core executed although they could be compiled, by reason.",
            ("reason",),
            registry=registry,
        )
        self._operation_seconds = of_labels(
            Histogram(
                "graph_api_operation_seconds",
                "Seconds to the result of a query or mutation.",
                ("operation", "type"),
                buckets=SECONDS,
                registry=registry,
            )
        )
        self._connections = Gauge(
            "graph_api_websocket_connections",
            "Websockets that are open.",
            registry=registry,
            multiprocess_mode="livesum",
        )
        self._websocket_operations = Counter(
            "graph_api_websocket_operations", "GraphQL operations over websockets.", ("type",), registry=registry
        )
        self._closes = Counter("graph_api_websocket_closes", "Websockets closed.", ("code",), registry=registry)
        self._answers = of_labels(
            Counter("graph_api_answers", "Answers received, by outcome.", ("outcome",), registry=registry)
        )
        self._batch_size = Histogram(
            "graph_api_intake_batch_answers", "Answers in one transaction.", buckets=SIZES, registry=registry
        )
        self._batch_seconds = Histogram(
            "graph_api_intake_batch_seconds", "Seconds to record one batch.", buckets=SECONDS, registry=registry
        )
        self._depth = Gauge(
            "graph_api_intake_depth",
            "Answers accepted and not yet answered.",
            registry=registry,
            multiprocess_mode="livesum",
        )
        self._restarts = Gauge(
            "graph_api_embedded_restarts",
            "How often the embedded engine was started again.",
            registry=registry,
            multiprocess_mode="sum",
        )
        self._query_seconds = of_labels(
            Histogram(
                "graph_api_query_seconds", "Seconds for one statement.", ("file",), buckets=SECONDS, registry=registry
            )
        )
        self._query_rows = of_labels(
            Counter("graph_api_query_rows", "Rows that statements returned.", ("file",), registry=registry)
        )
        self._stored_replies = Counter(
            "graph_api_stored_replies",
            "Operations, by whether a stored reply was sent.",
            ("outcome",),
            registry=registry,
        )
        self._stored_bytes = Gauge(
            "graph_api_stored_reply_bytes",
            "Bytes that stored replies take.",
            registry=registry,
            multiprocess_mode="livesum",
        )
        self._ticks = Counter(
            "graph_api_job_ticks", "Ticks of jobs, by outcome.", ("job", "outcome"), registry=registry
        )
        self._last_tick = Gauge(
            "graph_api_job_last_tick_seconds",
            "When a job last had this outcome, as Unix time.",
            ("job", "outcome"),
            registry=registry,
            multiprocess_mode="mostrecent",
        )
        self._next_tick = Gauge(
            "graph_api_job_next_tick_seconds",
            "When a job runs next, as Unix time.",
            ("job",),
            registry=registry,
            multiprocess_mode="livemostrecent",
        )
        self._watched: list[tuple[Gauge, Callable[[], float]]] = []
        own = registry if not has_workers() else CollectorRegistry()
        self._of_process = (
            ProcessCollector(registry=own),
            PlatformCollector(registry=own),
            GCCollector(registry=own),
        )
        self._published: dict[str, Gauge] = {}

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._requests(method, route, status).inc()
        self._request_seconds(route).observe(seconds)

    def operation(self, operation: Operation) -> None:
        """Count one GraphQL operation. Subscriptions have no latency: they last as long as their clients listen."""
        self._operations(operation.name, operation.type, operation.code).inc()
        if operation.type != "subscription":
            self._operation_seconds(operation.name, operation.type).observe(operation.seconds)
        if operation.fallback is not None:
            self._fallbacks.labels(operation.fallback).inc()
        if operation.transport == "websocket":
            self._websocket_operations.labels(operation.type).inc()

    def fall_back(self, reason: str) -> None:
        """Count one request that was not served as it was compiled."""
        self._fallbacks.labels(reason).inc()

    def open_websocket(self) -> None:
        """Count a websocket that was accepted."""
        self._connections.inc()

    def close_websocket(self, code: int) -> None:
        """Count the close of an accepted websocket, by its code; codes of no protocol are `other`."""
        self._connections.dec()
        self._closes.labels(str(code) if code in CLOSES else "other").inc()

    def batch(self, outcomes: Mapping[str, int], seconds: float) -> None:
        """Count one batch of the intake: how many answers came to what, RECORDED, DUPLICATE or a failure's code."""
        self._batch_size.observe(sum(outcomes.values()))
        self._batch_seconds.observe(seconds)
        for outcome, answers in outcomes.items():
            self._answers(outcome).inc(answers)

    def statement(self, name: str, seconds: float, rows: int) -> None:
        """Count one statement."""
        self._query_seconds(name).observe(seconds)
        self._query_rows(name).inc(rows)

    def stored_reply(self, outcome: str) -> None:
        """Count an operation: `hit` sent a stored reply, `miss` could store one, `not_stored` could not."""
        self._stored_replies.labels(outcome).inc()

    def watch_stored_replies(self, used: Callable[[], int]) -> None:
        """Read the bytes of stored replies at each scrape."""
        self._watch(self._stored_bytes, used)

    def tick(self, job: str, outcome: str) -> None:
        """Count the outcome of a tick."""
        self._ticks.labels(job, outcome).inc()
        self._last_tick.labels(job, outcome).set_to_current_time()

    def schedule(self, job: str, next_tick: Callable[[], float]) -> None:
        """Report when a job runs next, at each scrape."""
        self._watch(self._next_tick.labels(job), next_tick)

    def watch(self, depth: Callable[[], int], restarts: Callable[[], int]) -> None:
        """Read these at each scrape."""
        self._watch(self._depth, depth)
        self._watch(self._restarts, restarts)

    def _watch(self, gauge: Gauge, read: Callable[[], float]) -> None:
        gauge.set_function(read)
        if has_workers():
            self._watched.append((gauge, read))

    def publish(self) -> None:
        """Write what is read on request, and the metrics of this process, where several workers are added up."""
        for gauge, read in self._watched:
            gauge.set(read())
        for metric in self._process_metrics():
            for sample in metric.samples:
                if sample.name not in self._published:
                    self._published[sample.name] = Gauge(
                        sample.name,
                        metric.documentation,
                        tuple(sample.labels),
                        registry=self._registry,
                        multiprocess_mode="liveall",
                    )
                gauge = self._published[sample.name]
                (gauge.labels(**sample.labels) if sample.labels else gauge).set(sample.value)

    def _process_metrics(self) -> Iterator[Metric]:
        for collector in self._of_process:
            yield from collector.collect()

    async def endpoint(self, _request: Request) -> Response:
        """`/metrics`, for Prometheus."""
        return Response(generate_latest(self._everywhere()), media_type=CONTENT_TYPE_LATEST)

    def _everywhere(self) -> CollectorRegistry:
        """What this process counted; of all workers together, where there are several behind one port."""
        if not has_workers():
            return self._registry
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return together


@asynccontextmanager
async def published(metrics: Metrics) -> AsyncIterator[None]:
    """A block in which this worker publishes its gauges once per second, whichever worker answers `/metrics`."""

    async def publish() -> None:
        while True:
            metrics.publish()
            await asyncio.sleep(PERIOD)

    publishing = asyncio.create_task(publish(), name="published metrics")
    try:
        yield
    finally:
        publishing.cancel()
        with suppress(asyncio.CancelledError):
            await publishing


def has_workers() -> bool:
    """Whether this process is one of several behind one port."""
    return "PROMETHEUS_MULTIPROC_DIR" in os.environ
