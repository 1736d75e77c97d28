"""Failures as replies of addresses beside `/graphql`: a status, and the body of every other error."""

from strawberry.utils.str_converters import to_camel_case

from graph_api.domain.failures import Failure, Forbidden, GroupTooSmall, NotFound, Overloaded, RateLimited, Unavailable
from graph_api.execution.retry_after import whole_seconds
from graph_api.protocol.http_errors import ErrorResponse


class BodyTooLarge(Failure):
    """A body, or a part of it, is larger than its limit."""

    code = "BODY_TOO_LARGE"


STATUSES: tuple[tuple[type[Failure], int], ...] = (
    (BodyTooLarge, 413),
    (Forbidden, 403),
    (GroupTooSmall, 403),
    (NotFound, 404),
    (RateLimited, 429),
    (Overloaded, 503),
    (Unavailable, 503),
)
"""The status of a failure; of any other it is 400."""


def failure_reply(failure: Failure) -> ErrorResponse:
    """The reply that names field, rule and value.

    >>> from graph_api.domain.failures import InvalidInput
    >>> failure_reply(InvalidInput("unit", "must be LEVEL or PERCENT", "x")).status_code
    400
    """
    status = next((status for kind, status in STATUSES if isinstance(failure, kind)), 400)
    wait = getattr(failure, "retry_after", None)
    data = {to_camel_case(name): value for name, value in vars(failure).items() if not name.startswith("_")}
    headers = {} if wait is None else {"Retry-After": whole_seconds(wait)}
    return ErrorResponse(status, failure.message, failure.code, headers=headers, **data)
