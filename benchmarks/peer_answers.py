"""Recording on Neo4j beside gqlgen, a server in Go: answers per second, latency, CPU time, and what was counted.

    python -m benchmarks.peer_answers [--seconds 10] [--rounds 3] [--warm-up 60000]

Starts a Neo4j on a temporary folder, and three servers on it, each with students of its own. Two are gqlgen with the
official driver (`benchmarks/peers/gqlgen/graph/recording.go`): one transaction for each answer, with a lock on the
student first, or without. `make bench-peers` builds it. They check nothing, do not recognise a repeated event and write
a part of what the service writes. Rounds alternate between the servers, so that ratios are of one run.

The last lines are the targets, each met or MISSED.
"""

import argparse
import asyncio
import contextlib
import json
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from neo4j import Driver, GraphDatabase

from benchmarks.answers import FEW, MANY, Target, prepare, serving
from benchmarks.reading.processes import cpu_seconds, free_port, post, wait_until_up
from benchmarks.reading.servers import GQLGEN, Database, neo4j_server, peer_environment
from benchmarks.recording.load import ONE
from benchmarks.recording.runs import Load, Measured, middle, put_under

OURS, LOCKS, NAIVE = "ours", "gqlgen, locks", "gqlgen, naive"
STUDENTS = {OURS: "", LOCKS: "locked-", NAIVE: "naive-"}
"""How the ids of the students of each server begin."""
COUNT = """MATCH (student:Student) WHERE student.id STARTS WITH $start
MATCH (student)-[mastery:HAS_MASTERY]->(:Concept) RETURN coalesce(sum(mastery.attempts), 0) AS attempts"""
REPEATS = 9


class Server(NamedTuple):
    """A running server: its name, port and process."""

    name: str
    port: int
    pid: int


def settings_of(database: Database) -> dict[str, str]:
    """The settings of a service on the database, without their prefix."""
    return {name.removeprefix("GRAPH_API_"): value for name, value in database.settings.items()}


@contextlib.contextmanager
def gqlgen(name: str, database: Database) -> Iterator[Server]:
    """The server in Go, as its own process."""
    port = free_port()
    env = peer_environment(database, port, free_port())
    env |= {"LOCKS": "1" if name == LOCKS else "", "STUDENTS": STUDENTS[name]}
    process = subprocess.Popen([GQLGEN], env=env)  # noqa: S603 - our own
    try:
        url = f"http://127.0.0.1:{port}/graphql"
        asyncio.run(wait_until_up(name, process, url, b'{"query": "{ __typename }"}'))
        yield Server(name, port, process.pid)
    finally:
        process.terminate()
        process.wait(60)


def count_attempts(driver: Driver, name: str) -> int:
    """The attempts that the masteries of all students of a server have."""
    (row,) = driver.execute_query(COUNT, start=STUDENTS[name] + "s").records
    return int(row["attempts"])


def run(server: Server, load: Load, seconds: float, seed: int, database: Database) -> Measured:
    """Put a server under a load; the CPU of the engine is that of Neo4j."""
    before = cpu_seconds(database.pid)
    measured = put_under(load, server.port, seconds, server.pid, seed)
    spent = (cpu_seconds(database.pid) - before) * 1e3
    return measured._replace(engine=spent / measured.done.answers)


def count_repeats(server: Server, driver: Driver) -> int:
    """How often an event counts that is sent nine times."""
    before = count_attempts(driver, server.name)
    given = {"id": str(uuid.uuid4()), "studentId": "s0", "conceptIds": ["c0"], "correct": True}
    body = json.dumps({"query": ONE, "variables": {"input": given}}).encode()
    for _ in range(REPEATS):
        post(f"http://127.0.0.1:{server.port}/graphql", body)
    return count_attempts(driver, server.name) - before


def compare(database: Database, seconds: float, rounds: int, warmed: int) -> list[Target]:
    """Measure all servers in turns, and print their figures."""
    auth = (database.user, database.password)
    with contextlib.ExitStack() as stack:
        driver = stack.enter_context(GraphDatabase.driver(database.uri, auth=auth))
        servers = [Server(OURS, *stack.enter_context(serving(settings_of(database))))]
        servers += [stack.enter_context(gqlgen(name, database)) for name in (LOCKS, NAIVE)]
        acknowledged = dict.fromkeys(STUDENTS, 0)
        for server in servers:
            while acknowledged[server.name] < warmed:
                acknowledged[server.name] += run(server, MANY, 5, acknowledged[server.name], database).done.answers
        runs: dict[tuple[str, Load], list[Measured]] = {}
        for turn in range(rounds):
            for load in (FEW, MANY):
                for server in servers:
                    measured = run(server, load, seconds, turn * 1_000 + load.connections, database)
                    acknowledged[server.name] += measured.done.answers
                    runs.setdefault((server.name, load), []).append(measured)
        shown = {key: middle(measured) for key, measured in runs.items()}
        for (name, load), measured in shown.items():
            print(f"{load!s:>12} {name:>14}: {measured}", flush=True)
        counted = {name: count_attempts(driver, name) for name in STUDENTS}
        for server in servers:
            lost = 1 - counted[server.name] / acknowledged[server.name]
            print(
                f"{server.name:>27}: {acknowledged[server.name]:,} acknowledged, {counted[server.name]:,} counted"
                f" ({lost:.1%} lost), an event sent {REPEATS} times counts {count_repeats(server, driver)} times"
            )
    ratios = [
        Target(
            f"times the rate of gqlgen that locks, {load}",
            shown[OURS, load].done.rate / shown[LOCKS, load].done.rate,
            1,
        )
        for load in (FEW, MANY)
    ]
    return [*ratios, Target("counted of acknowledged answers", counted[OURS] / acknowledged[OURS], 1, 1)]


async def main(seconds: float, rounds: int, warmed: int) -> None:
    """Start Neo4j, measure and print."""
    if not GQLGEN.exists():
        raise SystemExit("gqlgen is not built: install Go and run make bench-peers")
    with tempfile.TemporaryDirectory() as folder:
        async with neo4j_server(Path(folder)) as database:
            await prepare(settings_of(database))
            for target in await asyncio.to_thread(compare, database, seconds, rounds, warmed):
                print(target)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0, help="of each load in each round")
    parser.add_argument("--rounds", type=int, default=3, help="over which medians are taken")
    parser.add_argument("--warm-up", type=int, default=60_000, help="answers of each server that are recorded first")
    given = parser.parse_args()
    asyncio.run(main(given.seconds, given.rounds, given.warm_up))
