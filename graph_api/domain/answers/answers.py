"""Answers: the checked input of a client, and its frozen record (G4, G5, A4).

An answer is the truth and never changes. What it counts towards is frozen when it comes: the concepts and skills
it was tagged with, and every skill that those concepts are part of at that moment.
"""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from operator import attrgetter
from typing import Any, NamedTuple

from graph_api.domain.answers.evidence_rules import DEFAULT_SET, EvidenceParameterSet, weigh
from graph_api.domain.answers.order import Order
from graph_api.domain.course.course import MAX_LINKS
from graph_api.domain.failures import InvalidInput, shown
from graph_api.domain.learners.mastery import Change, Evidence
from graph_api.domain.targets import Target, concept, skill
from graph_api.domain.text import CODE_LENGTH, identifier, identifiers

MAX_TAGS = 50
"""Concepts, or skills, that one answer may be tagged with."""

MAX_FROZEN = MAX_TAGS + MAX_TAGS * MAX_LINKS
"""Skills that one answer may count towards: those that it is tagged with, and those of its concepts."""

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far ahead of the server's clock an answer's time may be (B6)."""

KEYWORD_PASS = 0.6
"""A scored answer is correct above this share of keywords (T1)."""

MOST_COUNTED = 10_000
"""The largest number of hints, or of attempts at a question."""

MAX_RESPONSE_TIME = 86_400.0
"""Seconds: a day. Longer is a client's mistake."""


class Difficulty(StrEnum):
    """The difficulty of the question, as the client stated it."""

    EASY = "EASY"
    MEDIUM = "MEDIUM"
    HARD = "HARD"


class Tag(NamedTuple):
    """The tags of a skill that are frozen with an answer to it."""

    block: str | None
    year: int | None


class Frozen(NamedTuple):
    """What was frozen with an answer that is read back from an export: nothing is added from the course as it is now.

    `tags` are those of each of its skills, by code. `digest` is of what the client sent at the time, so that the
    client's own repetition is still recognised.
    """

    tags: Mapping[str, Tag]
    digest: str


@dataclass(frozen=True, slots=True)
class Content:
    """What an answer states: who answered, how, and about what.

    A field that is added here is received, stored, read back and exported without further changes in Python.

    Attributes:
        concept_ids: the concepts that the answer was tagged with. The same concept or skill twice counts once (G5).
        response_time: in seconds.
        semantic_score: similarity in meaning, 0..1.
        keyword_score: the share of expected keywords, 0..1.
        mentioned: the sampled concepts that a free-text answer mentioned (T4).
        missed: the sampled concepts that a free-text answer did not mention.
        hints: how many hints were used before the answer, or at it.
        attempt: its number among the student's attempts at the question, from 1.
        partial_score: the share of the points, 0..1.
    """

    student_id: str
    correct: bool
    concept_ids: Sequence[str] = ()
    skill_codes: Sequence[str] = ()
    session_id: str | None = None
    question_id: str | None = None
    difficulty: Difficulty | None = None
    response_time: float | None = None
    semantic_score: float | None = None
    keyword_score: float | None = None
    mentioned: Sequence[str] = ()
    missed: Sequence[str] = ()
    hints: int | None = None
    attempt: int | None = None
    partial_score: float | None = None

    @property
    def is_scored(self) -> bool:
        """Whether the answer counts for the topics of its skills (T1)."""
        return self.semantic_score is not None or self.keyword_score is not None


CONTENT = tuple(field.name for field in fields(Content))
"""The names of the fields that an answer states."""

LISTS = frozenset(field.name for field in fields(Content) if field.default == ())
"""Those of them that are lists."""

REQUIRED = tuple(field.name for field in fields(Content) if field.default is MISSING)

EMPTY: Mapping[str, Any] = {name: () if name in LISTS else None for name in CONTENT}
"""What an answer states that states nothing."""

ALWAYS_HASHED = frozenset(
    {"student_id", "correct", "concept_ids", "skill_codes", "session_id", "question_id", "difficulty"}
    | {"response_time", "semantic_score", "keyword_score"}
)
"""Fields of the first version, which digests always include. A newer field counts only if it has a value.

Therefore digests that were stored before the field existed stay valid.
"""

_content_values = attrgetter(*CONTENT)
_in_order = json.JSONEncoder(sort_keys=True).encode


def content_of(answer: Content) -> dict[str, Any]:
    """What an answer states, by field.

    >>> content_of(AnswerInput("anna", correct=True, skill_codes=["talk"]))["skill_codes"]
    ('talk',)
    """
    return dict(zip(CONTENT, _content_values(answer), strict=True))


