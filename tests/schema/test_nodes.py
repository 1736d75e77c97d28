"""Objects again, by their node ids: one, or many at once."""

from typing import Any

import pytest
from graphql import GraphQLObjectType

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.course.course import Skill
from graph_api.schema.api import build_schema
from graph_api.schema.node import MOST_NODES
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.course.edit_course import upsert_skills
from tests.conftest import NOW, Ask, make_course
from tests.graph_copy import GraphCopy

SCHEMA = build_schema()._schema
NODES_OF_SCHEMA = {each.name for each in SCHEMA.get_possible_types(SCHEMA.type_map["Node"])}  # type: ignore[arg-type]
NODE = "query($id: ID!) { node(id: $id) { __typename nodeId id } }"
NODES = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename nodeId id } }"
MASTERY = """query($id: ID!) { node(id: $id) { ... on Mastery { id level attempts status updatedAt kind
  target { __typename id name kind } student { id } } } }"""
EXAMPLES = {
    "Student": "anna", "Group": "g", "Session": "p", "Placement": "q", "Answer": "e", "Mastery": "anna/CONCEPT/dative", "Skill": "cases",
    "Recency": "anna/cases", "Topic": "anna/cases", "ConceptSampling": "anna/dative", "Concept": "dative", "Course": "german",
    "ParameterSet": "bkt-concept-v1", "RecencyParameterSet": "recency-v0", "TopicParameterSet": "topic-v1",
    "EvidenceParameterSet": "evidence-v1", "ForgettingParameterSet": "fsrs-v0",
    "ThresholdSet": "skill-cases-v1", "Judgement": "j",
}  # fmt: skip
"""An id for each type but Run, whose ids are random."""
COPY = GraphCopy()


@pytest.fixture
async def stored(ask: Ask, gateway: Gateway, raw: Ask) -> dict[str, str]:
    """One object of each type; its id by the type."""
    await COPY.begin(raw, lambda: make_objects(ask, gateway))
    return {**EXAMPLES, "Run": (await raw("MATCH (r:Run) RETURN r.id AS id"))[0]["id"]}


async def make_objects(ask: Ask, gateway: Gateway) -> None:
    await make_course(gateway)
    await ask('mutation { upsertStudents(input: [{id: "anna"}]) { __typename } }')
    await ask('mutation { upsertCourses(input: [{id: "german", name: "German"}]) { __typename } }')
    await ask('mutation { upsertGroup(input: {id: "g", name: "G", studentIds: ["anna"]}) { __typename } }')
    await ask('mutation { startSession(input: {studentId: "anna", id: "p"}) { __typename } }')
    await ask('mutation { startPlacement(input: {studentId: "anna", id: "q"}) { __typename } }')
    await ask("""mutation { recordAnswer(input: {id: "e", studentId: "anna", conceptIds: ["dative"], keywordScore: 0.9,
      sampled: [{conceptId: "dative", mentioned: true}]}) { __typename } }""")
    judgement = '{id: "j", studentId: "anna", skillCode: "cases", kind: OVERRIDE, level: 0.8}'
    await ask(f"mutation {{ recordJudgements(input: [{judgement}]) {{ __typename }} }}")
    await ask('mutation { putThresholds(input: {skillCode: "cases", weak: 0.6}) { __typename } }')
    await ask("mutation { recomputeRecency { __typename } }")


def key_of(kind: str, key: str) -> str:
    """The key in a node id: of what is looked up from its student, more than its id."""
    return f"anna/{key}" if kind in ("Answer", "Judgement") else key


async def test_every_type_that_is_a_node_is_read_by_its_node_id(ask: Ask, stored: dict[str, str]) -> None:
    assert set(stored) == NODES_OF_SCHEMA

    expected = [
        {"__typename": kind, "nodeId": f"{kind}:{key_of(kind, key)}", "id": key} for kind, key in stored.items()
    ]
    ids = [each["nodeId"] for each in expected]
    assert [(await ask(NODE, id=each))["node"] for each in ids] == expected
    assert (await ask(NODES, ids=ids))["nodes"] == expected
    assert (await ask(NODES, ids=ids[::-1]))["nodes"] == expected[::-1]


