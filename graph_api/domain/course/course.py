"""Courses, their skills, and the concepts that are part of these."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from graph_api.domain.course.source import Source
from graph_api.domain.failures import InvalidInput
from graph_api.domain.text import CODE_LENGTH, DESCRIPTION_LENGTH, NAME_LENGTH, identifier, identifiers, text

CONCEPT_NAME_LENGTH = 200
MAX_LINKS = 200
MAX_SKILLS = 5_000


class CefrLevel(StrEnum):
    """Levels of the Common European Framework of Reference for Languages."""

    A1 = "A1"
    A2 = "A2"
    B1 = "B1"
    B2 = "B2"
    C1 = "C1"
    C2 = "C2"


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Skill:
    """A skill, a theme or a topic, known by its code. `year` is a school year, `block` a part of it (G1).

    Raises:
        InvalidInput: naming the field, the rule and the value.

    >>> Skill("vocab_b1", "B1 Vocabulary", "vocabulary", CefrLevel.B1).level.value
    'B1'
    """

    code: str
    name: str
    category: str
    level: CefrLevel | None = None
    description: str = ""
    block: str | None = None
    year: int | None = None
    parameter_set_id: str | None = None
    source: Source | None = None
    revision: int | None = field(default=None, compare=False)
    archived_at: datetime | None = field(default=None, compare=False)

    REQUIRED: ClassVar[Sequence[str]] = ("name", "category")
    EMPTY: ClassVar[Mapping[str, Any]] = {
        "level": None, "description": "", "block": None, "year": None, "parameter_set_id": None, "source": None,
    }  # fmt: skip
    KEPT: ClassVar[frozenset[str]] = frozenset({"parameter_set_id", "source"})

    def __post_init__(self) -> None:
        identifier(self.code, "code", CODE_LENGTH)
        identifier(self.name, "name", NAME_LENGTH)
        identifier(self.category, "category", CODE_LENGTH)
        text(self.description, "description", DESCRIPTION_LENGTH)
        if self.block is not None:
            identifier(self.block, "block", CODE_LENGTH)
        if self.year is not None and not 0 <= self.year <= 9999:  # noqa: PLR2004
            raise InvalidInput("year", "must be from 0 to 9999", str(self.year))
        if self.parameter_set_id is not None:
            identifier(self.parameter_set_id, "parameterSet")


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Concept:
    """A concept: part of skills, and behind its direct prerequisites (G2).

    To store, links of None mean "leave what is stored"; read, they are always there.

    Raises:
        InvalidInput: naming the field, the rule and the value.
    """

    id: str
    name: str
    skill_codes: Sequence[str] | None = None
    prerequisite_ids: Sequence[str] | None = None
    parameter_set_id: str | None = None
    source: Source | None = None
    revision: int | None = field(default=None, compare=False)
    archived_at: datetime | None = field(default=None, compare=False)

    REQUIRED: ClassVar[Sequence[str]] = ("name",)
    EMPTY: ClassVar[Mapping[str, Any]] = {"parameter_set_id": None, "source": None}
    KEPT: ClassVar[frozenset[str]] = frozenset({"skill_codes", "prerequisite_ids", "parameter_set_id", "source"})

    def __post_init__(self) -> None:
        identifier(self.id, "id")
        identifier(self.name, "name", CONCEPT_NAME_LENGTH)
        if self.skill_codes is not None:
            codes = identifiers(self.skill_codes, "skillCodes", most=MAX_LINKS, length=CODE_LENGTH)
            object.__setattr__(self, "skill_codes", codes)
        if self.prerequisite_ids is not None:
            ids = identifiers(self.prerequisite_ids, "prerequisiteIds", most=MAX_LINKS)
            object.__setattr__(self, "prerequisite_ids", ids)
        if self.parameter_set_id is not None:
            identifier(self.parameter_set_id, "parameterSet")


@dataclass(frozen=True, slots=True)
class Course:
    """Skills that are taught together, with their concepts. Groups take courses (G8).

    To store, skills of None mean "leave what is stored"; read, they are always there. An archived course keeps its
    skills and groups; lists leave it out, and no further group can take it.

    Raises:
        InvalidInput: naming the field, the rule and the value.
    """

    id: str
    name: str
    description: str = ""
    skill_codes: Sequence[str] | None = None
    archived_at: datetime | None = None

    REQUIRED: ClassVar[Sequence[str]] = ("name",)
    EMPTY: ClassVar[Mapping[str, Any]] = {"description": ""}
    KEPT: ClassVar[frozenset[str]] = frozenset({"skill_codes", "archived_at"})

    def __post_init__(self) -> None:
        identifier(self.id, "id", CODE_LENGTH)
        identifier(self.name, "name", NAME_LENGTH)
        text(self.description, "description", DESCRIPTION_LENGTH)
        if self.skill_codes is not None:
            codes = identifiers(self.skill_codes, "skillCodes", most=MAX_SKILLS, length=CODE_LENGTH)
            object.__setattr__(self, "skill_codes", codes)
