"""What reaches an analyst: nothing about too few students, no names, no free text of callers."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from graphql import GraphQLObjectType, get_named_type, is_leaf_type

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners.people import Group, Student
from graph_api.domain.operations.runs import Algorithm, Run
from graph_api.domain.principals import Role
from graph_api.schema.allowed_fields import ALLOWED
from graph_api.store import runs
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.learners.edit_people import upsert_group, upsert_students
from graph_api.usecases.learners.run_sessions import start_session
from tests.application import service
from tests.conftest import NOW, Ask, make_course
from tests.graph_copy import GraphCopy
from tests.schema.test_access import KEY, SCHEMA, paths
from tests.security.test_row_level_access import leaves, of_school
from tests.tokens import SECRET, signed

COPY = GraphCopy()

SECRET_TEXT = "zaunkoenig"
"""Stands in every text that a caller chose about people."""
STUDENTS = [f"{SECRET_TEXT}-{number:02}" for number in range(12)]
CLASS = """query($id: ID!) { group(id: $id) { id name size heatmap(kind: CONCEPT) { studentIds targetIds levels attempts confidences targets { id } }
  distribution(kind: CONCEPT, skillCode: "cases") { defined coverage meanLevel statuses { status count } hardest(minStudents: 1) { students needFocus } }
  learningCurve(conceptId: "accusative") { opportunity answers } weakClusters(minAttempts: 1) { clusters { size } }
  rootCauses(minAttempts: 1) { students causes { conceptId students studentsBlocked studentsWeak
    weakStudents { nodes { studentId } } heldBackStudents { nodes { studentId } } blockedStudents { nodes { studentId } } } }
  atRisk(inactiveDays: 1, asOf: "2030-01-01T00:00:00Z") { atRiskCount students { studentId reasons { message } } } } }"""
REPLAY = """mutation($id: ID!) { replay(input: {parameterSetId: "bkt-skill-v1", groupId: $id, conceptIds: ["dative"]}) {
  __typename ... on ReplayPayload { masteries changed statusChanged } ... on GroupTooSmall { code rule message value } } }"""
COMPARISON = "query($id: ID) { modelComparison(kind: CONCEPT, groupId: $id, folds: 2) { students models { calibration { answers } } } }"


@pytest.fixture
async def crowd(gateway: Gateway, intake: AnswerIntake, raw: Ask) -> None:
    """Twelve students who answered "dative" wrong; three of them "accusative" right. Groups of 9, 10 and 10."""
    await COPY.begin(raw, lambda: make_crowd(gateway, intake))


async def make_crowd(gateway: Gateway, intake: AnswerIntake) -> None:
    await make_course(gateway)
    await upsert_students(gateway, [Student(key, f"{SECRET_TEXT} {key}") for key in STUDENTS], NOW)
    teachers = [f"{SECRET_TEXT}-teacher"]
    await upsert_group(gateway, Group("nine", f"{SECRET_TEXT} nine", STUDENTS[:9], teachers), NOW)
    await upsert_group(gateway, Group("7b", f"{SECRET_TEXT} ten", STUDENTS[:10], teachers), NOW)
    await upsert_group(gateway, Group("other-ten", f"{SECRET_TEXT} others", STUDENTS[2:], teachers), NOW)
    for place, key in enumerate(STUDENTS):
        session = f"{SECRET_TEXT}-session-{place}"
        await start_session(gateway, session, key, NOW)
        about = {"session_id": session, "question_id": f"{SECRET_TEXT}-question"}
        answers = [
            AnswerInput(key, correct=False, concept_ids=["dative"], id=f"{SECRET_TEXT}-{place}-{n}", at=NOW, **about)  # type: ignore[arg-type]
            for n in range(6)
        ]
        if place < 3:
            answers += [AnswerInput(key, correct=True, concept_ids=["accusative"], at=NOW) for _ in range(4)]
        await intake.submit(answers)
    asked = {"studentId": STUDENTS[0], "note": SECRET_TEXT}
    run = Run("a-run", Algorithm.RECOMPUTE_RECENCY, "1", {"days": 1.0}, "mutation", NOW, input=asked)
    await gateway.write(lambda tx: runs.put(tx, run.failed(NOW, f"could not: {STUDENTS[0]}")))


class Analyst:
    """Queries in the name of one analyst."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def __call__(self, query: str, role: str = "analyst", **variables: object) -> Any:
        headers = {"Authorization": f"Bearer {signed(sub='an', role=role)}"}
        reply = await self._http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        return reply.json()


