"""Store versions of the parameters of recency and topics."""

from datetime import datetime
from typing import Any

from graph_api.domain.failures import InvalidInput, ParameterSetNotFound
from graph_api.domain.parameters import recency_parameters, topic_parameters
from graph_api.domain.parameters.recency_parameters import RecencyParameterSet
from graph_api.domain.parameters.topic_parameters import TopicParameterSet
from graph_api.domain.text import identifier
from graph_api.store import concepts
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.policy_sets import PolicySets, S, recency_sets, topic_sets


async def ensure_default_policies(gateway: Gateway, now: datetime) -> None:
    """Store the default version of each kind, unless it exists."""

    async def work(tx: Transaction) -> None:
        await recency_sets.create(tx, recency_parameters.DEFAULT_SET, now)
        await topic_sets.create(tx, topic_parameters.DEFAULT_SET, now)

    await gateway.write(work)


async def put_policy(gateway: Gateway, sets: PolicySets[S], name: str, parameters: Any, now: datetime) -> S:  # noqa: ANN401 - of the kind of the sets
    """Store parameters as the next version of a name. If they are its newest version already, that is returned.

    Raises:
        InvalidInput: the name is no identifier, or a name of the other kind.
    """
    identifier(name, "name")

    async def work(tx: Transaction) -> S | None:
        await concepts.lock_course(tx)
        newest = next(iter(await sets.read_all(tx, name=name, limit=1)), None)
        if newest is not None and newest.parameters == parameters:
            return newest
        version = newest.version + 1 if newest is not None else 1
        set_id = f"{name}-v{version}"
        await sets.create(tx, sets.make(set_id, name, version, parameters, None), now)
        return (await sets.read_by_ids(tx, [set_id])).get(set_id)

    stored = await gateway.write(work)
    if stored is None:  # judged after the commit: a transaction that is to run again has seen half of another one
        raise InvalidInput("name", "is in use for parameters of another kind", name)
    return stored


async def read_topic_set(gateway: Gateway, set_id: str) -> TopicParameterSet:
    """The topic parameters with this id.

    Raises:
        ParameterSetNotFound: no set of topic parameters has it.
    """
    return await _read_set(gateway, topic_sets, set_id, "topicParameters")


async def read_recency_set(gateway: Gateway, set_id: str) -> RecencyParameterSet:
    """The recency parameters with this id.

    Raises:
        ParameterSetNotFound: no set of recency parameters has it.
    """
    return await _read_set(gateway, recency_sets, set_id, "recencyParameters")


async def _read_set(gateway: Gateway, sets: PolicySets[S], set_id: str, field: str) -> S:
    stored = (await gateway.read(lambda tx: sets.read_by_ids(tx, [set_id]))).get(set_id)
    if stored is None:
        raise ParameterSetNotFound(field, "must be a stored version", set_id, [set_id])
    return stored
