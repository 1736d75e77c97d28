"""Fits of files are those of answers in memory, and their sets can be imported."""

import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graph_api.domain.failures import InvalidInput
from graph_api.domain.parameters.fitting.activation import LARGEST_SUM, ActivationRules
from graph_api.domain.parameters.fitting.fit import FitOptions
from graph_api.domain.parameters.fitting.guard_rails import GuardRails, Reason
from graph_api.domain.parameters.fitting.histories import Histories
from graph_api.domain.parameters.fitting.judge import judge
from graph_api.domain.parameters.fitting.layout import Bounds
from graph_api.domain.parameters.knowledge_tracing import Parameters
from graph_api.domain.parameters.parameter_sets import DEFAULTS
from graph_api.domain.targets import TargetKind
from graph_api.usecases.parameters import counted_files
from graph_api.usecases.parameters.answer_rows import AnswerColumns
from graph_api.usecases.parameters.count_histories import CountOptions, count_histories
from graph_api.usecases.parameters.fit_files import FileFitRequest, fit_files
from graph_api.usecases.parameters.shards import Shard
from tests.domain.parameters.fitting.simulated_histories import simulated

OPTIONS = FitOptions(bounds=Bounds(total=LARGEST_SUM))


def fitted_by_the_service(histories: Histories) -> list[Parameters | None]:
    """What `graph-api fit` would store."""
    now = [DEFAULTS[TargetKind.SKILL].parameters] * histories.targets
    judged = judge(histories, now, OPTIONS, GuardRails(), folds=2, rng=np.random.default_rng(0))
    return [each.fitted and each.fitted.parameters for each in judged.verdicts]


@pytest.mark.parametrize("name", ["glops", "assistments09"])
def test_real_answers_have_the_fit_of_the_service(
    name: str, data_file: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counted_files, "ROWS_OF_A_GROUP", 8_000)  # several parts
    with gzip.open(data_file(f"responses/{name}.csv.gz"), "rt") as file:
        rows = [(row["user_id"], row["skill_name"], float(row["correct"])) for row in csv.DictReader(file)]
    students, skills, correct = zip(*rows, strict=True)
    pq.write_table(pa.table({"student_id": students, "skill": skills, "correct": correct}), tmp_path / "a.parquet")
    columns = AnswerColumns(skill="skill")
    names, skill = np.unique(skills, return_inverse=True)
    student = np.unique(students, return_inverse=True)[1]

    count_histories([tmp_path / "a.parquet"], tmp_path / "whole.parquet", CountOptions(columns))
    shards = [tmp_path / f"{number}.parquet" for number in (3, 1, 2)]
    for path in shards:
        count_histories([tmp_path / "a.parquet"], path, CountOptions(columns, Shard(int(path.stem), 3)))
    count_histories(shards, tmp_path / "merged.parquet")
    report = fit_files(FileFitRequest(shards))

    assert (tmp_path / "merged.parquet").read_bytes() == (tmp_path / "whole.parquet").read_bytes()
    assert [each.target.key for each in report.outcomes] == names.tolist()
    expected = fitted_by_the_service(Histories.of_answers(student, skill, np.array(correct)))
    assert [each.fitted and each.fitted.parameters for each in report.outcomes] == expected
    assert report.counted.answers == len(rows)


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    """Answers of a simulated class: a skill that can be fitted, a concept too, and a skill with few answers."""
    sent = simulated(np.random.default_rng(1), Parameters(0.35, 0.12, 0.2, 0.1), students=60, answers=8)
    size = len(sent.correct)
    table = {
        "student_id": [f"s{each}" for each in sent.student[sent.sequence].tolist()],
        "correct": sent.correct,
        "skill_codes": [["cases", "talk"] if place < 10 else ["cases"] for place in range(size)],
        "concept_ids": [["dative"]] * size,
    }
    pq.write_table(pa.table(table), tmp_path / "answers.parquet")
    return tmp_path / "answers.parquet"


def test_kinds_are_fitted_apart_and_reasons_are_named(answers: Path) -> None:
    steps: list[str] = []

    report = fit_files(FileFitRequest([answers]), lambda step, _done, _total: steps.append(step))

    concept, cases, talk = report.outcomes
    assert [each.target.key for each in report.outcomes] == ["dative", "cases", "talk"]
    assert concept.fitted == cases.fitted
    assert cases.fitted is not None
    assert cases.fitted.converged
    assert (cases.answers, cases.students) == (480, 60)
    assert (talk.answers, talk.students, talk.reason, talk.fitted) == (10, 2, Reason.TOO_FEW_ANSWERS, None)
    assert {step.split(",")[0] for step in steps} >= {"reading", "counting", "merging", "fitting skills"}


def test_the_report_and_the_sets_hold_the_fits(answers: Path) -> None:
    request = FileFitRequest([answers])
    report = fit_files(request)

    document = json.loads(report.as_json(request.options, request.rails))
    lines = [json.loads(line) for line in report.as_sets(version=3)]

    dative, cases, talk = document["targets"]
    assert (document["version"], document["answers"], document["maxGuessPlusSlip"]) == (1, 970, 0.6)
    assert talk["reason"] == "TOO_FEW_ANSWERS"
    assert talk["parameters"] is None
    assert [line.get("id") for line in lines] == ["bkt-file-concept/dative-v3", None, "bkt-file-skill/cases-v3", None]
    assert {name: lines[2][name] for name in cases["parameters"]} == cases["parameters"] == dative["parameters"]
    assert lines[3] == {"target_kind": "SKILL", "target": "cases", "active_set_id": "bkt-file-skill/cases-v3"}


def test_a_fit_that_means_nothing_is_stored_and_not_put_into_effect(answers: Path) -> None:
    report = fit_files(FileFitRequest([answers], rules=ActivationRules(min_mastered_correct=0.99)))

    dative, cases, _ = report.outcomes
    assert dative.reason is cases.reason is Reason.MASTERED_TOO_UNCERTAIN
    assert [json.loads(line).get("target") for line in report.as_sets(version=1)] == [None, None]


def test_histories_of_other_programs_are_checked(tmp_path: Path) -> None:
    def counted(**others: object) -> Path:
        rows = {"kind": ["SKILL"], "target": ["cases"], "answers": ["101"], "students": [3], **others}
        pq.write_table(pa.table(rows), tmp_path / "counted.parquet")
        return tmp_path / "counted.parquet"

    assert fit_files(FileFitRequest([counted()])).outcomes[0].students == 3
    for others, message in (
        ({"answers": ["1x"]}, "answers: must consist of 0 and 1, got 'x'"),
        ({"students": [0]}, "students: must be >= 1, got '0'"),
        ({"kind": ["PERSON"]}, "kind: must be CONCEPT or SKILL, got 'PERSON'"),
        ({"target": pa.array([None], pa.string())}, "target: must not be null in counted.parquet"),
        ({"students": ["many"]}, "students: must have the type int64 in counted.parquet"),
    ):
        with pytest.raises(InvalidInput, match=message):
            fit_files(FileFitRequest([counted(**others)]))
