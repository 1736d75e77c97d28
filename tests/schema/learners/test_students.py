"""Lists of students and the summary of each: they agree with the masteries, answers and sessions they are made of."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners.people import Group
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.learners.edit_people import upsert_group
from graph_api.usecases.learners.run_sessions import start_session
from tests.conftest import NOW, Ask
from tests.schema.small_class import EXAMPLES, SmallClass, small_classes

STATUSES = ["NOT_STARTED", "NEEDS_FOCUS", "LEARNING", "MASTERED"]
COUNTS = "{ status count share }"
SUMMARY = f"""id name lastPracticedAt attempts answers(first: 1) {{ totalCount }} meanLevel meanOfConcepts: meanLevel(kind: CONCEPT)
  statusCounts {COUNTS} ofConcepts: statusCounts(kind: CONCEPT) {COUNTS} groups {{ id }}
  masteries(first: 20) {{ nodes {{ kind level status lastPracticedAt concept {{ id }} skill {{ code }} }} }}"""
EVERYTHING = (
    f"""{{ students(first: 10) {{ nodes {{ {SUMMARY} }} }} skills {{ totalCount }} concepts {{ totalCount }} }}"""
)
ARGUMENTS = """$group: ID, $search: String, $ids: [ID!], $target: ID, $status: [MasteryStatus!], $below: Float, $above: Float,
  $order: StudentOrder! = ID, $reverse: Boolean! = false, $first: Int! = 50, $after: String"""
PAGE = f"""query({ARGUMENTS}) {{ students(groupId: $group, search: $search, ids: $ids, targetId: $target, status: $status,
  below: $below, above: $above, orderBy: $order, reverse: $reverse, first: $first, after: $after) {{
  totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ id }} }} }}"""
ORDERS = ["ID", "NAME", "LAST_PRACTICED", "MEAN_LEVEL", "NEEDS_FOCUS"]
LEVELS = st.sampled_from([None, None, 0.2, 0.4, 0.5, 0.7, 0.95])
FILTERS = st.fixed_dictionaries(
    {
        "group": st.sampled_from([None, "g", "none"]),
        "search": st.sampled_from([None, "P", "p1"]),
        "ids": st.sampled_from([None, ["p0", "p2", "x"], []]),
        "target": st.sampled_from([None, "Concept:c0", "Skill:s0", "Skill:s1", "Skill:none"]),
        "status": st.none() | st.lists(st.sampled_from(STATUSES), max_size=3),
        "below": LEVELS,
        "above": LEVELS,
    }
)


def node_of(mastery: dict[str, Any]) -> str:
    return f"Concept:{mastery['concept']['id']}" if mastery["concept"] else f"Skill:{mastery['skill']['code']}"


def fits(student: dict[str, Any], rule: dict[str, Any], targets: set[str]) -> bool:
    """Whether a student passes a filter, worked out from their masteries."""
    plain = (
        (rule["group"] is None or rule["group"] in {each["id"] for each in student["groups"]})
        and (rule["search"] is None or rule["search"].lower() in f"{student['id']} {student['name']}".lower())
        and (rule["ids"] is None or student["id"] in rule["ids"])
    )
    if rule["target"] is None or not plain:
        return plain
    own = {node_of(each): each for each in student["masteries"]["nodes"]}.get(rule["target"])
    if own is None:
        bounded = rule["below"] is not None or rule["above"] is not None
        return rule["target"] in targets and "NOT_STARTED" in (rule["status"] or []) and not bounded
    return (
        (rule["status"] is None or own["status"] in rule["status"])
        and (rule["below"] is None or own["level"] < rule["below"])
        and (rule["above"] is None or own["level"] > rule["above"])
    )


def place(student: dict[str, Any], order: str) -> tuple[Any, str]:
    """The sort key of a student, worked out from their masteries."""
    rows = student["masteries"]["nodes"]
    skills = [row for row in rows if row["kind"] == "SKILL"]
    latest = max((datetime.fromisoformat(row["lastPracticedAt"]).timestamp() for row in rows), default=float("-inf"))
    mean = round(sum(row["level"] for row in skills) / len(skills), 4) if skills else 2.0
    value = {
        "ID": student["id"],
        "NAME": student["name"],
        "LAST_PRACTICED": latest,
        "MEAN_LEVEL": mean,
        "NEEDS_FOCUS": -sum(row["status"] == "NEEDS_FOCUS" for row in skills),
    }[order]
    return value, student["id"]


@EXAMPLES
@given(of=small_classes(), rules=st.lists(FILTERS, min_size=8, max_size=8), first=st.integers(1, 3))
@pytest.mark.usefixtures("parameter_sets")
async def test_lists_of_students_are_what_their_masteries_say(
    ask: Ask, raw: Ask, of: SmallClass, rules: list[dict[str, Any]], first: int
) -> None:
    await of.write(ask, raw)
    everything = await ask(EVERYTHING)
    students = everything["students"]["nodes"]
    targets = {*(f"Concept:{key}" for key in of.concepts), *(f"Skill:{key}" for key in of.skills)}
    nothing = dict.fromkeys(rules[0])
    for number, (order, reverse) in enumerate(product(ORDERS, [False, True])):
        for rule in (nothing, rules[number % len(rules)]):
            if rule["target"] is None:
                rule = rule | {"status": None, "below": None, "above": None}  # noqa: PLW2901 - which need a target
            expected = [each for each in students if fits(each, rule, targets)]
            expected.sort(key=lambda each: place(each, order), reverse=reverse)
            seen: list[str] = []
            after, more = None, True
            while more:
                page = (await ask(PAGE, **rule, order=order, reverse=reverse, first=first, after=after))["students"]
                assert page["totalCount"] == len(expected), (rule, order)
                seen += [each["id"] for each in page["nodes"]]
                after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
            assert seen == [each["id"] for each in expected], (rule, order, reverse)


@EXAMPLES
@given(of=small_classes())
@pytest.mark.usefixtures("parameter_sets")
async def test_the_summary_of_a_student_is_what_their_masteries_and_answers_say(
    ask: Ask, raw: Ask, of: SmallClass
) -> None:
    await of.write(ask, raw)
    everything = await ask(EVERYTHING)
    for student in everything["students"]["nodes"]:
        rows = student["masteries"]["nodes"]
        assert student["attempts"] == student["answers"]["totalCount"]
        latest = max((datetime.fromisoformat(row["lastPracticedAt"]) for row in rows), default=None)
        shown = student["lastPracticedAt"] and datetime.fromisoformat(student["lastPracticedAt"])
        assert shown == latest
        for kind, mean, counts, total in (
            ("SKILL", "meanLevel", "statusCounts", everything["skills"]["totalCount"]),
            ("CONCEPT", "meanOfConcepts", "ofConcepts", everything["concepts"]["totalCount"]),
        ):
            levels = [row["level"] for row in rows if row["kind"] == kind]
            expected = Counter(row["status"] for row in rows if row["kind"] == kind)
            expected["NOT_STARTED"] = total - len(levels)
            assert {each["status"]: each["count"] for each in student[counts]} == {
                status: expected[status] for status in STATUSES
            }
            assert student[mean] == (pytest.approx(sum(levels) / len(levels), abs=6e-5) if levels else None)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("below: 0.5", "targetId: must be given with status, below or above"),
        ('targetId: "Student:x"', "targetId: must be the nodeId of a concept or skill, as in Skill:grammar"),
        ('targetId: "grammar"', "targetId: must be a nodeId, as in Student:anna"),
        ('targetId: "Skill:grammar", below: 2', "below: must be from 0 to 1"),
        ("ids: " + str(["a"] * 501).replace("'", '"'), "ids: must name at most 500"),
    ],
)
async def test_an_argument_that_breaks_a_rule_is_named(client: Any, arguments: str, message: str) -> None:
    reply = (await client.post("/graphql", json={"query": f"{{ students({arguments}) {{ totalCount }} }}"})).json()

    assert reply["errors"][0]["message"].startswith(message)


PAGE_OF_CLASS = """{ students(first: 50, orderBy: MEAN_LEVEL) { totalCount nodes { name lastPracticedAt attempts meanLevel
  statusCounts { status count } ofConcepts: statusCounts(kind: CONCEPT) { count }
  sessions(first: 3) { totalCount nodes { id status student { name } } }
  topics { totalCount nodes { skillCode masteryLevel skill { name } weakConcepts { conceptId } } } } } }"""
OF_SKILLS = """{ skills(first: 4) { nodes { name parameters { source parameterSet { id } } statusCounts { count }
  ofClass: statusCounts(groupId: "g") { count } questions(first: 4) { totalCount nodes { questionId } }
  masteries(orderBy: LEVEL_ASC, groupId: "g", first: 50) { totalCount nodes { level student { name } } }
  concepts(first: 4) { nodes { masteries(first: 2) { totalCount nodes { level } } statusCounts { count } } } } } }"""


@pytest.mark.parametrize(("document", "most"), [(PAGE_OF_CLASS, 12), (OF_SKILLS, 16)], ids=["students", "skills"])
@pytest.mark.usefixtures("course")
async def test_a_page_of_students_costs_a_constant_number_of_statements(
    ask: Ask, gateway: Gateway, intake: AnswerIntake, statements_seen: list[str], document: str, most: int
) -> None:
    spent = []
    for size in (3, 50):
        students = [f"s{n}" for n in range(size)]
        await intake.submit(
            [
                AnswerInput(student, correct=True, concept_ids=[concept], at=NOW, semantic_score=0.5, question_id="q")
                for student in students
                for concept in ("nominative", "accusative", "dative")
            ]
        )
        await upsert_group(gateway, Group("g", "G", students), NOW)
        for student in students[::10]:
            await start_session(gateway, f"of-{student}-{size}", student, NOW)
        statements_seen.clear()
        await ask(document)
        spent.append(sorted(statements_seen))
    # Loads of one loader that fall into one turn of the event loop are one statement, so it may be fewer.
    assert max(map(len, spent)) <= most, spent


@pytest.mark.usefixtures("course")
async def test_the_sessions_of_a_student_in_pages_newest_first(
    ask: Ask, gateway: Gateway, intake: AnswerIntake
) -> None:
    await intake.submit([AnswerInput("anna", correct=True, skill_codes=["talk"], at=NOW)])
    for place_ in range(5):
        await start_session(gateway, f"session-{place_}", "anna", NOW + timedelta(minutes=place_ // 2))
    await ask('mutation { endSession(input: {id: "session-1"}) { __typename } }')
    query = """query($status: [SessionStatus!], $after: String) { student(id: "anna") {
      sessions(status: $status, first: 2, after: $after) { totalCount pageInfo { hasNextPage endCursor } nodes { id status } } } }"""
    for status, expected in (
        (None, ["session-4", "session-2", "session-3", "session-0", "session-1"]),
        (["SUBMITTED"], ["session-1"]),
        (["IN_PROGRESS"], ["session-4", "session-2", "session-3", "session-0"]),
        ([], []),
    ):
        seen, after, more = [], None, True
        while more:
            page = (await ask(query, status=status, after=after))["student"]["sessions"]
            assert page["totalCount"] == len(expected)
            seen += [each["id"] for each in page["nodes"]]
            after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        assert seen == expected


@pytest.mark.usefixtures("course")
async def test_an_archived_skill_counts_only_as_practice(ask: Ask, intake: AnswerIntake) -> None:
    def at(hour: int) -> datetime:
        return NOW - timedelta(hours=24 - hour)

    await intake.submit(
        [
            AnswerInput("anna", correct=True, skill_codes=["cases"], at=at(1)),
            AnswerInput("anna", correct=False, skill_codes=["talk"], at=at(4)),
            AnswerInput("ben", correct=False, skill_codes=["cases"], at=at(2)),
            AnswerInput("ben", correct=True, skill_codes=["talk"], at=at(3)),
        ]
    )
    await ask('mutation { archiveSkills(codes: ["talk"]) { __typename } }')
    page = "nodes { id lastPracticedAt meanLevel statusCounts { status count } }"

    reply = await ask(
        f"{{ practiced: students(orderBy: LAST_PRACTICED) {{ {page} }} mean: students(orderBy: MEAN_LEVEL) {{ {page} }} "
        f"focus: students(orderBy: NEEDS_FOCUS) {{ {page} }} }}"
    )

    ids = {order: [each["id"] for each in of_order["nodes"]] for order, of_order in reply.items()}
    assert ids == {"practiced": ["ben", "anna"], "mean": ["ben", "anna"], "focus": ["ben", "anna"]}
    ben, anna = reply["mean"]["nodes"]
    assert ben["meanLevel"] < anna["meanLevel"]
    assert [datetime.fromisoformat(each["lastPracticedAt"]) for each in (ben, anna)] == [at(3), at(4)]


@pytest.mark.usefixtures("course")
async def test_the_topics_of_a_student(ask: Ask, intake: AnswerIntake) -> None:
    await intake.submit(
        [
            AnswerInput("anna", correct=True, concept_ids=["accusative"], semantic_score=0.6, at=NOW),
            AnswerInput("anna", correct=True, skill_codes=["talk"], at=NOW),
        ]
    )
    fields = "skillCode masteryLevel stage questionsAttempted"
    reply = (
        await ask(
            f'{{ student(id: "anna") {{ topics(first: 1) {{ totalCount pageInfo {{ hasNextPage }} nodes {{ {fields} }} }} '
            f'cases: topic(skillCode: "cases") {{ {fields} }} all: topics {{ nodes {{ {fields} }} }} '
            f'grammar: topic(skillCode: "grammar") {{ {fields} }} }} }}'
        )
    )["student"]

    assert reply["topics"] == {"totalCount": 2, "pageInfo": {"hasNextPage": True}, "nodes": [reply["cases"]]}
    assert reply["all"]["nodes"] == [reply["cases"], reply["grammar"]]
