"""Store versions of the parameters of recency, topics, evidence and forgetting."""

from datetime import datetime
from typing import Any

from graph_api.domain.answers.evidence_rules import SHIPPED_SETS, EvidenceParameterSet
from graph_api.domain.failures import InvalidInput, ParameterSetNotFound, shown
from graph_api.domain.parameters import forgetting_parameters, recency_parameters, topic_parameters
from graph_api.domain.parameters.forgetting_parameters import ForgettingParameterSet
from graph_api.domain.parameters.recency_parameters import RecencyParameters, RecencyParameterSet
from graph_api.domain.parameters.topic_parameters import TopicParameterSet
from graph_api.domain.text import identifier
from graph_api.store import concepts
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.policy_sets import (
    PolicySets,
    S,
    difficulty_sets,
    evidence_sets,
    forgetting_sets,
    recency_sets,
    topic_sets,
)


async def ensure_default_policies(gateway: Gateway, now: datetime) -> None:
    """Store the default version of each kind, and the shipped rules of evidence, unless they exist."""

    async def work(tx: Transaction) -> None:
        await recency_sets.create(tx, recency_parameters.DEFAULT_SET, now)
        await topic_sets.create(tx, topic_parameters.DEFAULT_SET, now)
        for shipped in SHIPPED_SETS:
            await evidence_sets.create(tx, shipped, now)
        for supplied in forgetting_parameters.SUPPLIED_SETS:
            await forgetting_sets.create(tx, supplied, now)

    await gateway.write(work)


async def put_policy(gateway: Gateway, sets: PolicySets[S], name: str, parameters: Any, now: datetime) -> S:  # noqa: ANN401 - of the kind of the sets
    """Store parameters as the next version of a name. If they are its newest version already, that is returned.

    Raises:
        InvalidInput: the name is no identifier, or a name of another kind.
    """
    identifier(name, "name")

    async def work(tx: Transaction) -> S | None:
        await concepts.lock_course(tx)
        newest = next(iter(await sets.read_all(tx, name=name, limit=1)), None)
        if newest is not None and newest.parameters == parameters:
            return newest
        return await sets.create_next(tx, name, parameters, now)

    stored = await gateway.write(work)
    if stored is None:  # judged after the commit: a transaction that is to run again has seen half of another one
        raise InvalidInput("name", "is in use for parameters of another kind", name)
    return stored


async def put_recency_parameters(
    gateway: Gateway, name: str, parameters: RecencyParameters, now: datetime
) -> RecencyParameterSet:
    """Store recency parameters as the next version of a name.

    Raises:
        InvalidInput: as `put_policy`, or the difficulties from data are not stored.
    """
    set_id = parameters.question_difficulties
    if set_id is not None and not await gateway.read(lambda tx: difficulty_sets.read_by_ids(tx, [set_id])):
        raise InvalidInput("questionDifficulties", "must be a stored version", shown(set_id))
    return await put_policy(gateway, recency_sets, name, parameters, now)


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


async def read_forgetting_set(gateway: Gateway, set_id: str) -> ForgettingParameterSet:
    """The parameters of forgetting with this id.

    Raises:
        ParameterSetNotFound: no set of parameters of forgetting has it.
    """
    return await _read_set(gateway, forgetting_sets, set_id, "forgettingParameters")


async def read_evidence_set(gateway: Gateway, set_id: str, field: str = "evidence") -> EvidenceParameterSet:
    """The evidence parameters with this id.

    Raises:
        ParameterSetNotFound: no set of evidence parameters has it.
    """
    return await _read_set(gateway, evidence_sets, set_id, field)


async def _read_set(gateway: Gateway, sets: PolicySets[S], set_id: str, field: str) -> S:
    stored = (await gateway.read(lambda tx: sets.read_by_ids(tx, [set_id]))).get(set_id)
    if stored is None:
        raise ParameterSetNotFound(field, "must be a stored version", set_id, [set_id])
    return stored
