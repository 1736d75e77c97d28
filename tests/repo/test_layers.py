"""The import contracts of pyproject.toml hold, and break when they should."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def contracts(repository: Path) -> dict[str, str]:
    """Names of the contracts by id."""
    settings = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    return {contract["id"]: contract["name"] for contract in settings["contracts"]}


@pytest.fixture(scope="module")
def copy(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package apart from the checkout, free to be broken."""
    folder = tmp_path_factory.mktemp("layers")
    shutil.copy(repository / "pyproject.toml", folder)
    shutil.copytree(repository / "graph_api", folder / "graph_api", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def lint(folder: Path) -> str:
    ran = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.stdout


def test_the_package_keeps_every_contract(copy: Path, contracts: dict[str, str]) -> None:
    printed = lint(copy)

    assert [name for name in contracts.values() if f"{name} KEPT" not in printed] == []


@pytest.mark.parametrize(
    ("module", "source", "contract"),
    [
        ("unplaced.py", "", "layers"),
        ("domain/upward.py", "import graph_api.store", "layers"),
        ("schema/sideways.py", "import graph_api.jobs", "layers"),
        ("usecases/settings.py", "import graph_api.config", "config"),
        ("store/direct.py", "import neo4j", "driver"),
        ("usecases/web.py", "import starlette", "api"),
        ("domain/clock.py", "import time", "domain"),
        ("schema/compute.py", "import numpy", "resolvers"),
        ("schema/course/private.py", "import graph_api.schema.learners.due", "packages-schema"),
        ("usecases/course/private.py", "import graph_api.usecases.learners.list_due", "packages-usecases"),
        ("domain/course/private.py", "import graph_api.domain.learners.risk", "packages-domain"),
    ],
)
def test_a_breach_is_seen(copy: Path, contracts: dict[str, str], module: str, source: str, contract: str) -> None:
    breach = copy / "graph_api" / module
    breach.write_text(f'"""Breaks a contract."""\n\n{source}\n', encoding="utf-8")

    printed = lint(copy)

    breach.unlink()
    assert f"{contracts[contract]} BROKEN" in printed
