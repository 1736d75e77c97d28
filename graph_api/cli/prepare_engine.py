"""`graph-api prepare-engine`: the cache with which the embedded engine starts faster (`store.engine.class_cache`)."""

import asyncio
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from graph_api.app.running import utc_now
from graph_api.cli.console import FAILED, out, report_errors, stop
from graph_api.domain.parameters.topic_parameters import DEFAULT_SET
from graph_api.store import cypher_files
from graph_api.store.engine.child_environment import engine_environment
from graph_api.store.engine.class_cache import CACHE, write_flags
from graph_api.store.engine.embedded import EmbeddedEngine
from graph_api.store.engine.embedded_process import LOOPBACK
from graph_api.store.gateway import Gateway
from graph_api.store.migrations import load_migrations, migrate
from graph_api.store.packaged import packaged
from graph_api.usecases.answers.warm_up import warm_up
from graph_api.usecases.parameters.edit_parameter_sets import ensure_defaults

HEAP_MB = 512
USED_SECONDS = 3.0
"""How long the engine is used before it writes the cache, which then has the classes behind the statements too."""
PATIENCE = 300.0
"""Seconds that the engine has to stop and to write the cache."""


def prepare_engine() -> None:
    """Make a cache of the embedded engine's classes, with which it starts in two thirds of the time."""
    with report_errors():
        try:
            make_cache(CACHE)
        except OSError as error:
            stop(str(error), FAILED)
    out.print(f"wrote {CACHE}", highlight=False)


def make_cache(cache: Path) -> None:
    """Start the engine on an empty folder, use it, and let it write the cache when it stops.

    Raises:
        OSError: the engine did not start, or wrote no cache.
    """
    cache.parent.mkdir(parents=True, exist_ok=True)
    new = cache.with_suffix(f".{os.getpid()}")
    with tempfile.TemporaryDirectory() as folder:
        password = secrets.token_urlsafe(24)
        (Path(folder) / "password").write_text(password, encoding="utf-8")
        module = "graph_api.store.engine.embedded_process"
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-P", "-m", module, folder, str(_free_port()), str(HEAP_MB), "off", "deep"],
            env=engine_environment(os.environ) | {"JAVA_TOOL_OPTIONS": " ".join(write_flags(new))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            asyncio.run(_use(_port_of(process), password))
            process.terminate()
            process.wait(PATIENCE)
        finally:
            process.kill()
            process.communicate()
    if not new.exists():
        raise OSError("the engine wrote no cache of its classes")
    new.replace(cache)


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind((LOOPBACK, 0))
        port: int = listening.getsockname()[1]
        return port


def _port_of(process: subprocess.Popen[bytes]) -> int:
    """The port of an engine that reports its start."""
    for line in process.stdout or ():
        report = json.loads(line)
        if "port" in report:
            return int(report["port"])
        if "error" in report:
            raise OSError(f"the engine did not start: {report['error']}")
    raise OSError("the engine did not start")


async def _use(port: int, password: str) -> None:
    gateway = Gateway.connect(
        f"bolt://{LOOPBACK}:{port}",
        user=EmbeddedEngine.user,
        password=password,
        database=EmbeddedEngine.database,
        statements=cypher_files.load(packaged("cypher")),
    )
    async with gateway:
        await migrate(gateway, load_migrations(packaged("cypher") / "migrations"), utc_now())
        await ensure_defaults(gateway, utc_now())
        await warm_up(gateway, DEFAULT_SET, utc_now, USED_SECONDS)
