"""Judgements: evidence on a level that is no answer (G10), such as a teacher's override, or prior learning.

A judgement is an event with an author and a note. It states the level of one student on one concept or skill at a
moment. It counts towards that target only: no skill follows from its concepts. A revocation is another event that names
a judgement; a revoked judgement stays readable, and levels are what they would be without it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from graph_api.domain.answers.order import Order
from graph_api.domain.failures import InvalidInput, shown
from graph_api.domain.learners.mastery import Evidence, Status, Thresholds
from graph_api.domain.parameters.knowledge_tracing import HIGHEST_LEVEL, LOWEST_LEVEL
from graph_api.domain.targets import SEPARATOR, Target
from graph_api.domain.text import DESCRIPTION_LENGTH, identifier, text

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class JudgementKind(StrEnum):
    """What a judgement is based on."""

    OVERRIDE = "OVERRIDE"
    PRIOR_LEARNING = "PRIOR_LEARNING"


@dataclass(frozen=True, slots=True)
class NewJudgement:
    """A judgement as a caller states it.

    Attributes:
        level: from 0.01 to 0.99.
        note: the reason, in the words of the author; may be empty.
        id: None: the service chooses one.
        at: the moment from which it counts; None: when it is recorded.

    Raises:
        InvalidInput: naming the field, the rule and the value.
    """

    student_id: str
    target: Target
    kind: JudgementKind
    level: float
    note: str = ""
    id: str | None = None
    at: datetime | None = None

    def __post_init__(self) -> None:
        identifier(self.student_id, "studentId")
        if self.id is not None:
            identifier(self.id, "id")
        if not LOWEST_LEVEL <= self.level <= HIGHEST_LEVEL:
            raise InvalidInput("level", f"must be from {LOWEST_LEVEL} to {HIGHEST_LEVEL}", shown(self.level))
        text(self.note, "note", DESCRIPTION_LENGTH)


@dataclass(frozen=True, slots=True)
class NewRevocation:
    """A revocation as a caller states it.

    Raises:
        InvalidInput: naming the field, the rule and the value.
    """

    student_id: str
    judgement_id: str
    note: str = ""

    def __post_init__(self) -> None:
        identifier(self.student_id, "studentId")
        identifier(self.judgement_id, "judgementId")
        text(self.note, "note", DESCRIPTION_LENGTH)


@dataclass(frozen=True, slots=True)
class Revocation:
    """The event that revoked a judgement; `author` is None if authentication was off."""

    id: str
    recorded_at: datetime
    author: str | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A recorded judgement; `id` is unique for the student, `author` is None if authentication was off."""

    id: str
    student_id: str
    target: Target
    kind: JudgementKind
    level: float
    at: datetime
    recorded_at: datetime
    sequence: int
    author: str | None
    note: str = ""
    revocation: Revocation | None = None

    @property
    def order(self) -> Order:
        """Its place among the student's answers and judgements (B6)."""
        return judgement_order(Order(self.at, self.recorded_at, self.sequence, self.id))

    @property
    def evidence(self) -> Evidence:
        """The part of it that the fold of the level needs."""
        return Evidence.judged(self.order, self.level)

    def states(self, new: NewJudgement, author: str | None) -> bool:
        """Whether this is what an author states: then it was sent twice. A time that is not stated is not compared."""
        return (
            (self.student_id, self.target, self.kind, self.level, self.note, self.author)
            == (new.student_id, new.target, new.kind, new.level, new.note, author)
        ) and new.at in (None, self.at)


@dataclass(frozen=True, slots=True)
class JudgementFilter:
    """A filter of judgements; what is None does not restrict."""

    target: Target | None = None
    kind: JudgementKind | None = None
    include_revoked: bool = True

    def matches(self, judgement: Judgement) -> bool:
        """Whether a judgement passes."""
        return (
            self.target in (None, judgement.target)
            and self.kind in (None, judgement.kind)
            and (self.include_revoked or judgement.revocation is None)
        )


def judgement_order(order: Order) -> Order:
    """The place of a judgement, whose id never equals that of an answer."""
    return order._replace(answer_id=SEPARATOR + order.answer_id)


def judgement_id(evidence: Evidence) -> str:
    """The id of the judgement behind some evidence, the inverse of `judgement_order`.

    >>> judgement_id(Evidence.judged(judgement_order(Order(datetime(2026, 1, 31), answer_id="j1")), 0.9))
    'j1'
    """
    return evidence.answer_id.removeprefix(SEPARATOR)


def level_of_status(status: Status, thresholds: Thresholds) -> float:
    """The middle of the levels that have a status under some thresholds.

    Raises:
        InvalidInput: no level has it.

    >>> [round(level_of_status(each, Thresholds()), 3) for each in list(Status)[1:]]
    [0.205, 0.675, 0.97]
    >>> level_of_status(Status.NOT_STARTED, Thresholds())
    Traceback (most recent call last):
    graph_api.domain.failures.InvalidInput: status: must be one that a level has; to return, revoke, got 'NOT_STARTED'
    """
    if status is Status.NOT_STARTED:
        raise InvalidInput("status", "must be one that a level has; to return, revoke", status.value)
    low, high = {
        Status.NEEDS_FOCUS: (LOWEST_LEVEL, thresholds.focus),
        Status.LEARNING: (thresholds.focus, thresholds.mastered),
        Status.MASTERED: (thresholds.mastered, HIGHEST_LEVEL),
    }[status]
    level = (max(low, LOWEST_LEVEL) + min(high, HIGHEST_LEVEL)) / 2
    if not LOWEST_LEVEL <= level <= HIGHEST_LEVEL or thresholds.status(level, evidence=1) is not status:
        raise InvalidInput("status", "must be one that a level can have under the thresholds", status)
    return level
