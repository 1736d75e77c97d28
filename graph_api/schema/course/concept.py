"""Concepts and their prerequisite links: type, queries, mutations."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any, Self

import strawberry

from graph_api.domain.course import course as domain
from graph_api.domain.course.course_content import readable
from graph_api.domain.patch import Patch
from graph_api.domain.revisions import FIRST
from graph_api.domain.targets import Target, TargetKind
from graph_api.domain.targets import concept as concept_target
from graph_api.schema.context import Info
from graph_api.schema.course.skill import Search, Skill
from graph_api.schema.course.source import Source
from graph_api.schema.course.views import Views
from graph_api.schema.failures import (
    ConceptNotFound,
    InvalidInput,
    ParameterSetNotFound,
    PrerequisiteCycle,
    RevisionConflict,
    RunCancelled,
    SkillNotFound,
    Unavailable,
)
from graph_api.schema.learners.target_parameters import TargetParameters
from graph_api.schema.learners.target_students import TargetStudents
from graph_api.schema.learners.threshold_history import TargetThresholdFields
from graph_api.schema.mutations import mutation
from graph_api.schema.node import TargetNode, node_id
from graph_api.schema.paging import DEFAULT_FIRST, After, Connection, First, IncludeArchived, length_of, page
from graph_api.schema.patch import IF_REVISION, stated
from graph_api.store.pace import in_slices
from graph_api.usecases.course.edit_course import link_prerequisite, unlink_prerequisite, upsert_concepts

VIEWS = Views[domain.Concept, Any]()
"""The views of concepts in memory."""


@strawberry.type(description="A concept: part of skills, behind its prerequisites.")
class Concept(TargetNode, TargetStudents, TargetParameters, TargetThresholdFields):
    id: strawberry.ID = strawberry.field(description="The client's id of the concept.")
    name: str = strawberry.field(description="What people call it.")
    skill_codes: list[strawberry.ID] = strawberry.field(
        description="The codes of the skills it is part of, archived ones too."
    )
    prerequisite_ids: list[strawberry.ID] = strawberry.field(
        description="The ids of its direct prerequisites, archived ones too."
    )
    revision: int = strawberry.field(description="How often it was changed, from 1. See `ifRevision` of its input.")
    archived_at: datetime | None = strawberry.field(description="When it was archived; null if it is not archived.")
    source: Source | None = strawberry.field(
        description="The framework that the concept was imported from. Null if it was made by hand."
    )

    @strawberry.field(description="The skills it is part of, without archived ones.")
    async def skills(self, info: Info) -> list[Skill]:
        skills = await info.context.loaders.skills.load_many(self.skill_codes)
        return [Skill.of(skill) for skill in skills if skill and skill.archived_at is None]

    @strawberry.field(description="Its direct prerequisites, without archived ones.")
    async def prerequisites(self, info: Info) -> list["Concept"]:
        concepts = await Concept.load_many(info, self.prerequisite_ids)
        return [concept for concept in concepts if concept.archived_at is None]

    @strawberry.field(description="The concepts it is a direct prerequisite of, without archived ones.")
    async def unlocks(self, info: Info) -> list["Concept"]:
        ids = await info.context.loaders.concept_ids_unlocked.load(self.id)
        return await Concept.load_many(info, ids)

    def target(self) -> Target:
        """The concept as what answers count towards."""
        return concept_target(self.id)

    @classmethod
    async def load(cls, info: Info, id: str) -> Self | None:
        """The concept with an id, or None."""
        concept = await info.context.loaders.concepts.load(id)
        return cls.of(concept) if concept else None

    @classmethod
    async def load_many(cls, info: Info, ids: Sequence[str]) -> list[Self]:
        """Concepts by id, in order; those that do not exist are left out."""
        return [cls.of(each) for each in await info.context.loaders.concepts.load_many(list(ids)) if each]

    @classmethod
    async def by_id(cls, info: Info, ids: Iterable[str]) -> dict[str, Self]:
        """Concepts by id, one object for each; those that do not exist are left out."""
        stored = (await info.context.loaders.content()).concepts
        keys = [key for key in dict.fromkeys(ids) if key in stored]
        return dict(zip(keys, map(cls.of, readable(stored[key].value for key in keys)), strict=True))

    @classmethod
    def of(cls, concept: domain.Concept) -> Self:
        """The schema's view of a concept: the same one each time."""
        view: Self = VIEWS.of(concept, cls._of)
        return view

    @classmethod
    def _of(cls, concept: domain.Concept) -> Self:
        return cls(
            node_id=node_id("Concept", concept.id),
            id=strawberry.ID(concept.id),
            kind=TargetKind.CONCEPT,
            name=concept.name,
            skill_codes=[strawberry.ID(code) for code in concept.skill_codes or ()],
            prerequisite_ids=[strawberry.ID(key) for key in concept.prerequisite_ids or ()],
            revision=concept.revision or FIRST,
            archived_at=concept.archived_at,
            source=Source.of(concept.source),
        )


async def load_target(info: Info, target: Target) -> TargetNode | None:
    """The concept or skill, or None if it does not exist any more."""
    return await (Concept if target.kind is TargetKind.CONCEPT else Skill).load(info, target.key)