def test_every_type_with_an_id_is_a_node_or_is_no_object_of_its_own() -> None:
    """Apollo and urql cache what has an `id`. The exceptions are unique by it as well, but are not read by it."""
    with_id = {
        name for name, kind in SCHEMA.type_map.items() if isinstance(kind, GraphQLObjectType) and "id" in kind.fields
    }
    assert with_id - NODES_OF_SCHEMA == {
        "AuditEntry", "DeleteStudentPayload", "DeleteCoursePayload", "InferenceModel", "PredictorSet", "Principal",
        "QuestionDifficultySet", "Teacher",
    }  # fmt: skip


@pytest.mark.parametrize(
    "node_id",
    [
        "Student:nobody", "Unknown:x", "Course:none", "Mastery:anna/CONCEPT/none", "Mastery:nobody/CONCEPT/dative", "Mastery:anna/dative",
        "Mastery:anna/CONCEPT/dative/2020-01-01T00:00:00+00:00", "Topic:anna/none", "Topic:cases", "Answer:e",
        "Answer:anna/none", "Recency:anna/talk", "Recency:cases", "ConceptSampling:anna/nominative", "ConceptSampling:x",
        "ParameterSet:none", "RecencyParameterSet:none", "TopicParameterSet:none", "Run:none", "Failure:x", "Node:x",
    ],
)  # fmt: skip
async def test_what_does_not_exist_is_null(ask: Ask, stored: dict[str, str], node_id: str) -> None:
    assert (await ask(NODE, id=node_id))["node"] is None
    assert (await ask(NODES, ids=["Student:anna", node_id, "Student:anna"]))["nodes"][1] is None


async def test_texts_that_are_no_node_ids_are_null_among_others(ask: Ask, stored: dict[str, str]) -> None:
    reply = (await ask(NODES, ids=["anna", "", ":", "Student:anna"]))["nodes"]
    assert [each and each["id"] for each in reply] == [None, None, None, "anna"]


async def test_too_many_ids_are_refused(client: Any) -> None:
    ids = ["Student:anna"] * (MOST_NODES + 1)
    reply = (await client.post("/graphql", json={"query": NODES, "variables": {"ids": ids}})).json()
    assert reply["errors"][0]["message"] == f"ids: must hold at most {MOST_NODES} items, holds {MOST_NODES + 1}"


async def test_the_mastery_before_the_first_answer(ask: Ask, stored: dict[str, str]) -> None:
    shown = (await ask(MASTERY, id="Mastery:anna/SKILL/talk"))["node"]
    assert shown == {
        "id": "anna/SKILL/talk", "level": 0.3, "attempts": 0, "status": "NOT_STARTED", "updatedAt": None, "kind": "SKILL",
        "target": {"__typename": "Skill", "id": "talk", "name": "Talking", "kind": "SKILL"}, "student": {"id": "anna"},
    }  # fmt: skip


@pytest.mark.usefixtures("course")
async def test_a_past_mastery_is_an_object_of_its_own(ask: Ask, intake: AnswerIntake) -> None:
    """A cache must not show the level of last week as the level of today."""
    for day, correct in ((1, True), (2, True), (20, False)):
        at = NOW.replace(day=day, month=1)
        await intake.submit([AnswerInput("anna", correct=correct, concept_ids=["dative"], at=at)])
    due = """{ student(id: "anna") { mastery(conceptId: "dative") { id nodeId }
      due(kind: CONCEPT, below: 1, asOf: "2026-01-10T00:00:00Z") { mastery { id nodeId level attempts } } } }"""
    student = (await ask(due))["student"]
    (past,) = (each["mastery"] for each in student["due"])

    assert past["id"] == "anna/CONCEPT/dative/2026-01-10T00:00:00+00:00"
    assert past["id"] != student["mastery"]["id"] == "anna/CONCEPT/dative"
    again = (await ask(MASTERY, id=past["nodeId"]))["node"]
    assert {name: again[name] for name in ("id", "level", "attempts")} == {
        name: past[name] for name in ("id", "level", "attempts")
    }


