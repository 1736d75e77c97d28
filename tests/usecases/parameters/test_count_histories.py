"""Counting histories in files: the same file whole or in shards, in one part or in many, and every fault is named."""

import random
import resource
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_api.domain.failures import InvalidInput
from graph_api.usecases.parameters import count_histories as counting
from graph_api.usecases.parameters import counted_files, merge_histories
from graph_api.usecases.parameters.answer_rows import AnswerColumns
from graph_api.usecases.parameters.count_histories import CountOptions, CountReport, count_histories
from graph_api.usecases.parameters.shards import Shard

ANSWER = st.tuples(
    st.sampled_from(["anna", "ben", "chloé", "dmitri", "eve"]),  # student
    st.integers(0, 6),  # time: ties are common
    st.booleans(),
    st.sampled_from(["cases", "talk", "vocab"]),
)
ROOT = Path(__file__).resolve().parents[3]


def write(path: Path, answers: Sequence[tuple[str, int, bool, str]], **others: Any) -> Path:
    columns = {
        "student_id": pa.array([each[0] for each in answers], pa.string()),
        "at": pa.array([each[1] for each in answers], pa.int64()),
        "correct": pa.array([each[2] for each in answers], pa.bool_()),
        "skill_codes": pa.array([each[3] for each in answers], pa.string()),
    }
    pq.write_table(pa.table({**columns, **others}), path, row_group_size=7)
    return path


def rows_of(path: Path) -> dict[tuple[str, str, str], int]:
    rows = pq.read_table(path).to_pylist()
    return {(row["kind"], row["target"], row["answers"]): row["students"] for row in rows}


