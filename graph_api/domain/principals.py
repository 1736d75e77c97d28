"""Who asks: the bearer of a token, and what they are."""

from enum import StrEnum
from typing import NamedTuple


class Role(StrEnum):
    """What a principal is."""

    STUDENT = "student"
    TEACHER = "teacher"
    ANALYST = "analyst"
    SERVICE = "service"
    ADMIN = "admin"


class Principal(NamedTuple):
    """Somebody who was asked who they are."""

    id: str
    role: Role


NOBODY_ASKED = Principal("", Role.ADMIN)
"""Where authentication is off, on loopback, everybody may do everything."""
