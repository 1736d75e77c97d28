"""Editing and reading skills and concepts over HTTP."""

from typing import Any

import pytest

from tests.conftest import Ask

pytestmark = pytest.mark.usefixtures("course")

FAILURE = "... on Failure { __typename code message field rule value }"
CONCEPT = "id name nodeId skillCodes prerequisiteIds skills { code } prerequisites { id } unlocks { id }"
UPSERT_CONCEPTS = (
    "mutation($input: [ConceptInput!]!) { upsertConcepts(input: $input) { __typename "
    f"... on UpsertConceptsPayload {{ concepts {{ {CONCEPT} }} }} ... on PrerequisiteCycle {{ cycle }} "
    f"... on ConceptNotFound {{ missing }} ... on SkillNotFound {{ missing }} {FAILURE} }} }}"
)
UPSERT_SKILLS = (
    "mutation($input: [SkillInput!]!) { upsertSkills(input: $input) { __typename ... on UpsertSkillsPayload { skills { "
    f"code name category level description block year }} }} {FAILURE} }} }}"
)


async def concepts(ask: Ask, *given: dict[str, Any]) -> Any:
    return (await ask(UPSERT_CONCEPTS, input=list(given)))["upsertConcepts"]


async def test_concepts_may_name_each_other_in_one_call(ask: Ask) -> None:
    reply = await concepts(
        ask,
        {"id": "b", "name": "Bee", "prerequisiteIds": ["a", "dative"], "skillCodes": ["talk"]},
        {"id": "a", "name": "Ay"},
    )

    assert reply["concepts"] == [
        {
            "id": "b", "name": "Bee", "nodeId": "Concept:b", "skillCodes": ["talk"],
            "prerequisiteIds": ["a", "dative"], "skills": [{"code": "talk"}],
            "prerequisites": [{"id": "a"}, {"id": "dative"}], "unlocks": [],
        },
        {
            "id": "a", "name": "Ay", "nodeId": "Concept:a", "skillCodes": [], "prerequisiteIds": [], "skills": [],
            "prerequisites": [], "unlocks": [{"id": "b"}],
        },
    ]  # fmt: skip


async def test_null_leaves_links_and_a_list_replaces_them(ask: Ask) -> None:
    (remaining,) = (await concepts(ask, {"id": "accusative", "name": "Fourth case"}))["concepts"]
    assert (remaining["name"], remaining["skillCodes"], remaining["prerequisiteIds"]) == (
        "Fourth case", ["cases", "grammar"], ["nominative"],
    )  # fmt: skip
    (replaced,) = (
        await concepts(ask, {"id": "accusative", "name": "A", "skillCodes": ["talk"], "prerequisiteIds": []})
    )["concepts"]
    assert (replaced["skillCodes"], replaced["prerequisiteIds"]) == (["talk"], [])


@pytest.mark.parametrize(
    ("given", "kind", "named"),
    [
        ([{"id": "nominative", "name": "N", "prerequisiteIds": ["dative"]}], "PrerequisiteCycle",
         {"cycle": ["accusative", "dative", "nominative", "accusative"]}),
        ([{"id": "x", "name": "X", "prerequisiteIds": ["x"]}], "PrerequisiteCycle", {"cycle": ["x", "x"]}),
        ([{"id": "x", "name": "X", "prerequisiteIds": ["y", "z"]}], "ConceptNotFound", {"missing": ["y", "z"]}),
        ([{"id": "x", "name": "X", "skillCodes": ["nope"]}], "SkillNotFound", {"missing": ["nope"]}),
        ([{"id": "x", "name": "X", "parameterSet": "nope"}], "ParameterSetNotFound", {"field": "parameterSet"}),
        ([{"id": "x", "name": "X"}, {"id": "x", "name": "Y"}], "InvalidInput", {"field": "id", "value": "x"}),
        ([{"id": "x", "name": ""}], "InvalidInput", {"field": "name"}),
    ],
    ids=["cycle", "self-loop", "concept", "skill", "parameter set", "twice", "name"],
)  # fmt: skip
async def test_bad_concepts_write_nothing(
    ask: Ask, counts: Ask, given: list[dict[str, Any]], kind: str, named: dict[str, Any]
) -> None:
    before = await counts()
    fine = {"id": "fine", "name": "Fine"}

    reply = await concepts(ask, fine, *given)

    assert reply["__typename"] == kind
    assert {name: reply[name] for name in named} == named
    assert await counts() == before


