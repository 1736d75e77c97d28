"""`graph-api import answers FILE` without a layout: recognised, described, tried, recorded."""

import gzip
from pathlib import Path

import pytest

from tests.cli.test_case_files import Command
from tests.conftest import Ask

SAMPLES = Path(__file__).parents[1] / "layouts"


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, database: dict[str, str], clean: None) -> Command:
    return Command(monkeypatch, database)


async def test_a_file_is_tried_and_recorded_with_the_same_counts(command: Command, raw: Ask) -> None:
    path = str(SAMPLES / "datashop" / "ds_tx_export.txt")
    code, output = await command(path, "--dry-run")
    assert code == 0, output
    for words in (
        "layout: DataShop transactions (datashop), recognised",
        "skill = 'KC (Default)'",
        "skills: separated by '~~'; codes begin with 'datashop-'",
        "times: in the zone of 'Time Zone'",
        "evidence parameters: first-attempt-v1",
        "not read: 'Session Id'; use --session 'Session Id' to read it",
        "line 3: Stu_a incorrect on question step one, about datashop-add, datashop-denominator, datashop-simplify",
        "answers: 8 of 3 students, 4 correct, 15 tags over 3 skills",
        "'HINT' 2",
        "from 2007-05-22T21:10:42+00:00 to 2012-07-14T13:00:00+00:00",
        "left out: 1 because: no outcome; the first is line 8",
        "left out: 1 because: no skill; the first is line 9",
        "dry run, nothing was recorded; rows of the file: 10 = 8 answers + 0 bad + 2 left out",
    ):
        assert words in output
    assert await raw("MATCH (s:Student) RETURN s.id") == []
    code, output = await command(path)
    assert code == 0, output
    assert output.rstrip().endswith(
        "rows of the file: 10 = 8 recorded + 0 already present + 0 conflicts + 0 rejected + 2 left out"
    )
    code, output = await command(path)
    assert "10 = 0 recorded + 8 already present + 0 conflicts + 0 rejected + 2 left out" in output
    stored = await raw("MATCH ()-[a:ANSWERED]->() WHERE a.position = 0 RETURN count(a) AS n, count(a.hints) AS hints")
    assert stored == [{"n": 8, "hints": 2}]


async def test_several_answers_of_a_line_resume(command: Command, tmp_path: Path) -> None:
    source = SAMPLES / "pykt" / "train_valid_sequences.csv"
    path = tmp_path / "sequences.csv.gz"
    path.write_bytes(gzip.compress(source.read_bytes()))
    code, output = await command(str(path), "--dry-run")
    assert (code, "8 = 5 answers + 0 bad + 3 left out" in output) == (0, True), output
    assert "8 = 5 recorded + 0 already present" in (await command(str(path)))[1]
    assert "8 = 0 recorded + 5 already present" in (await command(str(path)))[1]


async def test_metadata_and_one_skill_are_flags(command: Command, tmp_path: Path) -> None:
    log = tmp_path / "tracking.log"
    log.write_bytes((SAMPLES / "edx-tracking" / "tracking.log").read_bytes())
    code, output = await command(str(log), "--dry-run")
    assert code == 1
    assert "use --metadata FILE with the columns problem_id and skill, or --one-skill NAME" in output
    questions = str(SAMPLES / "edx-tracking" / "questions.csv")
    assert (
        "3 of 2 students, 2 correct, 4 tags over 2 skills"
        in (await command(str(log), "--dry-run", "--metadata", questions))[1]
    )
    assert (
        "4 of 2 students, 2 correct, 4 tags over 1 skills"
        in (await command(str(log), "--dry-run", "--one-skill", "maths"))[1]
    )


async def test_flags_of_the_caller_win_over_what_a_file_resembles(command: Command) -> None:
    path = str(SAMPLES / "riiid" / "train.csv")
    own = ("--student", "user_id", "--correct", "answered_correctly", "--skill", "content_id", "--order", "timestamp")
    code, output = await command(path, *own, "--dry-run")
    assert code == 1  # the lecture is a bad row, as the caller describes the file
    assert "line 4: answered_correctly: must be 1 or 0, true or false, got '-1'" in output
    code, output = await command(path, "--set", "nope=1", "--dry-run")
    assert (code, "--set: nope: is no key of a layout" in output) == (2, True), output
