"""Skills: type, queries, mutations."""

from functools import partial
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.domain.course import course as domain
from graph_api.domain.patch import Patch
from graph_api.schema.context import Info
from graph_api.schema.enums import describe_values
from graph_api.schema.failures import (
    InvalidInput,
    ParameterSetNotFound,
    RunCancelled,
    Unavailable,
)
from graph_api.schema.mutations import mutation
from graph_api.schema.node import Node, node_id
from graph_api.schema.paging import DEFAULT_FIRST, After, Connection, First, length_of, listing, page
from graph_api.schema.patch import stated
from graph_api.store import skills as store
from graph_api.store.pace import in_slices
from graph_api.usecases.course.edit_course import upsert_skills

strawberry.enum(
    domain.CefrLevel,
    description="A level of the Common European Framework of Reference for Languages.",
)
describe_values(
    domain.CefrLevel,
    A1="Breakthrough.",
    A2="Waystage.",
    B1="Threshold.",
    B2="Vantage.",
    C1="Effective operational proficiency.",
    C2="Mastery.",
)

if TYPE_CHECKING:
    from graph_api.schema.course.concept import Concept

Search = Annotated[str | None, strawberry.argument(description="A text that the id, code or name holds, in any case.")]


@strawberry.type(description="A skill, a theme or a topic: what concepts are part of.")
class Skill(Node):
    code: strawberry.ID = strawberry.field(description="What it is known by, at most 50 characters.")
    name: str = strawberry.field(description="What people call it.")
    category: str = strawberry.field(description="Its kind, such as vocabulary, grammar or topic.")
    level: domain.CefrLevel | None = strawberry.field(description="Its CEFR level, for languages.")
    description: str = strawberry.field(description="What it is about; may be empty.")
    block: str | None = strawberry.field(description="The part of the school year it belongs to.")
    year: int | None = strawberry.field(description="The school year it belongs to.")

    @strawberry.field(description="The concepts that are part of it, in order of id.")
    async def concepts(
        self, info: Info, first: First = DEFAULT_FIRST, after: After = None
    ) -> Connection[Annotated["Concept", strawberry.lazy("graph_api.schema.course.concept")]]:
        from graph_api.schema.course.concept import Concept  # noqa: PLC0415 - the two nouns know each other

        wanted = page(first, after, "skill.concepts", self.code)
        ids = await info.context.loaders.concept_ids_of_skill.load(self.code)
        rows = await info.context.loaders.concepts.load_many(wanted.slice(ids, lambda key: [key]))
        concepts = [row for row in rows if row is not None]
        return wanted.connection(concepts, Concept.of, lambda concept: [concept.id], length_of(ids))

    @classmethod
    async def load(cls, info: Info, code: str) -> Self | None:
        """The skill with a code, or None."""
        skill = await info.context.loaders.skills.load(code)
        return cls.of(skill) if skill else None

    @classmethod
    def of(cls, skill: domain.Skill) -> Self:
        """The schema's view of a skill."""
        return cls(
            node_id=node_id("Skill", skill.code),
            code=strawberry.ID(skill.code),
            name=skill.name,
            category=skill.category,
            level=skill.level,
            description=skill.description,
            block=skill.block,
            year=skill.year,
        )


@strawberry.input(
    description="A skill to create, or to change. What is absent stays as it is stored; null removes what may be "
    "absent."
)
class SkillInput:
    code: strawberry.ID = strawberry.field(description="At most 50 characters.")
    name: str | None = strawberry.field(
        default=strawberry.UNSET, description="At most 100 characters; required to create a skill."
    )
    category: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="At most 50 characters, such as vocabulary; required to create a skill.",
    )
    level: domain.CefrLevel | None = strawberry.field(
        default=strawberry.UNSET, description="Its CEFR level, for languages; null removes the level."
    )
    description: str | None = strawberry.field(
        default=strawberry.UNSET, description="At most 2,000 characters; null removes the description."
    )
    block: str | None = strawberry.field(
        default=strawberry.UNSET, description="At most 50 characters; null removes the block."
    )
    year: int | None = strawberry.field(default=strawberry.UNSET, description="0 to 9999; null removes the year.")
    parameter_set: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="The parameter set to use while no fitted set is active. The levels that it changes are replayed "
        "before the reply, in a run. Null: the default set.",
    )

    def parse(self) -> Patch[domain.Skill]:
        """What is stated of the skill, checked."""
        return stated(
            domain.Skill,
            self.code,
            name=self.name,
            category=self.category,
            level=self.level,
            description=self.description,
            block=self.block,
            year=self.year,
            parameter_set_id=self.parameter_set,
        )


@strawberry.type(description="The skills as they are stored now, in the order given.")
class UpsertSkillsPayload:
    skills: list[Skill] = strawberry.field(description="The skills.")


UpsertSkillsResult = Annotated[
    UpsertSkillsPayload | InvalidInput | ParameterSetNotFound | RunCancelled | Unavailable,
    strawberry.union("UpsertSkillsResult", description="The stored skills, or why none was stored."),
]


@strawberry.type
class SkillQuery:
    """Queries about skills."""

    @strawberry.field(description="The skill with this code, or null.")
    async def skill(
        self, info: Info, code: Annotated[strawberry.ID, strawberry.argument(description="Its code.")]
    ) -> Skill | None:
        return await Skill.load(info, code)

    @strawberry.field(description="Skills in order of code.")
    async def skills(
        self,
        info: Info,
        category: Annotated[str | None, strawberry.argument(description="Only this category.")] = None,
        level: Annotated[domain.CefrLevel | None, strawberry.argument(description="Only this CEFR level.")] = None,
        search: Search = None,
        first: First = DEFAULT_FIRST,
        after: After = None,
    ) -> Connection[Skill]:
        gateway, text = info.context.gateway, search and search.lower()
        wanted = page(first, after, "skills", category, level, text)
        (start,) = wanted.after or ("",)
        read = partial(store.read_page, after=start, category=category, level=level, search=text, limit=wanted.limit)
        count = partial(store.count, category=category, level=level, search=text)
        return await listing(gateway, wanted, read, count, Skill.of, lambda skill: [skill.code])


@strawberry.type
class SkillMutation:
    """Mutations of skills."""

    @mutation(description="Create skills or change them: all or none. What is absent stays as it is stored.")
    async def upsert_skills(
        self,
        info: Info,
        input: Annotated[list[SkillInput], strawberry.argument(description="At most 5,000 skills.")],
    ) -> UpsertSkillsResult:
        services = info.context.services
        skills = await in_slices(SkillInput.parse, input)
        stored = await upsert_skills(info.context.gateway, skills, services.clock())
        return UpsertSkillsPayload(skills=await in_slices(Skill.of, stored))
