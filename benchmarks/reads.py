"""Reads over HTTP beside other servers on the same database: requests per second and CPU time per request.

    python -m benchmarks.reads [--rounds 3] [--seconds 3] [--only b,c] [--peers yoga,bare] [--engine neo4j]

`make bench-peers` installs the peers: graphql-yoga, Apollo Server and gqlgen with hand-written resolvers and data
loaders, and on Neo4j @neo4j/graphql. `bare` is Starlette with hand-written statements and no GraphQL. The data are
written by the product, once, and kept in `build/reads`.

All servers run at the same time, one process each, and are measured in turn, in rounds. Before that each must give the
reply that ours gives; `benchmarks/reading/replies.py` lists what is not compared. `ours` has no cache of replies; the
course and the levels of classes are in memory, by what each request reads of their changes. The server under load has
one core, the database and the load generator share another. Ratios are medians over rounds. The load has 16
connections.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.reading.data import fill, folder_of
from benchmarks.reading.load import Load, Plan
from benchmarks.reading.processes import pin
from benchmarks.reading.questions import QUESTIONS, Question
from benchmarks.reading.replies import comparable, find_difference
from benchmarks.reading.report import NEO4J_PEERS, Row, question_lines, target_lines
from benchmarks.reading.servers import (
    CACHED,
    ENGINE_CORE,
    NO_CACHE,
    OURS,
    PEER_SERVERS,
    Database,
    Server,
    has_cache,
    neo4j_server,
    our_server,
    peer_server,
    reasons_against,
)
from graph_api.app.metrics import Metrics
from graph_api.app.running import running
from graph_api.config import Settings
from graph_api.protocol.cached_replies import SETTLED_SECONDS
from graph_api.store.engine.embedded import find_running
from graph_api.store.engine.embedded_process import holder

CONNECTIONS = 16
OUR_NAMES = frozenset({OURS, CACHED})
REPEATS = 3
BUILD = Path(__file__).parents[1] / "build" / "reads"


class Options(NamedTuple):
    """The options of the command line."""

    rounds: int
    seconds: float
    warmup: float
    engine: str
    questions: Sequence[Question]
    peers: Sequence[str]


async def fill_once(folder: Path, **settings: object) -> None:
    """Fill the database of a folder, unless it was filled before."""
    done = folder / "filled"
    if done.exists():
        return
    print("filling the database, about two minutes …", file=sys.stderr, flush=True)
    given = Settings(_env_file=None, data_dir=folder, log_level="error", scheduler=False, **settings)  # type: ignore[arg-type]
    async with running(given, Metrics("", given.engine)) as behind:
        await fill(behind)
    done.touch()


@contextlib.asynccontextmanager
async def ours_and_database(engine: str) -> AsyncIterator[tuple[Server, Database]]:
    """Our server without its cache of replies, and the database behind it."""
    folder = folder_of(engine, BUILD)
    if engine == "embedded":
        await fill_once(folder)
        async with our_server(OURS, {"GRAPH_API_DATA_DIR": str(folder)} | NO_CACHE) as server:
            engine_address = find_running(folder)
            if engine_address is None:
                raise RuntimeError("the embedded engine does not run")
            yield server, Database(*engine_address, holder(folder / "embedded")[0])
        return
    async with neo4j_server(folder) as database:
        await fill_once(folder, neo4j_uri=database.uri, neo4j_password=database.password)
        async with our_server(OURS, database.settings | NO_CACHE) as server:
            yield server, database


@contextlib.asynccontextmanager
async def stage(options: Options) -> AsyncIterator[tuple[list[Server], Database]]:
    """All servers, ours first, and the database."""
    reasons = reasons_against(options.peers, options.engine)
    for name, reason in reasons.items():
        print(f"left out: {name}, {reason}")
    async with contextlib.AsyncExitStack() as stack:
        ours, database = await stack.enter_async_context(ours_and_database(options.engine))
        pin(database.pid, ENGINE_CORE)
        servers = [ours]
        if has_cache():
            servers.append(await stack.enter_async_context(our_server(CACHED, database.settings)))
        else:
            print(f"left out: {CACHED}, this version has no cache of replies")
        starting = [peer_server(name, database) for name in options.peers if name not in reasons]
        servers += [await stack.enter_async_context(each) for each in starting]
        yield servers, database


def count_statements(server: Server, question: Question) -> int | None:
    """The statements of one request: the fewest of some, since the service's own work between requests counts, too."""
    counts = []
    for _ in range(REPEATS):
        before = server.count_statements()
        server.ask(server.body(question), question)
        after = server.count_statements()
        if before is None or after is None:
            return None
        counts.append(after - before)
    return min(counts)


