"""Mutations: each returns its payload, or a failure that its result declares.

A result is an interface that the payload and the declared failures implement. An interface has fields of its own, and
a union has none. So `upsertGroup(…) { failure { code message } … }` needs no fragment: a client's cache that does not
know the possible types would drop the fields of `... on Failure`.
"""

from collections.abc import Awaitable, Callable, Container
from types import GenericAlias
from typing import Any, get_args

import strawberry
from strawberry.extensions import FieldExtension
from strawberry.types.union import StrawberryUnion

from graph_api.domain import failures
from graph_api.execution.operation_outcomes import note_failure
from graph_api.schema.context import Info
from graph_api.schema.failures import Failure, as_type, unavailable
from graph_api.store.gateway import DatabaseUnavailable

_RESULTS: dict[str, type] = {}
"""The interfaces by name. Strawberry's types are made once in a process."""
MEMBERS: dict[type, None] = {}
"""The payloads and failures, in order. Only the interfaces are named in fields, so the schema must be handed these."""


class PayloadOrFailure(FieldExtension):
    """Turns a failure that a mutation raises into its result, and notes its code for operators.

    What the request has read before is forgotten first.
    """

    async def resolve_async(
        self,
        next_: Callable[..., Awaitable[Any]],
        source: Any,  # noqa: ANN401 - as strawberry has it
        info: Info,
        **kwargs: Any,  # noqa: ANN401 - as strawberry has it
    ) -> Any:  # noqa: ANN401 - one of the mutation's result
        """Run the mutation."""
        info.context.forget()
        try:
            result = await next_(source, info, **kwargs)
        except failures.Failure as failure:
            result = as_type(failure)
        except DatabaseUnavailable as fault:
            result = as_type(unavailable(fault))
        if isinstance(result, Failure):
            note_failure(result.code)
        return result


def mutation(description: str) -> Callable[[Callable[..., Any]], Any]:
    """A field of the mutation type; the resolver raises failures of the domain and returns the payload.

    The resolver's annotation is the result: `Annotated[Payload | Failures…, strawberry.union(name, description)]`.
    """

    def decorate(resolver: Callable[..., Any]) -> Any:  # noqa: ANN401 - strawberry's field
        return strawberry.mutation(
            resolver,
            description=description,
            extensions=[PayloadOrFailure()],
            graphql_type=result_type(resolver.__annotations__["return"]),
        )

    return decorate


def _failure(self: object) -> Failure | None:
    return self if isinstance(self, Failure) else None


def _type_of(result: str, names: Container[str]) -> Callable[..., str]:
    """The function that returns the type's name of a value of a result.

    Failures share a base class, so that `is_type_of` would take the first of them. A failure that the result does not
    declare is an error of the service, which clients see masked.
    """

    def name_of(value: Any, *_: object) -> str:  # noqa: ANN401 - a payload or a failure
        name: str = value.__strawberry_definition__.name
        if name not in names:
            raise TypeError(f"{result} does not declare {name}: {getattr(value, 'message', '')}")
        return name

    return name_of


def result_type(annotation: Any) -> type:  # noqa: ANN401 - what a resolver is annotated with
    """The interface of a result, from `Annotated[Payload | Failures…, strawberry.union(name, description)]`.

    Every member gets the field `failure`, and implements the interface.
    """
    members, union = get_args(annotation)
    if not isinstance(union, StrawberryUnion) or union.graphql_name is None:
        raise TypeError("a result must be annotated with strawberry.union(name, description)")
    if union.graphql_name not in _RESULTS:
        _make(union.graphql_name, union.description, get_args(members))
    return _RESULTS[union.graphql_name]


def list_of(annotation: Any) -> Any:  # noqa: ANN401 - what a resolver is annotated with, and strawberry's type
    """The type of a list of results."""
    return GenericAlias(list, (result_type(annotation),))


def _make(name: str, description: str | None, members: tuple[Any, ...]) -> None:
    interface: Any = strawberry.interface(type(name, (), {"failure": _field()}), name=name, description=description)
    names = {member.__strawberry_definition__.name for member in members}
    interface.__strawberry_definition__.resolve_type = _type_of(name, names)
    _RESULTS[name] = interface
    MEMBERS.update(dict.fromkeys(members))
    for member in members:
        definition = member.__strawberry_definition__
        definition.interfaces.append(interface.__strawberry_definition__)
        definition.interfaces.sort(key=_place)  # whichever module was imported first
        if all(field.python_name != "failure" for field in definition.fields):
            definition.fields.append(*interface.__strawberry_definition__.fields)


def _place(interface: Any) -> str:  # noqa: ANN401 - strawberry's definition of a type
    return interface.name if interface.name in _RESULTS else ""


def _field() -> Any:  # noqa: ANN401 - strawberry's field
    return strawberry.field(
        resolver=_failure,
        description="The reason why nothing was done. Null if the mutation succeeded. Needs no fragment, so that "
        "every cache stores `code` and `message`.",
    )
