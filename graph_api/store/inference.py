"""The models of inferred levels in effect, the records of their fits, and the answers of a group, in the graph."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from graph_api.domain.parameters.inference.records import InferenceFitRecord, InferenceModelSet
from graph_api.domain.targets import TargetKind
from graph_api.store import policy_sets
from graph_api.store.gateway import Transaction
from graph_api.store.policy_sets import inference_sets

LIST_COUNTS = {
    TargetKind.CONCEPT: "inference/list_counts_of_group_on_concepts",
    TargetKind.SKILL: "inference/list_counts_of_group_on_skills",
}


class Counts(NamedTuple):
    """A student's answers to targets: as many keys as attempts and correct answers."""

    student_id: str
    keys: list[str]
    attempts: list[int]
    correct: list[int]


async def read_chosen_ids(tx: Transaction) -> dict[TargetKind, str]:
    """The id of the model that was chosen for concepts and for skills, as `chosen_by_kind`."""
    return policy_sets.chosen_by_kind(await tx.optional("course_version/read_inference"))


async def read_ids_in_effect(tx: Transaction) -> dict[TargetKind, str]:
    """The id of the model in effect for concepts and for skills; a kind without one is left out."""
    return policy_sets.in_effect(await read_chosen_ids(tx))


async def read_in_effect(tx: Transaction, kinds: Iterable[TargetKind]) -> dict[TargetKind, InferenceModelSet]:
    """The models in effect by kind; kinds without one are left out."""
    ids = await read_ids_in_effect(tx)
    by_kind = {kind: ids[kind] for kind in kinds if kind in ids}
    stored = await inference_sets.read_by_ids(tx, by_kind.values()) if by_kind else {}
    return {kind: stored[model_id] for kind, model_id in by_kind.items()}


async def put_in_effect(tx: Transaction, ids: Mapping[TargetKind, str]) -> None:
    """Put models into effect; inferred levels are off for a kind without one. Lock the course first."""
    await tx.nothing(
        "course_version/put_inference", concept=ids.get(TargetKind.CONCEPT), skill=ids.get(TargetKind.SKILL)
    )


async def put_fit(tx: Transaction, model_id: str, record: InferenceFitRecord) -> None:
    """Write the record of the fit that made a version, together with the version."""
    await policy_sets.put_fit(tx, model_id, record.as_json())


async def read_fits(tx: Transaction, ids: Iterable[str]) -> dict[str, InferenceFitRecord]:
    """The records of the fits that made versions, by id."""
    stored = await policy_sets.read_fits(tx, ids)
    return {model_id: InferenceFitRecord.of_json(record) for model_id, record in stored.items()}


async def read_counts_of_group(tx: Transaction, group_id: str, kind: TargetKind) -> list[Counts]:
    """The answers of the members of a group to concepts or skills; one row per member with answers."""
    return [Counts(**row) async for row in tx.each(LIST_COUNTS[kind], group_id=group_id)]
