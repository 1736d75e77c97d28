"""OpenTelemetry, where an operator turned it on: the only import of it, and only then.

`OTEL_TRACES_EXPORTER` (`otlp`, `console`) or `OTEL_EXPORTER_OTLP_ENDPOINT` turns traces on; the SDK reads all other
`OTEL_*` variables itself. The SDK is the extra `graph-api[otel]`.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from graph_api.app.routes import method_of, route_of
from graph_api.store.tracing import NO_TRACING, NO_VALUES, Kind, Span, Tracer, Value

if TYPE_CHECKING:
    from opentelemetry.trace import TracerProvider

OFF = frozenset({"", "none"})
ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
PROTOCOLS = {"http/protobuf": "otlp_proto_http", "grpc": "otlp_proto_grpc"}
SERVICE = "graph-api"
UNTRACED = frozenset({"/healthz", "/readyz", "/metrics"})
"""What machines request every few seconds."""
SERVER_ERROR = 500


class TracingUnavailable(Exception):
    """Traces are turned on, and what they need is not installed."""


class OpenTelemetry:
    """A tracer on an OpenTelemetry provider. Needs the extra `otel`."""

    def __init__(self, provider: "TracerProvider", shut_down: Callable[[], None] = lambda: None) -> None:
        from opentelemetry import context, propagate, trace  # noqa: PLC0415 - only where traces are on

        self._trace, self._context = trace, context
        self._extract, self._inject = propagate.extract, propagate.inject
        self._tracer = provider.get_tracer("graph_api")
        self._kinds = {
            "internal": trace.SpanKind.INTERNAL,
            "server": trace.SpanKind.SERVER,
            "client": trace.SpanKind.CLIENT,
        }
        self.shut_down = shut_down
        """Exports what is left; blocks for some seconds at the most."""

    @contextmanager
    def span(  # noqa: PLR0913 - as Tracer
        self,
        name: str,
        values: Mapping[str, Value] = NO_VALUES,
        *,
        kind: Kind = "internal",
        parent: Span | None = None,
        links: Sequence[Span] = (),
        is_current: bool = True,
    ) -> Iterator["RecordedSpan"]:
        """A span around a block: see `Tracer`. An exception leaves its type; its message may name students."""
        above = self._trace.set_span_in_context(parent.recorded) if isinstance(parent, RecordedSpan) else None
        recorded = self._tracer.start_span(
            name,
            above,
            self._kinds[kind],
            values,
            [self._trace.Link(each.context) for each in links if isinstance(each, RecordedSpan)],
        )
        span = RecordedSpan(recorded, self._trace)
        token = self._context.attach(self._trace.set_span_in_context(recorded, above)) if is_current else None
        try:
            yield span
        except Exception as error:
            span.fail(type(error).__name__)
            raise
        finally:
            if token is not None:
                self._context.detach(token)
            span.end()

    @contextmanager
    def joined(self, carrier: Mapping[str, str]) -> Iterator[None]:
        """A block whose spans continue the trace of a caller."""
        token = self._context.attach(self._extract(carrier))
        try:
            yield
        finally:
            self._context.detach(token)

    def carrier(self) -> dict[str, str]:
        """The headers with which another process continues the trace of this block."""
        headers: dict[str, str] = {}
        self._inject(headers)
        return headers


class RecordedSpan:
    """A span of OpenTelemetry."""

    def __init__(self, recorded: Any, trace: Any) -> None:  # noqa: ANN401 - of an optional package
        self.recorded = recorded
        self._trace = trace

    @property
    def context(self) -> Any:  # noqa: ANN401 - of an optional package
        """Its ids."""
        return self.recorded.get_span_context()

    @property
    def is_sampled(self) -> bool:
        """Whether it is exported."""
        return bool(self.context.trace_flags.sampled)

    def describe(self, values: Mapping[str, Value], name: str | None = None) -> None:
        """Set attributes, and a name."""
        self.recorded.set_attributes(values)
        if name is not None:
            self.recorded.update_name(name)

    def fail(self, error_type: str) -> None:
        """Mark as failed; the first reason stays."""
        if not self.recorded.is_recording() or "error.type" in (self.recorded.attributes or ()):
            return
        self.recorded.set_attribute("error.type", error_type)
        self.recorded.set_status(self._trace.StatusCode.ERROR)

    def end(self) -> None:
        """End it, once."""
        if self.recorded.is_recording():
            self.recorded.end()

    def link(self, other: Span) -> None:
        """Refer to another span, unless this one has ended: its caller has gone away."""
        if isinstance(other, RecordedSpan) and self.recorded.is_recording():
            self.recorded.add_link(other.context)


class TracedRequests:
    """Pure ASGI middleware: a span for each request, in the trace that its `traceparent` names.

    A websocket's span is that of its handshake, so that it is exported while the connection is open; operations are
    its children. Log lines of the request have the ids `trace_id` and `span_id`.
    """

    def __init__(self, app: ASGIApp, tracer: OpenTelemetry) -> None:
        self._app = app
        self._tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or one connection."""
        if scope["type"] not in {"http", "websocket"} or scope["path"] in UNTRACED:
            await self._app(scope, receive, send)
            return
        method, route = method_of(scope), route_of(scope["path"])
        values: dict[str, Value] = {
            "http.request.method": "GET" if scope["type"] == "websocket" else method,
            "http.route": route,
            "url.scheme": scope["scheme"],
        }
        with (
            self._tracer.joined(Headers(scope=scope)),
            self._tracer.span(f"{method} {route}", values, kind="server") as span,
            bound_contextvars(**ids_of(span)),
        ):

            async def send_and_describe(message: Message) -> None:
                if message["type"].endswith("http.response.start"):
                    describe_status(span, message["status"])
                elif message["type"] == "websocket.accept":
                    describe_status(span, 101)
                    span.end()
                await send(message)

            await self._app(scope, receive, send_and_describe)


