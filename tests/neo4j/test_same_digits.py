"""The same answers in both engines are the same levels, digit for digit."""

import csv
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graph_api.app.metrics import Metrics
from graph_api.app.running import running
from graph_api.config import Settings
from graph_api.domain.parameters import recency_parameters, topic_parameters
from graph_api.store.gateway import Gateway, Row
from graph_api.usecases.answers.answer_files import layouts, read_answers
from graph_api.usecases.answers.import_answers import ImportAnswers
from graph_api.usecases.learners.recompute_recency import RecomputeRequest, recompute_recency
from graph_api.usecases.operations.export import export_answers, export_mastery
from tests.conftest import NOW
from tests.sizes import size

pytestmark = pytest.mark.neo4j

RECORDED = {"recorded_at"}


ROWS = size(2_500, 6_000)


def simulated(path: Path, rows: int = ROWS) -> None:
    rng = random.Random(3)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["user_id", "skill_name", "correct", "item_id"])
        for row in range(rows):
            writer.writerow([f"s{row // 100}", f"k{rng.randrange(30)}", int(rng.random() < 0.6), rng.randrange(1_000)])


async def levels_of(gateway: Gateway, path: Path) -> tuple[Sequence[Row], Sequence[Row]]:
    """Import the file, recompute recency, and export everything."""
    rows = read_answers(path, layouts()["assistments"], "same")
    report = await ImportAnswers(gateway, lambda: NOW, topic_parameters.DEFAULT_SET, create_skills=True)(rows)
    assert report.recorded == ROWS
    as_of = datetime(2010, 1, 1, tzinfo=UTC)
    request = RecomputeRequest(as_of=as_of, parameter_set_id=recency_parameters.DEFAULT_SET.id)
    await recompute_recency(gateway, request, request.run("same", "test", NOW), lambda: NOW)
    mastery = [row async for row in export_mastery(gateway)]
    answers = [{k: v for k, v in row.items() if k not in RECORDED} async for row in export_answers(gateway)]
    return mastery, answers


@pytest.mark.usefixtures("clean")
async def test_both_engines_say_the_same(gateway: Gateway, tmp_path: Path) -> None:
    simulated(tmp_path / "answers.csv")
    on_neo4j = await levels_of(gateway, tmp_path / "answers.csv")
    async with running(Settings(_env_file=None, data_dir=tmp_path / "data"), Metrics("", "embedded")) as behind:
        embedded = await levels_of(behind.gateway, tmp_path / "answers.csv")

    assert len(on_neo4j[0]) > ROWS / 4
    assert on_neo4j == embedded
