"""Relay's `Node`: any object again, by its `nodeId`.

`id` is unique within its type: the id that clients sent, so that what goes in comes out. An object that is known by
several ids, such as the mastery of a student and a target, has them joined as its `id`. `nodeId` is unique over all
types (docs/adr/0014-identity-for-client-caches.md).
"""

from typing import Annotated

import strawberry

from graph_api.domain.failures import InvalidInput, shown


@strawberry.interface(description="An object that can be read again through the query `node`.")
class Node:
    node_id: strawberry.ID = strawberry.field(
        description="Unique over all types, for client-side caches: the type's name, a colon, the object's own key."
    )
    id: strawberry.ID = strawberry.field(description="Unique within the type.")


NodeId = Annotated[strawberry.ID, strawberry.argument(description="The `nodeId` of an object.")]
SEPARATOR, ESCAPE = "/", "%"


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


def parse_node_id(value: str) -> tuple[str, str]:
    """The type's name and the key in a node id.

    Raises:
        InvalidInput: it is not of the form Type:key.
    """
    type_name, colon, key = value.partition(":")
    if not (colon and type_name and key):
        raise InvalidInput("id", "must be a nodeId, as in Student:anna", shown(value))
    return type_name, key
