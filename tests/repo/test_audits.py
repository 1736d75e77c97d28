"""What the audits rest on, as far as it can be shown without the network they need."""

import json
import re
import tomllib
from importlib import metadata
from pathlib import Path

import arcadedb_embedded
import pytest
from graphql import GraphQLScalarType, build_schema, specified_scalar_types

from tests.audits.bundled import bundled, inside_engine, vendored
from tests.audits.findings import not_allowed


@pytest.fixture(scope="module")
def audits(repository: Path) -> Path:
    return repository / "tests" / "audits"


@pytest.fixture(scope="module")
def allowed(repository: Path) -> list[str]:
    settings = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))
    licences: list[str] = settings["tool"]["audit"]["licences"]
    return licences


def test_the_tools_have_one_version(audits: Path) -> None:
    python = (audits / "requirements.txt").read_text(encoding="utf-8").splitlines()
    node = json.loads((audits / "package.json").read_text(encoding="utf-8"))["dependencies"]

    assert [line for line in python if not re.fullmatch(r"[\w-]+==[\d.]+", line)] == []
    assert {name: version for name, version in node.items() if not re.fullmatch(r"[\d.]+", version)} == {}


def test_no_lock_file_names_a_registry(tracked: list[Path]) -> None:
    locks = [path for path in tracked if path.name in {"package-lock.json", "yarn.lock", "pnpm-lock.yaml"}]

    assert {path.parent.name for path in locks} == {"dashboard"}  # its sources, and its tests
    assert [path for path in locks if '"resolved"' in path.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("licence", ["AGPL-3.0-only", "GPL-2.0-only", "MIT OR SSPL-1.0", "Proprietary", "UNKNOWN"])
def test_a_licence_that_requires_more_than_attribution_is_not_allowed(allowed: list[str], licence: str) -> None:
    assert len(not_allowed({"x 1": licence}, allowed)) == 1


def test_what_was_copied_into_the_tree_is_known_with_version_and_licence(repository: Path, allowed: list[str]) -> None:
    static = repository / "graph_api" / "protocol" / "graphiql" / "static"
    parts = {part["name"]: part for part in vendored(repository)}

    assert parts.keys() == {path.suffix[1:] for path in static.glob("LICENSE.*")}
    assert f'version="{parts["react"]["version"]}"' in (static / "react.js").read_text(encoding="utf-8")
    assert not_allowed({name: part["licenses"][0]["expression"] for name, part in parts.items()}, allowed) == []


def test_what_was_built_into_the_dashboard_is_known_with_version_and_licence(
    repository: Path, allowed: list[str]
) -> None:
    pins = json.loads((repository / "dashboard" / "package.json").read_text(encoding="utf-8"))["dependencies"]
    parts = {part["name"]: part for part in bundled(repository)}

    assert {name: parts[name]["version"] for name in ("preact", "@urql/core")} == {
        name: pins[name] for name in ("preact", "@urql/core")
    }
    assert not_allowed({name: part["licenses"][0]["expression"] for name, part in parts.items()}, allowed) == []


def test_what_lies_in_the_embedded_engine_is_known(allowed: list[str]) -> None:
    package = Path(arcadedb_embedded.__file__).parent
    parts = {part["name"]: part for part in inside_engine(package)}

    assert len(parts) == len(list(package.glob("jars/*.jar"))) + 1
    assert metadata.version("arcadedb-embedded").startswith(parts["arcadedb-engine"]["version"])
    assert parts["arcadedb-engine"]["purl"].startswith("pkg:maven/com.arcadedb/arcadedb-engine@")
    assert not_allowed({"openjdk": parts["openjdk"]["licenses"][0]["expression"]}, allowed) == []


def test_relay_knows_every_scalar_and_where_the_id_is(repository: Path, audits: Path) -> None:
    settings = json.loads((audits / "relay.config.json").read_text(encoding="utf-8"))
    schema = build_schema((repository / "schema.graphql").read_text(encoding="utf-8"))
    scalars = {name for name, kind in schema.type_map.items() if isinstance(kind, GraphQLScalarType)}

    assert settings["customScalarTypes"].keys() == scalars - specified_scalar_types.keys()
    assert settings["schemaConfig"]["nodeInterfaceIdField"] in getattr(schema.type_map["Node"], "fields", {})


def test_the_security_page_is_one_page_and_found(repository: Path) -> None:
    lines = (repository / "SECURITY.md").read_text(encoding="utf-8").splitlines()

    assert len(lines) <= 110  # one sentence per line
    assert "](SECURITY.md)" in (repository / "README.md").read_text(encoding="utf-8")
