"""The load generator, in a process of its own: `python -m benchmarks.reading.load` reads a plan and prints figures.

Some connections send the same request again and again, each as soon as its reply is complete. When the time is up they
wait for their last replies, so that CPU per request is exact for slow servers, too; wrk would drop those. No library,
no event loop: a request takes about 0.03 ms. Each reply must have the size of the one that was compared.
"""

import json
import os
import select
import socket
import statistics
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from benchmarks.reading.processes import HOST, cpu_seconds, pin

CHUNK = 1 << 18


@dataclass
class Plan:
    """What to send.

    Attributes:
        port: the server's.
        path: of the URL.
        body: the request.
        size: bytes that the body of each reply must have.
        connections: how many send at a time.
        warmup: seconds that are not measured.
        seconds: seconds that are.
        core: where to run; None: anywhere.
        pids: processes whose CPU time is measured, by name.
    """

    port: int
    path: str
    body: str
    size: int
    connections: int
    warmup: float
    seconds: float
    core: int | None
    pids: Mapping[str, int]


@dataclass
class Load:
    """Replies, the time until the last of them, latencies, and CPU time per reply, in milliseconds."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    cpu_ms: Mapping[str, float]

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds


class Connection:
    """One keep-alive connection that has at most one request under way."""

    def __init__(self, plan: Plan) -> None:
        body = plan.body.encode()
        head = f"POST {plan.path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: application/json\r\nAccept: */*\r\n"
        self._request = head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body
        self.socket = socket.create_connection((HOST, plan.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = bytearray()
        self._end = 0
        self._size = plan.size
        self.started = 0.0

    def send(self) -> None:
        """Send the request."""
        self._received.clear()
        self._end = 0
        self.started = time.perf_counter()
        self.socket.sendall(self._request)

    def receive(self) -> bool:
        """Take what has arrived; whether the reply is complete.

        Raises:
            SystemExit: the server hung up, or reports an error.
        """
        part = self.socket.recv(CHUNK)
        self._received += part
        if not part:
            sys.exit("the server closed the connection")
        if not self._end and (head := self._received.find(b"\r\n\r\n")) >= 0:
            self._end = self._find_end(head)
        if self._end < 0:
            return self._received.endswith(b"\r\n0\r\n\r\n")
        return 0 < self._end <= len(self._received)

    def _find_end(self, head: int) -> int:
        """Where the reply ends; -1 if it comes in chunks."""
        if self._received.split(b" ", 2)[1] != b"200":
            sys.exit(f"not answered: {self._received.decode(errors='replace')[:500]}")
        fields = self._received[:head].lower()
        place = fields.find(b"\r\ncontent-length:")
        if place < 0:
            return -1
        size = int(fields[place + 17 :].split(b"\r\n", 1)[0])
        if size != self._size:
            sys.exit(
                f"a reply of {size} bytes instead of {self._size}: {self._received.decode(errors='replace')[:500]}"
            )
        return head + 4 + size


def send_for(plan: Plan, seconds: float) -> list[float]:
    """The latencies of all replies to requests that were sent in some seconds."""
    connections = {each.socket.fileno(): each for each in (Connection(plan) for _ in range(plan.connections))}
    latencies: list[float] = []
    poll = select.epoll()
    for number, connection in connections.items():
        poll.register(number, select.EPOLLIN)
        connection.send()
    until, pending = time.perf_counter() + seconds, len(connections)
    while pending:
        for number, _ in poll.poll():
            connection = connections[number]
            if connection.receive():
                now = time.perf_counter()
                latencies.append(now - connection.started)
                if now < until:
                    connection.send()
                else:
                    poll.unregister(number)
                    connection.socket.close()
                    pending -= 1
    poll.close()
    return latencies


def run(plan: Plan) -> Load:
    """Warm up, measure."""
    if plan.warmup:
        send_for(plan, plan.warmup)
    before, start = {name: cpu_seconds(pid) for name, pid in plan.pids.items()}, time.perf_counter()
    latencies = send_for(plan, plan.seconds)
    seconds = time.perf_counter() - start
    spent = {name: cpu_seconds(pid) - before[name] for name, pid in plan.pids.items()}
    slow = statistics.quantiles(latencies, n=100)
    return Load(
        requests=len(latencies),
        seconds=seconds,
        p50_ms=slow[49] * 1e3,
        p99_ms=slow[98] * 1e3,
        cpu_ms={name: used * 1e3 / len(latencies) for name, used in spent.items()},
    )


if __name__ == "__main__":
    given = Plan(**json.load(sys.stdin))
    if given.core is not None:
        pin(os.getpid(), given.core)
    print(json.dumps(asdict(run(given))))
