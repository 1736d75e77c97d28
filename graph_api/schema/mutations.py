"""Mutations: each returns its payload, or a failure that its result declares."""

from collections.abc import Awaitable, Callable
from typing import Any

import strawberry
from strawberry.extensions import FieldExtension

from graph_api.schema.context import Info
from graph_api.schema.failures import payload_or_failure


class PayloadOrFailure(FieldExtension):
    """Turns a failure that a mutation raises into its result, and forgets what the request has read before."""

    async def resolve_async(
        self,
        next_: Callable[..., Awaitable[Any]],
        source: Any,  # noqa: ANN401 - as strawberry has it
        info: Info,
        **kwargs: Any,  # noqa: ANN401 - as strawberry has it
    ) -> Any:  # noqa: ANN401 - one of the mutation's union
        """Run the mutation."""
        info.context.forget()
        return await payload_or_failure(next_(source, info, **kwargs))


def mutation(description: str) -> Any:  # noqa: ANN401 - strawberry's decorator
    """A field of the mutation type; the resolver raises failures of the domain and returns the payload."""
    return strawberry.mutation(description=description, extensions=[PayloadOrFailure()])
