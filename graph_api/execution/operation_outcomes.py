"""What operators see of one GraphQL operation: its name, type, outcome and seconds.

HTTP answers 200 to most failures, so the outcome is a code: `OK`, the code of the first error of the reply, or the code
of the failure that a mutation returned.
"""

import asyncio
import time
from collections.abc import Collection
from contextvars import ContextVar
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, TypeAlias
from weakref import ref

from graphql import DocumentNode, OperationDefinitionNode, parse

from graph_api.execution.query_limits import operations_of
from graph_api.store.context_values import Holding

MOST_NAMES = 200
LONGEST_NAME = 64
ANONYMOUS, OTHER, UNKNOWN = "anonymous", "other", "unknown"
OK, UNAVAILABLE, CANCELLED = "OK", "UNAVAILABLE", "CANCELLED"
Transport: TypeAlias = Literal["http", "websocket"]


@dataclass(frozen=True, slots=True)
class Operation:
    """A finished operation.

    name: from a bounded set, see `OperationNames`. type: query, mutation, subscription; unknown if the document could
    not be parsed or has no operation of the name. code: the outcome. seconds: from the start of its work to its end,
    of a subscription to the end of its stream.
    """

    name: str
    type: str
    code: str
    seconds: float
    transport: Transport
    fallback: str | None = None
    """Why a query was executed by graphql-core and not as it was compiled (`compiled.unusual`); None if it was not."""


class OperationNames:
    """The names by which operations are counted, at most N of them, whatever names clients send.

    Names of trusted documents are always known. Others are known in the order of their first use, up to `most`; later
    ones are `other`, as are long ones. An operation without a name is `anonymous`.

    >>> names = OperationNames(["Class"], most=1)
    >>> [names.known(name) for name in ("Class", "First", "Second", "First", None)]
    ['Class', 'First', 'other', 'First', 'anonymous']
    """

    def __init__(self, trusted: Collection[str] = (), most: int = MOST_NAMES) -> None:
        self._names = set(trusted)
        self._most = len(self._names) + most

    def known(self, name: str | None) -> str:
        """The name to count by."""
        if not name:
            return ANONYMOUS
        if name not in self._names:
            if len(self._names) >= self._most or len(name) > LONGEST_NAME:
                return OTHER
            self._names.add(name)
        return name


def names_in(texts: Collection[str]) -> set[str]:
    """The names of the operations of documents.

    >>> sorted(names_in(["query Class { a } mutation Record { b }", "{ c }"]))
    ['Class', 'Record']
    """
    nodes = (node for text in texts for node in parse(text).definitions if isinstance(node, OperationDefinitionNode))
    return {node.name.value for node in nodes if node.name}


class Outcome:
    """What is known so far of an operation that runs."""

    def __init__(self) -> None:
        self.document: DocumentNode | None = None
        self.asked_name: str | None = None
        """The `operationName` of the request."""
        self.code: str | None = None
        self.fallback: str | None = None
        self.started = time.perf_counter()

    def fail(self, code: str) -> None:
        """Set the code; the first one stays."""
        self.code = self.code or code

    def cancel(self) -> None:
        """Set the code of an operation that was cancelled: its time was up, or its client went away."""
        limit = of_block() if (of_block := _limit.get()) is not None else None
        if limit is not None and limit.expired():
            self.fail(UNAVAILABLE)
        elif self.identity()[1] != "subscription":  # whose clients end it so
            self.fail(CANCELLED)

    def identity(self) -> tuple[str | None, str]:
        """The operation's own name and its type. A name that the document does not have is of no operation."""
        nodes = operations_of(self.document, self.asked_name or None) if self.document else []
        if not nodes or len(nodes) > 1:
            return None, UNKNOWN
        return nodes[0].name.value if nodes[0].name else None, nodes[0].operation.value


_running: ContextVar[Outcome | None] = ContextVar("running operation", default=None)
_limit: ContextVar[ref[asyncio.Timeout] | None] = ContextVar("time limit", default=None)
"""Weak, because a time limit refers to its task: each task of the operation would keep all others in one cycle."""


def outcome_of_operation() -> Holding[Outcome]:
    """A block that runs one operation; its failures are noted in the outcome, from the tasks that it starts too."""
    return Holding(_running, Outcome())


def running_operation() -> Outcome | None:
    """The outcome of the operation that this task works for."""
    return _running.get()


def note_failure(code: str) -> None:
    """Note that a mutation of the running operation returns a failure."""
    if (outcome := _running.get()) is not None:
        outcome.fail(code)


def note_fallback(reason: str) -> None:
    """Note why graphql-core executes the running operation, which was compiled."""
    if (outcome := _running.get()) is not None:
        outcome.fallback = reason


class time_limit:  # noqa: N801 - as asyncio.timeout
    """A block that may take N seconds; None for no limit.

    Raises:
        TimeoutError: it took longer and was cancelled.
    """

    __slots__ = ("_limit", "_token")

    def __init__(self, seconds: float | None) -> None:
        self._limit = asyncio.timeout(seconds)

    async def __aenter__(self) -> None:
        await self._limit.__aenter__()
        self._token = _limit.set(ref(self._limit))

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        _limit.reset(self._token)
        await self._limit.__aexit__(kind, fault, trace)
