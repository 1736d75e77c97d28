"""One engine and one driver for the whole session: the embedded engine, or the Neo4j that the environment names."""

import asyncio
import functools
import math
import os
import signal
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import neo4j
import pytest
import structlog
from hypothesis import settings

from graph_api.app import logs
from graph_api.app.application import create_app
from graph_api.config import Settings
from graph_api.domain.course.course import Concept, Skill
from graph_api.domain.parameters.topic_parameters import DEFAULT_SET
from graph_api.schema.services import Services
from graph_api.store import cypher_files
from graph_api.store.engine.child_environment import JVM_OPTIONS
from graph_api.store.engine.embedded import EmbeddedEngine
from graph_api.store.gateway import Gateway
from graph_api.store.migrations import load_migrations, migrate
from graph_api.store.packaged import packaged
from graph_api.usecases.answers.answer_intake import AnswerIntake
from graph_api.usecases.answers.record_answers import RecordAnswers
from graph_api.usecases.course import course_now
from graph_api.usecases.course.edit_course import upsert_concepts, upsert_skills
from graph_api.usecases.parameters.edit_parameter_sets import ensure_defaults
from graph_api.usecases.parameters.edit_policy_sets import ensure_default_policies
from tests.application import Client
from tests.both_ways import UNCOUNTED, compare_all
from tests.graph_copy import GraphCopy, empty
from tests.in_memory import folder_in_memory
from tests.sizes import size

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
settings.register_profile("untimed", deadline=None, max_examples=size(40, 400))  # no test fails for a slow machine
settings.register_profile("few", deadline=None, max_examples=10)  # for runs that repeat what `make test` has run
settings.load_profile("untimed")
COUNT = (
    "RETURN COUNT { (n) WHERE NOT n:CourseVersion AND NOT n:AuditEntry AND NOT n:Erasure AND NOT n:ErasureKey } AS nodes, "
    "COUNT { ()-[:ANSWERED]->() } AS answers, "
    "COUNT { ()-[:HAS_MASTERY]->() } AS masteries, COUNT { ()-[:PREREQUISITE_OF]->() } AS links, "
    "COUNT { ()-[:PART_OF]->() } AS parts"
)

os.environ.setdefault(JVM_OPTIONS, "-XX:TieredStopAtLevel=1")
"""Engines of tests live for minutes: Java's second compiler took half of their time, and its code was hardly used."""
DATA_SETTING = "GRAPH_API_TEST_DATA"
AT_THE_START = {"parameters in effect", "unfinished replays"}
"""Background work of a service that has started: it would take over what tests leave unfinished."""
Ask = Callable[..., Awaitable[Any]]

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Started under nohup or in the background of a shell. What tests start would inherit it, and not stop on Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)

for setting in ("URI", "DATA"):
    # Each worker has a Neo4j of its own: tests empty the database.
    name = f"GRAPH_API_TEST_NEO4J_{setting}"
    if own := os.environ.get(f"{name}_{os.environ.get('PYTEST_XDIST_WORKER', '').upper()}"):
        os.environ[name] = own

collect_ignore_glob = [] if os.environ.get("GRAPH_API_TEST_NEO4J_URI") else ["neo4j/test_*.py"]
"""What is about Neo4j itself runs where there is one: `make test-neo4j`."""
collect_ignore_glob += [] if os.environ.get("GRAPH_API_TEST_CLIENTS") else ["clients/test_*.py"]
"""Third-party clients are installed first: `make test-clients`."""
collect_ignore_glob += [] if os.environ.get("GRAPH_API_TEST_DASHBOARD") else ["dashboard/test_*.py"]
"""So are Node.js and Chromium: `make test-dashboard`."""
collect_ignore_glob += ["audits/schemathesis_hooks.py", "clients/python/*"]
"""Run in environments of their own."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Read the demo class first, while it is loaded. On Neo4j, run only the tests that use the database."""
    items.sort(key=lambda item: "demo_class" not in getattr(item, "fixturenames", ()))
    if os.environ.get("GRAPH_API_TEST_NEO4J_URI"):
        others = [item for item in items if not _uses_neo4j(item)]
        items[:] = [item for item in items if _uses_neo4j(item)]
        config.hook.pytest_deselected(items=others)


