"""`graph-api backup` and `graph-api restore`."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import typer

from graph_api.app.running import utc_now
from graph_api.cli.console import FAILED, behind, check_data, out, progress_bar, report_errors, stop
from graph_api.usecases.operations.back_up import BadBackup, Contents, Progress, back_up
from graph_api.usecases.operations.back_up import restore as put_back
from graph_api.usecases.parameters.change_sets import replay_run, replay_stale

File = Annotated[Path, typer.Argument(metavar="FILE", help="Gzipped JSON lines, as in backup.jsonl.gz.")]


def backup(path: File) -> None:
    """Write all data to a file, while the service runs. The file gets its name when it is complete.

    The data of the embedded engine are checked first. If they are damaged, no file is written and the exit code is 1.
    """

    async def run() -> Contents:
        await check_data()
        async with behind() as running, _shown() as show:
            return await back_up(running.gateway, path, utc_now(), show)

    with report_errors():
        try:
            contents = asyncio.run(run())
        except OSError as error:
            stop(f"{path}: {error}", FAILED)
    out.print(f"{path}: {_described(contents)}", highlight=False)


def restore(
    path: File,
    *,
    replace: Annotated[bool, typer.Option("--replace", help="First erase all data in the database.")] = False,
) -> None:
    """Restore a backup into an empty database, and compare every line with what is stored afterwards.

    If parameters changed while the backup was taken, the levels that it holds under the old ones are replayed.
    """

    async def run() -> Contents:
        async with behind() as running, _shown() as show:
            contents = await put_back(running.gateway, path, replace=replace, on_progress=show)
            stale = replay_run(uuid.uuid4().hex, "restored", "command", utc_now())
            await replay_stale(running.gateway, stale, utc_now)
            return contents

    with report_errors():
        try:
            contents = asyncio.run(run())
        except BadBackup as bad:
            stop(str(bad), FAILED)
    out.print(f"restored and compared: {_described(contents)}", highlight=False)


def _described(contents: Contents) -> str:
    return f"{contents.students} students, {contents.relationships} relationships, {contents.nodes} nodes"


@asynccontextmanager
async def _shown() -> AsyncIterator[Progress]:
    with progress_bar() as bar:
        tasks: dict[str, object] = {}

        def show(what: str, done: int, total: int) -> None:
            task = tasks.get(what)
            if task is None:
                task = tasks[what] = bar.add_task(what, total=total)
            bar.update(task, completed=done, total=total)  # type: ignore[arg-type]

        yield show
