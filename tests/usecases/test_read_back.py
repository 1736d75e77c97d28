"""An export that is read back into an empty database gives the same graph, digit for digit."""

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from graph_api.cli.export_files import Format, write_file
from graph_api.domain.answers.answers import AnswerInput, Difficulty, Recorded
from graph_api.domain.course.course import Concept, Skill
from graph_api.domain.failures import AnswerIdConflict, Failure, SessionNotFound
from graph_api.domain.learners.people import Group, Student
from graph_api.domain.learners.sessions import SessionStatus
from graph_api.domain.operations.export_kinds import KINDS
from graph_api.domain.parameters.topic_parameters import DEFAULT_SET
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_files import FileRow, layouts, read_answers
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.answers.import_answers import ImportAnswers
from graph_api.usecases.course.edit_course import upsert_concepts, upsert_skills
from graph_api.usecases.course.export_course import export_graph, export_groups, export_parameters
from graph_api.usecases.course.import_course import import_course
from graph_api.usecases.csv_rows import BadFile
from graph_api.usecases.learners.edit_people import upsert_group, upsert_students
from graph_api.usecases.learners.run_sessions import end_session, start_session
from graph_api.usecases.operations.export import export_answers, export_mastery, export_sessions, export_students
from graph_api.usecases.operations.import_parameters import import_parameters
from graph_api.usecases.operations.import_records import BadRecords, import_groups, import_sessions, import_students
from graph_api.usecases.parameters.edit_policy_sets import ensure_default_policies
from tests.conftest import NOW, Ask
from tests.graph_copy import empty

pytestmark = pytest.mark.usefixtures("course")

EXPORTS = {
    "answers": export_answers,
    "sessions": export_sessions,
    "students": export_students,
    "groups": export_groups,
    "parameters": export_parameters,
}
STUDENTS = ("anna", "ben", "carl")
OWN_SETS = "MATCH (n:ParameterSet) WHERE n.origin <> 'DEFAULT' DELETE n"
SCORES = """query ($id: ID!) { student(id: $id) { name masteries(first: 100) { nodes {
  level status attempts correct concept { id } skill { code }
  recency { score breakdown { buckets { days attempts correct } } } } } } }"""


def clock() -> datetime:
    return datetime.now(UTC)


async def random_graph(rng: random.Random, gateway: Gateway, intake: AnswerIntake, ask: Ask) -> None:
    """Three students with sessions of every status, answers with everything, and a course that changed meanwhile."""
    await upsert_students(
        gateway,
        [Student("anna", "Anna Ñ, “A”"), Student("ben"), Student("idle", "Idle", recency_at_session_end=True)],
        NOW,
    )
    statuses = {f"{student}-{status}": (student, status) for student in STUDENTS for status in SessionStatus}
    for key, (student, _) in statuses.items():
        await start_session(gateway, key, student, NOW - timedelta(days=100))
    await ask(
        'mutation { putParameterSet(input: {name: "own", prior: 0.37, learn: 0.11, guess: 0.21, slip: 0.09}) { __typename } }'
    )
    for part in range(4):
        for student in STUDENTS:
            sent = [answer(rng, student, statuses) for _ in range(rng.randrange(3, 9))]
            outcomes = await intake.submit(sent, atomic=rng.random() < 0.5)
            assert all(isinstance(outcome, Recorded) for outcome in outcomes)
        if part == 1:  # what old answers count towards does not change; what new ones do
            await upsert_skills(gateway, [Skill("cases", "Cases", "grammar", block="autumn", year=9)], NOW)
            await upsert_concepts(gateway, [Concept("dative", "Dative", ["talk"], ["accusative"])], NOW)
    for key, (_, status) in statuses.items():
        if status is not SessionStatus.IN_PROGRESS:
            await end_session(gateway, key, status, clock() - timedelta(days=rng.randrange(3)))
    await upsert_concepts(gateway, [Concept("nominative", "Nominative", ["grammar", "talk"], [])], NOW)
    await upsert_group(gateway, Group("g", "Group, g", ["anna", "idle"], ["teacher"]), NOW)
    for what in ('parameterSetId: "own-v1", conceptIds: ["dative"]', 'parameterSetId: "own-v1", skillCodes: ["talk"]'):
        await ask(f"mutation {{ activateParameters(input: {{{what}}}) {{ __typename }} }}")


def answer(rng: random.Random, student: str, statuses: dict[str, Any]) -> AnswerInput:
    mine = [key for key, (whose, _) in statuses.items() if whose == student]
    concepts = rng.sample(["nominative", "accusative", "dative"], rng.randrange(3))
    sampled = rng.sample(["nominative", "accusative", "dative"], rng.randrange(3))
    return AnswerInput(
        student,
        correct=rng.random() < 0.5,
        concept_ids=concepts,
        skill_codes=rng.sample(["talk", "cases"], rng.randrange(0 if concepts else 1, 2)),
        id=rng.choice([None, f"é, {rng.random()}"]),
        at=rng.choice([None, NOW + timedelta(days=200), clock() - timedelta(days=rng.randrange(4))])
        if rng.random() < 0.3
        else NOW + timedelta(days=rng.randrange(2)),
        session_id=rng.choice([None, *mine]),
        question_id=rng.choice([None, 'q "1"', "q,2"]),
        difficulty=rng.choice([None, *Difficulty]),
        response_time=rng.choice([None, rng.random() * 100]),
        semantic_score=rng.choice([None, rng.random()]),
        keyword_score=rng.choice([None, rng.random()]),
        mentioned=sampled[:1],
        missed=sampled[1:],
    )


