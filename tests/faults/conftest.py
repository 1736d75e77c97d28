"""The service behind a network that can be broken, with limits short enough to wait for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from graph_api.app.application import create_app
from graph_api.config import Settings
from graph_api.domain.course.course import Concept
from graph_api.jobs.parameters_in_effect import SETTLE
from graph_api.store import cypher_files
from graph_api.store.engine.embedded import find_running
from graph_api.store.gateway import Gateway
from graph_api.store.packaged import packaged
from graph_api.usecases.course.edit_course import upsert_concepts
from tests.conftest import NOW
from tests.faults.proxy import Proxy, proxied
from tests.load import Load

IMPATIENT = {"database_retry_seconds": 1, "database_silence_seconds": 1.5, "intake_give_up_seconds": 2}
WITHIN = 15.0
"""Seconds in which every client has a reply of some kind."""
MODERN = {"Accept": "application/graphql-response+json"}


@dataclass
class App:
    """The whole application in this process."""

    http: httpx.AsyncClient
    transport: httpx.ASGITransport

    def load(self) -> Load:
        """Clients of it."""
        return Load(["http://localhost"], self.transport)

    async def ask(self, query: str, **variables: object) -> httpx.Response:
        """Send a document, as clients do that know the newer media type."""
        return await self.http.post("/graphql", json={"query": query, "variables": variables}, headers=MODERN)


@dataclass
class Service(App):
    """The application, and the network between it and its database."""

    network: Proxy


@asynccontextmanager
async def served(**settings: Any) -> AsyncIterator[App]:
    """The application with these settings."""
    given: dict[str, Any] = {"scheduler": False, "demo": False, **IMPATIENT, **settings}
    app = create_app(Settings(_env_file=None, **given))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=60) as http:
            yield App(http, transport)


@asynccontextmanager
async def behind_a_network(database: dict[str, str], **settings: Any) -> AsyncIterator[Service]:
    """The application, with a network of its own to the database."""
    async with (
        proxied(database["neo4j_uri"]) as network,
        served(**database | settings | {"neo4j_uri": network.uri}) as running,
    ):
        await asyncio.sleep(
            SETTLE.total_seconds() + 0.5
        )  # the looks of the start are over: what is cut is a test's own
        yield Service(running.http, running.transport, network)
        network.restore()


def engine_of(data: Path) -> Gateway:
    """A way to the engine on a data folder that does not go through the service."""
    engine = find_running(data)
    assert engine
    return Gateway.connect(**engine._asdict(), statements=cypher_files.load(packaged("cypher")))


@pytest.fixture
async def concepts(clean: None, gateway: Gateway) -> None:
    """What the clients of `tests.load` answer."""
    await upsert_concepts(gateway, [Concept(f"c{n}", f"C{n}") for n in range(4)], NOW)


@pytest.fixture
async def service(concepts: None, database: dict[str, str]) -> AsyncIterator[Service]:
    """The service behind the network, on the database that all tests share."""
    async with behind_a_network(database) as running:
        yield running
