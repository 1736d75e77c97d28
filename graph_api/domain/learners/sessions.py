"""Practice sessions (G7): a span of answering that counts as a whole once it is handed in."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from graph_api.domain.failures import InvalidInput, SessionClosed, SessionNotFound

UNKNOWN_SESSION = "must name a session of this student"


class SessionStatus(StrEnum):
    """The status of a session. Only IN_PROGRESS may change."""

    IN_PROGRESS = "IN_PROGRESS"
    SUBMITTED = "SUBMITTED"
    EXPIRED = "EXPIRED"
    ABANDONED = "ABANDONED"


@dataclass(frozen=True, slots=True)
class Session:
    """One session of one student. `ended_at` is None while it is in progress."""

    id: str
    student_id: str
    status: SessionStatus
    started_at: datetime
    ended_at: datetime | None = None

    def takes_answer(self, student_id: str, at: datetime) -> None:
        """Refuse an answer that cannot belong to this session.

        A late answer is accepted if its `at` is before the end of the session.

        Raises:
            SessionNotFound: the session is another student's; the error does not reveal that it exists.
            SessionClosed: the answer was given after the session's end.
        """
        if self.student_id != student_id:
            raise SessionNotFound("sessionId", UNKNOWN_SESSION, self.id, [self.id])
        if self.ended_at is not None and at > self.ended_at:
            raise SessionClosed(
                "sessionId", f"the session ended at {self.ended_at.isoformat()}", self.id, self.status.value
            )

    def end(self, status: SessionStatus, at: datetime) -> "Session":
        """The session, ended. Ending it again the same way changes nothing.

        Raises:
            InvalidInput: the status is IN_PROGRESS.
            SessionClosed: it has ended in another way.
        """
        if status is SessionStatus.IN_PROGRESS:
            raise InvalidInput("status", "must be a status that ends a session", status.value)
        if self.status is status:
            return self
        if self.status is not SessionStatus.IN_PROGRESS:
            raise SessionClosed("id", f"the session is {self.status.value} already", self.id, self.status.value)
        return Session(self.id, self.student_id, status, self.started_at, max(at, self.started_at))
