"""The same answers as CSV, Parquet and JSON lines; damaged files; metadata beside a file; real files."""

import csv
import gzip
import importlib
import json
import tracemalloc
import zipfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.answers.evidence_rules import FIRST_ATTEMPT_SET, weigh
from graph_api.domain.failures import Failure
from graph_api.usecases.answers import metadata_files
from graph_api.usecases.answers.answer_files import layouts, read_answers
from graph_api.usecases.answers.file_report import FileReport
from graph_api.usecases.answers.layout_parts import Join
from graph_api.usecases.answers.metadata_files import Lookup, open_lookups
from graph_api.usecases.answers.recognise_layout import read_head, recognise
from graph_api.usecases.csv_rows import BadFile

SAMPLES = Path(__file__).parent
TABLES = [
    ("assistments-2009", "skill_builder_data.csv"),
    ("assistments-2015", "2015_100_skill_builders_main_problems.csv"),
    ("assistments-2017", "anonymized_full_release_competition_dataset.csv"),
    ("riiid", "train.csv"),
    ("junyi-2015", "junyi_ProblemLog_original.csv"),
    ("duolingo-hlr", "settles.acl16.learning_traces.13m.csv"),
    ("ednet-kt1-joined", "ednet.csv"),
    ("canvas-outcomes", "outcome_results.csv"),
]


def content(answer: AnswerInput | Failure) -> tuple[Any, ...]:
    assert isinstance(answer, AnswerInput), answer
    return tuple(getattr(answer, name) for name in ("student_id", "correct", "skill_codes", "at", "question_id", "response_time", "hints", "partial_score"))  # fmt: skip


def read(path: Path, name: str, **options: Any) -> list[tuple[Any, ...]]:
    return [content(row.answer) for row in read_answers(path, layouts()[name], path.name, **options)]


def typed(cell: str) -> object:
    """A cell as a program that infers types would have it."""
    if cell == "":
        return None
    for kind in (int, float):
        try:
            return kind(cell)
        except ValueError:
            continue
    return {"true": True, "false": False}.get(cell.lower(), cell)


def columns_of(path: Path) -> dict[str, list[object]]:
    header, *rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    columns: dict[str, list[object]] = {}
    for place, name in enumerate(header):
        cells = [typed(row[place]) for row in rows]
        kinds = {type(cell) for cell in cells} - {type(None)}
        mixed = len(kinds) > 1 and kinds != {int, float}
        columns[name] = [None if cell is None else str(cell) for cell in cells] if mixed else cells
        if kinds == {int} and None in cells:  # as pandas stores whole numbers with gaps
            columns[name] = [float(cell) if isinstance(cell, int) else None for cell in cells]
    return columns


@pytest.mark.parametrize(("name", "file"), TABLES)
def test_parquet_has_the_answers_of_the_csv_file(tmp_path: Path, name: str, file: str) -> None:
    for beside in (SAMPLES / name).glob("questions.csv"):
        (tmp_path / beside.name).write_bytes(beside.read_bytes())
    path = tmp_path / f"{file}.parquet"
    parquet.write_table(pa.table(columns_of(SAMPLES / name / file)), path, row_group_size=3)

    assert recognise(read_head(path)) == name
    assert read(path, name) == read(SAMPLES / name / file, name)


@pytest.mark.parametrize(("name", "file"), TABLES)
def test_json_lines_have_the_answers_of_the_csv_file(tmp_path: Path, name: str, file: str) -> None:
    for beside in (SAMPLES / name).glob("questions.csv"):
        (tmp_path / beside.name).write_bytes(beside.read_bytes())
    columns = columns_of(SAMPLES / name / file)
    rows = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
    path = tmp_path / "x.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))

    assert recognise(read_head(path)) == name
    plain = read(SAMPLES / name / file, name)
    assert [row[:4] for row in read(path, name)] == [row[:4] for row in plain]  # 901.0 stays 901.0 in JSON


