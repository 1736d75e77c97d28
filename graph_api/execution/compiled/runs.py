"""One execution of a compiled query: its context, its variables, its budget."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from graphql import GraphQLSchema
from graphql.execution.values import VariableValues
from graphql.pyutils import gather_with_cancel

from graph_api.execution.budget import Budget
from graph_api.store.pace import pace

SLICE = 50
"""Calls and objects after which a run looks whether others should have the event loop."""

PIECE = 500
"""Objects that are made at once, in less than a millisecond."""


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """What resolvers know of the execution, in the place of graphql-core's `GraphQLResolveInfo`."""

    field_name: str
    schema: GraphQLSchema
    context: Any
    variable_values: VariableValues


@dataclass(slots=True)
class Run:
    """One execution."""

    schema: GraphQLSchema
    context: Any
    variables: VariableValues
    budget: Budget
    calls: dict[int, dict[str, Any]] = field(default_factory=dict)
    """The converted arguments of fields, by the identity of the field."""

    async def in_slices(self, make: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
        """What a function makes of each item; others have the event loop in between."""
        made: list[Any] = []
        turns = pace()
        for item in items:
            made.append(make(item))
            if not len(made) % SLICE and turns.is_spent():
                for each in made:
                    self.budget.note(each)  # coroutines that may never begin
                await self.budget.turn()
        return made

    async def objects(self, keys: Sequence[str], columns: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
        """The objects with a value of each column; others have the event loop in between."""
        rows = zip(*columns, strict=True)
        if len(columns[0]) <= PIECE:
            return [dict(zip(keys, row, strict=True)) for row in rows]
        made: list[dict[str, Any]] = []
        while piece := [dict(zip(keys, row, strict=True)) for row in islice(rows, PIECE)]:
            made += piece
            await self.rest()
        return made

    async def values_of(self, results: Sequence[Awaitable[Any]]) -> list[Any]:
        """The values of awaitables, in their order; when one fails, the others are cancelled."""
        if len(results) == 1:
            return [await results[0]]
        for each in results:
            self.budget.note(each)
        return list(await gather_with_cancel(*results))

    async def items_of(self, items: list[Any]) -> list[Any]:
        """The items of lists, of which resolvers may return awaitables; the same list if there are none."""
        if not any(issubclass(cls, Awaitable) for cls in set(map(type, items))):
            return items
        places = [place for place, each in enumerate(items) if isinstance(each, Awaitable)]
        known = list(items)
        for place, value in zip(places, await self.values_of([items[place] for place in places]), strict=True):
            known[place] = value
        return known

    async def rest(self) -> None:
        """Let others have the event loop, if this round of it is spent."""
        if pace().is_spent():
            await self.budget.turn()
