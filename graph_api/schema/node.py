"""Relay's `Node`: any object again by its `nodeId`, or many at once.

`id` is unique within its type: the id that clients sent, so that what goes in comes out. An object that is known by
several ids, such as the mastery of a student and a target, has them joined as its `id`. `nodeId` is unique over all
types (docs/adr/0014-identity-for-client-caches.md).
"""

import asyncio
from typing import Annotated, Any, Self

import strawberry

from graph_api.domain.failures import InvalidInput, shown
from graph_api.domain.targets import TargetKind
from graph_api.schema.allowed_fields import may_see
from graph_api.schema.context import Info
from graph_api.schema.enums import describe_values

SEPARATOR, ESCAPE = "/", "%"
MOST_NODES = 500


@strawberry.interface(description="An object that can be read again through the query `node`.")
class Node:
    node_id: strawberry.ID = strawberry.field(
        description="Unique over all types, for client-side caches: the type's name, a colon, the object's own key."
    )
    id: strawberry.ID = strawberry.field(description="Unique within the type.")

    @classmethod
    async def load(cls, info: Info, key: str, /) -> Self | None:
        """The object with a key, which is the part of its node id after the type; None if it is not to be read.

        Each type reads itself through the request's loaders, so that many keys take one statement.
        """
        raise NotImplementedError(f"{cls.__name__} is an interface")


strawberry.enum(TargetKind, description="The two kinds of node that carry mastery.")
describe_values(
    TargetKind,
    CONCEPT="A concept, known by its id.",
    SKILL="A skill, known by its code.",
)


@strawberry.interface(
    name="Target",
    description="A concept or a skill, wherever both are possible. `__typename` and `kind` state which one.",
)
class TargetNode(Node):
    name: str = strawberry.field(description="The name of the concept or skill.")
    kind: TargetKind = strawberry.field(description="Whether the target is a concept or a skill.")


NodeId = Annotated[strawberry.ID, strawberry.argument(description="The `nodeId` of an object.")]


def node_id(type_name: str, key: str) -> strawberry.ID:
    """The node id of an object.

    >>> node_id("Student", "anna")
    'Student:anna'
    """
    return strawberry.ID(f"{type_name}:{key}")


def joined_id(*parts: str) -> strawberry.ID:
    """Several ids as one, whatever characters they contain: `/` and `%` within a part are escaped as in addresses.

    >>> joined_id("anna", "CONCEPT", "and/or")
    'anna/CONCEPT/and%2For'
    """
    return strawberry.ID(SEPARATOR.join(_escape(part) for part in parts))


def split_id(value: str) -> list[str]:
    """The inverse of `joined_id`; no parts for a text that it never makes.

    >>> split_id("anna/CONCEPT/and%2For")
    ['anna', 'CONCEPT', 'and/or']
    >>> split_id("100%")
    []
    """
    parts = [part.replace("%2F", SEPARATOR).replace("%25", ESCAPE) for part in value.split(SEPARATOR)]
    return parts if joined_id(*parts) == value else []


def _escape(part: str) -> str:
    return part.replace(ESCAPE, "%25").replace(SEPARATOR, "%2F")


def parse_node_id(value: str, field: str = "id") -> tuple[str, str]:
    """The type's name and the key in a node id.

    Raises:
        InvalidInput: it is not of the form Type:key.
    """
    type_name, colon, key = value.partition(":")
    if not (colon and type_name and key):
        raise InvalidInput(field, "must be a nodeId, as in Student:anna", shown(value))
    return type_name, key


async def load_node(info: Info, node_id: str) -> Node | None:
    """The object with a node id; None if it does not exist, or is hidden from the principal.

    Raises:
        InvalidInput: the text is not of the form Type:key.
    """
    return await load_object(info, *parse_node_id(node_id))


async def load_object(info: Info, type_name: str, key: str) -> Node | None:
    """The object of a type with a key; None if it does not exist, or is hidden from the principal."""
    definition: Any = info.schema.get_type_by_name(type_name)
    kind = getattr(definition, "origin", None)
    if not (isinstance(kind, type) and issubclass(kind, Node)) or definition.is_interface:
        return None
    return await kind.load(info, key) if may_see(info.context.principal.role, type_name) else None


async def _load_or_none(info: Info, node_id: str) -> Node | None:
    try:
        return await load_node(info, node_id)
    except InvalidInput:  # a text that names nothing
        return None


@strawberry.type
class NodeQuery:
    """Queries for objects of any type."""

    @strawberry.field(description="Any object again, by its nodeId; null if it does not exist.")
    async def node(self, info: Info, id: NodeId) -> Node | None:
        return await load_node(info, id)

    @strawberry.field(
        description="Objects again, by their nodeIds, in the order of the ids. Null for an id that does not exist, "
        "that is hidden from the caller, or that is not a nodeId."
    )
    async def nodes(
        self,
        info: Info,
        ids: Annotated[
            list[strawberry.ID], strawberry.argument(description=f"The `nodeId`s of objects, at most {MOST_NODES}.")
        ],
    ) -> list[Node | None]:
        if len(ids) > MOST_NODES:
            raise InvalidInput("ids", f"must hold at most {MOST_NODES} items, holds {len(ids)}")
        loads = (_load_or_none(info, each) for each in ids)
        loaded: list[Any] = await asyncio.gather(*loads, return_exceptions=True)
        return loaded  # an exception is the error of its own place
