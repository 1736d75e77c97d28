"""`graph-api serve`."""

import signal
import socket
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from graph_api.cli.console import FAILED, out, report_errors, settings_for_command, stop
from graph_api.cli.workers import report_ready, serve_with_workers
from graph_api.config import Settings
from graph_api.store.engine.parent import end_with_parent

ORPHAN_PATIENCE = 30.0
"""Seconds that a worker whose parent is gone has to finish its requests."""


def serve(  # noqa: PLR0913 - an option each
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="The data folder of the embedded engine.")] = None,
    *,
    demo: Annotated[bool | None, typer.Option(help="Load the seeds and a simulated class at the first start.")] = None,
    workers: Annotated[int, typer.Option(help="Number of processes behind one port and one database.", min=1)] = 1,
    fd: Annotated[
        int | None, typer.Option(help="An open socket to listen on, as the parent hands it.", hidden=True)
    ] = None,
    ready_fd: Annotated[
        int | None, typer.Option(help="A pipe on which to report to the parent, in place of `ready:`.", hidden=True)
    ] = None,
    writer: Annotated[
        Path | None, typer.Option(help="The socket of the process that records answers.", hidden=True)
    ] = None,
) -> None:
    """Start the service, with its own database unless GRAPH_API_NEO4J_URI names one."""
    if ready_fd is not None:
        end_with_parent(ORPHAN_PATIENCE, on_end=signal.SIGINT)  # SIGTERM would keep the port open while it drains
    settings = settings_for_command(host=host, port=port, data_dir=data_dir, demo=demo)
    listening = _listen(settings) if fd is None else socket.socket(fileno=fd)
    on_accepting = partial(print_ready, listening, settings) if ready_fd is None else partial(report_ready, ready_fd)
    with report_errors(), listening:
        if workers > 1:
            uvloop.run(serve_with_workers(settings, listening, workers, on_accepting))
            return
        from graph_api.cli.service import serve_here  # noqa: PLC0415 - the schema, which other commands do without

        uvloop.run(serve_here(settings, listening, on_accepting, writer))


def _listen(settings: Settings) -> socket.socket:
    """Bind the port before anything is started: a port in use is the most common error."""
    listening = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        stop(f"cannot listen on {where}: {error.strerror}; choose another GRAPH_API_PORT or --port", FAILED)
    return listening


def print_ready(listening: socket.socket, settings: Settings) -> None:
    """Print where the service and its dashboard are; only when the port accepts connections."""
    host, port = listening.getsockname()[:2]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    out.print(f"ready: [bold]{address}/graphql[/bold]", highlight=False)
    if settings.dashboard:
        out.print(f"dashboard: [bold]{address}/dashboard[/bold]", highlight=False)
