"""Archive skills and concepts, and restore them: nothing is deleted, so that a restore brings everything back.

What is archived is left out of lists, analyses, next steps and sampling, and takes no answers that are given later.
"""

from collections.abc import Sequence
from datetime import datetime

from graph_api.domain.course.course import Concept, Skill
from graph_api.domain.failures import ConceptNotFound, SkillNotFound
from graph_api.store import concepts as concept_store
from graph_api.store import skills as skill_store
from graph_api.store.gateway import Gateway, Transaction
from graph_api.usecases.batches import bounded


async def archive_skills(gateway: Gateway, codes: Sequence[str], at: datetime | None) -> list[Skill]:
    """Archive skills at a moment, or restore them (None): all or none; returns them in the order given.

    A skill that is archived keeps its moment, and one that is not stays as it is when it is restored.

    Raises:
        InvalidInput: a code is given twice, or there are too many.
        SkillNotFound: listing the codes that do not exist; nothing is written.
    """
    keys = bounded(codes, "codes")

    async def work(tx: Transaction) -> list[Skill]:
        await concept_store.lock_course(tx)
        stored = await skill_store.read_by_codes(tx, keys)
        if missing := sorted(set(keys) - stored.keys()):
            raise SkillNotFound("codes", "must name skills that exist", ", ".join(missing), missing)
        changed = [key for key in keys if (stored[key].archived_at is None) is not (at is None)]
        await skill_store.archive(tx, changed, at)
        stored = await skill_store.read_by_codes(tx, keys)
        return [stored[key] for key in keys]

    return await gateway.write(work)


async def archive_concepts(gateway: Gateway, ids: Sequence[str], at: datetime | None) -> list[Concept]:
    """Archive concepts at a moment, or restore them (None): all or none; returns them in the order given.

    A concept that is archived keeps its moment, and one that is not stays as it is when it is restored.

    Raises:
        InvalidInput: an id is given twice, or there are too many.
        ConceptNotFound: listing the ids that do not exist; nothing is written.
    """
    keys = bounded(ids, "ids")

    async def work(tx: Transaction) -> list[Concept]:
        await concept_store.lock_course(tx)
        stored = await concept_store.read_by_ids(tx, keys)
        if missing := sorted(set(keys) - stored.keys()):
            raise ConceptNotFound("ids", "must name concepts that exist", ", ".join(missing), missing)
        changed = [key for key in keys if (stored[key].archived_at is None) is not (at is None)]
        await concept_store.archive(tx, changed, at)
        stored = await concept_store.read_by_ids(tx, keys)
        return [stored[key] for key in keys]

    return await gateway.write(work)
