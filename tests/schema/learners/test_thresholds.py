"""Thresholds as data over HTTP: versions of courses and skills, and what they change at once (B4, Q14)."""

from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course")

FAILURE = "... on Failure { __typename code message field rule value }"
VALUES = "mastered focus weak weakAttempts comparison isDefault set { id }"
SET = f"id nodeId scopeKind version author note createdAt inEffect course {{ id }} skill {{ code }} thresholds {{ {VALUES} }}"
PAYLOAD = f"""... on ThresholdsPayload {{ thresholds {{ {VALUES} }} thresholdSet {{ {SET} }} course {{ id }} skill {{ code }} }}
  ... on RevisionConflict {{ conflicts {{ key revision }} }} {FAILURE}"""
PUT = f"mutation($input: ThresholdsInput!) {{ putThresholds(input: $input) {{ {PAYLOAD} }} }}"
RESET = f"mutation($input: ResetThresholdsInput!) {{ resetThresholds(input: $input) {{ {PAYLOAD} }} }}"
UPSERT = "mutation($input: [CourseInput!]!) { upsertCourses(input: $input) { failure { message } } }"
RECORD = """mutation($input: RecordAnswersInput!) { recordAnswers(input: $input) { ... on RecordAnswersPayload { outcomes {
  ... on RecordAnswerPayload { changes { skill statusBefore status thresholds { mastered set { id } } } } } } } }"""
DEFAULT = {
    "mastered": 0.95, "focus": 0.4, "weak": 0.5, "weakAttempts": 5, "comparison": "INCLUSIVE", "isDefault": True,
    "set": None,
}  # fmt: skip


async def put(ask: Ask, **given: Any) -> Any:
    return (await ask(PUT, input=given))["putThresholds"]


async def reset(ask: Ask, **given: Any) -> Any:
    return (await ask(RESET, input=given))["resetThresholds"]


async def answer(ask: Ask, student: str, outcomes: str, **target: Any) -> Any:
    answers = [
        {
            "studentId": student,
            "correct": each == "1",
            "at": (NOW - timedelta(hours=len(outcomes) - n)).isoformat(),
            **target,
        }
        for n, each in enumerate(outcomes)
    ]
    return (await ask(RECORD, input={"answers": answers}))["recordAnswers"]["outcomes"]


async def thresholds(ask: Ask) -> dict[str, Any]:
    """The thresholds of a skill, of a concept of it, and of a course."""
    document = f"""{{ skill(code: "cases") {{ thresholds {{ {VALUES} }} }} concept(id: "dative") {{ thresholds {{ {VALUES} }} }}
      course(id: "german") {{ thresholds {{ {VALUES} }} }} }}"""
    return {name: each and each["thresholds"] for name, each in (await ask(document)).items()}


async def test_thresholds_of_a_skill_are_versions_with_author_and_reason(ask: Ask) -> None:
    assert (await thresholds(ask))["skill"] == DEFAULT

    stored = await put(ask, skillCode="cases", mastered=0.9, comparison="STRICT", note="easy skill", ifRevision=0)

    values = DEFAULT | {"mastered": 0.9, "comparison": "STRICT", "isDefault": False, "set": {"id": "skill-cases-v1"}}
    assert stored["thresholds"] == stored["thresholdSet"]["thresholds"] == values
    assert {key: stored["thresholdSet"][key] for key in ("id", "nodeId", "scopeKind", "version", "note", "inEffect")} == {
        "id": "skill-cases-v1", "nodeId": "ThresholdSet:skill-cases-v1", "scopeKind": "SKILL", "version": 1,
        "note": "easy skill", "inEffect": True,
    }  # fmt: skip
    assert (stored["skill"], stored["course"]) == ({"code": "cases"}, None)
    assert (await thresholds(ask))["skill"] == values
    again = await ask(f'{{ node(id: "ThresholdSet:skill-cases-v1") {{ ... on ThresholdSet {{ {SET} }} }} }}')
    assert again["node"] == stored["thresholdSet"]


