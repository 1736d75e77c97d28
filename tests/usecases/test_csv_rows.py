"""Rows of CSV files: whatever bytes a file holds, each line is a row, a named problem, or a named end of the file."""

import csv
import gzip
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_api.usecases.csv_rows import MAX_CELL, MAX_LINE, BadFile, CsvRow, open_csv

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n"), max_size=12)
in_a_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)


def rows_of(path: Path, **options: Any) -> list[CsvRow]:
    with open_csv(path, **options) as file:
        return list(file)


def written(path: Path, data: bytes | str) -> Path:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


@in_a_folder
@given(
    st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=8),
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]),
    st.booleans(),
)
def test_what_a_csv_writer_wrote_is_read_back(
    tmp_path: Path, rows: list[tuple[str, ...]], delimiter: str, end: str, encoding: str, zipped: bool
) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_MINIMAL).writerows(
        [("a", "b", "c"), *rows]
    )
    data = text.getvalue().encode(encoding)
    path = written(tmp_path / "x", gzip.compress(data) if zipped else data)
    read = rows_of(path)
    blank = [row for row in rows if not "".join(row).strip() and delimiter == "\t"]
    assert [row.problem for row in read] == [None] * len(read)
    if not blank:
        assert [tuple(row.cells) for row in read] == rows
        assert [row.line for row in read] == list(range(2, len(rows) + 2))


@in_a_folder
@given(st.binary(max_size=60), st.booleans(), st.integers(0, 80))
def test_any_bytes_end_in_rows_or_a_named_line(tmp_path: Path, tail: bytes, zipped: bool, cut: int) -> None:
    data = b"a,b\n1,2\n" + tail
    data = gzip.compress(data)[: -cut or None] if zipped else data
    path = written(tmp_path / "x", data)
    try:
        read = rows_of(path)
    except BadFile as bad:
        read, place = [], bad.field
    else:
        place = "file"
    good = [row for row in read if row.problem is None]
    assert all(len(row.cells) == 2 for row in good)
    lines = [row.line for row in read]
    assert lines == sorted(set(lines))
    assert place == "file" or place.startswith("line ")


@in_a_folder
@given(st.lists(st.sampled_from(["1,2", '"1","2"', '1,"2', '1,2"', '"1"x,2', "1", "1,2,3", ""]), max_size=8))
def test_a_broken_row_never_hides_the_lines_after_it(tmp_path: Path, lines: list[str]) -> None:
    path = written(tmp_path / "x.csv", "a,b\n" + "".join(f"{line}\n" for line in lines))
    read = rows_of(path)
    text = [(number, line) for number, line in enumerate(lines, start=2) if line]
    covered = {row.line for row in read} | {
        row.line + n for row in read for cell in row.cells for n in range(1, cell.count("\n") + 1)
    }
    assert covered >= {number for number, _ in text}


def problems(path: Path, **options: str) -> list[tuple[int, str]]:
    return [(row.line, row.problem.rule) for row in rows_of(path, **options) if row.problem]


def test_broken_quotes_name_their_lines(tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", 'a,b\n1,2\n3,"4\n5,6\n7,"8"9\n10,11\n')
    assert [line for line, _ in problems(path)] == [3, 5]
    assert [row.cells for row in rows_of(path) if not row.problem] == [["1", "2"], ["5", "6"], ["10", "11"]]


def test_cells_and_lines_have_bounds(tmp_path: Path) -> None:
    path = written(
        tmp_path / "x.csv", f'a,b\n1,{"x" * (MAX_CELL + 1)}\n2,"{"y" * (MAX_CELL + 1)}"\n3,{"z" * MAX_LINE}\n4,4\n'
    )
    assert [line for line, _ in problems(path)] == [2, 3, 4]
    assert all("at most" in rule for _, rule in problems(path))
    assert rows_of(path)[-1].cells == ["4", "4"]


@pytest.mark.parametrize("keep", range(1, 60))
def test_a_cut_off_gzip_names_the_last_whole_line(tmp_path: Path, keep: int) -> None:
    whole = gzip.compress(b"a,b\n" + b"".join(b"%d,%d\n" % (n, n * n) for n in range(50)))
    path = written(tmp_path / "x.csv.gz", whole[: max(2, len(whole) * keep // 60)])
    read: list[CsvRow] = []
    with pytest.raises(BadFile, match="is cut short after line") as caught, open_csv(path) as file:
        read.extend(iter(file))
    assert caught.value.field == f"line {int(caught.value.rule.split('line ')[1].split(':')[0]) + 1}"


def test_damaged_gzip_is_named(tmp_path: Path) -> None:
    data = bytearray(gzip.compress(b"a,b\n1,2\n" * 5_000))
    data[-6] ^= 0xFF
    with pytest.raises(BadFile, match="damaged after line 10000"):
        rows_of(written(tmp_path / "x.csv.gz", bytes(data)))


def test_compression_is_known_by_content_not_by_name(tmp_path: Path) -> None:
    assert rows_of(written(tmp_path / "x.csv.gz", "a,b\n1,2\n"))[0].cells == ["1", "2"]
    assert rows_of(written(tmp_path / "x.csv", gzip.compress(b"a,b\n1,2\n")))[0].cells == ["1", "2"]


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "the file is empty"),
        (b"\n\r\n  \n", "the file is empty"),
        (b"PK\x03\x04rest", "ZIP archive"),
        (b"PAR1rest", "Parquet"),
        (b'{"a": 1}\n', "looks like JSON"),
        ("a,b\n1,2\n".encode("utf-16-le"), "use --encoding utf-16-le"),
        (b"na\xefve,b\n1,2\n", "use --encoding"),
        (b'"a,b\n1,2\n', "a quote must be closed"),
    ],
)
def test_a_file_without_a_readable_header_is_named(tmp_path: Path, data: bytes, rule: str) -> None:
    with pytest.raises(BadFile, match=rule):
        rows_of(written(tmp_path / "x.csv", data))


def test_encodings_are_read_when_specified_and_named_otherwise(tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", b"a,b\n" + b"1,2\n" * 3_000 + "ç,é\n".encode("latin-1") + b"3,4\n")
    assert problems(path) == [
        (3_002, "is not UTF-8: use --encoding with the encoding of the file, as in cp1252 or latin-1")
    ]
    assert rows_of(path, encoding="latin-1")[-2].cells == ["ç", "é"]
    with pytest.raises(BadFile, match="must name an encoding of text"):
        rows_of(path, encoding="rot13")


def test_headers_lose_outer_spaces_and_separator_lines(tmp_path: Path) -> None:
    with open_csv(written(tmp_path / "x.csv", "\ufeffsep=;\n a ;b;b\n1;2;3\n")) as file:
        assert file.header == ["a", "b", "b"]
        assert file.positions("b") == [1, 2]
        assert [row.cells for row in file] == [["1", "2", "3"]]
