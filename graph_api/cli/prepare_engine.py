"""`graph-api prepare-engine`: the cache with which the embedded engine starts faster (`store.engine.class_cache`)."""

import asyncio
import os
import tempfile
from pathlib import Path

from graph_api.app.running import utc_now
from graph_api.cli.console import FAILED, out, report_errors, stop
from graph_api.domain.parameters.topic_parameters import DEFAULT_SET
from graph_api.store import cypher_files
from graph_api.store.engine.class_cache import CACHE, write_flags
from graph_api.store.engine.embedded import EmbeddedEngine
from graph_api.store.gateway import Gateway
from graph_api.store.migrations import load_migrations, migrate
from graph_api.store.packaged import packaged
from graph_api.usecases.answers.warm_up import warm_up
from graph_api.usecases.parameters.edit_parameter_sets import ensure_defaults

USED_SECONDS = 3.0
"""How long the engine is used before it writes the cache, which then has the classes behind the statements too."""
PATIENCE = 300.0
"""Seconds that the engine has to stop and to write the cache."""


def prepare_engine() -> None:
    """Make a cache of the embedded engine's classes, with which it starts in two thirds of the time."""
    with report_errors():
        try:
            asyncio.run(make_cache(CACHE))
        except OSError as error:
            stop(str(error), FAILED)
    out.print(f"wrote {CACHE}", highlight=False)


async def make_cache(cache: Path) -> None:
    """Start the engine on an empty folder, use it, and let it write the cache when it stops.

    Raises:
        EmbeddedEngineFailed: the engine did not start.
        OSError: it wrote no cache.
    """
    cache.parent.mkdir(parents=True, exist_ok=True)
    new = cache.with_suffix(f".{os.getpid()}")
    with tempfile.TemporaryDirectory() as folder:
        engine = await EmbeddedEngine.start(Path(folder), jvm_flags=write_flags(new))
        try:
            await _use(engine)
        finally:
            await engine.stop(PATIENCE)
    if not new.exists():
        raise OSError("the engine wrote no cache of its classes")
    new.replace(cache)


async def _use(engine: EmbeddedEngine) -> None:
    gateway = Gateway.connect(
        engine.uri,
        user=engine.user,
        password=engine.password,
        database=engine.database,
        statements=cypher_files.load(packaged("cypher")),
    )
    async with gateway:
        await migrate(gateway, load_migrations(packaged("cypher") / "migrations"), utc_now())
        await ensure_defaults(gateway, utc_now())
        await warm_up(gateway, DEFAULT_SET, utc_now, USED_SECONDS)
