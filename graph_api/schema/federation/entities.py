"""The two fields through which a gateway of Apollo Federation reads this service: `_service` and `_entities`."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, NewType

import strawberry
from strawberry.schema import BaseSchema
from strawberry.types.scalar import ScalarDefinition

from graph_api.domain.failures import InvalidInput, shown
from graph_api.execution.budget import count_rows
from graph_api.schema.context import Info
from graph_api.schema.course.concept import Concept
from graph_api.schema.course.course import Course
from graph_api.schema.course.skill import Skill
from graph_api.schema.federation.subgraph import ENTITIES, KEY, subgraph_sdl
from graph_api.schema.learners.group import Group
from graph_api.schema.learners.mastery import Mastery
from graph_api.schema.learners.session import Session
from graph_api.schema.learners.student import Student
from graph_api.schema.node import Node, load_object
from graph_api.usecases.computing import compute

Representation = NewType("Representation", object)
REPRESENTATIONS: Mapping[object, ScalarDefinition] = {
    Representation: strawberry.scalar(
        name="_Any",
        description="A representation of an object: its `__typename` and its key, as in "
        '{"__typename": "Student", "id": "anna"}. Further fields are ignored.',
    )
}
"""The scalar of Apollo Federation's specification."""

Entity = Annotated[
    Course | Student | Skill | Concept | Group | Session | Mastery,
    strawberry.union("_Entity", description="An object that other services may extend, known by its key."),
]


@strawberry.type(name="_Service", description="This service as a subgraph of Apollo Federation.")
class Subgraph:
    @strawberry.field(description="The schema with its keys, for composition.")
    async def sdl(self, info: Info) -> str:
        return await compute(sdl_of, info.schema)


@lru_cache(maxsize=4)
def sdl_of(schema: BaseSchema) -> str:
    """The SDL of a schema as a subgraph."""
    return subgraph_sdl(schema.as_str())


@strawberry.type
class FederationQuery:
    """Queries of gateways."""

    @strawberry.field(name="_service", description="This service as a subgraph of Apollo Federation.")
    def subgraph(self) -> Subgraph:
        return Subgraph()

    @strawberry.field(
        name="_entities",
        description="Objects by their keys, in the order of the representations. Null for an object that does not "
        "exist, or that is hidden from the caller.",
    )
    def entities(
        self,
        info: Info,
        representations: Annotated[
            list[Representation], strawberry.argument(description="The type and the key of each object.")
        ],
    ) -> list[Entity | None]:
        count_rows(len(representations))
        loads: list[Any] = [_load_entity(info, number, each) for number, each in enumerate(representations)]
        return loads  # each is awaited for its own place, so that an error is of that place only


async def _load_entity(info: Info, number: int, representation: object) -> Node | None:
    type_name, key = parse_representation(representation, f"representations[{number}]")
    return await load_object(info, type_name, key)


def parse_representation(representation: object, path: str) -> tuple[str, str]:
    """The type's name and the key in a representation.

    Raises:
        InvalidInput: the representation has no known type, or no valid key; the field is `path`, with the missing part.

    >>> parse_representation({"__typename": "Student", "id": "anna", "displayName": "A"}, "representations[0]")
    ('Student', 'anna')
    """
    if not isinstance(representation, Mapping):
        rule = f'must be an object with __typename and {KEY}, as in {{"__typename": "Student", "{KEY}": "anna"}}'
        raise InvalidInput(path, rule, shown(representation))
    type_name, key = (representation.get(name) for name in ("__typename", KEY))
    if type_name not in ENTITIES:
        raise InvalidInput(f"{path}.__typename", f"must be one of {', '.join(ENTITIES)}", _value(type_name))
    if isinstance(key, bool) or not isinstance(key, str | int) or key == "":
        rule = f"must be the key of a {type_name}: a text that is not empty, or an integer"
        raise InvalidInput(f"{path}.{KEY}", rule, _value(key))
    return str(type_name), str(key)


def _value(part: object) -> str:
    return "" if part is None else shown(part)
