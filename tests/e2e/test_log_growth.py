"""What hostile requests leave behind in the log of the service as people start it: a line, not a page."""

import asyncio
import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import websockets

from tests.processes import service

MOST = 1_000
"""Bytes of log that one request may cause."""
REQUESTS = {
    "a query that is no query": json.dumps({"query": "{ " + "!" * 3_000}).encode(),
    "a query of fields that are not there": json.dumps({"query": "{ " + "nothing " * 400 + "}"}).encode(),
    "a value that no rule allows": json.dumps({"query": '{ node(id: "%s") { nodeId } }' % ("x" * 3_000)}).encode(),
    "a body that is no JSON": b"{" * 3_000,
    "a body that is no text": b"\xff" * 3_000,
    "nothing but brackets": b"[" * 200_000,
    "fifty megabytes": b" " * 50_000_000,
}


def post(url: str, body: bytes) -> int:
    """The status of the reply; 413 too where the service hangs up on a body that is still coming."""
    request = urllib.request.Request(f"{url}/graphql", body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as error:
        return error.code
    except urllib.error.URLError:
        return 413


async def test_each_hostile_request_leaves_one_line(tmp_path: Path) -> None:
    log = tmp_path / "serve.log"
    settings = {"GRAPH_API_DEVELOPMENT": "false", "GRAPH_API_LOG_FORMAT": "json"}
    with service(tmp_path, "--no-demo", **settings) as (_, url):
        post(url, b"{}")  # whatever is logged once
        for name, body in REQUESTS.items():
            before = log.stat().st_size
            assert post(url, body) in {200, 400, 413}, name
            await asyncio.sleep(0.1)
            assert log.stat().st_size - before < MOST, log.read_text()[before:][:3_000]
        address, protocols = url.replace("http", "ws") + "/graphql", [websockets.Subprotocol("graphql-transport-ws")]
        for payload in ({"query": "{ " + "!" * 3_000}, {"query": "{ nothing }"}, "x" * 3_000, None):
            before = log.stat().st_size
            async with websockets.connect(address, subprotocols=protocols) as socket:
                await socket.send('{"type": "connection_init"}')
                await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
                await socket.recv()
                if isinstance(payload, dict):
                    assert json.loads(await socket.recv())["type"] == "error"
                else:
                    with pytest.raises(websockets.ConnectionClosedError):
                        await socket.recv()
            await asyncio.sleep(0.1)
            assert log.stat().st_size - before < MOST, log.read_text()[before:][:3_000]
