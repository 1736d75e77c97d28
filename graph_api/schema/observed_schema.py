"""The schema as it runs operations: each is counted, timed and traced, over HTTP and over websockets."""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.exceptions import MissingQueryError
from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionContext, ExecutionResult

from graph_api.execution.error_codes import code_of
from graph_api.execution.operation_outcomes import OK, Operation, Outcome, outcome_of_operation, running_operation
from graph_api.schema.context import Context
from graph_api.store.tracing import NO_TRACING, Span

BAD_REQUEST, INTERNAL = "BAD_REQUEST", "INTERNAL"
REFUSALS = (GraphQLError, MissingQueryError, CannotGetOperationTypeError, InvalidOperationTypeError)
"""Raised for a request that has no operation to run."""


class NoteDocument(SchemaExtension):
    """Notes the parsed document: the operation's name and type are in it."""

    def on_parse(self) -> Iterator[None]:
        """Note what the parser leaves, or the cache of documents."""
        yield
        if (outcome := running_operation()) is not None:
            outcome.document = self.execution_context.graphql_document


class Schema(strawberry.Schema):
    """The schema. Errors are logged where they are formatted (`graph_api.protocol.http`), not here as well."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Log nothing."""

    async def execute(self, *args: Any, **kwargs: Any) -> ExecutionResult:  # noqa: ANN401 - as strawberry has it
        """Run an operation with one result."""
        with observed(kwargs.get("context_value"), kwargs.get("operation_name")) as outcome:
            result = await super().execute(*args, **kwargs)
            note_errors(outcome, result)
            return result

    async def stream(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as strawberry has it
        """Run an operation over a websocket; the results as a stream."""
        results: Any = await super().stream(*args, **kwargs)
        return observed_stream(results, kwargs.get("context_value"), kwargs.get("operation_name"))


async def observed_stream(
    results: AsyncGenerator[Any, None], context: object, operation_name: str | None
) -> AsyncGenerator[Any, None]:
    """The results of an operation, which is reported when they end."""
    with observed(context, operation_name) as outcome:
        async with aclosing(results):
            async for result in results:
                note_errors(outcome, result)
                yield result


def note_errors(outcome: Outcome, result: object) -> None:
    """Note the first error of a result."""
    for error in getattr(result, "errors", None) or ():
        outcome.fail(code_of(error))


@contextmanager
def observed(context: object, operation_name: str | None) -> Iterator[Outcome]:
    """A block that runs one operation: its span, and the report when it has ended."""
    known = context if isinstance(context, Context) else None
    tracer = known.services.tracer if known else NO_TRACING
    with tracer.span("graphql") as span, outcome_of_operation() as outcome:
        outcome.asked_name = operation_name
        try:
            yield outcome
        except REFUSALS:
            outcome.fail(BAD_REQUEST)
            raise
        except Exception:
            outcome.fail(INTERNAL)
            raise
        except (asyncio.CancelledError, GeneratorExit):
            outcome.cancel()
            raise
        finally:
            if known is not None:
                report(known, outcome, span)


def report(context: Context, outcome: Outcome, span: Span) -> None:
    """Report an operation that has ended."""
    name, kind = outcome.identity()
    operation = Operation(
        context.services.operation_names.known(name),
        kind,
        outcome.code or OK,
        time.perf_counter() - outcome.started,
        "websocket" if context.can_stream else "http",
    )
    span.describe(
        {
            "graphql.operation.name": operation.name,
            "graphql.operation.type": operation.type,
            "graph_api.outcome": operation.code,
        },
        f"{operation.type} {operation.name}",
    )
    if operation.code != OK:
        span.fail(operation.code)
    if context.on_operation is not None:
        context.on_operation(operation)
