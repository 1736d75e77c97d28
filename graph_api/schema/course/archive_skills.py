"""Mutations that archive, restore and delete skills."""

from typing import Annotated

import strawberry

from graph_api.schema.context import Info
from graph_api.schema.course.skill import Skill
from graph_api.schema.failures import HasHistory, InvalidInput, SkillNotFound, Unavailable
from graph_api.schema.mutations import mutation
from graph_api.usecases.course.archive_course import archive_skills
from graph_api.usecases.course.delete_course import delete_skills


@strawberry.type(description="The skills as they are stored now, in the order given.")
class SkillsPayload:
    skills: list[Skill] = strawberry.field(description="The skills.")


@strawberry.type(description="The skills that no longer exist.")
class DeleteSkillsPayload:
    deleted_codes: list[strawberry.ID] = strawberry.field(description="The codes of the deleted skills.")


ArchiveSkillsResult = Annotated[
    SkillsPayload | InvalidInput | SkillNotFound | Unavailable,
    strawberry.union("ArchiveSkillsResult", description="The archived skills, or why none was archived."),
]
RestoreSkillsResult = Annotated[
    SkillsPayload | InvalidInput | SkillNotFound | Unavailable,
    strawberry.union("RestoreSkillsResult", description="The restored skills, or why none was restored."),
]
DeleteSkillsResult = Annotated[
    DeleteSkillsPayload | InvalidInput | SkillNotFound | HasHistory | Unavailable,
    strawberry.union("DeleteSkillsResult", description="The deleted skills, or why none was deleted."),
]
Codes = Annotated[list[strawberry.ID], strawberry.argument(description="The codes of at most 5,000 skills.")]


@strawberry.type
class ArchiveSkillMutation:
    """Mutations that archive, restore and delete skills."""

    @mutation(
        description="Archive skills: all or none. Nothing is deleted. Archived skills are left out of "
        "lists, analyses, next steps, due lists and sampling. Answers that were given later are refused with "
        "TargetArchived."
    )
    async def archive_skills(self, info: Info, codes: Codes) -> ArchiveSkillsResult:
        stored = await archive_skills(info.context.gateway, codes, info.context.services.clock())
        return SkillsPayload(skills=[Skill.of(each) for each in stored])

    @mutation(description="Restore archived skills: all or none. Everything is as before the skills were archived.")
    async def restore_skills(self, info: Info, codes: Codes) -> RestoreSkillsResult:
        stored = await archive_skills(info.context.gateway, codes, None)
        return SkillsPayload(skills=[Skill.of(each) for each in stored])

    @mutation(
        description="Delete skills with their links to concepts: all or none. Refused with HasHistory if data of "
        "students refers to one of them; see `references`."
    )
    async def delete_skills(self, info: Info, codes: Codes) -> DeleteSkillsResult:
        deleted = await delete_skills(info.context.gateway, codes)
        return DeleteSkillsPayload(deleted_codes=[strawberry.ID(key) for key in deleted])
