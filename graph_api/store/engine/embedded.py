"""The embedded engine: a child process on loopback, started when no database is configured.

It keeps its files and a generated password under `<data folder>/embedded`, serves one process at a time, and is started
again on the same port if it dies.
"""

import asyncio
import contextlib
import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self, cast

import structlog

from graph_api.store.engine.child_environment import engine_environment
from graph_api.store.engine.data_check import CHECKED
from graph_api.store.engine.data_counts import COUNTS
from graph_api.store.engine.data_damage import describe_damage
from graph_api.store.engine.embedded_process import DATABASE, LOOPBACK, holder

log = structlog.get_logger(__name__)

STOP_PATIENCE = 20.0
RESTART_TRIES = 5
RESTART_PAUSES = (0.0, 0.5, 1.0, 2.0, 5.0)
STABLE = 60.0
"""Seconds after which an engine that dies is started again without a pause."""
PORTS = range(15_000, 32_000)
"""Below those that the system gives to clients, so that nothing takes the engine's port while it is down."""
TAIL = 2_000
LEAST_FREE = 50_000_000
"""Bytes. The engine refuses to write on a full disk, and loses nothing, but does not say why."""
DISK_PAUSE = 5.0
CHECK_PAUSE = 0.1


class EmbeddedEngineFailed(Exception):
    """The engine did not start; the message holds the end of its log."""


class DataFolderInUse(EmbeddedEngineFailed):
    """Another process holds the data folder."""


class DataDamaged(EmbeddedEngineFailed):
    """The data folder is damaged; the message names what, and what to do."""


Check = Literal["refuse", "warn", "off"]
"""What damaged data lead to: no start; a start with a logged error; or no search for damage after a crash."""


class EmbeddedEngine:
    """A running embedded engine. Use it as a context manager, or call `stop`."""

    user = "root"
    database = DATABASE

    def __init__(self, folder: Path, password: str, heap_mb: int, patience: float, check: Check) -> None:
        self.password = password
        self.restarts = 0
        """How often it died and was started again."""
        self._folder = folder
        self._heap_mb = heap_mb
        self._patience = patience
        self._check: Check = check
        self._jvm_flags: Sequence[str] = ()
        self._port = _free_port()
        self._since = 0.0
        self._supervisor: asyncio.Task[None]
        self._disk_watch: asyncio.Task[None]
        self._process: asyncio.subprocess.Process

    @classmethod
    async def start(
        cls,
        data_dir: Path,
        *,
        heap_mb: int = 512,
        ready_timeout: float = 60.0,
        check: Check = "refuse",
        jvm_flags: Sequence[str] = (),
    ) -> Self:
        """Start the engine on a data folder, which is created if it is missing.

        Args:
            data_dir: the data folder; the engine lives in `embedded` under it.
            heap_mb: the most that its Java heap may grow to, in MB; the process takes up to about 200 MB more.
            ready_timeout: seconds that it has to start; a check of the data may take longer.
            check: what happens if the data are damaged.
            jvm_flags: more flags of its Java virtual machine.

        Raises:
            DataDamaged: the data are damaged, and `check` is not `warn`.
            DataFolderInUse: another process holds it.
            EmbeddedEngineFailed: it did not start within `ready_timeout` seconds, or reported an error.
        """
        folder, password = _prepared(data_dir)
        engine = cls(folder, password, heap_mb, ready_timeout, check)
        engine._jvm_flags = jvm_flags
        await engine._spawn("deep")
        engine._supervisor = asyncio.create_task(engine._supervise(), name="embedded-engine")
        engine._disk_watch = asyncio.create_task(engine._watch_disk(), name="embedded-engine-disk")
        return engine

    @property
    def uri(self) -> str:
        """Where it listens; the same for its whole life, restarts included."""
        return f"bolt://{LOOPBACK}:{self._port}"

    @property
    def pid(self) -> int:
        """The process that holds it now."""
        return self._process.pid

    async def stop(self, patience: float = STOP_PATIENCE) -> None:
        """Stop it: ask, wait for some seconds, and in the end insist. Does nothing the second time."""
        tasks = self._supervisor, self._disk_watch
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), patience)
        except TimeoutError:
            log.warning("embedded engine does not stop and is killed", pid=self.pid)
            await self._kill()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _spawn(self, depth: Literal["deep", "quick"]) -> None:
        self._since = time.time()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",  # a module in the working directory is not ours
            "-m",
            "graph_api.store.engine.embedded_process",
            str(self._folder),
            *map(str, (self._port, self._heap_mb)),
            self._check,
            depth,
            env=engine_environment(os.environ, self._jvm_flags),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,  # Ctrl-C in a terminal is the parent's to handle
        )
        stdout, stderr = cast("tuple[asyncio.StreamReader, ...]", (self._process.stdout, self._process.stderr))
        try:
            said = await self._heard(stdout)
        except TimeoutError:
            await self._kill()
            log_end = self._said("engine.0.log")
            raise EmbeddedEngineFailed(
                f"the embedded engine did not start in {self._patience:g} s: {log_end}"
            ) from None
        except asyncio.CancelledError:
            await self._kill()
            raise
        if "port" in said:
            if said["damage"]:
                log.error("the data are damaged and used nevertheless", damage=said["damage"])
            (self._folder / "port").write_text(str(self._port), encoding="utf-8")
            return
        code = await self._process.wait()
        if "damage" in said:
            raise DataDamaged(describe_damage(self._folder.parent, said["damage"]))
        if "pid" in said:
            raise DataFolderInUse(
                f"the data folder {self._folder.parent} is in use by process {said['pid']}, started by process "
                f"{said['parent']}: stop process {said['parent']}, or choose another folder with GRAPH_API_DATA_DIR"
            )
        said_first = (await stderr.read()).decode(errors="replace")
        reasons = (
            said.get("error", f"exit code {code}"),
            said_first,
            self._said("console.log"),
            self._said("engine.0.log"),
        )
        raise EmbeddedEngineFailed("the embedded engine did not start: " + "\n".join(filter(None, reasons)))

    async def _heard(self, stdout: asyncio.StreamReader) -> dict[str, Any]:
        """What the process reports last of its start; every line before that it goes on gives it time again."""
        while True:
            said: dict[str, Any] = json.loads(await asyncio.wait_for(stdout.readline(), self._patience) or "{}")
            if "checking" not in said:
                return said

    async def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    async def _supervise(self) -> None:
        """Start it again whenever it dies, after a pause that grows while it keeps dying."""
        troubles, last = 0, -STABLE
        while True:
            code = await self._process.wait()
            now = time.monotonic()
            troubles, last = (troubles + 1 if now - last < STABLE else 0), now
            log.error("embedded engine died", exit_code=code, said=self._said("console.log"))
            for _ in range(RESTART_TRIES):
                await asyncio.sleep(RESTART_PAUSES[min(troubles, len(RESTART_PAUSES) - 1)])
                try:
                    await self._spawn("quick")
                except (EmbeddedEngineFailed, OSError) as failure:
                    troubles += 1
                    log.error("embedded engine did not start again", reason=str(failure))  # noqa: TRY400 - it says it all
                else:
                    self.restarts += 1
                    log.info("embedded engine is back", restarts=self.restarts, pid=self.pid)
                    break
            else:
                log.critical("embedded engine stays down")
                return

    async def _watch_disk(self) -> None:
        """Say in time that the disk is getting full, and when it is not any more."""
        low = False
        while True:
            with contextlib.suppress(OSError):
                free = shutil.disk_usage(self._folder).free
                if low is not (low := free < LEAST_FREE):
                    say = log.error if low else log.info
                    say("the disk is nearly full" if low else "the disk has room again", free_bytes=free)
            await asyncio.sleep(DISK_PAUSE)

    def _said(self, name: str) -> str:
        """The end of a log, if this start of the engine wrote to it."""
        with contextlib.suppress(OSError):
            path = self._folder / "log" / name
            if path.stat().st_mtime >= self._since:
                return path.read_text(encoding="utf-8", errors="replace")[-TAIL:].strip()
        return ""


