"""Data folders that something damaged are refused: a service that is ready has every acknowledged answer.

A stopped folder is sealed, so any change of any file is noticed. A crashed one is checked by the engine and counted.
"""

import asyncio
import os
import random
import shutil
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from graph_api.app.metrics import Metrics
from graph_api.app.running import Running, running
from graph_api.config import Settings
from graph_api.domain.answers.answers import AnswerInput, Recorded
from graph_api.domain.course.course import Concept
from graph_api.store import answers, students
from graph_api.store.engine.data_counts import COUNTS, find_missing, read_counts
from graph_api.store.engine.data_seal import SEAL
from graph_api.store.engine.embedded import DataDamaged, EmbeddedEngineFailed, check_running
from graph_api.usecases.course.edit_course import upsert_concepts
from graph_api.usecases.operations.erase_students import erase_student
from tests.conftest import NOW
from tests.processes import command, service

DATABASE = Path("embedded/engine/databases/graph")
STUDENTS, EACH = 40, 10
ACKNOWLEDGED = [(f"s{student}", f"{student}-{n}") for student in range(STUDENTS) for n in range(EACH)]


@asynccontextmanager
async def started(folder: Path, **settings: str) -> AsyncIterator[Running]:
    given = Settings(_env_file=None, data_dir=folder, **settings)  # type: ignore[arg-type]
    async with running(given, Metrics("", "embedded")) as behind:
        yield behind


async def record(behind: Running, keys: list[tuple[str, str]]) -> None:
    sent = [AnswerInput(student, correct=True, concept_ids=["c0"], id=key) for student, key in keys]
    assert all(isinstance(outcome, Recorded) for outcome in await behind.intake.submit(sent))


async def lost(behind: Running) -> set[str]:
    """Acknowledged answers that cannot be read."""
    return {key for _, key in ACKNOWLEDGED} - await behind.gateway.read(
        lambda tx: answers.read_known_ids(tx, ACKNOWLEDGED)
    )


async def counted(folder: Path, number: int) -> None:
    """Wait until the counts beside the data name that number of answers."""
    while (read_counts(folder / "embedded") or {}).get("ANSWERED") != number:
        await asyncio.sleep(0.1)


@pytest.fixture(scope="module")
async def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """A folder that was stopped before half of the answers, one that was stopped after all, and one that crashed."""
    folder = tmp_path_factory.mktemp("folders")
    earlier, stopped, crashed = folder / "earlier", folder / "stopped", folder / "crashed"
    half = len(ACKNOWLEDGED) // 2
    async with started(earlier) as behind:
        await upsert_concepts(behind.gateway, [Concept("c0", "C0")], NOW)
        await record(behind, ACKNOWLEDGED[:half])
    shutil.copytree(earlier, stopped)
    async with started(stopped) as behind:
        await record(behind, ACKNOWLEDGED[half:])
        assert behind.engine
        await counted(stopped, len(ACKNOWLEDGED))
        os.kill(behind.engine.pid, signal.SIGSTOP)
        shutil.copytree(stopped, crashed)
        os.kill(behind.engine.pid, signal.SIGCONT)
    assert (stopped / "embedded" / SEAL).exists()
    assert not (crashed / "embedded" / SEAL).exists()
    return earlier, stopped, crashed


def cut_half(path: Path, _rng: random.Random) -> None:
    os.truncate(path, path.stat().st_size // 2)


def cut_to_nothing(path: Path, _rng: random.Random) -> None:
    os.truncate(path, 0)


def zero_a_block(path: Path, rng: random.Random) -> None:
    content = bytearray(path.read_bytes())
    at = rng.randrange(0, max(len(content) - 4_096, 1), 4_096)
    content[at : at + 4_096] = bytes(len(content[at : at + 4_096]))
    path.write_bytes(content)


def flip_a_bit(path: Path, rng: random.Random) -> None:
    content = bytearray(path.read_bytes())
    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    path.write_bytes(content)


def remove(path: Path, _rng: random.Random) -> None:
    path.unlink()


def exchange(path: Path, rng: random.Random) -> None:
    others = [other for other in path.parent.iterdir() if other != path and other.suffix == path.suffix]
    other = rng.choice(sorted(others or [path]))
    first, second = path.read_bytes(), other.read_bytes()
    path.write_bytes(second)
    other.write_bytes(first)


Damage = Callable[[Path, random.Random], None]
DAMAGES: list[Damage] = [cut_half, cut_to_nothing, zero_a_block, flip_a_bit, remove, exchange]


def filled(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / DATABASE).iterdir() if path.stat().st_size and path.suffix != ".wal")


def content_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / DATABASE).iterdir()}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("damage", DAMAGES)
async def test_any_change_of_a_stopped_folder_is_refused(
    folders: tuple[Path, Path, Path], tmp_path: Path, damage: Damage, seed: int
) -> None:
    _, stopped, _ = folders
    folder = tmp_path / "data"
    shutil.copytree(stopped, folder)
    rng = random.Random(f"{damage.__name__}{seed}")
    damage(rng.choice(filled(folder)), rng)
    if content_of(folder) == content_of(stopped):
        async with started(folder) as behind:
            assert await lost(behind) == set()
        return
    before = content_of(folder)
    with pytest.raises(DataDamaged, match=r"(?s)is damaged:\n  - .*graph-api restore FILE"):
        async with started(folder):
            pass
    assert content_of(folder) == before  # what is left is left for those who look into it


ANSWERS, STUDENT, TARGETS = "ANSWERED_0.", "Student_0.", "Student_0_out_edges"


