"""Documents drawn from the schema: nested lists, aliases, fragments, and variables with values, defaults and floats."""

from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    OperationType,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
)
from hypothesis import strategies as st

from tests.schema_values import Known, qualified

LENGTHS = [1, 7, 50, 499, 500]


@dataclass
class Document:
    """A document in the making."""

    schema: GraphQLSchema
    known: Known
    draw: Any
    left: int
    """Fields that it may still have."""
    aliases: int = 0
    declared: list[str] = field(default_factory=list)
    variables: dict[str, Any] = field(default_factory=dict)

    def argument(self, name: str, kind: Any, parent: str) -> str:
        """An argument: a literal, a variable with a value, or a variable with a default."""
        value = self.value(kind, name, parent)
        how = self.draw(st.sampled_from(["literal", "variable", "variable", "default"]))
        if how == "literal":
            return f"{name}: {literal(kind, value)}"
        variable = f"v{len(self.declared)}"
        default = f" = {literal(kind, value)}" if how == "default" else ""
        self.declared.append(f"${variable}: {kind}{default}")
        if how == "variable":
            is_length = isinstance(value, int) and not isinstance(value, bool)
            self.variables[variable] = float(value) if is_length and self.draw(st.booleans()) else value
        return f"{name}: ${variable}"

    def value(self, kind: Any, name: str, parent: str) -> Any:
        """A valid value of an input type."""
        if is_non_null_type(kind):
            return self.value(kind.of_type, name, parent)
        if is_list_type(kind):
            return [self.value(kind.of_type, name, parent) for _ in range(self.draw(st.integers(1, 3)))]
        if isinstance(kind, GraphQLEnumType):
            return self.draw(st.sampled_from(sorted(kind.values)))
        if isinstance(kind, GraphQLInputObjectType):
            return {
                key: self.value(each.type, key, kind.name)
                for key, each in kind.fields.items()
                if is_required_input_field(each)
            }
        if kind.name == "Int":
            return self.draw(st.sampled_from(LENGTHS if name in {"first", "longest", "last"} else [1, 2, 5]))
        usual: Any = {
            "Float": st.sampled_from([0.3, 0.9]),
            "Boolean": st.booleans(),
            "ID": self.known.ids_for(qualified(parent, name)),
            "String": st.just("c"),
            "DateTime": st.just("2027-01-01T00:00:00Z"),
        }.get(kind.name, st.just({}))
        return self.draw(usual)

    def selection(self, kind: Any, depth: int) -> str:
        """Some fields of a type, with theirs."""
        named = get_named_type(kind)
        if is_leaf_type(named):
            return ""
        if isinstance(named, GraphQLUnionType | GraphQLInterfaceType):
            possible = sorted(self.schema.get_possible_types(named), key=str)
            chosen = self.draw(st.lists(st.sampled_from(possible), min_size=1, max_size=2, unique_by=str))
            return (
                f"{{ __typename {' '.join(f'... on {each.name} {self.selection(each, depth)}' for each in chosen)} }}"
            )
        fields = self.fields_of(named)
        leaves = [name for name, each in fields.items() if is_leaf_type(get_named_type(each.type)) and not each.args]
        deep = [name for name, each in fields.items() if not is_leaf_type(get_named_type(each.type)) or each.args]
        parts = ["__typename", *leaves[: self.draw(st.integers(0, 4))]]
        if depth > 0 and deep and self.left > 0:
            for name in self.draw(st.lists(st.sampled_from(deep), min_size=1, max_size=3)):
                self.left -= 1
                self.aliases += 1
                alias = f"a{self.aliases}: "
                parts.append(alias + self.call(named, name, named.fields[name], depth - 1))
        return f"{{ {' '.join(self.varied(named, part) for part in parts)} }}"

    def fields_of(self, kind: GraphQLObjectType) -> dict[str, GraphQLField]:
        """The fields of a type that may be drawn."""
        fields: dict[str, GraphQLField] = kind.fields
        return fields

    def varied(self, kind: GraphQLObjectType, part: str) -> str:
        """A field of a selection, as it stands in the document."""
        return part

    def call(self, parent: GraphQLObjectType, name: str, called: GraphQLField, depth: int) -> str:
        """A field with arguments and a selection."""
        given = [
            self.argument(key, argument.type, name)
            for key, argument in called.args.items()
            if is_required_argument(argument) or self.wanted(parent, key)
        ]
        arguments = f"({', '.join(given)})" if given else ""
        return f"{name}{arguments} {self.selection(called.type, depth)}"

    def wanted(self, parent: GraphQLObjectType, key: str) -> bool:
        """Whether to give an argument: lengths often, the one target always, filters seldom."""
        if key in {"first", "longest", "last"}:
            return bool(self.draw(st.integers(0, 3)))
        if key == "conceptId" and parent.name == "Student":
            return True
        return key in {"minAttempts", "kind"} and bool(self.draw(st.booleans()))


def literal(kind: Any, value: Any) -> str:
    """A value as GraphQL writes it."""
    if is_non_null_type(kind):
        return literal(kind.of_type, value)
    if isinstance(value, list):
        return f"[{', '.join(literal(kind.of_type, each) for each in value)}]"
    if isinstance(value, dict):
        fields = getattr(kind, "fields", {})
        return f"{{{', '.join(f'{key}: {literal(fields[key].type, each)}' for key, each in value.items())}}}"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) or isinstance(kind, GraphQLEnumType) else f'"{value}"'


@st.composite
def documents(draw: st.DrawFn, schema: GraphQLSchema, known: Known) -> tuple[str, dict[str, Any]]:
    """A query and its variables."""
    root = schema.get_root_type(OperationType.QUERY)
    document = Document(schema, known, draw, draw(st.integers(1, 12)))
    text = document.selection(root, draw(st.integers(2, 7)))
    declared = f"({', '.join(document.declared)})" if document.declared else ""
    return f"query{declared} {text}", document.variables
