"""What a soak runs on: the embedded engine, a network in front of it, and the service with two workers."""

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.soaking.ledger import Ledger
from graph_api.store.engine.embedded import EmbeddedEngine
from tests.faults.proxy import Proxy, proxied
from tests.processes import workers, writers

OUTAGE = 5.0
"""Seconds that the network is away."""
RECOVERY = 60.0
"""Seconds that anything may take to be well again."""


@dataclass
class Stage:
    """Everything that runs, and how to break it."""

    engine: EmbeddedEngine
    network: Proxy
    process: "subprocess.Popen[bytes]"
    port: int
    tokens: Mapping[str, str]
    log: Path
    eldest: int = 0
    """The worker that is never killed, whose memory is looked at."""

    def memory(self) -> dict[str, int]:
        """Resident bytes of the eldest worker, of the writer and of the engine, of those that live."""
        resident = {}
        recording = [("writer", pid) for pid in writers(self.process.pid)]
        for name, pid in (("service", self.eldest), *recording, ("engine", self.engine.pid)):
            with contextlib.suppress(OSError, IndexError):
                pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
                resident[name] = pages * os.sysconf("SC_PAGE_SIZE")
        return resident

    async def ready(self) -> None:
        """Wait until all is well.

        Raises:
            TimeoutError: it does not become so.
        """
        await self._until(self._is_ready)

    async def _until(self, happened: Callable[[], bool]) -> None:
        async with asyncio.timeout(RECOVERY):  # other processes make no events
            while not await asyncio.to_thread(happened):  # noqa: ASYNC110
                await asyncio.sleep(0.2)

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=10) as reply:
                return reply.status == 200 and len(workers(self.process.pid) + writers(self.process.pid)) == WORKERS + 1  # noqa: PLR2004
        except OSError:
            return False

    async def kill_engine(self) -> None:
        """Kill -9 of the database; it is started again."""
        before = self.engine.restarts
        os.kill(self.engine.pid, signal.SIGKILL)
        await self._until(lambda: self.engine.restarts > before)

    async def kill_worker(self) -> None:
        """Kill -9 of a worker; its parent starts another."""
        victim = next(pid for pid in workers(self.process.pid) if pid != self.eldest)
        os.kill(victim, signal.SIGKILL)
        await self._until(lambda: victim not in workers(self.process.pid))

    async def kill_writer(self) -> None:
        """Kill -9 of the process that records answers; the parent starts another."""
        (victim,) = writers(self.process.pid)
        os.kill(victim, signal.SIGKILL)
        await self._until(lambda: victim not in writers(self.process.pid))

    async def cut_network(self) -> None:
        """Every connection to the database breaks, and none can be made for a while."""
        self.network.cut()
        await asyncio.sleep(OUTAGE)
        self.network.restore()

    async def stall_network(self) -> None:
        """Nothing gets through for a while, and nothing breaks."""
        self.network.stall()
        await asyncio.sleep(OUTAGE)
        self.network.restore()

    def faults(self, flood: Callable[[], Awaitable[None]]) -> Sequence[tuple[str, Callable[[], Awaitable[None]]]]:
        """All faults by name, in the order in which they come."""
        return (
            ("engine killed", self.kill_engine),
            ("network cut", self.cut_network),
            ("worker killed", self.kill_worker),
            ("writer killed", self.kill_writer),
            ("network stalled", self.stall_network),
            ("flood", flood),
        )


WORKERS = 2


async def break_in_turn(
    stage: Stage, ledger: Ledger, every: float, until: float, flood: Callable[[], Awaitable[None]]
) -> None:
    """A fault after the other, one each `every` seconds, as long as time is left to end it."""
    faults = stage.faults(flood)
    begin = time.monotonic() + every / 3
    for turn in range(10_000):
        if begin + turn * every > until - every / 2:
            return
        await asyncio.sleep(max(0.0, begin + turn * every - time.monotonic()))
        name, fault = faults[turn % len(faults)]
        with ledger.fault(name):
            await fault()
            await stage.ready()


@contextlib.asynccontextmanager
async def staged(folder: Path, settings: Mapping[str, str]) -> AsyncIterator[Stage]:
    """Everything started, in a folder; `settings` are more of the service's, without their prefix."""
    async with await EmbeddedEngine.start(folder / "data") as engine, proxied(engine.uri) as network:
        settings = {
            "NEO4J_URI": network.uri, "NEO4J_USER": engine.user, "NEO4J_PASSWORD": engine.password,
            "NEO4J_DATABASE": engine.database, "AUTH": "jwt", "JWT_SECRET": secrets.token_urlsafe(32),
            "DEVELOPMENT": "false", "LOG_FORMAT": "json", "DATA_DIR": str(folder / "unused"), **settings,
        }  # fmt: skip
        env = {name: value for name, value in os.environ.items() if not name.startswith("GRAPH_API_")}
        env |= {f"GRAPH_API_{name}": value for name, value in settings.items()}
        tokens = {role: await _token(role, folder, env) for role in ("service", "admin")}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [sys.executable, "-m", "graph_api", "serve", "--no-demo", "--port", str(port)]
        log = folder / "serve.log"
        with log.open("w") as output:
            process = subprocess.Popen(  # noqa: ASYNC220, S603 - our own command, watched below
                [*command, "--workers", str(WORKERS)], cwd=folder, env=env, stdout=output, stderr=output
            )
        try:
            stage = Stage(engine, network, process, port, tokens, log)
            await stage.ready()
            stage.eldest = workers(process.pid)[0]
            yield stage
        finally:
            process.terminate()
            await asyncio.to_thread(process.wait, 60)


async def _token(role: str, folder: Path, env: Mapping[str, str]) -> str:
    command = [sys.executable, "-m", "graph_api", "token", f"soak-{role}", "--role", role]
    made = await asyncio.create_subprocess_exec(*command, cwd=folder, env=dict(env), stdout=subprocess.PIPE)
    return (await made.communicate())[0].decode().strip()
