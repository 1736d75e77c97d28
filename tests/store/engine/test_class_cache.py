"""The cache of the engine's classes: it is used where it fits, and does no harm where it does not."""

from pathlib import Path

import neo4j
import pytest

from graph_api.cli.prepare_engine import make_cache
from graph_api.store.engine.class_cache import use_flags
from graph_api.store.engine.embedded import EmbeddedEngine


@pytest.fixture(scope="module")
async def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("environment") / "share" / "engine-classes.aot"
    await make_cache(path)
    return path


async def answer_of(engine: EmbeddedEngine) -> object:
    async with (
        neo4j.AsyncGraphDatabase.driver(engine.uri, auth=(engine.user, engine.password)) as driver,
        driver.session(database=engine.database) as session,
    ):
        record = await (await session.run("RETURN 1 AS one")).single(strict=True)
        return record["one"]


def mapped_files(pid: int) -> str:
    return Path(f"/proc/{pid}/maps").read_text(encoding="utf-8")


async def test_an_engine_uses_the_cache(cache: Path, tmp_path: Path) -> None:
    async with await EmbeddedEngine.start(tmp_path, jvm_flags=use_flags(cache)) as engine:
        assert str(cache) in mapped_files(engine.pid)
        assert await answer_of(engine) == 1
    assert list(cache.parent.iterdir()) == [cache]


@pytest.mark.parametrize("size", [0, 1_000_000])
async def test_an_engine_starts_without_a_cache_that_does_not_fit(size: int, cache: Path, tmp_path: Path) -> None:
    unfit = tmp_path / "unfit.aot"
    with cache.open("rb") as whole:
        unfit.write_bytes(whole.read(size))

    async with await EmbeddedEngine.start(tmp_path / "data", jvm_flags=use_flags(unfit)) as engine:
        assert await answer_of(engine) == 1


def test_without_a_cache_the_engine_gets_no_flag(tmp_path: Path) -> None:
    assert use_flags(tmp_path / "missing.aot") == []
