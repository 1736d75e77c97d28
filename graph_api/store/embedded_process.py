"""The child process that holds the embedded engine. Started by `graph_api.store.embedded`, not by people.

    python -m graph_api.store.embedded_process FOLDER BOLT_PORT HTTP_PORT HEAP_MB

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
from pathlib import Path
from typing import TextIO

DATABASE = "graph"
IN_USE, FAILED = 3, 4
PR_SET_PDEATHSIG = 1

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


def main(folder: Path, bolt_port: int, http_port: int, heap_mb: int) -> int:
    """Hold the engine until told to stop; returns the exit code."""
    report = os.fdopen(os.dup(1), "w")
    lock = take_lock(folder)
    if lock is None:
        say(report, error="in use", pid=holder(folder))
        return IN_USE
    die_with_parent()
    os.chdir(folder)
    Path("log").mkdir(exist_ok=True)
    Path("logging.properties").write_text(LOGGING, encoding="utf-8")
    console = os.open("log/console.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(console, 1)
    os.dup2(console, 2)
    # Blocked here, before the engine's threads inherit the mask, so that only the wait below sees them.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    try:
        server = start_engine(folder, bolt_port, http_port, heap_mb)
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent must be told
        say(report, error=str(error))
        return FAILED
    say(report, port=bolt_port)
    while signal.sigwait({signal.SIGTERM, signal.SIGINT}) is signal.SIGINT:
        pass  # Ctrl-C reaches the whole terminal; the parent decides the order of stopping
    server.stop()
    return 0


def start_engine(folder: Path, bolt_port: int, http_port: int, heap_mb: int):  # type: ignore[no-untyped-def]  # noqa: ANN201 - untyped library
    """Start the engine on loopback."""
    from arcadedb_embedded.server import ArcadeDBServer  # noqa: PLC0415 - only this process loads it

    server = ArcadeDBServer(
        root_path=str(folder / "engine"),
        root_password=(folder / "password").read_text(encoding="utf-8"),
        config={
            "mode": "development",  # in production it does not say which key a write violated
            "host": "localhost",
            "http_port": http_port,
            "bolt_port": bolt_port,
            "server_plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
        },
        jvm_kwargs={
            "heap_size": f"{heap_mb}m",
            # -Xrs leaves signals to Python.
            "jvm_args": ["-Xrs", "-Djava.util.logging.config.file=logging.properties"],
        },
    )
    server.start()
    server.create_database(DATABASE)
    return server


def take_lock(folder: Path) -> TextIO | None:
    """The folder's lock, or None if another process has it. Any death of this process gives it back."""
    lock = (folder / "lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def holder(folder: Path) -> int | None:
    """The process that has the folder's lock."""
    with contextlib.suppress(OSError, ValueError):
        return int((folder / "lock").read_text(encoding="utf-8"))
    return None


def die_with_parent() -> None:
    """Stop when the parent is gone: its end of our standard input closes; on Linux the kernel sends SIGTERM too."""

    def watch() -> None:
        while os.read(0, 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def say(report: TextIO, **what: object) -> None:
    """One JSON line to the parent."""
    print(json.dumps(what), file=report, flush=True)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *map(int, sys.argv[2:5])))
