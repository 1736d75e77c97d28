"""Requests that only record answers, served by compiled documents; all others take the usual path, untouched.

The reply is the same as on the usual path, byte by byte. So are limits, access, outcomes, metrics and traces. Rate
limits and authentication come before both.
"""

import re
from collections.abc import Callable
from typing import Any

import orjson
from graphql import GraphQLError, GraphQLSchema
from starlette.types import Scope

from graph_api.execution.compiled.known import Known
from graph_api.execution.error_codes import code_of, may_be_sent_again
from graph_api.execution.query_limits import QueryLimits
from graph_api.execution.trusted_documents import Documents
from graph_api.protocol.http_errors import GRAPHQL_JSON, media_type_of
from graph_api.protocol.plain_requests import PlainRequest, Reply
from graph_api.schema.answers.compiled_recording import Compiled, Recording, compile_recording
from graph_api.schema.answers.recording_inputs import NotPlain
from graph_api.schema.context import Context
from graph_api.schema.observed_schema import observed

MUTATION = re.compile(r"\brecordAnswers?\b")
PLAIN = re.compile(r"\brecordAnswers?\s*\(\s*input\s*:\s*\$")
"""What every document that may be compiled has in it: others are not even parsed here."""
REASON = "recording"
"""The reason by which requests are counted that record answers and take the usual path."""


class CompiledRecordings:
    """The documents of one endpoint."""

    def __init__(self, schema: GraphQLSchema, limits: QueryLimits, documents: Documents | None) -> None:
        self._schema = schema
        self._limits = limits
        self._documents = documents
        self._known = Known[Compiled | type[NotPlain]]()

    async def reply(
        self, plain: PlainRequest, scope: Scope, context: Context, as_seen: Callable[[GraphQLError], dict[str, Any]]
    ) -> Reply | None:
        """The reply to a request; None if it has to take the usual path."""
        if "recordAnswer" not in plain.text or MUTATION.search(plain.text) is None:
            return None
        try:
            compiled = self._compiled_of(plain.text, plain.operation_name)
            recording = Recording(compiled, plain.variables, context, self._limits)
        except NotPlain:
            scope.get("on_fallback", _uncounted)(REASON)
            return None
        status, media_type = 200, media_type_of(scope)
        with observed(context, plain.operation_name) as outcome:
            outcome.document = compiled.document
            try:
                reply: dict[str, Any] = {"data": {compiled.key: await recording.run()}}
            except GraphQLError as error:
                outcome.fail(code_of(error))
                status = 503 if may_be_sent_again(error) and media_type == GRAPHQL_JSON else 200
                reply = {"data": None, "errors": [as_seen(error)]}
            return Reply(orjson.dumps(reply), status, media_type)

    def _compiled_of(self, text: str, name: str | None) -> Compiled:
        if len(text) > self._limits.characters or PLAIN.search(text) is None:
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


def _uncounted(_reason: str) -> None:
    """Outside of the application nothing is counted."""
