"""Principals: the bearer of a token, and their role."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from graph_api.domain.failures import Forbidden


class Role(StrEnum):
    """What a principal is."""

    STUDENT = "student"
    TEACHER = "teacher"
    ANALYST = "analyst"
    SERVICE = "service"
    ADMIN = "admin"


CLIENTS = frozenset({Role.SERVICE, Role.ADMIN})
"""Client applications, and who operates the service: no people of a school."""


class Principal(NamedTuple):
    """An authenticated caller. `until` is when their token expires; None: never."""

    id: str
    role: Role
    until: datetime | None = None

    def may_act_for(self, student_ids: Iterable[str], field: str) -> None:
        """Refuse to act for other students, if this is a student. The others may, where the rules let them act at all.

        Raises:
            Forbidden: naming the field.

        >>> Principal("anna", Role.STUDENT).may_act_for(["anna"], "studentId")
        """
        if self.role is Role.STUDENT and (others := set(student_ids) - {self.id}):
            raise Forbidden(field, "must be your own id", min(others))


WITHOUT_AUTHENTICATION = Principal("", Role.ADMIN)
"""The principal of all callers where authentication is off: they may do everything."""
UNKNOWN_CALLER = Principal("", Role.STUDENT)
"""The principal before authentication: a student without an id, who can see nothing."""
