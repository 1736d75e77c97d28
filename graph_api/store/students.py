"""Students in the graph."""

from collections.abc import Iterable
from datetime import datetime

from graph_api.store.gateway import Transaction


async def touch(tx: Transaction, ids: Iterable[str], now: datetime) -> None:
    """Create the students that are new and lock them all until the transaction ends.

    Every writer of a student's answers does this first, in one order, so writers of one student follow each other
    whichever process they are in, and read what the one before wrote.
    """
    await tx.nothing("student/touch", ids=sorted(set(ids)), now=now)
