"""The fields that an operation selects, through its fragments: what access rules decide on."""

from collections.abc import Mapping
from functools import lru_cache

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    NamedTypeNode,
    SelectionSetNode,
    get_named_type,
)

from graph_api.execution.query_limits import DOCUMENTS_KEPT, fragments_of, operations_of


@lru_cache(maxsize=DOCUMENTS_KEPT)
def fields_of(document: DocumentNode, schema: GraphQLSchema, operation_name: str | None = None) -> frozenset[str]:
    """Every field that an operation selects, as Type.field, each fragment looked at where it is spread.

    A field is selected through the declared type of its place and through the type conditions around it, and has to
    be allowed for each of them: `... on Node { nodeId }` inside a student selects Node.nodeId and Student.nodeId. A
    fragment that no operation reaches selects nothing, and neither does the schema itself (`__schema`, `__type`,
    `__typename`). Without a name all operations count.

    >>> from graphql import build_schema, parse
    >>> fields = "{ a { ...F } } fragment F on A { b } fragment Unused on A { a { b } }"
    >>> sorted(fields_of(parse(fields), build_schema("type Query { a: A } type A { a: A b: Int }")))
    ['A.b', 'Query.a']
    """
    walk = _Walk(schema, fragments_of(document))
    for node in operations_of(document, operation_name):
        walk.through(node.selection_set, _types(schema.get_root_type(node.operation)))
    return frozenset(walk.fields)


def _types(kind: GraphQLNamedType | None) -> frozenset[GraphQLObjectType | GraphQLInterfaceType]:
    """A type as the types of a place, if it has fields; a union has none of its own."""
    return frozenset({kind} if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) else ())


class _Walk:
    """Walks the selections of a document, and collects what they select."""

    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self.fields: set[str] = set()
        self._schema = schema
        self._fragments = fragments
        self._walked: set[tuple[str, frozenset[GraphQLObjectType | GraphQLInterfaceType]]] = set()

    def through(
        self, selections: SelectionSetNode | None, place: frozenset[GraphQLObjectType | GraphQLInterfaceType]
    ) -> None:
        """Collect the fields of a selection at a place, which is the types that it is selected through."""
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                self._field(node, place)
            elif isinstance(node, InlineFragmentNode):
                self.through(node.selection_set, self._narrowed(place, node.type_condition))
            elif isinstance(node, FragmentSpreadNode) and (fragment := self._fragments.get(node.name.value)):
                inner = self._narrowed(place, fragment.type_condition)
                if (node.name.value, inner) not in self._walked:  # so that cycles end and doubling stays linear
                    self._walked.add((node.name.value, inner))
                    self.through(fragment.selection_set, inner)

    def _field(self, node: FieldNode, place: frozenset[GraphQLObjectType | GraphQLInterfaceType]) -> None:
        name = node.name.value
        if name.startswith("__"):  # the schema, whose types hold nothing of anyone; `__typename` has no fields
            return
        kinds = [kind for kind in place if name in kind.fields]
        self.fields.update(f"{kind.name}.{name}" for kind in kinds)
        if node.selection_set:
            below = [_types(get_named_type(kind.fields[name].type)) for kind in kinds]
            self.through(node.selection_set, frozenset().union(*below))

    def _narrowed(
        self, place: frozenset[GraphQLObjectType | GraphQLInterfaceType], condition: NamedTypeNode | None
    ) -> frozenset[GraphQLObjectType | GraphQLInterfaceType]:
        return place if condition is None else place | _types(self._schema.get_type(condition.name.value))
