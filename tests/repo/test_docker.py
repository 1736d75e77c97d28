"""What can be shown of the image and the compose file without a Docker engine."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from fnmatch import fnmatch
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from graph_api.config import Settings

SETTING = re.compile(r"\bGRAPH_API_[A-Z0-9_]+")


@pytest.fixture(scope="module")
def compose_text(repository: Path) -> str:
    return (repository / "docker-compose.yml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def compose(compose_text: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(compose_text)
    return loaded


@pytest.fixture(scope="module")
def dockerfile(repository: Path) -> list[str]:
    """The instructions of the Dockerfile, continuation lines joined."""
    text = (repository / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def test_the_database_is_a_pinned_neo4j_lts(compose: dict[str, Any]) -> None:
    assert re.fullmatch(r"neo4j:5\.26\.\d+-community", compose["services"]["neo4j"]["image"])


def test_the_service_waits_for_a_healthy_database(compose: dict[str, Any]) -> None:
    assert compose["services"]["api"]["depends_on"] == {"neo4j": {"condition": "service_healthy"}}
    assert "cypher-shell" in compose["services"]["neo4j"]["healthcheck"]["test"][1]


def test_data_outlives_its_container(compose: dict[str, Any]) -> None:
    (volume, folder) = compose["services"]["neo4j"]["volumes"][0].split(":")

    assert folder == "/data"
    assert volume in compose["volumes"]


def test_ports_are_open_on_this_machine_only(compose: dict[str, Any]) -> None:
    ports = [port for service in compose["services"].values() for port in service.get("ports", ())]

    assert ports
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_there_is_no_default_password(compose_text: str) -> None:
    asked = re.findall(r"(?<!\$)\$\{([^}]*)\}", compose_text)

    assert asked
    assert [text for text in asked if not text.startswith("GRAPH_API_NEO4J_PASSWORD:?")] == []
    assert re.findall(r"PASSWORD: (?!\$\{)|NEO4J_AUTH: (?!neo4j/\$\{)", compose_text) == []


def test_the_service_uses_the_database_beside_it(compose: dict[str, Any]) -> None:
    environment = compose["services"]["api"]["environment"]

    assert environment["GRAPH_API_NEO4J_URI"] == "bolt://neo4j:7687"


def test_the_settings_of_the_containers_are_valid(compose: dict[str, Any], dockerfile: list[str]) -> None:
    image = dict(re.findall(r"(GRAPH_API_\w+)=(\S+)", " ".join(dockerfile)))
    for name in ("api", "scheduler"):
        environment = image | compose["services"][name]["environment"]
        given = {key.removeprefix("GRAPH_API_").lower(): value for key, value in environment.items()}
        assert Settings(_env_file=None, **given).engine == "neo4j"


def test_the_health_check_gives_the_password_by_environment_only(compose: dict[str, Any], tmp_path: Path) -> None:
    kind, line = compose["services"]["neo4j"]["healthcheck"]["test"]
    shell = tmp_path / "cypher-shell"
    shell.write_text('#!/bin/sh\necho "$NEO4J_USERNAME|$NEO4J_PASSWORD|$*"\n', encoding="utf-8")
    shell.chmod(0o755)

    seen = subprocess.run(
        ["/bin/sh", "-c", line.replace("$$", "$")],
        env={"PATH": str(tmp_path), "NEO4J_AUTH": "neo4j/pass/word $1"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert kind == "CMD-SHELL"
    assert seen.stdout == "neo4j|pass/word $1|RETURN 1\n"


@pytest.mark.skipif(
    not shutil.which("docker") or subprocess.run(["docker", "compose", "version"], capture_output=True).returncode != 0,  # noqa: S607, PLW1510
    reason="this machine has no docker compose; the tests above read the file themselves",
)
def test_docker_accepts_the_compose_file(repository: Path) -> None:
    command = ["docker", "compose", "--file", str(repository / "docker-compose.yml"), "config", "--quiet"]

    subprocess.run(command, check=True, env=os.environ | {"GRAPH_API_NEO4J_PASSWORD": "correct-horse"})


def test_every_setting_that_is_used_is_documented(repository: Path, compose_text: str, dockerfile: list[str]) -> None:
    documented = set(SETTING.findall((repository / ".env.example").read_text(encoding="utf-8")))

    assert set(SETTING.findall(compose_text + "\n".join(dockerfile))) - documented == set()


def test_the_image_starts_from_one_python(dockerfile: list[str]) -> None:
    bases = {line.split()[1] for line in dockerfile if line.startswith("FROM ")}

    assert len(bases) == 1
    assert re.fullmatch(r"python:3\.\d+-slim(-\w+)?", bases.pop())


def test_the_image_does_not_run_as_root(dockerfile: list[str]) -> None:
    last_stage = dockerfile[max(i for i, line in enumerate(dockerfile) if line.startswith("FROM ")) :]
    users = [line.split()[1] for line in last_stage if line.startswith("USER ")]

    assert users
    assert users[-1] not in {"root", "0"}


def test_what_the_image_copies_exists_and_reaches_the_builder(repository: Path, dockerfile: list[str]) -> None:
    copies = [line.split()[1:-1] for line in dockerfile if line.startswith("COPY ") and "--from" not in line]
    sources = {source for copied in copies for source in copied}
    ignored = (repository / ".dockerignore").read_text(encoding="utf-8").splitlines()
    let_through = [pattern[1:] for pattern in ignored if pattern.startswith("!")]

    assert {source for source in sources if not (repository / source).exists()} == set()
    assert {source for source in sources if not any(fnmatch(source, p) for p in let_through)} == set()


def test_the_image_installs_the_pinned_versions(dockerfile: list[str]) -> None:
    steps = [step for line in dockerfile if line.startswith("RUN ") for step in line.split("&&")]
    installs = [step for step in steps if "pip install" in step]

    assert installs
    own = "pip install --no-deps dist/*.whl"  # made there, so that no lock can have its hash
    assert [step for step in installs if "--require-hashes --no-deps" not in step and own not in step] == []


@pytest.fixture
def answering() -> Iterator[HTTPServer]:
    """A server whose `/readyz` answers with `server.status`."""

    class Ready(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(self.server.status if self.path == "/readyz" else 404)  # type: ignore[attr-defined]
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    with HTTPServer(("127.0.0.1", 0), Ready) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_the_health_check_requests_readiness(
    dockerfile: list[str], answering: HTTPServer, status: int, healthy: bool
) -> None:
    (line,) = (line for line in dockerfile if line.startswith("HEALTHCHECK "))
    python, *arguments = json.loads(line.partition(" CMD ")[2])
    answering.status = status  # type: ignore[attr-defined]

    check = subprocess.run(
        [sys.executable, *arguments],
        env={"GRAPH_API_PORT": str(answering.server_port)},
        capture_output=True,
        check=False,
    )

    assert python == "python"
    assert (check.returncode == 0) is healthy
