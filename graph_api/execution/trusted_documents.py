"""Trusted documents: the operations that clients may run are listed beforehand, and requested by id.

The file is what clients' build tools write: a JSON object of documents by id (Relay, graphql-codegen), or Apollo's
manifest of operations. An id comes as `documentId`, or as `extensions.persistedQuery.sha256Hash`; a trusted document
may also come whole. The SHA-256 of a trusted document is an id of it as well, and `sha256:` before an id is optional.

The service never stores a document that a client sends (automatic persisted queries). Apollo's and urql's clients
recognise the errors `PersistedQueryNotSupported` and `PersistedQueryNotFound`, and then send the whole text. A hash
that comes with the text is not used, and not checked.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, ClassVar

from graphql import GraphQLError, GraphQLSchema, parse, validate
from strawberry.extensions import SchemaExtension

from graph_api.domain.failures import Failure, shown

MOST_SHOWN = 10
DOCUMENT_ID = "documentId"


class BadDocuments(Exception):
    """The faults of a file of documents, one per line."""


class UnknownDocument(Failure):
    """A trusted document with this id does not exist."""

    code: ClassVar[str] = "PERSISTED_QUERY_NOT_FOUND"


class PersistedQueryError(Exception):
    """A persisted query cannot be run from its hash: the message and code that Apollo's and urql's clients look for.

    The HTTP status is 200, as Apollo Server's, so that no client takes it for a failure of the network.
    """

    code: ClassVar[str]
    message: ClassVar[str]

    def as_error(self) -> GraphQLError:
        """This, as an error of GraphQL."""
        return GraphQLError(self.message, original_error=self, extensions={"code": self.code})


class PersistedQueryNotFound(PersistedQueryError):
    """The service has trusted documents, and none with this hash."""

    code = "PERSISTED_QUERY_NOT_FOUND"
    message = "PersistedQueryNotFound"


class PersistedQueryNotSupported(PersistedQueryError):
    """The service has no trusted documents."""

    code = "PERSISTED_QUERY_NOT_SUPPORTED"
    message = "PersistedQueryNotSupported"


class UntrustedDocument(Failure):
    """Only trusted documents are run, and this one is not."""

    code: ClassVar[str] = "DOCUMENT_NOT_TRUSTED"


@dataclass(frozen=True)
class Documents:
    """Documents by id; with `only`, no other document is run. Equal ones share a schema, which takes long to build."""

    by_id: Mapping[str, str]
    only: bool = True

    def __hash__(self) -> int:
        return hash((frozenset(self.by_id.items()), self.only))

    @cached_property
    def _by_hash(self) -> dict[str, str]:
        hashes = {hashlib.sha256(text.encode()).hexdigest(): text for text in self.by_id.values()}
        return hashes | {without_prefix(key): text for key, text in self.by_id.items()}

    def with_own(self, texts: Iterable[str]) -> "Documents":
        """These documents, and some of the service's own, which addresses beside `/graphql` run.

        >>> Documents({"1f": "{ a }"}).with_own(["{ b }"]).texts == {"{ a }", "{ b }"}
        True
        """
        own = {hashlib.sha256(text.encode()).hexdigest(): text for text in texts}
        return Documents({**self.by_id, **own}, self.only)

    def text(self, key: str) -> str | None:
        """The document of an id, with or without `sha256:` before it; None if there is none.

        >>> Documents({"sha256:1f": "{ a }"}).text("1f"), Documents({"1f": "{ a }"}).text("sha256:1f")
        ('{ a }', '{ a }')
        """
        return self._by_hash.get(without_prefix(key))

    @cached_property
    def texts(self) -> frozenset[str]:
        """The documents themselves."""
        return frozenset(self.by_id.values())


def without_prefix(key: str) -> str:
    """An id without the name of its hash function.

    >>> without_prefix("sha256:1f"), without_prefix("1f"), without_prefix("md5:1f")
    ('1f', '1f', 'md5:1f')
    """
    return key.removeprefix("sha256:")


def read_documents(path: Path, *, only: bool) -> Documents:
    """The documents of a file.

    Raises:
        BadDocuments: it cannot be read, or has neither of the two forms.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if "operations" in content:
            content = {each["id"]: each["body"] for each in content["operations"]}
        documents = Documents({key: str(text) for key, text in content.items()}, only)
        clashing = [key for key, text in documents.by_id.items() if documents.text(key) != text]
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as fault:
        rule = "must be a JSON object of documents by id, or a manifest with operations"
        raise BadDocuments(f"{path.name}: {rule}: {fault}") from fault
    if clashing:
        raise BadDocuments(
            f"{path.name}: an id with and without sha256: must name one document, got {shown(clashing[0])}"
        )
    return documents


@lru_cache(maxsize=8)
def check_documents(documents: Documents, schema: GraphQLSchema) -> None:
    """Refuse to start with documents that this schema cannot run. Equal documents are checked once in a process.

    Raises:
        BadDocuments: naming them, and what is wrong.
    """
    faults = []
    for key, text in documents.by_id.items():
        try:
            wrong = validate(schema, parse(text))
        except GraphQLError as fault:
            wrong = [fault]
        faults += [f"{shown(key)}: {fault.message}" for fault in wrong[:1]]
    if faults:
        raise BadDocuments("\n".join(faults[:MOST_SHOWN]))


def with_document_id(data: Any) -> Any:  # noqa: ANN401 - whatever JSON a client sent
    """A request with its `documentId` among its extensions, which reach the extension below."""
    if isinstance(data, dict) and isinstance(data.get("documentId"), str):
        extensions = data.get("extensions")
        others = extensions if isinstance(extensions, dict) else {}
        return data | {"extensions": {**others, DOCUMENT_ID: data["documentId"]}}
    return data


def document_named(documents: Documents | None, extensions: object) -> str | None:
    """The document that the extensions of a request name; None if they name none.

    Raises:
        GraphQLError: the id or hash is unknown, or the service has no documents.
    """
    if not isinstance(extensions, dict):
        return None
    named, key = extensions.get("persistedQuery"), extensions.get(DOCUMENT_ID)
    if key is None and isinstance(named, dict):
        key = named.get("sha256Hash")
    if not isinstance(key, str):
        return None
    if documents is None:
        raise PersistedQueryNotSupported().as_error()
    text = documents.text(key)
    if text is None and DOCUMENT_ID in extensions:
        fault = UnknownDocument("documentId", "must be the id of a trusted document", shown(key))
        raise GraphQLError(fault.message, original_error=fault)
    if text is None:
        raise PersistedQueryNotFound().as_error()
    return text


class TrustedDocuments(SchemaExtension):
    """Puts documents in the place of their ids; where only trusted documents run, refuses others."""

    def __init__(self, documents: Documents | None) -> None:
        super().__init__()
        self._documents = documents

    def on_operation(self) -> Iterator[None]:
        """Look the document up, if an id was sent without a text.

        Raises:
            GraphQLError: see `document_named`.
        """
        asked = self.execution_context
        if not asked.query and (text := document_named(self._documents, asked.operation_extensions)):
            asked.query = text
        yield

    def on_validate(self) -> Iterator[None]:
        """Set the errors, if the document is not trusted: then nothing runs."""
        asked = self.execution_context
        if self._documents is not None and self._documents.only and asked.query not in self._documents.texts:
            fault = UntrustedDocument("query", "must be a trusted document; others are not run here")
            asked.pre_execution_errors = [GraphQLError(fault.message, original_error=fault)]
        yield
