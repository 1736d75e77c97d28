"""Which operation of a document runs: the one that the request names, or the only one; subscriptions by websocket."""

from collections.abc import Iterator

from graphql import GraphQLError, OperationType
from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.types.graphql import OperationType as AllowedType

from graph_api.execution.query_limits import operations_of
from graph_api.schema.context import Context


class RunnableOperation(SchemaExtension):
    """Refuses what strawberry runs against the specification: see `on_validate`."""

    def on_validate(self) -> Iterator[None]:
        """Refuse several operations without a name, and a subscription where results cannot be sent one by one.

        Raises:
            InvalidOperationTypeError: a subscription was sent over HTTP.
        """
        asked = self.execution_context
        document, name = asked.graphql_document, asked._provided_operation_name  # noqa: SLF001 - no public way
        operations = operations_of(document, name) if document is not None else []
        streams = any(node.operation is OperationType.SUBSCRIPTION for node in operations)
        if asked.pre_execution_errors:
            pass  # refused already
        elif len(operations) > 1:
            message = "operationName: must name the operation to run, because the document contains multiple operations"
            asked.pre_execution_errors = [GraphQLError(message)]
        elif streams and isinstance(asked.context, Context) and not asked.context.can_stream:
            raise InvalidOperationTypeError(AllowedType.SUBSCRIPTION)
        yield
