"""The service as a subgraph of Apollo Federation; tests/clients has the composition and a gateway."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from graphql import (
    GraphQLObjectType,
    GraphQLUnionType,
    OperationDefinitionNode,
    build_client_schema,
    get_introspection_query,
    parse,
    print_schema,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners.people import Group, Student
from graph_api.domain.principals import Role
from graph_api.execution.query_costs import Costs
from graph_api.schema.allowed_fields import GATEWAYS, allowed_fields
from graph_api.schema.api import build_schema
from graph_api.schema.federation.entities import parse_representation
from graph_api.schema.federation.subgraph import ENTITIES, KEY, subgraph_sdl
from graph_api.schema.node import Node
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.learners.edit_people import upsert_group, upsert_students
from graph_api.usecases.learners.run_sessions import start_session
from tests.application import Client, service
from tests.conftest import NOW, Ask, make_course
from tests.graph_copy import GraphCopy
from tests.sizes import size
from tests.tokens import SECRET, signed

COPY = GraphCopy()

COST = 20_000
KEYS = "a key of the tests, that nothing else uses"
SCHEMA = build_schema(federation=True)
ENTITIES_QUERY = """query($representations: [_Any!]!) { _entities(representations: $representations) { __typename
  ... on Student { id name } ... on Session { id studentId } ... on Group { id name } ... on Course { id name }
  ... on Skill { id name } ... on Concept { id name } ... on Mastery { id attempts student { id } } } }"""
NAMES_ONLY = "query($representations: [_Any!]!) { _entities(representations: $representations) { __typename } }"
COURSES = """mutation { upsertCourses(input: [{id: "german", name: "German"}, {id: "french", name: "French"},
  {id: "latin", name: "Latin"}]) { __typename } }"""
Asked = Callable[..., Awaitable[Any]]


@pytest.fixture(scope="module")
async def subgraph(database: dict[str, str], gateway: Gateway) -> AsyncIterator[Client]:
    """The service as in production: with tokens, as a subgraph, and without introspection."""
    options: dict[str, Any] = {"federation": True, "development": False, "rate_limit": "", "analyst_min_group": 1}
    options["query_cost"] = COST
    async with service(database, jwt_secret=SECRET, pseudonym_key=KEYS, **options) as http:
        http.services.gateway.observe = gateway.observe
        yield http


@pytest.fixture
def asked(subgraph: Client) -> Asked:
    """Query as a caller; the whole reply."""

    async def ask(sub: str, role: str, query: str, **variables: object) -> Any:
        headers = {"Authorization": f"Bearer {signed(sub=sub, role=role)}"}
        reply = await subgraph.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        return reply.json()

    return ask


@pytest.fixture
async def school(gateway: Gateway, intake: AnswerIntake, raw: Ask) -> None:
    """Anna in Ms T's class, and Cleo in no class."""
    await COPY.begin(raw, lambda: make_school(gateway, intake))


async def make_school(gateway: Gateway, intake: AnswerIntake) -> None:
    await make_course(gateway)
    await upsert_students(gateway, [Student("anna", "Anna"), Student("cleo", "Cleo")], NOW)
    await upsert_group(gateway, Group("7b", "Class 7b", ["anna"], ["ms-t"]), NOW)
    for student in ("anna", "cleo"):
        await start_session(gateway, f"of-{student}", student, NOW)
        await intake.submit([AnswerInput(student, correct=True, concept_ids=["dative"], at=NOW)])


def of(type_name: str, *keys: object) -> list[dict[str, object]]:
    return [{"__typename": type_name, KEY: key} for key in keys]


