"""Store parameter sets."""

from dataclasses import replace
from datetime import datetime

from graph_api.domain.failures import InvalidInput
from graph_api.domain.parameters.knowledge_tracing import Parameters
from graph_api.domain.parameters.parameter_sets import DEFAULTS, Origin, ParameterSet
from graph_api.domain.text import identifier
from graph_api.store import concepts, parameter_sets
from graph_api.store.gateway import Gateway, Transaction


async def ensure_defaults(gateway: Gateway, now: datetime) -> None:
    """Store the default set of each kind of target, unless it exists."""
    await gateway.write(lambda tx: parameter_sets.create(tx, DEFAULTS.values(), now))


async def put_parameter_set(gateway: Gateway, name: str, parameters: Parameters, now: datetime) -> ParameterSet:
    """Store parameters as the next version of a name. If they are its newest version already, that is returned.

    Raises:
        InvalidInput: the name is no identifier, or it is kept for the defaults and for fits.
    """
    identifier(name, "name")
    if name.startswith(("bkt-concept", "bkt-skill")):
        raise InvalidInput("name", "must not begin with bkt-concept or bkt-skill, which the service uses itself", name)

    async def work(tx: Transaction) -> ParameterSet:
        await concepts.lock_course(tx)
        newest = (await parameter_sets.read_newest(tx, [name])).get(name)
        if newest is not None and newest.parameters == parameters:
            return newest
        put = ParameterSet.of(name, newest.version + 1 if newest else 1, parameters, Origin.WRITTEN)
        await parameter_sets.create(tx, [put], now)
        return replace(put, created_at=now)

    return await gateway.write(work)
