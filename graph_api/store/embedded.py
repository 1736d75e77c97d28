"""The embedded engine: a child process on loopback, started when no database is configured.

It keeps its files and a generated password under `<data folder>/embedded`, serves one process at a time, and is started
again on the same port if it dies.
"""

import asyncio
import contextlib
import json
import os
import secrets
import socket
import sys
from pathlib import Path
from typing import Self, cast

import structlog

from graph_api.store.embedded_process import DATABASE, IN_USE

log = structlog.get_logger(__name__)

STOP_PATIENCE = 20.0
RESTART_PAUSES = (0.0, 0.5, 1.0, 2.0, 5.0)
TAIL = 2_000


class EmbeddedEngineFailed(Exception):
    """The engine did not start; the message holds the end of its log."""


class DataFolderInUse(EmbeddedEngineFailed):
    """Another process holds the data folder."""


class EmbeddedEngine:
    """A running embedded engine. Use it as a context manager, or call `stop`."""

    user = "root"
    database = DATABASE

    def __init__(self, folder: Path, heap_mb: int, patience: float) -> None:
        self._folder = folder
        self._heap_mb = heap_mb
        self._patience = patience
        self._bolt_port, self._http_port = _free_ports(2)
        self._supervisor: asyncio.Task[None] | None = None
        self._process: asyncio.subprocess.Process
        self.restarts = 0
        """How often it died and was started again."""

    @classmethod
    async def start(cls, data_dir: Path, *, heap_mb: int = 512, ready_timeout: float = 60.0) -> Self:
        """Start the engine on a data folder, which is made if it is not there.

        Raises:
            DataFolderInUse: another process holds it.
            EmbeddedEngineFailed: it did not start within `ready_timeout` seconds, or said why it cannot.
        """
        folder = _made(data_dir)
        engine = cls(folder, heap_mb, ready_timeout)
        engine.password = _password(folder / "password")
        await engine._spawn()
        engine._supervisor = asyncio.create_task(engine._supervise(), name="embedded-engine")
        return engine

    password: str

    @property
    def uri(self) -> str:
        """Where it listens; the same for its whole life, restarts included."""
        return f"bolt://127.0.0.1:{self._bolt_port}"

    @property
    def pid(self) -> int:
        """The process that holds it now."""
        return self._process.pid

    async def stop(self) -> None:
        """Stop it: ask, wait, and in the end insist. Does nothing the second time."""
        if self._supervisor:
            self._supervisor.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._supervisor
            self._supervisor = None
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), STOP_PATIENCE)
        except TimeoutError:
            log.warning("embedded engine does not stop and is killed", pid=self.pid)
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _spawn(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "graph_api.store.embedded_process",
            str(self._folder),
            *map(str, (self._bolt_port, self._http_port, self._heap_mb)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C in a terminal is the parent's to handle
        )
        said_on = cast("asyncio.StreamReader", self._process.stdout)
        try:
            line = await asyncio.wait_for(said_on.readline(), self._patience)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
            raise EmbeddedEngineFailed(f"it did not start in {self._patience:g} s; {self._log_tail()}") from None
        except asyncio.CancelledError:
            self._process.kill()
            raise
        said = json.loads(line or "{}")
        if "port" in said:
            return
        code = await self._process.wait()
        if code == IN_USE:
            raise DataFolderInUse(
                f"the data folder {self._folder.parent} is in use by process {said.get('pid')}: stop that, or choose "
                f"another folder with GRAPH_API_DATA_DIR"
            )
        raise EmbeddedEngineFailed(f"it did not start: {said.get('error', f'exit code {code}')}; {self._log_tail()}")

    async def _supervise(self) -> None:
        """Start it again whenever it dies, a few times in a row at most."""
        while True:
            code = await self._process.wait()
            for pause in RESTART_PAUSES:
                log.error("embedded engine died and is started again", exit_code=code, pause=pause)
                await asyncio.sleep(pause)
                try:
                    await self._spawn()
                except EmbeddedEngineFailed as failure:
                    log.error("embedded engine did not start", reason=str(failure))  # noqa: TRY400 - it says it all
                else:
                    self.restarts += 1
                    log.info("embedded engine is back", restarts=self.restarts)
                    break
            else:
                log.critical("embedded engine stays down")
                return

    def _log_tail(self) -> str:
        texts = []
        for name in ("console.log", "engine.0.log"):
            with contextlib.suppress(OSError):
                texts.append((self._folder / "log" / name).read_text(encoding="utf-8", errors="replace")[-TAIL:])
        return "the end of its log:\n" + "\n".join(text.strip() for text in texts)


def _made(data_dir: Path) -> Path:
    """The engine's folder, for its owner only."""
    folder = data_dir.absolute() / "embedded"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise EmbeddedEngineFailed(f"the data folder {data_dir} cannot be used: {error}") from error
    return folder


def _password(path: Path) -> str:
    """The engine's password, generated once and readable by its owner only."""
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(32))
    return path.read_text(encoding="utf-8")


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
