"""The load: one process, N keep-alive connections on raw sockets, each waiting for its reply before it sends again.

    python -m benchmarks.recording.load PORT CONNECTIONS ANSWERS_PER_REQUEST SECONDS SEED

Prints one line of JSON: answers, seconds, and latencies in milliseconds. A library for HTTP would cost more than the
service, so the little of HTTP/1.1 that the service replies with is read here.
"""

import json
import random
import selectors
import socket
import sys
import time
from typing import NamedTuple

STUDENTS, CONCEPTS = 500, 50
CHANCE_CORRECT = 0.6
ONE = (
    "mutation($input: AnswerInput!) { recordAnswer(input: $input) { __typename "
    "... on RecordAnswerPayload { answer { id } changes { concept skill levelAfter } } } }"
)
MANY = (
    "mutation($input: RecordAnswersInput!) { recordAnswers(input: $input) { __typename ... on RecordAnswersPayload "
    "{ outcomes { __typename ... on RecordAnswerPayload { answer { id } changes { concept skill levelAfter } } } } } }"
)
HEAD = (
    "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
    "Content-Length: {}\r\n\r\n"
)
RECORDED = b'"RecordAnswerPayload"'


class Done(NamedTuple):
    """What a run of the load measured. Latencies are of requests, in milliseconds."""

    answers: int
    seconds: float
    p50: float
    p99: float
    slowest: float

    @property
    def rate(self) -> float:
        """Acknowledged answers per second."""
        return self.answers / self.seconds


def request(chance: random.Random, answers: int) -> bytes:
    """A request with some answers of random students to random concepts."""
    each = [
        {
            "studentId": f"s{chance.randrange(STUDENTS)}",
            "conceptIds": [f"c{chance.randrange(CONCEPTS)}"],
            "correct": chance.random() < CHANCE_CORRECT,
        }
        for _ in range(answers)
    ]
    query, value = (ONE, each[0]) if answers == 1 else (MANY, {"answers": each})
    body = json.dumps({"query": query, "variables": {"input": value}}).encode()
    return HEAD.format(len(body)).encode() + body


class Connection:
    """One connection, and the reply that it waits for."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.started = 0.0
        self._reply = b""

    def send(self, sent: bytes) -> None:
        """Send a request."""
        self._reply, self.started = b"", time.perf_counter()
        self.socket.sendall(sent)

    def reply(self) -> bytes | None:
        """The body of the reply, when all of it has come."""
        self._reply += self.socket.recv(1 << 18)
        head, end, body = self._reply.partition(b"\r\n\r\n")
        if not end:
            return None
        at = head.lower().index(b"content-length:") + 15
        length = int(head[at:].partition(b"\r\n")[0])
        return body if len(body) >= length else None


def run(port: int, connections: int, answers: int, seconds: float, seed: int) -> Done:
    """Put a service under load for some seconds.

    Raises:
        SystemExit: an answer was not recorded.
    """
    chance = random.Random(seed)  # noqa: S311 - load, not secrets
    waiting = [request(chance, answers) for _ in range(2_000 // answers + connections)]
    latencies: list[float] = []
    with selectors.DefaultSelector() as selector:
        for _ in range(connections):
            connection = Connection(port)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send(chance.choice(waiting))
        began = now = time.perf_counter()
        busy = connections
        while busy:
            for key, _ in selector.select(30) or sys.exit("the service does not reply"):
                body = key.data.reply()
                if body is None:
                    continue
                now = time.perf_counter()
                latencies.append((now - key.data.started) * 1e3)
                if body.count(RECORDED) != answers:
                    raise SystemExit(f"not recorded: {body[:300].decode()}")
                if now - began < seconds:
                    key.data.send(chance.choice(waiting))
                else:
                    busy -= 1
    latencies.sort()
    place = len(latencies) - 1
    return Done(
        len(latencies) * answers, now - began, latencies[place // 2], latencies[place * 99 // 100], latencies[place]
    )


if __name__ == "__main__":
    port, connections, answers = map(int, sys.argv[1:4])
    print(json.dumps(run(port, connections, answers, float(sys.argv[4]), int(sys.argv[5]))))
