"""The students of a call: one, or the members of a group."""

from collections.abc import AsyncIterator

from graph_api.domain.failures import GroupNotFound, InvalidInput, StudentNotFound
from graph_api.store import groups, students
from graph_api.store.gateway import Gateway, Transaction

STUDENTS_AT_A_TIME = 100


async def student_pages(
    gateway: Gateway, group_id: str | None, limit: int = STUDENTS_AT_A_TIME
) -> AsyncIterator[list[str]]:
    """The ids of the members of a group, or of all students, in order, a page of at most `limit` at a time."""
    ids = [""]
    while ids:
        page = await gateway.read(
            lambda tx, after=ids[-1]: students.read_page(tx, after_id=after, group_id=group_id, limit=limit)  # type: ignore[misc]
        )
        ids = [student.id for student in page]
        if ids:
            yield ids


async def read_student_ids(tx: Transaction, student_id: str | None, group_id: str | None) -> list[str]:
    """The ids of a student or of the members of a group, in order.

    Raises:
        InvalidInput: neither is named, or both are.
        StudentNotFound, GroupNotFound: the student or group does not exist.
    """
    if student_id is not None and group_id is None:
        if not await students.read_by_ids(tx, [student_id]):
            raise StudentNotFound("studentId", "must exist", student_id, [student_id])
        return [student_id]
    if group_id is not None and student_id is None:
        if not await groups.read_by_ids(tx, [group_id]):
            raise GroupNotFound("groupId", "must exist", group_id, [group_id])
        return await groups.read_member_ids(tx, group_id)
    raise InvalidInput("studentId, groupId", "give exactly one of them")
