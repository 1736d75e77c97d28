"""The endpoint: the ASGI application that serves the schema."""

from collections.abc import Sequence

from graph_api.execution.query_limits import DEFAULT_LIMITS, QueryLimits
from graph_api.execution.trusted_documents import Documents, check_documents
from graph_api.protocol.cached_replies import CachedReplies
from graph_api.protocol.http import DEFAULT_HTTP_LIMITS, GraphQLView, HttpLimits
from graph_api.schema.api import build_schema


def graphql_app(
    *,
    development: bool,
    introspection: bool,
    examples: Sequence[str] = (),
    query_limits: QueryLimits = DEFAULT_LIMITS,
    http_limits: HttpLimits = DEFAULT_HTTP_LIMITS,
    documents: Documents | None = None,
    federation: bool = False,
    replies: CachedReplies | None = None,
    compiled: bool = True,
) -> GraphQLView:
    """The endpoint. In development it shows GraphiQL with the examples, one tab for each.

    Without introspection the schema cannot be queried, and errors do not suggest names from it. With `federation`
    gateways of Apollo Federation can use it. Without `compiled`, graphql-core executes all queries. Without `replies`
    no reply is stored. The application it is part of has the `Services` in `state.services`.

    Raises:
        BadDocuments: a trusted document does not fit this schema.
    """
    schema = build_schema(query_limits, introspection=introspection, documents=documents, federation=federation)
    if documents is not None:
        check_documents(documents, schema._schema)  # noqa: SLF001 - no public way
    return GraphQLView(
        schema,
        development=development,
        suggestions=introspection,
        examples=examples,
        limits=http_limits,
        query_limits=query_limits,
        documents=documents,
        replies=replies,
        compiled=compiled,
    )
