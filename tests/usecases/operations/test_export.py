"""Exported answers can be imported."""

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from graph_api.domain.parameters.topic_parameters import DEFAULT_SET
from graph_api.store.gateway import Gateway
from graph_api.usecases.answers.answer_files import dataset_name, layouts, read_answers
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.answers.import_answers import ImportAnswers
from graph_api.usecases.course.import_course import load_seeds
from graph_api.usecases.operations.export import export_answers, export_mastery, export_sessions
from graph_api.usecases.operations.import_records import import_sessions
from graph_api.usecases.operations.load_demo import load_demo
from tests.conftest import NOW, Ask
from tests.few_students import LEAST_ANSWERS, few_students
from tests.graph_copy import empty

__all__ = ["few_students"]


async def levels(gateway: Gateway) -> list[dict[str, Any]]:
    return [row async for row in export_mastery(gateway)]


@pytest.mark.usefixtures("clean", "few_students")
async def test_what_is_exported_can_be_imported(
    gateway: Gateway, intake: AnswerIntake, raw: Ask, tmp_path: Path
) -> None:
    assert await load_demo(gateway, intake, NOW) > LEAST_ANSWERS
    assert await load_demo(gateway, intake, NOW + timedelta(days=1)) == 0
    before = await levels(gateway)
    path = tmp_path / "answers.csv"
    with path.open("w", newline="") as file:
        writer = None
        async for row in export_answers(gateway):
            writer = writer or csv.DictWriter(file, fieldnames=list(row))
            if file.tell() == 0:
                writer.writeheader()
            writer.writerow({k: json.dumps(v) if isinstance(v, list) else v for k, v in row.items()})
    sessions = tmp_path / "sessions.jsonl"
    sessions.write_text("".join([json.dumps(row) + "\n" async for row in export_sessions(gateway)]))
    await empty(raw)
    await load_seeds(gateway, NOW)
    assert not (await import_sessions(gateway, sessions, NOW)).conflicts

    report = await ImportAnswers(gateway, lambda: datetime.now(UTC), DEFAULT_SET)(
        read_answers(path, layouts()["export"], dataset_name(path))
    )

    assert report.recorded == report.rows > LEAST_ANSWERS
    assert await levels(gateway) == before
