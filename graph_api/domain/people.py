"""Students and the groups (classes) they are members of."""

from collections.abc import Sequence
from dataclasses import dataclass

from graph_api.domain.failures import InvalidInput
from graph_api.domain.text import NAME_LENGTH, identifier, text

MAX_MEMBERS = 5_000


@dataclass(frozen=True, slots=True)
class Student:
    """A student, known by the client's id. To store, a name of None means "leave what is stored".

    Raises:
        InvalidInput: naming the field, the rule and the value.
    """

    id: str
    name: str | None = None

    def __post_init__(self) -> None:
        identifier(self.id, "id")
        if self.name is not None:
            text(self.name, "name", NAME_LENGTH)


@dataclass(frozen=True, slots=True)
class Group:
    """A class: its members and the teachers who see it (G8). None means "leave what is stored".

    Raises:
        InvalidInput: naming the field, the rule and the value.
    """

    id: str
    name: str
    student_ids: Sequence[str] | None = None
    teacher_ids: Sequence[str] | None = None

    def __post_init__(self) -> None:
        identifier(self.id, "id")
        identifier(self.name, "name", NAME_LENGTH)
        object.__setattr__(self, "student_ids", _members(self.student_ids, "studentIds"))
        object.__setattr__(self, "teacher_ids", _members(self.teacher_ids, "teacherIds"))


def _members(values: Sequence[str] | None, field: str) -> tuple[str, ...] | None:
    if values is None:
        return None
    if len(values) > MAX_MEMBERS:
        raise InvalidInput(field, f"must name at most {MAX_MEMBERS}, names {len(values)}")
    return tuple(dict.fromkeys(identifier(value, field) for value in values))
