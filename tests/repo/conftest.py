"""What the tests about the repository itself share."""

from pathlib import Path

import pytest

from tests.repo.files import list_files


@pytest.fixture(scope="session")
def repository() -> Path:
    """The top folder of the checkout."""
    return Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def tracked(repository: Path) -> list[Path]:
    """Every file of the repository, as `list_files` returns them."""
    return list_files(repository)
