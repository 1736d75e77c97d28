"""`graph-api serve --workers N`: several processes behind one port and one database.

The parent takes the port, holds the embedded engine if there is no Neo4j, starts the workers, starts again those that
die, and on SIGTERM lets them finish what they accepted. When the parent is killed, they stop: the port is free again.
Workers share nothing but the database and the process that records their answers (ADR 27).
"""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path

import structlog
from prometheus_client.multiprocess import mark_process_dead

from graph_api.cli.console import out
from graph_api.cli.writer import listener
from graph_api.config import PREFIX, Settings
from graph_api.store.engine.embedded import EmbeddedEngine

log = structlog.get_logger(__name__)

METRICS = "PROMETHEUS_MULTIPROC_DIR"
PAUSE = 1.0
"""Seconds between a worker's death and its successor, so that one that cannot start does not spin."""


def report_ready(fd: int) -> None:
    """Report to the parent that this worker accepts connections."""
    with contextlib.suppress(OSError):  # a parent that has gone needs no report
        os.write(fd, b"r")


async def serve_with_workers(
    settings: Settings, listening: socket.socket, workers: int, on_accepting: Callable[[], None]
) -> None:
    """Keep N workers alive until SIGTERM or SIGINT; calls `on_accepting` once, when all processes have reported."""
    stopping = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, stopping.set)
    with (
        tempfile.TemporaryDirectory() as metrics,
        _reports(workers + 1, on_accepting) as pipe,
    ):
        async with _database(settings) as database:
            env = os.environ | database | {METRICS: metrics}
            async with _one_writer(pipe, env) as writer:
                serve = ["graph_api", "serve", "--fd", str(listening.fileno()), "--ready-fd", str(pipe)]
                serve += ["--writer", str(writer)]
                keep = partial(_keep_alive, env=env, files=[listening.fileno(), pipe], stopping=stopping)
                has_demo = [settings.demo and number == 0 for number in range(workers)]
                await asyncio.gather(
                    *(keep("worker", [*serve, "--demo" if demo else "--no-demo"]) for demo in has_demo)
                )


@contextlib.asynccontextmanager
async def _one_writer(pipe: int, env: dict[str, str]) -> AsyncIterator[Path]:
    """The socket of the one writer, to which the workers hand their answers (ADR 27).

    It runs until the block ends, so longer than the workers.
    """
    stopping = asyncio.Event()
    with listener() as (listening, path):
        command = ["graph_api.cli.writer", str(listening.fileno()), str(pipe)]
        files = [listening.fileno(), pipe]
        writing = asyncio.create_task(_keep_alive("writer", command, env=env, files=files, stopping=stopping))
        try:
            yield path
        finally:
            stopping.set()
            await writing


@contextlib.contextmanager
def _reports(workers: int, on_all: Callable[[], None]) -> Iterator[int]:
    """The end of a pipe on which workers report; calls `on_all` once, when N reports have come."""
    loop = asyncio.get_running_loop()
    reading, writing = os.pipe()
    missing = workers

    def hear() -> None:
        nonlocal missing
        before, missing = missing, missing - len(os.read(reading, 1_000))
        if before > 0 >= missing:
            on_all()

    loop.add_reader(reading, hear)
    try:
        yield writing
    finally:
        loop.remove_reader(reading)
        os.close(reading)
        os.close(writing)


@contextlib.asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[dict[str, str]]:
    """The variables with the address of the database. The embedded engine runs until this context ends."""
    if settings.neo4j_uri is not None:
        yield {}
        return
    engine = await EmbeddedEngine.start(
        settings.data_dir,
        heap_mb=settings.embedded_heap_mb,
        ready_timeout=settings.database_wait_seconds,
        check=settings.embedded_check,
    )
    async with engine:
        connection = {"URI": engine.uri, "USER": engine.user, "PASSWORD": engine.password, "DATABASE": engine.database}
        yield {f"{PREFIX}NEO4J_{name}": value for name, value in connection.items()}


async def _keep_alive(
    name: str, command: list[str], *, env: dict[str, str], files: list[int], stopping: asyncio.Event
) -> None:
    """One process, started again when it dies."""
    while not stopping.is_set():
        started = time.monotonic()
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # a module in the working directory is not ours
            "-m",
            *command,
            env=env,
            pass_fds=files,
            stdin=asyncio.subprocess.PIPE,  # it closes when this process dies
            start_new_session=True,  # Ctrl-C in a terminal is the parent's to hand on
        )
        log.info("process started", process=name, pid=process.pid)
        ended = asyncio.create_task(process.wait())
        stop_requested = asyncio.create_task(stopping.wait())
        await asyncio.wait([ended, stop_requested], return_when=asyncio.FIRST_COMPLETED)
        stop_requested.cancel()
        if stopping.is_set():
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await ended
            return
        mark_process_dead(process.pid, env[METRICS])  # type: ignore[no-untyped-call]
        log.warning("process died and is started again", process=name, pid=process.pid, exit=process.returncode)
        out.print(f"{name} {process.pid} died", highlight=False)
        await asyncio.sleep(max(0.0, PAUSE - (time.monotonic() - started)))
