"""The targets that arguments name: one concept or skill, or several."""

from collections.abc import Sequence
from typing import Annotated, TypeAlias

import strawberry

from graph_api.domain.failures import InvalidInput
from graph_api.domain.targets import Target, concept, skill
from graph_api.usecases.choose_targets import Targets

MOST_TARGETS = 5_000

ConceptIds: TypeAlias = list[strawberry.ID] | None
SkillCodes: TypeAlias = list[strawberry.ID] | None
ConceptIdsArgument = Annotated[ConceptIds, strawberry.argument(description="Only these concepts, at most 5,000.")]
SkillCodesArgument = Annotated[SkillCodes, strawberry.argument(description="Only these skills, at most 5,000.")]


def chosen(concept_ids: Sequence[str] | None, skill_codes: Sequence[str] | None) -> Targets:
    """The targets that two arguments choose: everything if neither is given.

    Raises:
        InvalidInput: a list is too long.
    """
    for field, keys in (("conceptIds", concept_ids), ("skillCodes", skill_codes)):
        if keys is not None and len(keys) > MOST_TARGETS:
            raise InvalidInput(field, f"must hold at most {MOST_TARGETS} items, holds {len(keys)}")
    return Targets(concept_ids, skill_codes)


def one_target(concept_id: str | None, skill_code: str | None) -> Target:
    """The concept or the skill.

    Raises:
        InvalidInput: they name none, or two.
    """
    if (concept_id is None) == (skill_code is None):
        raise InvalidInput("conceptId, skillCode", "give exactly one of them")
    return concept(concept_id) if concept_id is not None else skill(skill_code or "")
