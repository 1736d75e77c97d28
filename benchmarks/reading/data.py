"""The data of the benchmark of reads, written by the product: the demo class, a large class, 50 groups, long histories.

Everything is the same at every run. The embedded engine's folder is kept in `build/`, since it takes a minute to fill.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from graph_api.app.running import Running
from graph_api.domain.answers.answers import MAX_TAGS, AnswerInput, Difficulty
from graph_api.domain.learners.people import Group
from graph_api.store import concepts
from graph_api.store.packaged import packaged
from graph_api.usecases.learners.edit_people import upsert_group
from graph_api.usecases.operations.load_demo import load_demo

NOW = datetime(2026, 9, 1, tzinfo=UTC)
"""When the data end."""
STUDENTS = 1_000
GROUPS = 50
GROUP_SIZE = 20
HISTORIES = (1_000, 10_000)
CHUNK = 1_000


def folder_of(engine: str, root: Path) -> Path:
    """Where the data of an engine are kept: another folder when this file or the migrations change."""
    sources = [Path(__file__), *sorted((packaged("cypher") / "migrations").glob("*.cypher"))]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    return root / f"{engine}-{digest[:12]}"


async def fill(behind: Running) -> None:
    """Write everything."""
    await load_demo(behind.gateway, behind.intake, NOW)
    keys = await behind.gateway.read(concepts.read_active_ids)
    for answers in (*_large_class(keys), *map(_history, HISTORIES)):
        for start in range(0, len(answers), CHUNK):
            await behind.intake.submit(answers[start : start + CHUNK])
    ids = [f"big-{number:04}" for number in range(STUDENTS)]
    await upsert_group(behind.gateway, Group("big", "Large class", ids), NOW)
    for number in range(GROUPS - 2):
        members = [ids[(number * GROUP_SIZE + place) % STUDENTS] for place in range(GROUP_SIZE)]
        teachers = [f"teacher-{number % 7}", f"teacher-{7 + number % 5}"]
        await upsert_group(
            behind.gateway, Group(f"class-{number:02}", f"Class {number}", members, teacher_ids=teachers), NOW
        )


def _large_class(keys: list[str]) -> Iterator[list[AnswerInput]]:
    """Students who answered once about every concept: a test with as many tags as an answer may have."""
    draw = np.random.default_rng(1)
    parts = [keys[start : start + MAX_TAGS] for start in range(0, len(keys), MAX_TAGS)]
    answers = [
        AnswerInput(
            f"big-{number:04}",
            correct=bool(draw.random() < 0.6),  # noqa: PLR2004 - mostly correct
            concept_ids=part,
            id=f"big-{number}-{place}",
            at=NOW - timedelta(days=30, minutes=number, seconds=-place),
        )
        for number in range(STUDENTS)
        for place, part in enumerate(parts)
    ]
    # Many tags make a large transaction, so few answers make a chunk.
    yield from (answers[start : start + 60] for start in range(0, len(answers), 60))


def _history(length: int) -> list[AnswerInput]:
    """A student who answered every hour."""
    draw = np.random.default_rng(length)
    levels = list(Difficulty)
    return [
        AnswerInput(
            f"history-{length}",
            correct=bool(draw.random() < 0.7),  # noqa: PLR2004 - mostly correct
            concept_ids=["gr_articles"],
            id=f"history-{length}-{number}",
            at=NOW - timedelta(hours=length - number),
            difficulty=levels[number % len(levels)],
            question_id=f"q{number % 40}",
        )
        for number in range(length)
    ]
