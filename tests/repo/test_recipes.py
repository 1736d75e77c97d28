"""The recipes, their set-up, and what CI runs."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

RECIPES = [
    "help",
    "run",
    "test",
    "check",
    "fmt",
    "schema",
    "audit",
    "bench",
    "dashboard",
    "soak",
    "lock",
    "hashes",
    "wheel",
    "clean",
]


def make(*arguments: str, cwd: Path) -> str:
    """What make prints, free of the settings of a make that may be running these tests."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    ran = subprocess.run(
        ["make", *arguments],  # noqa: S607 - whichever make is installed
        cwd=cwd,
        env=environment | {"ARGS": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout


@pytest.fixture
def fresh(repository: Path, tmp_path: Path) -> Path:
    """A checkout in which nothing was made, with a set-up that only notes that it ran."""
    (tmp_path / "scripts").mkdir()
    (tmp_path / "benchmarks").mkdir()
    for name in ("Makefile", "pyproject.toml", "requirements-dev.lock"):
        shutil.copy(repository / name, tmp_path / name)
    setup = tmp_path / "scripts" / "setup"
    setup.write_text("#!/bin/sh\nmkdir -p .venv\necho setup >>ran\n", encoding="utf-8")
    setup.chmod(0o755)
    return tmp_path


def test_help_lists_every_recipe(repository: Path) -> None:
    listed = re.findall(r"^  make (\w+) +\S", make("help", cwd=repository), re.MULTILINE)

    assert sorted(listed) == sorted(RECIPES)


@pytest.mark.parametrize("recipe", sorted(set(RECIPES) - {"help", "clean"}))
def test_recipes_prepare_what_they_need(fresh: Path, recipe: str) -> None:
    assert make("--dry-run", recipe, cwd=fresh).startswith("scripts/setup\n")


def test_set_up_runs_once_and_again_when_versions_change(fresh: Path) -> None:
    make(".venv/.ready", cwd=fresh)
    make(".venv/.ready", cwd=fresh)
    once = (fresh / "ran").read_text(encoding="utf-8")
    later = (fresh / ".venv" / ".ready").stat().st_mtime + 2
    os.utime(fresh / "requirements-dev.lock", (later, later))
    make(".venv/.ready", cwd=fresh)

    assert once == "setup\n"
    assert (fresh / "ran").read_text(encoding="utf-8") == "setup\nsetup\n"


def test_without_python_set_up_names_what_to_install(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "bin").mkdir()
    setup = shutil.copy(repository / "scripts" / "setup", tmp_path / "scripts")
    for tool in ("dirname", "id"):
        (tmp_path / "bin" / tool).symlink_to(str(shutil.which(tool)))

    ran = subprocess.run(
        ["/bin/sh", setup],
        env={"PATH": str(tmp_path / "bin"), "PYTHON": "python-of-tomorrow"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 1
    assert "apt-get install python3 python3-venv" in ran.stderr
    assert not (tmp_path / ".venv").exists()


PROCESSES = (
    "tests/e2e",
    "tests/faults",
    "tests/store/engine",
    "tests/jobs/test_scheduler.py",
    "tests/execution/test_pace.py",
    "tests/layouts",
    "tests/usecases/operations/test_back_up.py",
)


def test_tests_are_preceded_by_every_check(repository: Path) -> None:
    recipe = make("--dry-run", "--always-make", "test", cwd=repository)
    commands = re.findall(r"\.venv/bin/(.+?) *$", recipe, re.MULTILINE)

    assert commands == [
        "ruff format --check",
        "ruff check",
        "mypy",
        "lint-imports --no-logo",
        "graph-api schema --check",
        "pytest --numprocesses 2 --dist worksteal " + " ".join(f"--ignore={each}" for each in PROCESSES),
    ]


def test_arguments_are_handed_on(repository: Path) -> None:
    assert ".venv/bin/graph-api serve --no-demo\n" in make("--dry-run", "run", "ARGS=--no-demo", cwd=repository)


def test_the_folder_of_real_data_is_set_where_it_exists(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout = fresh / "checkout"
    checkout.mkdir()
    shutil.copy(fresh / "Makefile", checkout)
    with (checkout / "Makefile").open("a", encoding="utf-8") as file:
        file.write('\nshown:\n\t@echo "[$${GRAPH_API_TEST_DATA-}]"\n')
    monkeypatch.delenv("GRAPH_API_TEST_DATA", raising=False)

    absent = make("shown", cwd=checkout)
    (fresh / "shared" / "data").mkdir(parents=True)
    present = make("shown", cwd=checkout)
    monkeypatch.setenv("GRAPH_API_TEST_DATA", "elsewhere")

    assert (absent, present) == ("[]\n", f"[{fresh}/shared/data]\n")
    assert make("shown", cwd=checkout) == "[elsewhere]\n"


def test_ci_runs_what_people_run(repository: Path) -> None:
    run = repository / ".ci" / "run"
    script = run.read_text(encoding="utf-8")

    assert os.access(run, os.X_OK)
    commands = [line.strip() for line in script.splitlines() if re.match(r"\s*make ", line)]
    recipes = ["test", "test-faults", "test-newest", "test-neo4j", "test-clients", "test-dashboard"]
    assert commands == [f"make {each}" for each in recipes]
    assert "set -euo pipefail" in script
