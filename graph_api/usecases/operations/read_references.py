"""What refers to skills, concepts and groups, to look at before they are deleted."""

from collections.abc import Mapping, Sequence

from graph_api.domain.failures import InvalidInput
from graph_api.domain.operations.references import EditableKind, References
from graph_api.store import references
from graph_api.store.gateway import Gateway, Transaction

MOST = 500
"""The largest number of objects in one query."""


async def read_references(gateway: Gateway, keys: Mapping[EditableKind, Sequence[str]]) -> list[References]:
    """What refers to each object, by kind in the order given; unknown ids and codes are left out.

    Raises:
        InvalidInput: too many objects for one query.
    """
    count = sum(map(len, keys.values()))
    if count > MOST:
        raise InvalidInput("ids", f"must name at most {MOST} objects in one query", str(count))

    async def work(tx: Transaction) -> list[References]:
        rows: list[References] = []
        for kind, of_kind in keys.items():
            known = await references.read(tx, kind, of_kind) if of_kind else {}
            rows += [known[key] for key in dict.fromkeys(of_kind) if key in known]
        return rows

    return await gateway.read(work)
