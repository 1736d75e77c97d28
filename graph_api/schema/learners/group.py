"""Groups (classes): type, queries, mutations."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any, Self

import strawberry

from graph_api.domain.learners import people as domain
from graph_api.domain.patch import Patch
from graph_api.execution.read_ahead import MembersPage
from graph_api.schema.context import Info
from graph_api.schema.course.course import Course, load_courses
from graph_api.schema.course.skill import Search
from graph_api.schema.failures import (
    CourseNotFound,
    InvalidInput,
    RevisionConflict,
    StudentErased,
    StudentNotFound,
    Unavailable,
)
from graph_api.schema.learners.activity import GroupActivity
from graph_api.schema.learners.class_view import GroupClassView
from graph_api.schema.learners.group_sessions import GroupSessions
from graph_api.schema.learners.group_trends import GroupTrends
from graph_api.schema.learners.movement import GroupMovement
from graph_api.schema.learners.recency_heat_map import GroupRecency
from graph_api.schema.learners.risk import GroupAtRisk
from graph_api.schema.learners.root_causes import GroupRootCauses
from graph_api.schema.learners.student import Student
from graph_api.schema.mutations import mutation
from graph_api.schema.node import Node, node_id
from graph_api.schema.paging import DEFAULT_FIRST, After, Connection, First, IncludeArchived, listing, page
from graph_api.schema.patch import IF_REVISION, stated
from graph_api.store import groups as store
from graph_api.usecases.learners.edit_people import upsert_group


@strawberry.type(description="A group of students, such as a class.")
class Group(
    Node,
    GroupClassView,
    GroupRecency,
    GroupAtRisk,
    GroupRootCauses,
    GroupTrends,
    GroupMovement,
    GroupActivity,
    GroupSessions,
):
    id: strawberry.ID = strawberry.field(description="The client's id of the group.")
    name: str = strawberry.field(description="The name of the group. For analysts, who see no names, the id.")
    teacher_ids: list[strawberry.ID] = strawberry.field(description="The ids of the teachers of the group.")
    size: int = strawberry.field(description="The number of members.")
    revision: int = strawberry.field(
        description="How often the group was changed, from 1. See `ifRevision` of GroupInput."
    )
    archived_at: datetime | None = strawberry.field(
        description="When the group was archived; null if it is not archived."
    )

    @strawberry.field(description="The members, in order of name.")
    async def members(self, info: Info, first: First = DEFAULT_FIRST, after: After = None) -> Connection[Student]:
        wanted = page(first, after, "members", self.id, key=(str, str))
        start_name, start_id = wanted.after or ("", "")
        rows = await info.context.loaders.members.load(MembersPage(self.id, start_name, start_id, wanted.limit))

        async def count() -> int:
            return self.size

        return wanted.connection(rows, Student.of, lambda student: [student.name, student.id], count)

    @strawberry.field(
        description="The courses that the group takes, in order of id. Queries on the group and its members cover "
        "these courses by default; without any course, all skills."
    )
    async def courses(self, info: Info) -> list[Course]:
        return await load_courses(info, await info.context.loaders.course_ids_of_group.load(self.id))

    @classmethod
    async def load(cls, info: Info, id: str) -> Self | None:
        """The group with an id, or None."""
        group = await info.context.loaders.groups.load(id)
        return cls.of(group) if group else None

    @classmethod
    def of(cls, group: store.GroupSummary) -> Self:
        return cls(
            node_id=node_id("Group", group.id),
            id=strawberry.ID(group.id),
            name=group.name,
            teacher_ids=[strawberry.ID(key) for key in group.teacher_ids],
            size=group.size,
            revision=group.revision,
            archived_at=group.archived_at,
        )


@strawberry.input(description="A group to create or to change. Absent fields stay as stored.")
class GroupInput:
    id: strawberry.ID = strawberry.field(description="At most 200 characters.")
    name: str | None = strawberry.field(
        default=strawberry.UNSET, description="At most 100 characters; required to create a group."
    )
    student_ids: list[strawberry.ID] | None = strawberry.field(
        default=None,
        description="The ids of all members, at most 5,000; they must exist. Null leaves the stored members "
        "unchanged, [] removes all.",
    )
    teacher_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="The ids of all teachers. Null leaves the stored teachers unchanged, [] removes all."
    )
    if_revision: int | None = strawberry.field(default=None, description=IF_REVISION)
    course_ids: list[strawberry.ID] | None = strawberry.field(
        default=None,
        description="The ids of all courses that the group takes, at most 200; they must exist. Null leaves the "
        "stored courses unchanged, [] removes all.",
    )

    def parse(self) -> Patch[domain.Group]:
        """What is stated of the group, checked."""
        return stated(
            domain.Group,
            self.id,
            self.if_revision,
            name=self.name,
            student_ids=self.student_ids,
            teacher_ids=self.teacher_ids,
            course_ids=self.course_ids,
        )


@strawberry.type(description="The stored group.")
class UpsertGroupPayload:
    group: Group = strawberry.field(description="The group.")


UpsertGroupResult = Annotated[
    UpsertGroupPayload
    | InvalidInput
    | StudentNotFound
    | StudentErased
    | CourseNotFound
    | RevisionConflict
    | Unavailable,
    strawberry.union("UpsertGroupResult", description="The stored group, or the reason why it was not stored."),
]


@strawberry.type
class GroupQuery:
    """Queries about groups."""

    @strawberry.field(
        description="The group with this id. Null if it does not exist. For analysts a group below the "
        "minimum group size is the error GROUP_TOO_SMALL."
    )
    async def group(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The id of the group.")],
    ) -> Group | None:
        return await Group.load(info, id)

    @strawberry.field(
        description="All groups, in order of id. Analysts do not see groups below the minimum group size, and "
        "`search` covers ids only."
    )
    async def groups(
        self,
        info: Info,
        search: Search = None,
        first: First = DEFAULT_FIRST,
        after: After = None,
        *,
        include_archived: IncludeArchived = False,
    ) -> Connection[Group]:
        gateway, text = info.context.gateway, search and search.lower()
        wanted = page(first, after, "groups", text, include_archived)
        (start,) = wanted.after or ("",)
        filters: dict[str, Any] = {"search": text, "include_archived": include_archived}
        read = partial(store.read_page, after=start, limit=wanted.limit, **filters)
        count = partial(store.count, **filters)
        return await listing(gateway, wanted, read, count, Group.of, lambda group: [group.id])


@strawberry.type
class GroupMutation:
    """Mutations of groups."""

    @mutation(description="Create a group or change it. What is absent stays as it is stored.")
    async def upsert_group(
        self,
        info: Info,
        input: Annotated[GroupInput, strawberry.argument(description="The group.")],
    ) -> UpsertGroupResult:
        services = info.context.services
        stored = await upsert_group(info.context.gateway, input.parse(), services.clock())
        return UpsertGroupPayload(group=Group.of(stored))
