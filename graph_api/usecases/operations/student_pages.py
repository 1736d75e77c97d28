"""The students of an export, some at a time."""

from collections.abc import AsyncIterator

from graph_api.domain.operations.export_extent import Extent
from graph_api.store import students
from graph_api.store.gateway import Gateway

STUDENTS_AT_A_TIME = 50
IDS_AT_A_TIME = 1_000


async def student_pages(gateway: Gateway, extent: Extent) -> AsyncIterator[list[str]]:
    """The ids of the students of an extent, some at a time, in its order.

    Ids are read as they are needed; another order than that of ids takes all of them at once.
    """
    if extent.student_id is not None:
        yield [extent.student_id]
        return
    if extent.order is None:
        async for ids in _pages(gateway, STUDENTS_AT_A_TIME):
            yield ids
        return
    everyone = [student_id async for ids in _pages(gateway, IDS_AT_A_TIME) for student_id in ids]
    everyone.sort(key=extent.order)
    for start in range(0, len(everyone), STUDENTS_AT_A_TIME):
        yield everyone[start : start + STUDENTS_AT_A_TIME]


async def _pages(gateway: Gateway, limit: int) -> AsyncIterator[list[str]]:
    """The ids of all students, in order."""
    after = ""
    while page := await gateway.read(lambda tx, after=after: students.read_page(tx, after_id=after, limit=limit)):  # type: ignore[misc]
        yield [student.id for student in page]
        after = page[-1].id
