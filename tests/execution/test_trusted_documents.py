"""Persisted queries as Apollo's, urql's and Relay's clients send them: over POST, GET and websocket."""

import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from graph_api.app.application import create_app
from graph_api.config import Settings
from graph_api.execution.trusted_documents import BadDocuments, read_documents
from tests.application import Client
from tests.websocket import talk

QUERY = "query Skills { skills { totalCount } }"
OTHER = "{ concepts { totalCount } }"
HASH = hashlib.sha256(QUERY.encode()).hexdigest()
UNKNOWN = hashlib.sha256(OTHER.encode()).hexdigest()
WAYS = ["POST", "GET", "websocket"]
NOT_SUPPORTED = [{"message": "PersistedQueryNotSupported", "extensions": {"code": "PERSISTED_QUERY_NOT_SUPPORTED"}}]
NOT_FOUND = [{"message": "PersistedQueryNotFound", "extensions": {"code": "PERSISTED_QUERY_NOT_FOUND"}}]
ACCEPT = "application/graphql-response+json,application/json;q=0.9"
"""What Apollo Client 4 accepts."""


def persisted(key: str, **more: object) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": key}}, **more}


@asynccontextmanager
async def serving(database: dict[str, str], path: Path | None = None, *, only: bool = True) -> AsyncIterator[Any]:
    """The application, without authentication."""
    given: dict[str, Any] = {**database, "scheduler": False, "trusted_documents": path, "trusted_documents_only": only}
    app = create_app(Settings(_env_file=None, **given))
    async with app.router.lifespan_context(app):
        yield app


async def ask(app: Any, way: str, request: dict[str, Any]) -> tuple[int, Any]:
    """The status, which is 200 over a websocket, and the reply."""
    if way == "websocket":
        frames = ('{"type": "connection_init"}', json.dumps({"id": "1", "type": "subscribe", "payload": request}))
        heard = [json.loads(message["text"]) for message in await talk(app, *frames) if "text" in message]
        frame = next(frame for frame in heard if frame["type"] in {"next", "error"})
        return 200, frame["payload"] if frame["type"] == "next" else {"errors": frame["payload"]}
    async with Client(app) as http:
        if way == "POST":
            reply = await http.post("/graphql", json=request, headers={"Accept": ACCEPT})
        else:
            params = {name: value if isinstance(value, str) else json.dumps(value) for name, value in request.items()}
            reply = await http.get("/graphql", params=params, headers={"Accept": "*/*"})
        return reply.status_code, reply.json()


@pytest.fixture(params=["", "sha256:"], ids=["plain", "prefixed"])
def documents(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A file whose ids are hashes, as each of the tools writes them."""
    path = tmp_path / "documents.json"
    path.write_text(json.dumps({f"{request.param}{HASH}": QUERY, "relay-1": "{ groups { totalCount } }"}))
    return path


@pytest.mark.parametrize("way", WAYS)
async def test_without_documents_the_client_must_send_the_text(database: dict[str, str], way: str) -> None:
    async with serving(database) as app:
        for request in (
            persisted(HASH),
            persisted(f"sha256:{HASH}"),
            persisted(HASH, operationName="Skills"),
            {"documentId": HASH},
        ):
            assert await ask(app, way, request) == (200, {"errors": NOT_SUPPORTED})
        for request in (persisted(HASH, query=QUERY), persisted("another", query=QUERY), {"query": QUERY}):
            status, reply = await ask(app, way, request)  # what Apollo's client sends next
            assert (status, list(reply), list(reply["data"])) == (200, ["data"], ["skills"])


@pytest.mark.parametrize("way", WAYS)
async def test_a_hash_finds_its_document(database: dict[str, str], documents: Path, way: str) -> None:
    async with serving(database, documents) as app:
        for key in (HASH, f"sha256:{HASH}"):
            for request in (
                persisted(key),
                {"documentId": key},
                persisted(key, operationName="Skills"),
                {"documentId": key, "extensions": {"other": 1}},
            ):
                status, reply = await ask(app, way, request)
                assert (status, list(reply["data"])) == (200, ["skills"])
        by_text = hashlib.sha256(b"{ groups { totalCount } }").hexdigest()
        for key in ("relay-1", by_text):
            assert list((await ask(app, way, persisted(key)))[1]["data"]) == ["groups"]


@pytest.mark.parametrize("way", WAYS)
async def test_an_unknown_hash_is_not_found_and_its_text_not_trusted(
    database: dict[str, str], documents: Path, way: str
) -> None:
    async with serving(database, documents) as app:
        assert await ask(app, way, persisted(UNKNOWN)) == (200, {"errors": NOT_FOUND})
        (error,) = (await ask(app, way, persisted(UNKNOWN, query=OTHER)))[1]["errors"]
        assert error["extensions"]["code"] == "DOCUMENT_NOT_TRUSTED"
        (error,) = (await ask(app, way, {"documentId": UNKNOWN}))[1]["errors"]
        assert error["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
    async with serving(database, documents, only=False) as app:
        assert await ask(app, way, persisted(UNKNOWN)) == (200, {"errors": NOT_FOUND})
        assert list((await ask(app, way, persisted(UNKNOWN, query=OTHER)))[1]["data"]) == ["concepts"]


@pytest.mark.parametrize(
    "request_",
    [
        {"query": ""},
        persisted(""),
        {"extensions": {"persistedQuery": {}}},
        {"extensions": {"persistedQuery": {"sha256Hash": 1}}},
    ],
)
@pytest.mark.parametrize("way", WAYS)
async def test_a_request_without_a_document_is_refused(
    database: dict[str, str], way: str, request_: dict[str, Any]
) -> None:
    async with serving(database) as app:
        _, reply = await ask(app, way, request_)

    assert reply["errors"][0]["extensions"]["code"] in {"BAD_REQUEST", "PERSISTED_QUERY_NOT_SUPPORTED"}
    assert "data" not in reply


async def test_a_websocket_without_a_welcome_finds_no_document(database: dict[str, str], documents: Path) -> None:
    async with serving(database, documents) as app:
        frame = json.dumps({"id": "1", "type": "subscribe", "payload": persisted(HASH)})
        assert (await talk(app, frame))[-1]["code"] == 4401


def test_an_id_with_and_without_its_prefix_names_one_document(tmp_path: Path) -> None:
    (tmp_path / "documents.json").write_text(json.dumps({"sha256:1": QUERY, "1": OTHER}))

    with pytest.raises(BadDocuments, match="must name one document"):
        read_documents(tmp_path / "documents.json", only=True)
