"""The child process that holds the embedded engine. Started by `graph_api.store.embedded`, not by people.

    python -m graph_api.store.embedded_process FOLDER BOLT_PORT HEAP_MB

It reads the password from FOLDER/password, writes one JSON line to standard output when it listens (or why it cannot),
and stops on SIGTERM, or when its standard input closes, which happens however its parent dies.
"""

import contextlib
import ctypes
import fcntl
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TextIO

DATABASE = "graph"
LOOPBACK = "127.0.0.1"
FAILED = 1
PR_SET_PDEATHSIG = 1
ORPHAN_PATIENCE = 20.0
"""Seconds that an engine whose parent is gone has to stop cleanly."""

JVM = [
    "-Xrs",  # leaves signals to Python
    "-XX:+ExitOnOutOfMemoryError",  # dead and started again beats alive without half of its threads
    "-XX:MaxDirectMemorySize=64m",  # as much again as the heap, unless capped
    "-XX:MaxMetaspaceSize=192m",
    "-XX:ReservedCodeCacheSize=96m",
    "-Djava.util.logging.config.file=logging.properties",
]

LOGGING = """\
handlers = java.util.logging.FileHandler
.level = INFO
java.util.logging.FileHandler.pattern = log/engine.%g.log
java.util.logging.FileHandler.limit = 2000000
java.util.logging.FileHandler.count = 3
java.util.logging.FileHandler.append = true
java.util.logging.FileHandler.formatter = java.util.logging.SimpleFormatter
java.util.logging.SimpleFormatter.format = %1$tFT%1$tT %4$s %3$s %5$s%6$s%n
"""


def main(folder: Path, bolt_port: int, heap_mb: int) -> int:
    """Hold the engine until told to stop; returns the exit code."""
    report = os.fdopen(os.dup(1), "w")
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, signal.SIG_DFL)  # under nohup, or in a shell's background, some are inherited as ignored
    # Blocked first, so that every thread inherits the mask and only the wait below sees them.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    die_with_parent()
    lock = take_lock(folder)
    if lock is None:
        pid, parent = holder(folder)
        say(report, error="in use", pid=pid, parent=parent)
        return FAILED
    os.chdir(folder)
    Path("log").mkdir(exist_ok=True)
    Path("logging.properties").write_text(LOGGING, encoding="utf-8")
    console = os.open("log/console.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(console, 1)
    os.dup2(console, 2)
    try:
        server = start_engine(folder, bolt_port, heap_mb)
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent must be told
        say(report, error=str(error))
        return FAILED
    say(report, port=bolt_port)
    while signal.sigwait({signal.SIGTERM, signal.SIGINT}) is signal.SIGINT:
        pass  # the parent decides when to stop
    server.stop()
    return 0


def start_engine(folder: Path, bolt_port: int, heap_mb: int):  # type: ignore[no-untyped-def]  # noqa: ANN201 - untyped library
    """Start the engine on loopback, where it listens for Bolt and nothing else."""
    try:
        from arcadedb_embedded.server import ArcadeDBServer  # noqa: PLC0415 - only this process loads it
    except ImportError as error:
        raise RuntimeError(
            f"its package is not there ({error}): pip install arcadedb-embedded, or set GRAPH_API_NEO4J_URI"
        ) from error

    # The engine would keep the password of its first start; FOLDER/password is the only one.
    (folder / "engine/config/server-users.jsonl").unlink(missing_ok=True)
    server = ArcadeDBServer(
        root_path=str(folder / "engine"),
        root_password=(folder / "password").read_text(encoding="utf-8"),
        config={
            "mode": "development",  # in production it does not say which key a write violated
            "host": LOOPBACK,
            "http_port": 0,  # any free port, since HTTP cannot be switched off before the start
            "bolt_port": bolt_port,
            "server_plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
        },
        jvm_kwargs={"heap_size": f"{heap_mb}m", "jvm_args": JVM},
    )
    server.start()
    server._java_server.getHttpServer().stopService()  # noqa: SLF001 - no public way
    server.create_database(DATABASE)
    return server


def take_lock(folder: Path) -> TextIO | None:
    """The folder's lock, or None if another process has it. Any death of this process gives it back.

    A holder whose own parent is gone is stopping, and is waited for.
    """
    lock = (folder / "lock").open("a+", encoding="utf-8")
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if alive(holder(folder)[1]):
                return None
            time.sleep(0.1)
        else:
            break
    lock.truncate(0)
    lock.write(f"{os.getpid()} {os.getppid()}")
    lock.flush()
    return lock


def holder(folder: Path) -> tuple[int, int]:
    """The process that has the folder's lock, and its parent."""
    while True:
        with contextlib.suppress(ValueError):
            pid, parent = map(int, (folder / "lock").read_text(encoding="utf-8").split())
            return pid, parent
        time.sleep(0.01)  # it writes this moment


def alive(pid: int) -> bool:
    """Whether a process exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def die_with_parent() -> None:
    """Stop when the parent is gone: its end of our standard input closes; on Linux the kernel sends SIGTERM too."""

    def watch() -> None:
        while os.read(0, 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(ORPHAN_PATIENCE)
        os._exit(FAILED)  # nobody else is left to insist

    threading.Thread(target=watch, daemon=True).start()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def say(report: TextIO, **what: object) -> None:
    """One JSON line to the parent."""
    print(json.dumps(what), file=report, flush=True)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *map(int, sys.argv[2:4])))