def _uses_neo4j(item: pytest.Item) -> bool:
    return "database" in getattr(item, "fixturenames", ()) or "neo4j" in item.path.parent.parts


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Figures that tests show, from whichever process they ran in, and whether real data was absent."""
    without_data = [each for each in terminalreporter.getreports("skipped") if DATA_SETTING in str(each.longrepr)]
    if without_data:
        terminalreporter.write_line(f"{len(without_data)} tests were skipped: real data is absent ({DATA_SETTING})")
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "figure":
                terminalreporter.write_line(value)


@pytest.fixture(scope="session", autouse=True)
def logs_of_this_process() -> Iterator[None]:
    """Commands that run in this process leave its logs alone: other tests read them."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(logs, "configure", lambda *_, **__: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def statements_read_once() -> Iterator[None]:
    """The applications and commands of this process share the statements: to read and check them took most of a start."""
    read, once = cypher_files.load, functools.cache(cypher_files.load)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cypher_files, "load", lambda root: (once if root == packaged("cypher") else read)(root))
        yield


@pytest.fixture(scope="session", autouse=True)
def both_ways() -> Iterator[None]:
    """If the environment wants it, every query over HTTP runs both ways: compiled, and by graphql-core."""
    with pytest.MonkeyPatch.context() as patched:
        if os.environ.get("GRAPH_API_TEST_BOTH_WAYS"):
            compare_all(patched)
        yield


@pytest.fixture(scope="session")
async def database() -> AsyncIterator[dict[str, str]]:
    """The settings of the database that all tests share."""
    names = ("NEO4J_URI", "NEO4J_USER", "NEO4J_PASSWORD", "NEO4J_DATABASE")
    if os.environ.get("GRAPH_API_TEST_NEO4J_URI"):
        yield {name.lower(): os.environ[f"GRAPH_API_TEST_{name}"] for name in names}
        return
    with folder_in_memory() as folder:
        async with await EmbeddedEngine.start(folder) as engine:
            yield settings_of(engine)


def settings_of(engine: EmbeddedEngine) -> dict[str, str]:
    """The settings with which a service uses a running engine."""
    return {f"neo4j_{name}": str(getattr(engine, name)) for name in ("uri", "user", "password", "database")}


def _is_in_background() -> bool:
    """Whether a task of the look for stale states is running, which begins a second after a service has started."""
    return structlog.contextvars.get_contextvars().get("work") == "parameters in effect"


AGAIN = ("threshold_set/list_newest", "course_version/read_predictors")
"""What is read again after a change, for all requests that follow."""


def _is_shared(statement: str) -> bool:
    """Whether a statement is not of one request.

    It reads the course, the thresholds or the predictors again after a change, or looks after the last batch of answers whether a
    parameter set was replaced meanwhile.
    """
    task = asyncio.current_task()
    name = "" if task is None else task.get_name()
    is_after_a_batch = name == "answer-intake" and statement == "course_version/read"
    return is_after_a_batch or statement in AGAIN or name == course_now.TASK


def is_uncounted(statement: str) -> bool:
    """Whether a statement is not of one request, or of the comparison of both ways of execution."""
    return _is_in_background() or _is_shared(statement) or UNCOUNTED.get()


@pytest.fixture(scope="session")
def statements_seen() -> list[str]:
    """The names of the statements that requests sent through `gateway`, for tests that count round trips."""
    return []


@pytest.fixture(scope="session")
def statements_sent() -> deque[str]:
    """The names of the last statements that were sent through `gateway`, also of those that `statements_seen` lacks."""
    return deque(maxlen=10_000)


@pytest.fixture(scope="session")
async def gateway(
    database: dict[str, str], statements_seen: list[str], statements_sent: deque[str]
) -> AsyncIterator[Gateway]:
    """A migrated database."""

    def observe(name: str, *_: object) -> None:
        statements_sent.append(name)
        if not is_uncounted(name):
            statements_seen.append(name)

    connected = Gateway.connect(
        database["neo4j_uri"],
        user=database["neo4j_user"],
        password=database["neo4j_password"],
        database=database["neo4j_database"],
        statements=cypher_files.load(packaged("cypher")),
        observe=observe,
    )
    async with connected:
        await connected.wait_until_ready(60, print)
        await migrate(connected, load_migrations(packaged("cypher") / "migrations"), NOW)
        await ensure_defaults(connected, NOW)
        await ensure_default_policies(connected, NOW)
        yield connected


