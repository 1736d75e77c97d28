"""`graph-api serve`."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
import uvloop
from starlette.applications import Starlette

from graph_api.app import health
from graph_api.app.application import create_app
from graph_api.cli.console import FAILED, out, progress_bar, report_errors, settings_for_command, stop
from graph_api.cli.http_protocol import HttpProtocol
from graph_api.cli.workers import report_ready, serve_with_workers
from graph_api.config import Settings
from graph_api.schema.services import Services
from graph_api.usecases.answers.warm_up import warm_up
from graph_api.usecases.operations.load_demo import load_demo

GRACE_SECONDS = 20


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
    settings = settings_for_command(host=host, port=port, data_dir=data_dir, demo=demo)
    listening = _listen(settings) if fd is None else socket.socket(fileno=fd)
    on_accepting = partial(print_ready, listening) if ready_fd is None else partial(report_ready, ready_fd)
    with report_errors(), listening:
        uvloop.run(
            _serve(settings, listening, on_accepting, writer)
            if workers == 1
            else serve_with_workers(settings, listening, workers, on_accepting)
        )


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


class Server(uvicorn.Server):
    """uvicorn, which reports that its port accepts connections.

    Its signals are handled here: they may come before it serves, and after.
    """

    def __init__(self, config: uvicorn.Config, on_accepting: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_accepting = on_accepting

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then report it."""
        await super().startup(sockets)
        self._on_accepting()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Install no handlers."""
        yield


def print_ready(listening: socket.socket) -> None:
    """Print where the service is; only when the port accepts connections."""
    host, port = listening.getsockname()[:2]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    out.print(f"ready: [bold]{address}/graphql[/bold]", highlight=False)


async def _serve(
    settings: Settings, listening: socket.socket, on_accepting: Callable[[], None], writer: Path | None
) -> None:
    app = create_app(settings, writer=writer)
    config = uvicorn.Config(
        app,
        lifespan="off",  # run below, so that a database error is reported in one line
        log_config=None,
        access_log=False,
        http=HttpProtocol.within(settings.head_seconds),
        ws="websockets-sansio",
        ws_max_size=settings.body_bytes,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = Server(config, on_accepting)
    warms_up = 0.0 if writer else settings.warm_up_seconds  # the writer has warmed up
    starting = asyncio.create_task(_prepare_and_serve(app, server, settings, listening, warms_up))

    def stop_now() -> None:
        server.should_exit = True
        if not server.started:
            starting.cancel()

    def drain() -> None:
        """Report as not ready, serve for a while, then stop. A second signal stops at once."""
        if not server.started or settings.drain_seconds == 0 or health.is_draining(app):
            stop_now()
        else:
            health.drain(app)
            loop.call_later(settings.drain_seconds, stop_now)

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, stop_now)
    loop.add_signal_handler(signal.SIGTERM, drain)
    with contextlib.suppress(asyncio.CancelledError):
        await starting


async def _prepare_and_serve(
    app: Starlette, server: Server, settings: Settings, listening: socket.socket, warms_up: float
) -> None:
    async with app.router.lifespan_context(app):
        services: Services = app.state.services
        if settings.demo:
            await _load_demo(services)
        await warm_up(services.gateway, services.topic_set, services.clock, warms_up)
        await server.serve(sockets=[listening])


async def _load_demo(services: Services) -> None:
    with progress_bar() as bar:
        task = bar.add_task("loading the demo class", total=None, visible=False)

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, visible=True)

        await load_demo(services.gateway, services.intake, services.clock(), show)
