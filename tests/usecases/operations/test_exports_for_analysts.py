"""Exports for analysts: every kind fits its columns, levels are those of the API, pseudonyms and increments hold."""

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from graph_api.cli.export_files import Format, write_file
from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.failures import Forbidden, GroupTooSmall
from graph_api.domain.learners.people import Student
from graph_api.domain.operations.export_extent import WHOLE, Extent
from graph_api.domain.operations.export_kinds import ANSWERS, KINDS, RUNS, STUDENTS
from graph_api.domain.operations.recorded_time import RecordedTime
from graph_api.domain.parameters.topic_parameters import DEFAULT_SET
from graph_api.store.gateway import Gateway
from graph_api.store.viewers import AnalystRules
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.answers.record_answers import RecordAnswers
from graph_api.usecases.course.export_course import export_links, export_parameters
from graph_api.usecases.learners.edit_people import upsert_students
from graph_api.usecases.operations.export import export_answers, export_mastery
from graph_api.usecases.operations.export_runs import export_runs
from graph_api.usecases.operations.export_scores import export_recency, export_series
from graph_api.usecases.operations.pseudonymous_rows import extent_for_analysts, pseudonymous
from tests.application import service
from tests.conftest import NOW, Ask
from tests.tokens import SECRET, signed

pytestmark = pytest.mark.usefixtures("course")

EXPORTS: dict[str, Any] = {
    "answers": export_answers,
    "mastery": export_mastery,
    "series": export_series,
    "recency": export_recency,
    "runs": export_runs,
    "parameters": export_parameters,
    "links": export_links,
}
NAME = "zaunkoenig"
"""Stands in every text that a caller chose about people."""
PEOPLE = [f"{NAME}-{number:02}" for number in range(12)]
KEY = "k" * 32
RULES = AnalystRules(KEY.encode())


def some_answers(rng: random.Random, count: int) -> list[AnswerInput]:
    return [
        AnswerInput(
            rng.choice(PEOPLE),
            correct=rng.random() < 0.6,
            concept_ids=[rng.choice(["nominative", "accusative", "dative"])],
            at=NOW - timedelta(days=rng.randrange(60), microseconds=rng.randrange(10**9)),
            question_id=rng.choice([None, f"{NAME}?"]),
            id=f"{NAME}/{number}/{rng.random()}",
        )
        for number in range(count)
    ]


async def rows_of(gateway: Gateway, name: str, extent: Extent = WHOLE) -> list[dict[str, Any]]:
    return [row async for row in EXPORTS[name](gateway, extent)]


async def test_every_kind_fits_its_columns_and_shows_what_the_api_shows(
    gateway: Gateway, intake: AnswerIntake, ask: Ask, tmp_path: Path
) -> None:
    await upsert_students(gateway, [Student(key, NAME) for key in PEOPLE], NOW)
    await intake.submit(some_answers(random.Random(1), 200))
    await ask(f'mutation {{ recomputeRecency(input: {{asOf: "{NOW.isoformat()}"}}) {{ __typename }} }}')

    exported = {}
    for name, export in EXPORTS.items():
        path = tmp_path / f"{name}.parquet"
        await write_file(export(gateway), KINDS[name], Format.PARQUET, path)
        exported[name] = pq.read_table(path).to_pylist()
        assert len(exported[name]) == len(await rows_of(gateway, name)) > 0, name

    student = PEOPLE[3]
    query = """query($id: ID!, $until: DateTime!) { student(id: $id) {
      masteries(kind: SKILL) { nodes { skill { code } level recency { score status breakdown { buckets { days correct } } } } }
      levelSeries(kind: CONCEPT, by: WEEK, until: $until) { moments targets { targetId levels attempts } } } }"""
    shown = (await ask(query, id=student, until=(NOW + timedelta(days=7)).isoformat()))["student"]
    own = {name: [row for row in rows if row.get("student_id") == student] for name, rows in exported.items()}
    ends = [datetime.fromisoformat(moment) for moment in shown["levelSeries"]["moments"]]
    for series in shown["levelSeries"]["targets"]:
        points = dict(zip(ends, zip(series["levels"], series["attempts"], strict=True), strict=True))
        sparse = [row for row in own["series"] if row["concept_id"] == series["targetId"]]
        assert sparse
        assert {row["period_end"]: (row["level"], row["attempts"]) for row in sparse}.items() <= points.items()
    scores = {row["skill_code"]: row for row in own["recency"]}
    for each in shown["masteries"]["nodes"]:
        row, recency = scores[each["skill"]["code"]], each["recency"]
        assert (round(row["score"] or 0, 4), row["status"]) == (recency["score"], recency["status"])
        buckets = recency["breakdown"]["buckets"]
        assert row["bucket_days"] == [bucket["days"] for bucket in buckets]
        assert row["bucket_correct"] == [bucket["correct"] for bucket in buckets]
        assert sum(row["bucket_contribution"]) == pytest.approx(row["score"] or 0)
        assert any(
            level["skill_code"] == row["skill_code"] and level["level"] == each["level"] for level in own["mastery"]
        )
    assert {(row["type"], row["from_id"], row["to_id"]) for row in exported["links"]} == {
        ("PREREQUISITE_OF", "nominative", "accusative"), ("PREREQUISITE_OF", "accusative", "dative"),
        ("PART_OF", "nominative", "grammar"), ("PART_OF", "accusative", "grammar"),
        ("PART_OF", "accusative", "cases"), ("PART_OF", "dative", "cases"),
    }  # fmt: skip


