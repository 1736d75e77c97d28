"""Prometheus metrics, one registry a service."""

import os
from collections.abc import Callable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.requests import Request
from starlette.responses import Response

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
SIZES = (1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000)


class Metrics:
    """What the service counts."""

    def __init__(self, version: str, engine: str) -> None:
        self._registry = registry = CollectorRegistry()
        Info("graph_api_build", "Version and engine.", registry=registry).info({"version": version, "engine": engine})
        self._requests = Counter(
            "graph_api_requests", "HTTP requests.", ("method", "route", "status"), registry=registry
        )
        self._request_seconds = Histogram(
            "graph_api_request_seconds", "Seconds to a complete reply.", ("route",), buckets=SECONDS, registry=registry
        )
        self._answers = Counter(
            "graph_api_answers", "Answers taken in, by what became of them.", ("outcome",), registry=registry
        )
        self._batch_size = Histogram(
            "graph_api_intake_batch_answers", "Answers in one transaction.", buckets=SIZES, registry=registry
        )
        self._batch_seconds = Histogram(
            "graph_api_intake_batch_seconds", "Seconds to record one batch.", buckets=SECONDS, registry=registry
        )
        self._depth = Gauge("graph_api_intake_depth", "Answers accepted and not yet answered.", registry=registry)
        self._restarts = Gauge(
            "graph_api_embedded_restarts", "How often the embedded engine was started again.", registry=registry
        )
        self._query_seconds = Histogram(
            "graph_api_query_seconds", "Seconds for one statement.", ("file",), buckets=SECONDS, registry=registry
        )
        self._query_rows = Counter(
            "graph_api_query_rows", "Rows that statements returned.", ("file",), registry=registry
        )

        self._ticks = Counter(
            "graph_api_job_ticks", "Ticks of jobs, by what came of them.", ("job", "outcome"), registry=registry
        )
        self._last_tick = Gauge(
            "graph_api_job_last_tick_seconds",
            "When a job last came to this, as Unix time.",
            ("job", "outcome"),
            registry=registry,
        )
        self._next_tick = Gauge(
            "graph_api_job_next_tick_seconds", "When a job runs next, as Unix time.", ("job",), registry=registry
        )

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._requests.labels(method, route, status).inc()
        self._request_seconds.labels(route).observe(seconds)

    def batch(self, outcomes: Mapping[str, int], seconds: float) -> None:
        """Count one batch of the intake: how many answers came to what, RECORDED, DUPLICATE or a failure's code."""
        self._batch_size.observe(sum(outcomes.values()))
        self._batch_seconds.observe(seconds)
        for outcome, answers in outcomes.items():
            self._answers.labels(outcome).inc(answers)

    def statement(self, name: str, seconds: float, rows: int) -> None:
        """Count one statement."""
        self._query_seconds.labels(name).observe(seconds)
        self._query_rows.labels(name).inc(rows)

    def tick(self, job: str, outcome: str) -> None:
        """Count what came of a tick."""
        self._ticks.labels(job, outcome).inc()
        self._last_tick.labels(job, outcome).set_to_current_time()

    def schedule(self, job: str, next_tick: Callable[[], float]) -> None:
        """Tell when a job runs next, when asked."""
        self._next_tick.labels(job).set_function(next_tick)

    def watch(self, depth: Callable[[], int], restarts: Callable[[], int]) -> None:
        """Read these when asked."""
        self._depth.set_function(depth)
        self._restarts.set_function(restarts)

    async def endpoint(self, _request: Request) -> Response:
        """`/metrics`, for Prometheus."""
        return Response(generate_latest(self._everywhere()), media_type=CONTENT_TYPE_LATEST)

    def _everywhere(self) -> CollectorRegistry:
        """What this process counted; of all workers together, where there are several behind one port."""
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return self._registry
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return together
