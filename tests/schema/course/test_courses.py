"""Courses over HTTP: create, change, archive, delete, and the courses of skills and groups (G8)."""

from typing import Any

import pytest

from tests.conftest import Ask

pytestmark = pytest.mark.usefixtures("course")

FAILURE = "... on Failure { __typename code message field rule value }"
COURSE = "id nodeId name description archivedAt skills { totalCount nodes { code courses { id } } }"
UPSERT = (
    "mutation($input: [CourseInput!]!) { upsertCourses(input: $input) { "
    f"... on UpsertCoursesPayload {{ courses {{ {COURSE} }} }} ... on SkillNotFound {{ missing }} {FAILURE} }} }}"
)
ADD_SKILLS = (
    "mutation($id: ID!, $codes: [ID!]!) { FIELD(courseId: $id, skillCodes: $codes) { "
    f"... on CoursePayload {{ course {{ skills {{ nodes {{ code }} }} }} }} {FAILURE} }} }}"
)
GROUP_COURSES = (
    "mutation($id: ID!, $ids: [ID!]!) { FIELD(groupId: $id, courseIds: $ids) { "
    f"... on GroupCoursesPayload {{ group {{ courses {{ id }} }} }} ... on CourseNotFound {{ missing }} {FAILURE} }} }}"
)
UPSERT_GROUP = (
    "mutation($input: GroupInput!) { upsertGroup(input: $input) { "
    f"... on UpsertGroupPayload {{ group {{ courses {{ id }} }} }} ... on CourseNotFound {{ missing }} {FAILURE} }} }}"
)
ARCHIVE = (
    "mutation($id: ID!, $archived: Boolean!) { archiveCourse(id: $id, archived: $archived) { "
    f"... on CoursePayload {{ course {{ archivedAt }} }} {FAILURE} }} }}"
)
DELETE = (
    "mutation($id: ID!, $dryRun: Boolean!) { deleteCourse(id: $id, dryRun: $dryRun) { "
    f"... on DeleteCoursePayload {{ id skills groups deleted }} {FAILURE} }} }}"
)


async def put(ask: Ask, *given: dict[str, Any]) -> Any:
    return (await ask(UPSERT, input=list(given)))["upsertCourses"]


async def change(ask: Ask, document: str, name: str, **variables: Any) -> Any:
    return (await ask(document.replace("FIELD", name), **variables))[name]


async def take(ask: Ask, *course_ids: str) -> Any:
    given = {"id": "7b", "name": "Seven B", "courseIds": list(course_ids)}
    return (await ask(UPSERT_GROUP, input=given))["upsertGroup"]


async def test_a_course_has_skills_and_its_skills_name_it(ask: Ask) -> None:
    (stored,) = (await put(ask, {"id": "german", "name": "German", "skillCodes": ["cases", "grammar"]}))["courses"]

    assert (stored["id"], stored["nodeId"], stored["description"]) == ("german", "Course:german", "")
    assert stored["skills"]["nodes"] == [
        {"code": "cases", "courses": [{"id": "german"}]},
        {"code": "grammar", "courses": [{"id": "german"}]},
    ]
    asked = await ask('{ node(id: "Course:german") { ... on Course { name } } course(id: "none") { id } }')
    assert asked == {"node": {"name": "German"}, "course": None}


async def test_absent_fields_stay_and_lists_replace(ask: Ask) -> None:
    await put(ask, {"id": "german", "name": "German", "description": "A1", "skillCodes": ["cases"]})
    (renamed,) = (await put(ask, {"id": "german", "name": "Deutsch"}))["courses"]
    assert (renamed["name"], renamed["description"], renamed["skills"]["totalCount"]) == ("Deutsch", "A1", 1)
    (emptied,) = (await put(ask, {"id": "german", "description": None, "skillCodes": []}))["courses"]
    assert (emptied["description"], emptied["skills"]["totalCount"]) == ("", 0)


async def test_a_skill_that_does_not_exist_writes_nothing(ask: Ask) -> None:
    refused = await put(ask, {"id": "german", "name": "German", "skillCodes": ["cases", "none"]})
    assert (refused["__typename"], refused["missing"]) == ("SkillNotFound", ["none"])
    assert (await ask("{ courses { totalCount } }"))["courses"]["totalCount"] == 0


