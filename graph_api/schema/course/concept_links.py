"""The links of concepts, for many concepts at once."""

from collections.abc import Iterable, Mapping
from typing import Any

from graph_api.execution.compiled.forms import Form, Forms
from graph_api.execution.compiled.tables import Parents, column_of
from graph_api.schema.context import Info
from graph_api.schema.course.concept import Concept
from graph_api.schema.course.skill import Skill


async def skills_of(concepts: Parents, info: Info) -> list[list[Skill]]:
    """`Concept.skills` of each concept."""
    codes = column_of(concepts, "skill_codes")
    skills = await Skill.by_code(info, (code for each in codes for code in each))
    return [_not_archived(skills, each) for each in codes]


async def prerequisites_of(concepts: Parents, info: Info) -> list[list[Concept]]:
    """`Concept.prerequisites` of each concept."""
    ids = column_of(concepts, "prerequisite_ids")
    known = await Concept.by_id(info, (key for each in ids for key in each))
    return [_not_archived(known, each) for each in ids]


def _not_archived(known: Mapping[str, Any], keys: Iterable[str]) -> list[Any]:
    return [known[key] for key in keys if key in known and known[key].archived_at is None]


CONCEPT_FORMS: Forms = {
    "Concept.skills": Form(skills_of, is_of_parent=True),
    "Concept.prerequisites": Form(prerequisites_of, is_of_parent=True),
}
STABLE_TYPES = frozenset({"Concept", "Skill", "Source"})
"""Types whose objects never change: their attributes, and what they are linked to in the course that they are of."""
