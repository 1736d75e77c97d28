"""One header of a request. A dozen checks read one each, and starlette's `Headers` copies all of them for each."""

from collections.abc import MutableMapping
from typing import Any

BY_NAME = "headers_by_name"
"""The key of the scope that has the first value of each header, once one was read."""


def header_of(scope: MutableMapping[str, Any], name: str, default: str = "") -> str:
    """The first value of a header; servers hand over names in lower case (ASGI).

    >>> header_of({"headers": [(b"host", b"localhost"), (b"accept", b"text/html"), (b"accept", b"*/*")]}, "Accept")
    'text/html'
    >>> header_of({"headers": []}, "Accept")
    ''
    """
    value = _headers_of(scope).get(name.lower().encode("latin-1"))
    return default if value is None else value.decode("latin-1")


def has_header(scope: MutableMapping[str, Any], name: str) -> bool:
    """Whether a header was sent, if only an empty one.

    >>> has_header({"headers": [(b"origin", b"")]}, "Origin"), has_header({"headers": []}, "Origin")
    (True, False)
    """
    return name.lower().encode("latin-1") in _headers_of(scope)


def _headers_of(scope: MutableMapping[str, Any]) -> dict[bytes, bytes]:
    by_name: dict[bytes, bytes] | None = scope.get(BY_NAME)
    if by_name is None:
        by_name = scope[BY_NAME] = dict(reversed(scope["headers"]))
    return by_name