def expected(answers: Sequence[tuple[str, int, bool, str]]) -> dict[tuple[str, str, str], int]:
    texts: dict[tuple[str, str], str] = {}
    for student, _, correct, skill in sorted(answers, key=lambda each: each[1]):
        texts[student, skill] = texts.get((student, skill), "") + "01"[correct]
    return dict(Counter(("SKILL", skill, text) for (_, skill), text in texts.items()))


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts and groups of a few rows, so that small files take the way of large ones."""
    monkeypatch.setattr(counting, "ANSWERS_OF_A_PART", 5)
    monkeypatch.setattr(merge_histories, "HISTORIES_OF_A_PART", 3)
    monkeypatch.setattr(counted_files, "ROWS_OF_A_GROUP", 2)


@given(st.lists(ANSWER, min_size=1, max_size=60), st.integers(1, 4), st.data())
@settings(max_examples=12, deadline=None)
def test_whole_and_merged_shards_are_one_file(
    answers: list[tuple[str, int, bool, str]], shards: int, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(answers)))
    order = data.draw(st.permutations(range(shards)))
    with TemporaryDirectory() as folder:
        place = Path(folder)
        files = [write(place / "a.parquet", answers[:cut]), write(place / "b.parquet", answers[cut:])]
        count_histories(files, place / "whole.parquet")
        counted = [place / f"shard-{number}.parquet" for number in range(1, shards + 1)]
        reports = [
            count_histories(files, path, CountOptions(shard=Shard(number, shards)))
            for number, path in enumerate(counted, 1)
        ]
        merged = count_histories([counted[each] for each in order], place / "merged.parquet")

        assert rows_of(place / "whole.parquet") == expected(answers)
        assert (place / "merged.parquet").read_bytes() == (place / "whole.parquet").read_bytes()
        assert sum(report.answers for report in reports) == merged.answers == len(answers)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("seed", range(3))
def test_many_parts_and_groups_are_as_one(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    students, skills = [f"s{n}" for n in range(30)], [f"k{n}" for n in range(9)]
    answers = [(rng.choice(students), rng.randrange(50), rng.random() < 0.5, rng.choice(skills)) for _ in range(400)]

    report = count_histories([write(tmp_path / "a.parquet", answers)], tmp_path / "whole.parquet")

    assert rows_of(tmp_path / "whole.parquet") == expected(answers)
    assert report == CountReport(400, 0, len(expected(answers)))
    file = pq.ParquetFile(tmp_path / "whole.parquet")
    targets = [file.read_row_group(place)["target"].unique().to_pylist() for place in range(file.num_row_groups)]
    assert [each for of_group in targets for each in of_group] == sorted(skills), (
        "a row group holds whole targets, in order"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.parquet", "whole.parquet"]


def test_an_answer_counts_for_each_of_its_targets_once(tmp_path: Path) -> None:
    lists = {
        "skill_codes": pa.array([["cases", "cases"], [], None]),
        "concept_ids": pa.array([["dative"], ["dative", ""], None]),
    }
    path = write(tmp_path / "a.parquet", [("anna", 0, True, ""), ("anna", 1, False, ""), ("ben", 2, True, "")], **lists)

    report = count_histories([path], tmp_path / "out.parquet")

    assert rows_of(tmp_path / "out.parquet") == {("CONCEPT", "dative", "10"): 1, ("SKILL", "cases", "1"): 1}
    assert report == CountReport(3, 1, 2)


def test_answers_without_a_student_a_result_a_time_or_a_target_are_left_out(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.parquet",
        [("anna", 0, True, "cases")] * 6,
        student_id=pa.array([None, "", "7", "7", "7", "7"]),
        correct=pa.array([1.0, 1.0, None, 0.0, 1.0, 0.0]),
        at=pa.array(["2026-01-01T00:00:00", "2026-01-02", "2026-01-02", None, "2026-01-03", "2026-01-04"]),
        skill_codes=pa.array(["cases"] * 5 + [None]),
    )

    report = count_histories([path], tmp_path / "out.parquet")

    assert report == CountReport(1, 5, 1)
    assert rows_of(tmp_path / "out.parquet") == {("SKILL", "cases", "1"): 1}


@pytest.mark.parametrize(
    "at",
    [
        pa.array([3, 1, 2], pa.timestamp("ns", "UTC")),
        pa.array([3, 1, 2], pa.date32()),
        pa.array([0.3, 0.1, 0.2]),
        pa.array(["2026-03-01T10:00:00Z", "2026-01-01T10:00:00Z", "2026-02-01T10:00:00Z"]),
    ],
    ids=lambda each: str(each.type),
)
def test_times_of_any_type_order_the_answers(at: pa.Array, tmp_path: Path) -> None:
    if str(at.type).startswith("timestamp"):
        at = pa.array([3_000, 1_000, 2_000], at.type)
    answers = [("anna", 0, True, "cases"), ("anna", 0, False, "cases"), ("anna", 0, False, "cases")]

    count_histories([write(tmp_path / "a.parquet", answers, at=at)], tmp_path / "out.parquet")

    assert rows_of(tmp_path / "out.parquet") == {("SKILL", "cases", "001"): 1}


def test_without_times_rows_are_in_order(tmp_path: Path) -> None:
    table = pa.table({"who": [1, 1, 1], "right": [0, 0, 1], "kc": ["x"] * 3})
    pq.write_table(table, tmp_path / "a.parquet")

    columns = AnswerColumns(student="who", correct="right", skill="kc")
    count_histories([tmp_path / "a.parquet"], tmp_path / "out.parquet", CountOptions(columns))

    assert rows_of(tmp_path / "out.parquet") == {("SKILL", "x", "001"): 1}


ONE = [("anna", 0, True, "cases")]


@pytest.mark.parametrize(
    ("others", "columns", "message"),
    [
        ({"correct": pa.array([2])}, AnswerColumns(), "correct: must be true and false, or 1 and 0, got '2'"),
        ({"correct": pa.array(["yes"])}, AnswerColumns(), "correct: must be true and false, or 1 and 0, got 'string'"),
        ({"at": pa.array(["yesterday"])}, AnswerColumns(), "at: must be times in ISO 8601"),
        ({"at": pa.array([True])}, AnswerColumns(), "at: must be times in ISO 8601 or numbers, .*, got 'bool'"),
        ({"at": pa.array([float("nan")])}, AnswerColumns(), "at: must be times in ISO 8601 or numbers, .*, got 'nan'"),
        ({"student_id": pa.array([{"id": 1}])}, AnswerColumns(), "student_id: must be text or whole numbers"),
        ({"skill_codes": pa.array([{"id": 1}])}, AnswerColumns(), "skill_codes: must be text or whole numbers"),
        ({}, AnswerColumns(student="who"), "column: must be a column of a.parquet, .*, got 'who'"),
    ],
)
def test_columns_that_do_not_fit_are_named(
    others: dict[str, Any], columns: AnswerColumns, message: str, tmp_path: Path
) -> None:
    path = write(tmp_path / "a.parquet", ONE, **others)

    with pytest.raises(InvalidInput, match=message):
        count_histories([path], tmp_path / "out.parquet", CountOptions(columns))

    assert not (tmp_path / "out.parquet").exists()


def test_a_file_without_targets_is_named(tmp_path: Path) -> None:
    pq.write_table(pa.table({"student_id": ["a"], "correct": [True]}), tmp_path / "a.parquet")

    with pytest.raises(InvalidInput, match="columns: name the column of skills or of concepts"):
        count_histories([tmp_path / "a.parquet"], tmp_path / "out.parquet")


def test_files_that_do_not_go_together_are_named(tmp_path: Path) -> None:
    answers, out = write(tmp_path / "a.parquet", ONE), tmp_path / "out.parquet"
    first, second, other = (tmp_path / f"{name}.parquet" for name in ("1", "2", "3"))
    count_histories([answers], first, CountOptions(shard=Shard(1, 2)))
    count_histories([answers], second, CountOptions(shard=Shard(1, 2)))
    count_histories([answers], other, CountOptions(shard=Shard(1, 3)))
    late = pq.read_schema(first).with_metadata({b"graph_api_histories": b"2"})
    pq.write_table(pq.read_table(first).replace_schema_metadata(late.metadata), tmp_path / "late.parquet")
    untimed, dated = tmp_path / "untimed.parquet", tmp_path / "dated.parquet"
    pq.write_table(pq.read_table(answers).drop_columns("at"), untimed)
    write(dated, ONE, at=pa.array([1], pa.timestamp("us")))
    more, renamed, all_students = (tmp_path / f"{name}.parquet" for name in ("more", "renamed", "all"))
    count_histories([write(tmp_path / "b.parquet", ONE * 2)], more, CountOptions(shard=Shard(2, 2)))
    columns = AnswerColumns(concept="skill_codes", skill="skill_codes")
    count_histories([answers], renamed, CountOptions(columns, Shard(2, 2)))
    count_histories([answers], all_students)

    for files, message in (
        ([answers, answers], "files: must differ"),
        ([answers, first], "files: must be either answers or counted histories, got 'a.parquet'"),
        ([first, second], "shards: must differ, got '1/2'"),
        ([first, other], "shards: must be of one division of the students, got '1/2, 1/3'"),
        ([tmp_path / "late.parquet"], "late.parquet: must have version 1 of the format, got '2'"),
        ([first, more], "shards: must be of the same files and columns, got '1 rows, .* and 2 rows, "),
        ([first, renamed], "shards: must be of the same files and columns, got '1 rows, .*, concept=skill_codes"),
        ([first, all_students], "shards: must not be mixed with files of all students, got '1/2'"),
        ([answers, untimed], "at: must have one type in all files, got 'int64, no times'"),
        ([answers, dated], r"at: must have one type in all files, got 'int64, timestamp\[us\]'"),
    ):
        with pytest.raises(InvalidInput, match=message):
            count_histories(files, out)
    with pytest.raises(InvalidInput, match="shard: must be left out where counted histories are merged"):
        count_histories([first], out, CountOptions(shard=Shard(1, 2)))
    with pytest.raises(InvalidInput, match="shards: must be complete; one is missing, got '2/2'"):
        count_histories([first], out, complete=True)
    assert not out.exists()


def test_a_damaged_file_is_named_and_the_file_before_stays(tmp_path: Path) -> None:
    whole, out = write(tmp_path / "a.parquet", ONE), tmp_path / "out.parquet"
    count_histories([whole], out)
    before = out.read_bytes()
    (tmp_path / "cut.parquet").write_bytes(whole.read_bytes()[:100])

    for path in (tmp_path / "cut.parquet", tmp_path / "missing.parquet"):
        with pytest.raises(InvalidInput, match=f"{path.name}: must be a whole Parquet file"):
            count_histories([path], out)

    assert out.read_bytes() == before
    assert out.stat().st_mode & 0o077 == 0, "a long history is a student's own"


def test_a_full_disk_leaves_no_file(tmp_path: Path) -> None:
    answers = write(tmp_path / "a.parquet", [(f"s{n}", n, n % 3 == 0, f"k{n % 7}") for n in range(5_000)])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            count_histories([answers], tmp_path / "out.parquet", CountOptions(folder=tmp_path))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert [path.name for path in tmp_path.iterdir()] == ["a.parquet"]


def test_the_statement_for_duckdb_counts_the_same(tmp_path: Path) -> None:
    rng = random.Random(4)
    moments = iter(rng.sample(range(10_000), 300))
    answers = [(f"s{rng.randrange(40)}", next(moments), rng.random() < 0.6, f"k{rng.randrange(5)}") for _ in range(300)]
    write(tmp_path / "answers.parquet", answers)
    page = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    statement = page.split("```sql\n")[1].split("```")[0]

    duckdb.execute(
        statement.replace("'answers*.parquet'", f"'{tmp_path}/answers*.parquet'").replace(
            "'histories.parquet'", f"'{tmp_path}/histories.parquet'"
        )
    )
    count_histories([tmp_path / "histories.parquet"], tmp_path / "by_duckdb.parquet")
    count_histories([tmp_path / "answers.parquet"], tmp_path / "by_us.parquet")

    assert (tmp_path / "by_duckdb.parquet").read_bytes() == (tmp_path / "by_us.parquet").read_bytes()
