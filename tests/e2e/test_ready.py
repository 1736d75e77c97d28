"""`ready:` means that the port accepts connections: a client that connects as soon as it is printed is served."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import environment, free_port

REQUEST = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize("attempt", range(3))
@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_port_accepts_when_ready_is_printed(
    tmp_path: Path, database: dict[str, str], workers: str, attempt: int
) -> None:
    assert attempt >= 0
    settings = {f"GRAPH_API_{name.upper()}": value for name, value in database.items()}
    port = free_port()
    command = [sys.executable, "-m", "graph_api", "serve", "--port", str(port), "--no-demo", "--workers", workers]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environment(tmp_path, **settings, GRAPH_API_SCHEDULER="false"),
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        assert process.stdout
        line = process.stdout.readline()
        with socket.create_connection(
            ("127.0.0.1", port), timeout=30
        ) as client:  # refused, if it was printed too early
            client.sendall(REQUEST)
            reply = b"".join(iter(lambda: client.recv(65_536), b""))
        process.send_signal(signal.SIGTERM)
        rest = process.communicate(timeout=60)[0]
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    assert line == f"ready: http://127.0.0.1:{port}/graphql\n"
    assert reply.startswith(b"HTTP/1.1 200")
    assert json.loads(reply.partition(b"\r\n\r\n")[2]) == {"status": "ok"}
    assert "ready:" not in rest, "printed once, however many workers"
    assert process.returncode == 0
