"""What commands share: settings, errors and progress bars."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn, TypeVar

import typer
from pydantic import SecretStr
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from graph_api.app import logs
from graph_api.app.metrics import Metrics
from graph_api.app.running import Running, running
from graph_api.app.tracing import TracingUnavailable
from graph_api.config import BadSettings, LogFormat, Settings, read_settings
from graph_api.domain.failures import Failure, ParameterSetNotFound
from graph_api.execution.trusted_documents import BadDocuments
from graph_api.store.cypher_files import CypherFilesError
from graph_api.store.engine.embedded import EmbeddedEngineFailed, check_running, find_running
from graph_api.store.gateway import DatabaseUnavailable
from graph_api.usecases.run_ledger import OnProgress

T = TypeVar("T")

USAGE, FAILED = 2, 1

out = Console()
err = Console(stderr=True)


def settings_for_command(*, log_level: str | None = None, data_dir: Path | None = None, **given: object) -> Settings:
    """Read the settings, set up logging; ends the command with exit code 2 if a setting is invalid."""
    try:
        settings = read_settings(data_dir=data_dir, log_level=log_level, **given)
    except BadSettings as error:
        stop(str(error), USAGE)
    logs.configure(settings.log_level, as_json=settings.log_format is LogFormat.JSON)
    return settings


@asynccontextmanager
async def behind() -> AsyncIterator[Running]:
    """The gateway and its settings, for a command that works on the data itself."""
    settings = with_running_engine(settings_for_command(log_level="warning"))
    async with running(settings, Metrics("", settings.engine)) as services:
        yield services


async def check_data() -> None:
    """Check the embedded engine's data if a running service holds them; otherwise its own start checks them.

    Raises:
        DataDamaged: they are damaged.
    """
    settings = settings_for_command(log_level="warning")
    if settings.neo4j_uri is None and settings.embedded_check == "refuse" and find_running(settings.data_dir):
        await check_running(settings.data_dir)


def with_running_engine(settings: Settings) -> Settings:
    """The settings to use the embedded engine that a running service holds, if one does."""
    if settings.neo4j_uri is None and (engine := find_running(settings.data_dir)):
        connection = {f"neo4j_{name}": value for name, value in engine._asdict().items()}
        return settings.model_copy(update=connection | {"neo4j_password": SecretStr(engine.password)})
    return settings


@contextmanager
def report_errors() -> Iterator[None]:
    """End the command with one line instead of a traceback, for errors that an operator can fix."""
    try:
        yield
    except (
        EmbeddedEngineFailed,
        DatabaseUnavailable,
        CypherFilesError,
        ParameterSetNotFound,
        BadDocuments,
        TracingUnavailable,
    ) as error:
        stop(str(error), FAILED)


def stop(message: str, code: int) -> NoReturn:
    """Print a message on standard error and end the command."""
    err.print(message, style="red", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(code)


def progress_bar() -> Progress:
    """A progress bar with counts and time left, on standard error."""
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=err
    )


def print_version(wanted: bool) -> None:  # noqa: FBT001 - the command line calls it
    """`--version`."""
    if wanted:
        sys.stdout.write(f"graph-api {version('graph-api')}\n")
        raise typer.Exit


def run_behind(work: Callable[[Running], Awaitable[T]]) -> T:
    """Run work on the data behind the settings; a failure ends the command with its message."""

    async def run() -> T:
        async with behind() as services:
            return await work(services)

    with report_errors():
        try:
            return asyncio.run(run())
        except Failure as failure:
            stop(str(failure), FAILED)


def run_with_progress(work: Callable[[Running, OnProgress], Awaitable[T]]) -> T:
    """As `run_behind`, with a bar of the progress that the work reports."""

    async def run(services: Running) -> T:
        with progress_bar() as bar:
            task = bar.add_task("starting", total=None)

            def show(step: str, done: int, total: int) -> None:
                bar.update(task, description=step, completed=done, total=total)

            return await work(services, show)

    return run_behind(run)
