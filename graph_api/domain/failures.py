"""Expected failures: what a caller did that cannot be done, named, with its data.

Every failure names which `field` broke which `rule` with which `value`. They are raised by the domain and the
use cases and become schema types in one place (`graph_api/schema/failures.py`); everything else is a fault.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

SHOWN_VALUE_LENGTH = 80


def shown(value: object) -> str:
    r"""The value as it may be repeated in a message: one line, bounded.

    >>> shown("a" * 500) == "a" * 80 + "…"
    True
    >>> shown(chr(0))
    '\\x00'
    """
    text = value if isinstance(value, str) else repr(value)
    text = "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[: SHOWN_VALUE_LENGTH + 1]
    )
    return text if len(text) <= SHOWN_VALUE_LENGTH else text[:SHOWN_VALUE_LENGTH] + "…"


@dataclass(eq=False)
class Failure(Exception):
    """An expected failure. `field` is the path of the input, `rule` what it must be, `value` what it was."""

    field: str
    rule: str
    value: str = ""

    code: ClassVar[str] = "FAILURE"

    @property
    def message(self) -> str:
        """One sentence for people: field, rule, value."""
        got = f", got {self.value!r}" if self.value else ""
        return f"{self.field}: {self.rule}{got}"

    def __str__(self) -> str:
        return self.message


@dataclass(eq=False)
class InvalidInput(Failure):
    """A value breaks a rule that can be checked without looking at the graph."""

    code: ClassVar[str] = "INVALID_INPUT"


@dataclass(eq=False)
class NotFound(Failure):
    """Something named by the caller is not in the graph; `missing` lists the ids or codes."""

    missing: Sequence[str] = ()

    code: ClassVar[str] = "NOT_FOUND"


@dataclass(eq=False)
class StudentNotFound(NotFound):
    """A student is not in the graph."""

    code: ClassVar[str] = "STUDENT_NOT_FOUND"


@dataclass(eq=False)
class StudentErased(Failure):
    """A student was erased, and no administrator has registered the student again; `erased` lists the ids."""

    erased: Sequence[str] = ()

    code: ClassVar[str] = "STUDENT_ERASED"


@dataclass(eq=False)
class SkillNotFound(NotFound):
    """A skill is not in the graph."""

    code: ClassVar[str] = "SKILL_NOT_FOUND"


@dataclass(eq=False)
class ConceptNotFound(NotFound):
    """A concept is not in the graph."""

    code: ClassVar[str] = "CONCEPT_NOT_FOUND"


@dataclass(eq=False)
class CourseNotFound(NotFound):
    """A course is not in the graph."""

    code: ClassVar[str] = "COURSE_NOT_FOUND"


@dataclass(eq=False)
class SessionNotFound(NotFound):
    """A session is not in the graph."""

    code: ClassVar[str] = "SESSION_NOT_FOUND"


@dataclass(eq=False)
class ParameterSetNotFound(NotFound):
    """A parameter set is not in the graph."""

    code: ClassVar[str] = "PARAMETER_SET_NOT_FOUND"


@dataclass(eq=False)
class GroupNotFound(NotFound):
    """A group is not in the graph."""

    code: ClassVar[str] = "GROUP_NOT_FOUND"


@dataclass(eq=False)
class RunNotFound(NotFound):
    """A run is not in the graph, or does not run any more."""

    code: ClassVar[str] = "RUN_NOT_FOUND"


@dataclass(eq=False)
class RunCancelled(Failure):
    """The run was cancelled. Its finished work stays."""

    code: ClassVar[str] = "RUN_CANCELLED"


@dataclass(eq=False)
class Forbidden(Failure):
    """The principal may not do this, whatever there is."""

    code: ClassVar[str] = "FORBIDDEN"


@dataclass(eq=False)
class GroupTooSmall(Failure):
    """Analysts may not read about so few students: GRAPH_API_ANALYST_MIN_GROUP states the minimum.

    The failure names the minimum and not the number of students.
    """

    code: ClassVar[str] = "GROUP_TOO_SMALL"

    @classmethod
    def of(cls, field: str, least: int) -> "GroupTooSmall":
        """The failure of a group, or of what an argument chose.

        >>> str(GroupTooSmall.of("group", 10))
        'group: must have at least 10 students to be shown to an analyst; choose a larger group'
        """
        return cls(field, f"must have at least {least} students to be shown to an analyst; choose a larger group")


@dataclass(eq=False)
class SemanticUnavailable(Failure):
    """Meaning cannot be compared here: the extra is not installed, or its model cannot be loaded."""

    code: ClassVar[str] = "SEMANTIC_UNAVAILABLE"


@dataclass(eq=False)
class SessionClosed(Failure):
    """The session has ended, and the answer or the call comes after its end."""

    status: str = ""

    code: ClassVar[str] = "SESSION_CLOSED"


@dataclass(eq=False)
class TargetArchived(Failure):
    """An answer or judgement is of a time after one of its targets was archived; `archived` lists ids and codes."""

    archived: Sequence[str] = ()

    code: ClassVar[str] = "TARGET_ARCHIVED"


@dataclass(eq=False)
class AnswerIdConflict(Failure):
    """The event id was used before, for an answer with other content."""

    code: ClassVar[str] = "ANSWER_ID_CONFLICT"


@dataclass(eq=False)
class JudgementNotFound(NotFound):
    """The student has no judgement with the id."""

    code: ClassVar[str] = "JUDGEMENT_NOT_FOUND"


@dataclass(eq=False)
class JudgementIdConflict(Failure):
    """The id was used before, for a judgement of the student with other content."""

    code: ClassVar[str] = "JUDGEMENT_ID_CONFLICT"


@dataclass(eq=False)
class NotRecorded(Failure):
    """The answer is right in itself, but a neighbour in its atomic batch failed, so nothing was written."""

    code: ClassVar[str] = "NOT_RECORDED"


@dataclass(eq=False)
class HasHistory(Failure):
    """Data of students refers to what a caller wants to delete; `ids` lists it."""

    ids: Sequence[str] = ()

    code: ClassVar[str] = "HAS_HISTORY"


@dataclass(eq=False)
class PrerequisiteCycle(Failure):
    """The link would close a cycle; `cycle` names the concepts on it, the first one repeated at the end."""

    cycle: Sequence[str] = ()

    code: ClassVar[str] = "PREREQUISITE_CYCLE"


class CurrentRevision(NamedTuple):
    """The stored revision of an object, known by its id or code; 0 if it does not exist."""

    key: str
    revision: int


@dataclass(eq=False)
class RevisionConflict(Failure):
    """An object was changed since the caller read it; `conflicts` has the stored revision of each such object."""

    conflicts: Sequence[CurrentRevision] = ()

    code: ClassVar[str] = "REVISION_CONFLICT"


@dataclass(eq=False)
class Overloaded(Failure):
    """The service cannot take more now; nothing was written; try again after `retry_after` seconds."""

    retry_after: float = 1.0

    code: ClassVar[str] = "OVERLOADED"


@dataclass(eq=False)
class RateLimited(Overloaded):
    """The principal is above the rate limit; nothing was done; try again after `retry_after` seconds."""

    code: ClassVar[str] = "RATE_LIMITED"


@dataclass(eq=False)
class Unavailable(Failure):
    """The database does not answer. Whether the answer was written is not known; retrying with its id is safe."""

    retry_after: float = 1.0

    code: ClassVar[str] = "UNAVAILABLE"


@dataclass(eq=False)
class QueryTooLarge(Failure):
    """A query costs more than allowed, or makes more objects; it ends there, and its reply has no data."""

    code: ClassVar[str] = "QUERY_TOO_LARGE"


@dataclass(eq=False)
class TooManyChanges(Failure):
    """More has changed since a moment than a subscription sends: the client reads again, and then subscribes anew."""

    code: ClassVar[str] = "TOO_MANY_CHANGES"