async def test_what_is_not_stated_stays_and_the_same_again_makes_no_version(ask: Ask) -> None:
    await put(ask, skillCode="cases", weak=0.6, weakAttempts=2)
    changed = await put(ask, skillCode="cases", focus=0.3)
    assert changed["thresholds"] == DEFAULT | {
        "weak": 0.6, "weakAttempts": 2, "focus": 0.3, "isDefault": False, "set": {"id": "skill-cases-v2"},
    }  # fmt: skip
    again = await put(ask, skillCode="cases", focus=0.3, note="once more")
    assert (again["thresholdSet"]["version"], again["thresholdSet"]["note"]) == (2, "")


async def test_a_skill_returns_to_its_course_and_a_course_to_the_settings(ask: Ask) -> None:
    await ask(UPSERT, input=[{"id": "german", "name": "German", "skillCodes": ["cases"]}])
    await put(ask, courseId="german", mastered=0.8)
    of_course = DEFAULT | {"mastered": 0.8, "isDefault": False, "set": {"id": "course-german-v1"}}
    assert await thresholds(ask) == {"skill": of_course, "concept": of_course, "course": of_course}

    own = await put(ask, skillCode="cases", weak=0.7)
    assert (own["thresholds"]["mastered"], own["thresholds"]["weak"]) == (0.8, 0.7)
    assert (await thresholds(ask))["concept"]["set"] == {"id": "skill-cases-v1"}

    returned = await reset(ask, skillCode="cases", note="as its course", ifRevision=1)
    assert returned["thresholds"] == of_course
    assert (returned["thresholdSet"]["version"], returned["thresholdSet"]["thresholds"]) == (2, None)
    assert returned["thresholdSet"]["inEffect"] is False
    assert (await reset(ask, courseId="german"))["thresholds"] == DEFAULT
    assert await thresholds(ask) == {"skill": DEFAULT, "concept": DEFAULT, "course": DEFAULT}
    assert (await reset(ask, skillCode="talk"))["thresholdSet"] is None
    assert (await put(ask, skillCode="cases", weak=0.7))["thresholdSet"]["version"] == 3


async def test_the_history_of_a_scope_in_pages(ask: Ask) -> None:
    for weak in (0.6, 0.7, 0.8):
        await put(ask, skillCode="cases", weak=weak)
    await reset(ask, skillCode="cases")
    document = """query($after: String) { skill(code: "cases") { thresholdRevision thresholdSets(first: 3, after: $after) {
      totalCount nodes { version inEffect thresholds { weak } } pageInfo { hasNextPage endCursor } } } }"""
    first = (await ask(document))["skill"]
    assert (first["thresholdRevision"], first["thresholdSets"]["totalCount"]) == (4, 4)
    assert first["thresholdSets"]["nodes"] == [
        {"version": 4, "inEffect": False, "thresholds": None},
        {"version": 3, "inEffect": False, "thresholds": {"weak": 0.8}},
        {"version": 2, "inEffect": False, "thresholds": {"weak": 0.7}},
    ]
    rest = (await ask(document, after=first["thresholdSets"]["pageInfo"]["endCursor"]))["skill"]["thresholdSets"]
    assert ([each["version"] for each in rest["nodes"]], rest["pageInfo"]["hasNextPage"]) == ([1], False)
    other = (await ask('{ skill(code: "talk") { thresholdRevision thresholdSets { totalCount nodes { id } } } }'))[
        "skill"
    ]
    assert other == {"thresholdRevision": 0, "thresholdSets": {"totalCount": 0, "nodes": []}}


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"skillCode": "none", "weak": 0.6}, "SKILL_NOT_FOUND", "skillCode"),
        ({"courseId": "none", "weak": 0.6}, "COURSE_NOT_FOUND", "courseId"),
        ({"weak": 0.6}, "INVALID_INPUT", "skillCode"),
        ({"skillCode": "cases", "courseId": "none"}, "INVALID_INPUT", "skillCode"),
        ({"skillCode": "cases", "mastered": 0.4}, "INVALID_INPUT", "mastered"),
        ({"skillCode": "cases", "weakAttempts": 0}, "INVALID_INPUT", "weakAttempts"),
        ({"skillCode": "cases", "weak": 0.6, "note": "x" * 2001}, "INVALID_INPUT", "note"),
        ({"skillCode": "cases", "weak": 0.6, "ifRevision": 1}, "REVISION_CONFLICT", "ifRevision"),
    ],
)
async def test_a_refused_change_writes_nothing(ask: Ask, given: dict[str, Any], code: str, field: str) -> None:
    refused = await put(ask, **given)
    assert (refused["code"], refused["field"]) == (code, field)
    if code == "REVISION_CONFLICT":
        assert refused["conflicts"] == [{"key": "cases", "revision": 0}]
    stored = (await ask('{ skill(code: "cases") { thresholdRevision } }'))["skill"]
    assert stored == {"thresholdRevision": 0}
    assert (await thresholds(ask))["skill"] == DEFAULT


