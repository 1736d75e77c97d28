"""Large inputs: coerced once, and made into objects, in a thread, so that others have the event loop meanwhile.

Thousands of answers in the variables of one mutation take the better part of a second of pure Python.
"""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import MISSING, replace
from typing import Any, NamedTuple

from graphql import DocumentNode, GraphQLSchema, OperationDefinitionNode
from graphql.execution.values import VariableValuesOrErrors, get_variable_values
from strawberry import Schema
from strawberry.types.arguments import InputContext, convert_arguments
from strawberry.types.field import StrawberryField

from graph_api.usecases.computing import compute

LARGE = 500
"""Values of JSON beyond which an input is large; fewer take about 20 ms at most."""
MOST_ERRORS = 50
"""Errors of variables in a reply: the same number as in graphql-core."""


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
    count, waiting = 0, [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Mapping | list):
            count += len(each)
            if count > LARGE:
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
    """The variables that `coerce` has coerced; None if it had nothing to do."""
    last = COERCED.get()
    is_it = last is not None and last.operation is operation and last.inputs is inputs
    return last.values if last is not None and is_it else None


def without_variables(document: DocumentNode, operation: OperationDefinitionNode) -> DocumentNode:
    """The document whose operation declares no variables, for an executor that has them already."""
    bare = replace(operation, variable_definitions=())
    return replace(document, definitions=tuple(bare if each is operation else each for each in document.definitions))


def convert_in_threads(schema: Schema) -> None:
    """Let mutations make objects of large arguments in a thread; all mutations are asynchronous.

    Strawberry converts in the event loop. It finds the objects made here, which its inputs then take as they are.
    """
    root = schema._schema.mutation_type  # noqa: SLF001 - no public way
    for field in root.fields.values() if root is not None else ():
        declared = field.extensions["strawberry-definition"]
        for argument in declared.arguments:
            _take_as_it_is(argument.type)
        if field.resolve is not None:
            field.resolve = _converting(schema, declared, field.resolve)


def _take_as_it_is(kind: Any) -> None:  # noqa: ANN401 - strawberry's types
    while hasattr(kind, "of_type"):
        kind = kind.of_type
    definition = getattr(kind, "__strawberry_definition__", None)
    if definition is not None and getattr(definition, "is_input", False):
        definition.from_input = _made


def _made(kind: Any, value: Any, context: InputContext) -> Any:  # noqa: ANN401 - as strawberry's
    """The object of an input, as strawberry makes it; one that is made already stays as it is."""
    if isinstance(value, kind):
        return value
    fields = kind.__strawberry_definition__.fields
    given: dict[str, Any] = {
        field.python_name: None for field in fields if field.default_value is field.default_factory is MISSING
    }
    for field in fields:
        name = context.config.name_converter.from_field(field)
        if name in value:
            given[field.python_name] = context.convert(value[name], field.type, name)
    return kind(**given)


def _converting(schema: Schema, declared: StrawberryField, resolve: Callable[..., Any]) -> Callable[..., Any]:
    """A resolver whose arguments are converted in a thread if they are large."""
    registry, config = schema.schema_converter.scalar_registry, schema.config
    names = {each.python_name: config.name_converter.from_argument(each) for each in declared.arguments}

    async def in_thread(source: object, info: object, **arguments: Any) -> Any:  # noqa: ANN401 - as graphql-core's
        made = await compute(convert_arguments, arguments, declared.arguments, registry, config)
        return await resolve(source, info, **{names[name]: value for name, value in made.items()})

    def resolved(source: object, info: object, **arguments: Any) -> Any:  # noqa: ANN401 - as graphql-core's
        calling = in_thread if is_large(arguments) else resolve
        return calling(source, info, **arguments)

    return resolved
