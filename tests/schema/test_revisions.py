"""Revisions: a writer who states the revision it read never overwrites the change of another writer."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.course.course import Concept, Skill
from graph_api.domain.failures import RevisionConflict
from graph_api.domain.learners.people import Group, Roster, Student
from graph_api.domain.patch import Patch
from graph_api.domain.revisions import check_revisions, revised
from graph_api.store.gateway import Gateway
from graph_api.usecases.course.edit_course import upsert_concepts, upsert_skills
from graph_api.usecases.learners.edit_people import upsert_group, upsert_students
from graph_api.usecases.learners.edit_rosters import add_to_roster
from tests.conftest import NOW, Ask

FAILURE = "... on RevisionConflict { code field conflicts { key revision } } ... on Failure { __typename message }"
SKILLS = f"upsertSkills(input: $input) {{ ... on UpsertSkillsPayload {{ skills {{ name revision }} }} {FAILURE} }}"
CONCEPTS = (
    f"upsertConcepts(input: $input) {{ ... on UpsertConceptsPayload {{ concepts {{ name revision }} }} {FAILURE} }}"
)
GROUP = f"upsertGroup(input: $input) {{ ... on UpsertGroupPayload {{ group {{ name revision size }} }} {FAILURE} }}"


async def skills(ask: Ask, *given: dict[str, Any]) -> Any:
    return (await ask(f"mutation($input: [SkillInput!]!) {{ r: {SKILLS} }}", input=list(given)))["r"]


async def concepts(ask: Ask, *given: dict[str, Any]) -> Any:
    return (await ask(f"mutation($input: [ConceptInput!]!) {{ r: {CONCEPTS} }}", input=list(given)))["r"]


async def group(ask: Ask, **given: Any) -> Any:
    return (await ask(f"mutation($input: GroupInput!) {{ r: {GROUP} }}", input=given))["r"]


async def test_the_revision_counts_changes_and_not_repetitions(ask: Ask, course: None) -> None:
    for name, revision in (("Cases", 1), ("The cases", 2), ("The cases", 2), ("Cases", 3)):
        assert (await skills(ask, {"code": "cases", "name": name}))["skills"] == [{"name": name, "revision": revision}]


async def test_a_stale_revision_names_every_conflict_and_writes_nothing(ask: Ask, course: None) -> None:
    await skills(ask, {"code": "cases", "name": "The cases"})
    reply = await skills(
        ask,
        {"code": "talk", "name": "Talk", "ifRevision": 1},
        {"code": "cases", "name": "Mine", "ifRevision": 1},
        {"code": "new", "name": "New", "category": "x", "ifRevision": 4},
    )
    assert (reply["code"], reply["field"]) == ("REVISION_CONFLICT", "ifRevision")
    assert reply["conflicts"] == [{"key": "cases", "revision": 2}, {"key": "new", "revision": 0}]
    stored = await ask('{ talk: skill(code: "talk") { name revision } new: skill(code: "new") { name } }')
    assert stored == {"talk": {"name": "Talking", "revision": 1}, "new": None}


async def test_revision_0_creates_and_never_overwrites(ask: Ask, course: None) -> None:
    created = await concepts(ask, {"id": "genitive", "name": "Genitive", "ifRevision": 0})
    assert created["concepts"] == [{"name": "Genitive", "revision": 1}]
    reply = await concepts(ask, {"id": "genitive", "name": "Other", "ifRevision": 0})
    assert reply["conflicts"] == [{"key": "genitive", "revision": 1}]


async def test_links_count_as_changes_of_their_concept(ask: Ask, course: None) -> None:
    document = 'mutation { r: %s(prerequisiteId: "nominative", conceptId: "dative") { ... on PrerequisitePayload { concept { revision } } } }'
    revisions = [
        (await ask(document % field))["r"]["concept"]["revision"]
        for field in ("linkPrerequisite", "linkPrerequisite", "unlinkPrerequisite", "unlinkPrerequisite")
    ]
    assert revisions == [2, 2, 3, 3]


async def test_a_roster_written_as_a_whole_conflicts_with_a_member_added_meanwhile(
    ask: Ask, gateway: Gateway, clean: None
) -> None:
    await upsert_students(gateway, [Student("anna"), Student("ben")], NOW)
    assert (await group(ask, id="8b", name="8b", studentIds=["anna"]))["group"]["revision"] == 1
    await add_to_roster(gateway, "8b", Roster.MEMBERS, ["ben"])
    stale = await group(ask, id="8b", studentIds=["anna"], ifRevision=1)
    assert stale["conflicts"] == [{"key": "8b", "revision": 2}]
    fresh = await group(ask, id="8b", studentIds=["anna"], ifRevision=2)
    assert fresh["group"] == {"name": "8b", "revision": 3, "size": 1}


@pytest.mark.parametrize("kind", ["skill", "concept", "group"])
async def test_of_concurrent_writers_with_one_revision_exactly_one_wins(
    gateway: Gateway, course: None, kind: str
) -> None:
    await upsert_group(gateway, Group("8b", "8b"), NOW)

    async def write(name: str) -> None:
        if kind == "skill":
            await upsert_skills(gateway, [Patch(Skill, "cases", {"name": name}, if_revision=1)], NOW)
        elif kind == "concept":
            await upsert_concepts(gateway, [Patch(Concept, "dative", {"name": name}, if_revision=1)], NOW)
        else:
            await upsert_group(gateway, Patch(Group, "8b", {"name": name}, if_revision=1), NOW)

    outcomes = await asyncio.gather(*(write(f"n{n}") for n in range(6)), return_exceptions=True)
    conflicts = [outcome for outcome in outcomes if isinstance(outcome, RevisionConflict)]
    assert (outcomes.count(None), len(conflicts)) == (1, 5)
    assert {each.conflicts[0].revision for each in conflicts} == {2}


NAMES = st.sampled_from(["a", "b", "c"])
LINKS = st.none() | st.lists(NAMES, max_size=3)


@given(changes=st.lists(st.tuples(NAMES, LINKS), min_size=1, max_size=8))
def test_the_revision_is_one_plus_the_number_of_different_neighbours(
    changes: list[tuple[str, list[str] | None]],
) -> None:
    stored, seen = None, []
    for name, links in changes:
        values: dict[str, Any] = {"name": name} | ({} if links is None else {"skill_codes": links})
        stored = revised(Patch(Concept, "x", values).apply(stored), stored)
        seen.append((stored.name, sorted(set(stored.skill_codes or ()))))
    assert stored is not None
    assert stored.revision == 1 + sum(before != after for before, after in pairwise(seen))


@given(stored=st.dictionaries(NAMES, st.integers(1, 3)), expected=st.dictionaries(NAMES, st.none() | st.integers(0, 3)))
def test_conflicts_are_exactly_the_differences(stored: dict[str, int], expected: dict[str, int | None]) -> None:
    patches = [Patch(Skill, key, if_revision=revision) for key, revision in expected.items()]
    wrong = {
        key: stored.get(key, 0) for key, revision in expected.items() if revision not in {None, stored.get(key, 0)}
    }
    if not wrong:
        check_revisions(patches, stored)
        return
    with pytest.raises(RevisionConflict) as caught:
        check_revisions(patches, stored)
    assert dict(caught.value.conflicts) == wrong
