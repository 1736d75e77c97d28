"""The servers of the benchmark of reads: ours and its peers, each one process, all on one database."""

import asyncio
import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.peers.bare import ANSWERED
from benchmarks.reading.dialects import DOCUMENTS, NEO4J_GRAPHQL, Dialect
from benchmarks.reading.processes import free_port, get, pin, post, wait_until_up
from benchmarks.reading.questions import Question
from graph_api.config import Settings

PEERS = Path(__file__).parents[1] / "peers"
NODE = PEERS / "node"
GQLGEN = PEERS.parents[1] / "build" / "peers" / "gqlgen"
"""The program that `make bench-peers` builds."""
SERVER_CORE, ENGINE_CORE = 0, 1
NO_CACHE = {"GRAPH_API_CACHE_BYTES": "0"}
"""Settings without which replies would come from memory. Unknown settings are ignored."""


class Database(NamedTuple):
    """Where the database is, and its process."""

    uri: str
    user: str
    password: str
    name: str
    pid: int

    @property
    def settings(self) -> dict[str, str]:
        """The settings of a service on it."""
        names = ("URI", "USER", "PASSWORD", "DATABASE")
        return {f"GRAPH_API_NEO4J_{name}": value for name, value in zip(names, self[:4], strict=True)}


class Peer(NamedTuple):
    """How to start a peer, what it needs, and the questions that it can answer (None: all)."""

    command: Callable[[int], Sequence[str | Path]]
    needs: Path
    answered: frozenset[str] | None = None
    on_embedded: bool = True
    path: str = "/graphql"
    dialect: Dialect | None = None


def _node(program: str) -> Callable[[int], Sequence[str | Path]]:
    return lambda _port: ["node", NODE / program]


MODULES = NODE / "node_modules" / ".package-lock.json"
PEER_SERVERS: Mapping[str, Peer] = {
    "yoga": Peer(_node("yoga.js"), MODULES),
    "apollo": Peer(_node("apollo.js"), MODULES, path="/"),
    "bare": Peer(
        lambda port: [sys.executable, "-m", "benchmarks.peers.bare", str(port)],
        PEERS / "bare.py",
        frozenset(ANSWERED),
        path="/{question}",
    ),
    "neo4j-graphql": Peer(
        _node("neo4j_graphql.js"), MODULES, frozenset(DOCUMENTS), on_embedded=False, dialect=NEO4J_GRAPHQL
    ),
    "gqlgen": Peer(lambda _port: [GQLGEN], GQLGEN, frozenset({"a", "b", "c", "d", "d10k", "f", "g"})),
}
OURS, CACHED = "ours", "ours, cached"


@dataclass
class Server:
    """A running server."""

    name: str
    process: "subprocess.Popen[bytes]"
    port: int
    path: str
    statements_url: str | None
    answered: frozenset[str] | None = None
    dialect: Dialect | None = None

    def answers(self, question: Question) -> bool:
        """Whether it can answer a question."""
        return self.answered is None or question.name in self.answered

    def url_path(self, question: Question) -> str:
        """The path of a question."""
        return self.path.format(question=question.name)

    def body(self, question: Question) -> str:
        """The request."""
        return json.dumps({"query": self.dialect.documents[question.name] if self.dialect else question.document})

    def in_our_form(self, question: Question, data: Any) -> Any:  # noqa: ANN401 - JSON
        """A reply's data in the form of our schema."""
        return self.dialect.to_ours[question.name](data) if self.dialect else data

    def known(self, data: Any) -> Any:  # noqa: ANN401 - JSON
        """Our data without what the server cannot know."""
        return self.dialect.known(data) if self.dialect else data

    def ask(self, body: str, question: Question) -> bytes:
        """The reply to a question."""
        return post(f"http://127.0.0.1:{self.port}{self.url_path(question)}", body.encode())

    def count_statements(self) -> int | None:
        """How many statements it has sent so far; None if that is not known."""
        if self.statements_url is None:
            return None
        text = get(self.statements_url)
        if self.name not in (OURS, CACHED):
            return int(text)
        lines = (line for line in text.splitlines() if line.startswith("graph_api_query_seconds_count"))
        return round(sum(float(line.split()[-1]) for line in lines))


