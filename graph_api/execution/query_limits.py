"""How large a query may be, checked before it runs.

A query is measured as if its fragments were written out in place, each fragment once: sixty fragments that double each
other are as quick to refuse as one. The cost is an upper bound of the fields of the reply, pages multiplied by their
length, from the variables as they are sent.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionSetNode,
)
from strawberry.extensions import SchemaExtension, ValidationCache

DOCUMENTS_KEPT = 500
"""Documents to remember, parsed, measured and validated: that is most of a small query's cost."""
NAME_LENGTH = 200
"""Characters of an `operationName`."""
ENOUGH = 10**12
"""Measures stop growing here."""


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """The limits of one request. Each is a setting."""

    depth: int = 20
    characters: int = 100_000
    tokens: int = 5_000
    aliases: int = 100
    root_fields: int = 30
    directives: int = 50
    fields: int = 3_000
    width: int = 200
    cost: int = 500_000
    objects: int = 100_000


DEFAULT_LIMITS = QueryLimits()


class Size(NamedTuple):
    """What a selection holds, fragments written out: `here` are its own fields, `widest` is the widest below."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    here: int = 0
    widest: int = 0

    def beside(self, other: "Size") -> "Size":
        """Two parts of one selection."""
        here = min(self.here + other.here, ENOUGH)
        return Size(
            max(self.depth, other.depth),
            min(self.fields + other.fields, ENOUGH),
            min(self.aliases + other.aliases, ENOUGH),
            min(self.directives + other.directives, ENOUGH),
            here,
            max(self.widest, other.widest, here),
        )

    def as_field(self, *, aliased: bool) -> "Size":
        """The field that has this selection."""
        return self._replace(
            depth=self.depth + 1,
            fields=min(self.fields + 1, ENOUGH),
            aliases=min(self.aliases + aliased, ENOUGH),
            here=1,
            widest=max(self.widest, 1),
        )


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    """The fragments of a document, by name."""
    return {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}


def operations_of(document: DocumentNode, name: str | None) -> list[OperationDefinitionNode]:
    """The operations of a document that may run: those of a name; all of them without one."""
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    return operations if name is None else [node for node in operations if node.name and node.name.value == name]


class Measure:
    """Measures one document. Fragments that include themselves count once; another rule refuses them."""

    def __init__(self, document: DocumentNode) -> None:
        self._fragments = fragments_of(document)
        self._sizes: dict[str, Size] = {}

    def of(self, selections: SelectionSetNode | None) -> Size:
        """The size of a selection."""
        size = Size()
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                own = self.of(node.selection_set).as_field(aliased=node.alias is not None)
            else:
                name = getattr(getattr(node, "name", None), "value", None)
                own = self._of_fragment(name) if name else self.of(getattr(node, "selection_set", None))
            size = size.beside(own).beside(Size(directives=len(node.directives or ())))
        return size

    def _of_fragment(self, name: str) -> Size:
        if name not in self._sizes:
            self._sizes[name] = Size()
            fragment = self._fragments.get(name)
            self._sizes[name] = self.of(fragment.selection_set if fragment else None)
        return self._sizes[name]


@lru_cache(maxsize=DOCUMENTS_KEPT)
def too_large(document: DocumentNode, limits: QueryLimits) -> str | None:
    """What is wrong with the size of a document; None if nothing is.

    >>> from graphql import parse
    >>> too_large(parse("{ a { b { c } } }"), QueryLimits(depth=2))
    'query: must nest at most 2 deep, nests 3'
    """
    measure = Measure(document)
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            size = measure.of(node.selection_set)
            for actual, limit, rule in (
                (size.depth, limits.depth, "must nest at most {0} deep, nests {1}"),
                (size.aliases, limits.aliases, "must have at most {0} aliases, has {1}"),
                (size.here, limits.root_fields, "must have at most {0} root fields, has {1}"),
                (size.directives, limits.directives, "must have at most {0} directives, has {1}"),
                (size.fields, limits.fields, "must have at most {0} fields, fragments written out, has {1}"),
                (size.widest, limits.width, "must have at most {0} fields in one selection, has {1}"),
            ):
                if actual > limit:
                    return "query: " + rule.format(limit, actual)
    return None


class TextLimits(SchemaExtension):
    """Refuses a document or an operation name that is too long, before anything reads it character by character."""

    def __init__(self, limits: QueryLimits) -> None:
        super().__init__()
        self._limits = limits

    def on_operation(self) -> Iterator[None]:
        """Look at the lengths.

        Raises:
            GraphQLError: one is above its limit.
        """
        asked = self.execution_context
        check_length("query", asked.query, self._limits.characters)
        check_length("operationName", asked._provided_operation_name, NAME_LENGTH)  # noqa: SLF001 - no public way
        yield


def check_length(field: str, text: str | None, most: int) -> None:
    """Refuse a text that is too long.

    Raises:
        GraphQLError: naming the field, the limit and the length.

    >>> check_length("query", "{ a }", 4)
    Traceback (most recent call last):
        ...
    graphql.error.graphql_error.GraphQLError: query: must have at most 4 characters, has 5
    """
    if text is not None and len(text) > most:
        raise GraphQLError(f"{field}: must have at most {most} characters, has {len(text)}")


class SizedValidation(ValidationCache):
    """Refuses a document that is too large before it is validated, which compares fields of a selection in pairs."""

    def __init__(self, limits: QueryLimits) -> None:
        super().__init__(DOCUMENTS_KEPT)
        self._limits = limits

    def on_validate(self) -> Iterator[None]:
        """Set the errors, if it is to be refused; else validate, or remember that it was valid."""
        if self.execution_context.pre_execution_errors:
            yield
            return
        document = self.execution_context.graphql_document
        try:
            fault = too_large(document, self._limits) if document is not None else None
        except RecursionError:
            fault = "query: must chain fewer fragments"
        if fault is None:
            yield from super().on_validate()
        else:
            self.execution_context.pre_execution_errors = [GraphQLError(fault)]
            yield
