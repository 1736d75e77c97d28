"""Introspection by the standard query, for every role; and fragments, which change nothing of what may be selected."""

import inspect
from collections.abc import AsyncIterator, Iterator
from itertools import product
from typing import Any

import httpx
import pytest
from graphql import (
    FieldNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLUnionType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_client_schema,
    get_introspection_query,
    get_named_type,
    is_leaf_type,
    parse,
    print_schema,
    validate,
    visit,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.domain.principals import Role
from graph_api.execution.query_limits import DEFAULT_LIMITS, too_large
from graph_api.execution.selected_fields import fields_of
from graph_api.schema.allowed_fields import ALLOWED
from tests.application import service
from tests.schema.test_access import KEY, SCHEMA, call
from tests.sizes import size
from tests.tokens import SECRET, signed

FLAGS = [
    name
    for name, each in inspect.signature(get_introspection_query).parameters.items()
    if each.default in {True, False}
]
SHORT = "{__schema{types{...F}}} fragment F on __Type{name}"
UNUSUAL = {
    "a fragment on the schema": "query { ...S } fragment S on Query { __schema { ...T } } fragment T on __Schema { types { ... { name } } }",
    "one type": 'query { __type(name: "Student") { ...F fields { type { ...F } } } } fragment F on __Type { name kind }',
    "an unused alias": "query I { s: __schema { t: types { ...F } } } fragment F on __Type { n: name __typename }",
}  # fmt: skip


def standard_queries() -> Iterator[str]:
    """The standard query with every combination of its options."""
    for values in product([True, False], repeat=len(FLAGS)):
        for depth in (1, 7, 9):
            yield get_introspection_query(**dict(zip(FLAGS, values, strict=True)), type_depth=depth)


@pytest.fixture(scope="module")
async def production(database: dict[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    """A service with production's settings, which allows introspection."""
    given_ = {"jwt_secret": SECRET, "pseudonym_key": KEY, "rate_limit": "", "development": False, "introspection": True}
    async with service(database, **given_) as http:
        yield http


async def ask(http: httpx.AsyncClient, query: str, role: Role) -> Any:
    headers = {"Authorization": f"Bearer {signed(role=role.value)}"}
    return (await http.post("/graphql", json={"query": query}, headers=headers)).json()


def test_the_standard_query_selects_no_field_and_is_within_the_limits() -> None:
    seen = set()
    for query in standard_queries():
        document = parse(query)
        assert validate(SCHEMA, document) == []
        seen.add((fields_of(document, SCHEMA), too_large(document, DEFAULT_LIMITS)))

    assert seen == {(frozenset(), None)}


@pytest.mark.parametrize("role", Role)
async def test_every_role_introspects_where_introspection_is_on(production: httpx.AsyncClient, role: Role) -> None:
    full = get_introspection_query(**dict.fromkeys(FLAGS, True))
    bare = get_introspection_query(**dict.fromkeys(FLAGS, False))
    for query in (full, bare, get_introspection_query(), SHORT, *UNUSUAL.values()):
        reply = await ask(production, query, role)
        assert "errors" not in reply, reply["errors"]
    schema = build_client_schema((await ask(production, full, role))["data"])

    assert schema.type_map.keys() == SCHEMA.type_map.keys()
    assert "type Query" in print_schema(schema)


@pytest.mark.parametrize("query", [SHORT, get_introspection_query(), *UNUSUAL.values()], ids=lambda query: query[:40])
async def test_introspection_that_is_off_stays_refused(database: dict[str, str], query: str) -> None:
    async with service(database, jwt_secret=SECRET, development=False) as http:
        reply = await ask(http, query, Role.ADMIN)

    assert "introspection has been disabled" in str(reply["errors"])
    assert "data" not in reply


OPERATIONS = "query A { skills { totalCount } } query B { students { totalCount } } query C { ...F } fragment F on Query { students { totalCount } }"


@pytest.mark.parametrize(
    ("name", "codes"), [("A", []), ("B", ["FORBIDDEN"]), ("C", ["FORBIDDEN"]), (None, ["BAD_REQUEST"])]
)
async def test_only_the_operation_that_runs_counts(
    production: httpx.AsyncClient, name: str | None, codes: list[str]
) -> None:
    headers = {"Authorization": f"Bearer {signed(role='student')}"}
    body = {"query": OPERATIONS, "operationName": name}

    reply = (await production.post("/graphql", json=body, headers=headers)).json()

    assert {error["extensions"]["code"] for error in reply.get("errors", ())} == set(codes)
    assert bool(reply.get("data")) == (not codes)


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("{ student(id: 1) { ... on Node { nodeId } } }", "Query.student Node.nodeId Student.nodeId"),
        ("{ student(id: 1) { ...F } } fragment F on Node { nodeId }", "Query.student Node.nodeId Student.nodeId"),
        ("{ student(id: 1) { ... on Node { ... on Student { name } } } }", "Query.student Student.name"),
        ("{ node(id: 1) { nodeId } }", "Query.node Node.nodeId"),
        ("{ node(id: 1) { ... on Student { ... @include(if: true) { ...F } } } } fragment F on Node { nodeId }", "Query.node Node.nodeId Student.nodeId"),
        ("{ ...A } fragment A on Query { ...B skills { totalCount } } fragment B on Query { ...A }", "Query.skills SkillConnection.totalCount"),
        ("{ skills { totalCount } } fragment Unused on Query { students { totalCount } }", "Query.skills SkillConnection.totalCount"),
        ("mutation { upsertStudents(input: []) { ... on Failure { message } } }", "Mutation.upsertStudents Failure.message"),
        ("{ __typename ...F } fragment F on Query { __schema { types { fields { name } } } }", ""),
    ],
)  # fmt: skip
def test_a_field_is_selected_through_every_type_around_it(query: str, fields: str) -> None:
    assert fields_of(parse(query), SCHEMA) == frozenset(fields.split())


def test_an_interface_is_no_way_around_the_rules_of_its_types() -> None:
    """`node` and `nodes` give each role only objects of types that it may see, hence the exceptions."""
    for interface in SCHEMA.type_map.values():
        if isinstance(interface, GraphQLInterfaceType) and not interface.name.startswith("__"):
            for field, kind, role in product(interface.fields, SCHEMA.get_possible_types(interface), Role):
                if f"{interface.name}.{field}" in ALLOWED[role] and field not in {"nodeId", "id"}:
                    assert f"{kind.name}.{field}" in ALLOWED[role]


def test_doubling_fragments_are_walked_once() -> None:
    fragments = " ".join(f"fragment f{n} on Student {{ ...f{n + 1} ... on Node {{ ...f{n + 1} }} }}" for n in range(60))
    query = f"{{ student(id: 1) {{ ...f0 }} }} {fragments} fragment f60 on Student {{ name }}"

    assert fields_of(parse(query), SCHEMA) == {"Query.student", "Student.name"}


async def test_a_chain_of_fragments_is_refused_and_not_a_fault(production: httpx.AsyncClient) -> None:
    chain = " ".join(f"fragment f{n} on Student {{ ...f{n + 1} }}" for n in range(540))
    query = f"{{ students {{ nodes {{ ...f0 }} }} }} {chain} fragment f540 on Student {{ name }}"

    reply = await ask(production, query, Role.ADMIN)

    assert {error["extensions"]["code"] for error in reply["errors"]} == {"BAD_REQUEST"}


class Selected(Visitor):
    """An oracle: graphql-core's own idea of the type that each field of a document without fragments is selected on."""

    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self.info, self.fields = info, set[str]()

    def enter_field(self, node: FieldNode, *_: object) -> None:
        parent = self.info.get_parent_type()
        if parent is not None and not parent.name.startswith("__") and not node.name.value.startswith("__"):
            self.fields.add(f"{parent.name}.{node.name.value}")


def selected(query: str) -> set[str]:
    info = TypeInfo(SCHEMA)
    visitor = Selected(info)
    visit(parse(query), TypeInfoVisitor(info, visitor))
    return visitor.fields


META = "__schema { types { name fields { name type { name } } } }"
Tree = tuple[str, list[Any]]
"""A type, and what is selected on it: the name of a field or "", how it is written, and the tree below it or None."""


@st.composite
def trees(draw: st.DrawFn, name: str = "Query", depth: int = 4) -> Tree:
    """Some fields of a type, and of what is below it."""
    kind = SCHEMA.type_map[name]
    selections: list[tuple[str, str, Tree | None]] = [("", "__typename", None)]
    if name == "Query" and draw(st.booleans()):
        selections.append(("", META, None))
    if isinstance(kind, GraphQLInterfaceType | GraphQLUnionType):
        names = [each.name for each in SCHEMA.get_possible_types(kind)]
        for each in draw(st.lists(st.sampled_from(names), max_size=2, unique=True)):
            selections.append(("", f"... on {each}", draw(trees(each, depth - 1))))  # noqa: PERF401 - it draws
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        for field in draw(st.lists(st.sampled_from(sorted(kind.fields)), max_size=3, unique=True)):
            below = get_named_type(kind.fields[field].type)
            if is_leaf_type(below) or depth > 0:
                tree = None if is_leaf_type(below) else draw(trees(below.name, depth - 1))
                selections.append((field, f"{name}_{field}: {call(field, kind.fields[field])}", tree))
    return name, selections


def written(tree: Tree) -> str:
    """A tree as a selection."""
    return "{ " + " ".join(f"{head} {written(below) if below else ''}" for _, head, below in tree[1]) + " }"


def moved(tree: Tree, data: st.DataObject, fragments: list[str]) -> str:
    """The same selection, parts of which have moved into fragments, some of these into others."""
    name, selections = tree
    parts = []
    for field, head, below in selections:
        part = f"{head} {moved(below, data, fragments) if below else ''}"
        kind = SCHEMA.type_map[name]
        interfaces = kind.interfaces if isinstance(kind, GraphQLObjectType) else ()
        on = [name, *(each.name for each in interfaces if field in each.fields)]
        for _ in range(data.draw(st.integers(0, 2))):
            form, condition = (
                data.draw(st.sampled_from(["named", "inline", "bare", "twice"])),
                data.draw(st.sampled_from(on)),
            )
            if form in {"named", "twice"}:
                fragments.append(f"fragment f{len(fragments)} on {condition} {{ {part} }}")
                part = f"...f{len(fragments) - 1} " * (1 + (form == "twice"))
            elif form == "inline":
                part = f"... on {condition} {{ {part} }}"
            else:
                part = f"... {{ {part} }}"
            on = on if condition == name else [condition]  # what is inside must stay inside an interface
        parts.append(part)
    return "{ " + " ".join(parts) + " }"


@settings(max_examples=size(50, 500), deadline=None)
@given(trees(), st.data())
def test_moving_selections_into_fragments_changes_no_decision(tree: Tree, data: st.DataObject) -> None:
    plain = written(tree)
    fragments: list[str] = []
    query = f"{moved(tree, data, fragments)} {' '.join(fragments)}"
    unused = "fragment Unused on Query { auditLog { totalCount } }"
    assert validate(SCHEMA, parse(query)) == []

    oracle, inside = selected(plain), fields_of(parse(query), SCHEMA)

    assert fields_of(parse(plain), SCHEMA) >= oracle
    assert inside >= oracle
    assert inside == fields_of(parse(f"{query} {unused}"), SCHEMA)
    for role in Role:
        assert (inside <= ALLOWED[role]) == (oracle <= ALLOWED[role])
