"""Every file that a command writes with personal data is for its owner only."""

import asyncio
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import command, engine

ANSWERS = """student_id,correct,skill_name,at
anna,1,grammar,2026-03-01T12:00:00+00:00
anna,perhaps,grammar,2026-03-01T12:00:00+00:00
"""
COLUMNS = ["--student", "student_id", "--skill", "skill_name", "--at", "at"]
FILES = {
    "all.jsonl.gz": ["backup", "all.jsonl.gz"],
    "anna.json": ["export", "student", "anna", "--out", "anna.json"],
    "answers.csv": ["export", "answers", "--out", "answers.csv"],
    "graph.json": ["export", "graph", "--out", "graph.json"],
}


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


async def test_every_written_file_is_for_its_owner_only(tmp_path: Path) -> None:
    (tmp_path / "given.csv").write_text(ANSWERS)
    given = ["given.csv", "--layout", "pybkt", *COLUMNS, "--create-skills", "--skip-bad", "rejects.csv"]
    async with engine(tmp_path):
        for arguments in (["import", "answers", *given], *FILES.values()):
            run = await asyncio.to_thread(command, tmp_path, *arguments)
            assert run.returncode == 0, run.stderr
    modes = {name: stat.S_IMODE((tmp_path / name).stat().st_mode) for name in [*FILES, "rejects.csv"]}
    assert set(modes.values()) == {0o600}, modes
