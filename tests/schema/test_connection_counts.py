"""Every connection counts what its pages hold, and a count of students is the length of their list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import Ask
from tests.schema.small_class import EXAMPLES, SmallClass, small_classes

CONNECTIONS = [
    ("students", "students(first: $first, after: $after, {}) {{ {} }}", ["", 'groupId: "g"', 'search: "p1"', "orderBy: NAME",
        'ids: ["p0", "p2"], reverse: true', 'targetId: "Skill:s0"', 'targetId: "Concept:c0", status: [NOT_STARTED]',
        'targetId: "Skill:s0", below: 0.7, orderBy: MEAN_LEVEL', "orderBy: LAST_PRACTICED", "orderBy: NEEDS_FOCUS"]),
    ("skills", "skills(first: $first, after: $after, {}) {{ {} }}", ["", 'search: "s1"', 'category: "grammar"', "level: A1"]),
    ("concepts", "concepts(first: $first, after: $after, {}) {{ {} }}", ["", 'search: "c0"', 'skillCode: "s0"']),
    ("groups", "groups(first: $first, after: $after, {}) {{ {} }}", ["", 'search: "g"', 'search: "x"']),
    ("runs", "runs(first: $first, after: $after, {}) {{ {} }}", ["", "status: SUCCESS", "status: FAILED"]),
    ("parameterSets", "parameterSets(first: $first, after: $after, {}) {{ {} }}", ["", "origin: WRITTEN", 'name: "bkt-skill"']),
    ("auditLog", "auditLog(first: $first, after: $after, {}) {{ {} }}", [""]),
    ("group members", 'group(id: "g") {{ members(first: $first, after: $after, {}) {{ {} }} }}', [""]),
    ("skill concepts", 'skill(code: "s0") {{ concepts(first: $first, after: $after, {}) {{ {} }} }}', [""]),
    ("masteries", 'student(id: "p0") {{ masteries(first: $first, after: $after, {}) {{ {} }} }}', [
        "", "kind: SKILL", "status: [LEARNING, MASTERED]", 'skillCode: "s0"', "minAttempts: 3, orderBy: LEVEL_DESC",
        "orderBy: LAST_PRACTICED_ASC", "status: [NOT_STARTED]", "orderBy: ATTEMPTS_DESC"]),
    ("masteries of a skill", 'skill(code: "s0") {{ masteries(first: $first, after: $after, {}) {{ {} }} }}', [
        "", "status: [LEARNING, MASTERED]", "below: 0.7, above: 0.2", 'groupId: "g"', "minAttempts: 3, orderBy: LEVEL_DESC",
        "orderBy: LAST_PRACTICED_ASC", "status: [NOT_STARTED]", "orderBy: ATTEMPTS_DESC", "orderBy: STUDENT_DESC"]),
    ("questions of a concept", 'concept(id: "c0") {{ questions(first: $first, after: $after, {}) {{ {} }} }}', ["", 'groupId: "g"']),
    ("item analysis", 'concept(id: "c0") {{ itemAnalysis(first: $first, after: $after, {}) {{ {} }} }}', ["", "orderBy: QUESTION_ID"]),
    ("sessions", 'student(id: "p0") {{ sessions(first: $first, after: $after, {}) {{ {} }} }}', ["", "status: [SUBMITTED]"]),
    ("topics", 'student(id: "p0") {{ topics(first: $first, after: $after, {}) {{ {} }} }}', [""]),
    ("answers", 'student(id: "p0") {{ answers(first: $first, after: $after, {}) {{ {} }} }}', [
        "", "correct: true", 'conceptId: "c0"', 'skillCode: "s0"', "orderBy: OLDEST_FIRST", 'since: "2026-02-27T12:00:00Z"',
        'until: "2026-02-27T12:00:00Z"', 'questionId: "none"']),
]  # fmt: skip
"""Every connection, with filters."""
PAGE = "totalCount pageInfo { hasNextPage endCursor hasPreviousPage } edges { cursor node { __typename } }"


@pytest.mark.parametrize(
    ("field", "filters"), [each[1:] for each in CONNECTIONS], ids=[each[0] for each in CONNECTIONS]
)
@EXAMPLES
@given(of=small_classes(), first=st.integers(1, 3))
@pytest.mark.usefixtures("parameter_sets")
async def test_a_connection_counts_what_its_pages_hold(
    ask: Ask, raw: Ask, field: str, filters: list[str], of: SmallClass, first: int
) -> None:
    await of.write(ask, raw)
    for fitting in filters:
        query = f"query($first: Int!, $after: String) {{ {field.format(fitting, PAGE).replace(', )', ')')} }}"
        seen: list[str] = []
        message, after, more = None, None, True
        while more:
            message = await ask(query, first=first, after=after)
            while message and "totalCount" not in message:
                message = next(iter(message.values()))
            if message is None:
                break
            assert message["pageInfo"]["hasPreviousPage"] == (after is not None)
            cursors = [each["cursor"] for each in message["edges"]]
            assert len(cursors) == first or not message["pageInfo"]["hasNextPage"]
            seen += cursors
            after, more = message["pageInfo"]["endCursor"], message["pageInfo"]["hasNextPage"]
        assert len(set(seen)) == len(seen)
        assert message is None or message["totalCount"] == len(seen), (fitting, message)


@EXAMPLES
@given(of=small_classes(), first=st.integers(1, 2))
@pytest.mark.usefixtures("parameter_sets")
async def test_the_students_behind_a_cause_come_in_pages(ask: Ask, raw: Ask, of: SmallClass, first: int) -> None:
    await of.write(ask, raw)
    for listed, count in (
        ("weakStudents", "studentsWeak"),
        ("blockedStudents", "studentsBlocked"),
        ("heldBackStudents", "students"),
    ):
        query = f"""query($first: Int!, $after: String) {{ group(id: "g") {{ rootCauses(minAttempts: 1, first: 1) {{ causes {{
          conceptId {count} {listed}(first: $first, after: $after) {{ totalCount pageInfo {{ hasNextPage endCursor }}
          nodes {{ studentId }} }} }} }} }} }}"""
        seen: list[str] = []
        causes, after, more = [], None, True
        while more:
            causes = (await ask(query, first=first, after=after))["group"]["rootCauses"]["causes"]
            if not causes:
                break
            page = causes[0][listed]
            assert page["totalCount"] == causes[0][count]
            seen += [each["studentId"] for each in page["nodes"]]
            after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        assert seen == sorted(set(seen))
        assert not causes or len(seen) == causes[0][count]
