"""Skills: type, queries, mutations."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Self

import strawberry

from graph_api.domain.course import course as domain
from graph_api.domain.course.course_content import readable
from graph_api.domain.patch import Patch
from graph_api.domain.revisions import FIRST
from graph_api.domain.targets import Target, TargetKind
from graph_api.domain.targets import skill as skill_target
from graph_api.schema.context import Info
from graph_api.schema.course.course import Course, load_courses
from graph_api.schema.course.source import Source
from graph_api.schema.course.views import Views
from graph_api.schema.enums import describe_values
from graph_api.schema.failures import (
    InvalidInput,
    ParameterSetNotFound,
    RevisionConflict,
    RunCancelled,
    Unavailable,
)
from graph_api.schema.learners.target_parameters import TargetParameters
from graph_api.schema.learners.target_students import TargetStudents
from graph_api.schema.learners.threshold_history import SkillThresholdFields
from graph_api.schema.mutations import mutation
from graph_api.schema.node import TargetNode, node_id
from graph_api.schema.paging import DEFAULT_FIRST, After, Connection, First, IncludeArchived, length_of, page
from graph_api.schema.patch import IF_REVISION, stated
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


VIEWS = Views[domain.Skill, Any]()
"""The views of skills in memory."""


@strawberry.type(description="A skill, a theme or a topic: what concepts are part of.")
class Skill(TargetNode, TargetStudents, TargetParameters, SkillThresholdFields):
    id: strawberry.ID = strawberry.field(description="The same as `code`, for caches, which read `id`.")
    code: strawberry.ID = strawberry.field(description="The client's code of the skill, at most 50 characters.")
    name: str = strawberry.field(description="What people call it.")
    category: str = strawberry.field(description="Its kind, such as vocabulary, grammar or topic.")
    level: domain.CefrLevel | None = strawberry.field(description="Its CEFR level, for languages.")
    description: str = strawberry.field(description="What it is about; may be empty.")
    block: str | None = strawberry.field(description="The part of the school year it belongs to.")
    year: int | None = strawberry.field(description="The school year it belongs to.")
    revision: int = strawberry.field(description="How often it was changed, from 1. See `ifRevision` of its input.")
    archived_at: datetime | None = strawberry.field(description="When it was archived; null if it is not archived.")
    source: Source | None = strawberry.field(
        description="The framework that the skill was imported from. Null if it was made by hand."
    )

    @strawberry.field(description="The concepts that are part of it, in order of id.")
    async def concepts(
        self,
        info: Info,
        first: First = DEFAULT_FIRST,
        after: After = None,
        *,
        include_archived: IncludeArchived = False,
    ) -> Connection[Annotated["Concept", strawberry.lazy("graph_api.schema.course.concept")]]:
        from graph_api.schema.course.concept import Concept  # noqa: PLC0415 - the two nouns know each other

        wanted, loaders = page(first, after, "skill.concepts", self.code, include_archived), info.context.loaders
        links = loaders.all_concept_ids_of_skill if include_archived else loaders.concept_ids_of_skill
        ids = await links.load(self.code)
        rows = await loaders.concepts.load_many(wanted.slice(ids, lambda key: [key]))
        concepts = [row for row in rows if row is not None]
        return wanted.connection(concepts, Concept.of, lambda concept: [concept.id], length_of(ids))

    @strawberry.field(description="The courses that the skill is in, in order of id.")
    async def courses(self, info: Info) -> list[Course]:
        return await load_courses(info, await info.context.loaders.course_ids_of_skill.load(self.code))

    def target(self) -> Target:
        """The skill as what answers count towards."""
        return skill_target(self.code)

    @classmethod
    async def load(cls, info: Info, code: str) -> Self | None:
        """The skill with a code, or None."""
        skill = await info.context.loaders.skills.load(code)
        return cls.of(skill) if skill else None

    @classmethod
    async def by_code(cls, info: Info, codes: Iterable[str]) -> dict[str, Self]:
        """Skills by code, one object for each; those that do not exist are left out."""
        stored = (await info.context.loaders.content()).skills
        keys = [key for key in dict.fromkeys(codes) if key in stored]
        return dict(zip(keys, map(cls.of, readable(stored[key].value for key in keys)), strict=True))

    @classmethod
    def of(cls, skill: domain.Skill) -> Self:
        """The schema's view of a skill: the same one each time."""
        view: Self = VIEWS.of(skill, cls._of)
        return view

    @classmethod
    def _of(cls, skill: domain.Skill) -> Self:
        return cls(
            node_id=node_id("Skill", skill.code),
            id=strawberry.ID(skill.code),
            kind=TargetKind.SKILL,
            code=strawberry.ID(skill.code),
            name=skill.name,
            category=skill.category,
            level=skill.level,
            description=skill.description,
            block=skill.block,
            year=skill.year,
            revision=skill.revision or FIRST,
            archived_at=skill.archived_at,
            source=Source.of(skill.source),
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
    if_revision: int | None = strawberry.field(default=None, description=IF_REVISION)

    def parse(self) -> Patch[domain.Skill]:
        """What is stated of the skill, checked."""
        return stated(
            domain.Skill,
            self.code,
            self.if_revision,
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
    UpsertSkillsPayload | InvalidInput | ParameterSetNotFound | RevisionConflict | RunCancelled | Unavailable,
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
        *,
        include_archived: IncludeArchived = False,
    ) -> Connection[Skill]:
        text = search and search.lower()
        wanted = page(first, after, "skills", category, level, text, include_archived)
        course = await info.context.loaders.content()
        fitting = course.list_skills(category=category, level=level, search=text, include_archived=include_archived)
        rows = readable(each.value for each in wanted.slice(fitting, lambda each: [each.code]))
        return wanted.connection(rows, Skill.of, lambda skill: [skill.code], length_of(fitting))


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