async def snapshot(gateway: Gateway, raw: Ask, ask: Ask, as_of: datetime) -> dict[str, Any]:
    """Everything that a user can see, and every row of the history, without when and by which run it was written."""
    await ask(
        "mutation ($asOf: DateTime!) { recomputeRecency(input: {asOf: $asOf}) { __typename } }",
        asOf=as_of.isoformat(),
    )
    actual: dict[str, Any] = {name: [row async for row in export(gateway)] for name, export in EXPORTS.items()}
    for row in actual["answers"]:
        del row["recorded_at"]
    actual["mastery"] = [row async for row in export_mastery(gateway)]
    actual["graph"] = await export_graph(gateway)
    actual["scores"] = [await ask(SCORES, id=student) for student in STUDENTS]
    without = ("recorded_at", "sequence", "level_before", "level_after", "opportunity", "parameter_set_id")
    history = await raw(
        "MATCH (s:Student)-[a:ANSWERED]->(t) RETURN coalesce(t.id, t.code) AS target, properties(a) AS a ORDER BY a.key"
    )
    actual["history"] = [
        (row["target"], {name: value for name, value in row["a"].items() if name not in without}) for row in history
    ]
    states = await raw(
        "MATCH (s:Student)-[m:HAS_MASTERY|SAMPLED]->(t) "
        "RETURN s.id AS id, type(m) AS type, coalesce(t.id, t.code) AS target, properties(m) AS m ORDER BY id, type, target"
    )
    when = ("updated_at", "last_recorded_at", "last_sequence", "topic_last_recorded_at", "topic_last_sequence")
    actual["states"] = [
        (
            *(row[name] for name in ("id", "type", "target")),
            {name: value for name, value in row["m"].items() if name not in (*when, "recency_run_id")},
        )
        for row in states
    ]
    return actual


async def export_all(gateway: Gateway, folder: Path, form: Format) -> dict[str, Path]:
    files = {name: folder / f"{name}.{form.value}" for name in EXPORTS}
    for name, path in files.items():
        await write_file(EXPORTS[name](gateway), KINDS[name], form, path)
    files["graph"] = folder / "graph.json"
    files["graph"].write_text(json.dumps(await export_graph(gateway)))
    return files


async def import_all(gateway: Gateway, files: dict[str, Path]) -> None:
    await import_course(gateway, files["graph"], clock())
    for report in (
        await import_parameters(gateway, files["parameters"], clock),
        await import_students(gateway, files["students"], clock()),
        await import_groups(gateway, files["groups"], clock()),
        await import_sessions(gateway, files["sessions"], clock()),
    ):
        assert not report.conflicts
    answers = await ImportAnswers(gateway, clock, DEFAULT_SET)(read_answers(files["answers"], layouts()["export"], "x"))
    assert answers.recorded == answers.rows > 0


@pytest.mark.parametrize("form", list(Format))
@pytest.mark.parametrize("seed", range(3))
async def test_an_export_read_back_is_the_same_graph(
    gateway: Gateway, intake: AnswerIntake, ask: Ask, raw: Ask, tmp_path: Path, seed: int, form: Format
) -> None:
    await random_graph(random.Random(seed), gateway, intake, ask)
    as_of = clock()
    before = await snapshot(gateway, raw, ask, as_of)
    assert {row["status"] for row in before["sessions"]} == set(SessionStatus)
    files = await export_all(gateway, tmp_path, form)
    await empty(raw)
    await raw(OWN_SETS)
    await ensure_default_policies(gateway, NOW)

    await import_all(gateway, files)

    after = await snapshot(gateway, raw, ask, as_of)
    for name, rows in before.items():
        assert after[name] == rows, name


async def test_an_export_read_back_where_it_came_from_changes_nothing(
    gateway: Gateway, intake: AnswerIntake, ask: Ask, raw: Ask, tmp_path: Path
) -> None:
    await random_graph(random.Random(9), gateway, intake, ask)
    as_of = clock()
    before = await snapshot(gateway, raw, ask, as_of)
    files = await export_all(gateway, tmp_path, Format.CSV)

    for report in (
        await import_parameters(gateway, files["parameters"], clock),
        await import_students(gateway, files["students"], clock()),
        await import_groups(gateway, files["groups"], clock()),
        await import_sessions(gateway, files["sessions"], clock()),
    ):
        assert (report.recorded, report.conflicts) == (0, [])
        assert report.present > 0
    answers = await ImportAnswers(gateway, clock, DEFAULT_SET)(read_answers(files["answers"], layouts()["export"], "x"))

    assert (answers.recorded, answers.duplicates) == (0, answers.rows)
    assert await snapshot(gateway, raw, ask, as_of) == before