@pytest.mark.parametrize(
    ("damage", "name"),
    [
        (cut_to_nothing, ANSWERS), (zero_a_block, ANSWERS), (remove, ANSWERS), (cut_to_nothing, STUDENT), (remove, TARGETS),
        (cut_to_nothing, TARGETS), (zero_a_block, "dictionary"), (cut_half, "schema.json"), (remove, "schema.json"),
        (exchange, ANSWERS), (flip_a_bit, TARGETS), (cut_half, "txlog"),
    ],
)  # fmt: skip
async def test_a_crashed_folder_is_whole_or_refused(
    folders: tuple[Path, Path, Path], tmp_path: Path, damage: Damage, name: str
) -> None:
    *_, crashed = folders
    folder = tmp_path / "data"
    shutil.copytree(crashed, folder)
    rng = random.Random(name)
    damage(max((folder / DATABASE).glob(f"{name}*"), key=lambda path: path.stat().st_size), rng)
    try:
        async with started(folder) as behind:
            assert await lost(behind) == set()
    except EmbeddedEngineFailed as failure:
        assert "graph-api restore FILE" in str(failure)  # noqa: PT017 - either outcome is right


async def test_a_crashed_folder_that_is_whole_is_not_refused(folders: tuple[Path, Path, Path], tmp_path: Path) -> None:
    *_, crashed = folders
    shutil.copytree(crashed, tmp_path / "data")
    async with started(tmp_path / "data") as behind:
        assert await lost(behind) == set()


@pytest.mark.parametrize("state", [1, 2])
@pytest.mark.parametrize("what", ["emptied", "removed", "earlier"])
async def test_another_database_in_its_place_is_refused(
    folders: tuple[Path, Path, Path], tmp_path: Path, what: str, state: int
) -> None:
    folder = tmp_path / "data"
    shutil.copytree(folders[state], folder)
    shutil.rmtree(folder / DATABASE)
    if what == "emptied":
        (folder / DATABASE).mkdir()
    elif what == "earlier":
        shutil.copytree(folders[0] / DATABASE, folder / DATABASE)
    with pytest.raises(DataDamaged, match="graph-api restore FILE"):
        async with started(folder):
            pass


async def test_a_crash_after_erasures_is_no_damage(folders: tuple[Path, Path, Path], tmp_path: Path) -> None:
    shutil.copytree(folders[1], tmp_path / "data")
    async with started(tmp_path / "data") as behind:
        for student in ("s1", "s2"):
            await erase_student(behind.gateway, student, NOW)
        assert behind.engine
        os.kill(behind.engine.pid, signal.SIGSTOP)
        shutil.copytree(tmp_path / "data", tmp_path / "crashed")
        os.kill(behind.engine.pid, signal.SIGCONT)
    assert (tmp_path / "crashed/embedded" / COUNTS).read_text() == "{}"
    async with started(tmp_path / "crashed") as behind:
        assert len(await lost(behind)) == 2 * EACH
        assert await behind.gateway.read(lambda tx: students.count(tx, group_id=None, search=None)) == STUDENTS - 2


async def test_a_setting_accepts_damage(folders: tuple[Path, Path, Path], tmp_path: Path) -> None:
    shutil.copytree(folders[1], tmp_path / "data")
    (tmp_path / "data" / DATABASE / "statistics.json").unlink()
    with capture_logs() as logs:
        async with started(tmp_path / "data", embedded_check="warn") as behind:
            assert await lost(behind) == set()
    assert [log["damage"] for log in logs if log["log_level"] == "error"] == ["statistics.json: is missing"]
    async with started(tmp_path / "data"):  # sealed as it is now
        pass


def test_a_damaged_database_is_not_backed_up(folders: tuple[Path, Path, Path], tmp_path: Path) -> None:
    shutil.copytree(folders[1], tmp_path / "data")
    (path,) = (tmp_path / "data" / DATABASE).glob(f"{ANSWERS}*.bucket")
    os.truncate(path, 0)
    backed_up = command(tmp_path, "backup", "all.jsonl.gz")
    assert backed_up.returncode == 1
    assert "is damaged" in backed_up.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]
    for refused in (["serve", "--port", "0"], ["restore", "--replace", "any.jsonl.gz"]):
        run = command(tmp_path, *refused)
        assert (run.returncode, "graph-api restore FILE" in run.stderr) == (1, True), run.stderr


def test_a_database_in_use_is_checked_before_a_backup(folders: tuple[Path, Path, Path], tmp_path: Path) -> None:
    shutil.copytree(folders[1], tmp_path / "data")
    with service(tmp_path, "--no-demo") as (process, _):
        assert command(tmp_path, "backup", "all.jsonl.gz").returncode == 0
        (tmp_path / "data/embedded" / COUNTS).write_text('{"Student": 40, "ANSWERED": 4180}')
        backed_up = command(tmp_path, "backup", "more.jsonl.gz")
        process.terminate()
        process.wait()
    assert backed_up.returncode == 1
    assert "ANSWERED: at least 4180 were stored, 400 are left" in backed_up.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.jsonl.gz", "data", "serve.log"]


async def test_an_engine_in_use_answers_a_check(folders: tuple[Path, Path, Path], tmp_path: Path) -> None:
    shutil.copytree(folders[1], tmp_path / "data")
    async with started(tmp_path / "data"):
        await check_running(tmp_path / "data")


def test_missing_records_are_named() -> None:
    assert find_missing({"ANSWERED": 2}, {}) == ["ANSWERED: at least 2 were stored, 0 are left"]
    assert find_missing({}, {"ANSWERED": 2}) == []
