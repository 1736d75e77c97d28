"""constraints.txt pins everything, and has nothing else; the lock files have the hashes of the same versions."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.markers import Marker
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
    installed = {canonicalize_name(each.name): each.version for each in metadata.distributions()}

    assert {name: installed[name] for name in pins if installed.get(name, pins[name]) != pins[name]} == {}


LINUX = {"sys_platform": "linux", "os_name": "posix", "platform_system": "Linux"}
"""Where the pins were made."""
LOCKS = ("requirements.lock", "requirements-dev.lock")
PIN = re.compile(r"([A-Za-z0-9_.-]+)(?:\[[a-z0-9,-]+\])?==([A-Za-z0-9.+!]+)( ; .+)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")


def locked(repository: Path, name: str) -> dict[NormalizedName, tuple[str, str, int]]:
    """The version, marker and number of hashes of each package of a lock file."""
    packages: dict[NormalizedName, tuple[str, str, int]] = {}
    last = canonicalize_name("none")
    for line in (repository / name).read_text(encoding="utf-8").splitlines():
        if pin := PIN.fullmatch(line):
            last = canonicalize_name(pin[1])
            packages[last] = (pin[2], pin[3] or "", 0)
        else:
            assert HASH.fullmatch(line), f"{line!r}: neither a version nor a hash; no addresses, no options"
            version, marker, hashes = packages[last]
            packages[last] = (version, marker, hashes + 1)
    return packages


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_hashes_of_the_pinned_versions(repository: Path, pins: dict[NormalizedName, str], name: str) -> None:
    packages = locked(repository, name)

    assert {package for package, (_, _, hashes) in packages.items() if not hashes} == set()
    elsewhere = {
        package
        for package, (_, marker, _) in packages.items()
        if marker and not Marker(marker.removeprefix(" ; ")).evaluate(LINUX)
    }
    here = {package: version for package, (version, _, _) in packages.items() if package not in elsewhere}
    assert here.items() <= pins.items(), "run make hashes"
    if name == LOCKS[1]:
        assert here == pins, "run make hashes"


def test_a_lock_has_the_files_of_every_platform(repository: Path) -> None:
    """Numpy has some dozens: a lock made for one machine would have one or two."""
    for name in LOCKS:
        assert locked(repository, name)[canonicalize_name("numpy")][2] > 30


def test_what_runs_is_locked_without_what_develops(repository: Path, declared: list[Requirement]) -> None:
    service, development = (set(locked(repository, name)) for name in LOCKS)

    assert service < development
    assert "pytest" not in service
    assert {canonicalize_name(requirement.name) for requirement in declared} <= development


def test_packages_are_installed_by_hash_only(repository: Path) -> None:
    setup = (repository / "scripts" / "setup").read_text(encoding="utf-8")

    assert "--require-hashes --requirement requirements-dev.lock" in setup
    assert "--constraint" not in setup
