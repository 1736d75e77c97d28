"""Running services for the pages of the dashboard, each once in a session and only if a specification needs it."""

import contextlib
import csv
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType

import pytest
import uvicorn
from starlette.applications import Starlette

from tests.clients.install import chromium
from tests.dashboard.big_class import write
from tests.dashboard.oidc_provider import CLIENT, Provider
from tests.processes import command, demo_data, environment, free_port, service_at

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PATIENCE = 900.0
"""Seconds for anything that other work on this machine may slow down."""
KEYS = {
    "GRAPH_API_AUTH": "jwt",
    "GRAPH_API_JWT_SECRET": "a secret of these tests, which is long enough",
    "GRAPH_API_PSEUDONYM_KEY": "a pseudonym key of these tests, long enough",
}
PEOPLE = {
    "ADMIN": ("operator", "admin"),
    "TEACHER": ("teacher-ada", "teacher"),
    "STRANGER": ("teacher-of-nothing", "teacher"),
    "ANALYST": ("analyst", "analyst"),
    "STUDENT": ("demo-27", "student"),
}
"""Whose tokens `DASHBOARD_TOKEN_…` are: subject and role. The teacher teaches the demo class; the stranger no class."""
SERVICES = {
    "DASHBOARD_BIG_URL": "big",
    "DASHBOARD_GUARDED_URL": "guarded",
    "DASHBOARD_LOGIN_URL": "with_login",
    "DASHBOARD_TRUSTED_URL": "trusting",
}
"""The fixture behind each variable. A specification that names the variable gets the service."""
BIG_STUDENTS = 1_000
Addresses = dict[str, str]


def run(*words: str | Path, cwd: Path = HERE, settings: Mapping[str, str] = MappingProxyType({})) -> str:
    """Run a program to its end and return what it printed; on failure, show all of it."""
    known = {"CHROMIUM": chromium() or "", "NO_COLOR": "1"}
    done = subprocess.run(
        words, cwd=cwd, env=os.environ | known | dict(settings), capture_output=True, text=True, timeout=PATIENCE, check=False
    )  # fmt: skip
    printed = done.stdout + done.stderr
    if done.returncode:
        pytest.fail(f"{' '.join(map(str, words))}: exit code {done.returncode}\n{printed}", pytrace=False)
    return printed


def fixtures_for(spec: str) -> list[str]:
    """The services of a specification: a demo class, which it writes if its name ends in `_write`, and those it names."""
    text = (HERE / spec).read_text(encoding="utf-8")
    named = [fixture for name, fixture in SERVICES.items() if re.search(rf"\b{name}\b", text)]
    return ["written" if spec.endswith("_write.spec.ts") else "demo", *named]


