"""Mutations that archive, restore and delete groups."""

from typing import Annotated

import strawberry

from graph_api.schema.context import Info
from graph_api.schema.failures import GroupNotFound, InvalidInput, Unavailable
from graph_api.schema.learners.group import Group
from graph_api.schema.mutations import mutation
from graph_api.usecases.learners.archive_groups import archive_groups, delete_groups


@strawberry.type(description="The groups as they are stored now, in the order given.")
class GroupsPayload:
    groups: list[Group] = strawberry.field(description="The groups.")


@strawberry.type(description="The groups that no longer exist.")
class DeleteGroupsPayload:
    deleted_ids: list[strawberry.ID] = strawberry.field(description="The ids of the deleted groups.")


ArchiveGroupsResult = Annotated[
    GroupsPayload | InvalidInput | GroupNotFound | Unavailable,
    strawberry.union("ArchiveGroupsResult", description="The archived groups, or why none was archived."),
]
RestoreGroupsResult = Annotated[
    GroupsPayload | InvalidInput | GroupNotFound | Unavailable,
    strawberry.union("RestoreGroupsResult", description="The restored groups, or why none was restored."),
]
DeleteGroupsResult = Annotated[
    DeleteGroupsPayload | InvalidInput | GroupNotFound | Unavailable,
    strawberry.union("DeleteGroupsResult", description="The deleted groups, or why none was deleted."),
]
Ids = Annotated[list[strawberry.ID], strawberry.argument(description="The ids of at most 5,000 groups.")]


@strawberry.type
class ArchiveGroupMutation:
    """Mutations that archive, restore and delete groups."""

    @mutation(
        description="Archive groups: all or none. Nothing is deleted. Archived groups are left out of `groups` and of "
        "the groups of students. Their members, teachers and access stay as they are."
    )
    async def archive_groups(self, info: Info, ids: Ids) -> ArchiveGroupsResult:
        stored = await archive_groups(info.context.gateway, ids, info.context.services.clock())
        return GroupsPayload(groups=[Group.of(each) for each in stored])

    @mutation(description="Restore archived groups: all or none. Everything is as before the groups were archived.")
    async def restore_groups(self, info: Info, ids: Ids) -> RestoreGroupsResult:
        stored = await archive_groups(info.context.gateway, ids, None)
        return GroupsPayload(groups=[Group.of(each) for each in stored])

    @mutation(
        description="Delete groups with their memberships: all or none. The students with their data and the "
        "teachers stay. Teachers no longer see students whom only these groups gave them."
    )
    async def delete_groups(self, info: Info, ids: Ids) -> DeleteGroupsResult:
        deleted = await delete_groups(info.context.gateway, ids)
        return DeleteGroupsPayload(deleted_ids=[strawberry.ID(key) for key in deleted])
