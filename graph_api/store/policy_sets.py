"""The versions of the parameters of recency and topics in the graph."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import orjson

from graph_api.domain.parameters.recency_parameters import RecencyParameters, RecencyParameterSet
from graph_api.domain.parameters.topic_parameters import TopicParameters, TopicParameterSet
from graph_api.store.gateway import Row, Transaction

S = TypeVar("S", RecencyParameterSet, TopicParameterSet)


@dataclass(frozen=True, slots=True)
class PolicySets(Generic[S]):
    """The versions of one kind: how to make a set of its columns, and how to read its parameters."""

    kind: str
    make: Callable[[str, str, int, Any, datetime | None], S]
    read: Callable[[Mapping[str, Any]], object]

    async def create(self, tx: Transaction, stored: S, now: datetime) -> None:
        """Store a version; one that is there already stays as it is."""
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
        """At most `limit` versions by name, newest first; all, or those of a name."""
        rows = await tx.many("policy_set/list_all", kind=self.kind, name=name, limit=limit)
        return [self._decode(row) for row in rows]

    def _decode(self, row: Row) -> S:
        parameters = self.read(orjson.loads(row["parameters"]))
        return self.make(row["id"], row["name"], row["version"], parameters, row["created_at"])


recency_sets = PolicySets("recency", RecencyParameterSet, RecencyParameters.of_json)
topic_sets = PolicySets("topic", TopicParameterSet, TopicParameters.of_json)
