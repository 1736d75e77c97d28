"""The principal of a request: their role, what they stand for in the graph, and their groups."""

from datetime import datetime
from functools import partial
from typing import Self

import strawberry

from graph_api.domain import principals as domain
from graph_api.domain.principals import Role
from graph_api.schema.context import Info
from graph_api.schema.learners.group import Group
from graph_api.schema.learners.lists import connect
from graph_api.schema.learners.student import Student
from graph_api.schema.paging import DEFAULT_FIRST, After, Connection, First, Page, listing, page
from graph_api.store import groups as store


@strawberry.type(description="A teacher, by the id that groups name in `teacherIds`.")
class Teacher:
    id: strawberry.ID = strawberry.field(description="The id of the teacher.")

    @strawberry.field(description="The groups that the teacher teaches, in order of id.")
    async def groups(self, info: Info, first: First = DEFAULT_FIRST, after: After = None) -> Connection[Group]:
        return await list_groups_taught(info, page(first, after, "teacher.groups", self.id))


@strawberry.type(description="The principal of the request: the verified caller.")
class Principal:
    id: strawberry.ID | None = strawberry.field(
        description="The subject of the token. Null where authentication is off."
    )
    role: Role = strawberry.field(description="The role of the principal. ADMIN where authentication is off.")
    expires_at: datetime | None = strawberry.field(
        description="The time when the token expires. Null where authentication is off."
    )

    @strawberry.field(
        description="The student that the principal is. Null for other roles, and for a student without any data."
    )
    async def student(self, info: Info) -> Student | None:
        return await Student.load(info, self.id) if self.role is Role.STUDENT and self.id else None

    @strawberry.field(description="The teacher that the principal is. Null for other roles.")
    def teacher(self) -> Teacher | None:
        return Teacher(id=self.id) if self.role is Role.TEACHER and self.id else None

    @strawberry.field(
        description="The groups of the principal, in order of id: those that a student is a member of, and those that "
        "a teacher teaches. Empty for other roles."
    )
    async def groups(self, info: Info, first: First = DEFAULT_FIRST, after: After = None) -> Connection[Group]:
        wanted = page(first, after, "me.groups", self.id)
        if self.role is Role.TEACHER:
            return await list_groups_taught(info, wanted)
        student_id = self.id if self.role is Role.STUDENT else None
        ids = await info.context.loaders.group_ids_of_student.load(student_id) if student_id else []
        groups = [each for each in await info.context.loaders.groups.load_many(ids) if each]
        return connect(wanted, groups, Group.of, lambda each: [each.id])

    @classmethod
    def of(cls, principal: domain.Principal) -> Self:
        return cls(
            id=strawberry.ID(principal.id) if principal.id else None, role=principal.role, expires_at=principal.until
        )


async def list_groups_taught(info: Info, wanted: Page) -> Connection[Group]:
    """The page of the groups of the teacher who is the principal."""
    (start,) = wanted.after or ("",)
    read = partial(store.read_page, after=start, search=None, include_archived=False, limit=wanted.limit)
    count = partial(store.count, search=None, include_archived=False)
    return await listing(info.context.gateway, wanted, read, count, Group.of, lambda group: [group.id])


@strawberry.type
class MeQuery:
    """The query about the principal."""

    @strawberry.field(description="The principal of the request: who the token names, and their groups.")
    def me(self, info: Info) -> Principal:
        return Principal.of(info.context.principal)
