"""What is known of documents: by their text and the operation that runs, bounded."""

from collections import OrderedDict
from typing import Generic, TypeVar

from graphql import DocumentNode

from graph_api.execution.query_limits import DOCUMENTS_KEPT

T = TypeVar("T")


class Known(Generic[T]):
    """A value for each of the documents that came last.

    >>> known = Known[int](most=1)
    >>> known.put("{ a }", None, 1)
    >>> known.put("{ b }", None, 2)
    >>> known.get("{ a }", None), known.get("{ b }", None)
    (None, 2)
    """

    def __init__(self, most: int = DOCUMENTS_KEPT) -> None:
        self._most = most
        self._values: OrderedDict[tuple[str, str | None], T] = OrderedDict()

    def get(self, text: str, operation_name: str | None) -> T | None:
        """What is known of a document and its operation, or None."""
        key = (text, operation_name)
        value = self._values.get(key)
        if value is not None:
            self._values.move_to_end(key)
        return value

    def put(self, text: str, operation_name: str | None, value: T) -> None:
        """Remember a value; the one that was used the longest time ago is forgotten."""
        self._values[text, operation_name] = value
        if len(self._values) > self._most:
            self._values.popitem(last=False)


def text_of(document: DocumentNode) -> str | None:
    """The text that a document was parsed from."""
    return None if document.loc is None else document.loc.source.body