class RunningEngine(NamedTuple):
    """Where an engine is that another process started."""

    uri: str
    user: str
    password: str
    database: str


def find_running(data_dir: Path) -> RunningEngine | None:
    """The engine that a running service holds on a data folder; None if no service holds it.

    It is one more client: students are locked in the database, as between the instances of a service.
    """
    folder = data_dir.absolute() / "embedded"
    try:
        with (folder / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        pass
    except OSError:
        return None
    else:
        return None
    try:
        port, password = ((folder / name).read_text(encoding="utf-8") for name in ("port", "password"))
    except OSError:
        return None
    return RunningEngine(f"bolt://{LOOPBACK}:{port}", EmbeddedEngine.user, password, EmbeddedEngine.database)


async def check_running(data_dir: Path) -> None:
    """Have the engine that a running service holds check its data, while it is in use.

    An engine of a version without checks is left alone.

    Raises:
        DataDamaged: the data are damaged.
        EmbeddedEngineFailed: the engine stopped meanwhile.
    """
    data_dir = await asyncio.to_thread(data_dir.absolute)
    folder = data_dir / "embedded"
    if not (folder / COUNTS).exists():
        return
    (folder / CHECKED).unlink(missing_ok=True)
    pid, _ = holder(folder)
    os.kill(pid, signal.SIGUSR1)
    while not (folder / CHECKED).exists():
        if find_running(data_dir) is None or holder(folder)[0] != pid:
            raise EmbeddedEngineFailed("the embedded engine stopped during the check of its data: try again")
        await asyncio.sleep(CHECK_PAUSE)
    if faults := json.loads((folder / CHECKED).read_bytes()):
        raise DataDamaged(describe_damage(data_dir, "\n".join(faults)))


def _prepared(data_dir: Path) -> tuple[Path, str]:
    """The engine's folder and its password, generated once; both for their owner only."""
    folder = data_dir.absolute() / "embedded"
    path = folder / "password"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        if path.exists() and (password := path.read_text(encoding="utf-8")):
            return folder, password
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
            file.write(password := secrets.token_urlsafe(32))
    except OSError as error:
        raise EmbeddedEngineFailed(f"the data folder {data_dir} cannot be used: {error}") from error
    return folder, password


def _free_port() -> int:
    while True:
        port = PORTS[secrets.randbelow(len(PORTS))]
        with contextlib.suppress(OSError), socket.socket() as candidate:
            candidate.bind((LOOPBACK, port))
            return port
