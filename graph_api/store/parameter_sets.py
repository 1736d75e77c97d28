"""Parameter sets in the graph."""

from collections.abc import Iterable
from datetime import datetime

from graph_api.domain.knowledge_tracing import Parameters
from graph_api.domain.parameter_sets import Origin, ParameterSet
from graph_api.store.gateway import Row, Transaction


async def create(tx: Transaction, stored: ParameterSet, now: datetime) -> None:
    """Store a version; one that is there already stays as it is."""
    await tx.nothing(
        "parameter_set/create",
        id=stored.id,
        name=stored.name,
        version=stored.version,
        prior=stored.parameters.prior,
        learn=stored.parameters.learn,
        guess=stored.parameters.guess,
        slip=stored.parameters.slip,
        origin=stored.origin.value,
        now=now,
    )


async def read_by_ids(tx: Transaction, ids: Iterable[str]) -> list[ParameterSet]:
    """The sets with these ids; unknown ids are left out."""
    return [_decode(row) for row in await tx.many("parameter_set/list_by_ids", ids=sorted(set(ids)))]


def _decode(row: Row) -> ParameterSet:
    parameters = Parameters(row["prior"], row["learn"], row["guess"], row["slip"])
    return ParameterSet(row["id"], row["name"], row["version"], parameters, Origin(row["origin"]))
