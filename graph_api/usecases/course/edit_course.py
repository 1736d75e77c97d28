"""Edit the course: skills, concepts and the prerequisite graph, which stays acyclic (G1, G2).

Every edit takes the course's lock first, so two edits that are harmless alone cannot close a cycle together.
"""

import asyncio
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from graph_api.domain.course.concept_graph import find_cycle
from graph_api.domain.course.course import Concept, Skill
from graph_api.domain.failures import (
    ConceptNotFound,
    ParameterSetNotFound,
    PrerequisiteCycle,
    SkillNotFound,
)
from graph_api.domain.patch import Patch
from graph_api.domain.revisions import FIRST, check_revisions, revised
from graph_api.domain.targets import Target
from graph_api.domain.targets import concept as concept_target
from graph_api.domain.targets import skill as skill_target
from graph_api.store import concepts as concept_store
from graph_api.store import parameter_sets
from graph_api.store import skills as skill_store
from graph_api.store.gateway import Gateway, Transaction
from graph_api.usecases.batches import bounded
from graph_api.usecases.parameters.change_sets import change_sets, elapsing, replay_run, run_due
from graph_api.usecases.read_back import read_back


async def upsert_skills(
    gateway: Gateway, skills: Sequence[Skill | Patch[Skill]], now: datetime, trigger: str = "mutation"
) -> list[Skill]:
    """Create skills or change what is stated of them (G9); returns what is stored, in the order given.

    Levels that another parameter set changes are replayed before it returns, in a run of that trigger.

    Raises:
        RunCancelled: the skills are stored, and the replay of their levels was cancelled; it goes on later.
        RevisionConflict: listing skills that have another revision than the caller expects; nothing is written.
        InvalidInput: a code is given twice, a skill lacks what it takes to create one, or there are too many skills.
        ParameterSetNotFound: a skill names a set that does not exist.
    """
    patches = [Patch.of(skill) for skill in skills]
    codes = bounded([patch.key for patch in patches], "code")

    run = replay_run(uuid.uuid4().hex, "named", trigger, now)
    clock = elapsing(now)

    async def work(tx: Transaction) -> tuple[list[Skill], list[Target]]:
        await _check_parameter_sets(tx, [patch.stated.get("parameter_set_id") for patch in patches])
        await concept_store.lock_course(tx)
        stored = await skill_store.read_by_codes(tx, codes)
        check_revisions(patches, revisions_of(stored))
        changed = [revised(patch.apply(stored.get(patch.key)), stored.get(patch.key)) for patch in patches]
        _, due = await change_sets(tx, run, list(map(skill_target, codes)), lambda: skill_store.put(tx, changed, now))
        return read_back(await skill_store.read_by_codes(tx, codes), codes), due

    stored, due = await gateway.write(work)
    await run_due(gateway, run, due, clock)
    return stored


async def upsert_concepts(
    gateway: Gateway, concepts: Sequence[Concept | Patch[Concept]], now: datetime, trigger: str = "mutation"
) -> list[Concept]:
    """Create concepts or change what is stated of them (G9); returns what is stored, in the order given.

    Concepts may name each other as prerequisites in one call. Levels that another parameter set changes are replayed
    before it returns, in a run of that trigger.

    Raises:
        RunCancelled: the concepts are stored, and the replay of their levels was cancelled; it goes on later.
        RevisionConflict: listing concepts that have another revision than the caller expects; nothing is written.
        InvalidInput: an id is given twice, a concept lacks what it takes to create one, or there are too many concepts.
        SkillNotFound, ConceptNotFound, ParameterSetNotFound: a named object does not exist.
        PrerequisiteCycle: naming the cycle that the links would close.
    """
    patches = [Patch.of(concept) for concept in concepts]
    ids = bounded([patch.key for patch in patches], "id")

    run = replay_run(uuid.uuid4().hex, "named", trigger, now)
    clock = elapsing(now)

    async def work(tx: Transaction) -> tuple[list[Concept], list[Target]]:
        await concept_store.lock_course(tx)
        await _check_parameter_sets(tx, [patch.stated.get("parameter_set_id") for patch in patches])
        stored = await concept_store.read_by_ids(tx, ids)
        check_revisions(patches, revisions_of(stored))
        # threads of their own: the transaction holds the course and does not queue behind computations
        merged = await asyncio.to_thread(merge, patches, stored)
        await _check_skills(tx, [code for concept in merged for code in concept.skill_codes or ()])
        needed = {key for concept in merged for key in concept.prerequisite_ids or ()}
        await _check_concepts(tx, needed - set(ids), "prerequisiteIds")
        prerequisites = await concept_store.read_prerequisites(tx)
        prerequisites |= {c.id: set(c.prerequisite_ids) for c in merged if c.prerequisite_ids is not None}
        await asyncio.to_thread(_check_acyclic, prerequisites, "prerequisiteIds")
        targets = list(map(concept_target, ids))
        _, due = await change_sets(tx, run, targets, lambda: concept_store.put(tx, merged, now))
        return read_back(await concept_store.read_by_ids(tx, ids), ids), due

    stored, due = await gateway.write(work)
    await run_due(gateway, run, due, clock)
    return stored


