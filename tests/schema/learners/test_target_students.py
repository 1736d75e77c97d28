"""From a concept or skill to its students: lists, counts and pages agree with what each student's own fields say."""

from collections import Counter
from datetime import datetime
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners.level_lists import LevelFilter, LevelOrder, OrderBy, Place
from graph_api.domain.learners.mastery import Thresholds
from graph_api.domain.learners.people import Group, Student
from graph_api.domain.targets import concept
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.learners import list_students_of_target
from graph_api.usecases.learners.edit_people import upsert_group, upsert_students
from graph_api.usecases.learners.list_students_of_target import LevelsOf, MasteriesPage, read_masteries_of_targets
from tests.conftest import NOW, Ask
from tests.schema.small_class import EXAMPLES, SmallClass, small_classes

MASTERY = (
    "studentId kind level status attempts correct lastPracticedAt concept { id } skill { code } student { id name }"
)
OF_STUDENTS = (
    f"{{ students(first: 10) {{ nodes {{ id groups {{ id }} masteries(first: 20) {{ nodes {{ {MASTERY} }} }} }} }} }}"
)
ARGUMENTS = """$status: [MasteryStatus!], $below: Float, $above: Float, $group: ID, $least: Int! = 1,
  $order: StudentMasteryOrder! = STUDENT_ASC, $first: Int! = 50, $after: String"""
PAGE = f"""masteries(status: $status, below: $below, above: $above, groupId: $group, minAttempts: $least, orderBy: $order,
  first: $first, after: $after) {{ totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ {MASTERY} }} }}"""
STATUSES = ["NOT_STARTED", "NEEDS_FOCUS", "LEARNING", "MASTERED"]
ORDERS = ["LEVEL", "ATTEMPTS", "LAST_PRACTICED", "STUDENT"]
LEVELS = st.sampled_from([None, 0.0, 0.2, 0.4, 0.5, 0.7, 0.95, 1.0])
FILTERS = st.fixed_dictionaries(
    {
        "status": st.none() | st.lists(st.sampled_from(STATUSES), max_size=3),
        "below": LEVELS,
        "above": LEVELS,
        "group": st.sampled_from([None, "g", "none"]),
        "least": st.sampled_from([0, 1, 2, 3]),
    }
)


def one(target: str) -> str:
    """The field of a concept or skill of a small class."""
    return f'concept(id: "{target}")' if target.startswith("c") else f'skill(code: "{target}")'


def key_of(mastery: dict[str, Any]) -> str:
    return str(mastery["concept"]["id"] if mastery["concept"] else mastery["skill"]["code"])


async def read_pages(ask: Ask, field: str, page: str, arguments: str, **variables: Any) -> tuple[list[Any], int]:
    """All nodes of a connection, page by page, and its total count."""
    nodes: list[Any] = []
    after, more, total = None, True, 0
    while more:
        data = await ask(f"query({arguments}) {{ {field} {{ {page} }} }}", after=after, **variables)
        connection = next(iter(data.values()))["masteries"]
        assert connection["pageInfo"]["hasNextPage"] is False or len(connection["nodes"]) == variables["first"]
        nodes += connection["nodes"]
        after, more, total = (
            connection["pageInfo"]["endCursor"],
            connection["pageInfo"]["hasNextPage"],
            connection["totalCount"],
        )
    return nodes, total


def fits(mastery: dict[str, Any], of: SmallClass, rule: dict[str, Any]) -> bool:
    """Whether a mastery passes a filter, worked out apart from the product."""
    return (
        (rule["status"] is None or mastery["status"] in rule["status"])
        and (rule["below"] is None or mastery["level"] < rule["below"])
        and (rule["above"] is None or mastery["level"] > rule["above"])
        and mastery["attempts"] >= rule["least"]
        and (rule["group"] is None or (rule["group"] == "g" and mastery["studentId"] in of.members))
    )


