"""A real Neo4j on loopback, for tests and for machines without Docker.

    python -m tests.neo4j.server [--port 7687] [--data .neo4j/data] [--in-memory] [-- COMMAND …]

Maven resolves the jars that `pom.xml` pins, once; they are loaded into this process, which is then a Neo4j Community server
that speaks Bolt on loopback only; the user is neo4j, the password "graph-api". With a command, the server takes a free
port and a data folder of its own, GRAPH_API_TEST_NEO4J_… give the command its address, and it stops with the command.
Without one it runs until it is stopped.
"""

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from neo4j import GraphDatabase
from neo4j.exceptions import AuthError

from tests.in_memory import folder_in_memory
from tests.neo4j.java import NoJava, find_jvm

HERE = Path(__file__).parent
JARS = HERE.parents[1] / ".neo4j"
LOOPBACK = "127.0.0.1"
OPENED = ("java.nio", "java.io", "java.lang", "sun.nio.ch", "java.util.concurrent")
"""What Neo4j's own start script opens to it."""
READY = "neo4j is ready"
USER, PASSWORD = "neo4j", "graph-api"


def resolve() -> list[str]:
    """The jars, from Maven's local store; from Maven Central if the pom is new.

    Raises:
        RuntimeError: Maven is not installed, or cannot reach its repository.
    """
    pom, listed = HERE / "pom.xml", JARS / "classpath"
    if not listed.exists() or listed.stat().st_mtime < pom.stat().st_mtime:
        JARS.mkdir(exist_ok=True)
        goal = ["dependency:build-classpath", f"-Dmdep.outputFile={listed}", "-Dmdep.includeScope=runtime"]
        try:
            done = subprocess.run(["mvn", "-q", "-B", "-f", pom, *goal], capture_output=True, text=True, check=False)  # noqa: S607
        except FileNotFoundError:
            raise RuntimeError(
                "Maven is not there: install the package maven, or set GRAPH_API_TEST_NEO4J_URI"
            ) from None
        if done.returncode:
            listed.unlink(missing_ok=True)
            raise RuntimeError(f"Maven could not resolve Neo4j:\n{done.stdout[-2000:]}")
    return listed.read_text().strip().split(os.pathsep)


def serve(data: Path, port: int, heap: str) -> None:
    """Be the server until SIGTERM or SIGINT."""
    import jpype  # noqa: PLC0415 - its own process loads it

    data.mkdir(parents=True, exist_ok=True)
    stops = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stops)  # before the threads of Java, which inherit it
    opened = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in OPENED]
    jpype.startJVM(str(find_jvm()), f"-Xmx{heap}", "-Xrs", *opened, classpath=resolve())
    service = build(data, port)
    set_password(f"bolt://{LOOPBACK}:{port}")
    print(READY, f"bolt://{LOOPBACK}:{port}", flush=True)
    signal.sigwait(stops)
    service.shutdown()
    os._exit(0)  # Java's threads would keep the process


def build(data: Path, port: int) -> Any:
    """Start the database."""
    from jpype import JClass, JInt, JLong  # noqa: PLC0415

    settings = JClass("org.neo4j.configuration.GraphDatabaseSettings")
    bolt = JClass("org.neo4j.configuration.connectors.BoltConnector")
    address = JClass("org.neo4j.configuration.helpers.SocketAddress")(LOOPBACK, JInt(port))
    builder = JClass("org.neo4j.dbms.api.DatabaseManagementServiceBuilder")(JClass("java.nio.file.Path").of(str(data)))
    for name, value in (
        (bolt.enabled, True),
        (bolt.listen_address, address),
        (bolt.advertised_address, address),
        (settings.auth_enabled, True),
        (settings.pagecache_memory, JLong(256 * 1024 * 1024)),
    ):
        builder.setConfig(name, value)
    return builder.build()


def set_password(uri: str) -> None:
    """Change the password that a new database has, which is good for nothing else."""
    change = "ALTER CURRENT USER SET PASSWORD FROM $old TO $new"
    with (
        contextlib.suppress(AuthError),  # it was changed at an earlier start
        GraphDatabase.driver(uri, auth=(USER, USER)) as driver,
        driver.session(database="system") as session,
    ):
        session.run(change, old=USER, new=PASSWORD).consume()


def free_port() -> int:
    """A free port."""
    with socket.socket() as free:
        free.bind((LOOPBACK, 0))
        port: int = free.getsockname()[1]
        return port


@contextlib.contextmanager
def started(heap: str, *, in_memory: bool) -> Iterator[dict[str, str]]:
    """A server with a data folder of its own, and the settings that lead to it.

    Args:
        heap: the most memory of its Java heap.
        in_memory: keep the folder in memory where there is room.

    Raises:
        RuntimeError: it did not start.
    """
    with folder_in_memory() if in_memory else tempfile.TemporaryDirectory() as folder:
        port, data, log = free_port(), f"{folder}/data", Path(folder) / "log"
        command = [sys.executable, "-m", "tests.neo4j.server", "--port", str(port), "--heap", heap, "--data", data]
        with log.open("w") as output:
            server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=output, text=True, start_new_session=True)
        if not (server.stdout and server.stdout.readline().startswith(READY)):
            raise RuntimeError(log.read_text()[-4000:])
        try:
            yield {
                "DATA": data,
                "URI": f"bolt://{LOOPBACK}:{port}",
                "USER": USER,
                "PASSWORD": PASSWORD,
                "DATABASE": "neo4j",
            }
        finally:
            server.terminate()
            server.wait(60)


def run(command: list[str], heap: str, servers: int, *, in_memory: bool) -> int:
    """Start servers for a command, one for each of its pytest workers; returns the command's exit code.

    The first one's settings are GRAPH_API_TEST_NEO4J_…, those of worker `gw1` are GRAPH_API_TEST_NEO4J_…_GW1.
    """
    with contextlib.ExitStack() as stack:
        env = dict(os.environ)
        for number in range(servers):
            suffix = f"_GW{number}" if number else ""
            for name, value in stack.enter_context(started(heap, in_memory=in_memory)).items():
                env[f"GRAPH_API_TEST_NEO4J_{name}{suffix}"] = value
        return subprocess.run(command, env=env, check=False).returncode


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=7687)
    parser.add_argument("--data", type=Path, default=JARS / "data")
    parser.add_argument("--heap", default="2g", help="the most memory of its Java heap")
    parser.add_argument("--servers", type=int, default=1, help="how many to start beside the command")
    parser.add_argument("--in-memory", action="store_true", help="keep the data beside the command in memory")
    parser.add_argument("--check", action="store_true", help="only tell whether Maven can bring it")
    parser.add_argument("command", nargs="*", help="what to run beside it")
    given = parser.parse_args()
    try:
        if given.check:
            resolve()
            return 0
        if given.command:
            return run(given.command, given.heap, given.servers, in_memory=given.in_memory)
        serve(given.data, given.port, given.heap)
    except (NoJava, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