@strawberry.input(
    description="A concept to create, or to change. What is absent stays as it is stored; null removes what may be "
    "absent."
)
class ConceptInput:
    id: strawberry.ID = strawberry.field(description="At most 200 characters.")
    name: str | None = strawberry.field(
        default=strawberry.UNSET, description="At most 200 characters; required to create a concept."
    )
    skill_codes: list[strawberry.ID] | None = strawberry.field(
        default=None, description="All skills it is part of; null leaves what is stored, [] removes all."
    )
    prerequisite_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="All its direct prerequisites; null leaves what is stored, [] removes all."
    )
    parameter_set: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="The parameter set to use while no fitted set is active. The levels that it changes are replayed "
        "before the reply, in a run. Null: the default set.",
    )
    if_revision: int | None = strawberry.field(default=None, description=IF_REVISION)

    def parse(self) -> Patch[domain.Concept]:
        """What is stated of the concept, checked."""
        return stated(
            domain.Concept,
            self.id,
            self.if_revision,
            name=self.name,
            skill_codes=self.skill_codes,
            prerequisite_ids=self.prerequisite_ids,
            parameter_set_id=self.parameter_set,
        )


@strawberry.type(description="The concepts as they are stored now, in the order given.")
class UpsertConceptsPayload:
    concepts: list[Concept] = strawberry.field(description="The concepts.")


@strawberry.type(description="The concept as it is stored now.")
class PrerequisitePayload:
    prerequisite_id: strawberry.Private[str]
    concept: Concept = strawberry.field(description="The concept whose prerequisites were edited.")

    @strawberry.field(description="The prerequisite, whose `unlocks` has changed. Null if it does not exist.")
    async def prerequisite(self, info: Info) -> Concept | None:
        return await Concept.load(info, self.prerequisite_id)


UpsertConceptsResult = Annotated[
    UpsertConceptsPayload
    | InvalidInput
    | SkillNotFound
    | ConceptNotFound
    | ParameterSetNotFound
    | PrerequisiteCycle
    | RevisionConflict
    | RunCancelled
    | Unavailable,
    strawberry.union("UpsertConceptsResult", description="The stored concepts, or why none was stored."),
]
LinkPrerequisiteResult = Annotated[
    PrerequisitePayload | ConceptNotFound | PrerequisiteCycle | Unavailable,
    strawberry.union(
        "LinkPrerequisiteResult", description="The concept with its new prerequisite, or why it has none."
    ),
]
UnlinkPrerequisiteResult = Annotated[
    PrerequisitePayload | ConceptNotFound | Unavailable,
    strawberry.union(
        "UnlinkPrerequisiteResult", description="The concept without that prerequisite, or why it still has it."
    ),
]
PrerequisiteId = Annotated[strawberry.ID, strawberry.argument(description="The concept to master first.")]
ConceptId = Annotated[strawberry.ID, strawberry.argument(description="The concept that comes after it.")]


@strawberry.type
class ConceptQuery:
    """Queries about concepts."""

    @strawberry.field(description="The concept with this id, or null.")
    async def concept(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")],
    ) -> Concept | None:
        return await Concept.load(info, id)

    @strawberry.field(description="Concepts in order of id.")
    async def concepts(
        self,
        info: Info,
        skill_code: Annotated[strawberry.ID | None, strawberry.argument(description="Only those of a skill.")] = None,
        search: Search = None,
        first: First = DEFAULT_FIRST,
        after: After = None,
        *,
        include_archived: IncludeArchived = False,
    ) -> Connection[Concept]:
        text = search and search.lower()
        wanted = page(first, after, "concepts", skill_code, text, include_archived)
        course = await info.context.loaders.content()
        fitting = course.list_concepts(skill_code=skill_code, search=text, include_archived=include_archived)
        rows = readable(each.value for each in wanted.slice(fitting, lambda each: [each.id]))
        return wanted.connection(rows, Concept.of, lambda concept: [concept.id], length_of(fitting))


@strawberry.type
class ConceptMutation:
    """Mutations of concepts."""

    @mutation(
        description="Create concepts or change them: all or none. What is absent stays as it is stored; a list "
        "replaces the stored links. Concepts may name each other as prerequisites."
    )
    async def upsert_concepts(
        self,
        info: Info,
        input: Annotated[list[ConceptInput], strawberry.argument(description="At most 5,000 concepts.")],
    ) -> UpsertConceptsResult:
        services = info.context.services
        concepts = await in_slices(ConceptInput.parse, input)
        stored = await upsert_concepts(info.context.gateway, concepts, services.clock())
        return UpsertConceptsPayload(concepts=await in_slices(Concept.of, stored))

    @mutation(description="Make one concept a direct prerequisite of another. Refused if it closes a cycle.")
    async def link_prerequisite(
        self, info: Info, prerequisite_id: PrerequisiteId, concept_id: ConceptId
    ) -> LinkPrerequisiteResult:
        stored = await link_prerequisite(info.context.gateway, prerequisite_id, concept_id)
        return PrerequisitePayload(prerequisite_id=prerequisite_id, concept=Concept.of(stored))

    @mutation(description="Take a prerequisite link away.")
    async def unlink_prerequisite(
        self, info: Info, prerequisite_id: PrerequisiteId, concept_id: ConceptId
    ) -> UnlinkPrerequisiteResult:
        stored = await unlink_prerequisite(info.context.gateway, prerequisite_id, concept_id)
        return PrerequisitePayload(prerequisite_id=prerequisite_id, concept=Concept.of(stored))