def arranged(masteries: list[dict[str, Any]], by: str, *, descending: bool) -> list[dict[str, Any]]:
    """The masteries in an order, worked out apart from the product: ties by student id, ascending."""
    value = {
        "LEVEL": lambda each: each["level"],
        "ATTEMPTS": lambda each: each["attempts"],
        "LAST_PRACTICED": lambda each: datetime.fromisoformat(each["lastPracticedAt"]),
        "STUDENT": lambda each: each["studentId"],
    }[by]
    return sorted(sorted(masteries, key=lambda each: each["studentId"]), key=value, reverse=descending)


@EXAMPLES
@given(of=small_classes(), rules=st.lists(FILTERS, min_size=4, max_size=4), first=st.integers(1, 3), seed=st.randoms())
@pytest.mark.usefixtures("parameter_sets")
async def test_pages_of_a_target_are_the_students_own_masteries(
    ask: Ask, raw: Ask, of: SmallClass, rules: list[dict[str, Any]], first: int, seed: Any
) -> None:
    await of.write(ask, raw)
    students = (await ask(OF_STUDENTS))["students"]["nodes"]
    everything = [row for student in students for row in student["masteries"]["nodes"]]
    orders = list(product(ORDERS, [False, True]))
    for target in [*of.concepts, *of.skills]:
        own = [row for row in everything if key_of(row) == target]
        for rule in [{"status": None, "below": None, "above": None, "group": None, "least": 1}, *rules]:
            by, descending = seed.choice(orders)
            expected = arranged([row for row in own if fits(row, of, rule)], by, descending=descending)
            order = f"{by}_{'DESC' if descending else 'ASC'}"
            paged, total = await read_pages(ask, one(target), PAGE, ARGUMENTS, **rule, order=order, first=first)
            assert paged == expected, (target, rule, order)
            assert total == len(expected)


@EXAMPLES
@given(of=small_classes())
@pytest.mark.usefixtures("parameter_sets")
async def test_counts_by_status_are_the_lengths_of_lists(ask: Ask, raw: Ask, of: SmallClass) -> None:
    await of.write(ask, raw)
    for target, group in product([*of.concepts, *of.skills], [None, "g", "none"]):
        node = f"{'Concept' if target.startswith('c') else 'Skill'}:{target}"
        lists = " ".join(
            f"{status}: students(targetId: $node, status: [{status}], groupId: $group) {{ totalCount nodes {{ id }} }}"
            for status in STATUSES
        )
        started = " ".join(
            f"{status}: masteries(status: [{status}], groupId: $group) {{ totalCount nodes {{ studentId }} }}"
            for status in STATUSES
        )
        reply = await ask(
            f"query($group: ID, $node: ID!) {{ {lists} of: {one(target)} {{ statusCounts(groupId: $group) "
            f"{{ status count share }} {started} }} }}",
            group=group,
            node=node,
        )
        counts = {each["status"]: each["count"] for each in reply["of"]["statusCounts"]}
        assert list(counts) == STATUSES
        for status in STATUSES:
            assert counts[status] == reply[status]["totalCount"] == len(reply[status]["nodes"]), (target, group)
            listed = reply["of"][status]
            assert listed["totalCount"] == len(listed["nodes"]) == (counts[status] if status != "NOT_STARTED" else 0)
            if status != "NOT_STARTED":
                assert {each["studentId"] for each in listed["nodes"]} == {
                    each["id"] for each in reply[status]["nodes"]
                }
        everyone = {None: len(of.students), "g": len(of.members), "none": 0}[group]
        assert sum(counts.values()) == everyone
        shares = [each["share"] for each in reply["of"]["statusCounts"]]
        assert sum(shares) == pytest.approx(1.0 if everyone else 0.0)


