"""Every document of the dashboard fits the schema, and each query runs on the demo class in a pinned number of statements."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    DefinitionNode,
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    OperationDefinitionNode,
    OperationType,
    Visitor,
    build_schema,
    parse,
    print_ast,
    validate,
    visit,
)

from tests.application import Client
from tests.conftest import Ask

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "dashboard" / "src" / "pages"
TABLE = Path(__file__).with_name("dashboard_documents.toml")
SCHEMA = build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"))
EXPECTED: dict[str, Any] = tomllib.loads(TABLE.read_text(encoding="utf-8"))


def read_definitions() -> Iterator[tuple[Path, DefinitionNode]]:
    """Every operation and fragment, with its file."""
    for path in sorted(PAGES.rglob("*.graphql")):
        yield from ((path, each) for each in parse(path.read_text(encoding="utf-8")).definitions)


DEFINITIONS = list(read_definitions())
FRAGMENTS = {each.name.value: each for _, each in DEFINITIONS if isinstance(each, FragmentDefinitionNode)}
OPERATIONS = [each for _, each in DEFINITIONS if isinstance(each, OperationDefinitionNode)]
NAMES = [each.name.value if each.name else "" for each in OPERATIONS]
QUERIES = {name: each for name, each in zip(NAMES, OPERATIONS, strict=True) if each.operation is OperationType.QUERY}


class Spreads(Visitor):
    """The names of fragments that are spread in some definitions."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: object) -> None:
        """Note a spread."""
        self.names.add(node.name.value)


def whole(operation: OperationDefinitionNode) -> DocumentNode:
    """An operation with the fragments that it needs, whichever files they are in."""
    spreads, last = Spreads(), -1
    visit(operation, spreads)
    while len(spreads.names) > last:
        last = len(spreads.names)
        for name in sorted(spreads.names & FRAGMENTS.keys()):
            visit(FRAGMENTS[name], spreads)
    used = [FRAGMENTS[name] for name in sorted(spreads.names & FRAGMENTS.keys())]
    return DocumentNode(definitions=(operation, *used))


def missing(name: str) -> str:
    """What to do about a query without a table."""
    return (
        f"{name} is not in {TABLE.relative_to(ROOT)}: add\n\n[{name}]\nstatements = <the number that this test prints>\n"
        "variables = { … }  # if the defaults of the document will not do\n"
    )


def test_each_operation_has_a_name_of_its_own() -> None:
    assert "" not in NAMES, [path for path, each in DEFINITIONS if getattr(each, "name", None) is None]
    assert len(set(NAMES)) == len(NAMES), sorted(NAMES)
    assert len(FRAGMENTS) == sum(isinstance(each, FragmentDefinitionNode) for _, each in DEFINITIONS)


def test_the_table_has_the_queries_and_nothing_else() -> None:
    assert EXPECTED.keys() - QUERIES.keys() == set(), "there are no such queries any more"
    unknown = sorted(QUERIES.keys() - EXPECTED.keys())
    assert not unknown, "\n".join(map(missing, unknown))
    for name, row in EXPECTED.items():
        assert row.keys() <= {"statements", "variables", "absent"}, name
        assert isinstance(row["statements"], int), name


@pytest.mark.parametrize("operation", OPERATIONS, ids=NAMES)
def test_each_document_fits_the_schema(operation: OperationDefinitionNode) -> None:
    errors = validate(SCHEMA, whole(operation))
    assert not errors, "\n".join(map(str, errors))


@pytest.mark.usefixtures("demo_class")
@pytest.mark.parametrize("name", QUERIES)
async def test_each_query_takes_its_pinned_number_of_statements(
    client: Client, ask: Ask, statements_seen: list[str], name: str
) -> None:
    row = EXPECTED.get(name, {})
    body = {"query": print_ast(whole(QUERIES[name])), "variables": row.get("variables", {}), "operationName": name}
    await ask("{ skills(first: 1) { nodes { code } } }")  # the course is read once, and then again only if it changes
    statements_seen.clear()

    reply = (await client.post("/graphql", json=body)).json()

    spent = list(statements_seen)
    assert "errors" not in reply, json.dumps(reply["errors"])[:1_000]
    assert name in EXPECTED, f"{missing(name)}It took {len(spent)}: {spent}"
    # Loads of one loader that fall into one turn of the event loop are one statement, so it may be fewer.
    assert len(spent) <= row["statements"], spent
    empty_fields = [
        field for field, value in reply["data"].items() if value is None and field not in row.get("absent", ())
    ]
    assert not empty_fields, f"{empty_fields} are null: give variables of what the demo class has"
