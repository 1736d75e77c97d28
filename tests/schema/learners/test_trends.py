"""Series, movement and activity agree with the fields that show one moment (Q12)."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.learners.people import Group
from graph_api.domain.learners.sessions import Session, SessionStatus
from graph_api.store import sessions
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.learners.edit_people import upsert_group
from tests.conftest import NOW, Ask

pytestmark = pytest.mark.usefixtures("course")

WEEKS = 6
SINCE = NOW - timedelta(weeks=WEEKS)
STUDENTS = ["anna", "ben", "cleo"]
PERIODS = "by timeZone days moments"
SERIES = f"""query($since: DateTime!, $until: DateTime!, $zone: String) {{
  student(id: "anna") {{
    concepts: levelSeries(kind: CONCEPT, since: $since, until: $until, timeZone: $zone) {{ {PERIODS}
      targets {{ targetId kind target {{ id name }} levels attempts statuses }} }}
    named: levelSeries(conceptIds: ["dative", "nothing", "nominative"], since: $since, until: $until) {{ targets {{ targetId levels attempts }} }}
    recencySeries(since: $since, until: $until) {{ {PERIODS} parameterSetId skills {{ skillCode scores attempts skill {{ name }} }} }}
    topicSeries(since: $since, until: $until) {{ {PERIODS} topics {{ skillCode skill {{ name }} masteryLevels learningVelocities questionsAttempted }} }}
    topic(skillCode: "talk") {{ history {{ nodes {{ at masteryLevel learningVelocity questionsAttempted }} }} }}
  }}
  group(id: "g") {{
    series(kind: CONCEPT, since: $since, until: $until) {{ {PERIODS} kind students targets
      points {{ day at defined coverage meanLevel statuses {{ status count share }} }} }}
    studentSeries(kind: CONCEPT, since: $since, until: $until) {{ {PERIODS} kind studentIds levels started mastered }}
    one: studentSeries(conceptId: "nominative", since: $since, until: $until) {{ kind studentIds levels }}
    movement(kind: CONCEPT, since: $since, until: $until) {{ since until kind
      before {{ statuses {{ status count }} }} after {{ meanLevel statuses {{ status count }} }}
      crossings {{ threshold up down studentsUp studentsDown }} transitions {{ before after count students }}
      moves(first: 2) {{ totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ ...Move }} }}
      up: moves(direction: UP, threshold: MASTERED) {{ totalCount nodes {{ ...Move }} }} }}
  }} }}
