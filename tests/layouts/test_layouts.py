"""Each layout reads a sample in its owner's form: what a small separate reader counts, the layout reads.

The samples were made for this project. Their headers, outcomes and separators are those of the owners.
"""

import csv
import gzip
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest

from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.failures import Failure
from graph_api.usecases.answers.answer_files import FileRow, layouts, read_answers
from graph_api.usecases.answers.file_report import FileReport, layout_lines
from graph_api.usecases.answers.layout_files import layout_names
from graph_api.usecases.answers.recognise_layout import read_head, recognise
from graph_api.usecases.csv_rows import BadFile

SAMPLES = Path(__file__).parent
Count = tuple[str, bool, list[str]]
"""A student, whether the answer is correct, and the names of its skills."""

ADVICE = {name for name, layout in layouts().items() if layout.parts.advice is not None}


class Case(NamedTuple):
    """A sample, how a separate reader counts it, how many rows it leaves out, and the zone if a flag must name it."""

    name: str
    file: str
    counts: Callable[[Path], Iterator[Count]]
    left_out: int
    zone: str | None = None


def table(path: Path, delimiter: str = ",", encoding: str = "utf-8-sig", **options: Any) -> Iterator[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        yield from csv.DictReader(file, delimiter=delimiter, **options)


def by_name(
    student: str, correct: str, skill: str, separator: str | None = None, **options: Any
) -> Callable[[Path], Iterator[Count]]:
    """A reader of plain files: three columns, correct as 1 or true."""

    def read(path: Path) -> Iterator[Count]:
        for row in table(path, **options):
            if row[skill] not in {"", "NA", "noskill", "-1"} and row[correct] != "":
                skills = row[skill].split(separator) if separator else [row[skill]]
                yield row[student], row[correct].lower() in {"1", "1.0", "true"}, skills

    return read


def datashop(path: Path) -> Iterator[Count]:
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file, delimiter="\t"))
    skills = [place for place, name in enumerate(header) if name == "KC (Default)"]
    student, outcome = header.index("Anon Student Id"), header.index("Outcome")
    for row in rows:
        tags = [row[place] for place in skills if row[place]]
        if row[outcome] and tags:
            yield row[student], row[outcome].upper() == "CORRECT", tags


def steps(path: Path) -> Iterator[Count]:
    for row in table(path, "\t"):
        if row["KC (Default)"] and row["First Attempt"]:
            yield row["Anon Student Id"], row["First Attempt"] == "correct", row["KC (Default)"].split("~~")


def ednet(path: Path) -> Iterator[Count]:
    questions = {row["question_id"]: row for row in table(path.parent / "questions.csv")}
    for row in table(path):
        question = questions[row["question_id"]]
        if row["user_answer"] and question["tags"] != "-1":
            yield "u1", row["user_answer"].lower() == question["correct_answer"], question["tags"].split(";")


def riiid(path: Path) -> Iterator[Count]:
    tags = {row["question_id"]: row["tags"].split() for row in table(path.parent / "questions.csv")}
    for row in table(path):
        if row["content_type_id"] == "0" and tags[row["content_id"]]:
            yield row["user_id"], row["answered_correctly"] == "1", tags[row["content_id"]]


def eedi(path: Path) -> Iterator[Count]:
    metadata = path.parent.parent / "metadata" / "question_metadata_task_1_2.csv"
    subjects = {row["QuestionId"]: json.loads(row["SubjectId"]) for row in table(metadata)}
    for row in table(path):
        yield row["UserId"], row["IsCorrect"] == "1", [str(each) for each in subjects[row["QuestionId"]]]


def sequences(path: Path) -> Iterator[Count]:
    for row in table(path):
        lists = {name: row[name].split(",") for name in ("concepts", "responses", "selectmasks")}
        repeats = row.get("is_repeat", ",".join("0" for _ in lists["concepts"])).split(",")
        last: Count | None = None
        for concepts, response, mask, repeat in zip(*lists.values(), repeats, strict=True):
            if mask == "-1":
                continue
            if repeat == "1" and last is not None:
                last[2].extend(concepts.split("_"))
                continue
            if last is not None:
                yield last
            last = (row["uid"], response == "1", concepts.split("_"))
        if last is not None:
            yield last


