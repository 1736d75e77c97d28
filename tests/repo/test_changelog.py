"""The changelog describes the version that is in the package."""

import re
import tomllib
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def changelog(repository: Path) -> str:
    return (repository / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_newest_entry_is_the_version_of_the_package(changelog: str, repository: Path) -> None:
    version = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

    assert re.findall(r"^## (\S+)", changelog, re.MULTILINE)[0] == version


def test_the_first_release_has_features_and_no_changes(changelog: str) -> None:
    first = changelog.rsplit("\n## ", maxsplit=1)[-1]

    assert set(re.findall(r"^### (.+)$", first, re.MULTILINE)) & {"Added", "Changed", "Deprecated", "Fixed"} == set()
