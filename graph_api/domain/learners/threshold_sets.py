"""Thresholds as data: versions of the thresholds of a course or a skill, and those that each target uses (B4, Q14)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from graph_api.domain.failures import CurrentRevision, InvalidInput, RevisionConflict
from graph_api.domain.learners.mastery import Comparison, Thresholds
from graph_api.domain.revisions import MISSING
from graph_api.domain.targets import Target, TargetKind, concept, skill
from graph_api.domain.text import DESCRIPTION_LENGTH, text


class ScopeKind(StrEnum):
    """What a threshold set is of."""

    COURSE = "COURSE"
    SKILL = "SKILL"


class ThresholdScope(NamedTuple):
    """A course (by id) or a skill (by code) that can have thresholds of its own."""

    kind: ScopeKind
    key: str

    def version_id(self, version: int) -> str:
        """The id of a version. It begins with the kind and ends with the version, so no two are the same.

        >>> ThresholdScope(ScopeKind.SKILL, "cases").version_id(3)
        'skill-cases-v3'
        """
        return f"{self.kind.lower()}-{self.key}-v{version}"


@dataclass(frozen=True, slots=True)
class ThresholdSet:
    """An immutable version of the thresholds of a scope.

    Attributes:
        scope: the course or skill.
        version: 1, 2, 3 …; the newest version is the one in effect.
        thresholds: None for a version that returned the scope to the default.
        author: the id of the principal who stored the version; None if authentication was off.
        note: the reason, in the words of the author; may be empty.
        created_at: when the version was stored.

    Raises:
        InvalidInput: the note is too long, or holds control characters.
    """

    scope: ThresholdScope
    version: int
    thresholds: Thresholds | None
    author: str | None = None
    note: str = ""
    created_at: datetime | None = None

    def __post_init__(self) -> None:
        text(self.note, "note", DESCRIPTION_LENGTH)

    @property
    def id(self) -> str:
        """The id of the version."""
        return self.scope.version_id(self.version)


@dataclass(frozen=True, slots=True)
class ThresholdValues:
    """The values that a caller states; those of None stay as they are in effect."""

    mastered: float | None = None
    focus: float | None = None
    weak: float | None = None
    weak_attempts: int | None = None
    comparison: Comparison | None = None

    def over(self, current: Thresholds) -> Thresholds:
        """The thresholds after the change.

        Raises:
            InvalidInput: they break a rule of `Thresholds`.

        >>> ThresholdValues(weak=0.6).over(Thresholds()).weak
        0.6
        """
        stated = {name: value for name in self.__slots__ if (value := getattr(self, name)) is not None}
        return replace(current, **stated)


def next_version(
    scope: ThresholdScope, newest: ThresholdSet | None, thresholds: Thresholds | None, if_revision: int | None
) -> ThresholdSet | None:
    """The version that a change stores, without author, note and time; None if the newest states the same already.

    Args:
        scope: the course or skill.
        newest: its newest version, if it has one.
        thresholds: the new thresholds; None returns the scope to the default.
        if_revision: the newest version that the caller has read, 0 for none; None for any.

    Raises:
        RevisionConflict: the newest version is another one.

    >>> scope = ThresholdScope(ScopeKind.SKILL, "cases")
    >>> next_version(scope, None, Thresholds(mastered=0.9), None).id
    'skill-cases-v1'
    >>> next_version(scope, None, None, 0) is None
    True
    """
    stored = MISSING if newest is None else newest.version
    if if_revision is not None and if_revision != stored:
        value = f"{scope.key}: {if_revision}, stored {stored}"
        raise RevisionConflict("ifRevision", "must be the stored revision", value, [CurrentRevision(scope.key, stored)])
    if (newest.thresholds if newest else None) == thresholds:
        return None
    return ThresholdSet(scope, stored + 1, thresholds)


class Bounds(NamedTuple):
    """The bounds of thresholds, one per column of a matrix of levels; each of shape (targets,)."""

    mastered_from: NDArray[np.float64]
    focus_from: NDArray[np.float64]


class Columns(Protocol):
    """The bounds of the columns of a matrix of levels: numbers for all, or arrays with one per column."""

    @property
    def mastered_from(self) -> float | NDArray[np.float64]:
        """The least levels that are MASTERED."""

    @property
    def focus_from(self) -> float | NDArray[np.float64]:
        """The least levels that do not need focus."""


class TargetThresholds(Protocol):
    """The thresholds of each target: `Thresholds` for all targets alike, or `ThresholdsInEffect`."""

    def for_target(self, target: Target, /) -> Thresholds:
        """The thresholds of a target."""

    def columns(self, kind: TargetKind, keys: Sequence[str], /) -> Columns:
        """The bounds of targets of a kind, in their order."""


@dataclass(frozen=True, slots=True, eq=False)
class ThresholdsInEffect:
    """The thresholds of every target: the default, and the sets that some targets use instead.

    Attributes:
        default: the thresholds of the settings.
        sets: the set that a target uses; targets without one use the default.
        of_courses: the set of each course that has one of its own.
    """

    default: Thresholds
    sets: Mapping[Target, ThresholdSet] = field(default_factory=dict)
    of_courses: Mapping[str, ThresholdSet] = field(default_factory=dict)

    def for_target(self, target: Target) -> Thresholds:
        """The thresholds of a target."""
        return self._value(self.sets.get(target))

    def for_course(self, course_id: str) -> Thresholds:
        """The thresholds of a course, which its skills use unless they have their own."""
        return self._value(self.of_courses.get(course_id))

    def own_set(self, scope: ThresholdScope) -> ThresholdSet | None:
        """The set that a course or skill has of its own now, if any."""
        if scope.kind is ScopeKind.COURSE:
            return self.of_courses.get(scope.key)
        used = self.sets.get(skill(scope.key))
        return used if used is not None and used.scope == scope else None

    def for_scope(self, scope: ThresholdScope) -> Thresholds:
        """The thresholds of a course or skill."""
        return self.for_course(scope.key) if scope.kind is ScopeKind.COURSE else self.for_target(skill(scope.key))

    def columns(self, kind: TargetKind, keys: Sequence[str]) -> Columns:
        """The bounds of targets of a kind, in their order."""
        if not self.sets:
            return self.default
        each = [self.for_target(Target(kind, key)) for key in keys]
        return Bounds(np.array([one.mastered_from for one in each]), np.array([one.focus_from for one in each]))

    def _value(self, used: ThresholdSet | None) -> Thresholds:
        return self.default if used is None or used.thresholds is None else used.thresholds


class Links(NamedTuple):
    """The links that decide which sets a target uses."""

    skills_of_course: Mapping[str, Iterable[str]]
    concepts_of_skill: Mapping[str, Iterable[str]]


def resolve_thresholds(default: Thresholds, newest: Iterable[ThresholdSet], links: Links) -> ThresholdsInEffect:
    """The thresholds of every target.

    A skill uses its own set, else that of the first of its courses (by id) that has one, else the default. A concept
    uses the own set of the first of its skills (by code) that has one, else that of the first course (by id) of any of
    its skills that has one, else the default.

    Args:
        default: the thresholds of the settings.
        newest: the newest version of each scope; those that returned a scope to the default count as no set.
        links: the skills of courses and the concepts of skills, at least those of the scopes.

    >>> cases = ThresholdSet(ThresholdScope(ScopeKind.SKILL, "cases"), 1, Thresholds(mastered=0.9))
    >>> used = resolve_thresholds(Thresholds(), [cases], Links({}, {"cases": ["dative"]}))
    >>> used.for_target(concept("dative")).mastered, used.for_target(skill("verbs")).mastered
    (0.9, 0.95)
    """
    own = {each.scope: each for each in newest if each.thresholds is not None}
    of_courses = {scope.key: each for scope, each in own.items() if scope.kind is ScopeKind.COURSE}
    of_skills = {scope.key: each for scope, each in own.items() if scope.kind is ScopeKind.SKILL}
    sets: dict[Target, ThresholdSet] = {}
    for code in sorted(of_skills):
        sets[skill(code)] = of_skills[code]
        for key in links.concepts_of_skill.get(code, ()):
            sets.setdefault(concept(key), of_skills[code])
    for course_id in sorted(of_courses):
        for code in links.skills_of_course.get(course_id, ()):
            sets.setdefault(skill(code), of_courses[course_id])
            for key in links.concepts_of_skill.get(code, ()):
                sets.setdefault(concept(key), of_courses[course_id])
    return ThresholdsInEffect(default, sets, of_courses)


def check_scope(skill_code: str | None, course_id: str | None) -> ThresholdScope:
    """The scope that a caller names.

    Raises:
        InvalidInput: neither a skill nor a course is named, or both are.
    """
    if skill_code is not None and course_id is None:
        return ThresholdScope(ScopeKind.SKILL, skill_code)
    if course_id is not None and skill_code is None:
        return ThresholdScope(ScopeKind.COURSE, course_id)
    raise InvalidInput("skillCode", "must be given, or courseId instead; not both")
