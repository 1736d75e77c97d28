"""Imports settle every row once: recorded, already present with the same content, in conflict, or rejected."""

import csv
import io
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.failures import Failure, InvalidInput
from graph_api.domain.operations.export_extent import Extent
from graph_api.domain.parameters.knowledge_tracing import trace
from graph_api.domain.parameters.parameter_sets import DEFAULTS
from graph_api.domain.parameters.topic_parameters import DEFAULT_SET
from graph_api.domain.targets import TargetKind
from graph_api.store import skills
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_batch import Submission
from graph_api.usecases.answers.answer_cells import CellRules
from graph_api.usecases.answers.answer_files import FileRow, Layout, dataset_name, layouts, read_answers
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.answers.import_answers import BadRows, ImportAnswers, ImportReport
from graph_api.usecases.answers.record_answers import RecordAnswers, received
from graph_api.usecases.operations.export import export_answers, export_mastery
from tests.conftest import Ask

SKILL = DEFAULTS[TargetKind.SKILL].parameters
WITH_IDS = Layout(student="user", correct="ok", skill="skill", order="t", id="id")
IN_FILE_ORDER = Layout(student="user", correct="ok", skill="skill")

pytestmark = pytest.mark.usefixtures("course")


def clock() -> datetime:
    return datetime.now(UTC)


def write(path: Path, header: list[str], rows: list[list[str]]) -> Path:
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    path.write_text(text.getvalue())
    return path


class Noted:
    """An import, and what it named."""

    def __init__(self, gateway: Gateway, **given: Any) -> None:
        self.rejected: list[tuple[int, str]] = []
        self.conflicts: list[tuple[int, str]] = []
        self.use_case = ImportAnswers(
            gateway, clock, DEFAULT_SET, reject=self.reject, on_conflict=self.conflict, **given
        )

    def reject(self, row: FileRow, failure: Failure) -> None:
        self.rejected.append((row.line, failure.message))

    def conflict(self, row: FileRow, failure: Failure) -> None:
        self.conflicts.append((row.line, failure.message))


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.recorded, report.duplicates, report.conflicts, report.rejected


async def imported(gateway: Gateway, path: Path, layout: Layout, **given: Any) -> Noted:
    noted = Noted(gateway, **given)
    await noted.use_case(read_answers(path, layout, dataset_name(path)))
    return noted


class Cut(Exception):
    """The process ends here."""


def cut_after(rows: Iterator[FileRow], count: int) -> Iterator[FileRow]:
    for number, row in enumerate(rows):
        if number == count:
            raise Cut
        yield row


def settle(rows: list[list[str]], stored: dict[str, list[str]]) -> tuple[int, int, int, int]:
    """What must become of rows, one after the other: the oracle."""
    recorded = present = conflicts = rejected = 0
    for row in rows:
        is_new = row[4] not in stored or stored[row[4]][0] != row[0]  # ids are looked up from their students
        if row[1] not in {"0", "1"} or not row[0] or (is_new and row[2] not in {"talk", "cases"}):
            rejected += 1
        elif row[4] not in stored:
            stored[row[4]] = row
            recorded += 1
        elif stored[row[4]] == row:
            present += 1
        else:
            conflicts += 1
    return recorded, present, conflicts, rejected


def random_rows(rng: random.Random, count: int) -> list[list[str]]:
    rows: list[list[str]] = []
    for number in range(count):
        row = [rng.choice("ab"), rng.choice("01"), rng.choice(["talk", "cases"]), str(number), f"id-{number}"]
        if rows and rng.random() < 0.25:
            row = list(rng.choice(rows))
        rows.append(edited(rng, row) if rng.random() < 0.25 else row)
    return rows


def edited(rng: random.Random, row: list[str]) -> list[str]:
    place = rng.randrange(4)
    other = [["a", "b", ""], ["0", "1", "maybe"], ["talk", "cases", "unknown"], ["5", "6"]][place]
    return [*row[:place], rng.choice(other), *row[place + 1 :]]


