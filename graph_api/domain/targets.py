"""What an answer counts towards: a Concept or a Skill."""

from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

SEPARATOR = "\x1f"
"""ASCII unit separator: identifiers cannot contain it, so joined keys are unambiguous."""
MOST_KEPT = 10_000
"""Targets of a kind that are made once: a course has few, and every answer names some several times."""


class TargetKind(StrEnum):
    """The two kinds of node that carry mastery."""

    CONCEPT = "CONCEPT"
    SKILL = "SKILL"


class Target(NamedTuple):
    """A Concept (by id) or a Skill (by code)."""

    kind: TargetKind
    key: str


@lru_cache(maxsize=MOST_KEPT)
def concept(concept_id: str) -> Target:
    """The target of a concept.

    >>> concept("Keys").kind.value
    'CONCEPT'
    """
    return Target(TargetKind.CONCEPT, concept_id)


@lru_cache(maxsize=MOST_KEPT)
def skill(skill_code: str) -> Target:
    """The target of a skill."""
    return Target(TargetKind.SKILL, skill_code)


def joined(*parts: str) -> str:
    """Several identifiers as one unambiguous key.

    >>> joined("anna", "CONCEPT", "Keys").split(SEPARATOR)
    ['anna', 'CONCEPT', 'Keys']
    """
    return SEPARATOR.join(parts)
