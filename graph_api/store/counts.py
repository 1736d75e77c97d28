"""The numbers of nodes and answers in the graph."""

from graph_api.store.gateway import Row, Transaction


async def read_counts(tx: Transaction) -> Row:
    """Students, skills, concepts, groups and answers."""
    return await tx.one("service/count")
