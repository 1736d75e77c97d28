"""The versions of the recency parameters in the graph."""

from collections.abc import Iterable
from datetime import datetime

import orjson

from graph_api.domain.recency_parameters import RecencyParameters, RecencyParameterSet
from graph_api.store.gateway import Row, Transaction


async def create(tx: Transaction, stored: RecencyParameterSet, now: datetime) -> None:
    """Store a version; one that is there already stays as it is."""
    await tx.nothing(
        "recency_set/create",
        id=stored.id,
        name=stored.name,
        version=stored.version,
        parameters=orjson.dumps(stored.parameters.as_json()).decode(),
        now=now,
    )


async def read_by_ids(tx: Transaction, ids: Iterable[str]) -> dict[str, RecencyParameterSet]:
    """Versions by id; unknown ids are left out."""
    rows = await tx.many("recency_set/list_by_ids", ids=sorted(set(ids)))
    return {row["id"]: _decode(row) for row in rows}


async def read_all(tx: Transaction, *, name: str | None, limit: int) -> list[RecencyParameterSet]:
    """At most `limit` versions by name, newest first; all, or those of a name."""
    return [_decode(row) for row in await tx.many("recency_set/list_all", name=name, limit=limit)]


def _decode(row: Row) -> RecencyParameterSet:
    parameters = RecencyParameters.of_json(orjson.loads(row["parameters"]))
    return RecencyParameterSet(row["id"], row["name"], row["version"], parameters, row["created_at"])
