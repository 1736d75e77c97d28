"""Documents with everything that decides which fields a reply has: fragments, directives, fields that are merged, roles."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, OperationType
from hypothesis import strategies as st

from tests.documents import Document
from tests.schema_values import Known


@dataclass
class VariedDocument(Document):
    """A document in the making. `allowed` are the fields that its role may select."""

    allowed: Collection[str] = ()
    fragments: list[str] = field(default_factory=list)

    def fields_of(self, kind: GraphQLObjectType) -> dict[str, GraphQLField]:
        """The fields that the role may select."""
        return {name: each for name, each in kind.fields.items() if f"{kind.name}.{name}" in self.allowed}

    def wanted(self, parent: GraphQLObjectType, key: str) -> bool:
        """Whether to give an argument: seeds always, so that a draw is the same both ways."""
        return key == "seed" or super().wanted(parent, key)

    def varied(self, kind: GraphQLObjectType, part: str) -> str:
        """The field alone, twice, in a fragment, or under a condition."""
        how = self.draw(st.integers(0, 11))
        if how == 0:
            return f"{part} {part}"
        if how == 1:
            return f"... on {kind.name} {self.condition()} {{ {part} }}"
        if how == 2:
            return f"... {self.condition()} {{ {part} }}"
        if how == 3:
            name = f"F{len(self.fragments)}"
            self.fragments.append(f"fragment {name} on {kind.name} {{ {part} }}")
            return f"...{name} {self.condition()} ...{name}"
        if how == 4 and part.isidentifier():
            return f"{part} {self.condition()} again_{part}: {part}"
        return part

    def condition(self) -> str:
        """A directive, or none."""
        directive = self.draw(st.sampled_from(["", "include", "skip"]))
        if not directive:
            return ""
        value = self.draw(st.booleans())
        if self.draw(st.booleans()):
            return f"@{directive}(if: {str(value).lower()})"
        name = f"c{len(self.declared)}"
        self.declared.append(f"${name}: Boolean!")
        self.variables[name] = value
        return f"@{directive}(if: ${name})"


@st.composite
def varied_documents(
    draw: st.DrawFn, schema: GraphQLSchema, known: Known, allowed: Collection[str]
) -> tuple[str, dict[str, Any]]:
    """A query of a role, and its variables."""
    document = VariedDocument(schema, known, draw, draw(st.integers(1, 8)), allowed=allowed)
    text = document.selection(schema.get_root_type(OperationType.QUERY), draw(st.integers(2, 5)))
    declared = f"({', '.join(document.declared)})" if document.declared else ""
    return f"query Drawn{declared} {text} {' '.join(document.fragments)}", document.variables
