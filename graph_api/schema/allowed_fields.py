"""Which fields a role may select, by the rules of `access`."""

from collections.abc import Mapping
from functools import cache

from graph_api.domain.principals import CLIENTS, Role
from graph_api.schema.access.rules import ACCESS

ALLOWED: Mapping[Role, frozenset[str]] = {
    role: frozenset(
        f"{kind}.{field}"
        for kind, rules in ACCESS.items()
        for roles, fields in rules.items()
        if role in roles
        for field in fields.split()
    )
    for role in Role
}
"""The fields that each role may ask for."""


GATEWAYS = {
    role: {"Query._entities", *(("Query._service", "_Service.sdl") if role in CLIENTS else ())} for role in Role
}
"""What each role may select where GRAPH_API_FEDERATION is true; without it, the schema has no such fields."""

RECORDING = frozenset(f"Mutation.{name}" for name in ("recordAnswer", "recordAnswers", "startSession", "endSession"))
"""What a student's token may not do where GRAPH_API_STUDENTS_MAY_RECORD is false."""


@cache
def allowed_fields(role: Role, *, students_may_record: bool) -> frozenset[str]:
    """The fields that a role may select under the service's settings.

    >>> "Mutation.recordAnswer" in allowed_fields(Role.STUDENT, students_may_record=False)
    False
    """
    allowed = ALLOWED[role] | GATEWAYS[role]
    return allowed if students_may_record or role is not Role.STUDENT else allowed - RECORDING


def may_see(role: Role, type_name: str) -> bool:
    """Whether a role may see objects of a type that `node` gives.

    >>> may_see(Role.ANALYST, "Student")
    False
    """
    return f"{type_name}.nodeId" in ALLOWED[role]