def has_cache() -> bool:
    """Whether this version of the service can keep replies in memory."""
    return all(name.removeprefix("GRAPH_API_").lower() in Settings.model_fields for name in NO_CACHE)


def reasons_against(names: Sequence[str], engine: str) -> dict[str, str]:
    """The peers that cannot run here, with the reason."""
    reasons = {}
    for name in names:
        peer = PEER_SERVERS[name]
        if engine == "embedded" and not peer.on_embedded:
            reasons[name] = "runs on Neo4j only"
        elif not peer.needs.exists():
            reasons[name] = "not installed: run make bench-peers"
        elif peer.needs == MODULES and not shutil.which("node"):
            reasons[name] = "Node.js is not installed"
    return reasons


@contextlib.asynccontextmanager
async def our_server(name: str, settings: Mapping[str, str]) -> AsyncIterator[Server]:
    """The service with some settings, as its users start it."""
    port = free_port()
    env = {key: value for key, value in os.environ.items() if not key.startswith("GRAPH_API_")}
    env |= {"GRAPH_API_LOG_LEVEL": "error", "GRAPH_API_SCHEDULER": "false", "GRAPH_API_DEMO": "false", **settings}
    command = [sys.executable, "-m", "graph_api", "serve", "--port", str(port)]
    async with _process(command, env) as process:
        server = Server(name, process, port, "/graphql", f"http://127.0.0.1:{port}/metrics")
        await wait_until_up(name, process, f"http://127.0.0.1:{port}/graphql", b'{"query": "{ __typename }"}')
        pin(process.pid, SERVER_CORE)
        yield server


def peer_environment(database: Database, port: int, counter: int) -> dict[str, str]:
    """What a peer on the database reads: its ports and the address of the database."""
    return os.environ | {
        "PORT": str(port),
        "STATEMENTS_PORT": str(counter),
        "DATABASE_URI": database.uri,
        "DATABASE_USER": database.user,
        "DATABASE_PASSWORD": database.password,
        "DATABASE_NAME": database.name,
    }


@contextlib.asynccontextmanager
async def peer_server(name: str, database: Database) -> AsyncIterator[Server]:
    """A peer on the database."""
    peer, port, counter = PEER_SERVERS[name], free_port(), free_port()
    env = peer_environment(database, port, counter) | {"NODE_ENV": "production", "GOMAXPROCS": "1"}
    statements = f"http://127.0.0.1:{port}/statements" if name == "bare" else f"http://127.0.0.1:{counter}/"
    known = None if peer.dialect else statements  # @neo4j/graphql sends its statements itself
    async with _process(list(map(str, peer.command(port))), env) as process:
        server = Server(name, process, port, peer.path, known, peer.answered, peer.dialect)
        url = f"http://127.0.0.1:{port}{peer.path.format(question='a')}"
        await wait_until_up(name, process, url, b'{"query": "{ __typename }"}')
        pin(process.pid, SERVER_CORE)
        yield server


@contextlib.asynccontextmanager
async def neo4j_server(data: Path) -> AsyncIterator[Database]:
    """A real Neo4j on a data folder.

    Raises:
        RuntimeError: it did not start.
    """
    port = free_port()
    command = [sys.executable, "-m", "tests.neo4j.server", "--port", str(port), "--data", str(data)]
    async with _process(command, dict(os.environ), stdout=subprocess.PIPE) as process:
        line = await asyncio.to_thread(process.stdout.readline) if process.stdout else b""
        if not line.startswith(b"neo4j is ready"):
            raise RuntimeError("Neo4j did not start: run make test-neo4j once, which brings it")
        yield Database(f"bolt://127.0.0.1:{port}", "neo4j", "graph-api", "neo4j", process.pid)


@contextlib.asynccontextmanager
async def _process(
    command: Sequence[str], env: Mapping[str, str], stdout: int | None = None
) -> AsyncIterator["subprocess.Popen[bytes]"]:
    """A process from the project's folder, which is stopped in the end."""
    process = subprocess.Popen(  # noqa: ASYNC220, S603 - programs of this project, watched below
        command, cwd=PEERS.parents[1], env=dict(env), stdout=stdout if stdout is not None else sys.stderr
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            await asyncio.to_thread(process.wait, 60)
        except subprocess.TimeoutExpired:
            process.kill()