def hmm(path: Path) -> Iterator[Count]:
    for line in path.read_text().splitlines():
        outcome, student, _, skills = line.split("\t")
        if "." not in {outcome, skills}:
            yield student, outcome == "1", skills.split("~")


def points(student: str, points: str, out_of: str | None, skill: str) -> Callable[[Path], Iterator[Count]]:
    def read(path: Path) -> Iterator[Count]:
        for row in table(path):
            if row[skill]:
                yield row[student], float(row[points]) == float(row[out_of] if out_of else 1), [row[skill]]

    return read


def skills_of(path: Path, key: str) -> dict[str, list[str]]:
    skills: dict[str, list[str]] = {}
    for row in table(path.parent / "questions.csv"):
        skills.setdefault(row[key], []).append(row["skill"])
    return skills


def moodle_attempts(path: Path) -> Iterator[Count]:
    skills = skills_of(path, "questionid")
    for row in table(path):
        if row["fraction"] and row["questionid"] in skills:
            yield row["userid"], float(row["fraction"]) == 1, skills[row["questionid"]]


def moodle_grades(path: Path) -> Iterator[Count]:
    skills = skills_of(path, "question")
    for row in table(path):
        for column, cell in row.items():
            if (match := re.fullmatch(r"(Q\. \d+) /([\d.]+)", column)) and row["ID number"] and cell != "-":
                yield row["ID number"], float(cell) == float(match[2]), skills[match[1]]


def edx(path: Path) -> Iterator[Count]:
    skills = skills_of(path, "problem_id")
    for line in path.read_text().splitlines():
        event = json.loads(line)
        if (event["event_type"], event["event_source"]) == ("problem_check", "server"):
            problem = event["event"]["problem_id"]
            if problem in skills:
                yield str(event["context"]["user_id"]), event["event"]["success"] == "correct", skills[problem]


def exported(path: Path) -> Iterator[Count]:
    for row in table(path):
        yield row["student_id"], row["correct"] == "true", json.loads(row["skill_codes"])


ASSISTMENTS_NAME = by_name("user_id", "correct", "skill_name")
CASES = [
    Case("assistments-2009", "skill_builder_data.csv", ASSISTMENTS_NAME, 2),
    Case("assistments-2012", "2012-2013-data-with-predictions-4-final.csv", points("user_id", "correct", None, "skill"), 1, "America/New_York"),
    Case("assistments-2015", "2015_100_skill_builders_main_problems.csv", points("user_id", "correct", None, "sequence_id"), 0),
    Case("assistments-2017", "anonymized_full_release_competition_dataset.csv", by_name("studentId", "correct", "skill"), 1),
    Case("assistments", "preprocessed.csv", ASSISTMENTS_NAME, 0),
    Case("pybkt", "as.csv", ASSISTMENTS_NAME, 0),
    Case("datashop", "ds_tx_export.txt", datashop, 2),
    Case("datashop-steps", "ds_student_step_export.txt", steps, 2, "US/Eastern"),
    Case("kdd-cup-2010", "algebra_2005_2006_train.txt", by_name("Anon Student Id", "Correct First Attempt", "KC(Default)", "~~", delimiter="\t"), 2, "UTC"),
    Case("ednet-kt1", "u1.csv", ednet, 2),
    Case("ednet-kt1-joined", "ednet.csv", by_name("user_id", "correct", "tags", ";"), 1),
    Case("riiid", "train.csv", riiid, 2),
    Case("junyi-2015", "junyi_ProblemLog_original.csv", by_name("user_id", "correct", "exercise"), 0),
    Case("junyi-2020", "Log_Problem.csv", by_name("uuid", "is_correct", "ucid"), 0),
    Case("eedi-2020", "train_data/train_task_1_2.csv", eedi, 0, "Europe/London"),
    Case("pykt", "train_valid_sequences.csv", sequences, 3),
    Case("xes3g5m", "train_valid_sequences_quelevel.csv", sequences, 3),
    Case("hmm-scalable", "toy_data.txt", hmm, 2),
    Case("duolingo-hlr", "settles.acl16.learning_traces.13m.csv", points("user_id", "session_correct", "session_seen", "lexeme_string"), 0),
    Case("oli", "raw_analytics.tsv", by_name("Student ID", "Correct?", "Objective Title", delimiter="\t"), 1),
    Case("moodle-attempts", "question_attempts.csv", moodle_attempts, 4),
    Case("moodle-grades", "quiz-grades.csv", moodle_grades, 7),
    Case("canvas-outcomes", "outcome_results.csv", by_name("student id", "learning outcome mastered", "learning outcome name"), 1),
    Case("edx-tracking", "tracking.log", edx, 5),
    Case("export", "answers.csv", exported, 0),
]  # fmt: skip
"""Every layout that reads answers."""


