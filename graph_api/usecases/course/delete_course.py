"""Delete skills and concepts that no student's data refers to, with their links; history is never deleted (G4)."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence

from graph_api.domain.failures import ConceptNotFound, HasHistory, NotFound, SkillNotFound
from graph_api.domain.learners.threshold_sets import ScopeKind, ThresholdScope
from graph_api.domain.operations.references import EditableKind, References
from graph_api.store import concepts as concept_store
from graph_api.store import references as reference_store
from graph_api.store import skills as skill_store
from graph_api.store import threshold_sets
from graph_api.store.gateway import Gateway, Transaction
from graph_api.usecases.batches import bounded


async def delete_skills(gateway: Gateway, codes: Sequence[str]) -> list[str]:
    """Delete skills and their links to concepts: all or none; returns the codes. The concepts stay.

    Raises:
        InvalidInput: a code is given twice, or there are too many.
        SkillNotFound: listing the codes that do not exist.
        HasHistory: listing the skills with answers or masteries.
    """
    keys = bounded(codes, "codes")
    unknown = SkillNotFound("codes", "must name skills that exist")
    return await gateway.write(lambda tx: _delete(tx, EditableKind.SKILL, keys, unknown, skill_store.delete))


async def delete_concepts(gateway: Gateway, ids: Sequence[str]) -> list[str]:
    """Delete concepts and their links to skills and other concepts: all or none; returns the ids.

    Raises:
        InvalidInput: an id is given twice, or there are too many.
        ConceptNotFound: listing the ids that do not exist.
        HasHistory: listing the concepts with answers, masteries or sampling records.
    """
    keys = bounded(ids, "ids")
    unknown = ConceptNotFound("ids", "must name concepts that exist")
    return await gateway.write(lambda tx: _delete(tx, EditableKind.CONCEPT, keys, unknown, concept_store.delete))


async def _delete(
    tx: Transaction,
    kind: EditableKind,
    keys: Sequence[str],
    unknown: NotFound,
    delete: Callable[[Transaction, Iterable[str]], Awaitable[None]],
) -> list[str]:
    await concept_store.lock_course(tx)
    # written before their history is counted, so that no answer is added to them from here on
    await (skill_store if kind is EditableKind.SKILL else concept_store).touch(tx, keys)
    known = await reference_store.read(tx, kind, keys)
    check_deletable(keys, known, unknown)
    await concept_store.touch(tx, await reference_store.read_affected_concepts(tx, kind, keys))
    await delete(tx, keys)
    if kind is EditableKind.SKILL:
        await threshold_sets.delete(tx, [ThresholdScope(ScopeKind.SKILL, code) for code in keys])
    return list(keys)


def check_deletable(keys: Collection[str], known: dict[str, References], unknown: NotFound) -> None:
    """Refuse what does not exist, and what data of students refers to.

    Raises:
        NotFound: the given failure, with the ids or codes that do not exist.
        HasHistory: listing what has history.
    """
    if missing := sorted(set(keys) - known.keys()):
        raise type(unknown)(unknown.field, unknown.rule, ", ".join(missing), missing)
    if used := sorted(key for key, each in known.items() if each.has_history):
        raise HasHistory(
            unknown.field, "must have no answers, masteries or sampling records; archive instead", ", ".join(used), used
        )
