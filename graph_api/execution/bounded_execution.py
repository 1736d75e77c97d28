"""Execution that counts objects and costs, and lets other requests have the event loop while it makes many."""

from collections.abc import Awaitable, Iterable
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    get_operation_ast,
    is_leaf_type,
    is_non_null_type,
)
from graphql.execution import Executor
from graphql.pyutils import gather_with_cancel
from graphql.type import get_nullable_type
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from graph_api.domain.failures import QueryTooLarge
from graph_api.execution.budget import BUDGET, Budget
from graph_api.execution.large_inputs import known, without_variables
from graph_api.execution.prices import PRICES
from graph_api.store.pace import pace


class BoundedExecutor(StrawberryGraphQLCoreExecutionContext):
    """graphql-core's execution within a budget, in slices of the event loop.

    A list that is not done within its slice is completed as an awaitable. Its order and its errors are graphql-core's.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - graphql-core's own
        super().__init__(*args, **kwargs)
        self.budget = BUDGET.get() or Budget()
        # By type and identity of the fields, which are kept so that no other fields get their identity.
        self._own_costs: dict[tuple[GraphQLObjectType, int], tuple[Any, int]] = {}
        self._least_costs: dict[tuple[GraphQLObjectType, int], tuple[Any, int]] = {}

    @classmethod
    def build(  # type: ignore[override]
        cls,
        schema: GraphQLSchema,
        document: DocumentNode,
        root: Any = None,  # noqa: ANN401 - graphql-core's own
        context: Any = None,  # noqa: ANN401
        variables: dict[str, Any] | None = None,
        operation_name: str | None = None,
        *rest: Any,  # noqa: ANN401
        **named: Any,  # noqa: ANN401
    ) -> "list[GraphQLError] | Executor[Any]":
        """An executor; it takes large variables as they were coerced for their cost, instead of once more."""
        operation = get_operation_ast(document, operation_name)
        values = None if operation is None else known(operation, variables)
        if operation is None or values is None:
            return super().build(schema, document, root, context, variables, operation_name, *rest, **named)
        if isinstance(values, list):
            return values
        bare = without_variables(document, operation)
        built = super().build(schema, bare, root, context, None, operation_name, *rest, **named)
        if not isinstance(built, list):
            built.operation = operation
            built.variable_values = values
        return built

    def build_per_event_executor(self, payload: Any) -> Any:  # noqa: ANN401 - as graphql-core's
        """The executor of one event of a subscription, which has a budget of its own."""
        self.budget.renew()
        return super().build_per_event_executor(payload)

    def complete_object_value(self, return_type: Any, *rest: Any) -> Any:  # noqa: ANN401 - as graphql-core's
        """Count an object, then complete it."""
        self.budget.take(1)
        return super().complete_object_value(return_type, *rest)

    def handle_field_error(self, raw_error: Exception, return_type: Any, *where: Any) -> None:  # noqa: ANN401
        """Note an error; once the budget is exceeded the reply has that one error and no data."""
        if not self.budget.is_exceeded:
            super().handle_field_error(raw_error, return_type, *where)
        elif is_non_null_type(return_type):
            raise self._failure()

    def build_response(self, data: Any) -> Any:  # noqa: ANN401 - as graphql-core's
        """The reply, or why there is none."""
        if not self.budget.is_exceeded:
            return super().build_response(data)
        self.run_async_work_finished_hook()
        return ExecutionResult(None, [self._failure()])

    def _failure(self) -> GraphQLError:
        failure = self.budget.failure
        return GraphQLError(failure.message, original_error=failure)

    def execute_field(self, *args: Any) -> Any:  # noqa: ANN401 - as graphql-core's
        """Execute a field."""
        value = super().execute_field(*args)
        self.budget.note(value)
        return value

    def execute_root_grouped_field_set(self, root_type: Any, root: Any, fields: Any, *rest: Any) -> Any:  # noqa: ANN401
        """Execute the fields of an operation, unless they alone cost too much: then none of them begins."""
        try:
            self.budget.check(self._least(root_type, fields))
        except QueryTooLarge:
            return {}
        return super().execute_root_grouped_field_set(root_type, root, fields, *rest)

    def execute_fields_serially(self, kind: GraphQLObjectType, source: Any, path: Any, fields: Any, *rest: Any) -> Any:  # noqa: ANN401
        """Execute the fields of a mutation."""
        self.budget.spend(self._own(kind, fields))
        return super().execute_fields_serially(kind, source, path, fields, *rest)

    def execute_fields(self, kind: GraphQLObjectType, source: Any, path: Any, fields: Any, *rest: Any) -> Any:  # noqa: ANN401
        """Execute the fields of an object; those that wait begin when it is their turn."""
        self.budget.spend(self._own(kind, fields))
        fields = super().execute_fields(kind, source, path, fields, *rest)
        if not self.is_awaitable(fields):
            return fields
        self.budget.note(fields)
        waiting = self._in_turn(fields)
        self.budget.note(waiting)
        return waiting

    def _own(self, kind: GraphQLObjectType, fields: Any) -> int:  # noqa: ANN401 - a grouped field set
        """The cost of the fields of an object, without that of the objects below."""
        cost = self._own_costs.get(key := (kind, id(fields)))
        if cost is None:
            names = [details[0].node.name.value for details in fields.values()]
            own = sum(1 + PRICES.get(f"{kind.name}.{name}", 0) for name in names)
            cost = self._own_costs[key] = (fields, 0 if kind.name.startswith("__") else own)
        return cost[1]

    def _least(self, kind: GraphQLObjectType, fields: Any) -> int:  # noqa: ANN401 - a grouped field set
        """The least cost of an object: every list is empty, and every object that may be null is."""
        cost = self._least_costs.get(key := (kind, id(fields)))
        if cost is None:
            least = self._own(kind, fields)
            for details in fields.values():
                field = kind.fields.get(details[0].node.name.value)
                below = field and is_non_null_type(field.type) and field.type.of_type
                if isinstance(below, GraphQLObjectType):
                    least += self._least(below, self.collect_subfields(below, details)[0])
            cost = self._least_costs[key] = (fields, least)
        return cost[1]

    def _check_items(self, item_type: GraphQLOutputType, details: Any, number: int) -> None:  # noqa: ANN401 - fields
        """Refuse a list whose items alone would cost too much, before the first of them is made."""
        kind = get_nullable_type(item_type)
        if isinstance(kind, GraphQLObjectType):
            least = self._least(kind, self.collect_subfields(kind, details)[0])
            self.budget.check(number * least if is_non_null_type(item_type) else 0)

    async def _in_turn(self, doing: Awaitable[Any]) -> Any:  # noqa: ANN401 - whatever it does
        if pace().is_spent():
            await self.budget.turn()
        return await doing

    def complete_awaitable_value(
        self,
        return_type: Any,  # noqa: ANN401
        field_details_list: Any,  # noqa: ANN401
        info: Any,  # noqa: ANN401
        path: Any,  # noqa: ANN401
        result: Any,  # noqa: ANN401
        position_context: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Let a resolver begin when it is its turn; complete its value when it is its turn again."""
        self.budget.note(result)

        async def complete() -> Any:  # noqa: ANN401
            try:
                if self.budget.is_exceeded:
                    raise self.budget.failure  # noqa: TRY301 - as if it were the resolver's
                if pace().is_spent():
                    await self.budget.turn()
                resolved = await self.with_abort_signal(result)
                if pace().is_spent():
                    await self.budget.turn()
                completed = self.complete_value(return_type, field_details_list, info, path, resolved, position_context)
                if self.is_awaitable(completed):
                    completed = await completed
            except Exception as raw_error:  # noqa: BLE001 - it becomes an error of the field
                self.handle_field_error(raw_error, return_type, field_details_list, path)
                completed = None
            return completed

        return complete()

    def complete_iterable_value(  # noqa: C901
        self,
        item_type: GraphQLOutputType,
        field_details_list: Any,  # noqa: ANN401
        info: Any,  # noqa: ANN401
        path: Any,  # noqa: ANN401
        items: Iterable[Any],
        position_context: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Complete a list, in slices; its length is checked before any of it is made."""
        listed = items if isinstance(items, list | tuple) else list(items)
        if is_leaf_type(get_nullable_type(item_type)):
            self.budget.take(len(listed))
        elif self.budget.objects + len(listed) > self.budget.limit:
            self.budget.take(len(listed))  # which raises
        self._check_items(item_type, field_details_list, len(listed))
        turns = pace()
        results: list[Any] = []
        awaited: list[int] = []

        def complete_some() -> None:
            for index in range(len(results), len(listed)):
                item, item_path = listed[index], path.add_key(index, None)
                shared = (item_type, field_details_list, info, item_path, position_context)
                if self.is_awaitable(item):
                    self.budget.note(item)
                    results.append(self.complete_awaitable_list_item_value(item, *shared))
                    awaited.append(index)
                elif self.complete_list_item_value(item, results, *shared):
                    awaited.append(index)
                self.budget.note(results[-1])
                if turns.is_spent():
                    return

        complete_some()
        if len(results) == len(listed) and not awaited:
            return results

        async def complete_rest() -> list[Any]:
            while len(results) < len(listed):
                await self.budget.turn()
                complete_some()
            pending = [results[index] for index in awaited]
            for index, value in zip(awaited, await gather_with_cancel(*pending), strict=True):
                results[index] = value
            return results

        rest = complete_rest()
        self.budget.note(rest)
        return rest