def path_of(case: Case) -> Path:
    return SAMPLES / case.name / case.file


def rows_of(case: Case, path: Path, report: FileReport) -> list[FileRow]:
    layout = layouts()[case.name]
    rules = replace(layout.parts.cells, time_zone=ZoneInfo(case.zone)) if case.zone else layout.parts.cells
    read = read_answers(path, layout, path.name, rules=rules, on_left_out=report.leave_out, on_open=report.open)
    return list(report.observed(read))


def answers_of(rows: list[FileRow]) -> list[AnswerInput]:
    bad = [(row.line, row.answer.message) for row in rows if isinstance(row.answer, Failure)]
    assert bad == []
    return [row.answer for row in rows if not isinstance(row.answer, Failure)]


def test_every_layout_has_a_sample() -> None:
    assert {case.name for case in CASES} | ADVICE == set(layout_names())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_layout_is_recognised(case: Case) -> None:
    assert recognise(read_head(path_of(case))) == case.name


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_layout_reads_what_a_separate_reader_counts(case: Case) -> None:
    report = FileReport()

    answers = answers_of(rows_of(case, path_of(case), report))

    counted = list(case.counts(path_of(case)))
    assert [(answer.student_id, answer.correct) for answer in answers] == [(student, ok) for student, ok, _ in counted]
    prefix = layouts()[case.name].skill_prefix
    names = [[report.skills[code] for code in answer.skill_codes] for answer in answers]
    assert names == [skills for *_, skills in counted]
    assert all(code.startswith(prefix) for code in report.skills)
    assert (report.answers, report.students) == (len(counted), len({student for student, *_ in counted}))
    assert report.correct == sum(ok for _, ok, _ in counted)
    concepts = sum(len(answer.concept_ids) for answer in answers)
    assert report.tags - concepts == sum(len(skills) for *_, skills in counted)
    assert len(report.skills) == len({skill for *_, skills in counted for skill in skills})
    assert report.left_out_count == case.left_out
    assert len({answer.id for answer in answers}) == len(answers)
    assert report.layout is not None
    assert layout_lines(report.layout, layouts()[case.name].parts.cells, is_recognised=True)[0].startswith("layout: ")


@pytest.mark.parametrize("case", [case for case in CASES if case.zone], ids=lambda case: case.name)
def test_a_zone_that_no_file_states_is_the_one_flag_that_is_required(case: Case) -> None:
    with pytest.raises(BadFile, match=r"line \d+, .*: must have an offset.*--time-zone"):
        rows_of(case._replace(zone=None), path_of(case), FileReport())


def first(name: str, number: int = 0) -> AnswerInput:
    (case,) = [case for case in CASES if case.name == name]
    return answers_of(rows_of(case, path_of(case), FileReport()))[number]


