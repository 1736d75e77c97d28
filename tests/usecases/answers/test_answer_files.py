"""Files in and out: answers and courses, good, bad and interrupted; the round trip."""

import csv
import gzip
import json
import random
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from graph_api.domain.failures import Failure, InvalidInput
from graph_api.domain.parameters.knowledge_tracing import trace
from graph_api.domain.parameters.parameter_sets import DEFAULTS
from graph_api.domain.parameters.topic_parameters import DEFAULT_SET
from graph_api.domain.targets import TargetKind
from graph_api.store.gateway import Gateway
from graph_api.store.packaged import packaged
from graph_api.usecases.answers.answer_files import LAYOUTS, FileRow, Layout, dataset_name, read_answers
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.answers.derived_times import FIRST_TIME
from graph_api.usecases.answers.import_answers import BadRows, ImportAnswers, ImportReport
from graph_api.usecases.course.graph_files import BadCourseFile
from graph_api.usecases.course.import_course import import_course, load_seeds
from graph_api.usecases.operations.export import export_answers, export_mastery, export_sessions
from graph_api.usecases.operations.import_records import import_sessions
from graph_api.usecases.operations.load_demo import load_demo
from tests.conftest import NOW, Ask, empty

SKILL = DEFAULTS[TargetKind.SKILL].parameters


def clock() -> datetime:
    return datetime.now(UTC)


def assistments_like(path: Path, rows: int, seed: int = 1) -> dict[tuple[str, str], list[bool]]:
    """A file in the columns of ASSISTments; returns what it holds."""
    rng, held = random.Random(seed), dict[tuple[str, str], list[bool]]()
    with gzip.open(path, "wt", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["user_id", "skill_name", "correct", "item_id", "split"])
        for _ in range(rows):
            student, skill, correct = str(rng.randrange(40)), str(rng.randrange(7)), rng.random() < 0.6
            writer.writerow([student, skill, int(correct), rng.randrange(99), "train"])
            held.setdefault((student, f"assistments-{skill}"), []).append(correct)
    return held


async def imported(gateway: Gateway, path: Path, layout: str = "assistments", **given: Any) -> ImportReport:
    rows = read_answers(path, LAYOUTS[layout], dataset_name(path))
    return await ImportAnswers(gateway, clock, DEFAULT_SET, **{"create_skills": True, **given})(rows)


async def levels(gateway: Gateway) -> list[dict[str, Any]]:
    return [row async for row in export_mastery(gateway)]


@pytest.mark.usefixtures("clean")
async def test_an_import_equals_a_replay_and_changes_nothing_the_second_time(
    gateway: Gateway, counts: Ask, tmp_path: Path
) -> None:
    path = tmp_path / "slice.csv.gz"
    held = assistments_like(path, 5_000)

    report = await imported(gateway, path)

    assert (report.rows, report.recorded, report.duplicates, report.rejected) == (5_000, 5_000, 0, 0)
    actual = {(row["student_id"], row["skill_code"]): row for row in await levels(gateway)}
    assert actual.keys() == held.keys()
    for pair, answers in held.items():
        assert (actual[pair]["attempts"], actual[pair]["correct"]) == (len(answers), sum(answers))
        assert actual[pair]["level"] == trace(answers, SKILL)[-1].after
    before = await counts()
    again = await imported(gateway, path)
    assert (again.recorded, again.duplicates) == (0, 5_000)
    assert (await counts(), await levels(gateway)) == (before, list(actual.values()))


@pytest.mark.usefixtures("clean")
async def test_an_interrupted_import_goes_on(gateway: Gateway, tmp_path: Path) -> None:
    path = tmp_path / "slice.csv.gz"
    assistments_like(path, 3_000)
    rows = read_answers(path, LAYOUTS["assistments"], dataset_name(path))
    await ImportAnswers(gateway, clock, DEFAULT_SET, create_skills=True)(islice(rows, 1_500))
    rows.close()  # type: ignore[attr-defined]

    report = await imported(gateway, path)

    assert (report.recorded, report.duplicates) == (1_500, 1_500)


