"""The short way of queries that have run before: no parsing, no validation, no extensions of strawberry.

A plan exists for a document only after the document passed every check that is not about the caller or the variables:
its length, its size, its validity, and that it is trusted. What is about the caller is checked here; the budget, the
outcome and the trace are those of all operations. Everything else takes the usual way, with the same reply.
"""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response
from strawberry.http import GraphQLRequestData

from graph_api.domain.failures import Failure
from graph_api.execution.compiled.plans import Plan
from graph_api.execution.trusted_documents import Documents, document_named, with_document_id
from graph_api.protocol.http_errors import JSON
from graph_api.schema.allowed_fields import allowed_fields
from graph_api.schema.context import Context
from graph_api.schema.observed_schema import Schema

if TYPE_CHECKING:
    from graph_api.protocol.http import GraphQLView

PLAIN = frozenset({"query", "operationName", "variables", "documentId", "extensions"})
STREAMED = ("multipart/", "text/event-stream")
"""Media types of replies that are sent in parts."""


class Asked(NamedTuple):
    """A request of one operation."""

    text: str
    operation_name: str | None
    variables: dict[str, Any] | None


async def reply_to_known(view: "GraphQLView", request: Request) -> Response | None:
    """The reply to a query that is known; None if the request has to take the usual way.

    Raises:
        HTTPException: the body is above its limits.
    """
    schema = view.schema
    if not isinstance(schema, Schema) or request.method != "POST" or not _is_plain(request.headers):
        return None
    asked = read(await request.body(), view.documents)
    plan = None if asked is None else schema.plans.known(asked.text, asked.operation_name)
    if asked is None or plan is None:
        return None
    response = await view.get_sub_response(request)
    context = await view.get_context(request, response)
    if context.shows_cost or not may_run(plan, context):
        return None
    data = GraphQLRequestData(asked.text, asked.variables, asked.operation_name, None)
    run = partial(schema.execute_known, plan, asked.text, asked.variables, context, asked.operation_name)
    result = await view.replies.answer(request, context, data, run)
    return view.create_response(await view.process_result(request, result), response)


def may_run(plan: Plan, context: Context) -> bool:
    """Whether the caller may select all fields of a plan, with a token that has not ended."""
    try:
        context.check_token()
        context.count()
    except Failure:
        return False
    services = context.services
    return plan.fields <= allowed_fields(context.principal.role, students_may_record=services.students_may_record)


def read(body: bytes, documents: Documents | None) -> Asked | None:
    """The request in a body; None if it is not one operation in the usual form.

    >>> read(b'{"query": "{ a }", "variables": null}', None)
    Asked(text='{ a }', operation_name=None, variables=None)
    >>> read(b'[{"query": "{ a }"}]', None), read(b'{"query": "{ a }", "variables": 1}', None)
    (None, None)
    """
    try:
        data: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(data, dict) or not data.keys() <= PLAIN:
        return None
    text, name, variables = data.get("query"), data.get("operationName"), data.get("variables")
    if "extensions" in data or "documentId" in data:
        text = _document(data, documents)
    if (
        not isinstance(text, str)
        or name == ""
        or not isinstance(name, str | None)
        or not isinstance(variables, dict | None)
    ):
        return None
    return Asked(text, name, variables)


def _document(data: Mapping[str, Any], documents: Documents | None) -> str | None:
    """The trusted document that a request names; None if it has a text as well, or other extensions."""
    extensions = with_document_id(data).get("extensions")
    if data.get("query") or not isinstance(extensions, dict) or "cost" in extensions:
        return None
    try:
        return document_named(documents, extensions)
    except GraphQLError:
        return None


def _is_plain(headers: Mapping[str, str]) -> bool:
    """Whether a request is JSON, and its reply is sent whole."""
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    accepted = headers.get("accept", "")
    return media_type == JSON and not any(each in accepted for each in STREAMED)