@pytest.mark.usefixtures("school")
async def test_entities_in_the_order_of_their_representations(asked: Asked) -> None:
    mastery = "anna/CONCEPT/dative"
    representations = [
        *of("Mastery", mastery), *of("Student", "anna", "unknown"), *of("Skill", "cases"), *of("Concept", "dative"),
        *of("Group", "7b"), *of("Session", "of-anna"), *of("Mastery", "anna/SKILL/talk"), *of("Student", "anna"),
        {"__typename": "Student", "id": "cleo", "displayName": "a field that another service requires"},
    ]  # fmt: skip

    reply = await asked("lms", "service", ENTITIES_QUERY, representations=representations)

    anna = {"__typename": "Student", "id": "anna", "name": "Anna"}
    assert reply["data"]["_entities"] == [
        {"__typename": "Mastery", "id": mastery, "attempts": 1, "student": {"id": "anna"}},
        anna,
        None,
        {"__typename": "Skill", "id": "cases", "name": "Cases"},
        {"__typename": "Concept", "id": "dative", "name": "Dative"},
        {"__typename": "Group", "id": "7b", "name": "Class 7b"},
        {"__typename": "Session", "id": "of-anna", "studentId": "anna"},
        {"__typename": "Mastery", "id": "anna/SKILL/talk", "attempts": 0, "student": {"id": "anna"}},
        anna,
        {"__typename": "Student", "id": "cleo", "name": "Cleo"},
    ]
    assert "errors" not in reply


@pytest.mark.parametrize("kind", ENTITIES)
async def test_the_number_of_statements_does_not_follow_the_number_of_representations(
    asked: Asked, school: None, gateway: Gateway, intake: AnswerIntake, statements_seen: list[str], kind: str
) -> None:
    students, targets = [f"s{n}" for n in range(20)], ["nominative", "accusative", "dative"]
    await intake.submit([AnswerInput(each, correct=True, concept_ids=["dative"], at=NOW) for each in students])
    for each in students if kind in {"Session", "Group"} else ():
        await start_session(gateway, f"of-{each}", each, NOW)
        await upsert_group(gateway, Group(f"g-{each}", "G", [each]), NOW)
    if kind == "Course":
        await asked("operator", "admin", COURSES)
    keys = {
        "Course": ["german", "french", "latin", *(f"unknown {n}" for n in range(17))],
        "Student": students,
        "Session": [f"of-{each}" for each in students],
        "Group": [f"g-{each}" for each in students],
        "Mastery": [f"{each}/CONCEPT/{target}" for each in students for target in targets],
        "Skill": ["grammar", "cases", "talk", *(f"unknown {n}" for n in range(17))],
        "Concept": [*targets, *(f"unknown {n}" for n in range(17))],
    }[kind]
    spent = []
    for count in (2, len(keys)):
        statements_seen.clear()
        reply = await asked("lms", "service", ENTITIES_QUERY, representations=of(kind, *keys[:count]))
        assert "errors" not in reply
        assert sum(each is not None for each in reply["data"]["_entities"]) >= min(count, len(targets))
        spent.append(list(statements_seen))

    assert max(map(len, spent)) <= (5 if kind == "Mastery" else 1), spent


@pytest.mark.parametrize(
    ("kind", "own", "hidden"),
    [
        ("Student", "anna", "cleo"),
        ("Session", "of-anna", "of-cleo"),
        ("Mastery", "anna/CONCEPT/dative", "cleo/CONCEPT/dative"),
        ("Mastery", "anna/SKILL/talk", "cleo/SKILL/talk"),
    ],
)
@pytest.mark.parametrize("caller", [("anna", "student"), ("ms-t", "teacher")])
@pytest.mark.usefixtures("school")
async def test_a_hidden_object_looks_like_a_missing_one(
    asked: Asked, statements_seen: list[str], caller: tuple[str, str], kind: str, own: str, hidden: str
) -> None:
    async def see(key: str) -> tuple[Any, list[str]]:
        statements_seen.clear()
        reply = await asked(*caller, ENTITIES_QUERY, representations=of(kind, own, key))
        return reply, list(statements_seen)

    reply, statements = await see(hidden)

    assert (reply, statements) == await see(hidden.replace("cleo", "unknown"))
    assert reply["data"]["_entities"][0]["id"] == own
    assert reply["data"]["_entities"][1] is None


@pytest.mark.usefixtures("school")
async def test_an_analyst_gets_the_course_and_no_student(asked: Asked) -> None:
    keys = {"Student": "anna", "Session": "of-anna", "Mastery": "anna/SKILL/cases", "Skill": "cases"}
    representations = [each for kind, key in keys.items() for each in of(kind, key)]

    reply = await asked("ada", "analyst", NAMES_ONLY, representations=representations)
    refused = await asked("ada", "analyst", ENTITIES_QUERY, representations=representations)

    assert reply == {"data": {"_entities": [None, None, None, {"__typename": "Skill"}]}}
    assert {each["extensions"]["code"] for each in refused["errors"]} == {"FORBIDDEN"}