REAL_ROWS = 10_000


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.usefixtures("clean")
async def test_the_real_file(gateway: Gateway, counts: Ask, data_file: Callable[[str], Path], tmp_path: Path) -> None:
    """The beginning of it; `benchmarks/import_answers.py` takes the whole file."""
    path = data_file("responses/assistments09.csv.gz")
    with gzip.open(path, "rt") as file:
        lines = list(islice(file, REAL_ROWS + 1))
    path = tmp_path / path.name
    with gzip.open(path, "wt") as file:
        file.writelines(lines)
    rows = [(row["user_id"], row["skill_name"], row["correct"] == "1") for row in csv.DictReader(lines)]

    report = await imported(gateway, path)

    assert report.recorded == len(rows) == REAL_ROWS
    assert (await counts())["answers"] == REAL_ROWS
    actual = {(row["student_id"], row["skill_code"]): row for row in await levels(gateway)}
    assert len(actual) == len({(student, skill) for student, skill, _ in rows})
    assert sum(row["attempts"] for row in actual.values()) == len(rows)
    busiest = [student for student, _ in Counter(student for student, *_ in rows).most_common(10)]
    for student in busiest:
        for skill in {skill for each, skill, _ in rows if each == student}:
            answers = [right for each, of, right in rows if (each, of) == (student, skill)]
            assert actual[student, f"assistments-{skill}"]["level"] == trace(answers, SKILL)[-1].after
    again = await imported(gateway, path)
    assert (again.recorded, again.duplicates) == (0, len(rows))


BAD_ROWS = """\
student_id,skill_codes,correct,at,id
anna,talk,1,2026-01-01T00:00:00Z,a1
,talk,1,2026-01-01T00:00:00Z,a2
anna,talk,maybe,2026-01-01T00:00:00Z,a3
anna,talk,1,2026-01-01T00:00:00,a4
anna,nope,1,2026-01-01T00:00:00Z,a5
anna,talk,0,2126-01-01T00:00:00Z,a6
anna,talk,0,2026-01-02T00:00:00Z,a7
"""
LAYOUT = Layout(skill="skill_codes", at="at", id="id")


def bad_file(folder: Path) -> Iterator[FileRow]:
    path = folder / "bad.csv"
    path.write_text(BAD_ROWS)
    return read_answers(path, LAYOUT, "bad")


@pytest.mark.usefixtures("course")
async def test_bad_rows_stop_an_import_with_their_lines(gateway: Gateway, counts: Ask, tmp_path: Path) -> None:
    before = await counts()

    with pytest.raises(BadRows) as caught:
        await ImportAnswers(gateway, clock, DEFAULT_SET)(bad_file(tmp_path))

    assert str(caught.value).splitlines() == [
        "line 3: student_id: must not be empty",
        "line 4: correct: must be 1 or 0, true or false, got 'maybe'",
        "line 5: at: must have an offset, as in 2026-01-31T09:30:00Z; or use --time-zone, got '2026-01-01T00:00:00'",
    ]
    assert await counts() == before


@pytest.mark.usefixtures("course")
async def test_bad_rows_can_be_skipped(gateway: Gateway, counts: Ask, tmp_path: Path) -> None:
    rejects: list[tuple[int, str]] = []

    def reject(row: FileRow, failure: Failure) -> None:
        rejects.append((row.line, failure.field))

    report = await ImportAnswers(gateway, clock, DEFAULT_SET, reject=reject)(bad_file(tmp_path))

    assert (report.recorded, report.rejected) == (2, 5)
    assert sorted(rejects) == [(3, "student_id"), (4, "correct"), (5, "at"), (6, "skill_codes"), (7, "at")]
    assert (await counts())["answers"] == 2


