"""The predictors in effect, and the records of their fits, in the graph."""

from collections.abc import Iterable, Mapping

from graph_api.domain.parameters.predictors.predictor_records import PredictorRecord
from graph_api.domain.targets import TargetKind
from graph_api.store import policy_sets
from graph_api.store.gateway import Transaction


async def read_chosen_ids(tx: Transaction) -> dict[TargetKind, str]:
    """The id of the predictor that was chosen for concepts and for skills, as `chosen_by_kind`."""
    return policy_sets.chosen_by_kind(await tx.optional("course_version/read_predictors"))


async def read_ids_in_effect(tx: Transaction) -> dict[TargetKind, str]:
    """The id of the predictor in effect for concepts and for skills; a kind without one is left out."""
    return policy_sets.in_effect(await read_chosen_ids(tx))


async def put_in_effect(tx: Transaction, ids: Mapping[TargetKind, str]) -> None:
    """Put predictors into effect; knowledge tracing for a kind without one. Lock the course first."""
    await tx.nothing(
        "course_version/put_predictors", concept=ids.get(TargetKind.CONCEPT), skill=ids.get(TargetKind.SKILL)
    )


async def put_fit(tx: Transaction, set_id: str, record: PredictorRecord) -> None:
    """Write the record of the fit that made a version, together with the version."""
    await policy_sets.put_fit(tx, set_id, record.as_json())


async def read_fits(tx: Transaction, ids: Iterable[str]) -> dict[str, PredictorRecord]:
    """The records of the fits that made versions, by id."""
    stored = await policy_sets.read_fits(tx, ids)
    return {set_id: PredictorRecord.of_json(record) for set_id, record in stored.items()}
