"""Fields cover the courses of the group or student, or what the query names; prerequisites stay whole (G8)."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import NOW, Ask
from tests.schema.small_class import EXAMPLES, RULES, SmallClass, ids, small_classes

ASSIGN = """mutation($course: [CourseInput!]!, $taken: [ID!]!) {
  upsertCourses(input: $course) { __typename }
  addGroupCourses(groupId: "g", courseIds: $taken) { __typename } }"""
COVERED = st.sets(st.sampled_from(["s0", "s1"]))
STUDENT = """readyToLearn(first: 6 SCOPE) { conceptId unlocksWeak } toReview(first: 6 SCOPE) { id }
  due(below: 1, minLevel: 0, first: 6 SCOPE) { mastery { concept { id } } }
  dueSkills: due(kind: SKILL, below: 1, minLevel: 0, first: 6 SCOPE) { mastery { skill { code } } }
  rootCauses(minAttempts: 1, first: 6 SCOPE) { causes { conceptId score blocks { id } } }
  weakClusters(minAttempts: 1 SCOPE) { clusters { concepts { id } causes { id } } }
  learningCurve(longest: 60 SCOPE) { opportunity answers incorrect }"""
GROUP = """distribution(kind: CONCEPT SCOPE) { targets total defined statuses { status count } }
  skills: distribution(SCOPE) { targets total }
  heatmap(kind: CONCEPT SCOPE) { targetIds levels attempts } skillMap: heatmap(SCOPE) { targetIds levels }
  rootCauses(minAttempts: 1, first: 6 SCOPE) { causes { conceptId students } }
  weakClusters(minAttempts: 1 SCOPE) { clusters { concepts { id } } }
  learningCurve(longest: 60 SCOPE) { opportunity answers incorrect }
  atRisk(inactiveDays: 1, minAttempts: 1, stuckAttempts: 1, asOf: $at, first: 6 SCOPE) { students { studentId reasons { __typename
    ... on RootCauseReason { conceptId } ... on Stagnation { missedIds stuckIds } ... on Inactivity { lastPracticedAt } } } }"""


async def assign(ask: Ask, codes: set[str]) -> None:
    """The group takes a course with some skills."""
    reply = await ask(ASSIGN, course=[{"id": "x", "name": "X", "skillCodes": sorted(codes)}], taken=["x"])
    assert {each["__typename"] for each in reply.values()} == {"UpsertCoursesPayload", "GroupCoursesPayload"}


async def read(ask: Ask, of: SmallClass, scope: str = "") -> dict[str, Any]:
    """Every scoped field of the group and its students, with arguments for the scope."""
    students = " ".join(
        f'{name}: student(id: "{name}") {{ {STUDENT} answers(first: 400) {{ nodes {{ at conceptIds skillCodes }} }} }}'
        for name in of.students
    )
    text = f'query($at: DateTime!) {{ group(id: "g") {{ {GROUP} }} {students} }}'.replace("(SCOPE)", f"({scope})")
    text = text.replace(" SCOPE", f", {scope}" if scope else "").replace("()", "")
    reply: dict[str, Any] = await ask(text, at=(NOW + timedelta(days=2)).isoformat())
    return reply


@EXAMPLES
@given(of=small_classes(), covered=COVERED)
async def test_scoped_equals_filtered(
    ask: Ask, raw: Ask, parameter_sets: None, of: SmallClass, covered: set[str]
) -> None:
    await of.write(ask, raw)
    whole = await read(ask, of)
    await assign(ask, covered)
    scoped = await read(ask, of)
    concepts = {key for key, each in of.concepts.items() if set(each["skillCodes"]) & covered}

    for name in of.students:
        before, after = whole[name], scoped[name]
        if name not in of.members:
            assert after == before  # their groups take no course
            continue
        assert after["readyToLearn"] == [each for each in before["readyToLearn"] if each["conceptId"] in concepts]
        assert after["toReview"] == [each for each in before["toReview"] if each["id"] in concepts]
        assert after["due"] == [each for each in before["due"] if key_of(each["mastery"]) in concepts]
        assert after["dueSkills"] == [each for each in before["dueSkills"] if key_of(each["mastery"]) in covered]
        check_causes(before["rootCauses"]["causes"], after["rootCauses"]["causes"], concepts)
        for cluster in after["weakClusters"]["clusters"]:
            assert concepts & set(ids(cluster["concepts"]))
    check_group(whole["group"], scoped["group"], concepts, covered)
    check_curves(of, scoped, concepts)
    check_risk(of, whole, scoped, concepts, covered)


def key_of(mastery: dict[str, Any]) -> str:
    return str(mastery["concept"]["id"] if "concept" in mastery else mastery["skill"]["code"])


def check_causes(before: list[dict[str, Any]], after: list[dict[str, Any]], concepts: set[str]) -> None:
    """A cause matters to the scope if it is in it, or blocks something in it."""
    expected = [
        each["conceptId"] for each in before if each["conceptId"] in concepts or concepts & set(ids(each["blocks"]))
    ]
    assert sorted(each["conceptId"] for each in after) == sorted(expected)
    blocks = {each["conceptId"]: set(ids(each["blocks"])) for each in before}
    for each in after:
        remaining = set(ids(each["blocks"]))
        assert remaining & concepts == blocks[each["conceptId"]] & concepts
        assert remaining <= blocks[each["conceptId"]]


def check_group(before: dict[str, Any], after: dict[str, Any], concepts: set[str], covered: set[str]) -> None:
    """Columns are filtered, and the distribution is that of the columns."""
    for name, keys in (("heatmap", concepts), ("skillMap", covered)):
        places = [n for n, key in enumerate(before[name]["targetIds"]) if key in keys]
        assert after[name]["targetIds"] == [before[name]["targetIds"][n] for n in places]
        assert after[name]["levels"] == [[row[n] for n in places] for row in before[name]["levels"]]
    levels = [level for row in after["heatmap"]["levels"] for level in row]
    started = [level for level in levels if level is not None]
    distribution = after["distribution"]
    assert (distribution["targets"], distribution["total"], distribution["defined"]) == (
        len(concepts), len(levels), len(started),
    )  # fmt: skip
    expected = Counter(["NOT_STARTED"] * (len(levels) - len(started)))
    expected.update("MASTERED" if x >= 0.95 else "NEEDS_FOCUS" if x < 0.4 else "LEARNING" for x in started)
    assert {each["status"]: each["count"] for each in distribution["statuses"] if each["count"]} == dict(expected)
    assert after["skills"]["targets"] == len(covered)


def check_curves(of: SmallClass, scoped: dict[str, Any], concepts: set[str]) -> None:
    """Curves are counted again from the answers to the concepts of the scope."""
    total: Counter[int] = Counter()
    for name in of.members:
        counts: Counter[int] = Counter()
        opportunities: defaultdict[str, int] = defaultdict(int)
        for answer in scoped[name]["answers"]["nodes"]:
            for key in set(answer["conceptIds"]) & concepts:
                opportunities[key] += 1
                counts[opportunities[key]] += 1
        total += counts
        assert {each["opportunity"]: each["answers"] for each in scoped[name]["learningCurve"]} == dict(counts)
    assert {each["opportunity"]: each["answers"] for each in scoped["group"]["learningCurve"]} == dict(total)


def check_risk(
    of: SmallClass, whole: dict[str, Any], scoped: dict[str, Any], concepts: set[str], covered: set[str]
) -> None:
    """Reasons are about the scope: stuck and missed concepts are filtered, and practice outside it does not count."""
    before, after = (
        {each["studentId"]: {reason["__typename"]: reason for reason in each["reasons"]} for each in reply["students"]}
        for reply in (whole["group"]["atRisk"], scoped["group"]["atRisk"])
    )
    for name in of.members:
        reasons = after.get(name, {})
        for field in ("stuckIds", "missedIds"):
            had = before.get(name, {}).get("Stagnation", {}).get(field, [])
            assert reasons.get("Stagnation", {}).get(field, []) == [key for key in had if key in concepts]
        times = [
            datetime.fromisoformat(answer["at"])
            for answer in scoped[name]["answers"]["nodes"]
            if set(answer["conceptIds"]) & concepts or set(answer["skillCodes"]) & covered
        ]
        last = reasons["Inactivity"]["lastPracticedAt"]  # everyone is: the moment is two days later
        assert (datetime.fromisoformat(last) if last else None) == max(times, default=None)


@EXAMPLES
@given(of=small_classes(), rule=RULES)
async def test_no_course_equals_all(
    ask: Ask, raw: Ask, parameter_sets: None, of: SmallClass, rule: dict[str, Any]
) -> None:
    await of.write(ask, raw)
    whole = await of.read(ask, **rule)
    chosen = await read(ask, of)
    await assign(ask, {"s0"})
    assert await read(ask, of, "allCourses: true") == chosen
    await ask('mutation { removeGroupCourses(groupId: "g", courseIds: ["x"]) { __typename } }')
    assert await of.read(ask, **rule) == whole


@EXAMPLES
@given(of=small_classes(), covered=COVERED)
async def test_what_a_query_names_comes_before_the_courses(
    ask: Ask, raw: Ask, parameter_sets: None, of: SmallClass, covered: set[str]
) -> None:
    await of.write(ask, raw)
    await assign(ask, covered)
    by_course = await read(ask, of, 'courseId: "x"')
    scoped = await read(ask, of)
    for name in [*of.members, "group"]:
        assert scoped[name] == by_course[name]
    await ask('mutation { removeGroupCourses(groupId: "g", courseIds: ["x"]) { __typename } }')
    codes = ", ".join(f'"{code}"' for code in sorted(covered))
    assert await read(ask, of, f"skillCodes: [{codes}]") == by_course
    await assign(ask, {"s0", "s1"} - covered)
    assert await read(ask, of, f"skillCodes: [{codes}]") == by_course


@pytest.mark.usefixtures("course")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ('courseId: "none"', "COURSE_NOT_FOUND"),
        ('skillCodes: ["none"]', "SKILL_NOT_FOUND"),
        ('skillCodes: ["cases"], courseId: "x"', "INVALID_INPUT"),
        ('skillCode: "cases", allCourses: true', "INVALID_INPUT"),
    ],
)
async def test_scopes_that_cannot_be_are_errors(client: Any, ask: Ask, arguments: str, code: str) -> None:
    await ask('mutation { upsertGroup(input: {id: "g", name: "G"}) { __typename } }')
    query = f'{{ group(id: "g") {{ heatmap({arguments}) {{ targetIds }} }} }}'
    reply = (await client.post("/graphql", json={"query": query})).json()
    assert [error["extensions"]["code"] for error in reply["errors"]] == [code]


@pytest.mark.usefixtures("course")
async def test_a_prerequisite_outside_the_scope_still_holds_back(ask: Ask) -> None:
    """Accusative is in the course, nominative before it is not."""
    await ask(
        """mutation { upsertSkills(input: [{code: "other", name: "Other", category: "x"}]) { __typename }
        upsertConcepts(input: [{id: "nominative", name: "N", skillCodes: ["other"]}]) { __typename }
        upsertStudents(input: [{id: "anna", name: "Anna"}]) { __typename }
        upsertCourses(input: [{id: "x", name: "X", skillCodes: ["cases"]}]) { __typename }
        upsertGroup(input: {id: "g", name: "G", studentIds: ["anna"], courseIds: ["x"]}) { __typename } }"""
    )
    wrong = [
        {"studentId": "anna", "correct": False, "conceptIds": [key], "at": (NOW - timedelta(minutes=n)).isoformat()}
        for n in range(6)
        for key in ("nominative", "accusative")
    ]
    await ask("mutation($a: RecordAnswersInput!) { recordAnswers(input: $a) { __typename } }", a={"answers": wrong})
    asked = await ask(
        'query { student(id: "anna") { readyToLearn { conceptId } rootCauses { causes { conceptId blocks { id } } } } }'
    )
    assert "nominative" not in [each["conceptId"] for each in asked["student"]["readyToLearn"]]
    assert "accusative" not in [each["conceptId"] for each in asked["student"]["readyToLearn"]]
    assert asked["student"]["rootCauses"]["causes"] == [{"conceptId": "nominative", "blocks": [{"id": "accusative"}]}]
