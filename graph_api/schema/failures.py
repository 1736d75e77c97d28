"""Expected failures as schema types: the one place where the domain's failures are mapped.

A mutation's result is its payload or one of the failures it can have; these implement `Failure`.
"""

from typing import Any

import strawberry
import structlog

from graph_api.domain import failures as domain
from graph_api.domain.learners.sessions import SessionStatus
from graph_api.execution.retry_after import ask_to_retry
from graph_api.schema.enums import describe_values
from graph_api.store.gateway import DatabaseUnavailable

REASON_LENGTH = 300

log = structlog.get_logger(__name__)

strawberry.enum(SessionStatus, description="The status of a session.")
describe_values(
    SessionStatus,
    IN_PROGRESS="The session accepts answers.",
    SUBMITTED="The session was submitted.",
    EXPIRED="The session was in progress for too long.",
    ABANDONED="The session was abandoned.",
)


@strawberry.interface(description="Why something was not done. Nothing was written.")
class Failure:
    message: str = strawberry.field(description="The reason, as one sentence for users.")
    code: str = strawberry.field(description="The failure's name for programs, in capitals.")
    field: str = strawberry.field(description="The path of the input that broke the rule.")
    rule: str = strawberry.field(description="The rule that the input broke.")
    value: str = strawberry.field(description="The value of the input, shortened. Empty if the rule concerns no value.")


@strawberry.type(description="A value breaks a rule.")
class InvalidInput(Failure):
    """A value breaks a rule."""


@strawberry.type
class NotFound(Failure):
    """What was named does not exist: the base of the types below, and no type of the schema itself."""

    missing: list[strawberry.ID] = strawberry.field(description="The ids or codes that do not exist.")


@strawberry.type(description="A student does not exist.")
class StudentNotFound(NotFound):
    """A student does not exist."""


@strawberry.type(
    description="The student was erased. Answers and other data for this id are rejected until an administrator "
    "registers the student again with upsertStudents."
)
class StudentErased(Failure):
    erased: list[strawberry.ID] = strawberry.field(description="The ids of the students that were erased.")


@strawberry.type(description="A skill does not exist.")
class SkillNotFound(NotFound):
    """A skill does not exist."""


@strawberry.type(description="A concept does not exist.")
class ConceptNotFound(NotFound):
    """A concept does not exist."""


@strawberry.type(description="A course does not exist, or is archived where that matters.")
class CourseNotFound(NotFound):
    """A course does not exist."""


@strawberry.type(description="A session does not exist.")
class SessionNotFound(NotFound):
    """A session does not exist."""


@strawberry.type(description="A parameter set does not exist.")
class ParameterSetNotFound(NotFound):
    """A parameter set does not exist."""


@strawberry.type(description="A group does not exist.")
class GroupNotFound(NotFound):
    """A group does not exist."""


@strawberry.type(description="A run does not exist, or has ended.")
class RunNotFound(NotFound):
    """A run does not exist, or has ended."""


@strawberry.type(description="The run was cancelled. Its finished work stays.")
class RunCancelled(Failure):
    """A run was cancelled."""


@strawberry.type(description="The caller has no permission for this.")
class Forbidden(Failure):
    """Not for this principal."""


@strawberry.type(description="The semantic comparison is not installed; the rule names what to install.")
class SemanticUnavailable(Failure):
    """The semantic extra is missing."""


@strawberry.type(description="The session has ended.")
class SessionClosed(Failure):
    status: SessionStatus = strawberry.field(description="How it ended.")


@strawberry.type(
    description="Analysts may not read about so few students. `rule` states the minimum, which is set by "
    "GRAPH_API_ANALYST_MIN_GROUP."
)
class GroupTooSmall(Failure):
    """Too few students to be shown to an analyst."""


@strawberry.type(
    description="The answer was given, or the judgement counts, from a time after one of the concepts or skills was "
    "archived. What is from before is accepted, whenever it arrives. Send it again without these targets, or drop it."
)
class TargetArchived(Failure):
    archived: list[strawberry.ID] = strawberry.field(description="The ids and codes of the archived targets.")


@strawberry.type(description="The event id was used before, for an answer with other content.")
class AnswerIdConflict(Failure):
    """An event id means one answer."""


@strawberry.type(description="The student has no judgement with this id.")
class JudgementNotFound(NotFound):
    """A judgement does not exist."""


@strawberry.type(description="The id was used before, for another judgement of the student.")
class JudgementIdConflict(Failure):
    """An id means one judgement."""


@strawberry.type(description="The answer is right, but another one of its atomic call failed.")
class NotRecorded(Failure):
    """All or nothing, and it was nothing."""


@strawberry.type(
    description="Answers, judgements, masteries or sampling records refer to what was to be deleted, and a deletion "
    "would lose them. Archive it instead."
)
class HasHistory(Failure):
    ids: list[strawberry.ID] = strawberry.field(description="The ids or codes that cannot be deleted.")


@strawberry.type(description="The link would close a cycle in the prerequisite graph.")
class PrerequisiteCycle(Failure):
    cycle: list[strawberry.ID] = strawberry.field(
        description="The concepts on the cycle, the first one again at the end."
    )


@strawberry.type(description="The stored revision of an object.")
class CurrentRevision:
    key: strawberry.ID = strawberry.field(description="The id of the object, or the code of the skill.")
    revision: int = strawberry.field(description="The stored revision; 0 if the object does not exist.")


@strawberry.type(
    description="An object was changed since the caller read it. Read the object again, then repeat the change."
)
class RevisionConflict(Failure):
    conflicts: list[CurrentRevision] = strawberry.field(description="Every object with another revision than expected.")


@strawberry.type(description="The service cannot take more now. Send the same again later.")
class Overloaded(Failure):
    retry_after: float = strawberry.field(description="Seconds to wait.")


@strawberry.type(
    description="The database does not answer. It is not known whether this was written: send it again with its id."
)
class Unavailable(Failure):
    retry_after: float = strawberry.field(description="Seconds to wait.")


TYPES: dict[type[domain.Failure], type[Failure]] = {
    getattr(domain, kind.__name__): kind
    for kind in (
        InvalidInput,
        StudentNotFound,
        StudentErased,
        SkillNotFound,
        ConceptNotFound,
        CourseNotFound,
        SessionNotFound,
        ParameterSetNotFound,
        GroupNotFound,
        GroupTooSmall,
        RunNotFound,
        RunCancelled,
        Forbidden,
        SemanticUnavailable,
        SessionClosed,
        TargetArchived,
        HasHistory,
        AnswerIdConflict,
        JudgementNotFound,
        JudgementIdConflict,
        NotRecorded,
        PrerequisiteCycle,
        RevisionConflict,
        Overloaded,
        Unavailable,
    )
}


def as_type(failure: domain.Failure) -> Any:  # noqa: ANN401 - one of a union, as the mutation declares
    """The schema type of a failure. A wait before a retry is also put into the headers of the reply.

    >>> as_type(domain.InvalidInput("first", "must be from 1 to 500", "0")).code
    'INVALID_INPUT'
    """
    if isinstance(failure, domain.Overloaded | domain.Unavailable):
        ask_to_retry(failure.retry_after)
    data = {name: value for name, value in vars(failure).items() if not name.startswith("_")}
    return TYPES[type(failure)](message=failure.message, code=failure.code, **data)


def unavailable(fault: DatabaseUnavailable) -> domain.Unavailable:
    """The failure that clients see. The reason names machines and is for the log."""
    log.warning("the database does not answer", reason=str(fault)[:REASON_LENGTH])
    return domain.Unavailable("database", "does not answer", retry_after=1.0)
