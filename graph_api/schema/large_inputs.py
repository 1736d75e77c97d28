"""Large inputs: coerced once, and made into objects, in a thread, so that others have the event loop meanwhile.

Thousands of answers in the variables of one mutation take the better part of a second of pure Python.
"""

from collections.abc import Callable, Mapping
from contextvars import ContextVar, copy_context
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from graphql import DocumentNode, GraphQLObjectType, GraphQLSchema, OperationDefinitionNode
from graphql.execution.values import VariableValuesOrErrors, get_variable_values

from graph_api.usecases.computing import compute

LARGE = 500
"""Values of JSON beyond which an input is large; fewer take about 20 ms at most."""
MOST_ERRORS = 50
"""Errors of variables that a reply tells: as many as graphql-core tells."""


class Coerced(NamedTuple):
    """The variables of an operation after coercion, or what is wrong with them."""

    operation: OperationDefinitionNode
    inputs: Mapping[str, Any]
    values: VariableValuesOrErrors


COERCED: ContextVar[Coerced | None] = ContextVar("coerced", default=None)
"""The large variables of the operation that runs, for its execution."""


def is_large(value: object) -> bool:
    """Whether a value holds many others.

    >>> is_large({"a": [{"b": n} for n in range(9)]}), is_large({"a": [{"b": n} for n in range(900)]})
    (False, True)
    """
    found, waiting = 0, [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Mapping | list):
            found += len(each)
            if found > LARGE:
                return True
            waiting.extend(each.values() if isinstance(each, Mapping) else each)
    return False


async def coerce(schema: GraphQLSchema, operation: OperationDefinitionNode, inputs: Mapping[str, Any]) -> None:
    """Coerce the variables of an operation for all who need them, if they are large."""
    COERCED.set(None)
    if is_large(inputs):
        definitions = operation.variable_definitions or ()
        # the same `inputs`, not a copy: `known` recognises them
        values = await compute(get_variable_values, schema, definitions, inputs, max_errors=MOST_ERRORS)  # type: ignore[arg-type]
        COERCED.set(Coerced(operation, inputs, values))


def known(operation: OperationDefinitionNode, inputs: object) -> VariableValuesOrErrors | None:
    """What `coerce` found; None if it had nothing to do."""
    found = COERCED.get()
    is_it = found is not None and found.operation is operation and found.inputs is inputs
    return found.values if found is not None and is_it else None


def without_variables(document: DocumentNode, operation: OperationDefinitionNode) -> DocumentNode:
    """The document whose operation declares no variables, for an executor that has them already."""
    bare = replace(operation, variable_definitions=())
    return replace(document, definitions=tuple(bare if each is operation else each for each in document.definitions))


def convert_in_threads(root: GraphQLObjectType) -> None:
    """Let the fields of a root type make objects of large arguments in a thread; all of them are asynchronous."""
    for field in root.fields.values():
        if field.resolve is not None:
            field.resolve = _converting(field.resolve)


def _converting(resolve: Callable[..., Any]) -> Callable[..., Any]:
    """A resolver that converts its arguments in a thread if they are large.

    Strawberry's resolvers convert when they are called, and work when they are awaited.
    """

    async def in_thread(source: object, info: object, **arguments: Any) -> Any:  # noqa: ANN401 - as graphql-core's
        return await (await compute(copy_context().run, partial(resolve, source, info, **arguments)))

    def resolved(source: object, info: object, **arguments: Any) -> Any:  # noqa: ANN401 - as graphql-core's
        calling = in_thread if is_large(arguments) else resolve
        return calling(source, info, **arguments)

    return resolved
