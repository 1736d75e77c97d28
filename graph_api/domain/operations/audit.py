"""The audit log: which operator or author of judgements did what, and the outcome. It names no student."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from graph_api.domain.principals import Role


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One mutation that only operators may do, or that records or revokes judgements.

    Attributes:
        id: unique.
        at: when it began.
        principal: the operator or author; empty if authentication was off.
        role: what they were.
        mutation: its name.
        subjects: the ids and codes it was about, some of them; none where these are students'.
        outcome: the type of its result, or FAULT; None if it has not ended, or the process died meanwhile.
    """

    id: str
    at: datetime
    principal: str
    role: Role
    mutation: str
    subjects: Sequence[str] = ()
    outcome: str | None = None
