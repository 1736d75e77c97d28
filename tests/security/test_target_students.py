"""Attacks through `Skill.masteries` and its like: each viewer sees only their students, and analysts no small list."""

import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners.people import Group, Student
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.learners.edit_people import upsert_group, upsert_students
from tests.application import Client, service
from tests.conftest import NOW, Ask, make_course
from tests.graph_copy import GraphCopy
from tests.tokens import SECRET, signed

COPY = GraphCopy()

Asked = Callable[..., Awaitable[Any]]
STUDENTS = [f"secret-{number:02}" for number in range(12)]
KEY = "a key of the tests, that nothing else uses"
LISTS = """query($group: ID, $first: Int! = 50, $after: String) { concept(id: "dative") {
  masteries(groupId: $group, first: $first, after: $after) { totalCount pageInfo { endCursor hasNextPage } nodes { studentId level } }
  statusCounts(groupId: $group) { status count share } } }"""
QUESTIONS = 'query($group: ID) { concept(id: "dative") { questions(groupId: $group) { totalCount nodes { questionId answers students } } } }'


@pytest.fixture(scope="module")
async def guarded(database: dict[str, str], gateway: Gateway) -> AsyncIterator[Client]:
    async with service(database, jwt_secret=SECRET, pseudonym_key=KEY, rate_limit="") as http:
        http.services.gateway.observe = gateway.observe
        yield http


async def make_students(gateway: Gateway, intake: AnswerIntake) -> None:
    await make_course(gateway)
    await upsert_students(gateway, [Student(key, key) for key in STUDENTS], NOW)
    await upsert_group(gateway, Group("nine", "Nine", STUDENTS[:9], ["ms-t"]), NOW)
    await upsert_group(gateway, Group("ten", "Ten", STUDENTS[:10], ["ms-t"]), NOW)
    await upsert_group(gateway, Group("mixed", "Mixed", STUDENTS[1:], ["mr-u"]), NOW)
    for place, key in enumerate(STUDENTS[:10]):
        right = place < 3
        await intake.submit(
            [
                AnswerInput(key, correct=right, concept_ids=["dative"], at=NOW, question_id=f"q-{key}")
                for _ in range(9 if right else 2)
            ]
        )


@pytest.fixture
async def asked(guarded: Client, gateway: Gateway, intake: AnswerIntake, raw: Ask) -> Asked:
    """Twelve students: the first ten answered "dative", three of them often and correctly. Groups of 9, 10 and 3."""
    await COPY.begin(raw, lambda: make_students(gateway, intake))

    async def ask(sub: str, role: str, query: str, **variables: object) -> Any:
        headers = {"Authorization": f"Bearer {signed(sub=sub, role=role)}"}
        return (await guarded.post("/graphql", json={"query": query, "variables": variables}, headers=headers)).json()

    return ask


def counts(reply: Any) -> dict[str, int]:
    return {each["status"]: each["count"] for each in reply["data"]["concept"]["statusCounts"]}


def listed(reply: Any) -> list[str]:
    return [each["studentId"] for each in reply["data"]["concept"]["masteries"]["nodes"]]


@pytest.mark.parametrize(
    ("sub", "group", "own"),
    [
        ("secret-00", None, ["secret-00"]),
        ("secret-00", "ten", ["secret-00"]),
        ("secret-00", "mixed", []),
        ("secret-00", "none", []),
        ("secret-11", "mixed", []),
        ("new", None, []),
    ],
)
async def test_a_student_sees_only_their_own_row(asked: Asked, sub: str, group: str | None, own: list[str]) -> None:
    reply = await asked(sub, "student", LISTS, group=group)
    questions = (await asked(sub, "student", QUESTIONS, group=group))["data"]["concept"]["questions"]

    assert listed(reply) == own
    assert reply["data"]["concept"]["masteries"]["totalCount"] == len(own)
    is_counted = bool(own) or (sub, group) == ("secret-11", "mixed")
    assert sum(counts(reply).values()) == int(is_counted)
    assert [each["questionId"] for each in questions["nodes"]] == [f"q-{key}" for key in own]
    assert "secret" not in str(reply).replace("secret-00", "")


@pytest.mark.parametrize(
    ("sub", "group", "students", "others"),
    [
        ("ms-t", None, STUDENTS[:10], 0),
        ("ms-t", "nine", STUDENTS[:9], 0),
        ("ms-t", "mixed", [], 0),
        ("mr-u", None, STUDENTS[1:10], 2),
        ("mr-u", "mixed", STUDENTS[1:10], 2),
        ("mr-u", "ten", [], 0),
        ("other", None, [], 0),
    ],
)
async def test_a_teacher_sees_only_students_of_their_groups(
    asked: Asked, sub: str, group: str | None, students: list[str], others: int
) -> None:
    reply = await asked(sub, "teacher", LISTS, group=group)
    questions = (await asked(sub, "teacher", QUESTIONS, group=group))["data"]["concept"]["questions"]

    assert listed(reply) == students
    assert counts(reply)["NOT_STARTED"] == others
    assert sum(counts(reply).values()) == len(students) + others
    assert questions["totalCount"] == len(students)
    assert [each["questionId"] for each in questions["nodes"]] == [f"q-{key}" for key in students]


