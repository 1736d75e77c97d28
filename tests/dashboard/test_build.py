"""The committed files of the dashboard are what its sources build, byte for byte."""

import re
import shutil
from pathlib import Path

import pytest

from tests.dashboard.conftest import ROOT, run

pytestmark = pytest.mark.timeout(900)
SOURCES = ROOT / "dashboard"
STATIC = ROOT / "graph_api" / "protocol" / "dashboard" / "static"


def files(folder: Path) -> dict[str, bytes]:
    """The files below a folder, by path."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_the_committed_files_are_what_the_sources_build() -> None:
    built = ROOT / "build" / "dashboard" / "static"
    shutil.rmtree(built, ignore_errors=True)
    run("npm", "run", "build", "--", "--outDir", built, "--emptyOutDir", cwd=SOURCES)
    new, committed = files(built), files(STATIC)

    assert new.keys() == committed.keys(), "run make dashboard and commit what it builds"
    assert [name for name in new if new[name] != committed[name]] == [], "run make dashboard and commit what it builds"


def test_the_rules_of_the_pages() -> None:
    printed = run("npx", "vitest", "run", "--passWithNoTests", cwd=SOURCES)
    assert not re.search(r"\bfailed\b", printed), printed
