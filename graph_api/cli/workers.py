"""`graph-api serve --workers N`: several processes behind one port and one database.

The parent takes the port, holds the embedded engine if there is no Neo4j, starts the workers, starts again those that
die, and on SIGTERM lets them finish what they accepted. Workers share nothing but the database.
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

import structlog
from prometheus_client.multiprocess import mark_process_dead

from graph_api.cli.console import out
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
    """Keep N workers alive until SIGTERM or SIGINT; calls `on_accepting` once, when N have reported."""
    stopping = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, stopping.set)
    listening.set_inheritable(True)
    with tempfile.TemporaryDirectory() as metrics:
        async with _database(settings) as database:
            env = os.environ | database | {METRICS: metrics}
            with _reports(workers, on_accepting) as pipe:
                keep = partial(_keep_alive, listening, pipe, env, stopping)
                await asyncio.gather(*(keep(demo=settings.demo and number == 0) for number in range(workers)))


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
    listening: socket.socket, pipe: int, env: dict[str, str], stopping: asyncio.Event, *, demo: bool
) -> None:
    """One worker, started again when it dies."""
    open_files = ["--fd", str(listening.fileno()), "--ready-fd", str(pipe)]
    command = [sys.executable, "-m", "graph_api", "serve", *open_files]
    while not stopping.is_set():
        started = time.monotonic()
        worker = await asyncio.create_subprocess_exec(
            *command,
            "--demo" if demo else "--no-demo",
            env=env,
            pass_fds=[listening.fileno(), pipe],
            start_new_session=True,  # Ctrl-C in a terminal is the parent's to hand on
        )
        log.info("worker started", pid=worker.pid)
        ended = asyncio.create_task(worker.wait())
        stop_requested = asyncio.create_task(stopping.wait())
        await asyncio.wait([ended, stop_requested], return_when=asyncio.FIRST_COMPLETED)
        stop_requested.cancel()
        if stopping.is_set():
            with contextlib.suppress(ProcessLookupError):
                worker.terminate()
            await ended
            return
        mark_process_dead(worker.pid, env[METRICS])  # type: ignore[no-untyped-call]
        log.warning("worker died and is started again", pid=worker.pid, exit=worker.returncode)
        out.print(f"worker {worker.pid} died", highlight=False)
        await asyncio.sleep(max(0.0, PAUSE - (time.monotonic() - started)))
