"""One operation over a websocket, spoken to the application itself: graphql-transport-ws without a network."""

import asyncio
import json
from typing import Any

from starlette.types import ASGIApp, Message

PROTOCOL = "graphql-transport-ws"
SCOPE = {
    "type": "websocket", "asgi": {"version": "3.0"}, "scheme": "ws", "path": "/graphql", "raw_path": b"/graphql", "root_path": "",
    "query_string": b"", "headers": [(b"host", b"localhost")], "client": ("client", 1), "server": ("localhost", 80),
    "subprotocols": [PROTOCOL], "state": {},
}  # fmt: skip


async def talk(app: ASGIApp, *frames: str, patience: float = 10.0) -> list[Message]:
    """Everything the application sends after the welcome, until it has ended the operation or hung up, or patience is out."""
    incoming: asyncio.Queue[Message] = asyncio.Queue()
    outgoing: asyncio.Queue[Message] = asyncio.Queue()
    for message in ({"type": "websocket.connect"}, *({"type": "websocket.receive", "text": frame} for frame in frames)):
        incoming.put_nowait(message)
    serving = asyncio.ensure_future(app({**SCOPE}, incoming.get, outgoing.put))
    heard: list[Message] = []
    try:
        async with asyncio.timeout(patience):
            while not (heard and ends(heard[-1])):
                heard.append(await outgoing.get())
    except TimeoutError:
        pass
    incoming.put_nowait({"type": "websocket.disconnect", "code": 1000})
    await serving
    return heard


def ends(message: Message) -> bool:
    """Whether nothing more is to be expected."""
    return message["type"] == "websocket.close" or json.loads(message.get("text") or "{}").get("type") in {
        "complete",
        "error",
    }


def operation(query: str, variables: dict[str, Any] | None = None) -> tuple[str, str]:
    """The frames that ask for it."""
    asked = {"id": "1", "type": "subscribe", "payload": {"query": query, "variables": variables or {}}}
    return '{"type": "connection_init"}', json.dumps(asked)
