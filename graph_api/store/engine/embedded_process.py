"""The child process that holds the embedded engine. Started by `graph_api.store.engine.embedded`, not by people.

    python -m graph_api.store.engine.embedded_process FOLDER BOLT_PORT HEAP_MB CHECK DEPTH

It reads the password from FOLDER/password and writes JSON lines to standard output: that it is checking the data, then
that it listens, or why it cannot. It stops on SIGTERM, or when its standard input closes, which happens however its
parent dies. On SIGUSR1 it checks the data and writes the findings to FOLDER/checked.json.

CHECK is what damaged data lead to: `refuse` does not start, `warn` starts and reports the damage, `off` starts without
the engine's check after a crash. DEPTH is `deep`, or `quick` for a start again after a death of the engine alone, which
leaves what it wrote to the operating system.
"""

import contextlib
import fcntl
import gc
import json
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from graph_api.store.engine.child_environment import JVM_OPTIONS
from graph_api.store.engine.class_cache import use_flags
from graph_api.store.engine.data_check import DamagedData
from graph_api.store.engine.data_guard import DataGuard
from graph_api.store.engine.parent import end_with_parent

DATABASE = "graph"
LOOPBACK = "127.0.0.1"
FAILED = 1
ORPHAN_PATIENCE = 20.0
"""Seconds that an engine whose parent is gone has to stop cleanly."""

DATABASE_FOLDER = f"engine/databases/{DATABASE}"
HEARTBEAT = 5.0
"""Seconds between two lines to the parent while a check goes on, which takes as long as the data are large."""

JVM = [
    "-Darcadedb.bucketReuseSpaceMode=low",  # otherwise every 5 s a write reads all answers, in search of free space
    "-Darcadedb.txWalFlush=2",  # a commit is acknowledged when its log is on the disk: it survives a power cut
    "-Xrs",  # leaves signals to Python
    "-XX:+ExitOnOutOfMemoryError",  # dead and started again beats alive without half of its threads
    "-XX:MaxDirectMemorySize=64m",  # as much again as the heap, unless capped
    "-XX:MaxMetaspaceSize=192m",
    "-XX:ReservedCodeCacheSize=96m",
    "-Djava.util.logging.config.file=logging.properties",
]

SERIAL_UP_TO_MB = 1024
"""The largest heap of the serial collector."""

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


def main(folder: Path, bolt_port: int, heap_mb: int, check: str, *, deep: bool) -> int:
    """Run the engine until a signal stops it; returns the exit code."""
    report = os.fdopen(os.dup(1), "w")
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, signal.SIG_DFL)  # under nohup, or in a shell's background, some are inherited as ignored
    # Blocked first, so that every thread inherits the mask and only the wait below sees them.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT, signal.SIGUSR1})
    end_with_parent(ORPHAN_PATIENCE)
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
    guard = DataGuard(folder, folder / DATABASE_FOLDER, check, deep=deep)
    try:
        with heartbeat(report):
            guard.before_start()
        server = start_engine(folder, bolt_port, heap_mb)
        separate_collectors()
        with heartbeat(report):
            vouch(server, guard)
    except DamagedData as damaged:
        say(report, damage=str(damaged))
        return FAILED
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent must be told
        say(report, error=str(error))
        return FAILED
    say(report, port=bolt_port, damage="\n".join(guard.accepted))
    signals = {signal.SIGTERM, signal.SIGINT, signal.SIGUSR1}
    while (received := signal.sigwait(signals)) is not signal.SIGTERM:  # the parent decides when to stop, not SIGINT
        if received is signal.SIGUSR1:
            threading.Thread(target=guard.check_in_use, daemon=True).start()
    guard.before_stop()
    server.stop()
    guard.seal()
    return 0


def collector_flags(heap_mb: int) -> list[str]:
    """The flag of Java's collector: the serial one, which takes half of the CPU time that G1 takes.

    A full collection stops all threads, for 0.1 s in a heap of 512 MB. So a large heap has the collector that Java
    chooses, and an operator may name another one.

    >>> collector_flags(512), collector_flags(4096)
    (['-XX:+UseSerialGC'], [])
    """
    is_named = re.search(r"-XX:\+Use\w+GC\b", os.environ.get(JVM_OPTIONS, ""))
    return [] if is_named or heap_mb > SERIAL_UP_TO_MB else ["-XX:+UseSerialGC"]


def separate_collectors() -> None:
    """Keep the collectors of Python and Java apart: JPype runs each of them after the other.

    A full collection of the engine holds up all statements. Python's takes tens of milliseconds, unless what the start
    has made is exempt. This process makes nothing after its start that Java would have to know of.
    """
    gc.callbacks.clear()  # JPype's, which runs Java's collector
    gc.collect()
    gc.freeze()


def vouch(server, guard: DataGuard) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - untyped library
    """Check the data of an engine that has started, and stop it if they are damaged.

    Raises:
        DamagedData: the data are damaged; the engine does not run.
    """
    try:
        guard.after_start(server._java_server.getDatabase(DATABASE))  # noqa: SLF001 - checks need the engine's own
    except BaseException:
        server.stop()
        raise


def start_engine(folder: Path, bolt_port: int, heap_mb: int):  # type: ignore[no-untyped-def]  # noqa: ANN201 - untyped library
    """Start the engine on loopback, where it listens for Bolt and nothing else."""
    try:
        from arcadedb_embedded.server import ArcadeDBServer  # noqa: PLC0415 - only this process loads it
    except ImportError as error:
        raise RuntimeError(
            f"its package is not installed ({error}): pip install arcadedb-embedded, or set GRAPH_API_NEO4J_URI"
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
        jvm_kwargs={"heap_size": f"{heap_mb}m", "jvm_args": [*JVM, *collector_flags(heap_mb), *use_flags()]},
    )
    server.start()
    server._java_server.getHttpServer().stopService()  # noqa: SLF001 - no public way
    server.create_database(DATABASE)
    return server


@contextlib.contextmanager
def heartbeat(report: TextIO) -> Iterator[None]:
    """Report again and again that a check goes on."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(HEARTBEAT):
            say(report, checking=True)

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


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


def say(report: TextIO, **what: object) -> None:
    """One JSON line to the parent."""
    print(json.dumps(what), file=report, flush=True)


if __name__ == "__main__":
    port, heap = map(int, sys.argv[2:4])
    sys.exit(main(Path(sys.argv[1]), port, heap, sys.argv[4], deep=sys.argv[5] == "deep"))
