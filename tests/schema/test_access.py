"""Row-level and field access: every field of the schema, for every role, requested from the service itself."""

from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator
from pathlib import Path

import httpx
import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

from graph_api.domain.principals import Role
from graph_api.schema.access.rules import ACCESS
from graph_api.schema.allowed_fields import ALLOWED
from tests.application import service
from tests.tokens import SECRET, signed

SDL = Path(__file__).parents[2] / "schema.graphql"
SCHEMA = build_schema(SDL.read_text(encoding="utf-8"))
KEY = "a key of the tests, that nothing else uses"
ROOTS = {SCHEMA.query_type: "query", SCHEMA.mutation_type: "mutation", SCHEMA.subscription_type: "subscription"}


def composites(schema: GraphQLSchema) -> Iterator[GraphQLObjectType | GraphQLInterfaceType]:
    for kind in schema.type_map.values():
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and not kind.name.startswith("__"):
            yield kind


Selection = Callable[[str, GraphQLField], str]
"""Writes a field down with its arguments."""

FIELDS = [f"{kind.name}.{name}" for kind in composites(SCHEMA) for name in kind.fields]


def literal(kind: GraphQLInputType) -> str:
    """Some value of a type, as it stands in a document."""
    if is_non_null_type(kind):
        return str(literal(kind.of_type))
    if is_list_type(kind):
        return "[]"
    if isinstance(kind, GraphQLEnumType):
        return str(next(iter(kind.values)))
    if isinstance(kind, GraphQLInputObjectType):
        needed = (
            f"{name}: {literal(field.type)}" for name, field in kind.fields.items() if is_non_null_type(field.type)
        )
        return f"{{{', '.join(needed)}}}"
    plain = {"Boolean": "true", "Int": "1", "Float": "1.0", "DateTime": '"2026-01-01T00:00:00Z"', "JSON": "{}"}
    return plain.get(str(kind), '"x"')


def call(name: str, field: GraphQLField) -> str:
    """A field with the arguments that it must have."""
    given = [f"{arg}: {literal(kind.type)}" for arg, kind in field.args.items() if is_non_null_type(kind.type)]
    return f"{name}({', '.join(given)})" if given else name


def paths(
    allowed: Collection[str] = FIELDS,
    roots: Collection[str] = ("Query", "Mutation", "Subscription"),
    selection: Selection = call,
) -> dict[str, list[str]]:
    """The shortest way from a root to each type, by fields that are allowed: what to open, one after the other."""
    results: dict[str, list[str]] = {kind.name: [word] for kind, word in ROOTS.items() if kind and kind.name in roots}
    ahead = deque(name for name in results if name != "Subscription")  # whose fields cannot be skipped
    while ahead:
        name = ahead.popleft()
        kind = SCHEMA.type_map[name]
        steps: list[tuple[str, str]] = []
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            steps += [
                (get_named_type(field.type).name, selection(key, field))
                for key, field in kind.fields.items()
                if f"{name}.{key}" in allowed
            ]
        if isinstance(kind, GraphQLUnionType | GraphQLInterfaceType):
            steps += [(each.name, f"... on {each.name}") for each in SCHEMA.get_possible_types(kind)]
        if isinstance(kind, GraphQLObjectType):
            steps += [(each.name, f"... on {each.name}") for each in kind.interfaces]
        for to, step in steps:
            if to not in results:
                results[to] = [*results[name], step]
                ahead.append(to)
    return results


PATHS = paths()


MOST_TOGETHER = 5
"""Fields in one document. Those that it passes on its way may be refused too, and a reply names ten at most."""


def documents() -> Iterator[tuple[str, list[str]]]:
    """Documents that select each field and skip it where it is allowed, so that nothing runs; and what each selects."""
    for kind in composites(SCHEMA):
        together = 1 if kind is SCHEMA.subscription_type else MOST_TOGETHER
        listed = list(kind.fields)
        for first in range(0, len(listed), together):
            names = listed[first : first + together]
            yield document(kind, names), [f"{kind.name}.{name}" for name in names]


def document(kind: GraphQLObjectType | GraphQLInterfaceType, names: Iterable[str]) -> str:
    """A document that selects fields of a type."""
    word, *opened = PATHS[kind.name]
    fields = []
    for name in names:
        skipped = "" if opened or word == "subscription" else " @skip(if: true)"
        inside = "" if is_leaf_type(get_named_type(kind.fields[name].type)) else " { __typename }"
        fields.append(call(name, kind.fields[name]) + skipped + inside)
    if opened:
        opened[0] += " @skip(if: true)"
    return f"{word} {{ {' { '.join([*opened, ' '.join(fields)])}{' }' * (len(opened) + 1)}"