@pytest.fixture(scope="session")
async def raw(database: dict[str, str], gateway: Gateway) -> AsyncIterator[Ask]:
    """Run any Cypher, to look at the graph from outside."""
    auth = (database["neo4j_user"], database["neo4j_password"])
    async with neo4j.AsyncGraphDatabase.driver(database["neo4j_uri"], auth=auth) as driver:

        async def run(text: str, **params: object) -> list[dict[str, Any]]:
            async with driver.session(database=database["neo4j_database"]) as session:
                result = await session.run(neo4j.Query(text), params)
                return [record.data() async for record in result]

        yield run


@pytest.fixture
async def clean(request: pytest.FixtureRequest, raw: Ask) -> None:
    """An empty graph, unless the test begins with the course."""
    if "course" not in request.fixturenames:
        await empty(raw)


@pytest.fixture
def counts(raw: Ask) -> Ask:
    """How much the graph holds, to show that a failure wrote nothing."""

    async def count() -> dict[str, int]:
        (row,) = await raw(COUNT)
        counts: dict[str, int] = row
        return counts

    return count


@pytest.fixture(scope="session")
def copied_course() -> GraphCopy:
    """The course as the use cases made it for the first test."""
    return GraphCopy()


@pytest.fixture
async def course(raw: Ask, gateway: Gateway, copied_course: GraphCopy) -> None:
    """Three concepts in a row in two skills, and a skill of its own; nothing else."""
    await copied_course.begin(raw, lambda: make_course(gateway))


async def make_course(gateway: Gateway) -> None:
    """Write the course of most tests into an empty graph."""
    skills = [Skill("grammar", "Grammar", "grammar"), Skill("cases", "Cases", "grammar", block="spring", year=8)]
    await upsert_skills(gateway, [*skills, Skill("talk", "Talking", "speaking")], NOW)
    concepts = [
        Concept("nominative", "Nominative", ["grammar"], []),
        Concept("accusative", "Accusative", ["grammar", "cases"], ["nominative"]),
        Concept("dative", "Dative", ["cases"], ["accusative"]),
    ]
    await upsert_concepts(gateway, concepts, NOW)


@pytest.fixture
async def intake(gateway: Gateway) -> AsyncIterator[AnswerIntake]:
    """An intake in front of the database."""
    async with AnswerIntake(RecordAnswers(gateway, DEFAULT_SET)) as running:
        yield running


@pytest.fixture(scope="session")
async def client(database: dict[str, str], gateway: Gateway) -> AsyncIterator[Client]:
    """An HTTP client of the whole application, on the same database. It stores no replies: tests count statements."""
    app = create_app(Settings(_env_file=None, scheduler=False, cache_bytes=0, **database))  # type: ignore[arg-type]
    async with app.router.lifespan_context(app), Client(app, timeout=60) as connected:
        connected.services.gateway.observe = gateway.observe
        connected.services.course.settling = 0  # tests count statements just after they have changed the course
        connected.services.histories.memory.settling = math.inf
        connected.services.classes.settling = math.inf  # and after they have read a class, however long that takes
        for task in asyncio.all_tasks():
            if task.get_name() in AT_THE_START:
                task.cancel()
        yield connected


@pytest.fixture(scope="session")
def services(client: Client) -> Services:
    """What the resolvers of the application work with."""
    return client.services


@pytest.fixture(scope="session")
def ask(client: httpx.AsyncClient) -> Ask:
    """Send a GraphQL document; returns its data, and fails on errors."""

    async def send(query: str, **variables: object) -> Any:
        reply = (await client.post("/graphql", json={"query": query, "variables": variables})).json()
        assert "errors" not in reply, reply["errors"]
        return reply["data"]

    return send


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder of real data that the setting GRAPH_API_TEST_DATA names; without it the test is skipped."""
    name = os.environ.get(DATA_SETTING)
    if not name:
        pytest.skip(f"{DATA_SETTING} is not set: it names the folder of real data")
    folder = Path(name)
    assert folder.is_dir(), f"{DATA_SETTING}: must be a folder, got '{name}'"
    return folder


@pytest.fixture(scope="session")
def data_file(data_folder: Path) -> Callable[[str], Path]:
    """Find a file in the folder of real data by its relative path; without the file the test is skipped."""

    def find(name: str) -> Path:
        path = data_folder / name
        if not path.exists():
            pytest.skip(f"{name} is absent from the folder that {DATA_SETTING} names")
        return path

    return find


@pytest.fixture(scope="session")
def repository() -> Path:
    """The top of the checkout."""
    return Path(__file__).parent.parent
