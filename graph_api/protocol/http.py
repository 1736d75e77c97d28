"""GraphQL over HTTP: strawberry's view, with one context a request and errors that say what they may."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from cross_web import AsyncHTTPRequestAdapter, HTTPException
from graphql import GraphQLError
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.http.base import BaseRequestProtocol
from strawberry.http.types import QueryParams
from strawberry.schema import BaseSchema
from strawberry.schema.exceptions import CannotGetOperationTypeError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult
from strawberry.types.unset import UnsetType
from strawberry.utils.str_converters import to_camel_case

from graph_api.domain.failures import Failure, Forbidden, Overloaded, Unavailable, shown
from graph_api.domain.principals import UNKNOWN_CALLER
from graph_api.execution.error_codes import code_of, may_be_sent_again
from graph_api.execution.operation_outcomes import time_limit
from graph_api.execution.query_limits import QueryLimits
from graph_api.execution.retry_after import ask_to_retry, retries_gathered, whole_seconds
from graph_api.execution.trusted_documents import Documents, PersistedQueryError, with_document_id
from graph_api.protocol.cached_replies import CachedReplies, ReplayedResult, describe
from graph_api.protocol.cost_header import COST_HEADER, shows_cost
from graph_api.protocol.graphiql.page import page
from graph_api.protocol.http_errors import GRAPHQL_JSON, JSON, ErrorResponse, error_body, masked, media_type_of
from graph_api.protocol.json_bodies import MOST_VALUES, TooManyValues, values_in, values_rule
from graph_api.protocol.json_replies import encode
from graph_api.protocol.known_queries import result_of_known
from graph_api.protocol.plain_requests import BodyLimits, PlainRequest, Reply, read_plain
from graph_api.protocol.recording import CompiledRecordings
from graph_api.protocol.request_headers import header_of
from graph_api.protocol.websocket import RETRY_AFTER, Handler, WebSocketAdapter
from graph_api.schema.context import Context
from graph_api.schema.failures import unavailable
from graph_api.schema.services import Services
from graph_api.store.gateway import DatabaseUnavailable

MESSAGE_LENGTH = 500
"""Characters of a refusal that repeats what a client sent."""
ASKS = frozenset({"query", "documentId", "extensions"})
"""The parameters of which a URL with an operation has at least one."""
TRIED = "compiled_tried"
"""The key of a scope that has been compared with the compiled documents."""
SUGGESTION = re.compile(r" Did you mean [^?]*\?")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """What a request may take: bytes and JSON values of its body, and seconds of work."""

    body_bytes: int = 10_000_000
    seconds: float = 120.0
    body_values: int = MOST_VALUES


DEFAULT_HTTP_LIMITS = HttpLimits()


class GraphQLView(GraphQL[Context, None]):
    """The endpoint, by the GraphQL over HTTP specification. In development a browser gets GraphiQL from it."""

    graphql_transport_ws_handler_class = Handler
    websocket_adapter_class = WebSocketAdapter

    def __init__(
        self,
        schema: BaseSchema,
        *,
        development: bool,
        suggestions: bool,
        examples: Sequence[str],
        limits: HttpLimits,
        query_limits: QueryLimits,
        documents: Documents | None,
        replies: CachedReplies | None = None,
        compiled: bool = True,
    ) -> None:
        super().__init__(
            schema,
            graphql_ide="graphiql" if development else None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
        )
        self._suggestions = suggestions
        self._examples = examples
        self.limits = limits
        self.query_characters = query_limits.characters
        self.documents = documents
        self.replies = replies or CachedReplies(0)
        self.compiled = compiled
        self._of_bodies = BodyLimits(limits.body_bytes, limits.body_values)
        self._recordings = CompiledRecordings(schema._schema, query_limits, documents)  # type: ignore[attr-defined]  # noqa: SLF001

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or a connection for subscriptions, which has no end to wait for."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        if (encoding := header_of(scope, "content-encoding")).strip().lower() not in {"", "identity"}:
            rule = f"must be identity or not be sent, got {shown(encoding)!r}; send the body uncompressed"
            await ErrorResponse(415, f"Content-Encoding: {rule}", headers={"Accept-Encoding": "identity"})(
                scope, receive, send
            )
            return
        reply, receive = await self.reply_or_rest(scope, receive)
        if reply is not None:
            await reply.send(send)
            return
        started = False

        async def begin(message: Message) -> None:
            nonlocal started
            started = True
            if message["type"] == "http.response.start":
                if asked.header:
                    MutableHeaders(scope=message)["Retry-After"] = asked.header
                if message["status"] == HTTPStatus.METHOD_NOT_ALLOWED:
                    MutableHeaders(scope=message)["Allow"] = "GET, POST"
            await send(message)

        try:
            with retries_gathered() as asked:
                async with time_limit(self.limits.seconds):
                    await super().__call__(scope, self._bounded(scope, receive), begin)
        except TimeoutError:
            if started:
                raise
            await self._given_up(scope).send(send)

    async def reply_or_rest(self, scope: Scope, receive: Receive) -> tuple[Reply | None, Receive]:
        """The reply to a request in the usual form whose document is compiled.

        For all others None, and where strawberry receives the request from. A scope is tried once.
        """
        if not self.compiled or TRIED in scope:
            return None, receive
        scope[TRIED] = True
        try:
            with retries_gathered() as asked:
                async with time_limit(self.limits.seconds):
                    plain, receive = await read_plain(scope, receive, self._of_bodies, self.documents)
                    reply = None if plain is None else await self._reply_to(plain, scope)
        except TimeoutError:
            return self._given_up(scope), receive
        return reply and reply._replace(retry_after=asked.header), receive

    def _given_up(self, scope: Scope) -> Reply:
        """The reply to a request that took too long."""
        log.warning("gave up", seconds=self.limits.seconds)
        message = f"this took longer than {self.limits.seconds:g} s and was given up"
        body = error_body(503, message, retryAfter=RETRY_AFTER)
        return Reply(body, 503, media_type_of(scope), retry_after=whole_seconds(RETRY_AFTER))

    async def _reply_to(self, plain: PlainRequest, scope: Scope) -> Reply | None:
        """The reply by a compiled document; None if the request has to take the usual path."""
        context = self.context_of(scope)
        if (reply := await self._recordings.reply(plain, scope, context, self.as_seen)) is not None:
            return reply
        schema: Any = self.schema
        result = await result_of_known(schema, self.replies, plain, scope, context)
        return None if result is None else await self._reply_of(scope, result)

    async def _reply_of(self, scope: Scope, result: ExecutionResult) -> Reply:
        """The reply to an operation over HTTP."""
        if isinstance(result, ReplayedResult):
            return await self.replies.reply_of(scope, result)
        status, media_type, errors = 200, media_type_of(scope), result.errors or []
        if media_type == GRAPHQL_JSON:
            causes = [error.original_error for error in errors]
            if is_refused(result) and not any(isinstance(cause, PersistedQueryError) for cause in causes):
                status = 403 if any(isinstance(cause, Forbidden) for cause in causes) else 400
            if result.data is None and errors and all(map(may_be_sent_again, errors)):
                status = 503
        body = await encode(self._seen(result))
        return Reply(body, status, media_type, etag=self.replies.keep(scope, body))

    def _seen(self, result: ExecutionResult) -> GraphQLHTTPResponse:
        """A result as clients see it, its errors formatted here and nowhere else; without data if nothing was run."""
        data: GraphQLHTTPResponse = {} if is_refused(result) else {"data": result.data}
        if result.errors:
            data["errors"] = [self.as_seen(error) for error in result.errors]
        if result.extensions:
            data["extensions"] = result.extensions
        return data

    def _bounded(self, scope: Scope, receive: Receive) -> Receive:
        """The body of a request, until it has more bytes or values than the limits."""
        limit, seen, values = self.limits.body_bytes, 0, 0
        promised = header_of(scope, "content-length")

        async def bounded() -> Message:
            nonlocal seen, values
            message = await receive()
            piece = message.get("body", b"")
            seen += len(piece)
            if seen > limit or (promised.isdigit() and int(promised) > limit):
                raise HTTPException(413, f"the body must be at most {limit} bytes")
            values += values_in(piece)
            if values > self.limits.body_values:
                raise HTTPException(413, f"the body {values_rule(self.limits.body_values)}")
            return message

        return bounded

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        """A fresh context: what one request has read is of no other."""
        if isinstance(request, Request):
            request.state.reply = response
        context = self.context_of(request.scope)
        context.authenticate = request.scope.get("authenticate")
        context.can_stream = isinstance(request, WebSocket)
        context.shows_cost = shows_cost(request.headers.get(COST_HEADER, ""))
        if isinstance(request, WebSocket):
            context.handshake = request.headers.get("authorization", "")
            context.take = request.scope.get("take")
        return context

    def context_of(self, scope: Scope) -> Context:
        """What every operation has, whichever path it takes."""
        services: Services = scope["app"].state.services
        context = Context(services, scope.get("principal", UNKNOWN_CALLER))
        context.can_stream = False
        context.is_compiled = self.compiled
        context.on_operation = scope.get("on_operation")
        return context

    async def on_ws_connect(self, context: Context) -> UnsetType | dict[str, object] | None:
        """Authenticate: by the handshake's header, or by the payload of `connection_init`.

        Raises:
            ConnectionRejectionError: the token is missing or invalid.
        """
        given = context.connection_params
        params = given if isinstance(given, dict) else {}
        sent = next((value for name, value in params.items() if name.lower() == "authorization"), context.handshake)
        if context.authenticate is not None:
            try:
                context.serve(await context.authenticate(str(sent)))
            except Exception as fault:
                raise ConnectionRejectionError from fault
        return await super().on_ws_connect(context)

    def is_websocket_origin_allowed(self, request: WebSocket, origin: str) -> bool:
        """Whether the one check of origins was passed (`graph_api.app.origins`); strawberry's own has no setting."""
        return bool(request.scope.get("origin_allowed"))

    def should_render_graphql_ide(self, request: BaseRequestProtocol) -> bool:
        """Whether a browser requests the page."""
        return super().should_render_graphql_ide(request) and ASKS.isdisjoint(request.query_params)

    async def render_graphql_ide(self, request: Request) -> Response:
        """GraphiQL, with examples to run."""
        return page(request.url.path, self._examples)

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData | list[GraphQLRequestData]:
        """The request in a body of JSON, which must have that media type.

        Raises:
            HTTPException: 400 or 415, with the reason.
        """
        media_type = (request.content_type or "").partition(";")[0].strip().lower()
        if request.method == "POST" and media_type != JSON:
            raise HTTPException(415, f"Content-Type: must be {JSON}")
        try:
            data = await super().parse_http_body(request)
        except AttributeError as fault:
            raise HTTPException(400, "the body must be a JSON object with a query") from fault
        if isinstance(data, GraphQLRequestData) and not isinstance(data.operation_name, str | None):
            raise HTTPException(400, "operationName must be a string or null, if provided")
        return data

    def parse_json(self, data: str | bytes) -> object:
        """The content of a body; the id of a document is put where strawberry reads it."""
        return with_document_id(super().parse_json(data))

    def parse_query_params(self, params: QueryParams) -> dict[str, object]:
        """The parameters of a URL, likewise."""
        parameters: dict[str, object] = with_document_id(super().parse_query_params(params))
        return parameters

    def decode_json(self, data: str | bytes) -> object:
        """The value of a body, a parameter or a message; no NaN, and no text that a reply could not repeat.

        Raises:
            TooManyValues: a message has too many. Those of a body were counted as it came.
            JSONDecodeError: it is not JSON.
        """
        if isinstance(data, str) and values_in(data) > self.limits.body_values:
            raise TooManyValues(self.limits.body_values)
        return orjson.loads(data)

    def encode_json(self, data: object) -> str | bytes:
        """Text, because frames of websockets have to be text; what is encoded already stays as it is."""
        return data if isinstance(data, bytes) else orjson.dumps(data).decode()

    def as_seen(self, error: GraphQLError) -> dict[str, Any]:
        """An error as clients of this endpoint see it."""
        return formatted(error, suggestions=self._suggestions)

    async def execute_single(
        self,
        request: Request,
        request_adapter: AsyncHTTPRequestAdapter,
        sub_response: Response,
        context: Context,
        root_value: None,
        request_data: GraphQLRequestData,
    ) -> ExecutionResult:
        """The result of an operation, or its stored reply."""
        execute = super().execute_single
        operation = (request, request_adapter, sub_response, context, root_value, request_data)
        return await self.replies.answer(request.scope, context, request_data, lambda: execute(*operation))

    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        """The reply; over HTTP it is encoded here, because `create_response` cannot wait."""
        response: Response | None = getattr(request.state, "reply", None)
        if response is None:
            return self._seen(result)
        reply = await self._reply_of(request.scope, result)
        response.status_code = reply.status
        response.headers["content-type"] = f"{reply.media_type}; charset=utf-8"
        is_304 = reply.etag is not None and describe(request.scope, response, reply.etag)
        if reply.encoding and not is_304:
            response.headers["content-encoding"] = reply.encoding
        vars(response)["encoded"] = b"" if is_304 else reply.body
        return {"data": None}

    def create_response(
        self, response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse], sub_response: Response
    ) -> Response:
        """The reply, in the requested media type."""
        media_type = sub_response.headers.get("content-type", f"{JSON}; charset=utf-8")
        body: Any = getattr(sub_response, "encoded", response_data)
        if "content-type" in sub_response.headers:
            del sub_response.headers["content-type"]
        response = super().create_response(body, sub_response)
        response.headers["content-type"] = media_type
        response.headers.setdefault("cache-control", "no-store")  # it has personal data
        if response.status_code == HTTPStatus.NOT_MODIFIED:
            del response.headers["content-length"], response.headers["content-type"]
        return response


