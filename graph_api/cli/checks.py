"""`graph-api schema`, `cypher`, `migrate` and `doctor`: look before you run."""

import asyncio
import platform
import shutil
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from graph_api.app.health import why_not_ready
from graph_api.app.metrics import Metrics
from graph_api.app.running import connected, utc_now
from graph_api.cli.console import FAILED, out, report_errors, settings_for_command, stop, with_running_engine
from graph_api.config import Settings
from graph_api.store import cypher_files
from graph_api.store.counts import read_counts
from graph_api.store.migrations import load_migrations, migrate, pending
from graph_api.store.packaged import packaged
from graph_api.usecases.operations.check_consistency import REPAIRED_BY_REPLAY, find_inconsistencies
from graph_api.usecases.operations.check_topics import find_wrong_topics
from graph_api.usecases.operations.history_pages import find_wrong_pages, repair_pages
from graph_api.usecases.parameters.edit_policy_sets import read_topic_set

SCHEMA_FILE = Path("schema.graphql")
LEAST_FREE_GB = 1.0
MOST_SHOWN = 50


class Inconsistent(Exception):
    """The database answers, and holds what it should not."""


def schema(
    *,
    write: Annotated[bool, typer.Option("--write", help="Write schema.graphql in this folder.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Fail if schema.graphql in this folder differs.")] = False,
    subgraph: Annotated[
        bool, typer.Option("--subgraph", help="Print the schema as a subgraph of Apollo Federation, and do no more.")
    ] = False,
) -> None:
    """Print the GraphQL schema."""
    from graph_api.schema.api import build_schema  # noqa: PLC0415 - other commands start faster without it
    from graph_api.schema.federation.subgraph import subgraph_sdl  # noqa: PLC0415

    text = build_schema().as_str() + "\n"
    if subgraph:
        sys.stdout.write(subgraph_sdl(text) + "\n")
        return
    if write:
        SCHEMA_FILE.write_text(text, encoding="utf-8")
    elif check:
        if not SCHEMA_FILE.exists() or SCHEMA_FILE.read_text(encoding="utf-8") != text:
            stop("schema.graphql differs from the code; run: make schema", FAILED)
    else:
        sys.stdout.write(text)


def cypher(
    *,
    check: Annotated[bool, typer.Option("--check", help="Only check, print nothing but the count.")] = False,
) -> None:
    """Check every Cypher file against its contract, and list them."""
    with report_errors():
        statements = cypher_files.load(packaged("cypher"))
        recipes = cypher_files.load(packaged("cypher") / "recipes")
    if not check:
        for statement in (*statements.values(), *recipes.values()):
            out.print(f"[bold]{statement.name}[/bold]  {statement.mode}  {statement.summary}", highlight=False)
    out.print(f"{len(statements)} statements, {len(recipes)} recipes", highlight=False)


def migrate_database(
    *, dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what is pending.")] = False
) -> None:
    """Apply the pending schema migrations."""
    settings = settings_for_command()

    async def run() -> None:
        migrations = load_migrations(packaged("cypher") / "migrations")
        async with connected(settings, Metrics("", settings.engine)) as (gateway, _):
            done = await pending(gateway, migrations) if dry_run else await migrate(gateway, migrations, utc_now())
        for each in done:
            out.print(f"{'pending' if dry_run else 'done'}: {each.version:04} {each.name}", highlight=False)
        out.print(f"{len(done)} migrations {'pending' if dry_run else 'carried out'}", highlight=False)

    with report_errors():
        asyncio.run(run())


def doctor(
    *,
    repair: Annotated[
        bool, typer.Option("--repair", help="Write history pages again that differ from the stored answers.")
    ] = False,
) -> None:
    """Check the installation, the database and the data, and report problems."""
    settings = settings_for_command(log_level="error")
    table = Table("check", "result", "detail")
    healthy = True

    async def examine(name: str, check: Callable[[], Awaitable[str]]) -> None:
        nonlocal healthy
        try:
            table.add_row(name, "[green]ok[/green]", await check())
        except Exception as error:  # noqa: BLE001 - every error is reported
            healthy = False
            table.add_row(name, "[red]failed[/red]", str(error))

    async def run() -> None:
        await examine("Python", _python)
        await examine("Cypher files", _cypher_files)
        await examine("free disk", lambda: _free_disk(settings))
        await examine(f"database ({settings.engine})", lambda: _database(settings, repair=repair))

    asyncio.run(run())
    out.print(table)
    if not healthy:
        raise typer.Exit(FAILED)


async def _python() -> str:
    return platform.python_version()


async def _cypher_files() -> str:
    root = packaged("cypher")
    return f"{len(cypher_files.load(root))} statements, {len(cypher_files.load(root / 'recipes'))} recipes"


async def _free_disk(settings: Settings) -> str:
    folder = settings.data_dir.absolute()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free / 1e9
    if free < LEAST_FREE_GB:
        raise OSError(f"only {free:.1f} GB free at {folder}")
    return f"{free:.0f} GB free for {settings.data_dir}"


async def _database(settings: Settings, *, repair: bool) -> str:
    """What is in it. On request, history pages are repaired first: answers are the truth, so nothing is lost.

    Raises:
        Inconsistent: it holds what it should not.
    """
    async with connected(with_running_engine(settings), Metrics("", settings.engine)) as (gateway, _):
        if reason := await why_not_ready(gateway):
            return f"answers; {reason} (they are carried out when the service starts)"
        counts = await gateway.read(read_counts)
        findings = await find_inconsistencies(gateway)
        findings += await find_wrong_topics(gateway, await read_topic_set(gateway, settings.topic_parameters))
        wrong_pages = await find_wrong_pages(gateway)
        repaired = await repair_pages(gateway, wrong_pages) if repair else 0
        findings += await find_wrong_pages(gateway) if repaired else wrong_pages
    if findings:
        more = [f"… and {len(findings) - MOST_SHOWN} more"] if len(findings) > MOST_SHOWN else []
        if any(each.rule in REPAIRED_BY_REPLAY for each in findings):
            more.append("graph-api replay computes levels again from the answers")
        raise Inconsistent("\n".join([*map(str, findings[:MOST_SHOWN]), *more]))
    return (
        ", ".join(f"{count:,} {name}" for name, count in counts.items())
        + (f", {repaired:,} repaired" if repaired else "")
        + ", all consistent"
    )
