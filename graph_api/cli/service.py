"""The service in this process: it is prepared, listens, and drains when a signal stops it."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from graph_api.app import health
from graph_api.app.application import create_app
from graph_api.cli.console import progress_bar
from graph_api.cli.http_protocol import HttpProtocol
from graph_api.config import Settings
from graph_api.schema.services import Services
from graph_api.usecases.answers.warm_up import warm_up
from graph_api.usecases.operations.load_demo import load_demo

GRACE_SECONDS = 20


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


async def serve_here(
    settings: Settings, listening: socket.socket, on_accepting: Callable[[], None], writer: Path | None
) -> None:
    """Serve until a signal stops the process. Answers are recorded by another process if `writer` is its socket."""
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
