"""The service itself is killed -9 under load; its engine is killed in `tests/e2e/test_database_killed.py`.

Users see refused connections until it is started again. Nothing acknowledged is lost or doubled, and the engine that is
left alone goes too, so that the next start finds the data free.
"""

import asyncio
import signal
from pathlib import Path

from graph_api.usecases.operations.check_consistency import find_inconsistencies
from tests.e2e.test_workers import COURSE
from tests.faults.conftest import engine_of
from tests.load import Load
from tests.processes import ask, child_of, service


def exists(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


async def test_the_service_is_killed_under_load(tmp_path: Path) -> None:
    with service(tmp_path, "--no-demo") as (process, url):
        ask(url, COURSE)
        engine = child_of(process.pid)
        urls = [url]
        posting = Load(urls)
        clients = asyncio.gather(*(posting.client(number, 20) for number in range(10)))
        while posting.done < 60:
            await asyncio.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        with service(tmp_path, "--no-demo") as (_, urls[0]):
            await clients
            assert not exists(engine)
            async with engine_of(tmp_path / "data") as gateway:
                await posting.prove(gateway)
                assert await find_inconsistencies(gateway) == []
    assert posting.done == 200
    assert posting.refused
