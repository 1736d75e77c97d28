"""Which operation of a document runs: the one that the request names, or the only one."""

from collections.abc import Iterator

from graphql import GraphQLError
from strawberry.extensions import SchemaExtension

from graph_api.schema.query_limits import operations_of


class NamedOperation(SchemaExtension):
    """Refuses a document of several operations without a name, as GraphQL requires; strawberry runs the first."""

    def on_validate(self) -> Iterator[None]:
        """Set the error: then nothing runs, not even a subscription."""
        asked = self.execution_context
        document, name = asked.graphql_document, asked._provided_operation_name  # noqa: SLF001 - no public way
        if document is not None and name is None and len(operations_of(document, None)) > 1:
            told = "operationName: must name the operation to run, because the document contains multiple operations"
            asked.pre_execution_errors = [GraphQLError(told)]
        yield
