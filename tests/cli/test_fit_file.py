"""`graph-api count-histories`, `fit-file` and `import parameters`: from a file of answers to levels in the graph."""

import asyncio
import json
import os
import signal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from graph_api.cli.main import app as command_line
from graph_api.domain.parameters.knowledge_tracing import Parameters
from graph_api.domain.targets import TargetKind
from graph_api.store import parameter_sets
from graph_api.store.gateway import Gateway
from graph_api.usecases.operations.import_parameters import import_parameters
from graph_api.usecases.parameters import count_histories
from tests.conftest import NOW
from tests.domain.parameters.fitting.simulated_histories import simulated


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(command_line, [str(each) for each in arguments])
    return result.exit_code, " ".join(result.output.split())


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    sent = simulated(np.random.default_rng(2), Parameters(0.35, 0.12, 0.2, 0.1), students=60, answers=8)
    columns = {"who": sent.student[sent.sequence], "right": sent.correct, "kc": ["cases"] * len(sent.correct)}
    pq.write_table(pa.table(columns), tmp_path / "answers.parquet")
    return tmp_path / "answers.parquet"


COLUMNS = ("--student", "who", "--correct", "right", "--skill", "kc")


async def test_a_fitted_file_comes_into_effect(answers: Path, tmp_path: Path, course: None, gateway: Gateway) -> None:
    output, sets = tmp_path / "parameters.json", tmp_path / "sets.jsonl"

    code, printed = await asyncio.to_thread(run, "fit-file", answers, "--output", output, "--sets", sets, *COLUMNS)

    assert code == 0, printed
    assert "480 answers, 0 left out" in printed
    (target,) = json.loads(output.read_text())["targets"]
    await import_parameters(gateway, sets, lambda: NOW)
    chosen = {
        each.key: each.active
        for each in await gateway.read(lambda tx: parameter_sets.read_chosen(tx, TargetKind.SKILL))
    }
    assert chosen["cases"] == "bkt-file-skill/cases-v1"
    (stored,) = await gateway.read(lambda tx: parameter_sets.read_by_ids(tx, ["bkt-file-skill/cases-v1"]))
    assert stored.parameters == Parameters(**target["parameters"])


def test_shards_are_counted_merged_and_fitted(answers: Path, tmp_path: Path) -> None:
    shards = [tmp_path / "1.parquet", tmp_path / "2.parquet"]
    for number, path in enumerate(shards, 1):
        code, printed = run("count-histories", answers, "--out", path, "--shard", f"{number}/2", *COLUMNS)
        assert code == 0, printed

    for name, files in (("whole.json", [answers, *COLUMNS]), ("merged.json", shards)):
        code, printed = run("fit-file", *files, "--output", tmp_path / name)
        assert code == 0, printed

    assert (tmp_path / "merged.json").read_text() == (tmp_path / "whole.json").read_text()
    assert run("fit-file", shards[0]) == (1, "shards: must be complete; one is missing, got '2/2'")


def test_termination_removes_temporary_files(answers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()

    def terminate(*_: object) -> None:
        assert list(folder.glob("*/answers"))
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(count_histories, "_histories", terminate)
    code, _ = run("count-histories", answers, "--out", tmp_path / "o.parquet", "--temporary-folder", folder, *COLUMNS)

    assert code == 128 + signal.SIGTERM
    assert list(folder.iterdir()) == []
    assert not (tmp_path / "o.parquet").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--skill", "kc"), "column: must be a column of answers.parquet, whose columns are: who, right, kc"),
        ((*COLUMNS, "--tolerance", "0"), "tolerance: must be > 0 and < 1, got '0.0'"),
        ((*COLUMNS, "--max-guess-plus-slip", "2"), "guess + slip: bound must be"),
        ((*COLUMNS, "--min-students", "1"), "minStudents: must be >= 2, got '1'"),
        (
            (*COLUMNS, "--output", "missing/folder.json"),
            "file: must be in an existing folder, got 'missing/folder.json'",
        ),
    ],
)
def test_invalid_options_are_named(arguments: tuple[str, ...], message: str, answers: Path) -> None:
    code, printed = run("fit-file", answers, *arguments)

    assert code == 1
    assert message in printed
