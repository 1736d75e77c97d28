"""The students that a list covers: all, the members of a group, or those of a teacher who reads it."""

from typing import Literal, NamedTuple

from graph_api.domain.targets import Target, TargetKind, concept, skill
from graph_api.store.gateway import Row, Transaction

Whose = Literal["all", "group", "taught", "ids"]


class Scope(NamedTuple):
    """Whose rows a statement lists, and the parameters that say so."""

    whose: Whose
    params: Row


def scope_of(tx: Transaction, group_id: str | None) -> Scope:
    """The scope of a list of all students or of a group, as far as the viewer may see them."""
    if not tx.sees_all_students:
        return Scope("taught", {"group_id": group_id})
    return Scope("all", {}) if group_id is None else Scope("group", {"group_id": group_id})


def as_entry(target: Target) -> Row:
    """A target as a row of statements about concepts and skills at once."""
    of_concept = target.kind is TargetKind.CONCEPT
    return {"concept_id": target.key if of_concept else None, "skill_code": None if of_concept else target.key}


def target_of(row: Row) -> Target:
    """The target of a row with one of the columns `concept_id` and `skill_code`."""
    return skill(row["skill_code"]) if row["concept_id"] is None else concept(row["concept_id"])