MALFORMED: list[tuple[object, str, str]] = [
    ("anna", "", "anna"),
    ({"id": "anna"}, ".__typename", ""),
    ({"__typename": "Run", "id": "anna"}, ".__typename", "Run"),
    ({"__typename": ["Student"], "id": "anna"}, ".__typename", "['Student']"),
    ({"__typename": "Student"}, ".id", ""),
    ({"__typename": "Student", "id": None}, ".id", ""),
    ({"__typename": "Student", "id": ""}, ".id", ""),
    ({"__typename": "Student", "id": ["anna"]}, ".id", "['anna']"),
    ({"__typename": "Student", "id": True}, ".id", "True"),
]
"""Representations, each with the part that is malformed, and its value."""


@pytest.mark.usefixtures("course")
async def test_a_malformed_representation_is_a_named_error_of_its_place(asked: Asked) -> None:
    representations = [*of("Skill", "talk"), *(each for each, _, _ in MALFORMED), *of("Skill", "cases")]

    reply = await asked("lms", "service", ENTITIES_QUERY, representations=representations)

    first, *between, last = reply["data"]["_entities"]
    assert (first["id"], last["id"]) == ("talk", "cases")
    assert between == [None] * len(MALFORMED)
    errors = {error["path"][1]: error for error in reply["errors"]}
    assert len(errors) == len(MALFORMED)
    for number, (_, part, value) in enumerate(MALFORMED, 1):
        named = errors[number]["extensions"]
        expected = ("INVALID_INPUT", f"representations[{number}]{part}", value)
        assert (named["code"], named["field"], named["value"]) == expected
        assert part != ".id" or "Student" in named["rule"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["__typename", "id", "x"]), inner),
    max_leaves=8,
)
NAMED = st.fixed_dictionaries({"__typename": st.sampled_from(ENTITIES), "id": JSON})


@settings(max_examples=size(60, 500), suppress_health_check=list(HealthCheck))
@given(JSON | NAMED)
def test_any_representation_is_read_or_named(representation: Any) -> None:
    try:
        type_name, key = parse_representation(representation, "r")
    except InvalidInput as failure:
        field = failure.field
    else:
        field = ""
        assert type_name == representation["__typename"]
        assert key == str(representation["id"]) != ""
    assert field in {"", "r", "r.__typename", "r.id"}


@pytest.mark.usefixtures("school")
async def test_keys_of_any_characters(asked: Asked, gateway: Gateway) -> None:
    names = ["anna/SKILL", "50%", "%2F", "a b", "Ж", '"', "12"]
    await upsert_students(gateway, [Student(each, "N") for each in names], NOW)
    masteries = 'query($id: ID!) { student(id: $id) { mastery(skillCode: "talk") { id } } }'
    ids = [(await asked("lms", "service", masteries, id=name))["data"]["student"]["mastery"]["id"] for name in names]

    representations = [*of("Student", *names, 12), *of("Mastery", *ids)]
    reply = await asked("lms", "service", ENTITIES_QUERY, representations=representations)

    students, of_students = reply["data"]["_entities"][: len(names)], reply["data"]["_entities"][len(names) + 1 :]
    assert [each["id"] for each in students] == names
    assert [each["student"]["id"] for each in of_students] == names
    assert reply["data"]["_entities"][len(names)]["id"] == "12"
    assert len(set(ids)) == len(names)


def cost(count: int) -> int:
    document = parse(ENTITIES_QUERY)
    (operation,) = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    return Costs(SCHEMA._schema, document, operation).of({"representations": of("Student", *range(count))})


def test_the_cost_follows_the_number_of_representations() -> None:
    assert cost(1_000) - cost(999) == cost(2) - cost(1) > 0
    literal = '{ _entities(representations: [{__typename: "Skill", id: "a"}, {__typename: "Skill", id: "b"}]) { __typename } }'
    document = parse(literal)
    (operation,) = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    assert Costs(SCHEMA._schema, document, operation).of({}) == 3


