"""`graph-api import answers`: exit codes, the equation, the rejects file, and files that cannot be opened."""

import csv
import gzip
import os
import re
from pathlib import Path

import pytest

from tests.cli.test_case_files import Command
from tests.conftest import Ask

FLAGS = ("--student", "u", "--correct", "ok", "--skill", "s", "--create-skills")
EQUATION = re.compile(
    r": ([\d,]+) = ([\d,]+) recorded \+ ([\d,]+) already present \+ ([\d,]+) conflicts \+ ([\d,]+) rejec"
)


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, database: dict[str, str], clean: None) -> Command:
    return Command(monkeypatch, database)


def equation(output: str) -> list[int]:
    """The numbers of the last line; the first is the sum of the rest."""
    match = EQUATION.search(output)
    assert match, output
    total, *parts = [int(number.replace(",", "")) for number in match.groups()]
    assert total == sum(parts)
    return parts


def rejects(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text().splitlines()))


async def test_exit_codes_and_the_equation(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "week.csv"
    path.write_text("u,ok,s\na,1,x\na,0,x\n")
    code, output = await command(str(path), *FLAGS)
    assert (code, equation(output)) == (0, [2, 0, 0, 0])
    path.write_text("u,ok,s\na,1,x\na,1,x\na,1,x\n")
    code, output = await command(str(path), *FLAGS)
    assert (code, equation(output)) == (1, [1, 1, 1, 0])
    assert "line 3: id: is recorded with other content: correct is true, recorded as false, got 'week.csv:3'" in output
    path.write_text("u,ok,s\na,1,x\na,0,x\na,1,x\na,maybe,x\n")
    code, output = await command(str(path), *FLAGS)
    assert (code, equation(output)) == (1, [0, 0, 0, 1])
    assert "line 5: ok: must be 1 or 0, true or false, got 'maybe'" in output
    code, output = await command(str(path), *FLAGS, "--skip-bad", str(tmp_path / "bad.csv"))
    assert (code, equation(output)) == (0, [0, 3, 0, 1])
    assert [row["line"] for row in rejects(tmp_path / "bad.csv")] == ["5"]


async def test_conflicts_are_in_the_rejects_file_and_still_fail(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "week.csv"
    path.write_text("u,ok,s\n" + "a,1,x\n" * 150)
    await command(str(path), *FLAGS)
    path.write_text("u,ok,s\n" + "a,0,x\n" * 150)
    code, output = await command(str(path), *FLAGS, "--skip-bad", str(tmp_path / "bad.csv"))
    assert (code, equation(output)) == (1, [0, 0, 150, 0])
    assert "and 50 more conflicts" in output
    assert len(rejects(tmp_path / "bad.csv")) == 150


@pytest.mark.parametrize("how", ["path", "symlink", "hard link", "another file"])
async def test_the_rejects_file_never_overwrites(command: Command, tmp_path: Path, how: str) -> None:
    path, rejects = tmp_path / "week.csv", tmp_path / "rejects.csv"
    path.write_text("u,ok,s\na,maybe,x\n")
    if how == "path":
        rejects = tmp_path / "." / "week.csv"
    elif how == "symlink":
        rejects.symlink_to(path)
    elif how == "hard link":
        os.link(path, rejects)
    else:
        rejects.write_text("precious")
    before = rejects.read_text()
    code, output = await command(str(path), *FLAGS, "--skip-bad", str(rejects))
    assert code == 2
    assert "--skip-bad: " in output
    assert rejects.read_text() == before
    assert path.read_text() == "u,ok,s\na,maybe,x\n"


async def test_files_that_cannot_be_read_are_one_line(command: Command, tmp_path: Path, counts: Ask) -> None:
    before = await counts()
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "zip.csv").write_bytes(b"PK\x03\x04....")
    for name, words in (
        ("missing.csv", "No such file"),
        ("folder.csv", "directory"),
        ("empty.csv", "the file is empty"),
        ("zip.csv", "ZIP archive"),
    ):
        code, output = await command(str(tmp_path / name), *FLAGS)
        assert code == 1, output
        assert words in output
        assert equation(output) == [0, 0, 0, 0]
        code, _ = await command(str(tmp_path / name), *FLAGS, "--skip-bad", str(tmp_path / f"{name}.bad"))
        assert code == 1
    assert not (tmp_path / "missing.csv.bad").exists()
    assert await counts() == before


async def test_a_header_alone_is_an_empty_file_of_answers(command: Command, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("\ufeff u ,ok, s\r\n\r\n")
    code, output = await command(str(tmp_path / "x.csv"), *FLAGS)
    assert (code, equation(output)) == (0, [0, 0, 0, 0])


async def test_compression_and_endings_do_not_matter(command: Command, tmp_path: Path) -> None:
    text = "u,ok,s\r\n\r\na,1,x\r\n\r\n"
    (tmp_path / "week.csv.gz").write_text(text, newline="")
    (tmp_path / "week.csv").write_bytes(gzip.compress(text.encode()))
    assert equation((await command(str(tmp_path / "week.csv.gz"), *FLAGS))[1]) == [1, 0, 0, 0]
    assert equation((await command(str(tmp_path / "week.csv"), *FLAGS))[1]) == [0, 1, 0, 0]


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--layout", "nope"], "--layout: must be one of"),
        (["--encoding", "rot13"], "--encoding: must name an encoding"),
        (["--time-zone", "Mars/Base"], "--time-zone: must name a time zone"),
        (["--skill-prefix", "x" * 31], "--skill-prefix: must be at most 30 characters"),
        (["--dataset", "d" * 200], "--dataset: must be at most 200 characters"),
        (["--at", "t", "--order", "n"], "--at and --order: name one of them"),
        (["--student", ""], "--student: must name a column"),
    ],
)
async def test_flags_are_checked_before_anything_is_read(
    command: Command, tmp_path: Path, flags: list[str], words: str
) -> None:
    code, output = await command(str(tmp_path / "missing.csv"), *flags)
    assert code == 2, output
    assert words in output


async def test_unknown_skills_name_the_flag(command: Command, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("u,ok,s\na,1,Equation Solving More Than Two Steps and then even more Steps\n")
    code, output = await command(str(tmp_path / "x.csv"), *FLAGS[:-1])
    assert code == 1
    assert "line 2: s: must name skills that exist; use --create-skills" in output
    assert "'Equation Solving More Than Two Steps and then even more Steps'" in output


async def test_rows_of_an_earlier_version_are_named(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "week.csv"
    path.write_text("u,ok,s\na,1,x\n")
    assert (await command(str(path), *FLAGS, "--dataset", "week"))[0] == 0
    code, output = await command(str(path), *FLAGS)
    assert (code, equation(output)) == (1, [0, 0, 0, 0])
    assert "use --dataset week to resume" in output
    assert equation((await command(str(path), *FLAGS, "--dataset", "week"))[1]) == [0, 1, 0, 0]
    assert equation((await command(str(path), *FLAGS, "--dataset", "another"))[1]) == [1, 0, 0, 0]
