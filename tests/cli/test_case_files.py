"""Every answer file of the shared cases has the result that its README states, through the command line."""

import asyncio
import gzip
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from graph_api.cli.main import app as command_line
from graph_api.domain.operations.export_extent import Extent
from graph_api.domain.parameters.knowledge_tracing import trace
from graph_api.domain.parameters.parameter_sets import DEFAULTS
from graph_api.domain.targets import TargetKind
from graph_api.store.gateway import Gateway
from graph_api.usecases.operations.export import export_answers, export_mastery
from tests.conftest import Ask

SKILL = DEFAULTS[TargetKind.SKILL].parameters
COURSE_FILES = {
    "r03_prereq_list.csv", "r04_lonely.csv", "i01_case.json", "i03_graph_quotes.csv", "i05_graph_dup.csv",
    "g0_block_number.json", "g4_year_2_5.json", "g5_block_list.json", "g7_misspelt_key.json",
}  # fmt: skip
"""They are about courses; `test_course_files.py` walks them."""


class Case(NamedTuple):
    """How a file is imported, and the result: exit code, recorded, rejected, and what the output holds."""

    file: str
    flags: str
    code: int
    recorded: int
    rejected: int
    words: Sequence[str] = ()


TIE = "--student user --skill skill --correct ok --at when --create-skills"
EXAM = "--student student --skill skill --correct ok --at when --create-skills"
KC = "--student user_id --skill kc --correct ok --order t --create-skills"
RIIID = "--student user_id --correct answered_correctly --order timestamp --skill content_id --create-skills"
EDNET = "--student user_id --correct correct --skill tags --at timestamp --create-skills"
JUNYI = "--student user_id --correct correct --skill exercise --at time_done --create-skills"
KDD = (
    "--student Anon_Student_Id --correct Correct_First_Attempt --skill KC(Default) --at First_Transaction_Time "
    "--tag-separator ~~ --time-zone UTC --create-skills"
)
EEDI = "--student UserId --correct IsCorrect --question QuestionId --skill SubjectId --at DateAnswered --create-skills"
DOT = "--student user --correct ok --skill skill --order t --response-time dur --create-skills"
CASES = [
    Case("c01_tie_order.csv", "--layout pybkt", 0, 11, 0),
    Case("c01_tie_at.csv", TIE, 0, 11, 0),
    Case("c02_exam_same_time.csv", EXAM, 0, 240, 0),
    Case("a_dup_header_kc.csv", KC, 0, 1, 0),
    Case("b08_dup_header.csv", "--layout pybkt", 1, 0, 0, ["line 1", "'correct'", "2 times"]),
    Case("b09_extra_cell.csv", "--layout pybkt", 1, 0, 1, ["line 2", "must have 4 cells", "Add, then subtract"]),
    Case("b10_empty_order.csv", "--layout pybkt", 1, 0, 1, ["line 4: order_id: must not be empty"]),
    Case("b10_empty_order.csv", "--layout pybkt --skip-bad REJECTS", 0, 3, 1),
    Case("b11_multi_tilde.csv", "--layout pybkt", 1, 0, 6, ["--tag-separator '~~'"]),
    Case("b11_multi_tilde.csv", "--layout pybkt --tag-separator ~~ --skip-bad REJECTS", 0, 3, 4),
    Case("b11_pylist.csv", "--layout pybkt", 0, 1, 0),
    Case("b13_decimal_comma.csv", "--layout pybkt --response-time secs", 1, 0, 1, ["line 2: secs", "--decimal-comma"]),
    Case("b13_decimal_comma.csv", "--layout pybkt --response-time secs --decimal-comma", 0, 1, 0),
    Case("n01_moodle_semicolon_wide.csv", "", 1, 0, 0, ["line 1", "Moodle has no skills", "--one-skill", "Matrikel"]),
    Case("n01_moodle_semicolon_wide.csv", "--one-skill Algebra", 0, 2, 0, ["student = 'Matrikel'"]),
    Case("a_semicolon.csv", "--layout pybkt", 0, 1, 0),
    Case("a_tab.csv", "--layout pybkt", 0, 1, 0),
    Case("a_tab.csv", "--layout pybkt --delimiter comma", 1, 0, 0, ["looks tab-separated: use --delimiter tab"]),
    Case("b14_trunc.csv.gz", "--layout pybkt", 1, 1_476, 0, ["cut short after line 1477", "1,476 recorded"]),
    Case("b01_latin1_late.csv", "--layout pybkt", 1, 2_000, 1, ["line 2501", "not UTF-8: use --encoding"]),
    Case("b01_latin1_late.csv", "--layout pybkt --encoding latin-1", 0, 2_501, 0),
    Case("b02_utf16.csv", "--layout pybkt", 0, 1, 0),
    Case("b07_order_ms.csv", "--layout pybkt", 0, 1, 0),
    Case("b07_order_inf.csv", "--layout pybkt", 1, 0, 1, ["line 2: order_id: must be a finite number", "'inf'"]),
    Case("h01_riiid.csv", "", 1, 0, 0, ["Riiid", "questions.csv", "--metadata"]),
    Case("h01_riiid.csv", "--one-skill toeic --set join=[]", 0, 5, 0, ["1 left out", "a lecture, no question"]),
    Case("h01_riiid.csv", RIIID + " --skip-bad REJECTS", 0, 5, 1),
    Case("h02_ednet_kt1.csv", "", 0, 4, 0, ["EdNet", "ms since 1970", "separated by ';'", "6 tags over 5 skills"]),
    Case("h02_ednet_kt1.csv", EDNET, 1, 0, 4, ["line 2: timestamp: must be a time, not a number: use --time-unit"]),
    Case("h02_ednet_kt1.csv", EDNET + " --time-unit ms --tag-separator ;", 0, 4, 0),
    Case("h03_junyi_log.csv", "", 0, 2, 0, ["Junyi", "us since 1970"]),
    Case("h03_junyi_log.csv", JUNYI + " --time-unit us", 0, 2, 0),
    Case("m01_kdd.txt", "", 1, 0, 0, ["KDD Cup", "line 3, First Transaction Time", "--time-zone"]),
    Case("m01_kdd.txt", "--time-zone UTC", 0, 1, 0, ["2 tags over 2 skills", "left out: 1 because: no skill"]),
    Case("m01_kdd.txt", KDD + " --skip-bad REJECTS", 0, 1, 1),
    Case("n02_pykt_sequences.csv", "", 0, 2, 0, ["pyKT", "ms since 1970"]),
    Case("p02_eedi.csv", "", 1, 0, 0, ["Eedi", "--time-zone"]),
    Case("p02_eedi.csv", EEDI + " --time-zone UTC", 0, 2, 0),
    Case("p02_eedi.csv", "--time-zone UTC", 0, 2, 0, ["6 tags over 5 skills"]),
    Case("p03_hmm_scalable.txt", "", 0, 2, 0, ["hmm-scalable", "3 tags over 2 skills", "1 left out"]),
    Case("p01_missing_dot.csv", DOT, 0, 2, 0),
    Case("n03_xapi.jsonl", "", 1, 0, 0, ["line 1", "xAPI statements"]),
    Case("e01_assistments_names.csv", "--layout assistments", 0, 10, 0),
    Case("e01_pybkt_names.csv", "--layout pybkt", 0, 10, 0),
    Case("seqA.csv", "--layout assistments", 0, 6, 0),
    Case("seqB.csv", "--layout assistments", 0, 6, 0),
    Case("i02_canvas_outcomes.csv", "", 1, 0, 0, ["Canvas outcomes"]),
]


