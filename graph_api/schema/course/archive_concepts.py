"""Mutations that archive, restore and delete concepts."""

from typing import Annotated

import strawberry

from graph_api.schema.context import Info
from graph_api.schema.course.concept import Concept
from graph_api.schema.failures import ConceptNotFound, HasHistory, InvalidInput, Unavailable
from graph_api.schema.mutations import mutation
from graph_api.usecases.course.archive_course import archive_concepts
from graph_api.usecases.course.delete_course import delete_concepts


@strawberry.type(description="The concepts as they are stored now, in the order given.")
class ConceptsPayload:
    concepts: list[Concept] = strawberry.field(description="The concepts.")


@strawberry.type(description="The concepts that no longer exist.")
class DeleteConceptsPayload:
    deleted_ids: list[strawberry.ID] = strawberry.field(description="The ids of the deleted concepts.")


ArchiveConceptsResult = Annotated[
    ConceptsPayload | InvalidInput | ConceptNotFound | Unavailable,
    strawberry.union("ArchiveConceptsResult", description="The archived concepts, or why none was archived."),
]
RestoreConceptsResult = Annotated[
    ConceptsPayload | InvalidInput | ConceptNotFound | Unavailable,
    strawberry.union("RestoreConceptsResult", description="The restored concepts, or why none was restored."),
]
DeleteConceptsResult = Annotated[
    DeleteConceptsPayload | InvalidInput | ConceptNotFound | HasHistory | Unavailable,
    strawberry.union("DeleteConceptsResult", description="The deleted concepts, or why none was deleted."),
]
Ids = Annotated[list[strawberry.ID], strawberry.argument(description="The ids of at most 5,000 concepts.")]


@strawberry.type
class ArchiveConceptMutation:
    """Mutations that archive, restore and delete concepts."""

    @mutation(
        description="Archive concepts: all or none. Nothing is deleted. Archived concepts are left out of "
        "lists, analyses, next steps, due lists and sampling. Answers that were given later are refused with "
        "TargetArchived."
    )
    async def archive_concepts(self, info: Info, ids: Ids) -> ArchiveConceptsResult:
        stored = await archive_concepts(info.context.gateway, ids, info.context.services.clock())
        return ConceptsPayload(concepts=[Concept.of(each) for each in stored])

    @mutation(description="Restore archived concepts: all or none. Everything is as before the concepts were archived.")
    async def restore_concepts(self, info: Info, ids: Ids) -> RestoreConceptsResult:
        stored = await archive_concepts(info.context.gateway, ids, None)
        return ConceptsPayload(concepts=[Concept.of(each) for each in stored])

    @mutation(
        description="Delete concepts with their links: all or none. Refused with HasHistory if data of "
        "students refers to one of them; see `references`."
    )
    async def delete_concepts(self, info: Info, ids: Ids) -> DeleteConceptsResult:
        deleted = await delete_concepts(info.context.gateway, ids)
        return DeleteConceptsPayload(deleted_ids=[strawberry.ID(key) for key in deleted])