@pytest.mark.parametrize("seed", range(12))
async def test_the_equation_holds_for_any_file_interrupted_edited_and_repeated(
    gateway: Gateway, counts: Ask, tmp_path: Path, seed: int
) -> None:
    rng = random.Random(seed)
    header, stored = ["user", "ok", "skill", "t", "id"], dict[str, list[str]]()
    rows = random_rows(rng, rng.randrange(1, 40))
    for step in range(4):
        path = write(tmp_path / f"{step}.csv", header, rows)
        noted = Noted(gateway, batch=rng.choice([1, 2, 3, 7, 100]))
        read: Iterator[FileRow] = read_answers(path, WITH_IDS, "x")
        if step % 2 == 0:  # the process ends in the middle: whole batches stay
            cut, size = rng.randrange(len(rows) + 1), noted.use_case.batch
            with pytest.raises(Cut):
                await noted.use_case(cut_after(read, min(cut, len(rows) - 1)))
            done = rows[: min(cut, len(rows) - 1) // size * size]
        else:
            await noted.use_case(read)
            done = rows
        report = noted.use_case.report
        expected = settle(done, stored)
        assert (report.recorded, report.duplicates, report.conflicts, report.rejected) == expected
        assert report.rows == sum(expected) == len(done)
        assert (await counts())["answers"] == len(stored)
        assert (len(noted.conflicts), len(noted.rejected)) == expected[2:]
        if step == 1:
            rows = [edited(rng, row) if rng.random() < 0.3 else row for row in rows]


async def test_without_reject_a_batch_is_recorded_whole_or_not_at_all(
    gateway: Gateway, counts: Ask, tmp_path: Path
) -> None:
    rows = [["a", "1", "talk", str(n), f"i{n}"] for n in range(6)]
    header = ["user", "ok", "skill", "t", "id"]
    await imported(gateway, write(tmp_path / "x.csv", header, rows[:2]), WITH_IDS)
    rows[1][1] = "0"  # a conflict never stops an import
    rows[5][2] = "unknown"
    path = write(tmp_path / "x.csv", header, rows)
    importing = ImportAnswers(gateway, clock, DEFAULT_SET, batch=3)
    with pytest.raises(BadRows, match=r"^line 7: skill: must name skills that exist; use --create-skills") as caught:
        await importing(read_answers(path, WITH_IDS, "x"))
    report = importing.report
    assert (report.recorded, report.duplicates, report.conflicts, report.rejected, report.untried) == (1, 1, 1, 1, 2)
    assert caught.value.first_line == 7
    assert (await counts())["answers"] == 3


@pytest.mark.parametrize("edit", [(1, "0", "correct is false, recorded as true"), (2, "cases", "skill is cases")])
async def test_edited_rows_are_conflicts_in_every_batch(
    gateway: Gateway, tmp_path: Path, edit: tuple[int, str, str]
) -> None:
    column, value, rule = edit
    rows = [["a", "1", "talk"] for _ in range(20)]
    path = write(tmp_path / "week.csv", ["user", "ok", "skill"], rows)
    await imported(gateway, path, IN_FILE_ORDER)
    for line in (0, 9, 19):
        rows[line][column] = value
    noted = await imported(gateway, write(path, ["user", "ok", "skill"], rows), IN_FILE_ORDER, batch=4)
    assert counts(noted.use_case.report) == (0, 17, 3, 0)
    assert [line for line, _ in noted.conflicts] == [2, 11, 21]
    assert all(rule in message for _, message in noted.conflicts), noted.conflicts
    assert "week.csv:11" in noted.conflicts[1][1]


async def test_the_whole_file_name_names_the_rows(gateway: Gateway, tmp_path: Path) -> None:
    rows = [["a", "1", "talk"]] * 3
    for name in ("week.1.csv", "week.2.csv", "week.csv"):
        noted = await imported(gateway, write(tmp_path / name, ["user", "ok", "skill"], rows), IN_FILE_ORDER)
        assert counts(noted.use_case.report) == (3, 0, 0, 0), name
    assert [dataset_name(Path(name)) for name in ("week.1.csv.gz", "a/.gz", "x.GZ", "week")] == [
        "week.1.csv", ".gz", "x", "week",
    ]  # fmt: skip


async def test_an_id_of_another_student_is_a_conflict(gateway: Gateway, tmp_path: Path) -> None:
    header = ["user", "ok", "skill", "t", "id"]
    await imported(gateway, write(tmp_path / "x.csv", header, [["a", "1", "talk", "1", "i"]]), WITH_IDS)
    noted = await imported(gateway, write(tmp_path / "x.csv", header, [["b", "1", "talk", "1", "i"]]), WITH_IDS)
    assert counts(noted.use_case.report) == (0, 0, 1, 0)
    assert "recorded for another student" in noted.conflicts[0][1]


async def test_files_without_times_follow_what_is_recorded(gateway: Gateway, tmp_path: Path) -> None:
    header = ["user", "ok", "skill"]
    first = write(tmp_path / "a.csv", header, [["sq", "0", "talk"]] * 6)
    second = write(tmp_path / "b.csv", header, [["sq", "1", "talk"]] * 6)
    for path in (first, second):
        await imported(gateway, path, IN_FILE_ORDER, batch=4)
    (mastery,) = [row async for row in export_mastery(gateway, Extent("sq"))]
    assert mastery["level"] == trace([False] * 6 + [True] * 6, SKILL)[-1].after
    before = [row async for row in export_answers(gateway)]
    for path in (first, second):  # derived times depend on what was there, and are no content
        noted = await imported(gateway, path, IN_FILE_ORDER, batch=5)
        assert counts(noted.use_case.report) == (0, 6, 0, 0)
    assert [row async for row in export_answers(gateway)] == before


async def test_files_without_times_follow_answers_of_today(
    gateway: Gateway, intake: AnswerIntake, tmp_path: Path
) -> None:
    await intake.submit([AnswerInput("sq", correct=False, skill_codes=["talk"])] * 3)
    path = write(tmp_path / "a.csv", ["user", "ok", "skill"], [["sq", "1", "talk"]] * 30)
    noted = await imported(gateway, path, IN_FILE_ORDER)
    assert counts(noted.use_case.report) == (30, 0, 0, 0)
    (mastery,) = [row async for row in export_mastery(gateway, Extent("sq"))]
    assert mastery["level"] == trace([False] * 3 + [True] * 30, SKILL)[-1].after


@pytest.mark.parametrize("cut", [1, 4, 5, 9])
async def test_a_resumed_import_derives_the_same_times(gateway: Gateway, raw: Ask, tmp_path: Path, cut: int) -> None:
    header = ["user", "ok", "skill"]
    later = write(tmp_path / "b.csv", header, [["sq", str(n % 2), "talk"] for n in range(10)])
    await imported(gateway, write(tmp_path / "a.csv", header, [["sq", "0", "talk"]] * 8), IN_FILE_ORDER)
    with pytest.raises(Cut):
        await Noted(gateway, batch=2).use_case(cut_after(read_answers(later, IN_FILE_ORDER, "b.csv"), cut))
    await imported(gateway, later, IN_FILE_ORDER)
    resumed = [(row["id"], row["at"]) async for row in export_answers(gateway)]
    await raw("MATCH (:Student)-[answer:ANSWERED]->() WHERE answer.id STARTS WITH 'b.csv' DELETE answer")
    await raw("MATCH (:Student)-[m:HAS_MASTERY]->() DELETE m")
    await raw("MATCH (s:Student)-[answer:ANSWERED]->() DELETE answer")
    for name in ("a.csv", "b.csv"):
        await imported(gateway, tmp_path / name, IN_FILE_ORDER)
    assert [(row["id"], row["at"]) async for row in export_answers(gateway)] == resumed


async def test_answers_of_an_earlier_version_are_not_counted_twice(
    gateway: Gateway, counts: Ask, tmp_path: Path
) -> None:
    """It named the rows of week.csv `week:line`, and derived times were content."""
    start = datetime(2000, 1, 1, tzinfo=UTC)
    old = [
        AnswerInput("a", correct=n % 2 == 0, skill_codes=["talk"], id=f"week:{n}", at=start + timedelta(seconds=n))
        for n in range(2, 6)
    ]
    await RecordAnswers(gateway, DEFAULT_SET)(
        [Submission([received(each, "", clock(), place) for place, each in enumerate(old)])]
    )
    rows = [["a", str(int(n % 2 == 0)), "talk"] for n in range(2, 8)]
    path = write(tmp_path / "week.csv", ["user", "ok", "skill"], rows)
    importing = ImportAnswers(gateway, clock, DEFAULT_SET, earlier_dataset="week")
    with pytest.raises(InvalidInput, match="use --dataset week to resume"):
        await importing(read_answers(path, IN_FILE_ORDER, "week.csv"))
    assert (await counts())["answers"] == 4
    noted = Noted(gateway)
    await noted.use_case(read_answers(path, IN_FILE_ORDER, "week"))
    report = noted.use_case.report
    assert (report.recorded, report.duplicates, report.conflicts) == (2, 4, 0)


async def test_an_export_read_back_into_the_same_graph_is_already_present(
    gateway: Gateway, intake: AnswerIntake, tmp_path: Path
) -> None:
    sent = [
        AnswerInput("a", correct=True, concept_ids=["accusative"], response_time=1.5),
        AnswerInput("a", correct=False, concept_ids=["dative"], skill_codes=["talk"], mentioned=["nominative"]),
        AnswerInput("b", correct=True, skill_codes=["talk", "cases"], keyword_score=0.25),
    ]
    await intake.submit(sent)
    exported = [row async for row in export_answers(gateway)]
    cells = [
        [
            "" if value is None else json.dumps(value) if isinstance(value, list) else str(value)
            for value in row.values()
        ]
        for row in exported
    ]
    path = write(tmp_path / "x.csv", list(exported[0]), cells)
    noted = await imported(gateway, path, layouts()["export"])
    assert counts(noted.use_case.report) == (0, 3, 0, 0), noted.conflicts
    cells[0][list(exported[0]).index("response_time")] = "2.5"
    noted = await imported(gateway, write(path, list(exported[0]), cells), layouts()["export"])
    assert counts(noted.use_case.report) == (0, 2, 1, 0)
    assert "response time is 2.5, recorded as 1.5" in noted.conflicts[0][1]


async def test_real_skill_names_get_codes_and_keep_their_names(gateway: Gateway, tmp_path: Path) -> None:
    names = [
        "Add",
        "Effect of Changing Dimensions of a Shape Prportionally",
        "Order of Operations +,-,/,* () reals " * 3,
    ]
    rows = [["u", "1", name] for name in names] * 2
    path = write(tmp_path / "x.csv", ["user", "ok", "skill"], rows)
    layout = Layout(student="user", correct="ok", skill="skill", skill_prefix="maths-")
    noted = await imported(gateway, path, layout, create_skills=True)
    assert counts(noted.use_case.report) == (6, 0, 0, 0)
    masteries = [row async for row in export_mastery(gateway, Extent("u"))]
    assert [row["attempts"] for row in masteries] == [2, 2, 2]
    codes = [row["skill_code"] for row in masteries]
    assert all(len(code) <= 50 for code in codes)
    stored = await gateway.read(lambda tx: skills.read_by_codes(tx, codes))
    assert stored["maths-Add"].name == "Add"
    assert {skill.name for skill in stored.values()} >= set(names[:2])
    assert names[2].strip() in {skill.description for skill in stored.values()}


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("t", "2999-01-31T09:30:00+05:30", "2999-01-31T09:30:00+05:30"),
        ("ms", "99999999.50", "99999999.50"),
        ("ms", "-1e0", "-1e0"),
        ("semantic", "1.10", "1.10"),
        ("keyword", "+2.", "+2."),
    ],
)
async def test_a_cell_beyond_its_range_is_quoted_as_the_file_has_it(
    gateway: Gateway, tmp_path: Path, column: str, cell: str, value: str
) -> None:
    names = ["user", "ok", "skill", "t", "ms", "semantic", "keyword"]
    layout = Layout(student="user", correct="ok", skill="skill", at="t", response_time="ms", semantic_score="semantic", keyword_score="keyword")  # fmt: skip
    good = ["anna", "1", "k0", "2026-01-01T00:00:00Z", "1000", "1", "1"]
    path = write(tmp_path / "ranges.csv", names, [good, [cell if name == column else each for name, each in zip(names, good, strict=True)]])  # fmt: skip
    noted = Noted(gateway, create_skills=True)
    await noted.use_case(
        read_answers(path, layout, f"ranges-{column}-{cell}", rules=CellRules(response_time_unit="ms"))
    )

    ((line, message),) = noted.rejected
    assert line == 3
    assert message.startswith(f"{column}: must ")
    assert message.endswith(f"got {value!r}")


