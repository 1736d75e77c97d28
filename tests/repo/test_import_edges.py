"""Packages stay small units with few imports among them; `scripts/import_edges` counts both."""

import re
import subprocess
from pathlib import Path

import pytest


def count(repository: Path, folder: Path, package: str) -> tuple[int, int]:
    """Units and import edges of a package in a folder."""
    printed = subprocess.run(
        [repository / "scripts" / "import_edges", package],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    units, edges = re.findall(r"(\d+) (?:units|import edges)", printed.stdout)
    return int(units), int(edges)


@pytest.mark.parametrize(("package", "most_units", "most_edges"), [("schema", 22, 71), ("usecases", 16, 42)])
def test_a_layer_has_few_units_and_edges(repository: Path, package: str, most_units: int, most_edges: int) -> None:
    units, edges = count(repository, repository, f"graph_api/{package}")

    assert 5 < units <= most_units
    assert 5 < edges <= most_edges


def test_an_edge_is_counted_once_and_imports_inside_a_unit_are_not(repository: Path, tmp_path: Path) -> None:
    package = tmp_path / "shop"
    (package / "parts").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "parts" / "__init__.py").touch()
    (package / "parts" / "wheel.py").write_text("from shop.parts import tyre\nimport shop.price\n", encoding="utf-8")
    (package / "parts" / "tyre.py").write_text("from shop import price\n", encoding="utf-8")
    (package / "price.py").write_text("import os\n", encoding="utf-8")

    assert count(repository, tmp_path, "shop") == (2, 1)
