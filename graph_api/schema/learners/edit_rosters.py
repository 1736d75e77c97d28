"""Mutations that add people to groups and remove them."""

from typing import Annotated, Self

import strawberry

from graph_api.domain.learners.people import Roster
from graph_api.schema.context import Info
from graph_api.schema.failures import GroupNotFound, InvalidInput, StudentErased, StudentNotFound, Unavailable
from graph_api.schema.learners.group import Group
from graph_api.schema.mutations import mutation
from graph_api.usecases.learners.edit_rosters import RosterChange, add_to_roster, remove_from_roster


@strawberry.type(description="The group after a change of its members or teachers.")
class RosterPayload:
    group: Group = strawberry.field(description="The group.")
    changed_ids: list[strawberry.ID] = strawberry.field(
        description="The ids that the mutation added or removed, in the order of the input."
    )
    unchanged_ids: list[strawberry.ID] = strawberry.field(
        description="The other ids of the input: they were on the list already, or were not on it."
    )

    @classmethod
    def of(cls, change: RosterChange) -> Self:
        """The schema's view of a change."""
        changed, unchanged = ([strawberry.ID(key) for key in ids] for ids in change[1:])
        return cls(group=Group.of(change.group), changed_ids=changed, unchanged_ids=unchanged)


MEMBER_FAILURES = "The group, or the reason why its members were not changed."
TEACHER_FAILURES = "The group, or the reason why its teachers were not changed."
AddMembersResult = Annotated[
    RosterPayload | InvalidInput | GroupNotFound | StudentNotFound | StudentErased | Unavailable,
    strawberry.union("AddMembersResult", description=MEMBER_FAILURES),
]
RemoveMembersResult = Annotated[
    RosterPayload | InvalidInput | GroupNotFound | StudentNotFound | StudentErased | Unavailable,
    strawberry.union("RemoveMembersResult", description=MEMBER_FAILURES),
]
AddTeachersResult = Annotated[
    RosterPayload | InvalidInput | GroupNotFound | Unavailable,
    strawberry.union("AddTeachersResult", description=TEACHER_FAILURES),
]
RemoveTeachersResult = Annotated[
    RosterPayload | InvalidInput | GroupNotFound | Unavailable,
    strawberry.union("RemoveTeachersResult", description=TEACHER_FAILURES),
]
GroupId = Annotated[strawberry.ID, strawberry.argument(description="The id of the group.")]
StudentIds = Annotated[
    list[strawberry.ID], strawberry.argument(description="The ids of at most 5,000 students, who must exist.")
]
TeacherIds = Annotated[list[strawberry.ID], strawberry.argument(description="The ids of at most 5,000 teachers.")]


@strawberry.type
class RosterMutation:
    """Mutations of the members and teachers of groups."""

    @mutation(
        description="Add students to a group: all or none. Other members stay, whatever other callers change at the "
        "same time. A group has at most 5,000 members."
    )
    async def add_members(self, info: Info, group_id: GroupId, student_ids: StudentIds) -> AddMembersResult:
        return RosterPayload.of(await add_to_roster(info.context.gateway, group_id, Roster.MEMBERS, student_ids))

    @mutation(description="Remove students from a group: all or none. Other members stay.")
    async def remove_members(self, info: Info, group_id: GroupId, student_ids: StudentIds) -> RemoveMembersResult:
        return RosterPayload.of(await remove_from_roster(info.context.gateway, group_id, Roster.MEMBERS, student_ids))

    @mutation(description="Add teachers to a group: all or none. Other teachers stay.")
    async def add_teachers(self, info: Info, group_id: GroupId, teacher_ids: TeacherIds) -> AddTeachersResult:
        return RosterPayload.of(await add_to_roster(info.context.gateway, group_id, Roster.TEACHERS, teacher_ids))

    @mutation(description="Remove teachers from a group: all or none. Other teachers stay.")
    async def remove_teachers(self, info: Info, group_id: GroupId, teacher_ids: TeacherIds) -> RemoveTeachersResult:
        return RosterPayload.of(await remove_from_roster(info.context.gateway, group_id, Roster.TEACHERS, teacher_ids))
