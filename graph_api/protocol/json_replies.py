"""Replies as JSON. A large one is encoded in pieces, so that other requests have the event loop in between.

A thread would not help: the encoder holds the interpreter's lock.
"""

from collections.abc import Iterator
from typing import Any

import orjson

from graph_api.execution.budget import BUDGET
from graph_api.store.pace import pace

SMALL = 2_000
"""Objects that a reply may have to be encoded at once."""
PIECE = 100
"""Items of a list that are encoded at once, if they hold no lists or objects."""


async def encode(data: Any) -> bytes:  # noqa: ANN401 - what a reply holds
    """The JSON of a reply."""
    budget = BUDGET.get()
    if budget is None or budget.values < SMALL:
        return orjson.dumps(data)
    turns, encoded = pace(), bytearray()
    for piece in pieces(data):
        encoded += piece
        if turns.is_spent():
            await budget.turn()
    return bytes(encoded)


def pieces(data: Any) -> Iterator[bytes]:  # noqa: ANN401 - what a reply holds
    """The JSON of data, piece by piece.

    >>> b"".join(pieces({"a": [{"b": [1, 2]}, {"b": []}], "c": [], "d": {}, "e": None})).decode()
    '{"a":[{"b":[1,2]},{"b":[]}],"c":[],"d":{},"e":null}'
    """
    if isinstance(data, dict) and any(isinstance(value, dict | list) for value in data.values()):
        start = b"{"
        for key, value in data.items():
            yield start + orjson.dumps(key) + b":"
            yield from pieces(value)
            start = b","
        yield b"}"
    elif isinstance(data, list) and data:
        start = b"["
        if isinstance(data[0], dict | list) and _is_deep(data[0]):
            for item in data:
                yield start
                yield from pieces(item)
                start = b","
        else:
            for place in range(0, len(data), PIECE):
                yield start + orjson.dumps(data[place : place + PIECE])[1:-1]
                start = b","
        yield b"]"
    else:
        yield orjson.dumps(data)


def _is_deep(item: dict[str, Any] | list[Any]) -> bool:
    """Whether an item of a list holds lists or objects itself, or many values."""
    values = item.values() if isinstance(item, dict) else item
    return len(values) > PIECE or any(isinstance(value, dict | list) for value in values)
