"""Recency parameters and topic parameters in the graph."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

import orjson

from graph_api.domain.parameters.recency_parameters import RecencyParameters, RecencyParameterSet
from graph_api.domain.parameters.topic_parameters import TopicParameters, TopicParameterSet
from graph_api.store.gateway import Row, Transaction

S = TypeVar("S", RecencyParameterSet, TopicParameterSet)
State = TypeVar("State", bound="UnderSet")
Interpreted = TypeVar("Interpreted")


class UnderSet(Protocol):
    """A stored state that was computed under a parameter set."""

    @property
    def set_id(self) -> str:
        """The id of the parameter set."""


@dataclass(frozen=True, slots=True)
class PolicySets(Generic[S]):
    """The parameter sets of one kind; `make` builds a set from its columns, `read` parses its parameters."""

    kind: str
    make: Callable[[str, str, int, Any, datetime | None], S]
    read: Callable[[Mapping[str, Any]], object]

    async def create(self, tx: Transaction, stored: S, now: datetime) -> None:
        """Store a version; a stored version stays as it is."""
        await tx.nothing(
            "policy_set/create",
            id=stored.id,
            kind=self.kind,
            name=stored.name,
            version=stored.version,
            parameters=orjson.dumps(stored.parameters.as_json()).decode(),
            now=now,
        )

    async def read_by_ids(self, tx: Transaction, ids: Iterable[str]) -> dict[str, S]:
        """Versions by id; unknown ids are left out."""
        rows = await tx.many("policy_set/list_by_ids", kind=self.kind, ids=sorted(set(ids)))
        return {row["id"]: self._decode(row) for row in rows}

    async def read_all(self, tx: Transaction, *, name: str | None, limit: int) -> list[S]:
        """At most `limit` versions by name, newest first; of one name if given."""
        rows = await tx.many("policy_set/list_all", kind=self.kind, name=name, limit=limit)
        return [self._decode(row) for row in rows]

    def _decode(self, row: Row) -> S:
        parameters = self.read(orjson.loads(row["parameters"]))
        return self.make(row["id"], row["name"], row["version"], parameters, row["created_at"])


recency_sets = PolicySets("recency", RecencyParameterSet, RecencyParameters.of_json)
topic_sets = PolicySets("topic", TopicParameterSet, TopicParameters.of_json)


async def with_parameters(
    tx: Transaction,
    stored: Mapping[str, Mapping[str, State]],
    combine: Callable[[State, TopicParameterSet], Interpreted],
) -> dict[str, dict[str, Interpreted]]:
    """The states of students by key, each combined with the topic parameters that it was computed under.

    Raises:
        KeyError: the parameter set of a state is not stored.
    """
    ids = {state.set_id for states in stored.values() for state in states.values()}
    sets = await topic_sets.read_by_ids(tx, ids) if ids else {}
    return {
        student_id: {key: combine(state, sets[state.set_id]) for key, state in states.items()}
        for student_id, states in stored.items()
    }