def test_a_header_that_lacks_a_column(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("user_id,correct\n1,1\n")
    with pytest.raises(InvalidInput, match=r"line 1: the header must name the column 'skill_name' \(skill\); name it"):
        list(read_answers(path, LAYOUTS["assistments"], "x"))


def test_times_come_from_a_column_an_order_or_the_line(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("user_id,skill_name,correct,order_id\n1,a,1,70\n1,a,0,50\n")
    by_order = [
        row.answer.at for row in read_answers(path, LAYOUTS["pybkt"], "x") if not isinstance(row.answer, Failure)
    ]
    assert by_order == [FIRST_TIME + timedelta(seconds=70), FIRST_TIME + timedelta(seconds=50)]
    rows = list(read_answers(path, LAYOUTS["assistments"], "x"))
    assert [row.answer.at for row in rows if not isinstance(row.answer, Failure)] == [None, None]
    assert [row.earliest for row in rows] == [FIRST_TIME + timedelta(seconds=2), FIRST_TIME + timedelta(seconds=3)]
    assert [row.answer.id for row in rows if not isinstance(row.answer, Failure)] == ["x:2", "x:3"]


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "x.csv.gz"
    peaks = []
    for rows in (200, 2_000, 40_000):
        assistments_like(path, rows)
        tracemalloc.start()
        assert sum(1 for _ in read_answers(path, LAYOUTS["assistments"], "x")) == rows
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] < peaks[1] * 1.5, peaks  # the first pass fills caches


@pytest.mark.usefixtures("clean")
async def test_what_is_exported_can_be_imported(
    gateway: Gateway, intake: AnswerIntake, raw: Ask, tmp_path: Path
) -> None:
    assert await load_demo(gateway, intake, NOW) > 5_000
    assert await load_demo(gateway, intake, NOW + timedelta(days=1)) == 0
    before = await levels(gateway)
    path = tmp_path / "answers.csv"
    with path.open("w", newline="") as file:
        writer = None
        async for row in export_answers(gateway):
            writer = writer or csv.DictWriter(file, fieldnames=list(row))
            if file.tell() == 0:
                writer.writeheader()
            writer.writerow({k: json.dumps(v) if isinstance(v, list) else v for k, v in row.items()})
    sessions = tmp_path / "sessions.jsonl"
    sessions.write_text("".join([json.dumps(row) + "\n" async for row in export_sessions(gateway)]))
    await empty(raw)
    await load_seeds(gateway, NOW)
    assert not (await import_sessions(gateway, sessions, NOW)).conflicts

    report = await imported(gateway, path, "export", create_skills=False)

    assert report.recorded == report.rows > 5_000
    assert await levels(gateway) == before


@pytest.mark.usefixtures("clean")
async def test_the_demo_class_is_worth_looking_at(gateway: Gateway, intake: AnswerIntake, ask: Ask) -> None:
    shown: list[tuple[int, int]] = []
    await load_demo(gateway, intake, NOW, lambda done, total: shown.append((done, total)))
    assert shown[-1][0] == shown[-1][1]
    group = (
        await ask(
            '{ group(id: "demo") { name size teacherIds members { nodes { masteries(first: 500) { nodes { status } } } } } }'
        )
    )["group"]
    assert "simulated" in group["name"]
    assert group["size"] == 30
    assert len(group["teacherIds"]) == 2
    statuses = Counter(node["status"] for member in group["members"]["nodes"] for node in member["masteries"]["nodes"])
    assert min(statuses["MASTERED"], statuses["LEARNING"], statuses["NEEDS_FOCUS"]) > 100


class TestCourses:
    @pytest.mark.usefixtures("clean")
    async def test_the_seeds_are_stored_once(self, gateway: Gateway, counts: Ask) -> None:
        courses = await load_seeds(gateway, NOW)
        assert sum(len(course.concepts) for course in courses) == 127
        before = await counts()
        assert before["links"] == 172
        await load_seeds(gateway, NOW)
        assert await counts() == before

    @pytest.mark.usefixtures("clean")
    async def test_all_faults_at_once_and_nothing_written(self, gateway: Gateway, counts: Ask, tmp_path: Path) -> None:
        path = tmp_path / "bad.json"
        concepts = [
            {"id": "a", "name": "A", "skills": ["k"], "prerequisites": ["c"]},
            {"id": "b", "name": "B", "skills": ["nope"], "prerequisites": ["a", "dangling"]},
            {"id": "c", "name": "C", "prerequisites": ["b", "c"]},
            {"id": "c", "name": "C again"},
            {"id": "", "name": "no id"},
            {"name": "no id either"},
            "no object",
        ]
        path.write_text(
            json.dumps({"skills": [{"code": "k", "name": "K", "category": "x", "level": "Z9"}], "concepts": concepts})
        )
        before = await counts()

        with pytest.raises(BadCourseFile) as caught:
            await import_course(gateway, path, NOW)

        faults = "\n".join(caught.value.faults)
        for fault in (
            'skills[0].level: must be one of A1, A2, B1, B2, C1, C2, or empty (got "Z9")',
            "concepts[4].id: must not be empty",
            "concepts[5].id: must be a text",
            "concepts[6]: must be an object",
            "concepts[1]: no such skill 'nope'",
            "concepts[1]: no such prerequisite 'dangling'",
            "concepts[2]: 'c' is its own prerequisite",
            "concepts[3]: 'c' is there twice, first in concepts[2]",
        ):
            assert fault in faults, faults
        assert await counts() == before

    @pytest.mark.parametrize("links", ["a,b\nb,c\nc,a\n", "a,b\nb,a\n"])
    @pytest.mark.usefixtures("clean")
    async def test_a_cycle_in_a_file_is_named(self, gateway: Gateway, counts: Ask, tmp_path: Path, links: str) -> None:
        path = tmp_path / "links.csv"
        path.write_text("prerequisite,concept\n" + links)
        with pytest.raises(BadCourseFile, match=r"line \d: the links close a cycle: a → b"):
            await import_course(gateway, path, NOW)
        assert (await counts())["links"] == 0

    @pytest.mark.usefixtures("clean")
    async def test_a_file_may_not_close_a_cycle_with_what_is_stored(self, gateway: Gateway, tmp_path: Path) -> None:
        path = tmp_path / "links.csv"
        path.write_text("prerequisite,concept,skill\na,b,k\n")
        course = await import_course(gateway, path, NOW)
        assert [skill.code for skill in course.skills] == ["k"]
        back = tmp_path / "back.json"
        back.write_text(json.dumps({"concepts": [{"id": "a", "name": "A", "prerequisites": ["b"]}]}))
        with pytest.raises(BadCourseFile, match="the links close a cycle: a → b → a"):
            await import_course(gateway, back, NOW)

    @pytest.mark.parametrize(
        ("text", "fault"),
        [("{", "Expecting property name"), ("[]", "must hold an object"), ('{"skills": 1}', "must be a list")],
    )
    async def test_an_invalid_file(self, gateway: Gateway, tmp_path: Path, text: str, fault: str) -> None:
        path = tmp_path / "x.json"
        path.write_text(text)
        with pytest.raises(BadCourseFile, match=fault):
            await import_course(gateway, path, NOW)

    @pytest.mark.usefixtures("clean")
    async def test_real_graphs_are_dirty(
        self, gateway: Gateway, data_file: Callable[[str], Path], tmp_path: Path
    ) -> None:
        track = json.loads(data_file("graphs/exercism/python-config.json").read_text())
        known = {slug for each in track["exercises"]["concept"] for slug in each["concepts"]}
        concepts: dict[str, set[str]] = {slug: set() for slug in known}
        for each in track["exercises"]["concept"]:
            for slug in each["concepts"]:
                concepts[slug] |= set(each["prerequisites"]) - {slug}
        path = tmp_path / "exercism.json"
        path.write_text(json.dumps({
            "concepts": [{"id": key, "name": key, "prerequisites": sorted(needed)} for key, needed in concepts.items()]
        }))  # fmt: skip
        dangling = {needed for of in concepts.values() for needed in of} - known
        if not dangling:
            assert len((await import_course(gateway, path, NOW)).concepts) == len(known)
            return
        with pytest.raises(BadCourseFile) as caught:
            await import_course(gateway, path, NOW)
        assert all(any(f"no such prerequisite '{slug}'" in fault for fault in caught.value.faults) for slug in dangling)


def test_the_seeds_say_where_they_come_from() -> None:
    for path in packaged("seeds").glob("*.json"):
        assert "Drafted for this project" in json.loads(path.read_text())["provenance"]
