"""Groups (classes): type, queries, mutations."""

from collections.abc import Awaitable
from typing import Annotated, Self

import strawberry

from graph_api.domain.learners import people as domain
from graph_api.schema.context import Info
from graph_api.schema.course.skill import Search
from graph_api.schema.failures import InvalidInput, StudentErased, StudentNotFound, Unavailable, payload_or_failure
from graph_api.schema.learners.class_view import GroupClassView
from graph_api.schema.learners.risk import GroupAtRisk
from graph_api.schema.learners.root_causes import GroupRootCauses
from graph_api.schema.learners.student import Student
from graph_api.schema.loaders import MembersPage
from graph_api.schema.node import Node, node_id
from graph_api.schema.paging import DEFAULT_FIRST, After, Connection, First, page
from graph_api.schema.patch import stated
from graph_api.store import groups as store
from graph_api.usecases.learners.edit_people import upsert_group


@strawberry.type(description="A class.")
class Group(Node, GroupClassView, GroupAtRisk, GroupRootCauses):
    """A class, its members and teachers."""

    id: strawberry.ID = strawberry.field(description="What the client calls it.")
    name: str = strawberry.field(description="What people call it. For analysts, whom no names reach, the id again.")
    teacher_ids: list[strawberry.ID] = strawberry.field(description="Who teaches it.")
    size: int = strawberry.field(description="How many members it has.")

    @strawberry.field(description="Its members in order of name.")
    async def members(self, info: Info, first: First = DEFAULT_FIRST, after: After = None) -> Connection[Student]:
        """A page of members."""
        wanted = page(first, after, "members", self.id, key=(str, str))
        start_name, start_id = wanted.after or ("", "")
        rows = await info.context.loaders.members.load(MembersPage(self.id, start_name, start_id, wanted.limit))

        async def count() -> int:
            return self.size

        return wanted.connection(rows, Student.of, lambda student: [student.name, student.id], count)

    @classmethod
    def of(cls, group: store.GroupSummary) -> Self:
        """The schema's view of a group."""
        return cls(
            node_id=node_id("Group", group.id),
            id=strawberry.ID(group.id),
            name=group.name,
            teacher_ids=[strawberry.ID(key) for key in group.teacher_ids],
            size=group.size,
        )


@strawberry.input(description="A group to create, or to change: what is absent stays as it is stored.")
class GroupInput:
    """A group as a client sends it."""

    id: strawberry.ID = strawberry.field(description="At most 200 characters.")
    name: str | None = strawberry.field(
        default=strawberry.UNSET, description="At most 100 characters; required to create a group."
    )
    student_ids: list[strawberry.ID] | None = strawberry.field(
        default=None,
        description="All its members, at most 5,000, who must exist; null leaves what is stored, [] removes all.",
    )
    teacher_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="All who teach it; null leaves what is stored, [] removes all."
    )


@strawberry.type(description="The group as it is stored now.")
class UpsertGroupPayload:
    """What is stored."""

    group: Group = strawberry.field(description="The group.")


UpsertGroupResult = Annotated[
    UpsertGroupPayload | InvalidInput | StudentNotFound | StudentErased | Unavailable,
    strawberry.union("UpsertGroupResult", description="The stored group, or why it was not stored."),
]


@strawberry.type
class GroupQuery:
    """Queries about groups."""

    @strawberry.field(
        description="The group with this id, or null. For analysts a group below the minimum group size is the error "
        "GROUP_TOO_SMALL."
    )
    async def group(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")],
    ) -> Group | None:
        """One group."""
        found = await info.context.loaders.groups.load(id)
        return Group.of(found) if found else None

    @strawberry.field(
        description="Groups in order of id. Analysts do not see groups below the minimum group size, and search in ids "
        "only."
    )
    async def groups(
        self, info: Info, search: Search = None, first: First = DEFAULT_FIRST, after: After = None
    ) -> Connection[Group]:
        """A page of groups."""
        gateway, text = info.context.gateway, search and search.lower()
        wanted = page(first, after, "groups", text)
        (start,) = wanted.after or ("",)
        rows = await gateway.read(lambda tx: store.read_page(tx, after=start, search=text, limit=wanted.limit))

        def count() -> Awaitable[int]:
            return gateway.read(lambda tx: store.count(tx, search=text))

        return wanted.connection(rows, Group.of, lambda group: [group.id], count)


@strawberry.type
class GroupMutation:
    """Mutations of groups."""

    @strawberry.mutation(description="Create a group or change it. What is absent stays as it is stored.")
    async def upsert_group(
        self,
        info: Info,
        input: Annotated[GroupInput, strawberry.argument(description="The group.")],
    ) -> UpsertGroupResult:
        """Create or replace a group."""

        async def doing() -> UpsertGroupPayload:
            services = info.context.services
            info.context.forget()
            group = stated(
                domain.Group, input.id, name=input.name, student_ids=input.student_ids, teacher_ids=input.teacher_ids
            )
            return UpsertGroupPayload(group=Group.of(await upsert_group(info.context.gateway, group, services.clock())))

        return await payload_or_failure(doing())