async def test_a_time_in_the_future_is_named_in_the_run_that_reads_it(gateway: Gateway, tmp_path: Path) -> None:
    layout = Layout(student="user", correct="ok", skill="skill", at="t")
    rows = [
        ["ben", "1", "k0", "2026-01-01T00:00:00Z"],
        ["ben", "1", "k0", "2999-01-01T00:00:00Z"],
        ["ben", "perhaps", "k0", "2026-01-01T00:00:00Z"],
        ["ben", "1", "k0", "2998-01-01T00:00:00Z"],
    ]
    path = write(tmp_path / "future.csv", ["user", "ok", "skill", "t"], rows)
    use_case = ImportAnswers(gateway, clock, DEFAULT_SET, create_skills=True)
    with pytest.raises(BadRows) as bad:
        await use_case(read_answers(path, layout, "future"))

    first, second, third = str(bad.value).splitlines()
    assert first.startswith("line 3: t: must not be more than 5 minutes after ")
    assert first.endswith("got '2999-01-01T00:00:00Z'")
    assert second == "line 4: ok: must be 1 or 0, true or false, got 'perhaps'"
    assert third.startswith("line 5: t: must not be more than 5 minutes after ")
    assert (counts(use_case.report), use_case.report.untried) == ((0, 0, 0, 3), 1)


async def test_a_number_that_is_a_time_in_the_future_is_shown_as_both(gateway: Gateway, tmp_path: Path) -> None:
    path = write(tmp_path / "numbers.csv", ["user", "ok", "skill", "t"], [["ben", "1", "k0", "32472144000"]])
    noted = Noted(gateway, create_skills=True)
    layout = Layout(student="user", correct="ok", skill="skill", at="t")
    await noted.use_case(read_answers(path, layout, "numbers", rules=CellRules(time_unit="s")))

    ((_, message),) = noted.rejected
    assert message.endswith("got '32472144000, which is 2999-01-01T00:00:00+00:00'")
