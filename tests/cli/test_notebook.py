"""docs/analysis.ipynb runs on the demo class, and its committed outputs are those of the run."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import nbformat
import pytest
import uvicorn
from nbclient import NotebookClient

from graph_api.app.application import create_app
from graph_api.cli.export_files import Format, write_file
from graph_api.config import Settings
from graph_api.domain.operations.export_kinds import KINDS
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.course.export_course import export_links
from graph_api.usecases.operations.export import export_answers, export_mastery
from graph_api.usecases.operations.export_scores import export_recency
from graph_api.usecases.operations.load_demo import load_demo
from tests.conftest import NOW, Ask
from tests.graph_copy import empty

WRITE_SETTING = "GRAPH_API_TEST_WRITE_NOTEBOOK"
"""With this setting the test writes the outputs of its run into the notebook."""
EXPORTS: dict[str, Any] = {
    "answers": export_answers,
    "mastery": export_mastery,
    "recency": export_recency,
    "links": export_links,
}


@asynccontextmanager
async def listening(database: dict[str, str]) -> AsyncIterator[str]:
    """The service at a port of its own; yields the URL of GraphQL."""
    app = create_app(Settings(_env_file=None, scheduler=False, **database))  # type: ignore[arg-type]
    async with app.router.lifespan_context(app):
        server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None))
        with socket.create_server(("127.0.0.1", 0)) as port:
            serving = asyncio.create_task(server._serve([port]))  # `serve` takes over signals
            try:
                yield f"http://127.0.0.1:{port.getsockname()[1]}/graphql"
            finally:
                server.should_exit = True
                await serving


def texts(notebook: nbformat.NotebookNode) -> list[list[str]]:
    """The outputs of each cell with code, as text."""
    return [
        [output.get("text") or output.get("data", {}).get("text/markdown") or str(output) for output in cell.outputs]
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


async def test_the_notebook_runs_and_its_outputs_are_committed(
    database: dict[str, str],
    gateway: Gateway,
    intake: AnswerIntake,
    raw: Ask,
    ask: Ask,
    tmp_path: Path,
    repository: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await empty(raw)
    await load_demo(gateway, intake, NOW)
    await ask(f'mutation {{ recomputeRecency(input: {{asOf: "{NOW.isoformat()}"}}) {{ __typename }} }}')
    for name, export in EXPORTS.items():
        assert await write_file(export(gateway), KINDS[name], Format.PARQUET, tmp_path / f"{name}.parquet") > 0
    for setting in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(setting, str(tmp_path / setting.lower()))
    path = repository / "docs" / "analysis.ipynb"
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    committed = texts(notebook)
    assert all(f"graph-api export {name} " in notebook.cells[0].source for name in EXPORTS)

    async with listening(database) as url:
        environment = {**os.environ, "PARQUET_FOLDER": str(tmp_path), "GRAPHQL_URL": url}
        runner = NotebookClient(notebook, timeout=60, kernel_name="python3", record_timing=False)
        await runner.async_execute(env=environment)

    notebook.metadata.pop("language_info")  # names the version of Python
    if os.environ.get(WRITE_SETTING):
        nbformat.write(notebook, path)  # type: ignore[no-untyped-call]
        committed = texts(notebook)
    assert texts(notebook) == committed, f"docs/analysis.ipynb is stale: run this test with {WRITE_SETTING}=1"
    assert sum(map(len, committed)) == 5
    assert "language_info" not in nbformat.read(path, as_version=4).metadata  # type: ignore[no-untyped-call]
