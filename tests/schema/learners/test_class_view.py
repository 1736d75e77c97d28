"""The class at a glance, its curve, and who may need help (Q2, Q6)."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners.people import Group, Student
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.learners.edit_people import upsert_group, upsert_students
from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course")

CURVE = "opportunity answers incorrect errorRate confidence interval { low high }"
VIEW = f"""query($kind: TargetKind!, $skill: ID) {{ group(id: "g") {{
  distribution(kind: $kind, skillCode: $skill) {{ kind students targets defined total coverage meanLevel
    statuses {{ status count share }} hardest(minStudents: 2) {{ students meanLevel needFocus concept {{ id }} skill {{ code }} }} }}
  heatmap(kind: $kind, skillCode: $skill) {{ kind studentIds targetIds levels attempts }}
  learningCurve {{ {CURVE} }} }} }}"""
RISK = """query($asOf: DateTime, $days: Int, $first: Int) { group(id: "g") { atRisk(asOf: $asOf, inactiveDays: $days, first: $first) {
  rule membersChecked atRiskCount students { studentId student { name } reasons { __typename message
    ... on FallingTrend { recentAnswers recentAccuracy beforeAnswers beforeAccuracy }
    ... on FallingTopic { skillCode velocity skill { name } }
    ... on RootCauseReason { conceptId blocks concept { name } }
    ... on Stagnation { missedIds stuckIds concepts { id } }
    ... on Inactivity { lastPracticedAt days } } } } } }"""


async def practise(intake: AnswerIntake, student: str, concept: str, correct: str, ago: float = 0) -> None:
    """Answers a minute apart, 1 right and 0 wrong, the last of them some days ago."""
    end = NOW - timedelta(days=ago)
    sent = [
        AnswerInput(
            student, correct=each == "1", concept_ids=[concept], at=end - timedelta(minutes=len(correct) - 1 - place)
        )
        for place, each in enumerate(correct)
    ]
    await intake.submit(sent)


@pytest.fixture
async def group(course: None, gateway: Gateway, intake: AnswerIntake) -> None:
    """Anna and Ben practised, Cleo never did; Dan is in no class."""
    await upsert_students(gateway, [Student(name.lower(), name) for name in ("Anna", "Ben", "Cleo", "Dan")], NOW)
    await upsert_group(gateway, Group("g", "G", ["anna", "ben", "cleo"], []), NOW)
    await practise(intake, "anna", "nominative", "1" * 6)
    await practise(intake, "ben", "nominative", "01")
    await practise(intake, "ben", "accusative", "0")
    await practise(intake, "dan", "nominative", "0" * 9)


@pytest.mark.usefixtures("group")
async def test_the_class_at_a_glance(ask: Ask) -> None:
    group = (await ask(VIEW, kind="CONCEPT"))["group"]

    summary = group["distribution"]
    assert (summary["students"], summary["targets"], summary["defined"], summary["total"]) == (3, 3, 3, 9)
    assert summary["coverage"] == pytest.approx(1 / 3)
    counts = {each["status"]: each["count"] for each in summary["statuses"]}
    assert counts == {"NOT_STARTED": 6, "NEEDS_FOCUS": 1, "LEARNING": 1, "MASTERED": 1}
    assert sum(each["share"] for each in summary["statuses"]) == pytest.approx(1)
    (hard,) = summary["hardest"]
    assert (hard["concept"], hard["skill"], hard["students"]) == ({"id": "nominative"}, None, 2)
    levels = group["heatmap"]
    assert (levels["studentIds"], levels["targetIds"]) == (
        ["anna", "ben", "cleo"],
        ["accusative", "dative", "nominative"],
    )
    assert levels["attempts"] == [[0, 0, 6], [1, 0, 2], [0, 0, 0]]
    assert levels["levels"][0] == [None, None, 0.99]
    assert levels["levels"][2] == [None, None, None]
    assert summary["meanLevel"] == pytest.approx((0.99 + levels["levels"][1][0] + levels["levels"][1][2]) / 3, abs=1e-4)
    curve = {point["opportunity"]: point for point in group["learningCurve"]}
    assert (curve[1]["answers"], curve[1]["incorrect"], curve[1]["errorRate"]) == (3, 2, pytest.approx(2 / 3))
    assert (curve[2]["answers"], curve[2]["incorrect"]) == (2, 0)
    assert max(curve) == 6
    assert curve[1]["confidence"] == "LOW"
    assert curve[1]["interval"]["low"] < 2 / 3 < curve[1]["interval"]["high"]


@pytest.mark.usefixtures("group")
async def test_skills_and_parts_of_a_skill(ask: Ask) -> None:
    skills = (await ask(VIEW, kind="SKILL"))["group"]["heatmap"]
    cases = (await ask(VIEW, kind="CONCEPT", skill="cases"))["group"]
    one = (await ask(VIEW, kind="SKILL", skill="cases"))["group"]["heatmap"]

    assert skills["targetIds"] == ["cases", "grammar", "talk"]
    assert skills["attempts"] == [[0, 6, 0], [1, 3, 0], [0, 0, 0]]
    assert cases["heatmap"]["targetIds"] == ["accusative", "dative"]
    assert cases["distribution"]["total"] == 6
    assert (one["targetIds"], one["attempts"]) == (["cases"], [[0], [1], [0]])


async def test_an_empty_class(ask: Ask, gateway: Gateway) -> None:
    await upsert_group(gateway, Group("g", "G", [], []), NOW)

    group = (await ask(VIEW, kind="CONCEPT"))["group"]
    risk = (await ask(RISK))["group"]["atRisk"]

    assert (group["distribution"]["coverage"], group["distribution"]["meanLevel"]) == (None, None)
    assert (group["heatmap"]["levels"], group["learningCurve"]) == ([], [])
    assert (risk["membersChecked"], risk["students"]) == (0, [])


async def test_the_curve_of_one_student(ask: Ask, intake: AnswerIntake) -> None:
    await practise(intake, "anna", "nominative", "01")
    await practise(intake, "anna", "dative", "0")
    await practise(intake, "anna", "nominative", "1", ago=1)  # late: it comes first now

    curves = (
        await ask(
            f"""{{ student(id: "anna") {{ all: learningCurve {{ {CURVE} }}
              one: learningCurve(conceptId: "nominative") {{ incorrect }} skill: learningCurve(skillCode: "grammar", longest: 2) {{ incorrect }}
              none: learningCurve(skillCode: "talk") {{ incorrect }} }} }}"""
        )
    )["student"]

    assert [(point["answers"], point["incorrect"]) for point in curves["all"]] == [(2, 1), (1, 1), (1, 0)]
    assert [point["incorrect"] for point in curves["one"]] == [0, 1, 0]
    assert [point["incorrect"] for point in curves["skill"]] == [0, 1]
    assert curves["none"] == []


def by_type(student: Any) -> dict[str, Any]:
    return {each["__typename"]: each for each in student["reasons"]}


async def test_who_may_need_help_and_why(ask: Ask, gateway: Gateway, intake: AnswerIntake) -> None:
    names = ["Anna", "Ben", "Cleo", "Eve", "Fay"]
    await upsert_students(gateway, [Student(name.lower(), name) for name in names], NOW)
    await upsert_group(gateway, Group("g", "G", [name.lower() for name in names], []), NOW)
    await practise(intake, "anna", "dative", "1" * 40, ago=10)
    await practise(intake, "anna", "dative", "0" * 12)
    await practise(intake, "ben", "nominative", "0" * 10)
    await practise(intake, "ben", "accusative", "0" * 5)
    await practise(intake, "cleo", "nominative", "1", ago=30)
    scored = [
        AnswerInput(
            "eve",
            correct=score > 0.5,
            skill_codes=["talk"],
            semantic_score=score,
            keyword_score=score,
            at=NOW - timedelta(minutes=10 - place),
            missed=["dative"],
        )
        for place, score in enumerate((0.9, 0.9, 0.9, 0.1))
    ]
    await intake.submit(scored)
    await practise(intake, "fay", "nominative", "11")

    risk = (await ask(RISK, asOf=NOW.isoformat()))["group"]["atRisk"]

    assert (risk["membersChecked"], risk["atRiskCount"]) == (5, 4)
    assert risk["rule"].startswith("accuracy fell by 0.15 or more, beyond chance; a topic's velocity below -0.05;")
    students = {each["studentId"]: each for each in risk["students"]}
    assert [each["studentId"] for each in risk["students"]][2:] == ["anna", "cleo"]  # one kind of reason each
    anna = by_type(students["anna"])
    assert anna["FallingTrend"]["message"] == "accuracy fell from 100% to 0% in the last week"
    assert (anna["FallingTrend"]["recentAnswers"], anna["FallingTrend"]["beforeAccuracy"]) == (12, 1)
    ben = by_type(students["ben"])
    assert (ben["RootCauseReason"]["conceptId"], ben["RootCauseReason"]["blocks"]) == ("nominative", 1)
    assert ben["RootCauseReason"]["concept"] == {"name": "Nominative"}
    assert (ben["Stagnation"]["stuckIds"], ben["Stagnation"]["concepts"]) == (["nominative"], [{"id": "nominative"}])
    assert by_type(students["cleo"])["Inactivity"]["days"] == pytest.approx(30)
    assert students["cleo"]["student"] == {"name": "Cleo"}
    eve = by_type(students["eve"])
    assert (eve["FallingTopic"]["skillCode"], eve["FallingTopic"]["skill"]) == ("talk", {"name": "Talking"})
    assert eve["FallingTopic"]["velocity"] < -0.05
    assert eve["Stagnation"]["missedIds"] == ["dative"]
    assert "Inactivity" not in eve


async def test_who_never_practised_is_found(ask: Ask, gateway: Gateway) -> None:
    await upsert_students(gateway, [Student("anna"), Student("ben")], NOW)
    await upsert_group(gateway, Group("g", "G", ["anna", "ben"], []), NOW)

    risk = (await ask(RISK, asOf=NOW.isoformat(), first=1))["group"]["atRisk"]

    assert (risk["atRiskCount"], len(risk["students"])) == (2, 1)
    assert risk["students"][0]["reasons"] == [
        {"__typename": "Inactivity", "message": "never practised", "lastPracticedAt": None, "days": None}
    ]


async def test_one_read_of_levels_for_all_of_a_class_view(
    ask: Ask, gateway: Gateway, intake: AnswerIntake, statements_seen: list[str]
) -> None:
    spent = []
    for size in (1, 2, 40):  # the first meets what the service does when it has started
        names = [f"s{n}" for n in range(size)]
        await intake.submit([AnswerInput(name, correct=False, concept_ids=["nominative"], at=NOW) for name in names])
        await upsert_group(gateway, Group("g", "G", names, []), NOW)
        statements_seen.clear()
        await ask(
            """{ group(id: "g") { heatmap(kind: CONCEPT) { levels } distribution(kind: CONCEPT) { coverage }
              atRisk { students { student { name } reasons { message } } } rootCauses { causes { concept { name } } } } }"""
        )
        spent.append(len(statements_seen))
    assert max(spent[1:]) <= 13, statements_seen


async def test_a_heat_map_that_is_too_large_is_refused_before_it_is_read(
    ask: Ask, client: httpx.AsyncClient, gateway: Gateway, statements_seen: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask('mutation { upsertStudents(input: [{id: "anna"}, {id: "ben"}]) { __typename } }')
    await upsert_group(gateway, Group("g", "G", ["anna", "ben"], []), NOW)
    monkeypatch.setattr("graph_api.usecases.learners.view_class.MOST_CELLS", 4)
    statements_seen.clear()
    reply = await client.post("/graphql", json={"query": '{ group(id: "g") { heatmap(kind: CONCEPT) { levels } } }'})

    (error,) = reply.json()["errors"]
    assert error["message"] == "students x targets: must be at most 4; ask for one skillCode, got '6'"
    assert not [name for name in statements_seen if name.startswith("mastery/")]
    within = (await ask('{ group(id: "g") { heatmap(kind: CONCEPT, skillCode: "cases") { levels } } }'))["group"]
    assert within["heatmap"]["levels"] == [[None, None]] * 2


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("atRisk(inactiveDays: 0) { rule }", "inactiveDays: must be >= 1, got '0'"),
        ("atRisk(drop: 0) { rule }", "drop: must be > 0 and <= 1, got '0.0'"),
        ("atRisk(first: 0) { rule }", "first: must be from 1 to 500, got '0'"),
        (
            'atRisk(asOf: "0001-01-01T00:00:00Z") { rule }',
            "asOf: must be at least 28 days after the beginning of the year 1, got '0001-01-01T00:00:00+00:00'",
        ),
        (
            'learningCurve(conceptId: "a", skillCode: "b") { incorrect }',
            "conceptId, skillCode: give exactly one of them",
        ),
    ],
)
@pytest.mark.usefixtures("group")
async def test_questions_that_mean_nothing(client: httpx.AsyncClient, field: str, message: str) -> None:
    reply = (await client.post("/graphql", json={"query": f'{{ group(id: "g") {{ {field} }} }}'})).json()

    assert reply["errors"][0]["message"] == message