class Command:
    """Runs `import answers` on the database of the tests."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, database: dict[str, str]) -> None:
        for name, value in database.items():
            monkeypatch.setenv(f"GRAPH_API_{name.upper()}", value)

    async def __call__(self, *arguments: str) -> tuple[int, str]:
        result = await asyncio.to_thread(CliRunner().invoke, command_line, ["import", "answers", *arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.output


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, database: dict[str, str], clean: None) -> Command:
    return Command(monkeypatch, database)


@pytest.fixture
def cases(data_file: Callable[[str], Path]) -> Path:
    """The folder of the case files."""
    return data_file("cases")


def unpacked(name: str, cases: Path, folder: Path) -> Path:
    """The file; unpacked if the README requires it."""
    source = cases / name
    if source.exists():
        return source
    path = folder / name
    path.write_bytes(gzip.decompress((cases / f"{name}.gz").read_bytes()))
    return path


def arguments_of(case: Case, cases: Path, folder: Path) -> list[str]:
    flags = [flag if flag.startswith("--") else flag.replace("_", " ") if case.file == "m01_kdd.txt" else flag
             for flag in case.flags.split()]  # fmt: skip
    return [
        str(unpacked(case.file, cases, folder)),
        *(str(folder / "rejects.csv") if f == "REJECTS" else f for f in flags),
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.file} {case.flags}")
async def test_each_answer_file_has_the_result_in_its_readme(
    command: Command, raw: Ask, cases: Path, tmp_path: Path, case: Case
) -> None:
    code, output = await command(*arguments_of(case, cases, tmp_path))
    assert code == case.code, output
    for word in [*case.words, f"{case.recorded:,} recorded", f"{case.rejected:,} rejected"]:
        assert word in output
    answers = await raw("MATCH ()-[a:ANSWERED]->() WHERE a.position = 0 RETURN count(a) AS n")
    assert answers[0]["n"] == case.recorded
    skills = {row["code"] for row in await raw("MATCH (s:Skill) RETURN s.code AS code")}
    assert not skills & {prefix + word for prefix in ("", "pybkt-") for word in ("nan", "None", "null", "{}", ".", "")}


def test_every_file_of_the_folder_is_walked(cases: Path) -> None:
    walked = {case.file for case in CASES} | {case.file + ".gz" for case in CASES} | COURSE_FILES | {"README.md"}
    assert {path.name for path in cases.iterdir()} - walked == set()


async def test_ties_keep_the_order_of_the_file(command: Command, gateway: Gateway, cases: Path) -> None:
    for file, flags in (("c01_tie_order.csv", "--layout pybkt"), ("c01_tie_at.csv", TIE)):
        await command(str(cases / file), *flags.split())
    levels = [row["level"] async for row in export_mastery(gateway)]
    assert [round(level, 4) for level in levels] == [0.2706, 0.2706]


async def test_b_comes_after_a(command: Command, gateway: Gateway, cases: Path) -> None:
    for file in ("seqA.csv", "seqB.csv"):
        await command(str(cases / file), "--layout", "assistments")
    (mastery,) = [row async for row in export_mastery(gateway, Extent("sq1"))]
    assert mastery["level"] == trace([False] * 6 + [True] * 6, SKILL)[-1].after


async def test_values_arrive_as_their_owners_define_them(
    command: Command, gateway: Gateway, cases: Path, tmp_path: Path
) -> None:
    for case in CASES:
        named = case.flags.startswith(("--student", "--layout"))  # a recognised layout has codes of its own
        if case.code == 0 and named and case.file[:3] in {"a_d", "h02", "h03", "m01", "p01", "p02", "b13", "e01"}:
            (tmp_path / "rejects.csv").unlink(missing_ok=True)
            await command(*arguments_of(case, cases, tmp_path))
    rows = [row async for row in export_answers(gateway)]
    of = {student: [row for row in rows if row["student_id"] == student] for student in {r["student_id"] for r in rows}}
    assert of["dh1"][0]["skill_codes"] == ["reading", "writing", "listening"]
    assert {tuple(row["skill_codes"]) for row in of["ed1"]} >= {("24", "26", "182")}
    assert of["ed1"][0]["at"] == "2019-08-06T12:56:30.868000+00:00"
    assert [(row["at"], row["correct"]) for row in of["ju1"]] == [
        ("2015-01-08T11:00:10.324490+00:00", True), ("2015-01-08T11:00:38.032260+00:00", False),
    ]  # fmt: skip
    assert of["KDD1"][0]["skill_codes"] == ["Identifying units", "Entering a given"]
    assert [row["response_time"] for row in of["du1"]] == [None, 3.0]
    assert of["ee1"][0]["skill_codes"][:2] == ["3", "71"] or of["ee1"][1]["skill_codes"][:2] == ["3", "71"]
    assert of["l13"][0]["response_time"] == 12.5
    assert len(of["as1"]) == len(of["as2"]) == 10
