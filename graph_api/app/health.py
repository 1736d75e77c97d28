"""`/healthz`: the process lives. `/readyz`: it can do its work."""

import asyncio

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse

from graph_api.store.gateway import DatabaseUnavailable, Gateway
from graph_api.store.migrations import load_migrations, pending
from graph_api.store.packaged import packaged

RETRY_AFTER = 5
PATIENCE = 3.0
"""Seconds that the database has to answer a readiness check."""


def drain(app: Starlette) -> None:
    """Let the service say from now on that it is not ready, so that balancers send requests elsewhere."""
    app.state.draining = True


def is_draining(app: Starlette) -> bool:
    """Whether it is about to stop."""
    return getattr(app.state, "draining", False)


async def healthz(_request: Request) -> JSONResponse:
    """The process lives."""
    return JSONResponse({"status": "ok"})


async def readyz(request: Request) -> JSONResponse:
    """200 when ready, 503 with the reason when not, within a few seconds in any case."""
    if is_draining(request.app):
        return _not_ready("stopping")
    reason = await why_not_ready(request.app.state.services.gateway)
    if reason is None:
        return JSONResponse({"status": "ready"})
    return _not_ready(reason)


def _not_ready(reason: str) -> JSONResponse:
    return JSONResponse({"status": "not ready", "reason": reason}, 503, {"Retry-After": str(RETRY_AFTER)})


async def why_not_ready(gateway: Gateway) -> str | None:
    """Why the database cannot be used; None if it answers and has had all migrations."""
    try:
        async with asyncio.timeout(PATIENCE):
            todo = await pending(gateway, load_migrations(packaged("cypher") / "migrations"))
    except (DatabaseUnavailable, TimeoutError):
        return "the database does not answer"
    return f"migrations are pending: {', '.join(each.name for each in todo)}" if todo else None
