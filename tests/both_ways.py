"""One query executed both ways: as it is compiled, and by graphql-core.

GRAPH_API_TEST_BOTH_WAYS=1 lets every query that a test sends over HTTP run both ways; see `compare_all`.
"""

import gzip
import re
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeAlias

import orjson
import pytest
from graphql import GraphQLError, OperationDefinitionNode, OperationType, parse
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope
from strawberry.types import ExecutionResult

from graph_api.domain.principals import Principal
from graph_api.protocol.http import TRIED, GraphQLView, formatted
from graph_api.schema.api import build_schema
from graph_api.schema.context import Context
from graph_api.schema.loaders import Loaders
from graph_api.schema.services import Services

FAULT_ID = re.compile(rb'"id":"[0-9a-f]{8,}"|[0-9a-f]{12,}')
"""The id of an unexpected failure, which is another one each time."""


@dataclass(frozen=True)
class Reply:
    """What a client gets: the bytes of the data and of the cost, and the errors in no particular order."""

    data: bytes
    errors: list[bytes]
    extensions: bytes
    fallback: str | None


async def execute(
    services: Services,
    principal: Principal,
    query: str,
    variables: dict[str, Any],
    *,
    is_compiled: bool,
    broken: str | None = None,
    operation_name: str | None = None,
) -> Reply:
    """The reply to a query in the name of a principal. `broken` is a loader that raises."""
    operations: list[Any] = []
    context = Context(services, principal)
    context.is_compiled, context.shows_cost, context.on_operation = is_compiled, True, operations.append
    if broken is not None:
        break_loader(context.loaders, broken)
    result = await build_schema().execute(
        query, variable_values=variables, context_value=context, operation_name=operation_name
    )
    assert isinstance(result, ExecutionResult)
    errors = [FAULT_ID.sub(b"", orjson.dumps(formatted(error))) for error in result.errors or ()]
    (operation,) = operations
    return Reply(orjson.dumps(result.data), sorted(errors), orjson.dumps(result.extensions), operation.fallback)


def break_loader(loaders: Loaders, name: str) -> None:
    """Let a loader fail for every second key, the same ones each time."""
    loader = getattr(loaders, name)
    load = loader.load_fn

    async def fail(keys: list[Any]) -> list[Any]:
        values = list(await load(keys))
        broken = [sum(repr(key).encode()) % 2 == 0 for key in keys]
        return [
            RuntimeError("injected") if is_broken else value for is_broken, value in zip(broken, values, strict=True)
        ]

    loader.load_fn = fail


Seen: TypeAlias = tuple[int, bytes, list[bytes]]
"""The status and the data of a reply, and its errors in no particular order."""


RANDOM = ("sampleConcepts", "nextQuestions")
"""Fields that are drawn at random, each time anew."""
AT: ContextVar[datetime | None] = ContextVar("the moment of both executions", default=None)
UNCOUNTED: ContextVar[bool] = ContextVar("statements that no test counts", default=False)


def compare_all(patched: pytest.MonkeyPatch) -> None:
    """Let each query over HTTP run both ways from now on, at one moment; it fails if the replies differ.

    A query runs for the first time through strawberry (`run`), and later without it (`reply_or_rest`).
    """
    ways, context_of = Ways(GraphQLView.run, GraphQLView.reply_or_rest), GraphQLView.context_of

    def context_at(view: GraphQLView, scope: Scope) -> Context:
        context = context_of(view, scope)
        if (at := AT.get()) is not None:
            context.services = replace(context.services, clock=lambda: at)
        return context

    async def run_both(view: GraphQLView, request: Any, *more: Any) -> Any:
        first = await ways.run(view, request, *more)
        if isinstance(request, Request) and view.compiled and is_query(body := await request.body()):
            await ways.compare(view, request.scope, body, is_known=False)
        return first

    async def reply_both(view: GraphQLView, scope: Scope, receive: Receive) -> Any:
        messages: list[Message] = []

        async def noted() -> Message:
            messages.append(await receive())
            return messages[-1]

        first = await ways.reply_or_rest(view, scope, noted)
        body = b"".join(message.get("body", b"") for message in messages)
        if first[0] is not None and is_query(body):
            await ways.compare(view, scope, body, is_known=True)
        return first

    patched.setattr(GraphQLView, "context_of", context_at)
    patched.setattr(GraphQLView, "run", run_both)
    patched.setattr(GraphQLView, "reply_or_rest", reply_both)


@dataclass(frozen=True)
class Ways:
    """The methods of the view that execute queries."""

    run: Callable[..., Awaitable[Any]]
    reply_or_rest: Callable[..., Awaitable[Any]]

    async def compare(self, view: GraphQLView, scope: Scope, body: bytes, *, is_known: bool) -> None:
        """Execute a query both ways, at one moment."""
        usually = copy(view)
        usually.compiled = False
        moment = AT.set(scope["app"].state.services.clock())
        counted = UNCOUNTED.set(True)
        try:
            for is_last in (False, True):  # the second time only if something was written in between
                usual = seen(await self.run(usually, again(scope, body)))
                compiled = await self.compiled(view, again(scope, body), is_known=is_known)
                if usual == compiled:
                    return
                assert not is_last, f"the replies differ:\n{usual}\n{compiled}\n{body.decode()}"
        finally:
            AT.reset(moment)
            UNCOUNTED.reset(counted)

    async def compiled(self, view: GraphQLView, request: Request, *, is_known: bool) -> Seen:
        """What a client sees of the reply as the query is compiled."""
        if is_known:
            request.scope.pop(TRIED)
            reply, _ = await self.reply_or_rest(view, request.scope, request.receive)
            return seen(Response(gzip.decompress(reply.body) if reply.encoding else reply.body, reply.status))
        return seen(await self.run(view, request))


def again(scope: Scope, body: bytes) -> Request:
    """The same request, which is not counted."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request({**scope, "state": {}, "on_operation": None}, receive)


def seen(reply: Response) -> Seen:
    """What a client sees of a reply."""
    body = orjson.loads(reply.body)
    errors = [FAULT_ID.sub(b"", orjson.dumps(error)) for error in body.pop("errors", [])]
    return reply.status_code, orjson.dumps(body), sorted(errors)


def is_query(body: bytes) -> bool:
    """Whether a body is one document of queries, with nothing random in it."""
    try:
        text = orjson.loads(body)["query"]
        nodes = parse(text).definitions
    except (ValueError, TypeError, KeyError, GraphQLError):
        return False
    kinds = {node.operation for node in nodes if isinstance(node, OperationDefinitionNode)}
    return kinds == {OperationType.QUERY} and not any(name in text for name in RANDOM)