async def test_a_hidden_group_looks_like_a_missing_one(asked: Asked, statements_seen: list[str]) -> None:
    for sub, role in (("ms-t", "teacher"), ("secret-00", "student")):
        replies = []
        for group in ("mixed", "none"):
            statements_seen.clear()
            replies.append((await asked(sub, role, LISTS, group=group), sorted(statements_seen)))
        assert replies[0] == replies[1]


@pytest.mark.parametrize(
    "arguments",
    ['groupId: "mixed"', 'groupId: "mixed", ids: ["secret-05", "secret-11"]', 'ids: ["secret-10"]', 'search: "secret-11"',
     'targetId: "Concept:dative", status: [NOT_STARTED]', "orderBy: MEAN_LEVEL", "orderBy: NEEDS_FOCUS, reverse: true"],
)  # fmt: skip
async def test_lists_of_students_hold_only_a_teachers_own(asked: Asked, arguments: str) -> None:
    reply = await asked("ms-t", "teacher", f"{{ students({arguments}) {{ totalCount nodes {{ id }} }} }}")
    students = [each["id"] for each in reply["data"]["students"]["nodes"]]

    assert set(students) <= set(STUDENTS[:10])
    assert reply["data"]["students"]["totalCount"] == len(students)
    assert not students or "orderBy" in arguments


async def test_an_analyst_sees_pseudonyms_and_no_list_below_the_minimum(asked: Asked) -> None:
    small = await asked("an", "analyst", LISTS, group="nine")
    large = await asked("an", "analyst", LISTS, group="ten")
    everyone = await asked("an", "analyst", LISTS)
    as_admin = await asked("root", "admin", LISTS, group="ten")

    assert {error["extensions"]["code"] for error in small["errors"]} == {"GROUP_TOO_SMALL"}
    assert small["data"] == {"concept": None}
    levels = sorted(each["level"] for each in as_admin["data"]["concept"]["masteries"]["nodes"])
    for reply in (large, everyone):
        assert "secret" not in str(reply)
        assert sorted(each["level"] for each in reply["data"]["concept"]["masteries"]["nodes"]) == levels
    assert not set(listed(large)) & set(listed(everyone)), "another pseudonym in each group"


@pytest.mark.parametrize("order", ["STUDENT_ASC", "LEVEL_DESC", "ATTEMPTS_ASC", "LAST_PRACTICED_DESC"])
async def test_pages_and_cursors_of_an_analyst_hold_no_ids(asked: Asked, order: str) -> None:
    query = LISTS.replace("first: $first", f"orderBy: {order}, first: $first")
    seen, after, more = [], None, True
    while more:
        reply = await asked("an", "analyst", query, group="ten", first=3, after=after)
        info = reply["data"]["concept"]["masteries"]["pageInfo"]
        after, more = info["endCursor"], info["hasNextPage"]
        assert b"secret" not in base64.urlsafe_b64decode(after + "==")
        seen += listed(reply)
    assert len(set(seen)) == len(seen) == 10
    if order == "STUDENT_ASC":
        assert seen == sorted(seen), "in order of pseudonyms, which does not reveal the order of ids"


async def test_counts_of_an_analyst_hide_small_statuses_and_what_would_reveal_them(asked: Asked) -> None:
    shown = counts(await asked("an", "analyst", LISTS, group="ten"))
    as_admin = counts(await asked("root", "admin", LISTS, group="ten"))

    assert as_admin == {"NOT_STARTED": 0, "NEEDS_FOCUS": 7, "LEARNING": 0, "MASTERED": 3}
    assert shown == {"NOT_STARTED": 0, "LEARNING": 0}
    filtered = await asked(
        "an", "analyst", '{ concept(id: "dative") { masteries(groupId: "ten", status: [MASTERED]) { totalCount } } }'
    )
    assert filtered == {"data": {"concept": {"masteries": None}}}


@pytest.mark.parametrize(
    "selection",
    ["questions { totalCount }", "masteries { nodes { student { name } } }", "masteries { nodes { lastPracticedAt } }",
     "masteries { nodes { recency { score } } }"],
)  # fmt: skip
async def test_an_analyst_cannot_reach_what_names_students(asked: Asked, selection: str) -> None:
    reply = await asked("an", "analyst", f'{{ concept(id: "dative") {{ {selection} }} }}')

    assert {error["extensions"]["code"] for error in reply["errors"]} == {"FORBIDDEN"}


async def test_a_student_cannot_list_students(asked: Asked) -> None:
    reply = await asked("secret-00", "student", '{ students(targetId: "Concept:dative") { totalCount } }')

    assert reply["errors"][0]["extensions"]["code"] == "FORBIDDEN"
