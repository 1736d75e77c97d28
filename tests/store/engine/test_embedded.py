"""The embedded engine as a process: one a folder, on loopback, never outliving its parent, recovering from any death."""

import asyncio
import contextlib
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import neo4j
import pytest
from structlog.testing import capture_logs

from graph_api.store.engine import embedded
from graph_api.store.engine.embedded import DataFolderInUse, EmbeddedEngine, EmbeddedEngineFailed

PARENT = """
import asyncio, signal, sys
from pathlib import Path
from graph_api.store.engine.embedded import EmbeddedEngine

async def main():
    async with await EmbeddedEngine.start(Path(sys.argv[1])) as engine:
        print(engine.pid, flush=True)
        await asyncio.sleep(600)

def stop(*_): raise KeyboardInterrupt
signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGINT, signal.default_int_handler)  # which Python leaves out where SIGINT is ignored at its start
try:
    asyncio.run(main())
except KeyboardInterrupt:
    pass
"""
FLUSH = """
import os, sys
from pathlib import Path
from graph_api.store.engine.embedded_process import start_engine
os.chdir(sys.argv[1])
server = start_engine(Path(sys.argv[1]), int(sys.argv[2]), 256)
import jpype
setting = jpype.JClass("com.arcadedb.GlobalConfiguration").TX_WAL_FLUSH
database = server._java_server.getDatabase("graph")
print(setting.getValueAsInteger(), database.getConfiguration().getValueAsInteger(setting), flush=True)
server.stop()
os._exit(0)
"""
COLLECTORS = """
import gc, os, sys
from pathlib import Path
from graph_api.store.engine.embedded_process import separate_collectors, start_engine
os.chdir(sys.argv[1])
server = start_engine(Path(sys.argv[1]), int(sys.argv[2]), 256)
import jpype
of_jpype = len(gc.callbacks) > 0
separate_collectors()
beans = jpype.JClass("java.lang.management.ManagementFactory").getGarbageCollectorMXBeans()
print(of_jpype, len(gc.callbacks), gc.get_freeze_count() > 1000, *(bean.getName() for bean in beans), flush=True)
server.stop()
os._exit(0)
"""
LOOPBACK = {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}
TOO_MUCH = "RETURN reduce(text = 'x', i IN range(1, 40) | text + text) AS text"


def driver(engine: EmbeddedEngine) -> neo4j.AsyncDriver:
    return neo4j.AsyncGraphDatabase.driver(
        engine.uri, auth=(engine.user, engine.password), max_transaction_retry_time=0
    )


def alive(pid: int) -> bool:
    """Whether a process runs (one that is dead but not yet buried does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def environment_of(pid: int) -> str:
    return Path(f"/proc/{pid}/environ").read_text(encoding="utf-8")


def listeners(pid: int) -> list[tuple[str, int]]:
    """The addresses, in /proc's hexadecimal, and ports that a process listens on."""
    inodes = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            inodes.add(link.readlink().name)
    addresses = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            columns = line.split()
            if columns[3] == "0A" and f"socket:[{columns[9]}]" in inodes:
                address, _, port = columns[1].rpartition(":")
                addresses.append((address, int(port, 16)))
    return addresses


def jvm_arguments(pid: int) -> bytes:
    """The data that a Java runtime offers to the monitoring tools of its user."""
    (performance_data,) = Path("/tmp").glob(f"hsperfdata_*/{pid}")  # noqa: S108 - where Java keeps it, whatever TMPDIR is
    return performance_data.read_bytes()


async def test_it_keeps_data_alone_and_on_loopback(tmp_path: Path) -> None:
    async with await EmbeddedEngine.start(tmp_path, heap_mb=256) as engine, driver(engine) as connected:
        await connected.execute_query("CREATE (:Thing {id: 1})", database_=engine.database)

        with pytest.raises(
            DataFolderInUse, match=rf"{tmp_path} is in use by process {engine.pid}.*stop process {os.getpid()}"
        ):
            await EmbeddedEngine.start(tmp_path)
        ((address, port),) = listeners(engine.pid)
        assert address in LOOPBACK
        assert engine.uri == f"bolt://127.0.0.1:{port}"
        assert b"-Xmx256m" in jvm_arguments(engine.pid)
        assert stat.S_IMODE((tmp_path / "embedded").stat().st_mode) == 0o700
        assert stat.S_IMODE((tmp_path / "embedded/password").stat().st_mode) == 0o600
        password = engine.password
    assert not alive(engine.pid)
    await engine.stop()  # the second time does nothing

    async with await EmbeddedEngine.start(tmp_path) as again, driver(again) as connected:
        assert again.password == password
        assert await things(connected) == [1]


