"""Compiled queries give what graphql-core gives: the same bytes, the same errors, the same cost."""

import os
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from graph_api.domain.principals import Principal, Role
from graph_api.execution.compiled.parts import Part, Parts
from graph_api.execution.row_loaders import LoadMany, LoadOne
from graph_api.schema.allowed_fields import ALLOWED
from graph_api.schema.loaders import Loaders
from graph_api.schema.services import Services
from graph_api.store.viewers import AnalystRules
from tests.both_ways import Reply, execute
from tests.conftest import NOW, Ask
from tests.fuzz_world import SCHEMA
from tests.schema_values import Known
from tests.security.test_fuzz import small_graph
from tests.sizes import size
from tests.varied_documents import varied_documents

LONG = os.environ.get("GRAPH_API_TEST_EQUIVALENCE")
"""The number of random documents; without it, the same few hundred each time."""
PRINCIPALS = {
    "admin": Principal("root", Role.ADMIN),
    "service": Principal("app", Role.SERVICE),
    "teacher": Principal("ada", Role.TEACHER),
    "student": Principal("anna", Role.STUDENT),
    "analyst": Principal("an", Role.ANALYST),
}
LOADERS = [name for name, each in vars(Loaders).items() if isinstance(each, LoadOne | LoadMany)]
OF_GROUP = 'query($id: ID! = "class") { group(id: $id) { members { nodes { name masteries { nodes { level } } } } } }'


@pytest.fixture(scope="module")
async def known(ask: Ask, raw: Ask) -> Known:
    """A small graph with one of everything."""
    return await small_graph(ask, raw)


@pytest.fixture(scope="module")
def at_one_time(services: Services) -> Services:
    """Services whose time stands still, so that both ways see the same moment."""
    rules = AnalystRules(b"a key of the tests, that nothing else uses", least=2)
    return replace(services, clock=lambda: NOW, analysts=rules)


async def both(
    services: Services, principal: Principal, query: str, variables: dict[str, Any], **more: Any
) -> tuple[Reply, Reply]:
    """The reply of a compiled query, and of graphql-core."""
    compiled = await execute(services, principal, query, variables, is_compiled=True, **more)
    return compiled, await execute(services, principal, query, variables, is_compiled=False, **more)


def check_same(replies: tuple[Reply, Reply], query: str, variables: dict[str, Any]) -> None:
    compiled, usual = replies
    assert compiled.data == usual.data, (query, variables)
    assert compiled.errors == usual.errors, (query, variables)
    assert compiled.extensions == usual.extensions, (query, variables)
    assert usual.fallback is None


@pytest.fixture(scope="module")
def fallbacks() -> Iterator[Counter[str | None]]:
    """Why random documents were not compiled, None for those that were; at the end, most were."""
    seen: Counter[str | None] = Counter()
    yield seen
    assert seen[None] > sum(seen.values()) / 2, seen


