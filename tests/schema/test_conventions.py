"""Conventions of the schema: descriptions, payloads, failures, and the committed file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graphql import GraphQLInterfaceType, GraphQLObjectType, parse

from graph_api.schema.api import build_schema
from graph_api.schema.failures import TYPES

SCHEMA = build_schema()._schema


def silent() -> Iterator[str]:
    """Everything public without a description."""
    for name, kind in SCHEMA.type_map.items():
        if name.startswith("__"):
            continue
        parts: dict[str, Any] = getattr(kind, "fields", {}) | getattr(kind, "values", {})
        members = {f"{name}.{part}": each for part, each in parts.items()}
        arguments = {
            f"{member}({a})": each for member, part in members.items() for a, each in getattr(part, "args", {}).items()
        }
        yield from (what for what, each in ({name: kind} | members | arguments).items() if not each.description)


def test_everything_is_described() -> None:
    assert list(silent()) == []


def test_every_mutation_returns_a_payload_or_named_failures() -> None:
    failure = SCHEMA.type_map["Failure"]
    assert isinstance(failure, GraphQLInterfaceType)
    assert SCHEMA.mutation_type
    for name, field in SCHEMA.mutation_type.fields.items():
        result = getattr(field.type, "of_type", field.type)
        assert isinstance(result, GraphQLInterfaceType), name
        members = SCHEMA.get_possible_types(result)
        assert [each.name for each in members if each.name.endswith("Payload")], name
        failures = [each for each in members if not each.name.endswith("Payload")]
        assert failures, name
        assert all(failure in each.interfaces for each in failures), name
        assert "Unavailable" in {each.name for each in failures}, name


def test_the_reason_of_a_failure_needs_no_fragment() -> None:
    results = [kind for name, kind in SCHEMA.type_map.items() if name.endswith("Result")]
    assert len(results) > 20
    for result in results:
        assert isinstance(result, GraphQLInterfaceType)
        for kind in (result, *SCHEMA.get_possible_types(result)):
            assert isinstance(kind, GraphQLInterfaceType | GraphQLObjectType)
            assert kind.fields["failure"].type is SCHEMA.type_map["Failure"], kind.name


def test_every_failure_of_the_domain_has_a_type() -> None:
    for domain, kind in TYPES.items():
        assert domain.__name__ == kind.__name__
        assert isinstance(SCHEMA.type_map[kind.__name__], GraphQLObjectType)


def test_the_committed_schema_is_the_one_in_the_code(repository: Path) -> None:
    committed = (repository / "schema.graphql").read_text()
    assert committed == build_schema().as_str() + "\n"
    assert parse(committed).definitions