def describe_status(span: Span, status: int) -> None:
    """Set the status of a reply; those of 500 and above are failures."""
    span.describe({"http.response.status_code": status})
    if status >= SERVER_ERROR:
        span.fail(str(status))


def ids_of(span: RecordedSpan) -> dict[str, str]:
    """The ids of a span as log lines have them: 32 and 16 hexadecimal digits."""
    return {"trace_id": f"{span.context.trace_id:032x}", "span_id": f"{span.context.span_id:016x}"}


def tracer_from_environment(environment: Mapping[str, str] = os.environ) -> Tracer:
    """The tracer that the `OTEL_*` variables ask for; `NO_TRACING` if they ask for none.

    A provider that is in effect already (`opentelemetry-instrument`) is used as it is.

    Raises:
        TracingUnavailable: the extra `otel`, or the exporter, is not installed.

    >>> tracer_from_environment({}) is NO_TRACING
    True
    """
    if environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return NO_TRACING
    if (provider := _global_provider()) is not None:
        return OpenTelemetry(provider)
    names = exporter_names(environment)
    if not names:
        return NO_TRACING
    try:
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - only where traces are on
        from opentelemetry.sdk.trace import TracerProvider as Provider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as error:
        raise TracingUnavailable("OTEL_* turns traces on: install graph-api[otel], or unset it") from error
    named = {} if environment.get("OTEL_SERVICE_NAME") else {"service.name": SERVICE}
    if "service.name=" in environment.get("OTEL_RESOURCE_ATTRIBUTES", ""):
        named = {}
    made = Provider(resource=Resource.create(named))
    for name in names:
        made.add_span_processor(BatchSpanProcessor(_exporter(name)))
    return OpenTelemetry(made, made.shutdown)


def exporter_names(environment: Mapping[str, str]) -> list[str]:
    """The exporters that the variables name; an endpoint alone means OTLP.

    >>> exporter_names({"OTEL_TRACES_EXPORTER": "otlp, console"})
    ['otlp_proto_http', 'console']
    >>> exporter_names({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318", "OTEL_TRACES_EXPORTER": "none"})
    []
    """
    default = "otlp" if any(environment.get(name) for name in ENDPOINTS) else ""
    names = [name.strip() for name in (environment.get("OTEL_TRACES_EXPORTER") or default).split(",")]
    general = environment.get("OTEL_EXPORTER_OTLP_PROTOCOL") or "http/protobuf"
    protocol = environment.get("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") or general
    return [PROTOCOLS.get(protocol, protocol) if name == "otlp" else name for name in names if name not in OFF]


def _exporter(name: str) -> Any:  # noqa: ANN401 - of an optional package
    for exporter in entry_points(group="opentelemetry_traces_exporter", name=name):
        return exporter.load()()
    raise TracingUnavailable(
        f"OTEL_TRACES_EXPORTER: the exporter {name} must be installed; graph-api[otel] brings otlp (http/protobuf)"
        " and console"
    )


def _global_provider() -> "TracerProvider | None":
    """The provider that another part of this process made; None if there is none, or no SDK."""
    import sys  # noqa: PLC0415 - beside its only use

    sdk = sys.modules.get("opentelemetry.sdk.trace")
    if sdk is None:
        return None
    from opentelemetry import trace  # noqa: PLC0415 - loaded already

    provider = trace.get_tracer_provider()
    return provider if isinstance(provider, sdk.TracerProvider) else None
