"""GraphQL over HTTP: strawberry's view, with one context a request and errors that say what they may."""

import uuid
from collections.abc import Sequence

import structlog
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLHTTPResponse
from strawberry.schema import BaseSchema
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult

from graph_api.domain.failures import Failure, Unavailable
from graph_api.schema.context import Context
from graph_api.schema.graphiql.page import page
from graph_api.schema.services import Services
from graph_api.store.gateway import DatabaseUnavailable

MESSAGE_LENGTH = 500
"""Characters of a refusal that repeats what a client sent."""

log = structlog.get_logger(__name__)


class GraphQLView(GraphQL[Context, None]):
    """The endpoint. In development a browser gets GraphiQL from it."""

    def __init__(
        self,
        schema: BaseSchema,
        *,
        development: bool,
        examples: Sequence[str],
    ) -> None:
        super().__init__(
            schema,
            graphql_ide="graphiql" if development else None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
        )
        self._examples = examples

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        """A fresh context: what one request has read is of no other."""
        services: Services = request.app.state.services
        return Context(services)

    async def render_graphql_ide(self, request: Request) -> Response:
        """GraphiQL, with examples to run."""
        return page(request.url.path, self._examples)

    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        """The reply, its errors formatted here and nowhere else."""
        data: GraphQLHTTPResponse = {"data": result.data}
        if result.errors:
            data["errors"] = [formatted(error) for error in result.errors]
        if result.extensions:
            data["extensions"] = result.extensions
        return data


def formatted(error: GraphQLError) -> dict[str, object]:
    """An error as clients see it: always with a code, and without the text of what was not expected.

    An expected failure tells its field, rule and value. A fault is logged with an id, and the client gets the id.
    """
    cause = error.original_error
    if isinstance(cause, DatabaseUnavailable):
        cause = Unavailable("query", "the database does not answer", retry_after=1.0)
    if isinstance(cause, Failure):
        shown = {name: value for name, value in vars(cause).items() if not name.startswith("_")}
        return {**error.formatted, "message": cause.message, "extensions": {"code": cause.code, **shown}}
    if cause is None or isinstance(cause, GraphQLError):
        code = {**(error.extensions or {}), "code": "BAD_REQUEST"}
        return {**error.formatted, "message": error.message[:MESSAGE_LENGTH], "extensions": code}
    fault_id = uuid.uuid4().hex
    log.error("fault", fault_id=fault_id, path=error.path, exc_info=cause)
    message = f"Something went wrong here. It is logged as {fault_id}."
    return {**error.formatted, "message": message, "extensions": {"code": "INTERNAL", "id": fault_id}}
