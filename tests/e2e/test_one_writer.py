"""Workers on the embedded engine hand their answers to one process; it may die, and so may they."""

import asyncio
import os
import signal
import stat
from pathlib import Path

from graph_api.store.engine.embedded import EmbeddedEngine
from tests.e2e.test_workers import COURSE
from tests.faults.conftest import engine_of
from tests.load import Load
from tests.processes import arguments, ask, free_port, get, service_at, wait_for, workers, writers

PATIENCE = 150.0
"""Seconds that five processes have to start on a busy machine."""
RECORDED = 'graph_api_answers_total{outcome="RECORDED"}'


def exists(path: Path) -> bool:
    return path.exists()


def value(metrics: str, name: str) -> float:
    return sum(float(line.split()[-1]) for line in metrics.splitlines() if line.startswith(name))


async def test_the_writer_and_a_worker_die_under_load_and_a_stop_drains(tmp_path: Path) -> None:
    settings = {"GRAPH_API_INTAKE_QUEUE": "12"}
    with service_at(free_port(), PATIENCE, tmp_path, "--no-demo", "--workers", "2", **settings) as (process, url):
        await asyncio.to_thread(ask, url, COURSE)
        posting = Load([url])
        (writer,) = writers(process.pid)
        (path,) = {arguments(pid)[arguments(pid).index("--writer") + 1] for pid in workers(process.pid)}
        assert stat.S_IMODE(Path(path).parent.stat().st_mode) == 0o700

        async def kill() -> None:
            while posting.done < 40:
                await asyncio.sleep(0.01)
            os.kill(writer, signal.SIGKILL)
            while posting.done < 80:
                await asyncio.sleep(0.01)
            os.kill(workers(process.pid)[0], signal.SIGKILL)

        await asyncio.gather(kill(), *(posting.client(number, 8) for number in range(20)))
        assert posting.done == 160
        assert posting.refused["Overloaded"]  # 20 clients, and room for 12 answers
        assert writers(process.pid) != [writer]
        async with engine_of(tmp_path / "data") as gateway:
            await posting.prove(gateway)

        wait_for(lambda: value(get(url + "/metrics")[1], "graph_api_intake_depth") == 0, process, tmp_path)
        metrics = get(url + "/metrics")[1]
        assert value(metrics, "graph_api_answers_total") >= value(metrics, RECORDED) > 60

        stopping = asyncio.gather(*(posting.client(number, 100) for number in range(100, 110)))
        while posting.done < 200:
            await asyncio.sleep(0.01)
        (writer,) = writers(process.pid)
        process.send_signal(signal.SIGTERM)
        os.kill(writer, signal.SIGTERM)  # as a supervisor does that stops a whole group: the workers still have it
        assert await asyncio.to_thread(process.wait, 60) == 0
        stopping.cancel()
        await asyncio.gather(stopping, return_exceptions=True)
        assert not exists(Path(path).parent)
        assert not exists(Path(f"/proc/{writer}"))
        assert "writer of answers is away" in (tmp_path / "serve.log").read_text()
    async with await EmbeddedEngine.start(tmp_path / "data"), engine_of(tmp_path / "data") as gateway:
        await posting.prove(gateway)
