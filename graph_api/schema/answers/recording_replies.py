"""Replies of compiled documents: for each type that a selection can meet, a function that makes the JSON of an object.

The objects are the schema's own, so that each field is mapped in one place. An answer is read from the domain's, by the
schema's columns: of twenty fields most replies show one.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any, TypeAlias

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLAbstractType,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionSetNode,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from graphql.language import FragmentDefinitionNode

from graph_api.schema.answers.recording_inputs import NotPlain
from graph_api.schema.failures import TYPES
from graph_api.schema.learners.answer import COLUMNS

Write: TypeAlias = Callable[[Any], Any]
"""Makes the JSON of an object."""
FAILURES = frozenset(kind.__name__ for kind in TYPES.values())
AS_IT_IS = frozenset({"ID", "String", "Boolean"})


class Replies:
    """Makes the functions of one document."""

    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._schema = schema
        self._fragments = fragments

    def selected(self, selections: Sequence[SelectionSetNode], kind: GraphQLObjectType) -> dict[str, list[FieldNode]]:
        """The fields that are selected on a type, by the key of the reply, in its order.

        Raises:
            NotPlain: with a directive or an argument.
        """
        fields: dict[str, list[FieldNode]] = {}
        for selection in selections:
            self._collect(selection, kind, fields)
        return fields

    def _collect(
        self, selection: SelectionSetNode, kind: GraphQLObjectType, fields: dict[str, list[FieldNode]]
    ) -> None:
        for node in selection.selections:
            if node.directives:
                raise NotPlain
            if isinstance(node, FieldNode):
                if node.arguments:
                    raise NotPlain
                fields.setdefault((node.alias or node.name).value, []).append(node)
                continue
            if isinstance(node, FragmentSpreadNode):
                fragment: FragmentDefinitionNode | InlineFragmentNode = self._fragments[node.name.value]
            elif isinstance(node, InlineFragmentNode):
                fragment = node
            else:
                raise NotPlain
            if fragment.directives:
                raise NotPlain
            if self._applies(fragment, kind):
                self._collect(fragment.selection_set, kind, fields)

    def _applies(self, fragment: FragmentDefinitionNode | InlineFragmentNode, kind: GraphQLObjectType) -> bool:
        if fragment.type_condition is None:
            return True
        condition: Any = self._schema.get_type(fragment.type_condition.name.value)
        return condition is kind or (is_abstract_type(condition) and self._schema.is_sub_type(condition, kind))

    def of_object(
        self, selections: Sequence[SelectionSetNode], kind: GraphQLObjectType, own: Mapping[str, Write] = {}
    ) -> Write:
        """The function for objects of a type; `own` has those of fields with resolvers."""
        written = [
            (key, own.get(nodes[0].name.value) or self._of_field(nodes, kind))
            for key, nodes in self.selected(selections, kind).items()
        ]
        return lambda source: {key: write(source) for key, write in written}

    def _of_field(self, nodes: Sequence[FieldNode], kind: GraphQLObjectType) -> Write:
        name = nodes[0].name.value
        if name == "__typename":
            return lambda _: kind.name
        below = [node.selection_set for node in nodes if node.selection_set]
        if name == "failure":
            return self.of_object(below, kind) if kind.name in FAILURES else lambda _: None
        field = kind.fields[name]
        definition = (field.extensions or {}).get("strawberry-definition")
        if definition is None or definition.base_resolver is not None or definition.extensions:
            raise NotPlain
        columns = COLUMNS if kind.name == "Answer" else {}
        read = columns.get(definition.python_name) or attrgetter(definition.python_name)
        item = get_named_type(field.type)
        if is_leaf_type(item):
            return _leaf(field, item, read)
        if isinstance(item, GraphQLObjectType) and item.name in {"Answer", "SampledMention"}:
            write = self.of_object(below, item)
            if is_list_type(get_nullable_type(field.type)):
                return lambda source: list(map(write, read(source)))
            return lambda source: write(read(source))
        raise NotPlain

    def of_failures(self, selections: Sequence[SelectionSetNode], result: str) -> dict[str, Write]:
        """The functions of the failures that a result declares, by the name of the type."""
        abstract: Any = self._schema.get_type(result)
        kinds: GraphQLAbstractType = abstract
        return {
            kind.name: self.of_object(selections, kind)
            for kind in self._schema.get_possible_types(kinds)
            if kind.name in FAILURES
        }


def _leaf(field: GraphQLField, kind: Any, read: Write) -> Write:  # noqa: ANN401 - a leaf type
    """The function of a leaf, or a list of leaves."""
    serialize: Write | None = None if kind.name in AS_IT_IS else kind.serialize
    if is_list_type(get_nullable_type(field.type)):
        if serialize is None:
            return lambda source: list(read(source))
        return lambda source: list(map(serialize, read(source)))
    is_required = is_non_null_type(field.type)

    def write(source: Any) -> Any:  # noqa: ANN401 - of the schema
        value = read(source)
        if value is None:
            if is_required:
                raise TypeError(f"{kind.name}! is null")
            return None
        return value if serialize is None else serialize(value)

    return write
