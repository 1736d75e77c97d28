"""Three services on one Neo4j under load. One is killed, the writer of one with workers, then the database.

Nothing acknowledged is lost or doubled.
"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from graph_api.domain.course.course import Concept
from graph_api.store.cypher_files import load
from graph_api.store.gateway import Gateway
from graph_api.store.packaged import packaged
from graph_api.usecases.course.edit_course import upsert_concepts
from tests.conftest import NOW
from tests.load import Load
from tests.neo4j.server import PASSWORD, READY, USER, free_port
from tests.processes import writers
from tests.sizes import size

pytestmark = pytest.mark.neo4j

CLIENTS, ANSWERS_EACH = 200, size(8, 25)
ROOT = Path(__file__).parents[2]


@contextmanager
def stopped(process: "subprocess.Popen[str]") -> Iterator["subprocess.Popen[str]"]:
    """A process that does not outlive the block."""
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def start_neo4j(folder: Path, port: int) -> "subprocess.Popen[str]":
    """A Neo4j of the test's own, when it is ready."""
    command = [sys.executable, "-m", "tests.neo4j.server", "--port", str(port), "--data", str(folder), "--heap", "1g"]
    with (folder.parent / "neo4j.log").open("a") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True)
    assert process.stdout
    assert process.stdout.readline().startswith(READY)
    return process


def start_api(folder: Path, uri: str, *options: str) -> tuple["subprocess.Popen[str]", str]:
    """A service on that database."""
    port = free_port()
    settings = {
        "NEO4J_URI": uri, "NEO4J_USER": USER, "NEO4J_PASSWORD": PASSWORD, "NEO4J_DATABASE": "neo4j",
        "PORT": str(port), "DEMO": "false", "LOG_LEVEL": "error", "DATA_DIR": str(folder),
    }  # fmt: skip
    env = {name: value for name, value in os.environ.items() if not name.startswith("GRAPH_API_")}
    env |= {f"GRAPH_API_{name}": value for name, value in settings.items()}
    with (folder / f"api-{port}.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "graph_api", "serve", *options], cwd=ROOT, env=env, stdout=log, stderr=log, text=True
        )
    return process, f"http://127.0.0.1:{port}"


async def ready(url: str) -> None:
    """Wait until a process can do its work."""
    async with httpx.AsyncClient() as http:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                if (await http.get(f"{url}/readyz")).is_success:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)
    raise AssertionError(f"{url} did not become ready")


@pytest.mark.timeout(300)
async def test_a_process_and_the_database_die_under_load(tmp_path: Path) -> None:
    port = free_port()
    uri, data = f"bolt://127.0.0.1:{port}", tmp_path / "neo4j"
    with ExitStack() as stack:
        neo4j = stack.enter_context(stopped(start_neo4j(data, port)))
        started = []
        for workers in ("1", "2", "1"):  # one after the other, as a rolling start does
            process, url = start_api(tmp_path, uri, "--workers", workers)
            stack.enter_context(stopped(process))
            await ready(url)
            started.append((process, url))
        statements = load(packaged("cypher"))
        async with Gateway.connect(
            uri, user=USER, password=PASSWORD, database="neo4j", statements=statements
        ) as gateway:
            await upsert_concepts(gateway, [Concept(f"c{n}", f"C{n}") for n in range(4)], NOW)
            posting = Load([url for _, url in started])
            recovered = {}

            async def reach(share: float) -> None:
                while posting.done < CLIENTS * ANSWERS_EACH * share:
                    await asyncio.sleep(0.01)

            async def progress(what: str) -> None:
                before, since = posting.done, time.monotonic()
                while posting.done < before + 50:
                    await asyncio.sleep(0.01)
                recovered[what] = round(time.monotonic() - since, 1)

            async def faults() -> None:
                await reach(0.2)
                started[0][0].send_signal(signal.SIGKILL)
                await progress("a service was killed")
                (writer,) = writers(started[1][0].pid)
                os.kill(writer, signal.SIGKILL)
                await progress("a writer was killed")
                await reach(0.6)
                neo4j.send_signal(signal.SIGKILL)
                neo4j.wait()
                restarting = asyncio.to_thread(start_neo4j, data, port)
                since = time.monotonic()
                stack.enter_context(stopped(await restarting))
                recovered["Neo4j was up again"] = round(time.monotonic() - since, 1)
                await progress("Neo4j was killed and started again")

            await asyncio.gather(faults(), *(posting.client(number, ANSWERS_EACH) for number in range(CLIENTS)))

            await posting.prove(gateway)
    print(f"{posting.done} answers; seconds to recover: {recovered}; refused and sent again: {posting.refused}")
    print(f"the longest wait of an answer: {posting.longest:.1f} s")
    assert posting.done == CLIENTS * ANSWERS_EACH