async def test_a_client_that_repeats_itself_after_a_read_back_is_recognised(
    gateway: Gateway, intake: AnswerIntake, raw: Ask, tmp_path: Path
) -> None:
    sent = AnswerInput("anna", correct=True, concept_ids=["dative"], id="e")
    await intake.submit([sent])
    files = await export_all(gateway, tmp_path, Format.JSONL)
    await empty(raw)
    await import_all(gateway, files)

    again, other = await intake.submit([sent, AnswerInput("anna", correct=False, concept_ids=["dative"], id="e")])

    assert isinstance(again, Recorded)
    assert again.duplicate
    assert isinstance(other, AnswerIdConflict)


@pytest.mark.parametrize(
    ("column", "value"),
    [("correct", "False"), ("at", "2026-02-28T11:00:00+00:00"), ("skill_codes", '["talk"]'), ("question_id", "other")],
)
async def test_an_exported_row_that_was_edited_is_a_conflict(
    gateway: Gateway, intake: AnswerIntake, tmp_path: Path, column: str, value: str
) -> None:
    await intake.submit([AnswerInput("anna", correct=True, concept_ids=["dative"], id="e", at=NOW)])
    rows = [row | {column: value} async for row in export_answers(gateway)]
    path = tmp_path / "answers.jsonl"
    path.write_text(
        "".join(json.dumps({k: v for k, v in row.items() if k not in {"blocks", "years"}}) + "\n" for row in rows)
    )
    refused: list[Failure] = []

    def reject(_row: FileRow, failure: Failure) -> None:
        refused.append(failure)

    await ImportAnswers(gateway, clock, DEFAULT_SET, reject=reject)(read_answers(path, layouts()["export"], "x"))

    assert [type(failure) for failure in refused] == [AnswerIdConflict]


async def test_an_exported_answer_of_another_students_session_is_refused(
    gateway: Gateway, intake: AnswerIntake, tmp_path: Path
) -> None:
    await start_session(gateway, "p", "ben", NOW)
    await intake.submit([AnswerInput("anna", correct=True, concept_ids=["dative"], id="e", at=NOW)])
    rows = [row | {"id": "f", "session_id": "p"} async for row in export_answers(gateway)]
    path = tmp_path / "answers.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    refused: list[Failure] = []

    await ImportAnswers(gateway, clock, DEFAULT_SET, reject=lambda _row, failure: refused.append(failure))(
        read_answers(path, layouts()["export"], "x")
    )

    assert [type(failure) for failure in refused] == [SessionNotFound]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('{"id": "p"}', "line 2: status: must be one of IN_PROGRESS, SUBMITTED, EXPIRED, ABANDONED"),
        (
            '{"id": "p", "student_id": "a", "status": "EXPIRED", "started_at": "2026-01-01T00:00:00Z"}',
            "line 2: ended_at",
        ),
        ("{", "line 2: row: must be a JSON object"),
        ("[]", "line 2: row: must be a JSON object"),
        (
            '{"id": "s", "student_id": "a", "status": "IN_PROGRESS", "started_at": "2026-01-01T00:00:00Z"}',
            "line 2: id: must not be used twice (also in line 1), got 's'",
        ),
    ],
)
async def test_bad_records_are_named_and_nothing_is_written(
    gateway: Gateway, counts: Ask, tmp_path: Path, line: str, fault: str
) -> None:
    path = tmp_path / "sessions.jsonl"
    good = '{"id": "s", "student_id": "a", "status": "IN_PROGRESS", "started_at": "2026-01-01T00:00:00Z"}'
    path.write_text(f"{good}\n{line}\n")
    before = await counts()

    with pytest.raises(BadRecords) as caught:
        await import_sessions(gateway, path, clock())

    assert str(caught.value).startswith(fault)
    assert await counts() == before


async def test_records_with_other_content_are_conflicts(gateway: Gateway, tmp_path: Path) -> None:
    await start_session(gateway, "s", "a", NOW)
    path = tmp_path / "sessions.csv"
    path.write_text(
        "id,student_id,status,started_at,ended_at\n"
        f"s,a,SUBMITTED,{NOW.isoformat()},{NOW.isoformat()}\n"
        f"t,a,IN_PROGRESS,{NOW.isoformat()},\n"
    )

    report = await import_sessions(gateway, path, clock())

    assert (report.recorded, report.conflicts) == (1, ["line 2: 's' is stored with other content"])
    assert str(report) == "2 rows: 1 recorded, 0 already present, 1 conflicts"


def test_a_json_line_that_lacks_keys_names_them(tmp_path: Path) -> None:
    path = tmp_path / "statements.jsonl"
    path.write_text('{"actor": {"name": "a"}, "verb": {}}\n')

    with pytest.raises(BadFile, match=r"the header must name the column 'student_id'.*got 'actor, .*verb"):
        list(read_answers(path, layouts()["export"], "x"))
