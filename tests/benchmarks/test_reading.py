"""The parts of `benchmarks/reads.py` that decide what its figures mean."""

import contextlib
import doctest
import json
import os
import socketserver
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema, parse, validate
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.peers.bare import ANSWERED
from benchmarks.reading import replies, report
from benchmarks.reading.dialects import NEO4J_GRAPHQL
from benchmarks.reading.load import Plan, run
from benchmarks.reading.questions import QUESTIONS
from benchmarks.reading.replies import comparable, find_difference

ROOT = Path(__file__).parents[2]
NAMES = {question.name for question in QUESTIONS}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(-1e6, 1e6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("module", [replies, report], ids=["replies", "report"])
def test_examples(module: Any) -> None:
    assert doctest.testmod(module).failed == 0


def test_each_question_fits_the_schema() -> None:
    schema = build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"))

    assert {q.name: errors for q in QUESTIONS if (errors := validate(schema, parse(q.document)))} == {}


def test_peers_answer_known_questions() -> None:
    assert set(ANSWERED) <= NAMES
    assert set(NEO4J_GRAPHQL.documents) == set(NEO4J_GRAPHQL.to_ours) <= NAMES
    for document in NEO4J_GRAPHQL.documents.values():
        parse(document)


@given(JSON)
def test_a_reply_equals_itself(data: Any) -> None:
    assert find_difference(comparable(data), comparable(json.loads(json.dumps(data)))) is None


@given(st.lists(st.integers(), min_size=1), st.data())
def test_a_changed_leaf_is_found(numbers: list[int], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(numbers) - 1))
    changed = [*numbers[:place], numbers[place] + 1, *numbers[place + 1 :]]

    assert (
        find_difference({"n": numbers}, {"n": changed}, "data")
        == f"data.n[{place}]: {numbers[place]} and {changed[place]}"
    )


def whole(body: bytes) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    yield body[:10]
    yield body[10:]


def chunked(body: bytes) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    yield b"%x\r\n%s\r\n" % (len(body), body)
    yield b"0\r\n\r\n"


@contextlib.contextmanager
def server(form: Callable[[bytes], Iterator[bytes]], body: bytes) -> Iterator[tuple[int, list[int]]]:
    """A server that gives the same reply to every request; yields its port, and the numbers of replies by connection."""
    served: list[int] = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            place = len(served)
            served.append(0)
            received = b""
            while part := self.request.recv(1000):
                received += part
                if received.endswith(REQUEST):
                    received = b""
                    for piece in form(body):
                        self.request.sendall(piece)
                    served[place] += 1

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield listening.server_address[1], served
        listening.shutdown()
        thread.join()


REQUEST = b'{"query": "{ a }"}'


@pytest.mark.parametrize("form", [whole, chunked])
def test_the_load_counts_every_reply(form: Callable[[bytes], Iterator[bytes]]) -> None:
    with server(form, b"x" * 100_000) as (port, served):
        load = run(Plan(port, "/", REQUEST.decode(), 100_000, 4, 0.0, 0.05, None, {"self": os.getpid()}))

    assert load.requests == sum(served) >= 4
    assert len(served) == 4
    assert 0 < load.p50_ms <= load.p99_ms
    assert load.cpu_ms["self"] >= 0


def test_the_load_stops_at_another_reply() -> None:
    with server(whole, b'{"errors":[]}') as (port, _), pytest.raises(SystemExit, match="13 bytes instead of 100"):
        run(Plan(port, "/", REQUEST.decode(), 100, 1, 0.0, 0.05, None, {}))
