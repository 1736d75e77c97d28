"""Requests that only record answers, served by compiled documents; all others take the usual path, untouched.

The reply is the same as on the usual path, byte by byte. So are limits, access, outcomes, metrics and traces. Rate
limits and authentication come before both.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import orjson
from graphql import GraphQLError, GraphQLSchema
from starlette.types import Message, Receive, Scope, Send

from graph_api.domain.principals import UNKNOWN_CALLER
from graph_api.execution.compiled.known import Known
from graph_api.execution.error_codes import code_of, may_be_sent_again
from graph_api.execution.query_limits import QueryLimits
from graph_api.execution.trusted_documents import Documents, document_named, with_document_id
from graph_api.protocol.cost_header import COST_HEADER, shows_cost
from graph_api.protocol.http_errors import GRAPHQL_JSON, JSON
from graph_api.protocol.json_bodies import values_in
from graph_api.protocol.request_headers import header_of
from graph_api.schema.answers.compiled_recording import Compiled, Recording, compile_recording
from graph_api.schema.answers.recording_inputs import NotPlain
from graph_api.schema.context import Context
from graph_api.schema.observed_schema import observed

ENVELOPE = frozenset({"query", "variables", "operationName", "extensions", "documentId"})
EXTENSIONS = frozenset({"persistedQuery", "documentId"})
MUTATION = re.compile(r"\brecordAnswers?\b")
PLAIN = re.compile(r"\brecordAnswers?\s*\(\s*input\s*:\s*\$")
"""What every document that may be compiled has in it: others are not even parsed here."""
MEDIA_TYPES = frozenset({JSON, f"{JSON}; charset=utf-8", f"{JSON};charset=utf-8"})
REASON = "recording"
"""The reason by which requests are counted that record answers and take the usual path."""
MOST_BYTES = 1_000_000
"""Bytes of a body that is read here; larger ones are read on the usual path."""


class BodyLimits(NamedTuple):
    """The limits of bodies."""

    size: int
    values: int


class CompiledRecordings:
    """The documents of one endpoint."""

    def __init__(
        self,
        schema: GraphQLSchema,
        limits: QueryLimits,
        body_limits: BodyLimits,
        documents: Documents | None,
        *,
        is_on: bool = True,
    ) -> None:
        self._is_on = is_on
        self._schema = schema
        self._limits = limits
        self._most_bytes = min(body_limits.size, MOST_BYTES)
        self._most_values = body_limits.values
        self._documents = documents
        self._known = Known[Compiled | type[NotPlain]]()

    async def serve(
        self, scope: Scope, receive: Receive, send: Send, as_seen: Callable[[GraphQLError], dict[str, Any]]
    ) -> Receive | None:
        """Serve a request, if it is for here; else returns where the usual path receives it from."""
        length = header_of(scope, "content-length")
        media_type = header_of(scope, "content-type").lower()
        is_post = self._is_on and scope["method"] == "POST" and media_type in MEDIA_TYPES
        if not is_post or not length.isdigit() or int(length) > self._most_bytes or scope["query_string"]:
            return receive
        messages: list[Message] = []
        try:
            body = await _read(receive, messages)
            name, recording = self._recording(scope, body)
        except NotPlain:
            return _again(messages, receive)
        status, reply_type = 200, GRAPHQL_JSON if GRAPHQL_JSON in header_of(scope, "accept") else JSON
        with observed(recording.context, name) as outcome:
            outcome.document = recording.compiled.document
            try:
                value = await recording.run()
                reply: dict[str, Any] = {"data": {recording.compiled.key: value}}
            except GraphQLError as error:
                outcome.fail(code_of(error))
                status = 503 if may_be_sent_again(error) and reply_type is GRAPHQL_JSON else 200
                reply = {"data": None, "errors": [as_seen(error)]}
            encoded = orjson.dumps(reply)
        start = [
            (b"content-length", b"%d" % len(encoded)),
            (b"content-type", f"{reply_type}; charset=utf-8".encode()),
            (b"cache-control", b"no-store"),  # it has personal data
        ]
        await send({"type": "http.response.start", "status": status, "headers": start})
        await send({"type": "http.response.body", "body": encoded})
        return None

    def _recording(self, scope: Scope, body: bytes) -> tuple[str | None, Recording]:
        """The operation's name, and the request as it is run here.

        Raises:
            NotPlain: the request is not for here.
        """
        if (
            not self._may_record(body)
            or values_in(body) > self._most_values
            or shows_cost(header_of(scope, COST_HEADER))
        ):
            raise NotPlain
        try:
            sent = with_document_id(orjson.loads(body))
        except orjson.JSONDecodeError as fault:
            raise NotPlain from fault
        if type(sent) is not dict or not ENVELOPE.issuperset(sent):
            raise NotPlain
        name, text = sent.get("operationName"), self._text(sent)
        if type(text) is not str or MUTATION.search(text) is None:
            raise NotPlain
        try:
            compiled = self._compiled_of(text, name)
            services = scope["app"].state.services
            context = Context(services, scope.get("principal", UNKNOWN_CALLER))
            context.can_stream = False
            context.on_operation = scope.get("on_operation")
            return name, Recording(compiled, sent.get("variables"), context, self._limits)
        except NotPlain:
            scope.get("on_fallback", _uncounted)(REASON)
            raise

    def _may_record(self, body: bytes) -> bool:
        """Whether a body may record answers: others, such as queries, are not read twice."""
        return b"recordAnswer" in body or self._documents is not None

    def _text(self, sent: dict[str, Any]) -> object:
        """The document of a request, or the one that it names."""
        extensions = sent.get("extensions")
        if extensions is not None and (type(extensions) is not dict or not EXTENSIONS.issuperset(extensions)):
            raise NotPlain
        text = sent.get("query")
        if text is None and extensions:
            try:
                return document_named(self._documents, extensions)
            except GraphQLError as fault:
                raise NotPlain from fault
        return text

    def _compiled_of(self, text: str, name: object) -> Compiled:
        if not isinstance(name, str | None) or len(text) > self._limits.characters or PLAIN.search(text) is None:
            raise NotPlain
        if self._documents is not None and self._documents.only and text not in self._documents.texts:
            raise NotPlain
        compiled = self._known.get(text, name)
        if compiled is None:
            try:
                compiled = compile_recording(text, name, self._schema, self._limits)
            except NotPlain:
                compiled = NotPlain
            self._known.put(text, name, compiled)
        if isinstance(compiled, type):
            raise compiled
        return compiled


async def _read(receive: Receive, messages: list[Message]) -> bytes:
    """The body of a request; its messages are kept, for the usual path.

    Raises:
        NotPlain: the client went away.
    """
    pieces: list[bytes] = []
    while True:
        message = await receive()
        messages.append(message)
        if message["type"] != "http.request":
            raise NotPlain
        pieces.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(pieces)


def _again(messages: list[Message], receive: Receive) -> Receive:
    """Messages that were received, then those that follow."""

    async def again() -> Message:
        return messages.pop(0) if messages else await receive()

    return again


def _uncounted(_reason: str) -> None:
    """Outside of the application nothing is counted."""