async def test_too_many_representations_are_refused_before_anything_is_read(
    asked: Asked, statements_seen: list[str]
) -> None:
    await asked("lms", "service", "{ serviceInfo { version } }")
    statements_seen.clear()
    reply = await asked("lms", "service", NAMES_ONLY, representations=of("Student", *range(COST + 1)))

    assert [each["extensions"]["code"] for each in reply["errors"]] == ["QUERY_TOO_LARGE"]
    assert statements_seen == []


async def test_the_schema_is_for_gateways_only(asked: Asked) -> None:
    for role in Role:
        reply = await asked("x", role.value, "{ _service { sdl } }")
        if role in {Role.SERVICE, Role.ADMIN}:
            assert reply == {"data": {"_service": {"sdl": subgraph_sdl(build_schema().as_str())}}}
        else:
            assert {each["extensions"]["field"] for each in reply["errors"]} == {"Query._service", "_Service.sdl"}


async def test_introspection_and_graphiql_show_both_fields(database: dict[str, str]) -> None:
    async with service(database, auth="none", federation=True) as http:
        reply = await http.post("/graphql", json={"query": get_introspection_query()})
        page = await http.get("/graphql", headers={"Accept": "text/html"})
        sdl = (await http.get("/schema.graphql")).text
        deep = "{ _service " + "{ sdl ".join([""] * 30) + "}" * 30
        refused = (await http.post("/graphql", json={"query": deep})).json()

    schema = build_client_schema(reply.json()["data"])
    assert schema.query_type
    assert {"_service", "_entities"} <= schema.query_type.fields.keys()
    union = schema.type_map["_Entity"]
    assert isinstance(union, GraphQLUnionType)
    assert sorted(each.name for each in union.types) == sorted(ENTITIES)
    assert "graphiql" in page.text.lower()
    assert "_entities(" in sdl
    assert refused["errors"]


async def test_without_the_setting_nothing_changes(client: Client) -> None:
    reply = (await client.post("/graphql", json={"query": "{ _service { sdl } }"})).json()
    assert "Cannot query field '_service'" in json.dumps(reply)

    plain, federated = build_schema()._schema, SCHEMA._schema
    added = {"_Any", "_Entity", "_Service"}
    assert federated.type_map.keys() - plain.type_map.keys() == added
    assert federated.query_type
    assert plain.query_type
    assert federated.query_type.fields.keys() - plain.query_type.fields.keys() == {"_entities", "_service"}
    assert print_schema(plain).count("\n") < print_schema(federated).count("\n")


def test_rules_are_about_fields_that_exist_with_the_setting_only() -> None:
    for fields in GATEWAYS.values():
        for coordinate in fields:
            name, _, field = coordinate.partition(".")
            kind = SCHEMA._schema.type_map[name]
            assert isinstance(kind, GraphQLObjectType)
            assert field in kind.fields
    new = {"Query._entities", "Query._service", "_Service.sdl"}
    assert new & allowed_fields(Role.STUDENT, students_may_record=True) == {"Query._entities"}
    assert new <= allowed_fields(Role.SERVICE, students_may_record=True)


def test_entities_are_nodes_with_the_key() -> None:
    for name in ENTITIES:
        kind = SCHEMA._schema.type_map[name]
        assert isinstance(kind, GraphQLObjectType)
        assert str(kind.fields[KEY].type) == "ID!"
        definition: Any = SCHEMA.get_type_by_name(name)
        assert issubclass(definition.origin, Node)


def test_the_subgraph_has_keys_and_leaves_node_and_subscriptions_to_the_service() -> None:
    sdl = subgraph_sdl(SCHEMA.as_str())

    assert sdl == subgraph_sdl(build_schema().as_str())
    for name in ENTITIES:
        (line,) = [each for each in sdl.splitlines() if each.startswith(f"type {name} ")]
        assert line.endswith('@key(fields: "id") {')
    assert "type PageInfo @shareable {" in sdl
    definitions = {getattr(getattr(each, "name", None), "value", "") for each in parse(sdl).definitions}
    assert not definitions & {"Node", "Subscription", "_Any", "_Entity", "_Service"}
    (query,) = [each for each in parse(sdl).definitions if getattr(getattr(each, "name", None), "value", "") == "Query"]
    names = {each.name.value for each in query.fields}  # type: ignore[attr-defined]
    assert "student" in names
    assert not names & {"node", "nodes", "_entities", "_service"}