def addresses_for(services: Sequence[str], request: pytest.FixtureRequest) -> Addresses:
    """The environment of specifications that need some services. `DASHBOARD_URL` is the demo class."""
    selected = [item.callspec.params.get("services", ()) for item in request.session.items if hasattr(item, "callspec")]
    if any("big" in each for each in selected):
        request.getfixturevalue("big_class")
    addresses: Addresses = {}
    for fixture in services:
        addresses |= request.getfixturevalue(fixture)
    return addresses


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the data of the demo class, which the services copy: to load it takes long."""
    return demo_data(tmp_path_factory.mktemp("seeded"), PATIENCE)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, seeded: Path) -> Iterator[Addresses]:
    """The demo class without authentication, for specifications that only read."""
    with service_at(free_port(), PATIENCE, copied(seeded, tmp_path_factory.mktemp("demo"))) as (_, url):
        yield {"DASHBOARD_URL": url}


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory, seeded: Path) -> Iterator[Addresses]:
    """The demo class without authentication, for specifications that write. Three processes serve it."""
    folder = copied(seeded, tmp_path_factory.mktemp("written"))
    with service_at(free_port(), PATIENCE, folder, "--workers", "2") as (_, url):
        yield {"DASHBOARD_URL": url, "DASHBOARD_WRITE_URL": url}


@pytest.fixture(scope="session")
def big_class(tmp_path_factory: pytest.TempPathFactory, seeded: Path) -> Iterator[Future[Path]]:
    """The data of the class `big`, imported while other specifications run: this takes longest."""
    folder = copied(seeded, tmp_path_factory.mktemp("big"))
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(import_big_class, folder)


def import_big_class(folder: Path) -> Path:
    """Add a thousand students to the data of a folder, with one answer to most of the 54 concepts of the demo class."""
    write(folder, BIG_STUDENTS, 1)
    answers = folder / "answers.csv"
    with answers.open(encoding="utf-8", newline="") as file:
        rows = {(row["student"], row["concept"]): row for row in csv.DictReader(file)}
    with answers.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, next(iter(rows.values())).keys())
        writer.writeheader()
        writer.writerows(rows.values())
    columns = ("--student", "student", "--concept", "concept", "--skill", "", "--correct", "correct", "--at", "at")
    for words in (("students", "students.jsonl"), ("groups", "groups.jsonl"), ("answers", "answers.csv", *columns)):
        importing = [sys.executable, "-m", "graph_api", "import", *words]
        run(*importing, cwd=folder, settings=environment(folder / "data", PYTHONPATH=str(ROOT)))
    return folder


@pytest.fixture(scope="session")
def big(big_class: Future[Path]) -> Iterator[Addresses]:
    """The class `big` without authentication. Specifications only read it."""
    with service_at(free_port(), PATIENCE, big_class.result(PATIENCE)) as (_, url):
        yield {"DASHBOARD_BIG_URL": url}


@pytest.fixture(scope="session")
def guarded(tmp_path_factory: pytest.TempPathFactory, seeded: Path) -> Iterator[Addresses]:
    """The demo class behind authentication, and a token for each of `PEOPLE`."""
    folder = copied(seeded, tmp_path_factory.mktemp("guarded"))
    tokens = {
        f"DASHBOARD_TOKEN_{name}": command(folder, "token", subject, "--role", role, **KEYS).stdout.strip()
        for name, (subject, role) in PEOPLE.items()
    }
    with service_at(free_port(), PATIENCE, folder, **KEYS) as (_, url):
        yield {"DASHBOARD_GUARDED_URL": url, **tokens}


@pytest.fixture(scope="session")
def with_login(tmp_path_factory: pytest.TempPathFactory, seeded: Path) -> Iterator[Addresses]:
    """The demo class behind authentication, with login by an OpenID provider."""
    port, provider_port = free_port(), free_port()
    issuer = f"http://127.0.0.1:{provider_port}"
    provider = Provider(issuer, f"http://127.0.0.1:{port}/dashboard/login/callback")
    settings = {
        "GRAPH_API_AUTH": "jwt",
        "GRAPH_API_JWT_JWKS": f"{issuer}/jwks",
        "GRAPH_API_JWT_ISSUER": issuer,
        "GRAPH_API_JWT_LEEWAY_SECONDS": "0",
        "GRAPH_API_OIDC_ISSUER": issuer,
        "GRAPH_API_OIDC_CLIENT_ID": CLIENT,
    }
    folder = copied(seeded, tmp_path_factory.mktemp("with_login"))
    with served(provider.app(), provider_port), service_at(port, PATIENCE, folder, **settings) as (_, url):
        yield {"DASHBOARD_LOGIN_URL": url, "DASHBOARD_ISSUER": issuer}


@contextlib.contextmanager
def served(app: Starlette, port: int) -> Iterator[None]:
    """An application of the tests on a port."""
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="session")
def trusting(tmp_path_factory: pytest.TempPathFactory, seeded: Path) -> Iterator[Addresses]:
    """A service that runs nothing but trusted documents. Its operator has named none."""
    folder = copied(seeded, tmp_path_factory.mktemp("trusting"))
    manifest = folder / "documents.json"
    manifest.write_text("{}", encoding="utf-8")
    with service_at(free_port(), PATIENCE, folder, GRAPH_API_TRUSTED_DOCUMENTS=str(manifest)) as (_, url):
        yield {"DASHBOARD_TRUSTED_URL": url}


def copied(data: Path, folder: Path) -> Path:
    """A folder for a service, with a copy of these data."""
    shutil.copytree(data, folder / "data")
    return folder