@pytest.fixture(scope="module")
async def guarded(database: dict[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    async with service(database, jwt_secret=SECRET, pseudonym_key=KEY, rate_limit="") as http:
        yield http


@pytest.fixture
def analyst(guarded: httpx.AsyncClient, crowd: None) -> Analyst:
    return Analyst(guarded)


def codes(reply: Any) -> list[str]:
    return [error["extensions"]["code"] for error in reply.get("errors", ())]


async def test_a_group_below_the_minimum_is_an_error_and_one_at_the_minimum_is_shown(analyst: Analyst) -> None:
    refused = await analyst(CLASS, id="nine")
    shown = await analyst(CLASS, id="7b")

    assert refused["data"]["group"] is None
    (error,) = refused["errors"]
    assert error["extensions"]["code"] == "GROUP_TOO_SMALL"
    assert error["message"] == (
        "group: must have at least 10 students to be shown to an analyst; choose a larger group"
    ), "the minimum, and not the size"
    assert codes(shown) == []
    assert (shown["data"]["group"]["size"], len(shown["data"]["group"]["heatmap"]["studentIds"])) == (10, 10)
    as_admin = await analyst(CLASS, role="admin", id="nine")
    assert as_admin["data"]["group"]["size"] == 9


@pytest.mark.parametrize("query", [
    '{ group(id: "nine") { size } }', '{ group(id: "nine") { id } }', '{ node(id: "Group:nine") { nodeId } }',
    '{ modelComparison(groupId: "nine") { students } }',
])  # fmt: skip
async def test_no_way_leads_to_a_small_group(analyst: Analyst, query: str) -> None:
    assert codes(await analyst(query)) == ["GROUP_TOO_SMALL"]


async def test_one_small_group_does_not_hide_its_neighbours(analyst: Analyst) -> None:
    reply = await analyst('{ a: group(id: "nine") { id } b: group(id: "7b") { id } c: group(id: "none") { id } }')

    assert reply["data"] == {"a": None, "b": {"id": "7b"}, "c": None}
    assert [error["path"] for error in reply["errors"]] == [["a"]]


async def test_lists_leave_small_groups_out_and_search_in_no_names(analyst: Analyst) -> None:
    listed = "query($s: String) { groups(search: $s) { totalCount nodes { id name } } }"

    everything = (await analyst(listed))["data"]["groups"]
    assert everything == {
        "totalCount": 2,
        "nodes": [{"id": "7b", "name": "7b"}, {"id": "other-ten", "name": "other-ten"}],
    }
    assert (await analyst(listed, s="Other"))["data"]["groups"]["totalCount"] == 1
    assert (await analyst(listed, s=SECRET_TEXT[:4]))["data"]["groups"] == {"totalCount": 0, "nodes": []}
    assert (await analyst(listed, role="admin", s=SECRET_TEXT[:4]))["data"]["groups"]["totalCount"] == 3


async def test_figures_of_few_students_are_left_out(analyst: Analyst) -> None:
    """Three of ten practised "accusative": nothing of it is shown, nor the seven others by subtraction."""
    seen, known = [(await analyst(CLASS, role=role, id="7b"))["data"]["group"] for role in ("analyst", "admin")]

    assert [known["distribution"][name] for name in ("defined", "meanLevel")] != [None, None]
    assert seen["distribution"]["defined"] is seen["distribution"]["coverage"] is None
    assert not {"MASTERED", "LEARNING"} & {each["status"] for each in seen["distribution"]["statuses"] if each["count"]}
    assert known["learningCurve"]
    assert seen["learningCurve"] == []
    assert seen["distribution"]["hardest"] == [{"students": 10, "needFocus": 10}]
    assert len(known["distribution"]["hardest"]) == 2
    assert "accusative" in known["heatmap"]["targetIds"]
    assert "accusative" not in seen["heatmap"]["targetIds"]
    assert [each["id"] for each in seen["heatmap"]["targets"]] == seen["heatmap"]["targetIds"]
    assert {len(row) for row in seen["heatmap"]["confidences"]} == {len(seen["heatmap"]["targetIds"])}
    assert [(each["conceptId"], each["students"]) for each in seen["rootCauses"]["causes"]] == [("dative", 10)]
    assert seen["atRisk"]["atRiskCount"] == 10


async def test_students_at_risk_are_not_listed_where_they_are_few(analyst: Analyst, intake: AnswerIntake) -> None:
    for key in STUDENTS[:7]:
        await intake.submit([AnswerInput(key, correct=True, concept_ids=["dative"]) for _ in range(12)])
    query = '{ group(id: "7b") { atRisk { atRiskCount students { studentId } } rootCauses { causes { conceptId students } } } }'

    known, seen = (await analyst(query, role="admin"))["data"]["group"], (await analyst(query))["data"]["group"]

    assert 0 < known["atRisk"]["atRiskCount"] < 10
    assert 0 < known["rootCauses"]["causes"][0]["students"] < 10
    assert seen == {"atRisk": {"atRiskCount": None, "students": []}, "rootCauses": {"causes": []}}


async def test_a_replay_or_comparison_over_few_students_is_an_error(analyst: Analyst) -> None:
    assert (await analyst(REPLAY, id="7b"))["data"]["replay"]["masteries"] == 10
    small = (await analyst(REPLAY, id="nine"))["data"]["replay"]
    few = (await analyst(REPLAY.replace("dative", "accusative"), id="7b"))["data"]["replay"]
    compared = await analyst(COMPARISON.replace("folds", 'conceptIds: ["accusative"], folds'), id="7b")

    assert [each["code"] for each in (small, few)] == ["GROUP_TOO_SMALL"] * 2
    assert few["value"] == ""
    assert codes(compared) == ["GROUP_TOO_SMALL"]
    whole = (await analyst(COMPARISON, id="7b"))["data"]["modelComparison"]
    assert whole["students"] == 10


async def test_all_students_together_have_to_be_enough(analyst: Analyst, raw: Ask) -> None:
    query = "{ rootCauses(minAttempts: 1) { students causes { students weakStudents { totalCount } } } }"
    enough = await analyst(query)
    await raw("MATCH (student:Student) WHERE student.id > $last DETACH DELETE student", last=STUDENTS[8])

    assert enough["data"]["rootCauses"]["students"] == 12
    for each in (query, "{ weakClusters { clusters { size } } }", "{ modelComparison { students } }"):
        assert codes(await analyst(each)) == ["GROUP_TOO_SMALL"], each
    assert codes(await analyst("{ runs { totalCount } skills { totalCount } groups { totalCount } }")) == []


@pytest.mark.parametrize("scope", ["group", "global"])
@pytest.mark.usefixtures("crowd")
async def test_pseudonyms_link_groups_only_with_a_setting(database: dict[str, str], scope: str) -> None:
    query = """{ a: group(id: "7b") { heatmap { studentIds } rootCauses { causes { weakStudents { nodes { studentId } } } } }
      b: group(id: "other-ten") { heatmap { studentIds } } rootCauses { causes { weakStudents { nodes { studentId } } } } }"""
    async with service(database, jwt_secret=SECRET, pseudonym_key=KEY, pseudonym_scope=scope) as http:
        first, again = [await Analyst(http)(query) for _ in range(2)]

    assert first == again, "the same at every call"
    of = first["data"]
    one, other = (set(of[name]["heatmap"]["studentIds"]) for name in "ab")
    everyone = {each["studentId"] for each in of["rootCauses"]["causes"][0]["weakStudents"]["nodes"]}
    assert {each["studentId"] for each in of["a"]["rootCauses"]["causes"][0]["weakStudents"]["nodes"]} == one
    assert (len(one), len(other), len(everyone)) == (10, 10, 12)
    assert (len(one & other), len(one & everyone)) == ((8, 10) if scope == "global" else (0, 0))


async def test_no_reply_to_an_analyst_holds_an_id_a_name_or_free_text_about_people(analyst: Analyst) -> None:
    """Every field that the rules allow, each selected where its type is reached first."""
    allowed = ALLOWED[Role.ANALYST]
    walked = 0
    for type_name, (word, *opened) in paths(allowed, ["Query", "Mutation"], of_school).items():
        kind = SCHEMA.type_map[type_name]
        if not isinstance(kind, GraphQLObjectType):
            continue
        names = [name for name in kind.fields if f"{type_name}.{name}" in allowed]
        fields = [
            of_school(name, field) + ("" if is_leaf_type(below) else f" {{ {leaves(below, allowed)} }}")
            for name, field in kind.fields.items()
            if name in names
            for below in [get_named_type(field.type)]
        ]
        query = f"{word} {{ {' { '.join([*opened, ' '.join(fields) or '__typename'])}{' }' * (len(opened) + 1)}"
        reply = await analyst(query)
        assert SECRET_TEXT not in json.dumps(reply).lower(), (query, reply)
        assert set(codes(reply)) <= {"INVALID_INPUT"}, (query, reply)
        walked += len(names)
    assert walked > 250
    as_admin = json.dumps(await analyst(CLASS, role="admin", id="7b"))
    assert as_admin.count(SECRET_TEXT) > 20, "the same data holds it for others"


@pytest.mark.parametrize("may_record", [True, False])
@pytest.mark.usefixtures("crowd")
async def test_who_may_record_answers(database: dict[str, str], may_record: bool) -> None:
    """With GRAPH_API_STUDENTS_MAY_RECORD=false, a student's token does not assert that an answer is correct."""
    answer = f'{{studentId: "{STUDENTS[0]}", conceptIds: ["dative"], correct: true}}'
    documents = [
        f"mutation {{ recordAnswer(input: {answer}) {{ __typename }} }}",
        f"mutation {{ recordAnswers(input: {{answers: [{answer}]}}) {{ __typename }} }}",
        f'mutation {{ startSession(input: {{studentId: "{STUDENTS[0]}", id: "new-session"}}) {{ __typename }} }}',
        'mutation { endSession(input: {id: "new-session"}) { __typename } }',
    ]
    given = {"jwt_secret": SECRET, "pseudonym_key": KEY, "rate_limit": "", "students_may_record": may_record}
    recording = {Role.SERVICE, Role.ADMIN} | ({Role.STUDENT} if may_record else set())
    async with service(database, **given) as http:
        for role in Role:
            headers = {"Authorization": f"Bearer {signed(sub=STUDENTS[0], role=role.value)}"}
            for document in documents:
                reply = (await http.post("/graphql", json={"query": document}, headers=headers)).json()
                assert codes(reply) == ([] if role in recording else ["FORBIDDEN"]), (role, document, reply)
                assert role not in recording or "Payload" in str(reply["data"]), (role, document, reply)