def plain_content(answer: Content) -> dict[str, Any]:
    """What an answer states as texts, numbers, truth values and lists of texts, as databases and files hold them.

    >>> plain_content(AnswerInput("anna", correct=True, skill_codes=["talk"], difficulty=Difficulty.EASY))["difficulty"]
    'EASY'
    """
    return {name: _plain(value) for name, value in content_of(answer).items()}


def content_from(stored: Mapping[str, Any]) -> dict[str, Any]:
    """What an answer states, from plain values. Missing optional fields are None, or an empty list.

    Raises:
        KeyError: a required field is missing.

    >>> content_from({"student_id": "anna", "correct": True, "difficulty": "EASY"})["difficulty"]
    <Difficulty.EASY: 'EASY'>
    """
    content = {**EMPTY, **{name: value for name, value in stored.items() if value is not None and name in EMPTY}}
    for name in LISTS:
        content[name] = content[name] or ()
    for name in REQUIRED:
        content[name] = stored[name]
    if difficulty := content["difficulty"]:
        content["difficulty"] = Difficulty(difficulty)
    return content


def _plain(value: object) -> object:
    if isinstance(value, StrEnum):
        return value.value
    return list(value) if isinstance(value, list | tuple) else value


@dataclass(frozen=True, slots=True)
class AnswerInput(Content):
    """One answer as a client sent it, checked. Times are aware.

    Without `id` or `at`, the intake provides them. With `frozen`, the answer comes from an export, and `skill_codes`
    are all skills that it counts towards. `evidence_id` names the evidence parameters that weigh it; None: those in
    effect. It is no part of the content.

    Raises:
        InvalidInput: naming the field, the rule and the value.
    """

    id: str | None = None
    at: datetime | None = None
    frozen: Frozen | None = None
    evidence_id: str | None = None

    def __post_init__(self) -> None:
        identifier(self.student_id, "studentId")
        for field, value in (
            ("id", self.id),
            ("sessionId", self.session_id),
            ("questionId", self.question_id),
            ("evidence", self.evidence_id),
        ):
            if value is not None:
                identifier(value, field)
        object.__setattr__(self, "concept_ids", identifiers(self.concept_ids, "conceptIds", most=MAX_TAGS))
        most = MAX_TAGS if self.frozen is None else MAX_FROZEN
        object.__setattr__(
            self, "skill_codes", identifiers(self.skill_codes, "skillCodes", most=most, length=CODE_LENGTH)
        )
        for name in ("mentioned", "missed"):
            object.__setattr__(self, name, identifiers(getattr(self, name), "sampled", most=MAX_TAGS))
        if both := sorted(set(self.mentioned) & set(self.missed)):
            raise InvalidInput("sampled", "must not name a concept as both mentioned and missed", ", ".join(both))
        if not (self.concept_ids or self.skill_codes):
            raise InvalidInput("conceptIds", "name at least one concept or skill")
        if self.at is not None:
            object.__setattr__(self, "at", in_utc(self.at, "at"))
        _within(self.response_time, "responseTime", MAX_RESPONSE_TIME)
        _within(self.semantic_score, "semanticScore", 1.0)
        _within(self.keyword_score, "keywordScore", 1.0)
        _within(self.partial_score, "partialScore", 1.0)
        _whole(self.hints, "hints", 0)
        _whole(self.attempt, "attempt", 1)

    @property
    def digest(self) -> str:
        """A short hash of what the client sent: an event id seen again must come with the same content."""
        if self.frozen is not None:
            return self.frozen.digest
        sent = {
            name: value for name, value in content_of(self).items() if name in ALWAYS_HASHED or value not in ((), None)
        }
        sent["at"] = self.at and self.at.isoformat()
        return hashlib.sha256(_in_order(sent).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Content):
    """An answer as it is stored: its content with its id and times, and its frozen tags.

    `skill_codes` are all skills that it counts towards. `sequence` is its position in its call or file; None if it was
    recorded before sequence numbers were stored. `correct` is what was stated; `counts_as` what it counts as, if that
    differs, and `weight` how much it counts, 0..1. `evidence_id` names the evidence parameters that weighed it; None:
    the default ones.
    """

    id: str
    at: datetime
    recorded_at: datetime
    sequence: int | None
    digest: str
    frozen: Mapping[str, Tag] | None = None
    """The tags of its skills, if they come from an export. None: the tags that the skills have when it is recorded."""
    evidence_id: str | None = None
    weight: float = 1.0
    counts_as: bool | None = None

    def has_same_content(self, other: "Answer") -> bool:
        """Whether both state the same, apart from when and how they were recorded. The order of skills is ignored."""
        mine, others = ({**plain_content(each), "skill_codes": set(each.skill_codes)} for each in (self, other))
        return self.at == other.at and mine == others

    @property
    def targets(self) -> list[Target]:
        """Everything the answer counts towards, each once: its concepts, then its skills."""
        return [*map(concept, self.concept_ids), *map(skill, self.skill_codes)]

    @property
    def evidence(self) -> Evidence:
        """What knowledge tracing needs of it."""
        return Evidence(self.order, self.counts_as_correct, self.weight, is_as_stated=self.counts_as is None)

    @property
    def counts_as_correct(self) -> bool:
        """Whether it counts as correct."""
        return self.correct if self.counts_as is None else self.counts_as

    def weighed_by(self, used: EvidenceParameterSet) -> "Answer":
        """The answer as a version of evidence parameters weighs it."""
        weight, correct, _ = weigh(self, used.parameters)
        counts_as = None if correct == self.correct else correct
        evidence_id = None if used.id == DEFAULT_SET.id else used.id
        if (evidence_id, weight, counts_as) == (self.evidence_id, self.weight, self.counts_as):
            return self  # nearly always: copies take time
        return replace(self, evidence_id=evidence_id, weight=weight, counts_as=counts_as)

    @property
    def order(self) -> Order:
        """Its place among the student's answers (B6)."""
        return Order.of(self.at, self.recorded_at, self.sequence, self.id)


