"""Adding people to groups and removing them, over HTTP and by concurrent writers."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_api.domain.learners.people import Group, Roster, Student
from graph_api.store import groups as group_store
from graph_api.store.gateway import Gateway
from graph_api.usecases.learners.edit_people import upsert_group, upsert_students
from graph_api.usecases.learners.edit_rosters import add_to_roster, remove_from_roster
from tests.conftest import NOW, Ask

FAILURE = "... on Failure { __typename code message field rule value }"
GROUP = "group { id size revision teacherIds members(first: 100) { nodes { id } } }"
PAYLOAD = f"... on RosterPayload {{ changedIds unchangedIds {GROUP} }} ... on GroupNotFound {{ missing }} {FAILURE}"
STUDENTS = [f"s{n}" for n in range(6)]
WRITERS = 8


@pytest.fixture
async def group(clean: None, gateway: Gateway) -> str:
    """A group with two of six students and one teacher."""
    await upsert_students(gateway, [Student(key, key) for key in STUDENTS], NOW)
    await upsert_group(gateway, Group("8b", "Class 8b", STUDENTS[:2], ["tina"]), NOW)
    return "8b"


async def change(ask: Ask, field: str, ids: Sequence[str], group_id: str = "8b") -> Any:
    argument = "studentIds" if field.endswith("Members") else "teacherIds"
    missing = "... on StudentNotFound { missing }" if field.endswith("Members") else ""
    call = f"{field}(groupId: $g, {argument}: $ids) {{ {PAYLOAD} {missing} }}"
    document = f"mutation($g: ID!, $ids: [ID!]!) {{ r: {call} }}"
    return (await ask(document, g=group_id, ids=ids))["r"]


def members(reply: Any) -> list[str]:
    return [node["id"] for node in reply["group"]["members"]["nodes"]]


async def test_several_members_are_added_and_removed_in_one_call(ask: Ask, group: str) -> None:
    added = await change(ask, "addMembers", ["s1", "s2", "s3"])
    assert (members(added), added["changedIds"], added["unchangedIds"]) == (
        ["s0", "s1", "s2", "s3"],
        ["s2", "s3"],
        ["s1"],
    )
    removed = await change(ask, "removeMembers", ["s0", "s5"])
    assert (members(removed), removed["changedIds"], removed["unchangedIds"]) == (["s1", "s2", "s3"], ["s0"], ["s5"])
    assert (added["group"]["revision"], removed["group"]["revision"]) == (2, 3)


async def test_teachers_are_added_and_removed(ask: Ask, group: str) -> None:
    assert (await change(ask, "addTeachers", ["tom", "tina"]))["group"]["teacherIds"] == ["tina", "tom"]
    assert (await change(ask, "removeTeachers", ["tina"]))["group"]["teacherIds"] == ["tom"]


async def test_a_change_that_changes_nothing_keeps_the_revision(ask: Ask, group: str) -> None:
    assert (await change(ask, "addMembers", ["s0"]))["group"]["revision"] == 1
    assert (await change(ask, "removeTeachers", ["tom"]))["group"]["revision"] == 1


@pytest.mark.parametrize("field", ["addMembers", "removeMembers"])
async def test_unknown_students_are_named_and_nothing_is_written(ask: Ask, group: str, field: str) -> None:
    reply = await change(ask, field, ["s0", "s2", "zoe", "yan"])
    assert (reply["code"], reply["missing"]) == ("STUDENT_NOT_FOUND", ["yan", "zoe"])
    unchanged = await change(ask, "addMembers", ["s0"])
    assert (members(unchanged), unchanged["group"]["revision"]) == (["s0", "s1"], 1)


@pytest.mark.parametrize("field", ["addMembers", "removeMembers", "addTeachers", "removeTeachers"])
async def test_an_unknown_group_is_named(ask: Ask, group: str, field: str) -> None:
    reply = await change(ask, field, ["s0"], "9z")
    assert (reply["code"], reply["field"], reply["value"]) == ("GROUP_NOT_FOUND", "groupId", "9z")


async def test_several_roster_mutations_stand_in_one_document(ask: Ask, group: str) -> None:
    selection = f"{{ ... on RosterPayload {{ {GROUP} }} ... on Failure {{ code }} }}"
    reply = await ask(
        f'mutation {{ a: addMembers(groupId: "8b", studentIds: ["s2", "s3"]) {selection} '
        f'b: removeMembers(groupId: "8b", studentIds: ["s3", "zoe"]) {selection} '
        f'c: removeMembers(groupId: "8b", studentIds: ["s0"]) {selection} '
        f'd: addTeachers(groupId: "8b", teacherIds: ["tom"]) {selection} }}'
    )
    assert members(reply["a"]) == ["s0", "s1", "s2", "s3"]
    assert reply["b"] == {"code": "STUDENT_NOT_FOUND"}
    assert members(reply["c"]) == ["s1", "s2", "s3"]
    assert reply["d"]["group"]["teacherIds"] == ["tina", "tom"]


async def test_thirty_roster_mutations_fit_into_the_cost_of_one_document(ask: Ask, group: str) -> None:
    parts = (f'm{n}: addMembers(groupId: "8b", studentIds: ["s{n % 6}"]) {{ {PAYLOAD} }}' for n in range(30))
    reply = await ask(f"mutation {{ {' '.join(parts)} }}")
    assert members(reply["m29"]) == STUDENTS


async def test_concurrent_writers_lose_no_member(gateway: Gateway, group: str) -> None:
    extra = [f"w{n}" for n in range(WRITERS)]
    await upsert_students(gateway, [Student(key, key) for key in extra], NOW)
    await asyncio.gather(
        *(add_to_roster(gateway, group, Roster.MEMBERS, [key]) for key in extra),
        *(add_to_roster(gateway, group, Roster.TEACHERS, [f"t{n}"]) for n in range(3)),
        remove_from_roster(gateway, group, Roster.MEMBERS, ["s0"]),
    )
    stored = (await gateway.read(lambda tx: group_store.read_by_ids(tx, [group])))[group]
    assert await gateway.read(lambda tx: group_store.read_member_ids(tx, group)) == ["s1", *extra]
    assert (stored.teacher_ids, stored.revision) == (["t0", "t1", "t2", "tina"], 1 + WRITERS + 3 + 1)


OPERATION = st.tuples(st.booleans(), st.sampled_from(Roster), st.lists(st.sampled_from(STUDENTS), max_size=4))


async def run(gateway: Gateway, operations: Sequence[tuple[bool, Roster, list[str]]]) -> None:
    for add, roster, ids in operations:
        await (add_to_roster if add else remove_from_roster)(gateway, "8b", roster, ids)


async def rosters(gateway: Gateway) -> dict[Roster, set[str]]:
    stored = (await gateway.read(lambda tx: group_store.read_by_ids(tx, ["8b"])))["8b"]
    ids = await gateway.read(lambda tx: group_store.read_member_ids(tx, "8b"))
    return {Roster.MEMBERS: set(ids), Roster.TEACHERS: set(stored.teacher_ids)}


def model(
    start: dict[Roster, set[str]], operations: Sequence[tuple[bool, Roster, list[str]]]
) -> dict[Roster, set[str]]:
    sets = {roster: set(ids) for roster, ids in start.items()}
    for add, roster, ids in operations:
        sets[roster] = sets[roster] | set(ids) if add else sets[roster] - set(ids)
    return sets


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(operations=st.lists(OPERATION, max_size=8))
async def test_rosters_equal_sets(
    gateway: Gateway, group: str, operations: list[tuple[bool, Roster, list[str]]]
) -> None:
    start = await rosters(gateway)
    await run(gateway, operations)
    assert await rosters(gateway) == model(start, operations)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.lists(OPERATION, min_size=1, max_size=5), second=st.lists(OPERATION, min_size=1, max_size=5))
async def test_two_writers_of_different_people_equal_sets(
    gateway: Gateway,
    group: str,
    first: list[tuple[bool, Roster, list[str]]],
    second: list[tuple[bool, Roster, list[str]]],
) -> None:
    """Each writer has its own half of the people, so that every interleaving gives the same sets."""
    halves = [
        [(add, roster, [key for key in ids if (key in STUDENTS[:3]) is is_first]) for add, roster, ids in operations]
        for is_first, operations in ((True, first), (False, second))
    ]
    start = await rosters(gateway)
    await asyncio.gather(*(run(gateway, half) for half in halves))
    assert await rosters(gateway) == model(start, [*halves[0], *halves[1]])
