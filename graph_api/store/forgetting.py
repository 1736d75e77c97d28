"""The forgetting parameters in effect, and the records of fits of forgetting, in the graph."""

from collections.abc import Iterable

from graph_api.domain.learners.forgetting_records import ForgettingFitRecord
from graph_api.store import policy_sets
from graph_api.store.gateway import Transaction


async def read_id_in_effect(tx: Transaction) -> str | None:
    """The id of the forgetting parameters that were put into effect; None if the setting names them."""
    row = await tx.optional("course_version/read_forgetting")
    return None if row is None else row["forgetting_set_id"]


async def put_in_effect(tx: Transaction, set_id: str | None) -> None:
    """Put forgetting parameters into effect; None: those of the setting. Lock the course first."""
    await tx.nothing("course_version/put_forgetting", forgetting_set_id=set_id)


async def put_fit(tx: Transaction, set_id: str, record: ForgettingFitRecord) -> None:
    """Write the record of the fit that made a version, together with the version."""
    await policy_sets.put_fit(tx, set_id, record.as_json())


async def read_fits(tx: Transaction, ids: Iterable[str]) -> dict[str, ForgettingFitRecord]:
    """The records of the fits that made versions, by id; versions that no fit made are left out."""
    stored = await policy_sets.read_fits(tx, ids)
    return {set_id: ForgettingFitRecord.of_json(record) for set_id, record in stored.items()}
