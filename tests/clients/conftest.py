"""Running services for clients, and the clients' own build steps, each once in a session."""

import json
import os
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.clients.documents import extract
from tests.clients.install import chromium
from tests.processes import command, demo_data, free_port, service_at

HERE = Path(__file__).parent
GENERATED = HERE / "generated"
BIN = HERE / "node_modules" / ".bin"
PATIENCE = 170.0
"""Seconds for anything that other work on this machine may slow down."""
KEYS = {"GRAPH_API_AUTH": "jwt", "GRAPH_API_JWT_SECRET": "a secret of these tests, which is long enough"}


def run(*words: str | Path, cwd: Path = HERE, **environment: str) -> str:
    """Run a program to its end and return what it printed; on failure, show all of it."""
    known = {"CHROMIUM": chromium() or "", "NO_COLOR": "1", "PYTHONPATH": ""}
    done = subprocess.run(
        words, cwd=cwd, env=os.environ | known | environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )  # fmt: skip
    printed = done.stdout + done.stderr
    if done.returncode:
        pytest.fail(f"{' '.join(map(str, words))}: exit code {done.returncode}\n{printed}", pytrace=False)
    return printed


def tsx(program: str, *arguments: str | Path) -> str:
    """Run one of the TypeScript programs."""
    return run(BIN / "tsx", "--import", "./websocket.ts", program, *arguments)


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the data of the demo class, which the services copy: to load it takes long."""
    return demo_data(tmp_path_factory.mktemp("seeded"), PATIENCE)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, seeded: Path) -> Iterator[str]:
    """The address of a service with the demo class, without authentication."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(seeded, folder / "data")
    with service_at(free_port(), PATIENCE, folder) as (_, url):
        yield url


@dataclass(frozen=True)
class Guarded:
    """A service with authentication, an allowed origin, and a rate limit for students."""

    url: str
    service_token: str
    student_token: str
    allowed_port: int
    other_port: int


@pytest.fixture(scope="session")
def guarded(tmp_path_factory: pytest.TempPathFactory, seeded: Path) -> Iterator[Guarded]:
    """A service with the demo class that web pages and students use."""
    folder = tmp_path_factory.mktemp("guarded")
    shutil.copytree(seeded, folder / "data")
    settings = KEYS | {"GRAPH_API_RATE_LIMIT": "5/second"}
    quiz, student = (
        command(folder, "token", subject, "--role", role, **settings).stdout.strip()
        for subject, role in (("quiz", "service"), ("demo-10", "student"))
    )
    allowed, other = free_port(), free_port()
    origin = f"http://127.0.0.1:{allowed}"
    with service_at(free_port(), PATIENCE, folder, GRAPH_API_ORIGINS=origin, **settings) as (_, url):
        yield Guarded(url, quiz, student, allowed, other)


@pytest.fixture(scope="session")
def schema_file(demo: str) -> Path:
    """The schema as the service serves it."""
    GENERATED.mkdir(exist_ok=True)
    file = GENERATED / "schema.graphql"
    with urllib.request.urlopen(f"{demo}/schema.graphql", timeout=30) as reply:
        file.write_bytes(reply.read())
    return file


@pytest.fixture(scope="session")
def typed_documents(demo: str) -> Path:
    """What graphql-codegen writes for all programs and pages, from introspection over HTTP; its manifest of documents."""
    extract()
    run(BIN / "graphql-codegen", "--config", "codegen.ts", GRAPH_API_URL=f"{demo}/graphql")
    return GENERATED / "gql" / "persisted-documents.json"


@pytest.fixture(scope="session")
def relay_documents(schema_file: Path) -> Path:
    """What Relay's compiler writes, with texts and with ids; its manifest of documents."""
    manifest = schema_file.parent / "relay-documents.json"
    manifest.write_text("{}", encoding="utf-8")
    for form in ("relay", "relay.trusted"):
        artifacts = GENERATED / form.replace(".", "-")
        shutil.rmtree(artifacts, ignore_errors=True)  # the compiler adds to the manifest only what it compiles anew
        artifacts.mkdir()
        run(BIN / "relay-compiler", f"{form}.config.json", cwd=HERE / "relay")
        tsx("relay/bundle.ts", artifacts, artifacts.with_suffix(".js"))
    return manifest


@pytest.fixture(scope="session")
def trusting(
    tmp_path_factory: pytest.TempPathFactory, seeded: Path, typed_documents: Path, relay_documents: Path
) -> Iterator[str]:
    """A service that runs nothing but the documents of both compilers."""
    folder = tmp_path_factory.mktemp("trusting")
    shutil.copytree(seeded, folder / "data")
    documents = {**json.loads(typed_documents.read_text()), **json.loads(relay_documents.read_text())}
    manifest = folder / "documents.json"
    manifest.write_text(json.dumps(documents), encoding="utf-8")
    with service_at(free_port(), PATIENCE, folder, GRAPH_API_TRUSTED_DOCUMENTS=str(manifest)) as (_, url):
        yield url
