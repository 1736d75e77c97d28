"""The leader of a cluster is lost under load: how long a write waits until the next one takes it.

The cluster is that of `tests.faults.cluster`; no real one was available.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable

import pytest

from graph_api.store import cypher_files, jobs
from graph_api.store.gateway import DatabaseUnavailable, Gateway
from graph_api.store.packaged import packaged
from graph_api.usecases.answers.answer_intake import RETRY_PAUSE
from tests.faults.cluster import Cluster, cluster_before

WRITERS = 4
ELECTION = 2.6
"""Seconds. With delays that double, the attempt after it comes at 5.1 s."""
SILENCE = 2.0
ACQUIRE = 1.5
"""Seconds to a connection, or none: less than the silence, so that the driver itself gives the server up."""
LONGEST = 5.0

FAULTS: dict[str, Callable[[Cluster], None]] = {
    "its process dies": lambda cluster: cluster.members[0].cut(),
    "its machine vanishes": lambda cluster: cluster.members[0].stall(),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.usefixtures("clean")
async def test_a_write_waits_little_longer_than_the_election(database: dict[str, str], fault: str) -> None:
    waits: list[float] = []
    async with cluster_before(database["neo4j_uri"]) as cluster:
        there = Gateway.connect(
            cluster.uri,
            user=database["neo4j_user"],
            password=database["neo4j_password"],
            database=database["neo4j_database"],
            statements=cypher_files.load(packaged("cypher")),
            silence=SILENCE,
            retry_time=ACQUIRE,
        )
        stopping = asyncio.Event()

        async def write(number: int) -> None:
            while not stopping.is_set():
                started = time.monotonic()
                while True:  # as the intake does
                    with contextlib.suppress(DatabaseUnavailable):
                        await there.write(lambda tx: jobs.lock(tx, f"writer-{number}"))
                        break
                    await asyncio.sleep(RETRY_PAUSE)
                waits.append(time.monotonic() - started)

        async with there, asyncio.TaskGroup() as writing:
            for number in range(WRITERS):
                writing.create_task(write(number))
            while len(waits) < 3 * WRITERS:
                await asyncio.sleep(0.02)
            before = len(waits)
            FAULTS[fault](cluster)
            cluster.elect(cluster.members[1], ELECTION)
            while len(waits) < before + 3 * WRITERS:
                await asyncio.sleep(0.02)
            stopping.set()
    assert ELECTION - 0.5 < max(waits[before:]) < LONGEST, waits
