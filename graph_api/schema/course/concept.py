"""Concepts and their prerequisite links: type, queries, mutations."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Self

import strawberry

from graph_api.domain.course import course as domain
from graph_api.domain.patch import Patch
from graph_api.schema.context import Info
from graph_api.schema.course.skill import Search, Skill
from graph_api.schema.failures import (
    ConceptNotFound,
    InvalidInput,
    ParameterSetNotFound,
    PrerequisiteCycle,
    RunCancelled,
    SkillNotFound,
    Unavailable,
)
from graph_api.schema.mutations import mutation
from graph_api.schema.node import Node, node_id
from graph_api.schema.paging import DEFAULT_FIRST, After, Connection, First, listing, page
from graph_api.schema.patch import stated
from graph_api.store import concepts as store
from graph_api.store.pace import in_slices
from graph_api.usecases.course.edit_course import link_prerequisite, unlink_prerequisite, upsert_concepts


@strawberry.type(description="A concept: part of skills, behind its prerequisites.")
class Concept(Node):
    id: strawberry.ID = strawberry.field(description="What it is known by.")
    name: str = strawberry.field(description="What people call it.")
    skill_codes: list[strawberry.ID] = strawberry.field(description="The codes of the skills it is part of.")
    prerequisite_ids: list[strawberry.ID] = strawberry.field(description="The ids of its direct prerequisites.")

    @strawberry.field(description="The skills it is part of.")
    async def skills(self, info: Info) -> list[Skill]:
        skills = await info.context.loaders.skills.load_many(self.skill_codes)
        return [Skill.of(skill) for skill in skills if skill]

    @strawberry.field(description="Its direct prerequisites.")
    async def prerequisites(self, info: Info) -> list["Concept"]:
        return await Concept.load_many(info, self.prerequisite_ids)

    @strawberry.field(description="The concepts it is a direct prerequisite of.")
    async def unlocks(self, info: Info) -> list["Concept"]:
        ids = await info.context.loaders.concept_ids_unlocked.load(self.id)
        return await Concept.load_many(info, ids)

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
    def of(cls, concept: domain.Concept) -> Self:
        """The schema's view of a concept."""
        return cls(
            node_id=node_id("Concept", concept.id),
            id=strawberry.ID(concept.id),
            name=concept.name,
            skill_codes=[strawberry.ID(code) for code in concept.skill_codes or ()],
            prerequisite_ids=[strawberry.ID(key) for key in concept.prerequisite_ids or ()],
        )


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

    def parse(self) -> Patch[domain.Concept]:
        """What is stated of the concept, checked."""
        return stated(
            domain.Concept,
            self.id,
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
    concept: Concept = strawberry.field(description="The concept whose prerequisites were edited.")


UpsertConceptsResult = Annotated[
    UpsertConceptsPayload
    | InvalidInput
    | SkillNotFound
    | ConceptNotFound
    | ParameterSetNotFound
    | PrerequisiteCycle
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
    ) -> Connection[Concept]:
        gateway, text = info.context.gateway, search and search.lower()
        wanted = page(first, after, "concepts", skill_code, text)
        (start,) = wanted.after or ("",)
        read = partial(store.read_page, after=start, skill_code=skill_code, search=text, limit=wanted.limit)
        count = partial(store.count, skill_code=skill_code, search=text)
        return await listing(gateway, wanted, read, count, Concept.of, lambda concept: [concept.id])


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
        return PrerequisitePayload(concept=Concept.of(stored))

    @mutation(description="Take a prerequisite link away.")
    async def unlink_prerequisite(
        self, info: Info, prerequisite_id: PrerequisiteId, concept_id: ConceptId
    ) -> UnlinkPrerequisiteResult:
        stored = await unlink_prerequisite(info.context.gateway, prerequisite_id, concept_id)
        return PrerequisitePayload(concept=Concept.of(stored))