def store_reply(server: Server, question: Question) -> None:
    """Ask until the reply is stored: under a token that was first read a while before."""
    for _ in range(REPEATS):
        server.ask(server.body(question), question)
        time.sleep(SETTLED_SECONDS)


def examine(question: Question, servers: Sequence[Server]) -> dict[str, Row]:
    """The size of each server's reply and the number of its statements, when all replies are equal.

    A peer that reports an error cannot serve the question: it is named, and left out.

    Raises:
        SystemExit: a reply differs from ours, or ours is an error.
    """
    expected: Any = None
    rows = {}
    for server in servers:
        reply = server.ask(server.body(question), question)  # reads what is kept between requests
        if server.name == CACHED:
            store_reply(server, question)
        statements = count_statements(server, question)
        whole = json.loads(reply)
        if "errors" in whole:
            failure = f"{question.name}: {server.name} reports {str(whole['errors'])[:500]}"
            if server.name in OUR_NAMES:
                sys.exit(failure)
            print(f"left out: {failure}")
            continue
        data = comparable(server.in_our_form(question, whole["data"]))
        expected = data if expected is None else expected
        if difference := find_difference(server.known(expected), data):
            sys.exit(f"{question.name}: the reply of {server.name} differs from ours at {difference}")
        rows[server.name] = Row(len(reply), statements)
    return rows


async def measure(  # noqa: PLR0913, PLR0917 - what is measured, and how long
    question: Question, server: Server, database: Database, size: int, warmup: float, seconds: float
) -> Load:
    """Put load on a server, from a process of its own."""
    plan = Plan(
        port=server.port,
        path=server.url_path(question),
        body=server.body(question),
        size=size,
        connections=CONNECTIONS,
        warmup=warmup,
        seconds=seconds,
        core=ENGINE_CORE,
        pids={"server": server.process.pid, "engine": database.pid},
    )
    command = [sys.executable, "-m", "benchmarks.reading.load"]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, cwd=BUILD.parents[1], stdin=pipe, stdout=pipe, stderr=pipe)
    printed, errors = await process.communicate(json.dumps(asdict(plan)).encode())
    if process.returncode:
        raise RuntimeError(f"{question.name}: {server.name}: {errors.decode()[-2_000:]}")
    return Load(**json.loads(printed))


async def main(options: Options) -> None:
    """Measure and print."""
    figures: dict[str, Mapping[str, Row]] = {}
    async with stage(options) as (servers, database):
        for question in options.questions:
            figures[question.name] = examine(question, [each for each in servers if each.answers(question)])
        print(f"equal replies on {options.engine}: {', '.join(figures)}", flush=True)
        for turn, question in itertools.product(range(options.rounds), options.questions):
            rows = figures[question.name]
            for server in servers:
                if server.name in rows:
                    row, warmup = rows[server.name], options.warmup if turn == 0 else min(options.warmup, 0.3)
                    row.rounds.append(await measure(question, server, database, row.size, warmup, options.seconds))
            if turn == options.rounds - 1:
                print("\n".join(question_lines(question, rows)), flush=True)
    peers = NEO4J_PEERS if options.engine == "neo4j" else ()
    print("\n".join(target_lines(options.questions, figures, OURS, CACHED, peers)))


def chosen(text: str, names: Sequence[str], what: str) -> list[str]:
    """The names of a list with commas.

    Raises:
        SystemExit: one of them is unknown.
    """
    given = [name for name in text.split(",") if name]
    if unknown := [name for name in given if name not in names]:
        sys.exit(f"{what}: must be of {', '.join(names)} (got {', '.join(unknown)})")
    return given


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    letters = [question.name for question in QUESTIONS]
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3.0, help="of one server on one question in one round")
    parser.add_argument("--warmup", type=float, default=2.0, help="seconds before the first round, not measured")
    parser.add_argument("--only", default=",".join(letters), help="questions, by name")
    parser.add_argument("--peers", default=",".join(PEER_SERVERS))
    parser.add_argument("--engine", choices=["embedded", "neo4j"], default="embedded")
    arguments = parser.parse_args()
    only = chosen(arguments.only, letters, "--only")
    asyncio.run(
        main(
            Options(
                rounds=arguments.rounds,
                seconds=arguments.seconds,
                warmup=arguments.warmup,
                engine=arguments.engine,
                questions=[question for question in QUESTIONS if question.name in only],
                peers=chosen(arguments.peers, list(PEER_SERVERS), "--peers"),
            )
        )
    )
