"""The SDL of the Apollo Federation subgraph: the schema as a gateway composes it with those of other services.

It is the schema of this service with keys, and without what only this service can answer
(docs/adr/0015-federation.md):

- the interface `Node` and the queries `node` and `nodes`: node ids of other services mean nothing here;
- subscriptions: clients open them at the service itself;
- the fields through which a gateway reads the subgraph.
"""

from dataclasses import replace
from typing import Final, TypeVar

from graphql import (
    ConstDirectiveNode,
    DefinitionNode,
    FieldDefinitionNode,
    InterfaceTypeDefinitionNode,
    NamedTypeNode,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    parse,
    print_ast,
)

KEY = "id"
"""The field of the key of each entity."""
ENTITIES: Final = ("Course", "Student", "Skill", "Concept", "Group", "Session", "Mastery")
"""Types that other services may extend, and that a gateway may read by their key."""
SHAREABLE: Final = ("PageInfo",)
"""Types that other services may define as well, with the same fields."""
OWN_TYPES: Final = frozenset({"Node", "Subscription", "_Any", "_Entity", "_Service"})
OWN_QUERIES: Final = frozenset({"node", "nodes", "_entities", "_service"})
LINK: Final = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@key", "@shareable"])'

Kind = TypeVar("Kind", ObjectTypeDefinitionNode, InterfaceTypeDefinitionNode)


def subgraph_sdl(sdl: str) -> str:
    """The SDL of the subgraph, from the SDL of the schema.

    >>> print(subgraph_sdl("type Query { node: Node a: Student } interface Node { id: ID! }"
    ...                    "type Student implements Node { id: ID! }").split("type Query")[1])
     {
      a: Student
    }
    <BLANKLINE>
    type Student @key(fields: "id") {
      id: ID!
    }
    """
    document = parse(sdl)
    parts = [_subgraph_part(each) for each in document.definitions if _name(each) not in OWN_TYPES]
    return f"{LINK}\n\n{print_ast(replace(document, definitions=tuple(parts)))}"


def _name(definition: object) -> str:
    return getattr(getattr(definition, "name", None), "value", "")


def _subgraph_part(definition: DefinitionNode) -> DefinitionNode:
    """A definition with its directives, and without what stays at the service."""
    if isinstance(definition, InterfaceTypeDefinitionNode):
        return _without_own(definition)
    if not isinstance(definition, ObjectTypeDefinitionNode):
        return definition
    return replace(_without_own(definition), directives=(*(definition.directives or ()), *_directives(definition)))


def _without_own(definition: Kind) -> Kind:
    interfaces: list[NamedTypeNode] = [each for each in definition.interfaces or () if _name(each) not in OWN_TYPES]
    fields: list[FieldDefinitionNode] = [
        each for each in definition.fields or () if _name(definition) != "Query" or _name(each) not in OWN_QUERIES
    ]
    return replace(definition, interfaces=tuple(interfaces), fields=tuple(fields))


def _directives(definition: ObjectTypeDefinitionNode) -> tuple[ConstDirectiveNode, ...]:
    if _name(definition) in ENTITIES:
        return _parsed(f'@key(fields: "{KEY}")')
    return _parsed("@shareable") if _name(definition) in SHAREABLE else ()


def _parsed(directives: str) -> tuple[ConstDirectiveNode, ...]:
    (extension,) = parse(f"extend type T {directives}").definitions
    assert isinstance(extension, ObjectTypeExtensionNode)  # noqa: S101 - for the type checker
    return tuple(extension.directives or ())
