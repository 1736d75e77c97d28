"""constraints.txt pins everything, and says nothing else."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name


@pytest.fixture(scope="module")
def lines(repository: Path) -> list[str]:
    return (repository / "constraints.txt").read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def pins(lines: list[str]) -> dict[NormalizedName, str]:
    return {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in lines)}


@pytest.fixture(scope="module")
def declared(repository: Path) -> list[Requirement]:
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [Requirement(text) for text in project["dependencies"] + project["optional-dependencies"]["dev"]]


def test_every_line_is_a_name_and_one_version(lines: list[str]) -> None:
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9_.-]+==[A-Za-z0-9.+!]+", line)] == []


def test_no_package_is_pinned_twice(lines: list[str], pins: dict[NormalizedName, str]) -> None:
    assert len(pins) == len(lines)


def test_the_installer_and_the_project_are_not_pinned(pins: dict[NormalizedName, str]) -> None:
    assert pins.keys() & {"pip", "setuptools", "wheel", "graph-api"} == set()


def test_every_declared_dependency_is_pinned_to_a_version_it_allows(
    declared: list[Requirement], pins: dict[NormalizedName, str]
) -> None:
    def pinned(requirement: Requirement) -> bool:
        version = pins.get(canonicalize_name(requirement.name))
        return version is not None and requirement.specifier.contains(version, prereleases=True)

    assert [str(requirement) for requirement in declared if not pinned(requirement)] == []


def test_every_dependency_of_the_service_has_a_lower_bound(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    required = [Requirement(text) for text in project["dependencies"]]

    unbounded = [each for each in required if not any(part.operator == ">=" for part in each.specifier)]
    assert [str(requirement) for requirement in unbounded] == []


def test_an_engine_that_cannot_read_answers_is_not_allowed(declared: list[Requirement]) -> None:
    (engine,) = [requirement for requirement in declared if requirement.name == "arcadedb-embedded"]
    assert not engine.specifier.contains("26.8.1", prereleases=True)


def test_this_environment_has_the_pinned_versions(pins: dict[NormalizedName, str]) -> None:
    installed = {canonicalize_name(found.name): found.version for found in metadata.distributions()}

    assert {name: installed[name] for name in pins if installed.get(name, pins[name]) != pins[name]} == {}
