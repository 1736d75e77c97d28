"""One header of a request. A dozen checks read one each, and starlette's `Headers` copies all of them for each."""

from collections.abc import MutableMapping
from typing import Any


def header_of(scope: MutableMapping[str, Any], name: str, default: str = "") -> str:
    """The first value of a header; servers hand over names in lower case (ASGI).

    >>> header_of({"headers": [(b"host", b"localhost"), (b"accept", b"text/html")]}, "Accept")
    'text/html'
    >>> header_of({"headers": []}, "Accept")
    ''
    """
    key = name.lower().encode("latin-1")
    for each, value in scope["headers"]:
        if each == key:
            text: str = value.decode("latin-1")
            return text
    return default
