"""All concepts, skills and courses as they were at one moment, to answer reads of them from memory."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeVar

from graph_api.domain.course.course import CefrLevel, Concept, Course, Skill

T = TypeVar("T")


class StoredConcept(NamedTuple):
    """A concept with what lists filter by. `value` is an exception if the stored row breaks a rule.

    `search` is the text of searches as the database made it, in lower case.
    """

    id: str
    search: str
    is_archived: bool
    skill_codes: Sequence[str]
    prerequisite_ids: Sequence[str]
    value: Concept | Exception


class StoredSkill(NamedTuple):
    """A skill with what lists filter by, likewise."""

    code: str
    search: str
    is_archived: bool
    category: str
    level: str | None
    value: Skill | Exception


@dataclass(frozen=True)
class CourseContent:
    """The concepts and skills of all courses, and these courses, each in order of its key.

    Attributes:
        mark: what every change of the course replaces.
        concepts: by id.
        skills: by code.
        courses: by id, each with the codes of its skills.
    """

    mark: str
    concepts: Mapping[str, StoredConcept]
    skills: Mapping[str, StoredSkill]
    courses: Mapping[str, Course]

    @cached_property
    def active_concept_ids(self) -> list[str]:
        """The concepts that are not archived."""
        return [key for key, each in self.concepts.items() if not each.is_archived]

    @cached_property
    def active_skill_codes(self) -> list[str]:
        """The skills that are not archived."""
        return [key for key, each in self.skills.items() if not each.is_archived]

    @cached_property
    def all_concept_ids_of_skill(self) -> dict[str, list[str]]:
        """The concepts that are part of each skill, with what is archived."""
        ids: dict[str, list[str]] = {code: [] for code in self.skills}
        for key, each in self.concepts.items():
            for code in each.skill_codes:
                ids.setdefault(code, []).append(key)
        return ids

    @cached_property
    def concept_ids_of_skill(self) -> dict[str, list[str]]:
        """The concepts that are part of each skill, without what is archived."""
        active, ids = set(self.active_concept_ids), self.all_concept_ids_of_skill
        return {code: [key for key in ids[code] if key in active] for code in self.active_skill_codes}

    @cached_property
    def prerequisite_ids(self) -> dict[str, Sequence[str]]:
        """The direct prerequisites of each concept."""
        return {key: each.prerequisite_ids for key, each in self.concepts.items()}

    @cached_property
    def concept_ids_unlocked(self) -> dict[str, list[str]]:
        """The concepts that each concept is a direct prerequisite of, without what is archived."""
        unlocked: dict[str, list[str]] = {key: [] for key in self.concepts}
        for key in self.active_concept_ids:
            for prerequisite in self.prerequisite_ids[key]:
                unlocked.setdefault(prerequisite, []).append(key)
        return unlocked

    def list_concepts(
        self, *, skill_code: str | None, search: str | None, include_archived: bool
    ) -> list[StoredConcept]:
        """The concepts that fit all filters; None does not filter."""
        return [
            each
            for each in self.concepts.values()
            if (search is None or search in each.search)
            and (skill_code is None or skill_code in each.skill_codes)
            and (include_archived or not each.is_archived)
        ]

    def list_skills(
        self, *, category: str | None, level: CefrLevel | None, search: str | None, include_archived: bool
    ) -> list[StoredSkill]:
        """The skills that fit all filters; None does not filter."""
        return [
            each
            for each in self.skills.values()
            if (search is None or search in each.search)
            and (category is None or each.category == category)
            and (level is None or each.level == level.value)
            and (include_archived or not each.is_archived)
        ]


def readable(stored: Iterable[T | Exception]) -> list[T]:
    """The concepts or skills of rows.

    Raises:
        Exception: what the first row that breaks a rule raised.
    """
    values = []
    for value in stored:
        if isinstance(value, Exception):
            raise value
        values.append(value)
    return values