def test_parquet_values_of_every_type(tmp_path: Path) -> None:
    at = [datetime(2026, 1, 1, 9, 30, 0, 5, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)]
    table = pa.table({
        "student": pa.array(["a", "b"]).dictionary_encode(),
        "ok": pa.array([True, False]),
        "at": pa.array(at, pa.timestamp("ns", "UTC")),
        "kcs": pa.array([["x", "y"], ["z"]], pa.list_(pa.string())),
        "more": pa.array([{"question": "q1"}, None], pa.struct([("question", pa.string())])),
    })  # fmt: skip
    path = tmp_path / "x"
    parquet.write_table(table, path)
    layout = layouts()["export"].with_columns(
        {"student": "student", "correct": "ok", "skill": "kcs", "question": "more.question"}
    )
    rows = list(
        read_answers(path, layout, "x", optional=frozenset(layout.columns()) - {"student", "correct", "skill", "at"})
    )
    first, second = (row.answer for row in rows)
    assert isinstance(first, AnswerInput)
    assert isinstance(second, AnswerInput)
    assert (first.student_id, first.correct, first.at, first.skill_codes, first.question_id) == (
        "a",
        True,
        at[0],
        ("x", "y"),
        "q1",
    )
    assert (second.skill_codes, second.question_id, [row.line for row in rows]) == (("z",), None, [1, 2])


