"""`graph-api fit`: its options reach the fit, and invalid ones are named."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import TypeAlias

import pytest
from typer.testing import CliRunner

from graph_api.cli.main import app as command_line
from graph_api.domain.answers.answers import AnswerInput
from graph_api.domain.operations.runs import Algorithm
from graph_api.store import parameter_sets, runs
from graph_api.store.gateway import Gateway
from graph_api.store.parameter_sets import ParameterSetFilter
from graph_api.usecases.answers.answer_intake import AnswerIntake
from tests.conftest import NOW

Fit: TypeAlias = Callable[..., Awaitable[tuple[int, str]]]


@pytest.fixture
def fit(monkeypatch: pytest.MonkeyPatch, database: dict[str, str], course: None) -> Fit:
    """Runs the command on the database of the tests; returns its exit code and its output."""
    for name, value in database.items():
        monkeypatch.setenv(f"GRAPH_API_{name.upper()}", value)

    async def run(*arguments: str) -> tuple[int, str]:
        result = await asyncio.to_thread(CliRunner().invoke, command_line, ["fit", *arguments])
        return result.exit_code, " ".join(result.output.split())

    return run


async def test_the_tolerance_reaches_the_fit(fit: Fit, gateway: Gateway, intake: AnswerIntake) -> None:
    answers = [
        AnswerInput(f"s{student}", correct=(student + turn) % 3 != 0, concept_ids=["dative"], at=NOW + timedelta(turn))
        for student in range(12)
        for turn in range(8)
    ]
    await intake.submit(answers)

    passes = []
    for tolerance in ("0.5", "1e-12"):
        code, output = await fit(
            "--tolerance", tolerance, "--concept", "dative", "--min-answers", "10", "--no-activate"
        )
        assert code == 0, output
        (run, *_) = await gateway.read(
            lambda tx: runs.read_page(tx, runs.RunFilter(Algorithm.FIT_PARAMETERS), after=None, limit=1)
        )
        assert run.parameters["tolerance"] == float(tolerance)
        fitted = ParameterSetFilter(run_id=run.id)
        (stored,) = await gateway.read(partial(parameter_sets.read_page, filters=fitted, after=("", 0), limit=2))
        fits = await gateway.read(partial(parameter_sets.read_fits, ids=[stored.id]))
        passes.append(fits[stored.id].iterations)
    assert passes[0] < passes[1]


@pytest.mark.parametrize("value", ["0", "1", "-1", "nan", "inf"])
async def test_an_invalid_tolerance_is_named(fit: Fit, value: str) -> None:
    code, output = await fit("--tolerance", value)

    assert code == 1
    assert f"tolerance: must be > 0 and < 1, got '{float(value)}'" in output
