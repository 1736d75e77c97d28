"""A cluster as the driver sees it: members that forward to one database, and report themselves who leads.

Neo4j Community has no cluster. The driver's side of a fail-over is real: routing tables, connections, retries. The
members are proxies that answer ROUTE (Bolt 4.3 or newer) and forward everything else.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Self

from tests.faults.proxy import Proxy

ROUTE = b"\xb3\x66"
SUCCESS = b"\xb1\x70"
TTL = 300


def packed(value: object) -> bytes:
    """A value in PackStream: what a routing table needs of it."""
    if isinstance(value, int):
        return b"\xc9" + value.to_bytes(2)
    if isinstance(value, str):
        data = value.encode()
        return b"\xd0" + len(data).to_bytes(1) + data
    if isinstance(value, list):
        return (0x90 + len(value)).to_bytes(1) + b"".join(map(packed, value))
    assert isinstance(value, dict)
    return (0xA0 + len(value)).to_bytes(1) + b"".join(packed(key) + packed(item) for key, item in value.items())


class Member(Proxy):
    """A server of the cluster."""

    def __init__(self, host: str, port: int, cluster: "Cluster") -> None:
        super().__init__(host, port)
        self._cluster = cluster

    @property
    def address(self) -> str:
        """Host and port, as in routing tables."""
        return self.uri.removeprefix("bolt://")

    async def forward(self, data: bytes, sink: asyncio.StreamWriter, back: asyncio.StreamWriter) -> None:
        """Forward a piece, or answer it."""
        if sink is not back and data[2:4] == ROUTE:
            message = SUCCESS + packed({"rt": self._cluster.routing_table()})
            back.write(len(message).to_bytes(2) + message + b"\0\0")
            await back.drain()
        else:
            await super().forward(data, sink, back)


class Cluster:
    """Three members, of which the first leads, until another is elected."""

    def __init__(self, host: str, port: int) -> None:
        self.members = [Member(host, port, self) for _ in range(3)]
        self._leader: Member | None = self.members[0]
        self._elected_at = 0.0

    @property
    def uri(self) -> str:
        """Where the driver begins: a member that stays. It knows no other address once all of its table have failed."""
        return f"neo4j://{self.members[-1].address}"

    def routing_table(self) -> dict[str, object]:
        """What every member reports: who leads, if the election is over; all others serve reads and routes."""
        leader = self._leader if time.monotonic() >= self._elected_at else None
        followers = [each.address for each in self.members if each is not self._leader]
        servers: list[object] = [{"role": role, "addresses": followers} for role in ("READ", "ROUTE")]
        if leader is not None:
            servers += [{"role": "WRITE", "addresses": [leader.address]}]
            servers += [{"role": "ROUTE", "addresses": [each.address for each in self.members]}]
        return {"servers": servers, "ttl": TTL, "db": "graph"}

    def elect(self, member: Member, after: float) -> None:
        """Elect another leader, which takes some seconds: until then there is none."""
        self._leader, self._elected_at = member, time.monotonic() + after

    async def __aenter__(self) -> Self:
        async with contextlib.AsyncExitStack() as stack:
            for each in self.members:
                await stack.enter_async_context(each)
            self._running = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._running.aclose()


@contextlib.asynccontextmanager
async def cluster_before(uri: str) -> AsyncIterator[Cluster]:
    """A cluster in front of a database's Bolt port."""
    host, port = uri.rsplit("/", 1)[1].split(":")
    async with Cluster(host, int(port)) as cluster:
        yield cluster
