"""The service and its commands as processes of their own, as people start them."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from graph_api.store.engine.embedded import EmbeddedEngine


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """This process's environment without settings of the service, plus those given."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GRAPH_API_")}
    return clean | {"GRAPH_API_DATA_DIR": str(folder), "GRAPH_API_WARM_UP_SECONDS": "0", **settings}


def command(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "graph_api", *arguments],
        cwd=folder, env=environment(folder / "data", **settings), capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip


@contextlib.asynccontextmanager
async def engine(folder: Path) -> AsyncIterator[None]:
    """The engine on the data of commands, which use it instead of starting one each: half of a command's time."""
    async with await EmbeddedEngine.start(folder / "data"):
        yield


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextlib.contextmanager
def service(folder: Path, *arguments: str, **settings: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The service, until it is ready."""
    with service_at(free_port(), 150.0, folder, *arguments, **settings) as running:
        yield running


@contextlib.contextmanager
def service_at(
    port: int, patience: float, folder: Path, /, *arguments: str, **settings: str
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The running service on a port, ready within `patience` seconds."""
    with (folder / "serve.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "graph_api", "serve", "--port", str(port), *arguments],
            cwd=folder, env=environment(folder / "data", **settings), stdout=log, stderr=log, text=True,
        )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: get(url + "/readyz")[0] == 200, process, folder, patience)
        yield process, url
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def demo_data(folder: Path, patience: float) -> Path:
    """A data folder with the demo class, for services to copy: to load the class takes long."""
    with service_at(free_port(), patience, folder) as (process, _):
        process.send_signal(signal.SIGTERM)
        assert process.wait(patience) == 0
    return folder / "data"


def wait_for(condition: Any, process: subprocess.Popen[str], folder: Path, patience: float = 150.0) -> None:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        assert process.poll() is None, (folder / "serve.log").read_text()
        with contextlib.suppress(OSError):
            if condition():
                return
        time.sleep(0.1)
    pytest.fail((folder / "serve.log").read_text())


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=10) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def ask(url: str, query: str) -> Any:
    request = urllib.request.Request(
        url + "/graphql", json.dumps({"query": query}).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as reply:
        return json.loads(reply.read())


def children(pid: int) -> list[int]:
    """The processes that a process has started, eldest first."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sorted(int(each) for task in tasks for each in (task / "children").read_text().split())


def arguments(pid: int) -> list[str]:
    """How a process was started; empty if it has ended."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    return []


def workers(pid: int) -> list[int]:
    """The workers of a service, eldest first."""
    return [each for each in children(pid) if "--writer" in arguments(each)]


def writers(pid: int) -> list[int]:
    """The process that records the answers of all workers of a service, if it lives."""
    return [each for each in children(pid) if "graph_api.cli.writer" in arguments(each)]


def child_of(pid: int) -> int:
    (child,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split() or (0,)
    return int(child)