@pytest.fixture(scope="module")
async def guarded(database: dict[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    async with service(database, jwt_secret=SECRET, pseudonym_key=KEY, rate_limit="") as http:
        yield http


@pytest.mark.parametrize("role", Role)
async def test_every_field_is_allowed_or_refused_by_its_rule(
    guarded: httpx.AsyncClient, role: Role, record_property: Callable[[str, object], None]
) -> None:
    headers = {"Authorization": f"Bearer {signed(role=role.value)}"}
    refused = 0
    for text, coordinates in documents():
        reply = (await guarded.post("/graphql", json={"query": text}, headers=headers)).json()
        faults = [
            error["extensions"] for error in reply.get("errors", ()) if error["extensions"]["code"] == "FORBIDDEN"
        ]
        named = {fault["field"] for fault in faults}.intersection(coordinates)
        assert named == set(coordinates) - ALLOWED[role], (text, reply)
        refused += len(named)
    record_property("figure", f"access: {role} is refused {refused} of {len(FIELDS)} fields")


def test_every_field_has_exactly_one_rule() -> None:
    ruled = Counter(
        f"{kind}.{field}" for kind, rules in ACCESS.items() for fields in rules.values() for field in fields.split()
    )

    assert ruled == Counter(FIELDS)


def test_no_role_may_do_more_than_an_admin() -> None:
    assert all(ALLOWED[role] <= ALLOWED[Role.ADMIN] for role in Role)
    assert ALLOWED[Role.ADMIN] == set(FIELDS)


def test_only_these_write() -> None:
    """A mutation that is let through for one more role has to be thought of here as well."""
    writes = {role: {field for field in ALLOWED[role] if field.startswith("Mutation.")} for role in Role}
    answering = {
        f"Mutation.{name}"
        for name in ("recordAnswer", "recordAnswers", "startSession", "endSession", "startPlacement", "answerPlacement")
    }

    assert writes[Role.STUDENT] == answering | {"Mutation.gradeAnswer", "Mutation.recomputeRecency"}
    judging = {"Mutation.recordJudgements", "Mutation.revokeJudgements"}
    previews = {"Mutation.replay", "Mutation.replayEvidence"}  # which write nothing
    assert writes[Role.TEACHER] == judging | previews | {"Mutation.gradeAnswer"}
    assert writes[Role.ANALYST] == previews
    assert writes[Role.SERVICE] == answering | judging | {
        f"Mutation.{name}" for name in ("gradeAnswer", "replay", "replayEvidence", "upsertStudents", "recomputeRecency")
    }


@pytest.mark.parametrize("kind", ["Student", "Session", "Answer", "AnsweredQuestion", "Topic", "Change"])
def test_an_analyst_reads_no_field_about_students(kind: str) -> None:
    assert not any(field.startswith(f"{kind}.") for field in ALLOWED[Role.ANALYST])


def test_an_analyst_reads_levels_under_pseudonyms_and_nothing_else_of_a_mastery() -> None:
    fields = {field.partition(".")[2] for field in ALLOWED[Role.ANALYST] if field.startswith("Mastery.")}

    assert fields == {
        "studentId", "kind", "level", "status", "attempts", "judgementCount", "concept", "skill", "target", "thresholds",
    }  # fmt: skip


async def test_a_refusal_names_what_is_refused_and_nothing_runs(guarded: httpx.AsyncClient) -> None:
    headers = {
        "Authorization": f"Bearer {signed(role='student')}",
        "Accept": "application/graphql-response+json",
    }
    query = 'mutation { recordAnswer(input: {studentId: "quiz", skillCodes: ["x"], correct: true}) { __typename } '
    query += 'deleteStudent(id: "quiz") { ... on Failure { message } } }'

    reply = await guarded.post("/graphql", json={"query": query}, headers=headers)

    assert reply.status_code == 403
    assert reply.json() == {
        "errors": [
            {
                "message": "Mutation.deleteStudent: is not for the role student",
                "extensions": {
                    "code": "FORBIDDEN",
                    "field": "Mutation.deleteStudent",
                    "rule": "is not for the role student",
                    "value": "",
                },
            }
        ]
    }


@pytest.mark.parametrize(
    "query",
    [
        "query A { skills { totalCount } } query B { students { totalCount } }",
        "{ skills { totalCount } ...F } fragment F on Query { students { totalCount } }",
        "{ skills { totalCount } ... { ... on Query { a: students { totalCount } } } }",
        "query Q($no: Boolean = false) { skills { totalCount } students @include(if: $no) { totalCount } }",
    ],
    ids=["another operation", "a fragment", "an inline fragment and an alias", "left out by a variable"],
)
async def test_there_is_no_way_around(guarded: httpx.AsyncClient, query: str) -> None:
    headers = {"Authorization": f"Bearer {signed(role='student')}"}

    reply = (await guarded.post("/graphql", json={"query": query, "operationName": None}, headers=headers)).json()

    assert "FORBIDDEN" in str(reply) or "operation" in str(reply)
    assert not reply.get("data")


def test_the_documentation_lists_the_rules_of_the_root_fields(repository: Path) -> None:
    text = (repository / "docs/access.md").read_text(encoding="utf-8")
    head, *rows = [
        [cell.strip(" `") for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith(("| field", "| `")) and line.count("|") == len(Role) + 2
    ]
    results = {
        (name, Role(role)) for name, *cells in rows for role, cell in zip(head[1:], cells, strict=True) if cell == "yes"
    }
    roots = tuple(f"{kind.name}." for kind in ROOTS if kind)

    assert results == {
        (field.partition(".")[2], role) for role in Role for field in ALLOWED[role] if field.startswith(roots)
    }