def is_refused(result: ExecutionResult) -> bool:
    """Whether a request could not be run: its errors are of no field."""
    return result.data is None and bool(result.errors) and not any(error.path for error in result.errors or ())


def formatted(error: GraphQLError, *, suggestions: bool = True) -> dict[str, Any]:
    """An error as clients see it: always with a code, and without the text of what was not expected.

    An expected failure has its field, rule and value. A fault is logged with an id, and the client gets the id.
    """
    cause = error.original_error
    if isinstance(cause, DatabaseUnavailable):
        cause = unavailable(cause)
    if isinstance(cause, Unavailable | Overloaded):
        ask_to_retry(cause.retry_after)
    if isinstance(cause, Failure):
        shown = {to_camel_case(name): value for name, value in vars(cause).items() if not name.startswith("_")}
        return {**error.formatted, "message": cause.message, "extensions": {"code": cause.code, **shown}}
    if isinstance(cause, PersistedQueryError):
        return {"message": cause.message, "extensions": {"code": cause.code}}
    if code_of(error) == "BAD_REQUEST":
        code = {**(error.extensions or {}), "code": "BAD_REQUEST"}
        message = cause.as_http_error_reason() if isinstance(cause, CannotGetOperationTypeError) else error.message
        message = message if suggestions else SUGGESTION.sub("", message)
        return {**error.formatted, "message": message[:MESSAGE_LENGTH], "extensions": code}
    fault_id, message = masked(cause or error, path=error.path)
    return {**error.formatted, "message": message, "extensions": {"code": "INTERNAL", "id": fault_id}}
