"""The query for what refers to skills, concepts and groups."""

from typing import Annotated, Self

import strawberry

from graph_api.domain.operations import references as domain
from graph_api.schema.context import Info
from graph_api.schema.enums import describe_values
from graph_api.usecases.operations.read_references import read_references

strawberry.enum(domain.EditableKind, description="What can be archived and deleted.")
describe_values(domain.EditableKind, SKILL="A skill.", CONCEPT="A concept.", GROUP="A group.")


@strawberry.type(
    description="The number of objects that refer to one skill, concept or group. What does not apply to the kind is 0."
)
class References:
    kind: domain.EditableKind = strawberry.field(description="The kind of the object.")
    key: strawberry.ID = strawberry.field(description="The id of the object, or the code of the skill.")
    can_delete: bool = strawberry.field(
        description="Whether it can be deleted now: no answer, judgement, mastery or sampling record refers to it."
    )
    answers: int = strawberry.field(description="The number of answers that count towards it.")
    judgements: int = strawberry.field(description="The number of judgements on it, with revoked ones.")
    masteries: int = strawberry.field(description="The number of masteries of it.")
    sampling_records: int = strawberry.field(description="The number of sampling records of it.")
    students: int = strawberry.field(
        description="The number of students with answers, judgements, masteries or sampling records."
    )
    prerequisites: int = strawberry.field(description="The number of its direct prerequisites.")
    dependents: int = strawberry.field(description="The number of concepts that it is a direct prerequisite of.")
    concepts: int = strawberry.field(description="The number of concepts of the skill.")
    skills: int = strawberry.field(description="The number of skills of the concept.")
    members: int = strawberry.field(description="The number of members of the group.")
    teachers: int = strawberry.field(description="The number of teachers of the group.")
    parameter_sets: int = strawberry.field(
        description="The number of parameter sets that were fitted to it. They stay after a deletion."
    )

    @classmethod
    def of(cls, counts: domain.References) -> Self:
        """The schema's view of the counts."""
        return cls(
            kind=counts.kind,
            key=strawberry.ID(counts.key),
            can_delete=not counts.has_history,
            answers=counts.answers,
            judgements=counts.judgements,
            masteries=counts.masteries,
            sampling_records=counts.sampling_records,
            students=counts.students,
            prerequisites=counts.prerequisites,
            dependents=counts.dependents,
            concepts=counts.concepts,
            skills=counts.skills,
            members=counts.members,
            teachers=counts.teachers,
            parameter_sets=counts.parameter_sets,
        )


Keys = list[strawberry.ID]


@strawberry.type
class ReferenceQuery:
    """The query for references."""

    @strawberry.field(
        description="What refers to skills, concepts and groups, to read before they are archived or deleted: skills, "
        "then concepts, then groups, each in the order given. At most 500 in all; unknown ids are left out."
    )
    async def references(
        self,
        info: Info,
        skill_codes: Annotated[Keys | None, strawberry.argument(description="The codes of skills.")] = None,
        concept_ids: Annotated[Keys | None, strawberry.argument(description="The ids of concepts.")] = None,
        group_ids: Annotated[Keys | None, strawberry.argument(description="The ids of groups.")] = None,
    ) -> list[References]:
        keys = dict(zip(domain.EditableKind, (skill_codes or (), concept_ids or (), group_ids or ()), strict=True))
        return [References.of(counts) for counts in await read_references(info.context.gateway, keys)]
