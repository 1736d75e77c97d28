"""The application in this process, as HTTP clients reach it, with any settings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from starlette.applications import Starlette

from graph_api.app.application import create_app
from graph_api.config import Settings
from graph_api.schema.services import Services


class Client(httpx.AsyncClient):
    """An HTTP client of an application in this process; tests reach the application and its services too."""

    def __init__(self, app: Starlette, **options: Any) -> None:
        super().__init__(transport=httpx.ASGITransport(app), base_url="http://localhost", **options)
        self.app = app

    @property
    def services(self) -> Services:
        """What the resolvers of the application work with."""
        services: Services = self.app.state.services
        return services


@asynccontextmanager
async def service(database: dict[str, str], **settings: Any) -> AsyncIterator[Client]:
    """A client of the application with authentication and these settings."""
    given: dict[str, Any] = {**database, "auth": "jwt", "scheduler": False, **settings}
    app = create_app(Settings(_env_file=None, **given))
    async with app.router.lifespan_context(app), Client(app) as client:
        yield client
