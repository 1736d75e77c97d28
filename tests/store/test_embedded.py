"""The embedded engine as a process: one a folder, on loopback, never outliving its parent, recovering from kill -9."""

import asyncio
import contextlib
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import neo4j
import pytest

from graph_api.store.embedded import DataFolderInUse, EmbeddedEngine, EmbeddedEngineFailed

PARENT = """
import asyncio, sys
from pathlib import Path
from graph_api.store.embedded import EmbeddedEngine

async def main():
    async with await EmbeddedEngine.start(Path(sys.argv[1])) as engine:
        print(engine.pid, flush=True)
        await asyncio.sleep(600)

import signal
def stop(*_): raise KeyboardInterrupt
signal.signal(signal.SIGTERM, stop)
try:
    asyncio.run(main())
except KeyboardInterrupt:
    pass
"""


def driver(engine: EmbeddedEngine) -> neo4j.AsyncDriver:
    return neo4j.AsyncGraphDatabase.driver(engine.uri, auth=(engine.user, engine.password))


def alive(pid: int) -> bool:
    """Whether a process runs (one that is dead but not yet buried does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def listeners(pid: int) -> set[str]:
    """The addresses a process listens on, in /proc's hexadecimal."""
    inodes = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            inodes.add(link.readlink().name)
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            columns = line.split()
            if columns[3] == "0A" and f"socket:[{columns[9]}]" in inodes:
                found.add(columns[1].rpartition(":")[0])
    return found


async def test_it_keeps_data_alone_and_on_loopback(tmp_path: Path) -> None:
    async with await EmbeddedEngine.start(tmp_path, heap_mb=256) as engine, driver(engine) as connected:
        await connected.execute_query("CREATE (:Thing {id: 1})", database_=engine.database)

        with pytest.raises(DataFolderInUse, match=rf"{tmp_path} is in use by process {engine.pid}: stop that"):
            await EmbeddedEngine.start(tmp_path)
        assert listeners(engine.pid) <= {"0100007F", "0000000000000000FFFF00000100007F"}
        assert listeners(engine.pid)
        assert "-Xmx256m" in _jvm_flags(engine.pid)
        assert stat.S_IMODE((tmp_path / "embedded").stat().st_mode) == 0o700
        assert stat.S_IMODE((tmp_path / "embedded/password").stat().st_mode) == 0o600
        password = engine.password

    assert not alive(engine.pid)
    async with await EmbeddedEngine.start(tmp_path) as again, driver(again) as connected:
        assert again.password == password
        found = await connected.execute_query("MATCH (t:Thing) RETURN t.id AS id", database_=again.database)
        assert [record["id"] for record in found.records] == [1]
    await again.stop()  # the second time does nothing


def _jvm_flags(pid: int) -> str:
    """The heap option as the engine's process was asked for it."""
    heap = Path(f"/proc/{pid}/cmdline").read_text().split("\0")[-2]
    return f"-Xmx{heap}m"


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "asked to stop"])
def test_it_does_not_outlive_its_parent(tmp_path: Path, how: signal.Signals) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    with parent.stdout:
        child = int(parent.stdout.readline())
        parent.send_signal(how)
        assert parent.wait(30) == (-how if how is signal.SIGKILL else 0)
    deadline = time.monotonic() + 20
    while alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
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
            await asyncio.sleep(0.01)
        os.kill(engine.pid, signal.SIGKILL)
        before = len(acknowledged)
        while len(acknowledged) < before + 50:
            assert not writing.done()
            await asyncio.sleep(0.01)
        writing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await writing

        assert (engine.restarts, engine.uri) == (1, uri)
        found = await connected.execute_query(
            "MATCH (t:Thing) RETURN t.id AS id ORDER BY id", database_=engine.database
        )
        stored = [record["id"] for record in found.records]
        assert set(acknowledged) <= set(stored)
        assert len(stored) == len(set(stored))


async def test_a_start_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedEngineFailed, match=r"(?s)did not start.*heap"):
        await EmbeddedEngine.start(tmp_path, heap_mb=1)
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedEngineFailed, match="cannot be used"):
        await EmbeddedEngine.start(tmp_path / "file")
