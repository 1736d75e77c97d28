"""npm's graphql-ws while the service is killed and restarted."""

import contextlib
import json
import queue
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.clients.conftest import HERE, KEYS
from tests.processes import command, free_port, service_at

pytestmark = pytest.mark.timeout(400)
PATIENCE = 100.0
PAUSE = 2.0
"""Seconds between answers until an event arrives: nothing acknowledges a subscription."""
COURSE = """mutation { upsertStudents(input: [{id: "anna"}]) { __typename }
  upsertSkills(input: [{code: "s", name: "S", category: "c"}]) { __typename }
  upsertConcepts(input: [{id: "c", name: "C", skillCodes: ["s"]}]) { __typename } }"""
RECORD = 'mutation { recordAnswer(input: {studentId: "anna", conceptIds: ["c"], correct: true}) { __typename } }'


def post(url: str, query: str, token: str) -> Any:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    request = urllib.request.Request(f"{url}/graphql", json.dumps({"query": query}).encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as reply:
        body = json.loads(reply.read())
    assert "errors" not in body, body
    return body["data"]


@contextlib.contextmanager
def subscriber(url: str, token: str) -> Iterator[queue.Queue[str]]:
    """The lines of a running client."""
    words = [
        "node",
        "--import",
        "tsx",
        "--import",
        "./websocket.ts",
        "graphql_ws/main.ts",
        f"{url}/graphql",
        token,
        "anna",
    ]
    lines: queue.Queue[str] = queue.Queue()
    with subprocess.Popen(words, cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as client:
        stdout = client.stdout
        assert stdout

        def read() -> None:
            for line in stdout:
                lines.put(line.strip())

        reading = threading.Thread(target=read, daemon=True)
        reading.start()
        try:
            yield lines
        finally:
            client.kill()
            reading.join()


def wait_for_line(lines: queue.Queue[str], expected: str) -> None:
    """Read lines up to the expected one."""
    seen: list[str] = []
    deadline = time.monotonic() + PATIENCE
    while not (seen and seen[-1] == expected):
        try:
            seen.append(lines.get(timeout=max(0, deadline - time.monotonic())))
        except queue.Empty:
            pytest.fail(f"no line {expected!r} in {PATIENCE:g} s: {seen}")


def answer_until_an_event(lines: queue.Queue[str], url: str, token: str) -> None:
    """Post answers until the subscription reports one."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        post(url, RECORD, token)
        with contextlib.suppress(queue.Empty):
            line = lines.get(timeout=PAUSE)
            assert line.startswith("next "), line
            return
    pytest.fail(f"no event in {PATIENCE:g} s")


def test_a_subscription_goes_on_after_the_service_was_killed_and_started_again(tmp_path: Path) -> None:
    port = free_port()
    token, admin = (
        command(tmp_path, "token", "dashboard", "--role", role, **KEYS).stdout.strip() for role in ("service", "admin")
    )
    with contextlib.ExitStack() as stack:
        with service_at(port, PATIENCE, tmp_path, "--no-demo", **KEYS) as (process, url):
            post(url, COURSE, admin)
            lines = stack.enter_context(subscriber(url, token))
            wait_for_line(lines, "connected")
            answer_until_an_event(lines, url, token)
            process.kill()
            wait_for_line(lines, "closed 1006")
        with service_at(port, PATIENCE, tmp_path, "--no-demo", **KEYS):
            wait_for_line(lines, "connected")
            answer_until_an_event(lines, url, token)


def test_a_refused_token_ends_the_subscription_without_a_retry(tmp_path: Path) -> None:
    with (
        service_at(free_port(), PATIENCE, tmp_path, "--no-demo", **KEYS) as (_, url),
        subscriber(url, "not.a.token") as lines,
    ):
        wait_for_line(lines, "error 4403")
