"""Mutations of students: register, rename, erase."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from graph_api.domain import failures as domain_failures
from graph_api.domain.learners import people as domain
from graph_api.domain.patch import Patch
from graph_api.schema.context import Info
from graph_api.schema.failures import InvalidInput, StudentErased, StudentNotFound, Unavailable
from graph_api.schema.learners.student import Student
from graph_api.schema.mutations import mutation
from graph_api.schema.patch import stated
from graph_api.store.pace import in_slices
from graph_api.usecases.learners.edit_people import upsert_students
from graph_api.usecases.operations.erase_students import erase_student

if TYPE_CHECKING:
    from graph_api.schema.learners.group import Group


@strawberry.input(description="A student to create or to change.")
class StudentInput:
    id: strawberry.ID = strawberry.field(description="At most 200 characters.")
    name: str | None = strawberry.field(
        default=None, description="At most 100 characters. Null leaves the stored name unchanged."
    )
    recency_at_session_end: bool | None = strawberry.field(
        default=strawberry.UNSET,
        description="Whether the end of a session recomputes the student's recency scores. Null follows the service's "
        "setting, `serviceInfo { recencyAtSessionEnd }`. Omit the field to leave the stored value unchanged.",
    )

    def parse(self) -> Patch[domain.Student]:
        """What is stated of the student, checked."""
        choice = self.recency_at_session_end
        return stated(domain.Student, self.id, name=self.name, recency_at_session_end=choice)


@strawberry.type(description="The stored students, in the order of the input.")
class UpsertStudentsPayload:
    students: list[Student] = strawberry.field(description="The students.")


@strawberry.type(description="The number of nodes and relationships that were erased with a student.")
class DeleteStudentPayload:
    id: strawberry.ID = strawberry.field(description="The id of the erased student.")
    answers: int = strawberry.field(description="The number of erased answers.")
    masteries: int = strawberry.field(description="The number of erased masteries.")
    judgements: int = strawberry.field(description="The number of erased judgements, with their revocations.")
    sessions: int = strawberry.field(description="The number of erased sessions.")
    group_ids: strawberry.Private[list[str]]

    @strawberry.field(
        description="The groups that the student was a member of, as they are now. Null if they cannot be read."
    )
    async def groups(
        self, info: Info
    ) -> list[Annotated["Group", strawberry.lazy("graph_api.schema.learners.group")]] | None:
        from graph_api.schema.learners.group import Group  # noqa: PLC0415 - the two nouns know each other

        groups = await info.context.loaders.groups.load_many(self.group_ids)
        return [Group.of(group) for group in groups if group]


UpsertStudentsResult = Annotated[
    UpsertStudentsPayload | InvalidInput | StudentErased | Unavailable,
    strawberry.union(
        "UpsertStudentsResult", description="The stored students, or the reason why no student was stored."
    ),
]
DeleteStudentResult = Annotated[
    DeleteStudentPayload | StudentNotFound | Unavailable,
    strawberry.union(
        "DeleteStudentResult", description="The counts of the erasure, or the reason why the student was not erased."
    ),
]


@strawberry.type
class StudentMutation:
    """Mutations of students."""

    @mutation(
        description="Create students or change them: all or none. An administrator also registers erased students "
        "again; other callers get StudentErased."
    )
    async def upsert_students(
        self,
        info: Info,
        input: Annotated[list[StudentInput], strawberry.argument(description="At most 5,000 students.")],
    ) -> UpsertStudentsResult:
        services = info.context.services
        students = await in_slices(StudentInput.parse, input)
        stored = await upsert_students(
            info.context.gateway, students, services.clock(), registrar=info.context.principal
        )
        return UpsertStudentsPayload(students=await in_slices(Student.of, stored))

    @mutation(
        description="Erase a student: node, edges, history and sessions. Nothing else changes. The erasure lasts: "
        "later answers for this id get StudentErased, until an administrator registers the student again with "
        "upsertStudents."
    )
    async def delete_student(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Their id.")],
    ) -> DeleteStudentResult:
        services = info.context.services
        group_ids = await info.context.loaders.group_ids_of_student.load(id)
        try:
            erased = await erase_student(info.context.gateway, id, services.clock())
        except domain_failures.StudentNotFound:
            await services.intake.settle(id)  # the first answers of the student may still be in the queue
            erased = await erase_student(info.context.gateway, id, services.clock())
        return DeleteStudentPayload(id=id, group_ids=group_ids, **erased._asdict())
