"""Editing, listing and erasing students and groups over HTTP."""

import pytest

from tests.conftest import Ask

pytestmark = pytest.mark.usefixtures("course")


FAILURE = "... on Failure { __typename code message field rule value }"


UPSERT_STUDENTS = (
    "mutation($input: [StudentInput!]!) { upsertStudents(input: $input) { __typename "
    f"... on UpsertStudentsPayload {{ students {{ id name nodeId groups {{ id }} }} }} {FAILURE} }} }}"
)


UPSERT_GROUP = (
    "mutation($input: GroupInput!) { upsertGroup(input: $input) { __typename ... on UpsertGroupPayload { group { "
    "id name size teacherIds members { totalCount nodes { id name } } } } ... on StudentNotFound { missing } "
    f"{FAILURE} }} }}"
)


async def test_students_and_groups(ask: Ask, counts: Ask) -> None:
    given = [{"id": "s1", "name": "Zoe"}, {"id": "s2", "name": "Abe"}]
    stored = (await ask(UPSERT_STUDENTS, input=given))["upsertStudents"]["students"]
    assert stored == [{**each, "nodeId": f"Student:{each['id']}", "groups": []} for each in given]
    assert (await ask(UPSERT_STUDENTS, input=[{"id": "s1"}]))["upsertStudents"]["students"][0]["name"] == "Zoe"
    group = (await ask(UPSERT_GROUP, input={"id": "g", "name": "G", "studentIds": ["s1", "s2"], "teacherIds": ["t"]}))[
        "upsertGroup"
    ]["group"]
    assert group == {
        "id": "g", "name": "G", "size": 2, "teacherIds": ["t"],
        "members": {"totalCount": 2, "nodes": [{"id": "s2", "name": "Abe"}, {"id": "s1", "name": "Zoe"}]},
    }  # fmt: skip
    before = await counts()
    unknown = (await ask(UPSERT_GROUP, input={"id": "h", "name": "H", "studentIds": ["s1", "x"]}))["upsertGroup"]
    assert (unknown["__typename"], unknown["missing"]) == ("StudentNotFound", ["x"])
    twice = (await ask(UPSERT_STUDENTS, input=[{"id": "n"}, {"id": "n"}]))["upsertStudents"]
    assert (twice["__typename"], twice["field"], twice["value"]) == ("InvalidInput", "id", "n")
    assert await counts() == before
    reply = await ask(
        '{ group(id: "g") { nodeId size } none: group(id: "z") { id } groups(search: "g") { totalCount nodes { id } } '
        'students(groupId: "g", orderBy: NAME) { totalCount nodes { name } } search: students(search: "ZO") '
        '{ nodes { id } } student(id: "s1") { groups { id name } } nobody: student(id: "z") { id } }'
    )
    assert reply == {
        "group": {"nodeId": "Group:g", "size": 2},
        "none": None,
        "groups": {"totalCount": 1, "nodes": [{"id": "g"}]},
        "students": {"totalCount": 2, "nodes": [{"name": "Abe"}, {"name": "Zoe"}]},
        "search": {"nodes": [{"id": "s1"}]},
        "student": {"groups": [{"id": "g", "name": "G"}]},
        "nobody": None,
    }


async def test_the_choice_of_a_student_changes_only_when_it_is_stated(ask: Ask) -> None:
    upsert = """mutation($input: [StudentInput!]!) { upsertStudents(input: $input) {
      ... on UpsertStudentsPayload { students { id name recencyAtSessionEnd } } } }"""
    lists = """{ one: student(id: "s1") { ...it } all: students { nodes { ...it } }
      named: students(orderBy: NAME) { nodes { ...it } } mean: students(orderBy: MEAN_LEVEL) { nodes { ...it } }
      group(id: "g") { members { nodes { ...it } } } } fragment it on Student { name recencyAtSessionEnd }"""
    group = 'mutation { upsertGroup(input: {id: "g", name: "G", studentIds: ["s1"]}) { __typename } }'
    for stated, stored in (
        ({"name": "Zoe"}, ("Zoe", None)),
        ({"recencyAtSessionEnd": True}, ("Zoe", True)),
        ({"name": "Zoë"}, ("Zoë", True)),
        ({"recencyAtSessionEnd": False, "name": None}, ("Zoë", False)),
        ({"recencyAtSessionEnd": None}, ("Zoë", None)),
    ):
        reply = (await ask(upsert, input=[{"id": "s1", **stated}]))["upsertStudents"]
        student = dict(zip(("name", "recencyAtSessionEnd"), stored, strict=True))
        assert reply == {"students": [{"id": "s1", **student}]}
        await ask(group)
        read = await ask(lists)
        assert read.pop("one") == student
        assert read.pop("group") == {"members": {"nodes": [student]}}
        assert read == {name: {"nodes": [student]} for name in ("all", "named", "mean")}


async def test_erasing_a_student_erases_that_student(ask: Ask, counts: Ask, raw: Ask) -> None:
    answer = 'mutation($s: ID!) { recordAnswer(input: {studentId: $s, conceptIds: ["dative"], correct: true}) { __typename } }'
    session = "mutation($s: ID!) { startSession(input: {studentId: $s}) { __typename } }"
    await ask(answer, s="ben")
    await ask(session, s="ben")
    before = await counts()
    for _ in range(3):
        await ask(answer, s="anna")
    await ask(session, s="anna")
    await ask(UPSERT_GROUP, input={"id": "g", "name": "G", "studentIds": ["anna", "ben"]})

    erase = (
        "mutation($id: ID!) { deleteStudent(id: $id) { __typename ... on DeleteStudentPayload { id } "
        "... on StudentNotFound { missing } } }"
    )
    assert (await ask(erase, id="anna"))["deleteStudent"] == {"__typename": "DeleteStudentPayload", "id": "anna"}
    assert (await ask(erase, id="anna"))["deleteStudent"]["missing"] == ["anna"]

    await raw("MATCH (g:Group) DETACH DELETE g")
    assert await counts() == before