@settings(
    max_examples=int(LONG or size(60, 200)),
    derandomize=not LONG,
    deadline=None,
    database=None,
    phases=[Phase.generate],  # each example takes long to repeat
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
async def test_random_documents_have_the_same_reply_both_ways(
    at_one_time: Services, known: Known, fallbacks: Counter[str | None], data: st.DataObject
) -> None:
    principal = PRINCIPALS[data.draw(st.sampled_from(["admin", *PRINCIPALS]))]
    allowed: Collection[str] = ALLOWED[principal.role]
    query, variables = data.draw(varied_documents(SCHEMA, known, allowed))
    broken = data.draw(st.one_of(st.none(), st.none(), st.none(), st.sampled_from(LOADERS)))

    replies = await both(at_one_time, principal, query, variables, broken=broken)

    check_same(replies, query, variables)
    fallbacks[replies[0].fallback] += 1


async def test_an_operation_is_chosen_by_its_name(at_one_time: Services, known: Known) -> None:
    query = 'query A { me { role } } query B { student(id: "none") { name } }'
    for name, data in (
        ("A", b'{"me":{"role":"ADMIN"}}'),
        ("B", b'{"student":null}'),
        ("A", b'{"me":{"role":"ADMIN"}}'),
    ):
        compiled, usual = await both(at_one_time, PRINCIPALS["admin"], query, {}, operation_name=name)
        assert compiled == usual
        assert compiled.data == data


@pytest.mark.parametrize("role", PRINCIPALS)
@pytest.mark.usefixtures("known")
async def test_each_role_sees_the_same_of_a_class_both_ways(at_one_time: Services, role: str) -> None:
    replies = await both(at_one_time, PRINCIPALS[role], OF_GROUP, {})
    check_same(replies, OF_GROUP, {})


SHOWN = """id nodeId studentId kind level status attempts judgementCount __typename
  concept { id name skills { code name } prerequisites { id unlocks { id } } } skill { code name concepts { nodes { id } } }"""
LISTS = [
    f"masteries(kind: {kind}{more}) {{ totalCount nodes {{ {SHOWN} }} }}"
    for kind in ("CONCEPT", "SKILL")
    for more in ("", ", first: 1", ", status: LEARNING", ", orderBy: LEVEL_ASC", ", includeArchived: true")
]


@pytest.mark.parametrize("role", PRINCIPALS)
@pytest.mark.parametrize("number", range(len(LISTS)))
@pytest.mark.usefixtures("known")
async def test_lists_of_masteries_are_the_same_as_columns(at_one_time: Services, number: int, role: str) -> None:
    query = f'{{ student(id: "anna") {{ {LISTS[number]} }} group(id: "class") {{ members {{ nodes {{ {LISTS[number]} }} }} }} }}'
    check_same(await both(at_one_time, PRINCIPALS[role], query, {}), query, {})


@pytest.mark.usefixtures("known")
async def test_a_class_page_reads_only_what_it_shows(at_one_time: Services, statements_seen: list[str]) -> None:
    query = (
        f'{{ group(id: "class") {{ members {{ nodes {{ name {LISTS[0]} }} }} }} student(id: "anna") {{ {LISTS[1]} }} }}'
    )
    await execute(at_one_time, PRINCIPALS["admin"], query, {}, is_compiled=True)  # reads what the mark covers
    del statements_seen[:]
    await execute(at_one_time, PRINCIPALS["admin"], query, {}, is_compiled=True)
    assert sorted(statements_seen) == ["class_page/list_students_on_concepts", "class_page/read_group_on_concepts"]


@pytest.mark.parametrize(
    ("query", "variables", "fallback"),
    [
        ("{ __schema { queryType { name } } }", {}, "construct"),
        ('{ __type(name: "Query") { name } students { totalCount } }', {}, "construct"),
        ("query($id: ID!) { student(id: $id) { id } }", {}, "variables"),
        ("query($first: Int!) { students(first: $first) { totalCount } }", {"first": "x"}, "variables"),
        ("{ students(first: 0) { totalCount } }", {}, "failure"),
        ("{ a: serviceInfo { version } b: students(first: 501) { totalCount } }", {}, "failure"),
        ('{ nodes(ids: ["Student:anna", "Concept:accusative", "x"]) { __typename id ... on Student { name } } }', {}, None),
        ('{ student(id: "anna") { name name: name ... { id } ... @skip(if: true) { id } } }', {}, None),
        ('{ student(id: "anna") { answers { nodes { at difficulty } } } student(id: "anna") { answers { totalCount } } }', {}, None),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("known")
async def test_a_fallback_has_a_reason_and_the_same_reply(
    at_one_time: Services, query: str, variables: dict[str, Any], fallback: str | None
) -> None:
    replies = await both(at_one_time, PRINCIPALS["admin"], query, variables)
    check_same(replies, query, variables)
    assert replies[0].fallback == fallback


SHOWN = "nodes { level status attempts judgementCount concept { id skills { code } prerequisites { id name } } skill { name } }"
PAGES = [
    f"{{ student(id: $id) {{ name recencyAtSessionEnd masteries(kind: CONCEPT) {{ totalCount {SHOWN} }} }} }}",
    f"{{ a: student(id: $id) {{ masteries(kind: SKILL, first: 1) {{ {SHOWN} }} }} b: student(id: $id) {{ name }} }}",
    f"{{ student(id: $id) {{ a: masteries(kind: SKILL) {{ {SHOWN} }} b: masteries(kind: CONCEPT) {{ {SHOWN} }} }} }}",
    f"{{ group(id: $group) {{ size teacherIds members(first: 2) {{ nodes {{ id masteries(kind: CONCEPT) {{ {SHOWN} }} }} }} }} }}",
    f"{{ group(id: $group) {{ members {{ totalCount pageInfo {{ hasNextPage endCursor }} edges {{ cursor }} nodes {{ masteries(kind: SKILL) {{ {SHOWN} }} }} }} }} }}",
    "{ student(id: $id) { name answers(first: 2) { pageInfo { hasNextPage endCursor } nodes { id at correct conceptIds } } } }",
    "{ student(id: $id) { answers { totalCount nodes { id level: weight changes { levelAfter } } } groups { id } } }",
    "{ student(id: $id) { rootCauses { causes { conceptId level } } courses { id name } nextConcepts: readyToLearn { concept { id } } } }",
    "{ group(id: $group) { heatmap(kind: CONCEPT) { studentIds targetIds levels attempts students { name } } courses { id } } }",
    "{ group(id: $group) { distribution(kind: SKILL) { defined meanLevel } rootCauses { causes { conceptId students } } } }",
    "{ group(id: $group) { heatmap(kind: SKILL) { levels confidences } weakClusters { clusters { size } } series(kind: SKILL) { days } } }",
    f"{{ group(id: $group) {{ members(first: 0) {{ nodes {{ masteries(kind: SKILL) {{ {SHOWN} }} }} }} }} }}",
]  # fmt: skip


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("broken", [None, "students", "members", "shown_levels"])
async def test_pages_that_are_read_ahead_are_the_same(at_one_time: Services, broken: str | None) -> None:
    for query in PAGES:
        name, key = ("id", "anna") if "$id" in query else ("group", "class")
        text = f"query(${name}: ID!) {query}"
        for role, principal in PRINCIPALS.items() if broken is None else [("admin", PRINCIPALS["admin"])]:
            for variables in ({name: key}, {name: "missing"}):
                replies = await both(at_one_time, principal, text, variables, broken=broken)
                check_same(replies, role + text, variables)
                if broken is None and role == "admin":
                    assert bool(replies[0].errors) == ("first: 0" in query and variables[name] == key), text


@pytest.mark.usefixtures("known")
async def test_members_have_the_order_of_the_database_on_a_page_that_is_read_ahead(
    at_one_time: Services, raw: Ask
) -> None:
    """By code points on both engines: a smiley comes after a half-width letter, which it would not by UTF-16."""
    make = """CREATE (g:Group {id: 'scripts', name: 'g', search: 'g', revision: 1}) WITH g UNWIND $names AS name
      CREATE (:Student {id: name, name: name, search: name, revision: 1, created_at: $now})-[:MEMBER_OF]->(g)"""
    await raw(make, names=["\U0001f600", "\uff71", "a"], now=NOW)
    query = f'{{ group(id: "scripts") {{ members {{ nodes {{ id masteries(kind: CONCEPT) {{ {SHOWN} }} }} }} }} }}'
    check_same(await both(at_one_time, PRINCIPALS["admin"], query, {}), query, {})
    await raw("MATCH (s:Student)-[:MEMBER_OF]->(g:Group {id: 'scripts'}) DETACH DELETE s, g")


@pytest.mark.usefixtures("known")
async def test_an_invalid_level_is_the_same_failure_on_a_page_that_is_read_ahead(
    at_one_time: Services, raw: Ask
) -> None:
    await raw("MATCH (:Student {id: 'anna'})-[m:HAS_MASTERY]->(:Concept) SET m.kept = m.level, m.level = 7.0")
    try:
        query = f'{{ student(id: "anna") {{ name masteries(kind: CONCEPT) {{ {SHOWN} }} }} }}'
        replies = await both(at_one_time, PRINCIPALS["admin"], query, {})
        check_same(replies, query, {})
        assert replies[0].errors
    finally:
        await raw("MATCH (:Student {id: 'anna'})-[m:HAS_MASTERY]->(:Concept) SET m.level = m.kept REMOVE m.kept")


@pytest.mark.usefixtures("known")
async def test_what_is_kept_of_concepts_counts_as_if_it_were_made_again(at_one_time: Services, ask: Ask) -> None:
    query = "{ concepts { nodes { id name skillCodes prerequisites { name skills { code name } } } } }"
    first = await both(at_one_time, PRINCIPALS["admin"], query, {})
    check_same(first, query, {})
    again = await execute(at_one_time, PRINCIPALS["admin"], query, {}, is_compiled=True)
    assert (again.data, again.extensions) == (first[0].data, first[0].extensions)
    (concept, *_) = orjson.loads(first[0].data)["concepts"]["nodes"]
    rename = "mutation($input: [ConceptInput!]!) { upsertConcepts(input: $input) { __typename } }"
    for name in ("another name", concept["name"]):
        await ask(rename, input=[{"id": concept["id"], "name": name}])
        changed = await both(at_one_time, PRINCIPALS["admin"], query, {})
        check_same(changed, query, {})
        assert orjson.loads(changed[0].data)["concepts"]["nodes"][0]["name"] == name


def test_parts_are_bounded() -> None:
    parts = Parts({"Concept"}, most=3)
    first, second = parts.of_selection(), parts.of_selection()
    objects = [object() for _ in range(4)]
    first.add([Part(each, {}, 0, 1) for each in objects[:2]])
    second.add([Part(objects[2], {}, 0, 1)])
    assert (len(first.known), len(second.known)) == (2, 1)
    second.add([Part(objects[3], {}, 0, 1)])
    assert (len(first.known), len(second.known)) == (0, 1)
