"""`import graph` and `export graph` on the command line."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from typer.testing import CliRunner

from graph_api.cli.main import app as command_line
from tests.case_frameworks import case_framework

Run: TypeAlias = Callable[..., Awaitable[tuple[int, str]]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, database: dict[str, str], clean: None) -> Run:
    """Runs a command on the database of the tests; returns its exit code and its output."""
    for name, value in database.items():
        monkeypatch.setenv(f"GRAPH_API_{name.upper()}", value)

    async def work(*arguments: str) -> tuple[int, str]:
        result = await asyncio.to_thread(CliRunner().invoke, command_line, arguments)
        return result.exit_code, " ".join(result.output.split())

    return work


async def test_a_framework_goes_in_and_out_in_each_format(run: Run, gateway: object, tmp_path: Path) -> None:
    file, back = tmp_path / "framework.json", tmp_path / "back.json"
    file.write_text(json.dumps(case_framework(3)), encoding="utf-8")
    code, output = await run("import", "graph", str(file), "--skill-types", "Domain, Cluster")
    assert (code, "stored 6 skills and 12 concepts" in output) == (0, True), output
    assert "the destination is no item of the file; the link is kept" in output

    assert (await run("export", "graph", "--format", "case", "--out", str(back)))[0] == 0
    assert back.read_bytes() == file.read_bytes()
    for form, word in (("graphml", "<graphml"), ("links-csv", "Source,Target,Type"), ("json", '"frameworks"')):
        code, output = await run("export", "graph", "--format", form)
        assert (code, word in output) == (0, True), output

    code, output = await run("export", "graph", "--format", "case", "--course", "nope")
    assert (code, "--course: must name a course that exists, got 'nope'" in output) == (1, True), output
    code, output = await run("export", "graph", "--course", "nope")
    assert (code, "--course: is only for --format case" in output) == (2, True), output