async def test_a_level_at_the_boundary_follows_the_comparison(ask: Ask) -> None:
    await answer(ask, "anna", "1", skillCodes=["cases"])
    status = 'query { student(id: "anna") { mastery(skillCode: "cases") { level status } weakSkills(minAttempts: 1) { level } } }'
    level = (await ask(status))["student"]["mastery"]["level"]
    for comparison, expected in (("INCLUSIVE", "MASTERED"), ("STRICT", "NEEDS_FOCUS")):
        given: dict[str, Any] = {"mastered": level, "focus": 0.2, "weak": level, "weakAttempts": 1}
        if comparison == "STRICT":
            given |= {"mastered": 0.99, "focus": level}
        await put(ask, skillCode="cases", comparison=comparison, **given)
        student = (await ask(status))["student"]
        assert student["mastery"] == {"level": level, "status": expected}
        assert [each["level"] for each in student["weakSkills"]] == ([level] if comparison == "STRICT" else [])


async def test_a_change_of_thresholds_changes_statuses_and_no_level(ask: Ask) -> None:
    await answer(ask, "anna", "11", skillCodes=["cases"])
    document = """{ student(id: "anna") { mastery(skillCode: "cases") { level status updatedAt parameters { id } }
      explain(skillCode: "cases") { level status rule } statusCounts { status count } }
      runs { totalCount } skill(code: "cases") { statusCounts { status count } } }"""
    before = await ask(document)
    await put(ask, skillCode="cases", mastered=0.6, focus=0.2)
    after = await ask(document)

    was, is_now = before["student"]["mastery"], after["student"]["mastery"]
    assert (was.pop("status"), is_now.pop("status")) == ("LEARNING", "MASTERED")
    assert was == is_now
    assert after["student"]["explain"]["rule"] == "mastered from 0.6, needs focus below 0.2, else learning"
    for counts in (after["student"]["statusCounts"], after["skill"]["statusCounts"]):
        assert {each["status"]: each["count"] for each in counts}["MASTERED"] == 1
    assert before["runs"] == after["runs"]


async def test_a_recorded_answer_shows_the_status_by_the_thresholds_of_its_target(ask: Ask) -> None:
    await put(ask, skillCode="cases", mastered=0.6, focus=0.5)
    (outcome,) = await answer(ask, "anna", "1", skillCodes=["cases", "talk"])
    by_skill = {each.pop("skill"): each for each in outcome["changes"]}
    assert by_skill == {
        "cases": {
            "statusBefore": "NOT_STARTED",
            "status": "MASTERED",
            "thresholds": {"mastered": 0.6, "set": {"id": "skill-cases-v1"}},
        },
        "talk": {"statusBefore": "NOT_STARTED", "status": "LEARNING", "thresholds": {"mastered": 0.95, "set": None}},
    }


async def test_lists_of_students_and_their_order_follow_the_thresholds(ask: Ask) -> None:
    await answer(ask, "anna", "1", skillCodes=["cases", "talk"])
    await answer(ask, "ben", "0", skillCodes=["talk"])
    await put(ask, skillCode="cases", mastered=0.9, focus=0.8)
    document = """query($status: [MasteryStatus!]) {
      students(targetId: "Skill:cases", status: $status) { totalCount nodes { id } }
      skill(code: "cases") { masteries(status: $status) { totalCount nodes { studentId status } } statusCounts { status count } }
      order: students(orderBy: NEEDS_FOCUS) { nodes { id statusCounts { status count } } } }"""
    for status in ("NOT_STARTED", "NEEDS_FOCUS", "LEARNING", "MASTERED"):
        reply = await ask(document, status=[status])
        counts = {each["status"]: each["count"] for each in reply["skill"]["statusCounts"]}
        assert reply["students"]["totalCount"] == len(reply["students"]["nodes"]) == counts[status]
        if status != "NOT_STARTED":
            assert reply["skill"]["masteries"]["totalCount"] == counts[status]
            assert [each["studentId"] for each in reply["skill"]["masteries"]["nodes"]] == [
                each["id"] for each in reply["students"]["nodes"]
            ]
        focus = [
            {each["status"]: each["count"] for each in student["statusCounts"]}["NEEDS_FOCUS"]
            for student in reply["order"]["nodes"]
        ]
        assert focus == sorted(focus, reverse=True)
    assert (await ask(document, status=["NEEDS_FOCUS"]))["students"]["nodes"] == [{"id": "anna"}]


