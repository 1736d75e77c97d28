"""Erase students (G6): on request, or because they have not been here for long.

What remains is a keyed hash of each id (`graph_api.store.erasures`), which later answers are checked against in the
transaction that records them.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from graph_api.domain.failures import StudentNotFound
from graph_api.domain.operations.runs import Algorithm, Run
from graph_api.store import erasures, runs, students
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.students import Erasure
from graph_api.usecases.run_ledger import OnProgress, recorded_run, unwatched

VERSION = "1"
STUDENTS_AT_A_TIME = 50


async def erase_student(gateway: Gateway, student_id: str, now: datetime | None = None) -> Erasure:
    """Erase a student: node, edges, history, sessions, and the id wherever the ledger has it; returns what was erased.

    Nothing else changes: answers of others, parameters fitted with theirs, and groups stay. The erasure lasts until an
    administrator registers the student again. `now` is stored with it; the present, if None.

    New answers and sessions are refused first, in a transaction of its own. Otherwise a client that records without a
    pause could interfere with every attempt to delete. After a crash in between, erase again: the doctor names it.

    Raises:
        StudentNotFound: the student does not exist.
    """
    moment = now or datetime.now(UTC)

    async def count(tx: Transaction) -> Erasure:
        erasure = await students.count_links(tx, student_id)
        if erasure is None:
            raise StudentNotFound("id", "must name a student that exists", student_id, [student_id])
        return erasure

    async def refuse(tx: Transaction) -> None:
        await count(tx)
        await erasures.put(tx, [student_id], moment)

    async def erase(tx: Transaction) -> Erasure:
        await students.lock(tx, [student_id])
        erasure = await count(tx)
        await _erase(tx, [student_id], moment)
        return erasure

    await gateway.write(refuse)
    return await gateway.write(erase)


def erasure_run(run_id: str, age: timedelta, trigger: str, now: datetime) -> Run:
    """The run that an erasure of inactive students starts."""
    return Run(run_id, Algorithm.ERASE_INACTIVE, VERSION, {"days": age / timedelta(days=1)}, trigger, now)


async def erase_inactive(
    gateway: Gateway, age: timedelta, run: Run, clock: Callable[[], datetime], watch: OnProgress = unwatched
) -> dict[str, Any]:
    """Erase students inactive for longer than `age`; returns the run's output, which names no student."""
    async with recorded_run(gateway, run, clock, watch) as entry:
        before, erased = run.started_at - age, 0
        while count := await gateway.write(lambda tx: _erase_some(tx, before, clock())):
            erased += count
            entry.report("erasing inactive students", erased, erased)
        entry.output["erased"] = erased
    return entry.output


async def _erase_some(tx: Transaction, before: datetime, now: datetime) -> int:
    ids = await students.read_inactive_ids(tx, before, STUDENTS_AT_A_TIME)
    await students.lock(tx, ids)  # an answer that is being recorded makes its student active
    still = sorted(set(ids) & set(await students.read_inactive_ids(tx, before, STUDENTS_AT_A_TIME)))
    await _erase(tx, still, now)
    return len(still)


async def _erase(tx: Transaction, ids: list[str], now: datetime) -> None:
    if not ids:
        return
    await erasures.put(tx, ids, now)
    await remove(tx, ids)


async def remove(tx: Transaction, ids: list[str]) -> None:
    """Remove students and their ids in the ledger."""
    await students.delete(tx, ids)
    for student_id in ids:
        await runs.forget_student(tx, student_id)
