"""Processes of a benchmark: their CPU time, their cores, free ports, and waiting until they answer."""

import asyncio
import contextlib
import os
import socket
import subprocess  # noqa: TC003 - mypy and readers find it at the top
import urllib.request
from collections.abc import Iterable, Iterator
from pathlib import Path

HOST = "127.0.0.1"
PATIENCE = 120.0
"""Seconds that a server has to start."""


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port: int = free.getsockname()[1]
        return port


def cpu_seconds(pid: int) -> float:
    """The CPU time that a process has used so far, in user and system mode, all threads."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def family(pid: int) -> Iterator[int]:
    """A process and its descendants."""
    yield pid
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text(encoding="utf-8").split():
                yield from family(int(child))


def cpu_seconds_of(pids: Iterable[int]) -> float:
    """The CPU time of several processes so far; those that have ended count nothing."""
    total = 0.0
    for pid in pids:
        with contextlib.suppress(OSError):
            total += cpu_seconds(pid)
    return total


def pin(pid: int, core: int) -> None:
    """Keep a process, with the threads that it has and will have, on one core. Without two cores, does nothing."""
    if (os.cpu_count() or 1) == 1:
        return
    with contextlib.suppress(OSError, ValueError):  # a thread ended meanwhile, or this container lacks the core
        for task in Path(f"/proc/{pid}/task").iterdir():
            os.sched_setaffinity(int(task.name), {core})


def get(url: str) -> str:
    """The body of a reply.

    Raises:
        OSError: nothing listens, or the status is an error.
    """
    with urllib.request.urlopen(url, timeout=60) as reply:  # noqa: S310 - an address on this machine
        body: bytes = reply.read()
        return body.decode()


def post(url: str, body: bytes) -> bytes:
    """The reply to a request with a JSON body.

    Raises:
        OSError: nothing listens, or the status is an error.
    """
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 - as above
    with urllib.request.urlopen(request, timeout=60) as reply:  # noqa: S310
        whole: bytes = reply.read()
        return whole


async def wait_until_up(name: str, process: "subprocess.Popen[bytes]", url: str, body: bytes) -> None:
    """Wait until a server answers a request.

    Raises:
        RuntimeError: it stopped, or does not answer in time.
    """
    for _ in range(int(PATIENCE / 0.2)):
        if process.poll() is not None:
            raise RuntimeError(f"{name} stopped with exit code {process.returncode}")
        with contextlib.suppress(OSError):
            await asyncio.to_thread(post, url, body)
            return
        await asyncio.sleep(0.2)
    raise RuntimeError(f"{name} does not answer after {PATIENCE:g} s")
