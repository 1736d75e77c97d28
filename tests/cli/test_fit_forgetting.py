"""`graph-api fit-forgetting` and `activate-forgetting`, on a database without answers."""

import asyncio

import pytest
from typer.testing import CliRunner

from graph_api.cli.main import app as command_line
from graph_api.domain.operations.runs import Algorithm, RunStatus
from graph_api.store import runs
from graph_api.store.forgetting import put_in_effect, read_id_in_effect
from graph_api.store.gateway import Gateway


@pytest.mark.usefixtures("course")
async def test_a_fit_without_answers_changes_nothing_and_a_version_is_activated(
    monkeypatch: pytest.MonkeyPatch, database: dict[str, str], gateway: Gateway
) -> None:
    for name, value in database.items():
        monkeypatch.setenv(f"GRAPH_API_{name.upper()}", value)

    async def run(*arguments: str) -> tuple[int, str]:
        result = await asyncio.to_thread(CliRunner().invoke, command_line, arguments)
        return result.exit_code, " ".join(result.output.split())

    code, output = await run("fit-forgetting", "--formula", "HALF_LIFE")

    assert (code, "few pauses" in output) == (0, True), output
    (entry,) = await gateway.read(
        lambda tx: runs.read_page(tx, runs.RunFilter(Algorithm.FIT_FORGETTING), after=None, limit=1)
    )
    assert (entry.status, entry.parameters) == (RunStatus.SUCCESS, {"formula": "HALF_LIFE", "activate": True})
    assert (entry.output["result"], entry.output["activated"]) == ("FEW_PAUSES", False)
    assert await gateway.read(read_id_in_effect) is None

    assert await run("activate-forgetting", "half-life-v0") == (0, "half-life-v0 is in effect")
    assert await gateway.read(read_id_in_effect) == "half-life-v0"
    code, output = await run("activate-forgetting", "recency-v0")
    assert (code, "must be stored forgetting parameters" in output) == (1, True), output
    await gateway.write(lambda tx: put_in_effect(tx, None))
