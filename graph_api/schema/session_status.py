"""The enum of a session's status, which sessions and the failure `SessionClosed` share."""

import strawberry

from graph_api.domain.learners.sessions import SessionStatus
from graph_api.schema.enums import describe_values

__all__ = ["SessionStatus"]

strawberry.enum(SessionStatus, description="The status of a session.")
describe_values(
    SessionStatus,
    IN_PROGRESS="The session accepts answers.",
    SUBMITTED="The session was submitted.",
    EXPIRED="The session was in progress for too long.",
    ABANDONED="The session was abandoned.",
)
