"""Edit students and groups (G3, G6, G8)."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from graph_api.domain.failures import StudentNotFound
from graph_api.domain.learners.people import Group, Student
from graph_api.domain.operations.audit import AuditEntry
from graph_api.domain.patch import Patch
from graph_api.domain.principals import Principal, Role
from graph_api.domain.revisions import check_revisions, revised
from graph_api.store import audit, erasures
from graph_api.store import courses as course_store
from graph_api.store import groups as group_store
from graph_api.store import students as student_store
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.groups import GroupSummary
from graph_api.usecases.batches import bounded
from graph_api.usecases.course.change_courses import check_courses
from graph_api.usecases.read_back import read_back


async def upsert_students(
    gateway: Gateway, students: Sequence[Student | Patch[Student]], now: datetime, registrar: Principal | None = None
) -> list[Student]:
    """Create students or change what is stated of them; returns the stored students, in the order of the input.

    A registrar who is an administrator also registers erased students again, which is noted in the audit log.

    Raises:
        InvalidInput: a repeated id, or too many students for one call.
        StudentErased: some of them are erased, and the registrar is no administrator; nothing is written.
    """
    patches = [Patch.of(student) for student in students]
    ids = bounded([patch.key for patch in patches], "id")

    async def work(tx: Transaction) -> list[Student]:
        if registrar is not None and registrar.role is Role.ADMIN and await erasures.delete(tx, ids):
            await audit.put(tx, _registered_again(registrar, now))
        await student_store.put(tx, patches, now)
        return read_back(await student_store.read_by_ids(tx, ids), ids)

    return await gateway.write(work)


async def upsert_group(
    gateway: Gateway, group: Group | Patch[Group], now: datetime, *, may_take_archived: bool = False
) -> GroupSummary:
    """Create a group or change what is stated of it (G9), its links included; returns what is stored.

    A course that the group does not take yet must not be archived, unless the caller imports what was exported.

    Its revision counts up, unless it stays the same.

    Raises:
        InvalidInput: it does not exist and has no name.
        RevisionConflict: the stored group has another revision than the change expects.
        StudentNotFound, StudentErased: listing the members that do not exist; nothing is written.
        CourseNotFound: listing the courses that do not exist or are archived; nothing is written.
    """
    patch = Patch.of(group)

    async def work(tx: Transaction) -> GroupSummary:
        revisions = await group_store.lock(tx, [patch.key])
        check_revisions([patch], revisions)
        stored = await _read_stored(tx, patch, revisions.get(patch.key))
        changed = patch.apply(stored)
        await check_students(tx, changed.student_ids or ())
        if changed.course_ids is not None:
            taken = set((stored and stored.course_ids) or ())
            new = set(changed.course_ids) - taken
            await check_courses(tx, new, "courseIds", may_be_archived=may_take_archived)
        await group_store.put(tx, revised(changed, stored), now)
        return read_back(await group_store.read_by_ids(tx, [patch.key]), [patch.key])[0]

    return await gateway.write(work)


async def check_students(tx: Transaction, ids: Iterable[str]) -> None:
    """Refuse ids of students who do not exist.

    Raises:
        StudentNotFound, StudentErased: listing them.
    """
    if missing := sorted(set(ids) - (await student_store.read_by_ids(tx, ids)).keys()):
        if erased := await erasures.read_erased(tx, missing):
            raise erasures.erased_failure("studentIds", erased)
        raise StudentNotFound("studentIds", "must name students that exist", ", ".join(missing), missing)


async def _read_stored(tx: Transaction, patch: Patch[Group], revision: int | None) -> Group | None:
    """The locked group, with the lists that the change states; None if it does not exist."""
    summary = (await group_store.read_by_ids(tx, [patch.key])).get(patch.key)
    if summary is None:
        return None
    member_ids = await group_store.read_member_ids(tx, patch.key) if patch.touches("student_ids") else None
    teacher_ids = summary.teacher_ids if patch.touches("teacher_ids") else None
    course_ids = None
    if patch.touches("course_ids"):
        course_ids = (await course_store.read_ids_of_groups(tx, [patch.key])).get(patch.key, [])
    return Group(summary.id, summary.name, member_ids, teacher_ids, course_ids, revision)


def _registered_again(registrar: Principal, now: datetime) -> AuditEntry:
    """The entry of the audit log; it names no student, because the student may be erased again."""
    return AuditEntry(
        uuid.uuid4().hex, now, registrar.id, registrar.role, "upsertStudents", (), "ErasedStudentsRegistered"
    )
