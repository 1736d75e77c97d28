"""Mutations: each returns its payload, or a failure that its result declares."""

from collections.abc import Awaitable, Callable
from typing import Any

import strawberry
from strawberry.extensions import FieldExtension

from graph_api.domain import failures
from graph_api.execution.operation_outcomes import note_failure
from graph_api.schema.context import Info
from graph_api.schema.failures import Failure, as_type, unavailable
from graph_api.schema.results import result_type
from graph_api.store.gateway import DatabaseUnavailable


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
