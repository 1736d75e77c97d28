"""Mutations of students: register, rename, erase."""

from typing import Annotated

import strawberry

from graph_api.domain import failures as domain_failures
from graph_api.domain.learners import people as domain
from graph_api.execution.pace import in_slices
from graph_api.schema.context import Info
from graph_api.schema.failures import InvalidInput, StudentErased, StudentNotFound, Unavailable, payload_or_failure
from graph_api.schema.learners.student import Student
from graph_api.usecases.learners.edit_people import upsert_students
from graph_api.usecases.operations.erase_students import erase_student


@strawberry.input(description="A student to create, or to rename.")
class StudentInput:
    """A student as a client sends it."""

    id: strawberry.ID = strawberry.field(description="At most 200 characters.")
    name: str | None = strawberry.field(default=None, description="At most 100 characters; null leaves what is stored.")


@strawberry.type(description="The students as they are stored now, in the order given.")
class UpsertStudentsPayload:
    """What is stored."""

    students: list[Student] = strawberry.field(description="The students.")


@strawberry.type(
    description="The student is erased: node, edges, history, sessions, and their id in the ledger of runs."
)
class DeleteStudentPayload:
    """What is gone."""

    id: strawberry.ID = strawberry.field(description="Who it was.")
    answers: int = strawberry.field(description="How many answers are erased.")
    masteries: int = strawberry.field(description="How many masteries.")
    sessions: int = strawberry.field(description="How many sessions.")


UpsertStudentsResult = Annotated[
    UpsertStudentsPayload | InvalidInput | StudentErased | Unavailable,
    strawberry.union("UpsertStudentsResult", description="The stored students, or why none was stored."),
]
DeleteStudentResult = Annotated[
    DeleteStudentPayload | StudentNotFound | Unavailable,
    strawberry.union("DeleteStudentResult", description="What was erased, or why nothing was."),
]


@strawberry.type
class StudentMutation:
    """Mutations of students."""

    @strawberry.mutation(
        description="Create students or rename them: all or none. An administrator also registers erased students "
        "again; other callers get StudentErased."
    )
    async def upsert_students(
        self,
        info: Info,
        input: Annotated[list[StudentInput], strawberry.argument(description="At most 5,000 students.")],
    ) -> UpsertStudentsResult:
        """Create or rename students."""

        async def doing() -> UpsertStudentsPayload:
            services = info.context.services
            info.context.forget()
            students = await in_slices(lambda student: domain.Student(student.id, student.name), input)
            stored = await upsert_students(
                info.context.gateway, students, services.clock(), registrar=info.context.principal
            )
            return UpsertStudentsPayload(students=await in_slices(Student.of, stored))

        return await payload_or_failure(doing())

    @strawberry.mutation(
        description="Erase a student: node, edges, history and sessions. Nothing else changes. The erasure lasts: "
        "later answers for this id get StudentErased, until an administrator registers the student again with "
        "upsertStudents."
    )
    async def delete_student(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Their id.")],
    ) -> DeleteStudentResult:
        """Erase a student."""

        async def doing() -> DeleteStudentPayload:
            services = info.context.services
            info.context.forget()
            try:
                erased = await erase_student(info.context.gateway, id, services.clock())
            except domain_failures.StudentNotFound:
                await services.intake.settle(id)  # the first answers of the student may still be in the queue
                erased = await erase_student(info.context.gateway, id, services.clock())
            return DeleteStudentPayload(id=id, **erased._asdict())

        return await payload_or_failure(doing())
