"""Trusted documents: what clients may ask is written down beforehand, and asked for by its id.

The file is what clients' build tools write: a JSON object of documents by id (Relay, graphql-codegen), or Apollo's
manifest of operations. An id comes as `documentId`, or as `extensions.persistedQuery.sha256Hash`; a trusted document
may also come whole, which is the only way over websockets.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from graphql import GraphQLError, GraphQLSchema, parse, validate
from strawberry.extensions import SchemaExtension

from graph_api.domain.failures import Failure, shown

MOST_SHOWN = 10


class BadDocuments(Exception):
    """What is wrong with a file of documents, a line each."""


class UnknownDocument(Failure):
    """No document has this id."""

    code: ClassVar[str] = "PERSISTED_QUERY_NOT_FOUND"


class UntrustedDocument(Failure):
    """Only trusted documents are run, and this is none."""

    code: ClassVar[str] = "DOCUMENT_NOT_TRUSTED"


@dataclass(frozen=True, eq=False)
class Documents:
    """Documents by id; `only` says that nothing else is run."""

    by_id: Mapping[str, str]
    only: bool = True

    @cached_property
    def texts(self) -> frozenset[str]:
        """The documents themselves."""
        return frozenset(self.by_id.values())


def read_documents(path: Path, *, only: bool) -> Documents:
    """The documents of a file.

    Raises:
        BadDocuments: it cannot be read, or is none of the two forms.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if "operations" in found:
            found = {each["id"]: each["body"] for each in found["operations"]}
        documents = Documents({key: str(text) for key, text in found.items()}, only)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as fault:
        told = "must be a JSON object of documents by id, or a manifest with operations"
        raise BadDocuments(f"{path.name}: {told}: {fault}") from fault
    return documents


def check_documents(documents: Documents, schema: GraphQLSchema) -> None:
    """Refuse to start with documents that this schema cannot run.

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
    """A request with its `documentId` where the extension looks for it."""
    if isinstance(data, dict) and isinstance(data.get("documentId"), str):
        return data | {"extensions": {"persistedQuery": {"sha256Hash": data["documentId"]}}}
    return data


class TrustedDocuments(SchemaExtension):
    """Puts documents in the place of their ids; where only they are run, refuses others."""

    def __init__(self, documents: Documents) -> None:
        super().__init__()
        self._documents = documents

    def on_operation(self) -> Iterator[None]:
        """Look the document up, if an id was sent.

        Raises:
            GraphQLError: there is none with this id.
        """
        asked = self.execution_context
        named = (asked.operation_extensions or {}).get("persistedQuery")
        key = named.get("sha256Hash") if isinstance(named, dict) else None
        if isinstance(key, str) and not asked.query:
            if key not in self._documents.by_id:
                fault = UnknownDocument("documentId", "must be the id of a trusted document", shown(key))
                raise GraphQLError(fault.message, original_error=fault)
            asked.query = self._documents.by_id[key]
        yield

    def on_validate(self) -> Iterator[None]:
        """Set the errors, if the document is not trusted: then nothing runs."""
        asked = self.execution_context
        if self._documents.only and asked.query not in self._documents.texts:
            fault = UntrustedDocument("query", "must be a trusted document; others are not run here")
            asked.pre_execution_errors = [GraphQLError(fault.message, original_error=fault)]
        yield