async def test_a_lost_password_is_replaced_and_the_data_kept(tmp_path: Path) -> None:
    async with await EmbeddedEngine.start(tmp_path) as engine, driver(engine) as connected:
        await connected.execute_query("CREATE (:Thing {id: 1})", database_=engine.database)
    (tmp_path / "embedded/password").unlink()

    async with await EmbeddedEngine.start(tmp_path) as again, driver(again) as connected:
        assert again.password != engine.password
        assert await things(connected) == [1]


@contextlib.contextmanager
def started_by_another(data_dir: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A process that started an engine, and the engine's."""
    command = [sys.executable, "-c", PARENT, str(data_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as parent:
        assert parent.stdout
        try:
            yield parent, int(parent.stdout.readline())
        finally:
            parent.kill()  # a failure must not become a wait without end


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_it_does_not_outlive_its_parent(tmp_path: Path, how: signal.Signals) -> None:
    with started_by_another(tmp_path) as (parent, child):
        os.killpg(parent.pid, how)  # as a terminal does on Ctrl-C
        assert parent.wait(30) == (-how if how is signal.SIGKILL else 0)
    deadline = time.monotonic() + 20
    while alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(child)
    assert "ArcadeDB Server is down" in (tmp_path / "embedded/log/engine.0.log").read_text()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_signals_that_were_ignored_at_the_start_stop_it_all_the_same(tmp_path: Path, how: signal.Signals) -> None:
    """As under nohup, or in the background of a shell."""
    ignored = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    before = {each: signal.signal(each, signal.SIG_IGN) for each in ignored}
    try:
        test_it_does_not_outlive_its_parent(tmp_path, how)
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


async def test_started_again_at_once_it_waits_for_the_orphan(tmp_path: Path) -> None:
    with started_by_another(tmp_path) as (parent, child):
        os.kill(child, signal.SIGSTOP)  # however long it may take to stop
        parent.kill()
    starting = asyncio.create_task(EmbeddedEngine.start(tmp_path))
    try:
        await asyncio.sleep(0.5)
        assert not starting.done()
    finally:
        os.kill(child, signal.SIGCONT)
    async with await starting:
        assert not alive(child)


async def test_nothing_acknowledged_is_lost_when_it_is_killed(tmp_path: Path) -> None:
    acknowledged: list[int] = []
    async with await EmbeddedEngine.start(tmp_path) as engine, driver(engine) as connected:
        uri = engine.uri

        async def write() -> None:
            for number in range(100_000):
                while True:
                    try:
                        await connected.execute_query("MERGE (:Thing {id: $id})", id=number, database_=engine.database)
                    except (neo4j.exceptions.DriverError, neo4j.exceptions.Neo4jError):
                        await asyncio.sleep(0.05)
                    else:
                        acknowledged.append(number)
                        break

        writing = asyncio.create_task(write())
        while len(acknowledged) < 50:
            assert not writing.done()
            await asyncio.sleep(0.01)
        os.kill(engine.pid, signal.SIGKILL)
        killed = len(acknowledged)
        while len(acknowledged) < killed + 50:
            assert not writing.done()
            await asyncio.sleep(0.01)
        writing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await writing

        assert (engine.restarts, engine.uri) == (1, uri)
        stored = await things(connected)
        assert set(acknowledged) <= set(stored)
        assert len(stored) == len(set(stored))


async def test_out_of_memory_it_is_started_again(tmp_path: Path) -> None:
    with capture_logs() as logs:
        async with await EmbeddedEngine.start(tmp_path, heap_mb=64) as engine, driver(engine) as connected:
            with pytest.raises(neo4j.exceptions.ServiceUnavailable):
                await connected.execute_query(TOO_MUCH, database_=engine.database)
            while engine.restarts == 0:
                await asyncio.sleep(0.05)
            assert await things(connected) == []
    assert ["OutOfMemoryError" in entry["said"] for entry in logs if entry["event"] == "embedded engine died"] == [True]


async def test_it_stays_down_when_it_cannot_be_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "RESTART_PAUSES", (0.0,))
    with capture_logs() as logs:
        async with await EmbeddedEngine.start(tmp_path) as engine:
            (tmp_path / "embedded/password").unlink()
            os.kill(engine.pid, signal.SIGKILL)
            while logs[-1:] == [] or logs[-1]["log_level"] != "critical":
                await asyncio.sleep(0.05)
    assert [entry["event"] for entry in logs] == [
        "embedded engine died",
        *["embedded engine did not start again"] * embedded.RESTART_TRIES,
        "embedded engine stays down",
    ]
    assert "No such file" in logs[1]["reason"]


@pytest.mark.parametrize(
    ("heap_mb", "ready_timeout", "why"),
    [(1, 60, "Too small maximum heap"), (8, 60, "OutOfMemoryError"), (512, 0.1, r" in 0\.1 s")],
)
async def test_a_failed_start_reports_the_reason(tmp_path: Path, heap_mb: int, ready_timeout: float, why: str) -> None:
    with pytest.raises(EmbeddedEngineFailed, match=f"(?s)the embedded engine did not start.*{why}"):
        await EmbeddedEngine.start(tmp_path, heap_mb=heap_mb, ready_timeout=ready_timeout)


async def test_a_data_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedEngineFailed, match=r"file cannot be used: .*Not a directory"):
        await EmbeddedEngine.start(tmp_path / "file")


async def test_its_process_gets_no_secret_of_the_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {
        "GRAPH_API_JWT_SECRET", "GRAPH_API_NEO4J_PASSWORD", "GRAPH_API_PSEUDONYM_KEY", "AWS_SECRET_ACCESS_KEY", "DATABASE_URL",
    }  # fmt: skip
    for name in secrets:
        monkeypatch.setenv(name, "not-for-children")
    async with await EmbeddedEngine.start(tmp_path) as engine:
        given = environment_of(engine.pid)
    assert "not-for-children" not in given
    names = {line.partition("=")[0] for line in given.split("\0")}
    assert "PATH" in names
    assert not {name for name in names if name.startswith("GRAPH_API_")}


def started_by(code: str, folder: Path, **variables: str) -> list[str]:
    """The words that a process prints which starts an engine in itself."""
    (folder / "password").write_text("a password of this test")
    command = [sys.executable, "-c", code, str(folder), str(embedded._free_port())]
    environment = os.environ | variables
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout.split()


def test_a_commit_flushes_the_log_to_the_disk(tmp_path: Path) -> None:
    assert started_by(FLUSH, tmp_path) == ["2", "2"]  # the server's, and that of the database


def test_the_collectors_of_python_and_java_run_apart(tmp_path: Path) -> None:
    of_jpype, left, is_frozen, *collectors = started_by(COLLECTORS, tmp_path)

    assert (of_jpype, left, is_frozen) == ("True", "0", "True")
    assert collectors == ["Copy", "MarkSweepCompact"]  # those of the serial collector


def test_an_operator_may_name_another_collector(tmp_path: Path) -> None:
    collectors = started_by(COLLECTORS, tmp_path, JAVA_TOOL_OPTIONS="-XX:+UseParallelGC")[3:]

    assert collectors == ["PS", "MarkSweep", "PS", "Scavenge"]


async def test_a_missing_package_is_reported_with_the_command_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "arcadedb_embedded.py").write_text("raise ImportError('not here')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    with pytest.raises(EmbeddedEngineFailed, match="pip install arcadedb-embedded"):
        await EmbeddedEngine.start(tmp_path)


async def things(connected: neo4j.AsyncDriver) -> list[int]:
    """The ids of all things, in order."""
    result = await connected.execute_query("MATCH (t:Thing) RETURN t.id AS id ORDER BY id", database_="graph")
    return [record["id"] for record in result.records]
