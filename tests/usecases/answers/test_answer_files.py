"""Answer files: good, bad and interrupted imports, times, and memory."""

import csv
import gzip
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
from graph_api.usecases.answers.answer_files import FileRow, Layout, dataset_name, layouts, read_answers
from graph_api.usecases.answers.derived_times import FIRST_TIME
from graph_api.usecases.answers.import_answers import BadRows, ImportAnswers, ImportReport
from graph_api.usecases.operations.export import export_mastery
from tests.conftest import Ask
from tests.sizes import size

GZIP_BUFFERS = 256 * 1024
"""At most this much of a file is in the buffers of gzip, whatever its size; from Python 3.12 on."""

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
    rows = read_answers(path, layouts()[layout], dataset_name(path))
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
    rows = read_answers(path, layouts()["assistments"], dataset_name(path))
    await ImportAnswers(gateway, clock, DEFAULT_SET, create_skills=True)(islice(rows, 1_500))
    rows.close()  # type: ignore[attr-defined]

    report = await imported(gateway, path)

    assert (report.recorded, report.duplicates) == (1_500, 1_500)


REAL_ROWS = size(3_000, 10_000)


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

    *others, future = str(caught.value).splitlines()
    assert future.startswith("line 7: at: must not be more than 5 minutes after ")
    assert future.endswith("got '2126-01-01T00:00:00Z'")
    assert others == [
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
        list(read_answers(path, layouts()["assistments"], "x"))


def test_times_come_from_a_column_an_order_or_the_line(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("user_id,skill_name,correct,order_id\n1,a,1,70\n1,a,0,50\n")
    by_order = [
        row.answer.at for row in read_answers(path, layouts()["pybkt"], "x") if not isinstance(row.answer, Failure)
    ]
    assert by_order == [FIRST_TIME + timedelta(seconds=70), FIRST_TIME + timedelta(seconds=50)]
    rows = list(read_answers(path, layouts()["assistments"], "x"))
    assert [row.answer.at for row in rows if not isinstance(row.answer, Failure)] == [None, None]
    assert [row.earliest for row in rows] == [FIRST_TIME + timedelta(seconds=2), FIRST_TIME + timedelta(seconds=3)]
    assert [row.answer.id for row in rows if not isinstance(row.answer, Failure)] == ["x:2", "x:3"]


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "x.csv.gz"
    peaks = []
    for rows in (200, 2_000, size(12_000, 40_000)):
        assistments_like(path, rows)
        tracemalloc.start()
        assert sum(1 for _ in read_answers(path, layouts()["assistments"], "x")) == rows
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] < peaks[1] * 1.5 + GZIP_BUFFERS, peaks  # the first pass fills caches
