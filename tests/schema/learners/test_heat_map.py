"""The heat map of a class: confidences are those of the masteries; rows and columns have names (Q6, Q8)."""

from datetime import timedelta
from typing import Any

import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners.people import Group, Student
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.learners.edit_people import upsert_group, upsert_students
from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course")

MAP = """query($kind: TargetKind!, $asOf: DateTime) { group(id: "g") { heatmap(kind: $kind, asOf: $asOf) {
  studentIds targetIds levels attempts confidences students { id name } targets { id name kind } } } }"""
MASTERIES = """{ group(id: "g") { members { nodes { id masteries(first: 50) {
  nodes { attempts confidence target { id kind } } } } } } }"""
JUDGE = "mutation($input: [JudgementInput!]!) { recordJudgements(input: $input) { failure { message } } }"
JUDGED = ("conceptId", "accusative", 0.9, 9), ("skillCode", "cases", 0.4, 0)
"""Judgements of Ben: the field and id of the target, the level, and how many hours ago."""
OUTCOMES = {
    ("anna", "nominative"): "111111111111", ("anna", "accusative"): "0101010101010", ("anna", "dative"): "1111",
    ("ben", "nominative"): "11010", ("ben", "accusative"): "00000000000000000000", ("ben", "dative"): "0111111",
}  # fmt: skip


@pytest.fixture
async def group(course: None, gateway: Gateway, intake: AnswerIntake) -> None:
    """Anna and Ben practised, some answers late and with hints; Cleo never did."""
    await upsert_students(gateway, [Student(name.lower(), name) for name in ("Anna", "Ben", "Cleo")], NOW)
    await upsert_group(gateway, Group("g", "G", ["anna", "ben", "cleo"], []), NOW)
    for (student, concept), outcomes in OUTCOMES.items():
        sent = [
            AnswerInput(
                student, correct=each == "1", concept_ids=[concept], at=NOW - timedelta(hours=len(outcomes) - place)
            )
            for place, each in enumerate(outcomes)
        ]
        await intake.submit(sent[1:])
        await intake.submit(sent[:1])


def confidences(reply: Any) -> dict[tuple[str, str], str | None]:
    """The confidences of a heat map by student and target."""
    of_map = reply["group"]["heatmap"]
    return {
        (student, target): cell
        for student, row in zip(of_map["studentIds"], of_map["confidences"], strict=True)
        for target, cell in zip(of_map["targetIds"], row, strict=True)
    }


async def of_masteries(ask: Ask, kind: str) -> dict[tuple[str, str], str | None]:
    """The confidences of the members' masteries."""
    members = (await ask(MASTERIES))["group"]["members"]["nodes"]
    return {
        (member["id"], each["target"]["id"]): each["confidence"]
        for member in members
        for each in member["masteries"]["nodes"]
        if each["target"]["kind"] == kind
    }


@pytest.mark.usefixtures("group")
@pytest.mark.parametrize("kind", ["CONCEPT", "SKILL"])
async def test_confidences_are_those_of_the_masteries(ask: Ask, kind: str) -> None:
    judgements = [
        {
            "studentId": "ben",
            "kind": "OVERRIDE",
            field: key,
            "level": level,
            "at": (NOW - timedelta(hours=ago)).isoformat(),
        }
        for field, key, level, ago in JUDGED
    ]
    assert await ask(JUDGE, input=judgements) == {"recordJudgements": {"failure": None}}

    seen = confidences(await ask(MAP, kind=kind))

    expected = await of_masteries(ask, kind)
    assert {pair: cell for pair, cell in seen.items() if cell is not None} == expected
    assert {student for student, _ in seen} == {"anna", "ben", "cleo"}
    if kind == "CONCEPT":
        assert set(expected.values()) == {"LOW", "MEDIUM", "HIGH"}


@pytest.mark.usefixtures("group")
async def test_confidences_as_of_a_moment_rest_on_the_answers_by_then(ask: Ask) -> None:
    now = confidences(await ask(MAP, kind="CONCEPT", asOf=NOW.isoformat()))
    earlier = confidences(await ask(MAP, kind="CONCEPT", asOf=(NOW - timedelta(hours=8)).isoformat()))

    assert {pair: cell for pair, cell in now.items() if cell} == await of_masteries(ask, "CONCEPT")
    assert now["anna", "nominative"] == "HIGH"
    assert (earlier["anna", "nominative"], earlier["anna", "dative"]) != ("HIGH", "LOW")
    assert earlier["anna", "dative"] is None


@pytest.mark.usefixtures("group")
async def test_rows_and_columns_have_names_in_their_order(ask: Ask, gateway: Gateway) -> None:
    of_map = (await ask(MAP, kind="SKILL"))["group"]["heatmap"]

    assert of_map["students"] == [
        {"id": "anna", "name": "Anna"}, {"id": "ben", "name": "Ben"}, {"id": "cleo", "name": "Cleo"},
    ]  # fmt: skip
    assert [each["id"] for each in of_map["targets"]] == of_map["targetIds"] == ["cases", "grammar", "talk"]
    assert of_map["targets"][2] == {"id": "talk", "name": "Talking", "kind": "SKILL"}
    await upsert_group(gateway, Group("g", "G", [], []), NOW)
    empty = (await ask(MAP, kind="CONCEPT"))["group"]["heatmap"]
    assert (empty["students"], empty["confidences"]) == ([], [])
    assert [each["id"] for each in empty["targets"]] == ["accusative", "dative", "nominative"]


async def test_a_class_of_any_size_takes_the_same_statements(
    ask: Ask, gateway: Gateway, intake: AnswerIntake, statements_seen: list[str]
) -> None:
    spent = []
    for size in (1, 2, 40):  # the first meets what the service does when it has started
        names = [f"s{n}" for n in range(size)]
        answers = [
            AnswerInput(name, correct=n % 3 > 0, concept_ids=["nominative"], at=NOW - timedelta(hours=n))
            for name in names
            for n in range(6)
        ]
        await intake.submit(answers)
        await upsert_group(gateway, Group("g", "G", names, []), NOW)
        statements_seen.clear()
        of_map = (await ask(MAP, kind="CONCEPT"))["group"]["heatmap"]
        spent.append(len(statements_seen))
        assert len(of_map["students"]) == size
    assert max(spent[1:]) <= 7, statements_seen