async def test_links_one_by_one(ask: Ask, counts: Ask) -> None:
    document = (
        "mutation($a: ID!, $b: ID!) { %s(prerequisiteId: $a, conceptId: $b) { __typename "
        "... on PrerequisitePayload { concept { id prerequisiteIds } } ... on PrerequisiteCycle { cycle } "
        "... on ConceptNotFound { missing } } }"
    )
    link = document % "linkPrerequisite"
    unlink = (document % "unlinkPrerequisite").replace("... on PrerequisiteCycle { cycle } ", "")

    linked = (await ask(link, a="nominative", b="dative"))["linkPrerequisite"]
    assert linked["concept"]["prerequisiteIds"] == ["accusative", "nominative"]
    assert (await ask(link, a="nominative", b="dative"))["linkPrerequisite"] == linked
    before = await counts()
    closed = (await ask(link, a="dative", b="nominative"))["linkPrerequisite"]
    assert closed["__typename"] == "PrerequisiteCycle"
    assert closed["cycle"][0] == closed["cycle"][-1]
    assert (await ask(link, a="dative", b="dative"))["linkPrerequisite"]["cycle"] == ["dative", "dative"]
    assert (await ask(link, a="nope", b="dative"))["linkPrerequisite"]["missing"] == ["nope"]
    assert await counts() == before
    for _ in range(2):
        unlinked = (await ask(unlink, a="nominative", b="dative"))["unlinkPrerequisite"]
        assert unlinked["concept"]["prerequisiteIds"] == ["accusative"]


async def test_skills(ask: Ask, counts: Ask) -> None:
    given = {"code": "k", "name": "K", "category": "topic", "level": "B2", "description": "d", "block": "b", "year": 7}
    for _ in range(2):
        assert (await ask(UPSERT_SKILLS, input=[given]))["upsertSkills"]["skills"] == [given]
    before = await counts()
    for bad, field in ((given | {"code": "k" * 51}, "code"), (given | {"year": -1}, "year")):
        reply = (await ask(UPSERT_SKILLS, input=[given, bad]))["upsertSkills"]
        assert (reply["__typename"], reply["field"]) == ("InvalidInput", field)
    assert await counts() == before
    actual = await ask('{ skill(code: "k") { name concepts { nodes { id } } } none: skill(code: "z") { name } }')
    assert actual == {"skill": {"name": "K", "concepts": {"nodes": []}}, "none": None}
    named = await ask(
        '{ category: skills(category: "grammar") { nodes { code } } level: skills(level: B2) { totalCount nodes { code } } '
        'search: skills(search: "TALK") { nodes { code concepts { totalCount } } } }'
    )
    assert [node["code"] for node in named["category"]["nodes"]] == ["cases", "grammar"]
    assert named["level"] == {"totalCount": 1, "nodes": [{"code": "k"}]}
    assert named["search"]["nodes"] == [{"code": "talk", "concepts": {"totalCount": 0}}]


async def test_concepts_are_listed_and_found(ask: Ask) -> None:
    actual = await ask(
        '{ of: concepts(skillCode: "cases") { totalCount nodes { id } } search: concepts(search: "NOM") { nodes { id } } '
        'concept(id: "dative") { name } none: concept(id: "z") { name } '
        'skill(code: "grammar") { concepts(first: 1) { totalCount nodes { id } pageInfo { hasNextPage } } } }'
    )
    assert actual == {
        "of": {"totalCount": 2, "nodes": [{"id": "accusative"}, {"id": "dative"}]},
        "search": {"nodes": [{"id": "nominative"}]},
        "concept": {"name": "Dative"},
        "none": None,
        "skill": {"concepts": {"totalCount": 2, "nodes": [{"id": "accusative"}], "pageInfo": {"hasNextPage": True}}},
    }