fragment Move on StatusMove {{ studentId student {{ id }} targetId target {{ id }} statusBefore statusAfter levelBefore
  levelAfter direction crossed }}"""
AT = """ {{ student(id: "anna") {{ nominative: levelAt(conceptId: "nominative", at: "{0}") dative: levelAt(conceptId: "dative", at: "{0}") }}
  group(id: "g") {{ distribution(kind: CONCEPT, asOf: "{0}") {{ students targets defined total coverage meanLevel statuses {{ status count share }} }}
    heatmap(kind: CONCEPT, asOf: "{0}") {{ studentIds targetIds levels attempts }}
    one: heatmap(kind: SKILL, skillCode: "cases", asOf: "{0}") {{ targetIds levels }} }} }}"""
RECOMPUTE = """mutation($at: DateTime!) { recomputeRecency(input: {studentId: "anna", asOf: $at}) {
  ... on RecomputeRecencyPayload { student { masteries(kind: SKILL) { nodes { skill { code } recency { score status } } } } } } }"""


@pytest.fixture
async def practice(course: None, gateway: Gateway, intake: AnswerIntake) -> None:
    """Three students who answered for six weeks, some of it recorded late; Cleo only twice."""
    draw = random.Random(17)
    answers = []
    for student, number in zip(STUDENTS, (60, 50, 2), strict=True):
        for _ in range(number):
            at = SINCE + (NOW - SINCE) * draw.random()
            concept = draw.choice(["nominative", "nominative", "accusative"])
            good = draw.random() < 0.4 + 0.5 * ((at - SINCE) / (NOW - SINCE))
            answers.append(AnswerInput(student, correct=good, concept_ids=[concept], at=at, response_time=20.0))
    answers += [
        AnswerInput(
            "anna", skill_codes=["talk"], at=SINCE + timedelta(days=9 * n), semantic_score=0.3 * n, correct=True
        )
        for n in (1, 2, 3)
    ]
    await intake.submit(answers)
    await upsert_group(gateway, Group("g", "G", STUDENTS), NOW)


@pytest.mark.usefixtures("practice")
async def test_series_equal_the_fields_of_one_moment(ask: Ask) -> None:
    reply = await ask(SERIES, since=SINCE.isoformat(), until=NOW.isoformat(), zone="Europe/Berlin")
    student, group = reply["student"], reply["group"]

    concepts = student["concepts"]
    assert (concepts["by"], concepts["timeZone"]) == ("WEEK", "Europe/Berlin")
    assert [each["targetId"] for each in concepts["targets"]] == ["accusative", "nominative"]
    assert [each["targetId"] for each in student["named"]["targets"]] == ["dative", "nominative"]
    assert student["named"]["targets"][0]["attempts"][-1] == 0
    of_class, rows = group["series"], group["studentSeries"]
    assert (of_class["students"], of_class["targets"], rows["studentIds"]) == (3, 3, STUDENTS)
    for place in (0, 3, len(of_class["points"]) - 1):
        at = of_class["moments"][place]
        point = of_class["points"][place]
        alone = await ask(AT.format(at))
        levels = {each["targetId"]: each["levels"][place] for each in student["named"]["targets"]}
        assert levels == {key: alone["student"][key] for key in ("nominative", "dative")}
        berlin = await ask(AT.format(concepts["moments"][place]))
        assert concepts["targets"][1]["levels"][place] == berlin["student"]["nominative"]
        distribution, heat_map = alone["group"]["distribution"], alone["group"]["heatmap"]
        assert {key: point[key] for key in ("defined", "coverage", "meanLevel", "statuses")} == {
            key: distribution[key] for key in ("defined", "coverage", "meanLevel", "statuses")
        }
        assert (point["at"], point["day"]) == (at, of_class["days"][place])
        for row, (cells, attempts) in enumerate(zip(heat_map["levels"], heat_map["attempts"], strict=True)):
            known = [cell for cell in cells if cell is not None]
            assert rows["started"][row][place] == len(known) == sum(map(bool, attempts))
            mean = rows["levels"][row][place]
            assert (mean is None) == (not known)
            assert mean is None or mean == pytest.approx(sum(known) / len(known), abs=2e-4)
            assert group["one"]["levels"][row][place] == cells[heat_map["targetIds"].index("nominative")]
        assert alone["group"]["one"]["targetIds"] == ["cases"]
    present = (
        await ask('{ group(id: "g") { distribution(kind: CONCEPT) { meanLevel statuses { status count share } } } }')
    )["group"]
    assert of_class["points"][-1]["meanLevel"] == present["distribution"]["meanLevel"]
    assert of_class["points"][-1]["statuses"] == present["distribution"]["statuses"]


@pytest.mark.usefixtures("practice")
async def test_series_of_recency_and_topics_equal_recomputations(ask: Ask) -> None:
    student = (await ask(SERIES, since=SINCE.isoformat(), until=NOW.isoformat()))["student"]
    recency, topics = student["recencySeries"], student["topicSeries"]
    for place in (0, 4, len(recency["moments"]) - 1):
        stored = (await ask(RECOMPUTE, at=recency["moments"][place]))["recomputeRecency"]["student"]
        scores = {each["skill"]["code"]: each["recency"] for each in stored["masteries"]["nodes"]}
        for series in recency["skills"]:
            one = scores[series["skillCode"]]
            expected = one["score"] if one["status"] == "SCORED" else None
            assert series["scores"][place] == pytest.approx(expected, abs=1e-4) if expected is not None else True
            assert (series["scores"][place] is None) == (expected is None)
    (talk,) = topics["topics"]
    history = student["topic"]["history"]["nodes"]
    assert talk["questionsAttempted"][-1] == len(history) == 3
    for place, moment in enumerate(topics["moments"]):
        by_then = [each for each in history if datetime.fromisoformat(each["at"]) <= datetime.fromisoformat(moment)]
        last = by_then[-1] if by_then else {"masteryLevel": None, "learningVelocity": None, "questionsAttempted": 0}
        assert talk["masteryLevels"][place] == last["masteryLevel"]
        assert talk["learningVelocities"][place] == last["learningVelocity"]
        assert talk["questionsAttempted"][place] == last["questionsAttempted"]


@pytest.mark.usefixtures("practice")
async def test_movement_is_the_difference_of_two_distributions_and_names_who_crossed(ask: Ask) -> None:
    group = (await ask(SERIES, since=SINCE.isoformat(), until=NOW.isoformat()))["group"]
    movement = group["movement"]
    before, after = (
        {each["status"]: each["count"] for each in movement[name]["statuses"]} for name in ("before", "after")
    )
    left, arrived = Counter[str](), Counter[str]()
    for each in movement["transitions"]:
        left[each["before"]] += each["count"]
        arrived[each["after"]] += each["count"]
    assert +left == +Counter(before)
    assert +arrived == +Counter(after)
    assert before["NOT_STARTED"] == 9
    crossings = {each["threshold"]: each for each in movement["crossings"]}
    assert crossings["MASTERED"]["up"] - crossings["MASTERED"]["down"] == after["MASTERED"] - before["MASTERED"]
    assert crossings["MASTERED"]["up"] == movement["up"]["totalCount"] > 0
    for move in movement["up"]["nodes"]:
        assert (move["statusAfter"], move["direction"]) == ("MASTERED", "UP")
        assert move["crossed"] == ["FOCUS", "MASTERED"]
        assert move["levelBefore"] is None
        assert move["levelAfter"] >= 0.95
        assert move["student"]["id"] == move["studentId"]
    assert movement["moves"]["totalCount"] == 9 - after["NOT_STARTED"]
    rest = await ask(
        f"""{{ group(id: "g") {{ movement(kind: CONCEPT, since: "{SINCE.isoformat()}", until: "{movement["until"]}") {{
          moves(first: 50) {{ nodes {{ studentId targetId }} }} }} }} }}"""
    )
    moves = rest["group"]["movement"]["moves"]["nodes"]
    assert [(each["studentId"], each["targetId"]) for each in moves] == sorted(
        (each["studentId"], each["targetId"]) for each in moves
    )
    assert len(moves) == movement["moves"]["totalCount"]


async def test_activity_counts_answers_students_time_and_sessions_by_local_day(
    ask: Ask, gateway: Gateway, intake: AnswerIntake
) -> None:
    late = datetime(2026, 2, 27, 23, 30, tzinfo=UTC)  # 28 February in Berlin
    await intake.submit(
        [
            AnswerInput("anna", correct=True, concept_ids=["accusative"], at=late, response_time=12.5),
            AnswerInput(
                "anna", correct=False, concept_ids=["nominative"], at=late - timedelta(hours=2), response_time=10.0
            ),
            AnswerInput("ben", correct=True, concept_ids=["dative"], at=late),
        ]
    )
    await upsert_group(gateway, Group("g", "G", ["anna", "ben"]), NOW)
    started = [
        Session("one", "anna", SessionStatus.SUBMITTED, late, late + timedelta(minutes=5)),
        Session("two", "ben", SessionStatus.ABANDONED, late - timedelta(days=3), late),
        Session("three", "ben", SessionStatus.SUBMITTED, late - timedelta(days=1), late),
    ]
    await gateway.write(lambda tx: sessions.put(tx, started))
    points = "points { day students answers correct timedAnswers timeOnTask sessions sessionTime }"
    reply = await ask(
        f"""{{ group(id: "g") {{
          berlin: activity(since: "2026-02-27T12:00:00Z", until: "2026-03-01T12:00:00Z", timeZone: "Europe/Berlin") {{ {points} }}
          utc: activity(by: WEEK, since: "2026-02-27T12:00:00Z", until: "2026-03-01T12:00:00Z") {{ {points} }}
          cases: activity(by: WEEK, since: "2026-02-27T12:00:00Z", until: "2026-03-01T12:00:00Z", skillCodes: ["cases"]) {{ {points} }}
          sessions(first: 2) {{ totalCount pageInfo {{ endCursor }} nodes {{ id student {{ id }} }} }}
          submitted: sessions(status: [SUBMITTED], since: "{(late - timedelta(days=2)).isoformat()}", until: "{late.isoformat()}") {{ totalCount nodes {{ id }} }} }}
          student(id: "anna") {{ activity(since: "2026-02-28T12:00:00Z", until: "2026-02-28T13:00:00Z", timeZone: "Europe/Berlin") {{ {points} }} }} }}"""
    )
    group = reply["group"]
    nothing = {
        "students": 0,
        "answers": 0,
        "correct": 0,
        "timedAnswers": 0,
        "timeOnTask": 0,
        "sessions": 0,
        "sessionTime": 0,
    }
    saturday = {
        "students": 2,
        "answers": 2,
        "correct": 2,
        "timedAnswers": 1,
        "timeOnTask": 12.5,
        "sessions": 1,
        "sessionTime": 300,
    }
    friday = {
        **nothing,
        "students": 1,
        "answers": 1,
        "timedAnswers": 1,
        "timeOnTask": 10,
        "sessions": 1,
        "sessionTime": 86400,
    }
    assert group["berlin"]["points"] == [
        {"day": "2026-02-27", **friday},
        {"day": "2026-02-28", **saturday},
        {"day": "2026-03-01", **nothing},
    ]
    (week,) = group["utc"]["points"]
    assert week == {
        "day": "2026-02-23", "students": 2, "answers": 3, "correct": 2, "timedAnswers": 2, "timeOnTask": 22.5,
        "sessions": 3, "sessionTime": 86700,
    }  # fmt: skip
    assert group["cases"]["points"][0]["answers"] == 2, (
        "an answer that counts towards a skill and its concept counts once"
    )
    assert reply["student"]["activity"]["points"] == [
        {"day": "2026-02-28", **saturday, "students": 1, "answers": 1, "correct": 1}
    ]
    assert [each["id"] for each in group["sessions"]["nodes"]] == ["one", "three"]
    after = group["sessions"]["pageInfo"]["endCursor"]
    rest = await ask(f'{{ group(id: "g") {{ sessions(first: 2, after: "{after}") {{ nodes {{ id }} }} }} }}')
    assert rest["group"]["sessions"]["nodes"] == [{"id": "two"}]
    assert group["sessions"]["totalCount"] == 3
    assert group["submitted"] == {"totalCount": 1, "nodes": [{"id": "three"}]}


async def test_thirty_students_and_a_year_by_week_take_the_statements_of_two_students_and_a_day(
    ask: Ask, gateway: Gateway, intake: AnswerIntake, statements_seen: list[str]
) -> None:
    whole = """query($since: DateTime!, $by: Period!) { group(id: "g") {
      series(since: $since, by: $by) { points { meanLevel statuses { status count } } }
      studentSeries(since: $since, by: $by) { studentIds moments levels started }
      movement(since: $since) { transitions { count } moves(first: 500) { nodes { student { name } target { name } } } }
      heatmap(asOf: $since) { levels } activity(since: $since, by: $by) { points { answers } } } }"""
    each = """query($since: DateTime!, $by: Period!) { students(first: 100) { nodes {
      levelSeries(since: $since, by: $by) { targets { levels target { name } } }
      recencySeries(since: $since, by: $by) { skills { scores skill { name } } }
      topicSeries(since: $since, by: $by) { topics { masteryLevels } }
      activity(since: $since, by: $by) { points { answers } } } } }"""
    spent: dict[str, list[int]] = {whole: [], each: []}
    for size, days, by in ((2, 1, "DAY"), (30, 364, "WEEK")):
        names = [f"s{n:02}" for n in range(size)]
        days_ago = [timedelta(days=days * n / 4) for n in range(4)]
        await intake.submit(
            [
                AnswerInput(name, correct=n % 2 == 0, concept_ids=["accusative"], at=NOW - ago)
                for name in names
                for n, ago in enumerate(days_ago)
            ]
        )
        await upsert_group(gateway, Group("g", "G", names), NOW)
        for document in (whole, each):
            statements_seen.clear()
            await ask(document, since=(NOW - timedelta(days=days)).isoformat(), by=by)
            spent[document].append(len(statements_seen))
    # Loads of one loader that fall into one turn of the event loop are one statement, so it may be fewer.
    assert max(spent[whole]) <= 12
    assert max(spent[each]) <= 13


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ('since: "2026-01-01T00:00:00"', "since"),
        ('since: "2020-01-01T00:00:00Z"', "since"),
        ('since: "2026-01-02T00:00:00Z", until: "2026-01-01T00:00:00Z"', "since"),
        ('timeZone: "Mars/Olympus"', "timeZone"),
        ('timeZone: "../../etc/passwd"', "timeZone"),
        ('courseId: "k", skillCodes: ["cases"]', "skillCodes, courseId, allCourses"),
    ],
)
async def test_arguments_that_are_refused(ask: Ask, client: Any, gateway: Gateway, arguments: str, field: str) -> None:
    await upsert_group(gateway, Group("g", "G", []), NOW)
    for name in (
        "series(by: DAY, {}) {{ days }}",
        "studentSeries(by: DAY, {}) {{ days }}",
        "activity(by: DAY, {}) {{ days }}",
    ):
        document = f'{{ group(id: "g") {{ {name.format(arguments)} }} }}'
        (error,) = (await client.post("/graphql", json={"query": document})).json()["errors"]
        assert error["message"].startswith(f"{field}: "), error
