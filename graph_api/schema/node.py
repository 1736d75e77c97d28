"""Relay's `Node`: any object again, by its `nodeId`.

`id` is the id that clients sent, so that what goes in comes out; `nodeId` is unique over all types.
"""

from typing import Annotated

import strawberry

from graph_api.domain.failures import InvalidInput, shown


@strawberry.interface(description="An object that can be read again through the query `node`.")
class Node:
    node_id: strawberry.ID = strawberry.field(
        description="Unique over all types, for client-side caches: the type's name, a colon, the object's own key."
    )


NodeId = Annotated[strawberry.ID, strawberry.argument(description="The `nodeId` of an object.")]


def node_id(type_name: str, key: str) -> strawberry.ID:
    """The node id of an object.

    >>> node_id("Student", "anna")
    'Student:anna'
    """
    return strawberry.ID(f"{type_name}:{key}")


def parse_node_id(value: str, field: str = "id") -> tuple[str, str]:
    """The type's name and the key in a node id.

    Raises:
        InvalidInput: it is not of the form Type:key.
    """
    type_name, colon, key = value.partition(":")
    if not (colon and type_name and key):
        raise InvalidInput(field, "must be a nodeId, as in Student:anna", shown(value))
    return type_name, key
