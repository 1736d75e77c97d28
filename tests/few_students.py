"""The demo class with fewer students, for tests of what is done to any class: to load all of it takes long."""

import pytest

from graph_api.usecases.operations import load_demo
from tests.sizes import size

STEP = size(4, 1)
STUDENTS = len(load_demo.NAMES[::-STEP])
LEAST_ANSWERS = 150 * STUDENTS


@pytest.fixture
def few_students(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `load_demo` load every fourth student, from the last: fast, slow and steady ones, one with a gap, one falling."""
    for name in ("NAMES", "STORIES"):
        monkeypatch.setattr(load_demo, name, getattr(load_demo, name)[::-STEP])
