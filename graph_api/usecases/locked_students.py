"""Transactions that lock many students, while answers of the same students are recorded."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar

from graph_api.store.gateway import Contended, Gateway, Transaction

T = TypeVar("T")

MOST_RUNS = 4
"""How often a transaction about several students may lose to other writers."""


async def write_students(
    gateway: Gateway, student_ids: Sequence[str], work: Callable[[Transaction, Sequence[str]], Awaitable[T]]
) -> list[T]:
    """Run `work` in a write transaction about some students; returns its results, in the order of the students.

    On the embedded engine a transaction fails if another one changes one of its students before it commits. About many
    active students it may fail each time. Then it is halved, down to one student.

    Args:
        gateway: the database.
        student_ids: the students.
        work: locks the students that it is called with. It must be safe to run again.
    """
    if len(student_ids) <= 1:
        return [await gateway.write(partial(_run, work=work, student_ids=student_ids))]
    try:
        return [await gateway.write(partial(_run, work=work, student_ids=student_ids), most_runs=MOST_RUNS)]
    except Contended:
        half = len(student_ids) // 2
    first = await write_students(gateway, student_ids[:half], work)
    return [*first, *await write_students(gateway, student_ids[half:], work)]


async def _run(
    tx: Transaction, work: Callable[[Transaction, Sequence[str]], Awaitable[T]], student_ids: Sequence[str]
) -> T:
    return await work(tx, student_ids)
