"""The tags that are recorded with an answer, and the parameter sets in effect, of concepts and skills."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from graph_api.domain.answers.answers import Tag
from graph_api.domain.parameters.parameter_sets import id_in_effect
from graph_api.domain.targets import Target, TargetKind, concept, skill
from graph_api.store.gateway import Row, Transaction
from graph_api.store.rows_by_kind import by_kind


class SkillTags(NamedTuple):
    """A skill's block and year, and the parameter set in effect for it."""

    tag: Tag
    parameter_set_id: str
    archived_at: datetime | None = None

    def takes_answer(self, at: datetime) -> bool:
        """Whether the skill was not archived at a moment."""
        return self.archived_at is None or at < self.archived_at


class ConceptTags(NamedTuple):
    """The skills of a concept by code, and the parameter set in effect for it."""

    skills: Mapping[str, SkillTags]
    parameter_set_id: str
    archived_at: datetime | None = None

    def takes_answer(self, at: datetime) -> bool:
        """Whether the concept was not archived at a moment."""
        return self.archived_at is None or at < self.archived_at


async def read_concept_tags(tx: Transaction, ids: Iterable[str]) -> dict[str, ConceptTags]:
    """Tags by concept id; unknown concepts are left out."""
    return {
        row["id"]: ConceptTags(
            {each["code"]: _skill_tags(each) for each in _by_code(row["skills"])},
            id_in_effect(TargetKind.CONCEPT, active=row["active_set_id"], named=row["named_set_id"]),
            row["archived_at"],
        )
        for row in await _concept_rows(tx, ids)
    }


async def read_skill_tags(tx: Transaction, codes: Iterable[str]) -> dict[str, SkillTags]:
    """Tags by skill code; unknown skills are left out."""
    return {row["code"]: _skill_tags(row) for row in await _skill_rows(tx, codes)}


class Choice(NamedTuple):
    """The sets that may be in effect for a target: the active one, and the one that is named on the target."""

    active: str | None
    named: str | None


async def read_choices(tx: Transaction, targets: Iterable[Target]) -> dict[Target, Choice]:
    """The sets that were chosen for each target; unknown targets are left out."""
    keys = by_kind(targets)
    choices: dict[Target, Choice] = {}
    if TargetKind.CONCEPT in keys:
        for row in await _concept_rows(tx, keys[TargetKind.CONCEPT]):
            choices[concept(row["id"])] = Choice(row["active_set_id"], row["named_set_id"])
    if TargetKind.SKILL in keys:
        for row in await _skill_rows(tx, keys[TargetKind.SKILL]):
            choices[skill(row["code"])] = Choice(row["active_set_id"], row["named_set_id"])
    return choices


async def read_set_ids(tx: Transaction, targets: Iterable[Target]) -> dict[Target, str]:
    """The id of the parameter set in effect for each target (B1); unknown targets are left out."""
    keys = by_kind(targets)
    of_concepts = await read_concept_tags(tx, keys[TargetKind.CONCEPT]) if TargetKind.CONCEPT in keys else {}
    of_skills = await read_skill_tags(tx, keys[TargetKind.SKILL]) if TargetKind.SKILL in keys else {}
    return {
        **{Target(TargetKind.CONCEPT, key): tags.parameter_set_id for key, tags in of_concepts.items()},
        **{Target(TargetKind.SKILL, key): tags.parameter_set_id for key, tags in of_skills.items()},
    }


async def _concept_rows(tx: Transaction, ids: Iterable[str]) -> list[Row]:
    return await tx.many("concept/list_tags", ids=sorted(set(ids)))


async def _skill_rows(tx: Transaction, codes: Iterable[str]) -> list[Row]:
    return await tx.many("skill/list_tags", codes=sorted(set(codes)))


def _by_code(skills: list[Row]) -> list[Row]:
    """The skills of a concept in order of code. One that is part of none has a row without a code."""
    return sorted((each for each in skills if each["code"] is not None), key=lambda each: str(each["code"]))


def _skill_tags(row: Row) -> SkillTags:
    set_id = id_in_effect(TargetKind.SKILL, active=row["active_set_id"], named=row["named_set_id"])
    return SkillTags(Tag(row["block"], row["year"]), set_id, row["archived_at"])