def test_values_have_their_owners_units() -> None:
    assert first("assistments-2009").response_time == 32.454
    assert first("assistments-2009", 3).hints == 3
    assert first("assistments-2012", 2).partial_score == 0.25
    assert first("assistments-2012", 3).at == datetime(2012, 11, 4, 4, 30, tzinfo=UTC)  # before the clock went back
    assert first("assistments-2012", 4).at == datetime(2012, 11, 4, 8, 30, tzinfo=UTC)
    assert first("assistments-2017").at == datetime(2004, 9, 29, 15, 5, 1, tzinfo=UTC)
    assert [first("ednet-kt1", number).correct for number in (3, 4)] == [True, False]  # A is a; a is not b
    assert first("ednet-kt1").response_time == 38.0
    assert first("riiid", 1).at == datetime(2000, 1, 1, 0, 0, 56, 943_000, tzinfo=UTC)
    assert first("junyi-2015").at == datetime(2015, 1, 8, 11, 0, 10, 324_490, tzinfo=UTC)
    assert first("junyi-2015", 2).hints == 1
    assert first("junyi-2020").at == datetime(2019, 6, 4, 16, 0, tzinfo=UTC)  # midnight in Taipei
    assert first("eedi-2020", 1).at == datetime(2020, 6, 1, 15, 2, tzinfo=UTC)
    assert first("pykt", 1).skill_codes == ("pykt-9", "pykt-10")
    assert first("pykt").response_time == 9.0
    assert first("xes3g5m").skill_codes == ("xes3g5m-0", "xes3g5m-13")
    assert first("hmm-scalable").at is None
    assert first("duolingo-hlr", 4).partial_score == pytest.approx(2 / 3)
    assert first("oli").at == datetime(2021, 5, 11, 15, 14, tzinfo=UTC)
    assert first("moodle-attempts", 1).partial_score == 0.6666667
    assert first("moodle-grades", 2).partial_score == 0.5
    assert first("edx-tracking", 1).attempt == 2
    assert first("canvas-outcomes", 2).at == datetime(2026, 3, 1, 9, 5, tzinfo=UTC)


def test_the_zone_of_a_transaction_is_that_of_its_row() -> None:
    assert first("datashop", 5).at == datetime(2012, 1, 7, 17, 0, 28, tzinfo=UTC)
    assert first("datashop", 6).at == datetime(2012, 7, 14, 13, 0, tzinfo=UTC)
    assert first("datashop", 7).at == datetime(2012, 7, 14, 1, 0, tzinfo=UTC)
    assert first("datashop").evidence_id == "first-attempt-v1"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("form", ["gzip", "zstd", "zip"])
def test_a_compressed_file_is_the_same_file(tmp_path: Path, case: Case, form: str) -> None:
    source = path_of(case)
    for folder in {path.parent for path in (SAMPLES / case.name).rglob("*.csv")}:
        target = tmp_path / case.name / folder.relative_to(SAMPLES / case.name)
        target.mkdir(parents=True, exist_ok=True)
        for path in folder.glob("*.csv"):
            (target / path.name).write_bytes(path.read_bytes())
    packed = tmp_path / case.name / f"{case.file}.packed"
    packed.parent.mkdir(parents=True, exist_ok=True)
    pack(packed, source, form)

    assert recognise(read_head(packed)) == case.name
    plain, read = rows_of(case, source, FileReport()), rows_of(case, packed, FileReport())
    assert [row.line for row in read] == [row.line for row in plain]
    assert [content(answer) for answer in answers_of(read)] == [content(answer) for answer in answers_of(plain)]


def content(answer: AnswerInput) -> tuple[Any, ...]:
    return answer.student_id, answer.correct, answer.skill_codes, answer.at, answer.question_id, answer.response_time


def pack(path: Path, source: Path, form: str) -> None:
    if form == "gzip":
        path.write_bytes(gzip.compress(source.read_bytes()))
    elif form == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(source, source.name)
    else:
        zstd = pytest.importorskip("backports.zstd")
        path.write_bytes(zstd.compress(source.read_bytes()))


@pytest.mark.parametrize("name", ["assistments-2009", "datashop"])
def test_a_line_that_is_not_utf8_is_read_as_its_owner_wrote_it(tmp_path: Path, name: str) -> None:
    (case,) = [case for case in CASES if case.name == name]
    path = tmp_path / case.file
    path.write_bytes(path_of(case).read_text(encoding="utf-8").encode("cp1252"))

    read = rows_of(case, path, FileReport())

    assert answers_of(read) == answers_of(rows_of(case, path_of(case), FileReport()))
    cells = [cell for row in read for cell in row.values]
    assert [cell for cell in cells if not cell.isascii()] == {
        "assistments-2009": ["6 cm²", "½", "½"],
        "datashop": ["½ pie"],
    }[name]