async def test_an_analyst_gets_the_pseudonyms_of_the_api_and_no_names(
    gateway: Gateway, intake: AnswerIntake, ask: Ask, database: dict[str, str]
) -> None:
    await upsert_students(gateway, [Student(key, NAME) for key in PEOPLE], NOW)
    await intake.submit(some_answers(random.Random(2), 200))
    await ask(f'mutation {{ recomputeRecency(input: {{studentId: "{PEOPLE[0]}"}}) {{ __typename }} }}')

    hidden = {}
    for name, export in EXPORTS.items():
        extent = await extent_for_analysts(gateway, KINDS[name], WHOLE, RULES)
        hidden[name] = [row async for row in pseudonymous(export(gateway, extent), KINDS[name], RULES)]

    assert NAME not in json.dumps(hidden)
    async with service(database, jwt_secret=SECRET, pseudonym_key=KEY) as http:
        query = '{ skill(code: "cases") { masteries(first: 100) { nodes { studentId level } } } }'
        headers = {"Authorization": f"Bearer {signed(sub='an', role='analyst')}"}
        reply = (await http.post("/graphql", json={"query": query}, headers=headers)).json()
    api = {node["studentId"]: node["level"] for node in reply["data"]["skill"]["masteries"]["nodes"]}
    assert {row["student_id"]: row["level"] for row in hidden["mastery"] if row["skill_code"] == "cases"} == api
    for name in ("answers", "mastery", "series", "recency"):
        students = [row["student_id"] for row in hidden[name]]
        assert students == sorted(students), "the order of ids would reveal them"
    places = {key: place for place, key in enumerate(sorted({row["student_id"] for row in hidden["answers"]}))}
    of_answers = [(places[row["student_id"]], row["at"]) for row in hidden["answers"]]
    assert of_answers == sorted(of_answers), "answers of a student stay in their order"


async def test_what_names_people_or_is_about_few_students_is_denied(gateway: Gateway) -> None:
    await upsert_students(gateway, [Student(key) for key in PEOPLE[:9]], NOW)

    with pytest.raises(Forbidden, match="role: must not be analyst for students, which names people"):
        await extent_for_analysts(gateway, STUDENTS, WHOLE, RULES)
    with pytest.raises(Forbidden, match="student: must not be given with the role analyst"):
        await extent_for_analysts(gateway, ANSWERS, Extent(PEOPLE[0]), RULES)
    with pytest.raises(GroupTooSmall, match="students: must have at least 10 students"):
        await extent_for_analysts(gateway, RUNS, WHOLE, RULES)


async def test_exports_that_follow_each_other_hold_every_answer_once(gateway: Gateway) -> None:
    """Answers are given in any order: most are late. The last window is open, as a later export would be."""
    clock = NOW
    rng = random.Random(3)
    starts = [NOW + timedelta(minutes=minutes) for minutes in (0, 2, 3, 7)]
    parts: list[dict[str, Any]] = []
    async with AnswerIntake(RecordAnswers(gateway, DEFAULT_SET), clock=lambda: clock) as intake:
        for minute in range(9):
            clock = NOW + timedelta(minutes=minute)
            if clock in starts[1:]:
                since = starts[starts.index(clock) - 1]
                parts += await rows_of(gateway, "answers", Extent(recorded=RecordedTime(since, clock)))
            await intake.submit(some_answers(rng, 6))
    parts += await rows_of(gateway, "answers", Extent(recorded=RecordedTime(starts[-1], datetime.now(UTC))))

    whole = await rows_of(gateway, "answers")
    assert len(whole) == 54
    assert sorted(parts, key=lambda row: row["id"]) == sorted(whole, key=lambda row: row["id"])
