"""One query executed both ways: as it is compiled, and by graphql-core.

GRAPH_API_TEST_BOTH_WAYS=1 lets every query that a test sends over HTTP run both ways; see `compare_all`.
"""

import re
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
import pytest
from graphql import GraphQLError, OperationDefinitionNode, OperationType, parse
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message
from strawberry.types import ExecutionResult

from graph_api.domain.principals import Principal
from graph_api.protocol.http import GraphQLView, formatted
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


RANDOM = ("sampleConcepts", "nextQuestions")
"""Fields that are drawn at random, each time anew."""
AT: ContextVar[datetime | None] = ContextVar("the moment of both executions", default=None)
UNCOUNTED: ContextVar[bool] = ContextVar("statements that no test counts", default=False)


def compare_all(patched: pytest.MonkeyPatch) -> None:
    """Let each query over HTTP run both ways from now on, at one moment; it fails if the replies differ."""
    run, get_context = GraphQLView.run, GraphQLView.get_context

    async def context_at(view: GraphQLView, request: Any, response: Any) -> Context:
        context = await get_context(view, request, response)
        if (at := AT.get()) is not None:
            context.services = replace(context.services, clock=lambda: at)
        return context

    async def run_both(view: GraphQLView, request: Any, *more: Any) -> Any:
        if not isinstance(request, Request) or not view.compiled or not is_query(await request.body()):
            return await run(view, request, *more)
        first = await run(view, request, *more)
        moment = AT.set(request.app.state.services.clock())
        counted = UNCOUNTED.set(True)
        try:
            await check_same(view, request)
        finally:
            AT.reset(moment)
            UNCOUNTED.reset(counted)
        return first

    async def check_same(view: GraphQLView, request: Request) -> None:
        usually = copy(view)
        usually.compiled = False
        for is_last in (False, True):  # the second time only if something was written in between
            usual, compiled = [seen(await run(each, await again(request))) for each in (usually, view)]
            if usual == compiled:
                return
            assert not is_last, f"the replies differ:\n{usual}\n{compiled}\n{(await request.body()).decode()}"

    patched.setattr(GraphQLView, "get_context", context_at)
    patched.setattr(GraphQLView, "run", run_both)


async def again(request: Request) -> Request:
    """The same request, which is not counted."""
    body = await request.body()

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request({**request.scope, "state": {}, "on_operation": None}, receive)


def seen(reply: Response) -> tuple[int, bytes, list[bytes]]:
    """The status and the data of a reply, and its errors in no particular order."""
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
