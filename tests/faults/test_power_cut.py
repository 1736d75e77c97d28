"""The power goes: what was not synced is lost, and every acknowledged answer is stored when the engine starts again."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import neo4j
import pytest

from graph_api.app.metrics import Metrics
from graph_api.app.running import Running, running
from graph_api.config import Settings
from graph_api.domain.answers.answers import AnswerInput, Recorded
from graph_api.domain.course.course import Concept
from graph_api.store import answers
from graph_api.store.engine.embedded import EmbeddedEngine
from graph_api.usecases.course.edit_course import upsert_concepts
from graph_api.usecases.operations.check_consistency import find_inconsistencies
from tests.conftest import NOW
from tests.faults.power import Disk, make_disk

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="a power cut is simulated by LD_PRELOAD, which Linux has"
)

WRITES = """
import os, sys
with open(sys.argv[1] + "/kept", "w") as file:
    print("synced", file=file, flush=True)
    os.fsync(file.fileno())
    print("late", file=file, flush=True)
with open(sys.argv[1] + "/late", "w") as file:
    print("late", file=file)
"""
LOG_SIZE = 64
"""Megabytes after which the engine begins another log, syncs the data and drops the old one."""


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    made = make_disk(tmp_path)
    monkeypatch.setenv("LD_PRELOAD", str(made.library))
    return made


@asynccontextmanager
async def started(folder: Path) -> AsyncIterator[tuple[Running, EmbeddedEngine]]:
    async with running(Settings(_env_file=None, data_dir=folder), Metrics("", "embedded")) as behind:
        assert behind.engine
        yield behind, behind.engine


async def record(behind: Running, key: str) -> tuple[str, str]:
    sent = AnswerInput(f"s{hash(key) % 5}", correct=True, concept_ids=["c0"], id=key)
    (outcome,) = await behind.intake.submit([sent])
    assert isinstance(outcome, Recorded), outcome
    return sent.student_id, key


async def prove(image: Path, acknowledged: list[tuple[str, str]], others: int = 0) -> None:
    """The engine starts on what the disk holds, every acknowledged answer is stored, and the doctor finds nothing else."""
    async with started(image) as (behind, _):
        known = await behind.gateway.read(lambda tx: answers.read_known_ids(tx, acknowledged))
        assert {key for _, key in acknowledged} - known == set()
        findings = await find_inconsistencies(behind.gateway)
        assert [finding.subject for finding in findings] == ["Junk"] * others


def test_what_was_not_synced_is_lost(disk: Disk, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", WRITES, str(disk.folder)], check=True)
    image = disk.cut(tmp_path / "image")
    assert [path.name for path in image.iterdir()] == ["kept"]
    assert (image / "kept").read_text() == "synced\n"


async def test_acknowledged_answers_survive_a_power_cut(disk: Disk, tmp_path: Path) -> None:
    acknowledged: list[tuple[str, str]] = []
    images: list[tuple[Path, list[tuple[str, str]]]] = []
    async with started(disk.folder) as (behind, engine):
        await upsert_concepts(behind.gateway, [Concept("c0", "C0")], NOW)

        def cut() -> None:
            before = list(acknowledged)
            images.append((disk.cut(tmp_path / f"image{len(images)}", engine.pid), before))

        for number in range(5):  # one by one: each has a sync of the log of its own
            syncs = len(disk.syncs())
            acknowledged.append(await record(behind, f"lone-{number}"))
            assert [name for name in disk.syncs()[syncs:] if name.endswith(".wal")] != []
            cut()

        async def client(number: int) -> None:
            for n in range(10):
                acknowledged.append(await record(behind, f"{number}-{n}"))  # noqa: PERF401 - at once, not at the end

        clients = asyncio.gather(*(client(number) for number in range(20)))
        for done in (40, 120):
            while len(acknowledged) < done:
                await asyncio.sleep(0.005)
            cut()
        await clients
        cut()
    images.append((disk.cut(tmp_path / "stopped"), acknowledged))
    for image, before in (images[0], images[5], *images[-2:]):
        await prove(image, before)


async def test_a_log_is_dropped_only_when_the_data_are_on_the_disk(disk: Disk, tmp_path: Path) -> None:
    async with started(disk.folder) as (behind, engine):
        await upsert_concepts(behind.gateway, [Concept("c0", "C0")], NOW)
        acknowledged = [await record(behind, f"before-{number}") for number in range(5)]
        auth = (engine.user, engine.password)
        async with neo4j.AsyncGraphDatabase.driver(engine.uri, auth=auth) as connected:
            for n in range(LOG_SIZE + 8):
                await connected.execute_query(
                    "CREATE (:Junk {n: $n, text: $text})", n=n, text="x" * 2**20, database_="graph"
                )
        acknowledged += [await record(behind, f"after-{number}") for number in range(5)]
        while not any(name.endswith(".bucket") for name in disk.syncs()):
            await asyncio.sleep(0.1)
        await asyncio.sleep(2)
        image = disk.cut(tmp_path / "image", engine.pid)
    await prove(image, acknowledged, LOG_SIZE + 8)


async def test_a_power_cut_at_any_moment_of_the_first_start_leaves_a_folder_that_starts(
    disk: Disk, tmp_path: Path
) -> None:
    starting = asyncio.create_task(_start_and_stop(disk.folder))
    images: list[Path] = []
    seen = 0
    while not starting.done():
        if (now := len(disk.syncs())) > seen:
            seen = now
            images.append(await asyncio.to_thread(disk.cut, tmp_path / f"image{len(images)}"))
        await asyncio.sleep(0.05)
    await starting
    assert len(images) > 3
    for image in (images[0], images[len(images) // 2], images[-1]):
        await prove(image, [])


async def _start_and_stop(folder: Path) -> None:
    async with started(folder):
        pass
