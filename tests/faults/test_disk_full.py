"""The disk of the embedded engine is full to the brim.

Users see `Unavailable` for answers, and reads go on; the log states that the disk is nearly full. With room again the
same answers are recorded, without a restart, and nothing acknowledged is lost, now or after one.
"""

import asyncio
import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from graph_api.domain.course.course import Concept
from graph_api.store.engine import embedded
from graph_api.usecases.course.edit_course import upsert_concepts
from graph_api.usecases.operations.check_consistency import find_inconsistencies
from tests.conftest import NOW
from tests.faults.conftest import App, engine_of, served

MEGABYTES = 128
LEFT = 200_000
"""Bytes that are left free, so that the disk runs full in the middle of writing."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", folder],  # noqa: S607
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("only root can mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)  # noqa: S607


def fill(ballast: Path) -> None:
    """Take all room but a little."""
    file = os.open(ballast, os.O_CREAT | os.O_WRONLY)
    with contextlib.suppress(OSError):
        while True:
            os.write(file, b"x" * 4_096)
    os.ftruncate(file, os.fstat(file).st_size - LEFT)
    os.close(file)


async def until_ready(service: App, status: int) -> None:
    """Wait until `/readyz` has a status; each of its replies comes within its own short limit."""
    while True:
        async with asyncio.timeout(10):
            reply = await service.http.get("/readyz")
        if reply.status_code == status:
            return
        await asyncio.sleep(0.5)


async def test_a_full_disk(disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "DISK_PAUSE", 0.1)
    data, ballast = disk / "data", disk / "ballast"
    with capture_logs() as logged:
        async with served(data_dir=data, intake_give_up_seconds=0.5) as service, engine_of(data) as gateway:
            await upsert_concepts(gateway, [Concept(f"c{n}", f"C{n}") for n in range(4)], NOW)
            posting = service.load()
            clients = asyncio.gather(*(posting.client(number, 20) for number in range(12)))
            async with asyncio.timeout(60):
                while posting.done < 60:
                    await asyncio.sleep(0.01)
                fill(ballast)
                while not posting.refused.get("Unavailable"):
                    await asyncio.sleep(0.01)
                reply = await service.ask("{ students { totalCount } }")
                assert reply.json() == {"data": {"students": {"totalCount": 5}}}
                await until_ready(service, 503)
                assert "nothing can be written" in (await service.http.get("/readyz")).json()["reason"]
                ballast.unlink()
                await clients
                await until_ready(service, 200)
            await posting.prove(gateway)
    said = [entry["event"] for entry in logged]
    assert said.index("the disk is nearly full") < said.index("the disk has room again")
    assert "the database does not answer: answers are refused" in said

    async with served(data_dir=data), engine_of(data) as gateway:
        await posting.prove(gateway)
        assert await find_inconsistencies(gateway) == []
