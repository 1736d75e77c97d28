"""Which students a call is about: one, or the members of a group."""

from graph_api.domain.failures import GroupNotFound, InvalidInput, StudentNotFound
from graph_api.store import groups, students
from graph_api.store.gateway import Transaction


async def read_student_ids(tx: Transaction, student_id: str | None, group_id: str | None) -> list[str]:
    """The ids of a student or of the members of a group, in order.

    Raises:
        InvalidInput: neither is named, or both are.
        StudentNotFound, GroupNotFound: it is not there.
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