async def test_skills_are_added_and_removed_once(ask: Ask) -> None:
    await put(ask, {"id": "german", "name": "German", "skillCodes": ["cases"]})
    for _ in range(2):
        added = await change(ask, ADD_SKILLS, "addCourseSkills", id="german", codes=["talk"])
        assert [each["code"] for each in added["course"]["skills"]["nodes"]] == ["cases", "talk"]
    for _ in range(2):
        removed = await change(ask, ADD_SKILLS, "removeCourseSkills", id="german", codes=["cases"])
        assert [each["code"] for each in removed["course"]["skills"]["nodes"]] == ["talk"]
    missing = await change(ask, ADD_SKILLS, "addCourseSkills", id="none", codes=["talk"])
    assert missing["code"] == "COURSE_NOT_FOUND"


async def test_a_group_takes_courses(ask: Ask) -> None:
    await put(ask, {"id": "german", "name": "German"}, {"id": "maths", "name": "Maths"})
    assert (await take(ask, "german"))["group"]["courses"] == [{"id": "german"}]
    for _ in range(2):
        both = await change(ask, GROUP_COURSES, "addGroupCourses", id="7b", ids=["maths"])
        assert both["group"]["courses"] == [{"id": "german"}, {"id": "maths"}]
    for _ in range(2):
        one = await change(ask, GROUP_COURSES, "removeGroupCourses", id="7b", ids=["german"])
        assert one["group"]["courses"] == [{"id": "maths"}]
    assert (await take(ask, "none"))["missing"] == ["none"]
    absent = await change(ask, GROUP_COURSES, "addGroupCourses", id="none", ids=["maths"])
    assert absent["code"] == "GROUP_NOT_FOUND"


async def test_an_archived_course_keeps_its_groups_and_takes_no_more(ask: Ask) -> None:
    await put(ask, {"id": "german", "name": "German"}, {"id": "maths", "name": "Maths"})
    await take(ask, "german")
    archived = (await ask(ARCHIVE, id="german", archived=True))["archiveCourse"]["course"]
    assert archived["archivedAt"] is not None

    listed = await ask("{ courses { nodes { id } } all: courses(includeArchived: true) { totalCount } }")
    assert (listed["courses"]["nodes"], listed["all"]["totalCount"]) == ([{"id": "maths"}], 2)
    assert (await take(ask, "german", "maths"))["group"]["courses"] == [{"id": "german"}, {"id": "maths"}]
    await take(ask, "maths")
    assert (await take(ask, "german"))["missing"] == ["german"]
    assert (await ask(ARCHIVE, id="german", archived=False))["archiveCourse"]["course"]["archivedAt"] is None
    assert (await take(ask, "german"))["group"]["courses"] == [{"id": "german"}]


async def test_a_deleted_course_leaves_skills_and_groups(ask: Ask) -> None:
    await put(ask, {"id": "german", "name": "German", "skillCodes": ["cases", "talk"]})
    await take(ask, "german")
    counted = (await ask(DELETE, id="german", dryRun=True))["deleteCourse"]
    assert counted == {"id": "german", "skills": 2, "groups": 1, "deleted": False}
    assert (await ask('{ course(id: "german") { id } }'))["course"] == {"id": "german"}

    assert (await ask(DELETE, id="german", dryRun=False))["deleteCourse"] == counted | {"deleted": True}
    rest = await ask('{ course(id: "german") { id } skill(code: "cases") { courses { id } } group(id: "7b") { id } }')
    assert rest == {"course": None, "skill": {"courses": []}, "group": {"id": "7b"}}
    assert (await ask(DELETE, id="german", dryRun=False))["deleteCourse"]["code"] == "COURSE_NOT_FOUND"


async def test_categories_are_counted(ask: Ask) -> None:
    await put(ask, {"id": "german", "name": "German", "skillCodes": ["cases"]})
    asked = await ask(
        '{ categories { category skills } ofCourse: categories(courseId: "german") { category skills } '
        "skills { nodes { code category } } }"
    )
    counts: dict[str, int] = {}
    for skill in asked["skills"]["nodes"]:
        counts[skill["category"]] = counts.get(skill["category"], 0) + 1
    assert {each["category"]: each["skills"] for each in asked["categories"]} == counts
    assert [each["skills"] for each in asked["ofCourse"]] == [1]