def revisions_of(stored: Mapping[str, Skill] | Mapping[str, Concept]) -> dict[str, int]:
    """The revisions of stored skills or concepts."""
    return {key: each.revision or FIRST for key, each in stored.items()}


def merge(patches: Sequence[Patch[Concept]], stored: Mapping[str, Concept]) -> list[Concept]:
    """The concepts to write: what is stored, changed by the patches."""
    changed = [revised(patch.apply(stored.get(patch.key)), stored.get(patch.key)) for patch in patches]
    return without_untouched_links(patches, changed)


def without_untouched_links(patches: Iterable[Patch[Concept]], concepts: Iterable[Concept]) -> list[Concept]:
    """The concepts to write; links that their patches do not touch are None, which leaves them."""
    return [
        replace(
            concept,
            skill_codes=concept.skill_codes if patch.touches("skill_codes") else None,
            prerequisite_ids=concept.prerequisite_ids if patch.touches("prerequisite_ids") else None,
        )
        for patch, concept in zip(patches, concepts, strict=True)
    ]


async def link_prerequisite(gateway: Gateway, prerequisite_id: str, concept_id: str) -> Concept:
    """Make one concept a direct prerequisite of another; an existing link stays. Returns the concept.

    Raises:
        ConceptNotFound: one of them does not exist.
        PrerequisiteCycle: naming the cycle that the link would close.
    """

    async def work(tx: Transaction) -> Concept:
        await concept_store.lock_course(tx)
        await _check_concepts(tx, {prerequisite_id, concept_id}, "prerequisiteId, conceptId")
        prerequisites = await concept_store.read_prerequisites(tx)
        present = prerequisites.get(concept_id, set())
        prerequisites[concept_id] = present | {prerequisite_id}
        _check_acyclic(prerequisites, "prerequisiteId")
        if prerequisite_id not in present:
            await concept_store.link_prerequisites(tx, [(prerequisite_id, concept_id)])
            await concept_store.touch(tx, [concept_id])
        return (await concept_store.read_by_ids(tx, [concept_id]))[concept_id]

    return await gateway.write(work)


async def unlink_prerequisite(gateway: Gateway, prerequisite_id: str, concept_id: str) -> Concept:
    """Remove a prerequisite link; a missing link is no failure. Returns the concept.

    Raises:
        ConceptNotFound: one of them does not exist.
    """

    async def work(tx: Transaction) -> Concept:
        await concept_store.lock_course(tx)
        await _check_concepts(tx, {prerequisite_id, concept_id}, "prerequisiteId, conceptId")
        concept = (await concept_store.read_by_ids(tx, [concept_id]))[concept_id]
        if prerequisite_id in (concept.prerequisite_ids or ()):
            await concept_store.unlink_prerequisite(tx, prerequisite_id, concept_id)
            await concept_store.touch(tx, [concept_id])
        return (await concept_store.read_by_ids(tx, [concept_id]))[concept_id]

    return await gateway.write(work)


def _check_acyclic(prerequisites: dict[str, set[str]], field: str) -> None:
    if cycle := find_cycle(prerequisites):
        raise PrerequisiteCycle(field, "must not close a cycle", " → ".join(cycle), cycle)


async def _check_concepts(tx: Transaction, ids: Iterable[str], field: str) -> None:
    wanted = set(ids)
    if missing := sorted(wanted - (await concept_store.read_by_ids(tx, wanted)).keys()):
        raise ConceptNotFound(field, "must name concepts that exist", ", ".join(missing), missing)


async def _check_skills(tx: Transaction, codes: Iterable[str]) -> None:
    wanted = set(codes)
    if missing := sorted(wanted - (await skill_store.read_by_codes(tx, wanted)).keys()):
        raise SkillNotFound("skillCodes", "must name skills that exist", ", ".join(missing), missing)


async def _check_parameter_sets(tx: Transaction, ids: Iterable[str | None]) -> None:
    wanted = {set_id for set_id in ids if set_id is not None}
    if missing := sorted(wanted - {stored.id for stored in await parameter_sets.read_by_ids(tx, wanted)}):
        raise ParameterSetNotFound("parameterSet", "must exist", ", ".join(missing), missing)