async def test_a_deleted_scope_takes_its_sets_with_it_and_an_archived_one_keeps_them(ask: Ask) -> None:
    await ask(UPSERT, input=[{"id": "german", "name": "German", "skillCodes": ["cases"]}])
    await put(ask, courseId="german", weak=0.6)
    await ask('mutation { archiveCourse(id: "german") { failure { message } } }')
    assert (await thresholds(ask))["skill"]["set"] == {"id": "course-german-v1"}
    await ask('mutation { deleteCourse(id: "german") { failure { message } } }')
    assert await thresholds(ask) == {"skill": DEFAULT, "concept": DEFAULT, "course": None}
    await ask(UPSERT, input=[{"id": "german", "name": "German", "skillCodes": ["cases"]}])
    assert (await ask('{ course(id: "german") { thresholdRevision } }'))["course"] == {"thresholdRevision": 0}

    await put(ask, skillCode="talk", weak=0.6)
    await ask('mutation { archiveSkills(codes: ["talk"]) { failure { message } } }')
    assert (await ask('{ skill(code: "talk") { thresholdRevision } }'))["skill"] == {"thresholdRevision": 1}
    await ask('mutation { deleteSkills(codes: ["talk"]) { failure { message } } }')
    assert (await ask('{ node(id: "ThresholdSet:skill-talk-v1") { id } }'))["node"] is None


async def test_changes_are_in_the_audit_log(ask: Ask) -> None:
    await put(ask, skillCode="cases", weak=0.6, note="a reason")
    await put(ask, skillCode="cases", weak=1.5)
    await reset(ask, skillCode="cases")
    entries = (await ask("{ auditLog(first: 3) { nodes { mutation subjects outcome } } }"))["auditLog"]["nodes"]
    assert [(each["mutation"], each["subjects"], each["outcome"]) for each in entries] == [
        ("resetThresholds", ["cases"], "ThresholdsPayload"),
        ("putThresholds", ["cases"], "InvalidInput"),
        ("putThresholds", ["cases"], "ThresholdsPayload"),
    ]


async def test_a_class_view_names_the_thresholds_of_its_columns(ask: Ask) -> None:
    await ask('mutation { upsertGroup(input: {id: "g", name: "G", studentIds: []}) { failure { message } } }')
    await put(ask, skillCode="cases", weak=0.6)
    groups = "thresholdGroups { thresholds { weak set { id } } targetIds }"
    view = (await ask(f'{{ group(id: "g") {{ distribution {{ {groups} }} heatmap {{ targetIds {groups} }} }} }}'))[
        "group"
    ]
    assert view["distribution"]["thresholdGroups"] == view["heatmap"]["thresholdGroups"]
    default, own = view["heatmap"]["thresholdGroups"]
    assert (default["thresholds"], own["thresholds"]) == (
        {"weak": 0.5, "set": None}, {"weak": 0.6, "set": {"id": "skill-cases-v1"}},
    )  # fmt: skip
    assert own["targetIds"] == ["cases"]
    assert sorted(default["targetIds"] + own["targetIds"]) == view["heatmap"]["targetIds"]


async def test_a_request_reads_the_thresholds_once(ask: Ask, statements_seen: list[str]) -> None:
    for n in range(5):
        await answer(ask, f"s{n}", "1", skillCodes=["cases", "talk"])
    await put(ask, skillCode="cases", weak=0.6)
    document = """{ students { nodes { masteries { nodes { status thresholds { weak set { id } } } } weakSkills { status }
      statusCounts { status } mastery(skillCode: "cases") { status } } } }"""
    await ask(document)
    statements_seen.clear()
    await ask(document)
    reads = [each for each in statements_seen if each.startswith(("course_version/", "threshold_set/"))]
    assert reads == ["course_version/read"], statements_seen
