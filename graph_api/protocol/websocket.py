"""The graphql-transport-ws protocol: strawberry's handler, with the errors of HTTP, and invalid frames refused."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import nullcontext
from typing import Any, Protocol

from graphql import GraphQLError, OperationType, get_operation_ast, parse
from starlette.websockets import WebSocketDisconnect
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler, Operation
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from graph_api.execution.operation_outcomes import ANONYMOUS, UNKNOWN, time_limit
from graph_api.execution.operation_outcomes import Operation as Finished
from graph_api.execution.query_limits import DEFAULT_LIMITS
from graph_api.execution.trusted_documents import document_named, with_document_id
from graph_api.protocol.json_bodies import TooManyValues
from graph_api.protocol.json_replies import encode
from graph_api.schema.context import Context

RETRY_AFTER = 5.0
MOST_TOKENS = 100_000
"""More are no document that is let through, however the limits are set."""
TEXTS = {"subscribe": ("id",), "complete": ("id",)}
"""What a message of a type must have, as text."""
TRACE = ("traceparent", "tracestate")


class WebSocketAdapter(ASGIWebSocketAdapter):
    """A connection whose frames are encoded without keeping others waiting."""

    async def send_json(self, message: Mapping[str, object]) -> None:
        """Send a message as a text frame."""
        try:
            await self.ws.send_text((await encode(message)).decode())
        except WebSocketDisconnect as gone:
            raise WebSocketDisconnected from gone


class ErrorView(Protocol):
    """The part of an error that clients may see."""

    def as_seen(self, error: GraphQLError) -> dict[str, Any]:
        """The error as clients see it."""


class Handler(BaseGraphQLTransportWSHandler[Context, None]):
    """One connection."""

    view: Any

    async def handle(self) -> None:
        """Serve the connection until it ends; a message with too many values ends it."""
        try:
            await super().handle()
        except TooManyValues as fault:
            await self.handle_invalid_message(f"a message {fault}")

    async def handle_message(self, message: Any) -> None:  # noqa: ANN401 - whatever a client sends
        """Serve a message; an invalid frame ends the connection, as the protocol requires."""
        if not is_message(message):
            await self.handle_invalid_message("Failed to parse message")
        elif message["type"] == "subscribe" and not message["payload"].get("query"):
            await self._subscribe_by_id(message)
        else:
            await super().handle_message(message)

    async def handle_subscribe(self, message: Any) -> None:  # noqa: ANN401 - whatever a client sends
        """Begin an operation, in the trace of its own `extensions.traceparent` where a client sends one."""
        extensions = message["payload"].get("extensions")
        sent = extensions if isinstance(extensions, dict) else {}
        carrier = {name: sent[name] for name in TRACE if isinstance(sent.get(name), str)}
        with self.context.services.tracer.joined(carrier) if carrier else nullcontext():
            await super().handle_subscribe(message)

    async def _subscribe_by_id(self, message: Any) -> None:  # noqa: ANN401 - whatever a client sends
        """Subscribe to a trusted document, named by its id or hash as over HTTP."""
        payload = with_document_id(message["payload"])
        text: str | None = ""
        if self.connection_acknowledged and message["id"] not in self.operations:  # else the connection ends anyway
            try:
                text = document_named(self.view.documents, payload.get("extensions"))
            except GraphQLError as fault:
                await self._refuse(message["id"], fault)
                return
            if not text:
                await self._refuse(message["id"], GraphQLError("query: must be a GraphQL document"))
                return
        named: Any = {**message, "payload": {**payload, "query": text}}
        await super().handle_message(named)

    def _subscribes(self, operation: Operation[Context, None]) -> bool:
        return subscribes(operation.query, operation.operation_name, self.view.query_characters)

    async def _refuse(self, operation_id: str, fault: GraphQLError) -> None:
        """End an operation that has not begun."""
        shown = self.view.as_seen(fault)
        if self.context.on_operation is not None:
            self.context.on_operation(Finished(ANONYMOUS, UNKNOWN, shown["extensions"]["code"], 0.0, "websocket"))
        await self.websocket.send_json({"id": operation_id, "type": "error", "payload": [shown]})

    async def _send_result_stream(self, operation: Operation[Context, None], result_source: Any) -> None:  # noqa: ANN401
        """Send results; queries and mutations have as long as over HTTP, subscriptions have no end."""
        seconds = self.view.limits.seconds
        try:
            async with time_limit(None if self._subscribes(operation) else seconds):
                await super()._send_result_stream(operation, with_seen_errors(self.view, result_source))
        except TimeoutError:
            extensions = {"code": "UNAVAILABLE", "retryAfter": RETRY_AFTER}
            fault = GraphQLError(f"this took longer than {seconds:g} s and was given up", extensions=extensions)
            await operation.send_initial_errors([fault])


async def with_seen_errors(view: ErrorView, results: AsyncGenerator[Any, None]) -> AsyncGenerator[Any, None]:
    """Results with errors as clients may see them; over a websocket no other place does this."""
    try:
        async for result in results:
            if isinstance(result, ExecutionResult) and result.errors:
                result.errors = [seen(view, error) for error in result.errors]
            yield result
    except GraphQLError as error:  # what cannot be parsed is raised here, and not over HTTP
        yield PreExecutionError(data=None, errors=[seen(view, error)])


def seen(view: ErrorView, error: GraphQLError) -> GraphQLError:
    """An error that has nothing but what clients may see."""
    shown = view.as_seen(error)
    return GraphQLError(
        shown["message"], error.nodes, error.source, error.positions, error.path, extensions=shown["extensions"]
    )


def subscribes(query: str, operation_name: str | None, longest: int = DEFAULT_LIMITS.characters) -> bool:
    """Whether a document is a subscription. One that is too long is refused, and therefore not read.

    >>> subscribes("subscription { a }", None), subscribes("{ a }", None), subscribes("{", None)
    (True, False, False)
    """
    if len(query) > longest:
        return False
    try:
        operation = get_operation_ast(parse(query, max_tokens=MOST_TOKENS), operation_name)
    except (GraphQLError, RecursionError):
        return False
    return operation is not None and operation.operation is OperationType.SUBSCRIPTION


def is_message(frame: object) -> bool:
    """Whether a frame is a message of the protocol, as far as its handler does not see to that itself.

    >>> is_message({"type": "ping"}), is_message([]), is_message({"type": "complete", "id": []})
    (True, False, False)
    """
    if not (isinstance(frame, dict) and isinstance(frame.get("type"), str)):
        return False
    if frame["type"] not in TEXTS:
        return True
    return isinstance(frame.get("id"), str) and (frame["type"] == "complete" or is_request(frame.get("payload")))


def is_request(payload: object) -> bool:
    """Whether a payload requests an operation: by its text, or by an id.

    >>> is_request({"query": "{ __typename }", "variables": None}), is_request({"query": 1}), is_request("query")
    (True, False, False)
    """
    return (
        isinstance(payload, dict)
        and (isinstance(payload.get("query"), str) or names_document(payload))
        and isinstance(payload.get("variables"), dict | None)
        and isinstance(payload.get("operationName"), str | None)
    )


def names_document(payload: dict[str, Any]) -> bool:
    """Whether a payload without a text names a document.

    >>> names_document({"documentId": "1f"}), names_document({"query": 1, "documentId": "1f"})
    (True, False)
    """
    extensions = payload.get("extensions")
    persisted = isinstance(extensions, dict) and isinstance(extensions.get("persistedQuery"), dict)
    return payload.get("query") is None and (persisted or isinstance(payload.get("documentId"), str))
