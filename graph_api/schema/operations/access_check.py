"""Refuses operations that select fields which are not for the role of their principal."""

from collections.abc import Iterator

from graphql import DocumentNode, GraphQLError
from strawberry.extensions import SchemaExtension

from graph_api.domain.failures import Failure, Forbidden
from graph_api.execution.selected_fields import fields_of
from graph_api.schema.allowed_fields import allowed_fields
from graph_api.schema.context import Context

MOST_NAMED = 10
"""Refused fields that one reply names."""


class AccessRules(SchemaExtension):
    """Refuses what is not for its principal, and a principal whose token has ended or who is above the rate limit."""

    def on_validate(self) -> Iterator[None]:
        """Set the errors, if it is to be refused: then nothing runs, not even a subscription."""
        asked = self.execution_context
        context, document = asked.context, asked.graphql_document
        if isinstance(context, Context) and document is not None and not asked.pre_execution_errors:
            faults = self._faults(context, document)
            asked.pre_execution_errors = [GraphQLError(str(fault), original_error=fault) for fault in faults]
        yield

    def _faults(self, context: Context, document: DocumentNode) -> Iterator[Failure]:
        try:
            context.check_token()
            context.count()
        except Failure as fault:
            yield fault
            return
        role, schema = context.principal.role, self.execution_context.schema._schema  # noqa: SLF001 - no public way
        fields = fields_of(document, schema, self.execution_context.operation_name)
        allowed = allowed_fields(role, students_may_record=context.services.students_may_record)
        for field in sorted(fields - allowed)[:MOST_NAMED]:
            yield Forbidden(field, f"is not for the role {role}")
