"""The short way of queries that have run before: no parsing, no validation, no extensions of strawberry.

A plan exists for a document only after the document passed every check that is not about the caller or the variables:
its length, its size, its validity, and that it is trusted. What is about the caller is checked here; the budget, the
outcome and the trace are those of all operations. Everything else takes the usual way, with the same reply.
"""

from functools import partial

from starlette.types import Scope
from strawberry.http import GraphQLRequestData
from strawberry.types import ExecutionResult

from graph_api.domain.failures import Failure
from graph_api.execution.compiled.plans import Plan
from graph_api.protocol.cached_replies import CachedReplies
from graph_api.protocol.plain_requests import PlainRequest
from graph_api.protocol.request_headers import header_of
from graph_api.schema.allowed_fields import allowed_fields
from graph_api.schema.context import Context
from graph_api.schema.observed_schema import Schema

STREAMED = ("multipart/", "text/event-stream")
"""Media types of replies that are sent in parts."""


async def result_of_known(
    schema: Schema, replies: CachedReplies, plain: PlainRequest, scope: Scope, context: Context
) -> ExecutionResult | None:
    """The result of a query that is known; None if the request has to take the usual way."""
    plan = schema.plans.known(plain.text, plain.operation_name)
    accepted = header_of(scope, "accept")
    if plan is None or any(each in accepted for each in STREAMED) or not may_run(plan, context):
        return None
    data = GraphQLRequestData(plain.text, plain.variables, plain.operation_name, None)
    run = partial(schema.execute_known, plan, plain.text, plain.variables, context, plain.operation_name)
    return await replies.answer(scope, context, data, run)


def may_run(plan: Plan, context: Context) -> bool:
    """Whether the caller may select all fields of a plan, with a token that has not ended."""
    try:
        context.check_token()
        context.count()
    except Failure:
        return False
    services = context.services
    return plan.fields <= allowed_fields(context.principal.role, students_may_record=services.students_may_record)
