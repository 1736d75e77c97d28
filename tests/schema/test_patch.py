"""What a mutation does not state stays as it is stored; removal is explicit (G9)."""

from typing import Any

import pytest

from graph_api.store.gateway import Gateway
from tests.conftest import Ask, make_course
from tests.graph_copy import GraphCopy

COPY = GraphCopy()

MUTATE = """mutation($skills: [SkillInput!]!, $concepts: [ConceptInput!]!) {
  upsertSkills(input: $skills) { ... on UpsertSkillsPayload { skills { code name category level description block year } }
    ... on Failure { code field rule } }
  upsertConcepts(input: $concepts) { ... on UpsertConceptsPayload { concepts { id name skillCodes prerequisiteIds } }
    ... on Failure { code field rule } } }"""
GROUP = """mutation($input: GroupInput!) { upsertGroup(input: $input) {
  ... on UpsertGroupPayload { group { name teacherIds members { nodes { id name } } } } ... on Failure { code field rule } } }"""
STUDENTS = """mutation($input: [StudentInput!]!) { upsertStudents(input: $input) {
  ... on UpsertStudentsPayload { students { id name } } } }"""
SETS = "MATCH (n) WHERE n.named_set_id IS NOT NULL RETURN coalesce(n.code, n.id) AS key, n.named_set_id AS set"

SKILL = {
    "code": "k", "name": "Kay", "category": "topic", "level": "B2", "description": "About K", "block": "spring",
    "year": 7,
}  # fmt: skip
CONCEPT = {"id": "q", "name": "Queue", "skillCodes": ["k"], "prerequisiteIds": ["dative"]}


async def mutate(ask: Ask, skill: dict[str, Any], concept: dict[str, Any]) -> tuple[Any, Any]:
    actual = await ask(MUTATE, skills=[skill], concepts=[concept])
    skills, concepts = actual["upsertSkills"], actual["upsertConcepts"]
    return skills.get("skills", [skills])[0], concepts.get("concepts", [concepts])[0]


@pytest.fixture
async def stored(ask: Ask, gateway: Gateway, raw: Ask) -> None:
    await COPY.begin(raw, lambda: make_targets(ask, gateway))


async def make_targets(ask: Ask, gateway: Gateway) -> None:
    await make_course(gateway)
    sets = {"parameterSet": "bkt-concept-v1"}
    assert await mutate(ask, SKILL | sets, CONCEPT | sets) == (SKILL, CONCEPT)


@pytest.mark.usefixtures("stored")
class TestTheCourse:
    @pytest.mark.parametrize("name", [None, *sorted(SKILL.keys() | CONCEPT.keys())])
    async def test_one_field_alone_changes_only_itself(self, ask: Ask, raw: Ask, name: str | None) -> None:
        changed: dict[str, Any] = {
            "name": "New", "category": "new", "level": "A1", "description": "", "block": "new", "year": 0,
            "skillCodes": ["talk"], "prerequisiteIds": [],
        }  # fmt: skip
        stated = {name: changed[name]} if name in changed else {}
        skill = {key: value for key, value in stated.items() if key in SKILL}
        concept = {key: value for key, value in stated.items() if key in CONCEPT}
        assert await mutate(ask, {"code": "k", **skill}, {"id": "q", **concept}) == (SKILL | skill, CONCEPT | concept)
        assert {row["key"]: row["set"] for row in await raw(SETS)} == {"k": "bkt-concept-v1", "q": "bkt-concept-v1"}

    async def test_null_removes_what_may_be_absent_and_states_nothing_else(self, ask: Ask, raw: Ask) -> None:
        skill: dict[str, Any] = dict.fromkeys(SKILL | {"parameterSet": None})
        concept: dict[str, Any] = dict.fromkeys(CONCEPT | {"parameterSet": None})
        removed = {"level": None, "description": "", "block": None, "year": None}
        assert await mutate(ask, skill | {"code": "k"}, concept | {"id": "q"}) == (SKILL | removed, CONCEPT)
        assert await raw(SETS) == []

    async def test_what_creates_states_what_is_required(self, ask: Ask, counts: Ask) -> None:
        before = await counts()
        for absent in ({}, {"name": None}):
            skill, concept = await mutate(ask, {"code": "x", "category": "c", **absent}, {"id": "x", **absent})
            for failure in (skill, concept):
                assert (failure["code"], failure["field"]) == ("INVALID_INPUT", "name")
                assert failure["rule"] == "must be given to create 'x', which does not exist"
        assert await counts() == before


@pytest.mark.usefixtures("course")
async def test_students_and_groups_keep_what_is_not_stated(ask: Ask) -> None:
    async def students(*sent: dict[str, Any]) -> Any:
        return (await ask(STUDENTS, input=list(sent)))["upsertStudents"]["students"]

    async def group(**sent: Any) -> Any:
        actual = (await ask(GROUP, input={"id": "g", **sent}))["upsertGroup"]
        return actual if "code" in actual else actual["group"]

    anna, ben = await students({"id": "anna", "name": "Anna"}, {"id": "ben"})
    assert await students({"id": "anna"}, {"id": "anna2", "name": None}) == [anna, {"id": "anna2", "name": ""}]
    assert await students({"id": "anna", "name": None}) == [anna]
    assert (await group())["field"] == "name"
    whole = await group(name="G", studentIds=["anna", "ben"], teacherIds=["tess"])
    assert whole == {"name": "G", "teacherIds": ["tess"], "members": {"nodes": [ben, anna]}}
    assert await group() == await group(name=None, studentIds=None, teacherIds=None) == whole
    assert await group(name="H") == whole | {"name": "H"}
    assert await group(teacherIds=[]) == whole | {"name": "H", "teacherIds": []}
    assert await group(studentIds=[]) == {"name": "H", "teacherIds": [], "members": {"nodes": []}}
