"""Attacks: a caller with a valid token requests rows of others. Forged tokens: `test_authentication`.

A hidden row must look just like a missing row: in the reply, in its counts, and in the statements it took.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from graphql import GraphQLField, GraphQLObjectType, Undefined, get_named_type, is_leaf_type, is_non_null_type

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners.people import Group, Student
from graph_api.domain.principals import Principal, Role
from graph_api.schema.allowed_fields import ALLOWED
from graph_api.schema.api import build_schema
from graph_api.schema.context import Context
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.learners.edit_people import upsert_group, upsert_students
from graph_api.usecases.learners.run_sessions import start_session
from tests.application import Client, service
from tests.conftest import NOW, Ask, make_course
from tests.graph_copy import GraphCopy
from tests.schema.test_access import SCHEMA, literal, paths
from tests.tokens import SECRET, signed

COPY = GraphCopy()

KEY = "a key of the tests, that nothing else uses"
NAMES = {"anna": "Anna Ahrens", "ben": "Ben Brandt", "cleo": "Cleo Claus"}
Asked = Callable[..., Awaitable[Any]]


@pytest.fixture
async def school(gateway: Gateway, intake: AnswerIntake, raw: Ask) -> None:
    """Anna and Ben in Ms T's class, Cleo in Mr U's; each has answered, and is in a session."""
    await COPY.begin(raw, lambda: make_school(gateway, intake))


async def make_school(gateway: Gateway, intake: AnswerIntake) -> None:
    await make_course(gateway)
    await upsert_students(gateway, [Student(*each) for each in NAMES.items()], NOW)
    await upsert_group(gateway, Group("7b", "Class 7b", ["anna", "ben"], ["ms-t"]), NOW)
    await upsert_group(gateway, Group("8a", "Class 8a", ["cleo"], ["mr-u"]), NOW)
    for student in NAMES:
        await start_session(gateway, f"of-{student}", student, NOW)
        await intake.submit([AnswerInput(student, correct=False, concept_ids=["dative"], id=f"e-{student}")] * 1)


@pytest.fixture(scope="module")
async def guarded(database: dict[str, str], gateway: Gateway) -> AsyncIterator[Client]:
    async with service(database, jwt_secret=SECRET, pseudonym_key=KEY, analyst_min_group=1) as http:
        http.services.gateway.observe = gateway.observe
        yield http


@pytest.fixture
def asked(guarded: Client, school: None) -> Asked:
    """Query as a caller; the whole reply."""

    async def ask(sub: str, role: str, query: str, **variables: object) -> Any:
        headers = {"Authorization": f"Bearer {signed(sub=sub, role=role)}"}
        reply = await guarded.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        return reply.json()

    return ask


STUDENT_FIELDS = """id name nodeId groups { id name }
  masteries { totalCount nodes { level } } answers { totalCount nodes { id } } weakSkills { level }
  mastery(conceptId: "dative") { level attempts } levelAt(at: "2030-01-01T00:00:00Z", conceptId: "dative")
  topic(skillCode: "grammar") { masteryLevel } explain(conceptId: "dative") { attempts }
  learningCurve { answers } rootCauses(minAttempts: 1) { causes { conceptId } } due(below: 1) { retrievability }"""
ONE_STUDENT = f"query($id: ID!) {{ student(id: $id) {{ {STUDENT_FIELDS} }} }}"
BY_NODE = (
    f"query($id: ID!) {{ node(id: $id) {{ nodeId ... on Student {{ {STUDENT_FIELDS} }} ... on Group {{ name }} }} }}"
)
SESSION = "query($id: ID!) { session(id: $id) { studentId student { name } } }"
GROUP = "query($id: ID!) { group(id: $id) { id name } }"
CLASS = """query($id: ID!) { group(id: $id) { size teacherIds members { totalCount nodes { name } }
  heatmap { studentIds } distribution { meanLevel } atRisk { atRiskCount } learningCurve { answers } } }"""


async def test_a_student_sees_their_own(asked: Asked) -> None:
    student_seen = (await asked("anna", "student", ONE_STUDENT, id="anna"))["data"]["student"]

    assert (student_seen["name"], student_seen["answers"]["totalCount"]) == ("Anna Ahrens", 1)
    assert student_seen["masteries"]["totalCount"] == 2
    assert student_seen["groups"] == [{"id": "7b", "name": "Class 7b"}]
    assert student_seen["explain"]["attempts"] == 1
    assert student_seen["rootCauses"]["causes"] == [{"conceptId": "dative"}]


@pytest.mark.parametrize(
    ("who", "query", "hidden", "missing"),
    [
        (("anna", "student"), ONE_STUDENT, "ben", "nobody"),
        (("anna", "student"), BY_NODE, "Student:ben", "Student:nobody"),
        (("anna", "student"), BY_NODE, "Group:8a", "Group:none"),
        (("anna", "student"), BY_NODE, "Session:of-ben", "Session:none"),
        (("anna", "student"), BY_NODE, "Run:any", "Run:none"),
        (("anna", "student"), BY_NODE, "Answer:ben/e-ben", "Answer:ben/none"),
        (("anna", "student"), BY_NODE, "Mastery:ben/CONCEPT/dative", "Mastery:nobody/CONCEPT/dative"),
        (("anna", "student"), BY_NODE, "Mastery:ben/CONCEPT/dative/2030-01-01T00:00:00+00:00",
         "Mastery:nobody/CONCEPT/dative/2030-01-01T00:00:00+00:00"),
        (("anna", "student"), BY_NODE, "Topic:ben/cases", "Topic:nobody/cases"),
        (("anna", "student"), BY_NODE, "Recency:ben/cases", "Recency:nobody/cases"),
        (("anna", "student"), BY_NODE, "ConceptSampling:ben/dative", "ConceptSampling:nobody/dative"),
        (("anna", "student"), SESSION, "of-ben", "none"),
        (("anna", "student"), GROUP, "8a", "none"),
        (("ms-t", "teacher"), ONE_STUDENT, "cleo", "nobody"),
        (("ms-t", "teacher"), BY_NODE, "Student:cleo", "Student:nobody"),
        (("ms-t", "teacher"), SESSION, "of-cleo", "none"),
        (("ms-t", "teacher"), CLASS, "8a", "none"),
        (("mr-t", "teacher"), ONE_STUDENT, "anna", "nobody"),
        (("ms-t", "student"), ONE_STUDENT, "anna", "nobody"),
        (("an", "analyst"), BY_NODE.replace("... on Student", "... on Skill").replace(STUDENT_FIELDS, "code"),
         "Student:anna", "Student:nobody"),
    ],
)  # fmt: skip
async def test_a_hidden_row_looks_like_a_missing_row(
    asked: Asked, statements_seen: list[str], who: tuple[str, str], query: str, hidden: str, missing: str
) -> None:
    statements_seen.clear()
    of_hidden, of_hidden_sent = await asked(*who, query, id=hidden), list(statements_seen)
    statements_seen.clear()
    of_missing, of_missing_sent = await asked(*who, query, id=missing), list(statements_seen)

    assert of_hidden == of_missing
    assert list(of_hidden["data"].values()) == [None]
    assert of_hidden_sent == of_missing_sent, "the same work, so that the time reveals nothing"


@pytest.mark.parametrize(
    ("who", "seen"), [(("anna", "student"), "anna"), (("ms-t", "teacher"), "anna ben"), (("quiz", "service"), "anna ben cleo")]
)  # fmt: skip
async def test_nodes_are_null_where_they_are_hidden(asked: Asked, who: tuple[str, str], seen: str) -> None:
    keys = [
        ("Student", "{}"),
        ("Session", "of-{}"),
        ("Answer", "{0}/e-{0}"),
        ("Mastery", "{}/CONCEPT/dative"),
        ("Topic", "{}/cases"),
    ]
    ids = [f"{kind}:{key.format(name)}" for name in NAMES for kind, key in keys]

    reply = await asked(*who, "query($ids: [ID!]!) { nodes(ids: $ids) { nodeId } }", ids=ids)

    shown = {f"{kind}:{key.format(name)}" for name in seen.split() for kind, key in keys}
    assert reply == {"data": {"nodes": [{"nodeId": each} if each in shown else None for each in ids]}}


async def test_a_classmate_behind_an_alias(asked: Asked) -> None:
    query = '{ me: student(id: "anna") { name } student(id: "ben") { name } node(id: "Student:ben") { nodeId } }'

    assert (await asked("anna", "student", query))["data"] == {
        "me": {"name": "Anna Ahrens"},
        "student": None,
        "node": None,
    }


@pytest.mark.parametrize(
    "query",
    [
        '{ group(id: "7b") { members { nodes { name } } } }',
        '{ group(id: "7b") { size } }',
        '{ group(id: "7b") { heatmap { studentIds levels } } }',
        '{ student(id: "anna") { groups { members { nodes { answers { nodes { id } } } } } } }',
        '{ node(id: "Group:7b") { ... on Group { members { totalCount } } } }',
        "{ students { totalCount } }",
        "{ groups { totalCount } }",
        "{ rootCauses { students } }",
        "{ runs { nodes { input } } }",
    ],
)
async def test_a_classmate_by_way_of_the_class(asked: Asked, query: str) -> None:
    reply = await asked("anna", "student", query)

    assert "data" not in reply or reply["data"] is None
    assert {error["extensions"]["code"] for error in reply["errors"]} == {"FORBIDDEN"}
    assert "en" not in {name for name in NAMES.values() if name in str(reply)}


RECORD = """mutation($answers: [AnswerInput!]!) { recordAnswers(input: {answers: $answers}) { ... on RecordAnswersPayload {
  outcomes { __typename ... on RecordAnswerPayload { duplicate changes { levelAfter } }
    ... on Failure { code field rule value } } } ... on Failure { code } } }"""


def answer(student: str, **more: object) -> dict[str, object]:
    return {"studentId": student, "skillCodes": ["talk"], "correct": True, **more}


async def test_a_student_answers_for_a_classmate(asked: Asked, counts: Ask) -> None:
    before = await counts()
    sent = [answer("ben", id="x-1"), answer("nobody", id="x-2"), answer("anna", id="x-3")]

    reply = await asked("anna", "student", RECORD, answers=sent)

    first, second, third = reply["data"]["recordAnswers"]["outcomes"]
    assert first == {
        "__typename": "Forbidden", "code": "FORBIDDEN", "field": "studentId", "rule": "must be your own id", "value": "ben"
    }  # fmt: skip
    assert second == first | {"value": "nobody"}
    assert third["__typename"] == "RecordAnswerPayload"
    after = await counts()
    assert (after["answers"] - before["answers"], after["nodes"] - before["nodes"]) == (1, 0)


async def test_a_student_in_the_session_of_a_classmate(asked: Asked, raw: Ask) -> None:
    sent = [answer("anna", sessionId="of-ben"), answer("anna", sessionId="none")]
    first, second = (await asked("anna", "student", RECORD, answers=sent))["data"]["recordAnswers"]["outcomes"]
    assert first["code"] == "SESSION_NOT_FOUND"
    assert first | {"value": ""} == second | {"value": ""}

    end = """mutation($id: ID!) { endSession(input: {id: $id}) { __typename ... on Failure { code rule } } }"""
    assert await asked("anna", "student", end, id="of-ben") == await asked("anna", "student", end, id="none")
    (row,) = await raw("MATCH (s:Session {id: 'of-ben'}) RETURN s.status AS status")
    assert row["status"] == "IN_PROGRESS"
    assert (await asked("anna", "student", end, id="of-anna"))["data"]["endSession"]["__typename"] == "SessionPayload"

    start = """mutation($student: ID!, $id: ID) { startSession(input: {studentId: $student, id: $id}) {
      __typename ... on Failure { code } } }"""
    refused = await asked("anna", "student", start, student="ben", id="new")
    assert refused["data"]["startSession"] == {"__typename": "Forbidden", "code": "FORBIDDEN"}
    taken = await asked("anna", "student", start, student="anna", id="of-ben")
    assert taken["data"]["startSession"] == {"__typename": "InvalidInput", "code": "INVALID_INPUT"}
    assert (await asked("anna", "student", start, student="anna", id="fresh"))["data"]["startSession"][
        "__typename"
    ] == ("SessionPayload")
    assert await raw("MATCH (:Student {id: 'anna'})-[:HAS_SESSION]->(s) RETURN s.id AS id ORDER BY id") == [
        {"id": "fresh"},
        {"id": "of-anna"},
    ]


async def test_a_student_uses_the_event_id_of_a_classmate(asked: Asked, raw: Ask) -> None:
    sent = [answer("anna", id="e-ben", skillCodes=None, conceptIds=["dative"], correct=False)]

    (outcome,) = (await asked("anna", "student", RECORD, answers=sent))["data"]["recordAnswers"]["outcomes"]

    assert outcome["code"] == "ANSWER_ID_CONFLICT"
    assert "ben" not in outcome["rule"], "whose it is, is not told"
    assert len(await raw("MATCH ()-[a:ANSWERED {id: 'e-ben', position: 0}]->() RETURN a.id AS id")) == 1


async def test_a_teacher_sees_their_classes_and_no_more(asked: Asked) -> None:
    query = """{ students { totalCount nodes { name } } found: students(search: "c") { totalCount nodes { id } }
      other: students(groupId: "8a") { totalCount nodes { id } } byName: students(orderBy: NAME, first: 1) {
      nodes { id } pageInfo { endCursor hasNextPage } } groups { totalCount nodes { id members { totalCount } } } }"""

    data = (await asked("ms-t", "teacher", query))["data"]

    assert data["students"] == {"totalCount": 2, "nodes": [{"name": "Anna Ahrens"}, {"name": "Ben Brandt"}]}
    assert data["found"] == {"totalCount": 0, "nodes": []}
    assert data["other"] == {"totalCount": 0, "nodes": []}
    assert data["groups"] == {"totalCount": 1, "nodes": [{"id": "7b", "members": {"totalCount": 2}}]}
    rest = await asked(
        "ms-t", "teacher", "query($after: String) { students(orderBy: NAME, after: $after) { nodes { id } } }",
        after=data["byName"]["pageInfo"]["endCursor"],
    )  # fmt: skip
    assert [each["id"] for each in [*data["byName"]["nodes"], *rest["data"]["students"]["nodes"]]] == ["anna", "ben"]


async def test_a_teacher_reaches_another_class_by_a_mutation(asked: Asked, raw: Ask) -> None:
    replay = """mutation($group: ID, $student: ID) { replay(input: {parameterSetId: "bkt-concept-v1", groupId: $group,
      studentId: $student}) { __typename ... on ReplayPayload { masteries } ... on Failure { code rule } } }"""
    own = await asked("ms-t", "teacher", replay, group="7b")
    assert own["data"]["replay"] == {"__typename": "ReplayPayload", "masteries": 4}
    for hidden, missing in (({"group": "8a"}, {"group": "none"}), ({"student": "cleo"}, {"student": "none"})):
        assert await asked("ms-t", "teacher", replay, **hidden) == await asked("ms-t", "teacher", replay, **missing)

    join = """mutation { upsertGroup(input: {id: "8a", name: "Mine", teacherIds: ["ms-t"]}) { __typename } }"""
    (error,) = (await asked("ms-t", "teacher", join))["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert await raw("MATCH (:Teacher {id: 'ms-t'})-[:TEACHES]->(g) RETURN g.name AS name") == [{"name": "Class 7b"}]


async def test_a_cursor_of_a_classmate(asked: Asked) -> None:
    page = "query($id: ID!, $after: String) { student(id: $id) { masteries(first: 1, after: $after) { pageInfo { endCursor } } } }"
    stolen = (await asked("quiz", "service", page, id="ben"))["data"]["student"]["masteries"]["pageInfo"]["endCursor"]

    (error,) = (await asked("anna", "student", page, id="anna", after=stolen))["errors"]

    assert error["extensions"]["code"] == "INVALID_INPUT"


async def test_an_analyst_learns_nobodys_name(asked: Asked) -> None:
    query = """query($id: ID!) { group(id: $id) { name size heatmap(kind: CONCEPT) { studentIds levels }
      atRisk(inactiveDays: 1, asOf: "2030-01-01T00:00:00Z") { atRiskCount students { studentId reasons { message } } }
      learningCurve { answers } distribution { students } rootCauses(minAttempts: 1) { causes { students } } }
      rootCauses(minAttempts: 1) { students causes { conceptId students } } }"""

    reply = await asked("an", "analyst", query, id="7b")

    assert "errors" not in reply, reply
    seen = reply["data"]["group"]
    assert seen["learningCurve"] == [{"answers": 2}]
    assert len(seen["heatmap"]["studentIds"]) == seen["atRisk"]["atRiskCount"] == 2
    assert {each["studentId"] for each in seen["atRisk"]["students"]} == set(seen["heatmap"]["studentIds"])
    assert reply["data"]["rootCauses"] == {"students": 3, "causes": [{"conceptId": "dative", "students": 3}]}
    printed = json.dumps(reply)
    assert not any(secret in printed for secret in (*NAMES, *NAMES.values(), "ms-t"))
    again = await asked("another", "analyst", query, id="7b")
    assert again["data"]["group"]["heatmap"] == seen["heatmap"], "the same pseudonyms for every analyst"
    pseudonym = seen["heatmap"]["studentIds"][0]
    assert "errors" in await asked("an", "analyst", "query($id: ID!) { student(id: $id) { name } }", id=pseudonym)
    replay = """mutation($student: ID!) { replay(input: {parameterSetId: "bkt-concept-v1", studentId: $student}) {
      __typename } }"""
    refused = [await asked("an", "analyst", replay, student=key) for key in (pseudonym, "anna", "nobody")]
    assert [each["data"]["replay"]["__typename"] for each in refused] == ["Forbidden"] * 3


CHANGED = "subscription($s: ID, $g: ID) { masteryChanged(studentId: $s, groupId: $g) { student { id } } }"


def subscribe(guarded: Client, principal: Principal, **whom: str) -> Awaitable[Any]:
    context = Context(guarded.services, principal)
    return build_schema().subscribe(CHANGED, variable_values=whom, context_value=context)


async def first(stream: Any) -> Any:
    """The first event of a subscriber: a student's id, or an error's code."""
    if not hasattr(stream, "__anext__"):
        return stream.errors[0].original_error.code
    event = await asyncio.wait_for(anext(stream), 10)
    return event.errors[0].original_error.code if event.errors else event.data["masteryChanged"]["student"]["id"]


@pytest.mark.parametrize(
    ("who", "whom", "code"),
    [
        (Principal("anna", Role.STUDENT), {"s": "ben"}, "STUDENT_NOT_FOUND"),
        (Principal("anna", Role.STUDENT), {"s": "nobody"}, "STUDENT_NOT_FOUND"),
        (Principal("anna", Role.STUDENT), {"g": "8a"}, "GROUP_NOT_FOUND"),
        (Principal("ms-t", Role.TEACHER), {"s": "cleo"}, "STUDENT_NOT_FOUND"),
        (Principal("ms-t", Role.TEACHER), {"g": "8a"}, "GROUP_NOT_FOUND"),
        (Principal("an", Role.ANALYST), {"g": "7b"}, "FORBIDDEN"),
        (Principal("quiz", Role.SERVICE, datetime(2026, 1, 1, tzinfo=UTC)), {"s": "anna"}, "FORBIDDEN"),
    ],
)
@pytest.mark.usefixtures("school")
async def test_a_subscription_to_another_student(
    guarded: Client, who: Principal, whom: dict[str, str], code: str
) -> None:
    assert await first(await subscribe(guarded, who, **whom)) == code


@pytest.mark.usefixtures("school")
async def test_a_student_follows_their_class(guarded: Client, intake: AnswerIntake) -> None:
    """They get events about themselves only."""
    stream = await subscribe(guarded, Principal("anna", Role.STUDENT), g="7b")
    waiting = asyncio.create_task(first(stream))
    await asyncio.sleep(0.2)
    await intake.submit([AnswerInput(each, correct=True, skill_codes=["talk"]) for each in ("ben", "anna")])
    assert await waiting == "anna"
    await stream.aclose()


@pytest.mark.usefixtures("school")
async def test_a_class_is_taken_from_a_teacher_who_follows_it(
    guarded: Client, gateway: Gateway, intake: AnswerIntake
) -> None:
    stream = await subscribe(guarded, Principal("ms-t", Role.TEACHER), g="7b")
    waiting = asyncio.create_task(first(stream))
    await asyncio.sleep(0.2)
    await intake.submit([AnswerInput("anna", correct=True, skill_codes=["talk"])])
    assert await waiting == "anna"

    await upsert_group(gateway, Group("7b", "Class 7b", None, ["mr-u"]), NOW)
    waiting = asyncio.create_task(anext(stream))
    await asyncio.sleep(0.2)
    await intake.submit([AnswerInput("ben", correct=True, skill_codes=["talk"])])
    done, _ = await asyncio.wait([waiting], timeout=1.5)
    assert not done or "ben" not in str(waiting.result())
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)


@pytest.mark.usefixtures("school")
async def test_a_token_ends_while_it_is_used(guarded: Client) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=1)
    stream = await subscribe(guarded, Principal("quiz", Role.SERVICE, soon), s="anna")

    assert await first(stream) == "FORBIDDEN"


THERE = {
    "student": "anna", "group": "7b", "session": "of-anna", "concept": "dative", "skill": "grammar", "run": "a-run",
    "conceptId": "dative", "skillCode": "grammar", "node": "Concept:dative",
}  # fmt: skip


def of_school(name: str, field: GraphQLField) -> str:
    """A field with arguments that name existing rows."""
    given = []
    for arg, kind in field.args.items():
        if arg in {"conceptId", "topic"} or (arg == "skillCode" and "conceptId" not in field.args):
            given.append(f'{arg}: "{THERE[arg]}"')
        elif is_non_null_type(kind.type) and kind.default_value is Undefined:
            known = THERE.get(name, "x") if arg in {"id", "code"} else None
            given.append(f"{arg}: {literal(kind.type) if known is None else json.dumps(known)}")
    return f"{name}({', '.join(given)})" if given else name


def leaves(kind: Any, allowed: Collection[str]) -> str:
    """What of an object needs nothing."""
    fields = kind.fields.items() if isinstance(kind, GraphQLObjectType) else ()
    return " ".join(
        ["__typename", *(name for name, field in fields if f"{kind.name}.{name}" in allowed and not field.args
                         and is_leaf_type(get_named_type(field.type)))]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("who", "types"),
    [(("anna", "student"), 25), (("ms-t", "teacher"), 40), (("an", "analyst"), 35)],
    ids=lambda each: each[1] if isinstance(each, tuple) else "",
)
async def test_what_a_role_may_ask_for_it_is_given(asked: Asked, who: tuple[str, str], types: int) -> None:
    """The rules of fields and those of statements agree: nothing that is let through above is refused below."""
    allowed = ALLOWED[Role(who[1])]
    walked = 0
    for type_name, (word, *opened) in paths(allowed, ["Query"], of_school).items():
        kind = SCHEMA.type_map[type_name]
        if not isinstance(kind, GraphQLObjectType):
            continue
        fields = [
            of_school(name, field)
            + (
                ""
                if is_leaf_type(get_named_type(field.type))
                else f" {{ {leaves(get_named_type(field.type), allowed)} }}"
            )
            for name, field in kind.fields.items()
            if f"{type_name}.{name}" in allowed
        ]
        walked += bool(fields)
        query = f"{word} {{ {' { '.join([*opened, ' '.join(fields) or '__typename'])}{' }' * (len(opened) + 1)}"
        reply = await asked(*who, query)
        codes = {error["extensions"]["code"] for error in reply.get("errors", ())}
        assert codes <= {"INVALID_INPUT"}, (query, reply["errors"])
    assert walked >= types


async def test_the_students_behind_a_root_cause_are_listed_to_those_who_may_see_them(asked: Asked) -> None:
    """Staff see the list, analysts pseudonyms without names, teachers no group but their own, students nothing."""
    behind = "weakStudents { totalCount nodes { studentId level } } heldBackStudents { totalCount nodes { studentId } }"
    listed = f"""query($id: ID!) {{ group(id: $id) {{ heatmap(kind: CONCEPT) {{ studentIds }}
      rootCauses(minAttempts: 1) {{ causes {{ students studentsWeak {behind} }} }} }} }}"""
    named = listed.replace("nodes { studentId }", "nodes { studentId student { name } }")
    everyone = f"{{ rootCauses(minAttempts: 1) {{ causes {{ studentsWeak {behind} }} }} }}"

    taught = (await asked("ms-t", "teacher", named, id="7b"))["data"]["group"]
    (cause,) = taught["rootCauses"]["causes"]
    shown = {each["studentId"] for each in cause["heldBackStudents"]["nodes"]}
    assert shown == set(taught["heatmap"]["studentIds"])
    assert cause["students"] == cause["heldBackStudents"]["totalCount"] == len(shown) > 0
    assert all(each["student"]["name"] for each in cause["heldBackStudents"]["nodes"])
    assert (await asked("ms-t", "teacher", named, id="8a"))["data"]["group"] is None
    assert "errors" in await asked("ms-t", "teacher", everyone)

    seen = await asked("an", "analyst", listed, id="7b")
    (hidden,) = seen["data"]["group"]["rootCauses"]["causes"]
    assert hidden["weakStudents"]["totalCount"] == cause["weakStudents"]["totalCount"]
    assert [each["studentId"] for each in hidden["heldBackStudents"]["nodes"]] == seen["data"]["group"]["heatmap"][
        "studentIds"
    ]
    of_all = await asked("an", "analyst", everyone)
    assert "errors" not in of_all
    assert not any(secret in json.dumps([seen, of_all]) for secret in (*NAMES, *NAMES.values(), "ms-t"))
    assert "errors" in await asked("an", "analyst", named, id="7b"), "names are not for analysts"

    own = "query($id: ID!) { student(id: $id) { rootCauses { causes { weakStudents { totalCount } } } } }"
    for query, key in ((listed, "7b"), (own, "anna")):
        errors = (await asked("anna", "student", query, id=key))["errors"]
        assert {each["extensions"]["code"] for each in errors} == {"FORBIDDEN"}
