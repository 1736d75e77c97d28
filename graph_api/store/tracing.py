"""Spans of a trace, as the layers below the application see them: an interface, and one that records nothing.

The application hands a tracer down as it hands down `observe` of the gateway. OpenTelemetry is behind it where an
operator turned it on (`graph_api.app.tracing`); everywhere else `NO_TRACING` is, and costs a method call.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Literal, Protocol, Self, TypeAlias

Value: TypeAlias = str | int | float | bool
Kind: TypeAlias = Literal["internal", "server", "client"]
NO_VALUES: Mapping[str, Value] = {}


class Span(Protocol):
    """One timed part of a trace. Attributes hold no parameters of statements and nothing about students."""

    @property
    def is_sampled(self) -> bool:
        """Whether it is recorded and exported."""

    def describe(self, values: Mapping[str, Value], name: str | None = None) -> None:
        """Set attributes, and a name in place of the first one."""

    def fail(self, error_type: str) -> None:
        """Mark as failed, with a code or the name of an exception."""

    def link(self, other: "Span") -> None:
        """Refer to a span of the same trace or of another."""


class Tracer(Protocol):
    """Makes spans."""

    def span(  # noqa: PLR0913 - what a span may have
        self,
        name: str,
        values: Mapping[str, Value] = NO_VALUES,
        *,
        kind: Kind = "internal",
        parent: Span | None = None,
        links: Sequence[Span] = (),
        is_current: bool = True,
    ) -> AbstractContextManager[Span]:
        """A span around a block; an exception that leaves the block marks it as failed.

        Args:
            name: a name from a bounded set.
            values: its first attributes.
            kind: its role: it serves a request, calls another system, or neither.
            parent: its parent; None for the span of the block around it.
            links: spans that it refers to, besides its parent.
            is_current: whether spans that begin in the block are its children. False where the block yields.
        """

    def joined(self, carrier: Mapping[str, str]) -> AbstractContextManager[None]:
        """A block whose spans continue the trace of a caller, from its headers (W3C `traceparent`)."""

    def carrier(self) -> dict[str, str]:
        """The headers with which another process continues the trace of this block; see `joined`."""


class NoSpan:
    """A span that records nothing, and the block around it."""

    is_sampled = False

    def describe(self, values: Mapping[str, Value], name: str | None = None) -> None:
        """Do nothing."""

    def fail(self, error_type: str) -> None:
        """Do nothing."""

    def link(self, other: Span) -> None:
        """Do nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        pass


class _NoBlock:
    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        pass


NO_SPAN = NoSpan()
_NO_BLOCK = _NoBlock()


class NoTracing:
    """Records nothing.

    >>> with NO_TRACING.span("reading") as span:
    ...     span.describe({"rows": 1})
    >>> span.is_sampled
    False
    """

    def span(  # noqa: PLR0913 - as Tracer
        self,
        name: str,  # noqa: ARG002 - as Tracer
        values: Mapping[str, Value] = NO_VALUES,  # noqa: ARG002
        *,
        kind: Kind = "internal",  # noqa: ARG002
        parent: Span | None = None,  # noqa: ARG002
        links: Sequence[Span] = (),  # noqa: ARG002
        is_current: bool = True,  # noqa: ARG002
    ) -> NoSpan:
        """The span that records nothing."""
        return NO_SPAN

    def joined(self, carrier: Mapping[str, str]) -> _NoBlock:  # noqa: ARG002 - as Tracer
        """A block in which nothing changes."""
        return _NO_BLOCK

    def carrier(self) -> dict[str, str]:
        """No headers."""
        return {}


NO_TRACING = NoTracing()
