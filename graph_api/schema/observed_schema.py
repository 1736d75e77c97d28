"""The schema as it runs operations: each is counted, timed and traced, over HTTP and over websockets."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from functools import cached_property, partial
from inspect import isawaitable
from types import MappingProxyType, TracebackType
from typing import Any

import strawberry
from graphql import DocumentNode, GraphQLError, GraphQLSchema
from graphql import ExecutionResult as CoreResult
from strawberry.exceptions import MissingQueryError
from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionContext, ExecutionResult

from graph_api.execution.budget import BUDGET, Budget
from graph_api.execution.compiled.forms import Forms
from graph_api.execution.compiled.plans import Plan, Plans
from graph_api.execution.compiled.unusual import Reason, Unusual
from graph_api.execution.error_codes import code_of
from graph_api.execution.large_inputs import coerce
from graph_api.execution.operation_outcomes import (
    OK,
    Operation,
    Outcome,
    note_fallback,
    outcome_of_operation,
    running_operation,
)
from graph_api.execution.query_limits import DEFAULT_LIMITS
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

    limits = DEFAULT_LIMITS
    forms: Forms = MappingProxyType({})
    """The batch forms of fields, which compiled queries use."""
    stable_types: frozenset[str] = frozenset()
    """The names of types whose objects never change: another state has other objects."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Log nothing."""

    async def execute_known(
        self,
        plan: Plan,
        text: str,
        variables: dict[str, Any] | None,
        context: Context,
        operation_name: str | None,
    ) -> ExecutionResult:
        """Run a query that is compiled, whose document and caller were checked; see `protocol.known_queries`.

        The budget, the outcome and the trace are those of `execute`.
        """
        with observed(context, operation_name) as outcome:
            outcome.document = plan.document
            budget = Budget(self.limits.objects, self.limits.cost)
            BUDGET.set(budget)
            try:
                await coerce(self._schema, plan.operation, variables or {})
                return ExecutionResult(data=await plan.run(variables, context), errors=None)
            except Unusual as unusual:
                begin_again(context, unusual.reason)
            finally:
                budget.end()
            context.is_compiled = False
            result = await super().execute(
                text, variable_values=variables, context_value=context, operation_name=operation_name
            )
            note_errors(outcome, result)
            return result

    @cached_property
    def plans(self) -> Plans:
        """The queries that are compiled."""
        return Plans(self, self.forms, self.stable_types)

    def _get_execute_function(self) -> Callable[..., Any]:
        return partial(execute_compiled, self.plans, super()._get_execute_function())

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


async def execute_compiled(
    plans: Plans,
    execute_usually: Callable[..., Any],
    schema: GraphQLSchema,
    document: DocumentNode,
    **given: Any,  # noqa: ANN401 - as graphql-core's
) -> Any:  # noqa: ANN401 - its result
    """The result of an operation, which strawberry runs behind its extensions, as it runs graphql-core's `execute`.

    A query that does not go as usual is run again by graphql-core, which makes the errors: reads have no effects.
    """
    context = given["context_value"]
    if isinstance(context, Context) and context.is_compiled:
        plan = plans.of(document, given["operation_name"])
        if plan is not None:
            try:
                return CoreResult(await plan.run(given["variable_values"], context), None)
            except Unusual as unusual:
                begin_again(context, unusual.reason)
    result = execute_usually(schema, document, **given)
    return await result if isawaitable(result) else result


def begin_again(context: Context, reason: Reason) -> None:
    """Prepare the execution by graphql-core: nothing is spent, and what was read stays, with its failures.

    Rows count towards the budget when they are read. After it was exceeded they are read again, to be counted again.
    """
    note_fallback(reason)
    if (budget := BUDGET.get()) is not None:
        budget.renew()
    if reason == "budget":
        context.forget()


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


class observed:  # noqa: N801 - used as a function
    """A block that runs one operation: its span, and the report when it has ended."""

    __slots__ = ("_context", "_operation_name", "_outcome", "_running", "_span", "_tracing")

    def __init__(self, context: object, operation_name: str | None) -> None:
        self._context = context if isinstance(context, Context) else None
        self._operation_name = operation_name
        self._tracing = (self._context.services.tracer if self._context else NO_TRACING).span("graphql")
        self._running = outcome_of_operation()

    def __enter__(self) -> Outcome:
        self._span = self._tracing.__enter__()
        self._outcome = self._running.__enter__()
        self._outcome.asked_name = self._operation_name
        return self._outcome

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(fault, REFUSALS):
            self._outcome.fail(BAD_REQUEST)
        elif isinstance(fault, Exception):
            self._outcome.fail(INTERNAL)
        elif isinstance(fault, asyncio.CancelledError | GeneratorExit):
            self._outcome.cancel()
        try:
            if self._context is not None:
                report(self._context, self._outcome, self._span)
                if not self._context.can_stream:
                    self._context.end()
        finally:
            self._running.__exit__(kind, fault, trace)
            self._tracing.__exit__(kind, fault, trace)


def report(context: Context, outcome: Outcome, span: Span) -> None:
    """Report an operation that has ended."""
    name, kind = outcome.identity()
    operation = Operation(
        context.services.operation_names.known(name),
        kind,
        outcome.code or OK,
        time.perf_counter() - outcome.started,
        "websocket" if context.can_stream else "http",
        outcome.fallback,
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