class Recorded(NamedTuple):
    """An answer that is in the graph, and what it did to each of its targets."""

    answer: Answer
    changes: Sequence[Change]
    duplicate: bool = False


def is_correct(
    correct: bool | None,  # noqa: FBT001 - it is the datum
    keyword_score: float | None,
    partial_score: float | None = None,
) -> bool:
    """Whether an answer is correct: as the client states, else by its keyword score (T2), else with a full score.

    Evidence parameters with a pass mark weigh a partial score again.

    Raises:
        InvalidInput: none of them is given.

    >>> is_correct(None, 0.6), is_correct(None, 0.61), is_correct(False, 1.0), is_correct(None, None, 0.9)
    (False, True, False, False)
    """
    if correct is not None:
        return correct
    if keyword_score is not None:
        return keyword_score > KEYWORD_PASS
    if partial_score is None:
        raise InvalidInput("correct", "is required unless keywordScore or partialScore is given")
    return partial_score >= 1


def not_in_future(at: datetime, now: datetime) -> datetime:
    """Refuse a time more than five minutes ahead of the server's (B6).

    Raises:
        InvalidInput: naming both times.
    """
    if at > now + CLOCK_TOLERANCE:
        raise InvalidInput("at", f"must not be more than 5 minutes after {now.isoformat()}", at.isoformat())
    return at


def in_utc(moment: datetime, field: str) -> datetime:
    """A time in UTC, whatever its offset; databases do not take every offset that Python does.

    Raises:
        InvalidInput: it has no offset, or lies outside the years 1 to 9999 in UTC.

    >>> in_utc(datetime.fromisoformat("2026-01-31T09:30:00+05:45:30"), "at").isoformat()
    '2026-01-31T03:44:30+00:00'
    """
    if moment.tzinfo is None:
        raise InvalidInput(field, "must have an offset, as in 2026-01-31T09:30:00Z", moment.isoformat())
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise InvalidInput(field, "must lie in the years 1 to 9999 in UTC", moment.isoformat()) from None


def earlier(moment: datetime, span: timedelta, field: str) -> datetime:
    """The time that lies a span before a moment.

    Raises:
        InvalidInput: it lies before the year 1.

    >>> earlier(datetime(1, 1, 8, tzinfo=UTC), timedelta(days=7), "asOf").isoformat()
    '0001-01-01T00:00:00+00:00'
    """
    try:
        return moment - span
    except OverflowError:
        rule = f"must be at least {span / timedelta(days=1):g} days after the beginning of the year 1"
        raise InvalidInput(field, rule, moment.isoformat()) from None


def _whole(value: int | None, field: str, least: int) -> None:
    if value is not None and not least <= value <= MOST_COUNTED:
        raise InvalidInput(field, f"must be a whole number from {least} to {MOST_COUNTED}", shown(value))


def _within(value: float | None, field: str, highest: float) -> None:
    if value is not None and not (math.isfinite(value) and 0 <= value <= highest):
        raise InvalidInput(field, f"must be a number from 0 to {highest:g}", shown(value))
