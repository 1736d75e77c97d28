"""The target that a field's arguments name."""

import strawberry

from graph_api.domain.failures import InvalidInput
from graph_api.domain.targets import Target, TargetKind, concept, skill
from graph_api.schema.enum_values import describe_values

strawberry.enum(TargetKind, description="The two kinds of node that carry mastery.")
describe_values(
    TargetKind,
    CONCEPT="A concept, known by its id.",
    SKILL="A skill, known by its code.",
)


def one_target(concept_id: str | None, skill_code: str | None) -> Target:
    """The concept or the skill.

    Raises:
        InvalidInput: they name none, or two.
    """
    if (concept_id is None) == (skill_code is None):
        raise InvalidInput("conceptId, skillCode", "give exactly one of them")
    return concept(concept_id) if concept_id is not None else skill(skill_code or "")
