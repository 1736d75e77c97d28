"""What refers to skills, concepts and groups in the graph."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from graph_api.domain.operations.references import EditableKind, References
from graph_api.store.gateway import Transaction

HISTORY = {
    EditableKind.SKILL: "reference/list_history_of_skills",
    EditableKind.CONCEPT: "reference/list_history_of_concepts",
}
LINKS = {
    EditableKind.SKILL: "reference/list_links_of_skills",
    EditableKind.CONCEPT: "reference/list_links_of_concepts",
    EditableKind.GROUP: "reference/list_links_of_groups",
}
AFFECTED = {
    EditableKind.SKILL: "reference/list_concepts_of_skills",
    EditableKind.CONCEPT: "reference/list_dependents_of_concepts",
}


async def read(tx: Transaction, kind: EditableKind, keys: Iterable[str]) -> dict[str, References]:
    """What refers to each of some objects of a kind; unknown ids and codes are left out."""
    wanted = sorted(set(keys))
    counts: dict[str, dict[str, Any]] = defaultdict(dict)
    rows = await tx.many(LINKS[kind], keys=wanted)
    if kind in HISTORY:
        rows += await tx.many(HISTORY[kind], keys=wanted)
    for row in rows:
        counts[row["key"]] |= row
    if kind in HISTORY:
        for row in await tx.many("reference/list_fits", kind=kind.value, keys=sorted(counts)):
            counts[row["key"]] |= row
    return {key: References(kind=kind, **row) for key, row in counts.items()}


async def read_affected_concepts(tx: Transaction, kind: EditableKind, keys: Iterable[str]) -> list[str]:
    """The ids of concepts whose links change when some skills or concepts are deleted."""
    return sorted(row["id"] for row in await tx.many(AFFECTED[kind], keys=sorted(set(keys))))
