"""Students and the groups (classes) they are members of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from graph_api.domain.text import CODE_LENGTH, NAME_LENGTH, identifier, identifiers, text

MAX_MEMBERS = 5_000
MAX_COURSES = 200


class Roster(StrEnum):
    """The two lists of people of a group."""

    MEMBERS = "MEMBERS"
    TEACHERS = "TEACHERS"

    @property
    def field(self) -> str:
        """The input that names its people."""
        return "studentIds" if self is Roster.MEMBERS else "teacherIds"


@dataclass(frozen=True, slots=True)
class Student:
    """A student, known by the client's id. To store, None means "leave what is stored".

    Attributes:
        id: the client's id.
        name: empty if it is not known.
        recency_at_session_end: whether the end of a session recomputes the student's recency; None is as configured.

    Raises:
        InvalidInput: naming the field, the rule and the value.
    """

    id: str
    name: str | None = None
    recency_at_session_end: bool | None = None

    REQUIRED: ClassVar[Sequence[str]] = ()
    EMPTY: ClassVar[Mapping[str, Any]] = {"recency_at_session_end": None}
    KEPT: ClassVar[frozenset[str]] = frozenset({"name", "recency_at_session_end"})

    def __post_init__(self) -> None:
        identifier(self.id, "id")
        if self.name is not None:
            text(self.name, "name", NAME_LENGTH)


@dataclass(frozen=True, slots=True)
class Group:
    """A class: its members, its teachers, and the courses that it takes (G8). None means "leave what is stored".

    Raises:
        InvalidInput: naming the field, the rule and the value.
    """

    id: str
    name: str
    student_ids: Sequence[str] | None = None
    teacher_ids: Sequence[str] | None = None
    course_ids: Sequence[str] | None = None
    revision: int | None = field(default=None, compare=False)
    archived_at: datetime | None = field(default=None, compare=False)

    REQUIRED: ClassVar[Sequence[str]] = ("name",)
    EMPTY: ClassVar[Mapping[str, Any]] = {}
    KEPT: ClassVar[frozenset[str]] = frozenset({"student_ids", "teacher_ids", "course_ids"})

    def __post_init__(self) -> None:
        identifier(self.id, "id")
        identifier(self.name, "name", NAME_LENGTH)
        for name, path in (("student_ids", "studentIds"), ("teacher_ids", "teacherIds")):
            ids = getattr(self, name)
            if ids is not None:
                object.__setattr__(self, name, identifiers(ids, path, most=MAX_MEMBERS))
        if self.course_ids is not None:
            ids = identifiers(self.course_ids, "courseIds", most=MAX_COURSES, length=CODE_LENGTH)
            object.__setattr__(self, "course_ids", ids)