@pytest.mark.usefixtures("course")
async def test_ids_with_any_characters(ask: Ask, gateway: Gateway, intake: AnswerIntake) -> None:
    student, code = "a/b:c%2F d", "50%/ä:é"
    await upsert_skills(gateway, [Skill(code, "Odd", "grammar")], NOW)
    await intake.submit([AnswerInput(student, correct=True, skill_codes=[code], id="e/1", keyword_score=0.7)])
    reply = await ask(
        """query($id: ID!, $code: ID!) { student(id: $id) { nodeId mastery(skillCode: $code) { nodeId }
        topic(skillCode: $code) { nodeId } answers { nodes { nodeId } } } }""",
        id=student, code=code,
    )  # fmt: skip
    of_student = reply["student"]
    ids = [
        of_student["nodeId"], of_student["mastery"]["nodeId"], of_student["topic"]["nodeId"],
        of_student["answers"]["nodes"][0]["nodeId"],
    ]  # fmt: skip
    assert len(set(ids)) == 4
    assert [each["nodeId"] for each in (await ask(NODES, ids=ids))["nodes"]] == ids


@pytest.mark.usefixtures("course")
@pytest.mark.parametrize("kind", ["Student", "Mastery", "Topic", "Answer", "Skill", "Recency", "ConceptSampling"])
async def test_the_number_of_statements_does_not_depend_on_the_number_of_ids(
    ask: Ask, intake: AnswerIntake, statements_seen: list[str], kind: str
) -> None:
    students = [f"s{n}" for n in range(30)]
    await intake.submit(
        [
            AnswerInput(each, correct=True, concept_ids=["dative"], id=f"e-{each}", keyword_score=0.8)
            for each in students
        ]
    )
    keys = {
        "Student": "{}", "Mastery": "{}/SKILL/cases", "Topic": "{}/cases", "Answer": "{0}/e-{0}", "Skill": "cases",
        "Recency": "{}/cases", "ConceptSampling": "{}/dative",
    }  # fmt: skip
    sent = []
    for count in (2, 30):
        statements_seen.clear()
        await ask(NODES, ids=[f"{kind}:{keys[kind].format(each)}" for each in students[:count]])
        sent.append(sorted(statements_seen))
    assert max(map(len, sent)) <= 6, sent


@pytest.mark.usefixtures("course")
async def test_ids_are_unique_within_their_type(ask: Ask, intake: AnswerIntake) -> None:
    """Over everything that a page of a class shows, an id of a type means one object."""
    for student in ("anna", "ben"):
        await intake.submit([AnswerInput(student, correct=True, concept_ids=["accusative"], keyword_score=0.3)] * 1)
    page = (
        await ask("""{ students(first: 10) { nodes { __typename nodeId id
      masteries { nodes { __typename nodeId id parameters { __typename nodeId id } target { __typename nodeId id } } }
      answers { nodes { __typename nodeId id changes { target { __typename nodeId id } mastery { __typename nodeId id }
        parameters { __typename nodeId id } student { __typename nodeId id } answer { __typename nodeId id } } } }
      topic(skillCode: "cases") { __typename nodeId id skill { __typename nodeId id } } } } }""")
    )["students"]
    seen: dict[tuple[str, str], str] = {}

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if "nodeId" in value:
                assert seen.setdefault((value["__typename"], value["id"]), value["nodeId"]) == value["nodeId"]
            for each in value.values():
                walk(each)
        elif isinstance(value, list):
            for each in value:
                walk(each)

    walk(page)
    assert {kind for kind, _ in seen} == {"Student", "Mastery", "Answer", "Skill", "Concept", "Topic", "ParameterSet"}
    assert len(seen) == len(set(seen.values())) == 2 + 6 + 2 + 2 + 1 + 2 + 2
