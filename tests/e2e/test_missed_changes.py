"""A client whose websocket was interrupted gets what changed meanwhile, whichever process recorded it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.processes import ask, service

COURSE = """mutation { upsertSkills(input: [{code: "k", name: "K", category: "k"}]) { __typename }
  upsertConcepts(input: [{id: "c", name: "C", skillCodes: ["k"]}]) { __typename }
  upsertGroup(input: {id: "g", name: "G", studentIds: ["anna"]}) { __typename } }"""
STUDENT = 'mutation { upsertStudents(input: [{id: "anna", name: "Anna"}]) { __typename } }'
RECORD = (
    'mutation { recordAnswer(input: {studentId: "anna", conceptIds: ["c"], correct: true}) { failure { message } } }'
)
CHANGED = """subscription($since: DateTime) { masteryChanged(groupId: "g", since: $since) {
  attempts updatedAt target { id } } }"""


@contextmanager
def subscribe(url: str, since: str | None) -> Iterator[ClientConnection]:
    """A websocket of its own, which any of the workers may accept."""
    address, protocol = url.replace("http", "ws") + "/graphql", Subprotocol("graphql-transport-ws")
    with connect(address, subprotocols=[protocol]) as socket:
        socket.send(json.dumps({"type": "connection_init"}))
        assert json.loads(socket.recv(30))["type"] == "connection_ack"
        payload = {"query": CHANGED, "variables": {"since": since}}
        socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        yield socket


def changes(socket: ClientConnection, count: int) -> list[Any]:
    """The next events."""
    events: list[Any] = []
    while len(events) < count:
        frame = json.loads(socket.recv(30))
        if frame["type"] == "next":
            events.append(frame["payload"]["data"]["masteryChanged"])
    return events


def is_silent(socket: ClientConnection, seconds: float) -> bool:
    """Whether nothing arrives for some seconds."""
    try:
        return bool(json.loads(socket.recv(seconds))["type"] == "ping")
    except TimeoutError:
        return True


def test_changes_of_an_interruption_arrive_once(tmp_path: Path) -> None:
    with service(tmp_path, "--no-demo", "--workers", "2") as (_, url):
        for document in (STUDENT, COURSE, RECORD):
            assert "errors" not in ask(url, document)
        with subscribe(url, None) as socket:
            assert is_silent(socket, 1.5)
            ask(url, RECORD)
            latest = max(each["updatedAt"] for each in changes(socket, 2))
        for _ in range(6):  # on either of the workers, and written by a third process
            ask(url, RECORD)
        with subscribe(url, latest) as socket:
            missed = changes(socket, 2)
            assert is_silent(socket, 1.5)
            ask(url, RECORD)
            live = changes(socket, 2)
    assert sorted((each["target"]["id"], each["attempts"]) for each in missed) == [("c", 8), ("k", 8)]
    assert sorted((each["target"]["id"], each["attempts"]) for each in live) == [("c", 9), ("k", 9)]