def test_parquet_without_its_package_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.parquet"
    parquet.write_table(pa.table({"a": [1]}), path)

    def absent(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", absent)
    with pytest.raises(BadFile, match=r"needs the extra `parquet`: pip install 'graph-api\[parquet\]'"):
        read(path, "pybkt")


def test_damaged_files_name_where_they_end(tmp_path: Path) -> None:
    zstd = pytest.importorskip("backports.zstd")
    text = "user_id,skill_name,correct,order_id\n" + "".join(
        f"a,x,1,{number * 7919 % 100_003}\n" for number in range(8_000)
    )
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("a.csv", text)
        archive.writestr("b.csv", text)
    parquet.write_table(
        pa.table({"user_id": ["a"], "skill_name": ["x"], "correct": [1], "order_id": [1]}), tmp_path / "x.parquet"
    )
    whole = {
        "gzip": gzip.compress(text.encode()),
        "zstd": zstd.compress(text.encode()),
        "parquet": (tmp_path / "x.parquet").read_bytes(),
        "zip": (tmp_path / "two.zip").read_bytes(),
    }
    words = {
        "gzip": "cut short after line",
        "zstd": "cut short after line",
        "parquet": "cut short or damaged",
        "zip": "ZIP archive cannot be read",
    }
    for form, data in whole.items():
        path = tmp_path / form
        path.write_bytes(data[: len(data) * 9 // 10])
        with pytest.raises(BadFile, match=words[form]):
            read(path, "pybkt")
    with pytest.raises(BadFile, match="must hold one file, holds 2"):
        read(tmp_path / "two.zip", "pybkt")


@pytest.mark.parametrize("most", [2, 500_000])
def test_metadata_are_looked_up_in_memory_and_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(metadata_files, "MOST_IN_MEMORY", most)
    path = tmp_path / "questions.csv"
    path.write_text("id,skill,key\n" + "".join(f"q{n},s{n % 7},{n}\n" for n in range(50)))
    join = Join(("questions.csv",), "question", "id", ("skill", "key"))
    with open_lookups(tmp_path / "x.csv", "a layout", [join], []) as [(_, lookup)]:
        assert [lookup.get(f"q{n}") for n in range(50)] == [(f"s{n % 7}", str(n)) for n in range(50)]
        assert lookup.get("q50") == ("", "")
    with (
        pytest.raises(BadFile, match=r"a layout needs nowhere\.csv with the columns id, skill"),
        open_lookups(tmp_path / "x.csv", "a layout", [replace(join, files=("nowhere.csv",))], []),
    ):
        pass
    with (
        pytest.raises(BadFile, match="has not the columns that this layout looks up"),
        open_lookups(
            tmp_path / "x.csv", "a layout", [replace(join, columns=("answer",), required=False, files=())], [path]
        ),
    ):
        pass


def test_a_key_with_several_rows_has_the_list_of_their_cells() -> None:
    lookup = Lookup(2)
    for cells in (("a", "1"), ("b", "1"), ("a", "1"), ("", "1")):
        lookup.add("q", cells)
    assert lookup.get("q") == ('["a", "b"]', "1")


def test_memory_does_not_grow_with_a_parquet_file(tmp_path: Path) -> None:
    peaks = []
    for rows in (4_000, 16_000):
        path = tmp_path / f"{rows}.parquet"
        table = pa.table(
            {
                "user_id": [n // 90 for n in range(rows)],
                "skill_name": ["s"] * rows,
                "correct": [1] * rows,
                "order_id": list(range(rows)),
            }
        )
        parquet.write_table(table, path, row_group_size=2_000)
        del table
        tracemalloc.start()
        report = FileReport()
        assert (
            sum(1 for _ in report.observed(read_answers(path, layouts()["pybkt"], "x", on_left_out=report.leave_out)))
            == rows
        )
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5, peaks


# Real files, where the folder of test data has them.


def test_the_real_files_are_recognised(data_file: Callable[[str], Path]) -> None:
    """The beginnings of them; `benchmarks/import_answers.py` imports the whole."""
    for name in ("assistments09", "glops"):
        path = data_file(f"responses/{name}.csv.gz")
        with gzip.open(path, "rt") as file:
            own = list(islice(csv.DictReader(file), 5_000))
        report = FileReport()
        assert recognise(read_head(path)) == "assistments"
        rows = report.observed(read_answers(path, layouts()["assistments"], path.name))
        assert sum(1 for _ in islice(rows, len(own))) == report.answers == len(own)
        counts = (report.students, len(report.skills), report.correct, report.tags)
        students, skills = ({row[column] for row in own} for column in ("user_id", "skill_name"))
        assert counts == (len(students), len(skills), sum(row["correct"] == "1" for row in own), len(own))


def opportunities(answers: Sequence[AnswerInput]) -> dict[tuple[str, int], list[int]]:
    """By skill and opportunity: how many, and how many errors, as the first-attempt rule counts them."""
    count: dict[tuple[str, str], int] = defaultdict(int)
    rates: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
    for answer in sorted(answers, key=lambda each: each.at or datetime.min.replace(tzinfo=UTC)):
        weighed = weigh(answer, FIRST_ATTEMPT_SET.parameters)
        if weighed.weight:
            for code in answer.skill_codes:
                count[answer.student_id, code] += 1
                rate = rates[code.removeprefix("datashop-"), count[answer.student_id, code]]
                rate[0] += 1
                rate[1] += not weighed.correct
    return dict(rates)


def test_the_error_rates_of_datashop_come_back(data_file: Callable[[str], Path]) -> None:
    """LearnSphere's WorkflowComponents has an export of data set 96 by transaction, and one by student and step.

    The two exports have other pseudonyms, so steps are found by their times. The transactions have 61 first attempts at
    problems that were opened again, which DataShop's steps do not count.
    """
    transactions, steps = (
        data_file("datashop/ds96_tx_export_example.txt"),
        data_file("datashop/ds96_student_step_export.txt"),
    )
    answers = [row.answer for row in read_answers(transactions, layouts()["datashop"], "ds96")]
    assert all(isinstance(answer, AnswerInput) for answer in answers)
    stated = [answer for answer in answers if isinstance(answer, AnswerInput)]
    with transactions.open(encoding="utf-8") as file:
        hints = [row["Outcome"] == "HINT" for row in csv.DictReader(file, delimiter="\t")]
    assert len(stated) == 1_873
    assert len({code for answer in stated for code in answer.skill_codes}) == 20
    tags = [len(answer.skill_codes) for answer in stated]
    assert (sum(tags), sum(tag for tag, hint in zip(tags, hints, strict=True) if not hint)) == (5_619, 5_229)
    with steps.open(encoding="utf-8") as file:
        own = list(csv.DictReader(file, delimiter="\t"))
    at = {row["First Transaction Time"] for row in own}
    first = [
        answer for answer in stated if answer.attempt == 1 and answer.at and f"{answer.at:%Y-%m-%d %H:%M:%S}" in at
    ]
    rates: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
    for row in own:
        for skill, number in zip(
            row["KC (Default)"].split("~~"), row["Opportunity (Default)"].split("~~"), strict=True
        ):
            rate = rates[skill, int(number or 0)]
            rate[0] += 1
            rate[1] += row["First Attempt"] != "correct"
    assert len(first) == len(own) == 951
    counted = opportunities(first)
    different = {key for key in counted.keys() | rates.keys() if counted.get(key) != rates.get(key)}
    assert len(rates) == 854
    assert different == {
        ("audio_question", 18),
        ("audio_question", 19),
    }  # of one student, whose step 44 DataShop counts late
