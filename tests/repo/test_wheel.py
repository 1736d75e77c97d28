"""The package as others get it: a wheel, installed and run where there is no checkout."""

import subprocess
import sys
import sysconfig
from pathlib import Path
from zipfile import ZipFile

import pytest


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder)]
    subprocess.run(build, cwd=repository, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the installed wheel and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*install, "--target", str(folder), str(wheel)], check=True)
    return folder


def run(installed: Path, *arguments: str) -> str:
    """What `python -m graph_api` prints where `-S` keeps the editable checkout out of reach."""
    ran = subprocess.run(
        [sys.executable, "-S", "-m", "graph_api", *arguments],
        cwd=installed,
        env={"PYTHONPATH": f"{installed}:{sysconfig.get_path('platlib')}:{sysconfig.get_path('purelib')}"},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout


def test_the_wheel_holds_the_package_its_data_and_its_licence(repository: Path, wheel: Path) -> None:
    packed = {name for name in ZipFile(wheel).namelist() if not name.startswith("graph_api-")}
    folders = {"graph_api": "graph_api", "cypher": "graph_api/cypher", "seeds": "graph_api/seeds"}
    files = {
        f"{inside}/{path.relative_to(repository / folder).as_posix()}"
        for folder, inside in folders.items()
        for path in (repository / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert packed == files
    assert any(name.endswith("/licenses/LICENSE") for name in ZipFile(wheel).namelist())


def test_the_wheel_brings_the_command(installed: Path) -> None:
    assert (installed / "bin" / "graph-api").is_file()


def test_the_installed_package_finds_its_cypher(repository: Path, installed: Path) -> None:
    recipes = len(list((repository / "cypher" / "recipes").glob("*.cypher")))
    texts = [path.read_text(encoding="utf-8") for path in (repository / "cypher").rglob("*.cypher")]
    statements = sum(line.startswith("// -- ") for text in texts for line in text.splitlines())

    assert run(installed, "cypher", "--check") == f"{statements} statements, {recipes} recipes\n"


def test_the_installed_package_has_the_committed_schema(repository: Path, installed: Path) -> None:
    committed = (repository / "schema.graphql").read_text(encoding="utf-8")

    assert run(installed, "schema").strip() == committed.strip()
