"""The process that records the answers of all workers (ADR 27).

    python -m graph_api.cli.writer SOCKET_FD READY_FD

Started by `graph_api.cli.workers`, not by people. On SIGTERM it waits until the workers have gone, then for what they
sent. When its parent is gone, it stops in the same way: the workers do too.
"""

import asyncio
import contextlib
import os
import signal
import socket
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import structlog
import typer
import uvloop

from graph_api.app.metrics import Metrics, published
from graph_api.app.running import running, utc_now
from graph_api.app.tracing import OpenTelemetry, tracer_from_environment
from graph_api.cli.console import report_errors, settings_for_command
from graph_api.config import Settings
from graph_api.execution.garbage import forget_what_stays
from graph_api.store.engine.parent import end_with_parent
from graph_api.store.tracing import Tracer
from graph_api.usecases.answers.intake_server import IntakeServer
from graph_api.usecases.answers.warm_up import warm_up

log = structlog.get_logger(__name__)

ORPHAN_PATIENCE = 40.0
"""Seconds to stop in when the parent is gone: more than a worker has."""
LONGEST_PATH = 100
"""Bytes in the path of a socket: systems allow 103 to 107."""
SHORT_FOLDER = "/tmp"  # noqa: S108 - the folder in it is this process's own, with a random name


@contextlib.contextmanager
def listener() -> Iterator[tuple[socket.socket, Path]]:
    """A socket for the workers, in a folder that only this user can open.

    The parent owns it, so that workers can connect while no writer runs, and wait for the next one.
    """
    with contextlib.ExitStack() as stack:
        path = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="graph-api-"))) / "writer"
        if len(os.fsencode(path)) > LONGEST_PATH:
            path = (
                Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="graph-api-", dir=SHORT_FOLDER))) / "writer"
            )
        listening = stack.enter_context(socket.socket(socket.AF_UNIX))
        listening.bind(str(path))
        listening.listen()
        yield listening, path


def main(fd: int, ready_fd: int) -> None:
    """Record the answers that arrive on an open socket; report on a pipe when it begins."""
    end_with_parent(ORPHAN_PATIENCE)
    settings = settings_for_command()
    with report_errors(), socket.socket(fileno=fd) as listening:
        uvloop.run(write(settings, tracer_from_environment(), listening, ready_fd))


async def write(settings: Settings, tracer: Tracer, listening: socket.socket, ready_fd: int) -> None:
    """Record answers until SIGTERM, then until the workers have gone."""
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    metrics = Metrics(version("graph-api"), settings.engine)
    async with contextlib.AsyncExitStack() as stack:
        if isinstance(tracer, OpenTelemetry):
            stack.push_async_callback(asyncio.to_thread, tracer.shut_down)
        behind = await stack.enter_async_context(running(settings, metrics, tracer))
        await stack.enter_async_context(published(metrics))
        await warm_up(behind.gateway, behind.topic_set, utc_now, settings.warm_up_seconds)
        server = IntakeServer(behind.intake, tracer)
        await stack.enter_async_context(server.listening(listening))
        forget_what_stays()
        os.write(ready_fd, b"r")
        log.info("answers are recorded here")
        await stopping.wait()
        await server.abandoned()


if __name__ == "__main__":
    typer.run(main)
