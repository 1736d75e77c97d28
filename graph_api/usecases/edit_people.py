"""Edit students and groups (G3, G6, G8)."""

from collections.abc import Sequence
from datetime import datetime

from graph_api.domain.failures import StudentNotFound
from graph_api.domain.people import Group, Student
from graph_api.store import groups as group_store
from graph_api.store import students as student_store
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.groups import GroupSummary
from graph_api.usecases.batches import bounded
from graph_api.usecases.read_back import read_back


async def upsert_students(gateway: Gateway, students: Sequence[Student], now: datetime) -> list[Student]:
    """Create students or replace their names; returns what is stored, in the order given.

    Raises:
        InvalidInput: an id is given twice, or there are too many students for one call.
    """
    ids = bounded([student.id for student in students], "id")

    async def work(tx: Transaction) -> list[Student]:
        await student_store.put(tx, students, now)
        return read_back(await student_store.read_by_ids(tx, ids), ids)

    return await gateway.write(work)


async def upsert_group(gateway: Gateway, group: Group, now: datetime) -> GroupSummary:
    """Create a group or replace what is stored of it, members and teachers included; returns what is stored.

    Raises:
        StudentNotFound: listing the members that are not there; nothing is written.
    """

    async def work(tx: Transaction) -> GroupSummary:
        wanted = set(group.student_ids or ())
        if missing := sorted(wanted - (await student_store.read_by_ids(tx, wanted)).keys()):
            raise StudentNotFound("studentIds", "must name students that exist", ", ".join(missing), missing)
        await group_store.put(tx, group, now)
        return read_back(await group_store.read_by_ids(tx, [group.id]), [group.id])[0]

    return await gateway.write(work)