@pytest.fixture
async def crowd(course: None, gateway: Gateway, intake: AnswerIntake) -> list[str]:
    """Twelve students, whose levels on "dative" are two at a time the same."""
    ids = [f"s{n:02}" for n in range(12)]
    await upsert_students(gateway, [Student(each, each.upper()) for each in ids], NOW)
    await upsert_group(gateway, Group("7b", "7b", ids[:6], ["ms-t"]), NOW)
    answers = [
        AnswerInput(student, correct=True, concept_ids=["dative"], at=NOW, question_id=f"q{n % 3}")
        for place, student in enumerate(ids)
        for n in range(1 + place // 2)
    ]
    await intake.submit(answers)
    return ids


@pytest.mark.parametrize("order", ["LEVEL_ASC", "LEVEL_DESC", "ATTEMPTS_ASC", "LAST_PRACTICED_DESC", "STUDENT_ASC"])
async def test_no_student_is_lost_or_repeated_while_levels_of_others_change(
    ask: Ask, intake: AnswerIntake, crowd: list[str], order: str
) -> None:
    seen: list[str] = []
    changing = crowd[::3]
    after, more, turn = None, True, 0
    while more:
        page = (
            await ask(
                f'query({ARGUMENTS}) {{ concept(id: "dative") {{ {PAGE} }} }}',
                order=order,
                first=2,
                after=after,
            )
        )["concept"]["masteries"]
        seen += [each["studentId"] for each in page["nodes"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        await intake.submit(
            [AnswerInput(changing[turn % len(changing)], correct=bool(turn % 2), concept_ids=["dative"])]
        )
        turn += 1
    steady = [each for each in crowd if each not in changing]
    assert {each: count for each, count in Counter(seen).items() if each in steady} == dict.fromkeys(steady, 1)
    if order == "STUDENT_ASC":
        assert seen == crowd


@pytest.mark.usefixtures("crowd")
async def test_a_page_reads_no_more_rows_than_it_shows(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[tuple[str, int]] = []

    def observe(name: str, _seconds: float, number: int) -> None:
        rows.append((name, number))

    monkeypatch.setattr(gateway, "observe", observe)
    order = LevelOrder(OrderBy.STUDENT)
    for after in (None, Place("s07", "s07")):
        levels = LevelsOf(concept("dative"), None, LevelFilter(), Thresholds())
        page = MasteriesPage(levels, order, after, 3)
        (listed,) = (await gateway.read(lambda tx, page=page: read_masteries_of_targets(tx, [page]))).values()  # type: ignore[misc]
        assert len(listed) == 3
    assert rows == [("target_mastery/list_page_of_all", 3)] * 2


PARAMETERS = "parameters { source message parameterSet { id origin } }"


@pytest.mark.usefixtures("course")
async def test_the_parameters_in_effect_and_why(ask: Ask) -> None:
    query = f'{{ concept(id: "dative") {{ {PARAMETERS} }} skill(code: "cases") {{ {PARAMETERS} }} }}'
    put = "mutation($input: ParameterSetInput!) { putParameterSet(input: $input) { ... on ParameterSetPayload { parameterSet { id } } } }"
    values = {"name": "reasons", "prior": 0.2, "learn": 0.1, "guess": 0.2, "slip": 0.1}
    set_id = (await ask(put, input=values))["putParameterSet"]["parameterSet"]["id"]

    before = await ask(query)
    await ask(
        f'mutation {{ upsertConcepts(input: [{{id: "dative", parameterSet: "{set_id}"}}]) {{ __typename }} '
        f'activateParameters(input: {{parameterSetId: "{set_id}", skillCodes: ["cases"]}}) {{ __typename }} }}'
    )
    after = await ask(query)

    assert before["concept"]["parameters"] == {
        "source": "DEFAULT",
        "message": "This is the default set: no set is active or named.",
        "parameterSet": {"id": "bkt-concept-v1", "origin": "DEFAULT"},
    }
    assert before["skill"]["parameters"]["parameterSet"]["id"] == "bkt-skill-v1"
    assert after["concept"]["parameters"]["source"] == "NAMED"
    assert after["skill"]["parameters"]["source"] == "ACTIVATED"
    assert {each["parameters"]["parameterSet"]["id"] for each in after.values()} == {set_id}


async def test_questions_with_their_counts_in_pages(ask: Ask, crowd: list[str]) -> None:
    query = """query($first: Int!, $after: String, $group: ID) { concept(id: "dative") { questions(first: $first, after: $after,
      groupId: $group) { totalCount pageInfo { hasNextPage endCursor } nodes { questionId answers correct students } } }
      skill(code: "talk") { questions { totalCount } } }"""
    for group, members in ((None, crowd), ("7b", crowd[:6]), ("none", [])):
        given: Counter[str] = Counter(f"q{n % 3}" for place, _ in enumerate(members) for n in range(1 + place // 2))
        by_student = Counter(f"q{n}" for place, _ in enumerate(members) for n in range(min(1 + place // 2, 3)))
        seen, after, more = [], None, True
        while more:
            reply = await ask(query, first=2, after=after, group=group)
            page = reply["concept"]["questions"]
            assert reply["skill"]["questions"]["totalCount"] == 0
            assert page["totalCount"] == len(given)
            seen += page["nodes"]
            after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        assert seen == [
            {"questionId": key, "answers": given[key], "correct": given[key], "students": by_student[key]}
            for key in sorted(given)
        ]


@pytest.mark.parametrize("level", ["high", 2.0, -1.0, float("nan")])
async def test_an_invalid_level_hides_only_its_own_row(ask: Ask, raw: Ask, crowd: list[str], level: object) -> None:
    match = "MATCH (:Student {id: 's03'})-[mastery:HAS_MASTERY]->(:Concept {id: 'dative'}) SET mastery.level = $level"
    await raw(match, level=level)

    reply = await ask(
        '{ concept(id: "dative") { masteries(orderBy: LEVEL_ASC) { totalCount nodes { studentId } } statusCounts { status count } } '
        'without: students(targetId: "Concept:dative", status: [NOT_STARTED]) { nodes { id } } '
        "students(orderBy: MEAN_LEVEL) { totalCount nodes { id } } }"
    )

    others = [each for each in crowd if each != "s03"]
    assert sorted(each["studentId"] for each in reply["concept"]["masteries"]["nodes"]) == others
    assert reply["concept"]["masteries"]["totalCount"] == 11
    assert reply["concept"]["statusCounts"][0] == {"status": "NOT_STARTED", "count": 1}
    assert reply["without"]["nodes"] == [{"id": "s03"}]
    assert sorted(each["id"] for each in reply["students"]["nodes"]) == crowd


WHOLE = '{ concept(id: "dative") { statusCounts(groupId: "%s") { status count share } %s } }'


@pytest.mark.parametrize("group", ["7b", "empty", "none"])
async def test_a_small_group_read_as_a_whole_shows_what_its_pages_show(
    ask: Ask,
    gateway: Gateway,
    crowd: list[str],
    statements_seen: list[str],
    monkeypatch: pytest.MonkeyPatch,
    group: str,
) -> None:
    await upsert_group(gateway, Group("empty", "E", []), NOW)
    pages = " ".join(
        f'{order}: masteries(groupId: "{group}", orderBy: {order}, first: 2) {{ totalCount pageInfo {{ hasNextPage endCursor }} '
        f"nodes {{ {MASTERY} }} }}"
        for order in (f"{by}_{direction}" for by in ORDERS for direction in ("ASC", "DESC"))
    )
    await ask("{ skills(first: 1) { nodes { code } } }")  # the course is read once
    statements_seen.clear()
    whole = await ask(WHOLE % (group, pages))
    if group != "none":
        assert sorted(statements_seen) == ["course_version/read", "target_mastery/list_of_group"]

    monkeypatch.setattr(list_students_of_target, "MOST_MEMBERS", -1)

    assert await ask(WHOLE % (group, pages)) == whole
