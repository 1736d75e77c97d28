"""Store versions of the recency parameters."""

from datetime import datetime

from graph_api.domain.recency_parameters import DEFAULT_SET, RecencyParameters, RecencyParameterSet
from graph_api.domain.text import identifier
from graph_api.store import concepts, recency_sets
from graph_api.store.gateway import Gateway, Transaction


async def ensure_default_recency(gateway: Gateway, now: datetime) -> None:
    """Store the default version, if it is not there."""
    await gateway.write(lambda tx: recency_sets.create(tx, DEFAULT_SET, now))


async def put_recency_parameters(
    gateway: Gateway, name: str, parameters: RecencyParameters, now: datetime
) -> RecencyParameterSet:
    """Store parameters as the next version of a name. If they are its newest version already, that is returned.

    Raises:
        InvalidInput: the name is no identifier.
    """
    identifier(name, "name")

    async def work(tx: Transaction) -> RecencyParameterSet:
        await concepts.lock_course(tx)
        newest = next(iter(await recency_sets.read_all(tx, name=name, limit=1)), None)
        if newest is not None and newest.parameters == parameters:
            return newest
        version = newest.version + 1 if newest is not None else 1
        await recency_sets.create(tx, RecencyParameterSet(f"{name}-v{version}", name, version, parameters), now)
        return (await recency_sets.read_by_ids(tx, [f"{name}-v{version}"]))[f"{name}-v{version}"]

    return await gateway.write(work)
