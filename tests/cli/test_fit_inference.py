"""`graph-api fit-inference` and `activate-inference`, on a database without answers."""

import asyncio

import pytest
from typer.testing import CliRunner

from graph_api.cli.main import app as command_line
from graph_api.domain.operations.runs import Algorithm, RunStatus
from graph_api.store import runs
from graph_api.store.gateway import Gateway
from graph_api.store.inference import read_ids_in_effect


@pytest.mark.usefixtures("course")
async def test_a_fit_without_answers_changes_nothing_and_is_recorded(
    monkeypatch: pytest.MonkeyPatch, database: dict[str, str], gateway: Gateway
) -> None:
    for name, value in database.items():
        monkeypatch.setenv(f"GRAPH_API_{name.upper()}", value)

    async def run(*arguments: str) -> tuple[int, str]:
        result = await asyncio.to_thread(CliRunner().invoke, command_line, arguments)
        return result.exit_code, " ".join(result.output.split())

    code, output = await run("fit-inference", "--kind", "SKILL")

    assert (code, "few students" in output) == (0, True), output
    (entry,) = await gateway.read(
        lambda tx: runs.read_page(tx, runs.RunFilter(Algorithm.FIT_INFERENCE), after=None, limit=1)
    )
    assert (entry.status, entry.parameters) == (RunStatus.SUCCESS, {"kind": "SKILL", "activate": True})
    assert (entry.output["result"], entry.output["activated"]) == ("FEW_STUDENTS", False)
    assert await gateway.read(read_ids_in_effect) == {}

    code, output = await run("activate-inference", "recency-v0")
    assert (code, "must be a stored model of inferred levels" in output) == (1, True), output
