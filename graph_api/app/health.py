"""`/healthz`: the process lives. `/readyz`: it can do its work."""

import asyncio
import time
from collections.abc import Callable

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse

from graph_api.store import jobs
from graph_api.store.gateway import DatabaseUnavailable, Gateway
from graph_api.store.migrations import load_migrations, pending
from graph_api.store.packaged import packaged

RETRY_AFTER = 5
PATIENCE = 3.0
"""Seconds that the database has to answer a readiness check, and as many again for a write."""
CHECK_SECONDS = 5.0
"""Seconds before a write is checked again."""
WRITE_CHECK = "write-check"
"""The node that the check writes to: a job that has no schedule."""
SHOWN = 200
"""Characters of a database's message that are logged."""

log = structlog.get_logger(__name__)


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
    services = request.app.state.services
    reason = await why_not_ready(services.gateway)
    if reason is None and not services.intake.is_ready:
        reason = "the writer of answers does not answer"
    if reason is None:
        reason = await _write_check(request.app).why_not(services.gateway)
    if reason is None:
        return JSONResponse({"status": "ready"})
    return _not_ready(reason)


def _write_check(app: Starlette) -> "WriteCheck":
    if not hasattr(app.state, "write_check"):
        app.state.write_check = WriteCheck()
    check: WriteCheck = app.state.write_check
    return check


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


class WriteCheck:
    """Whether anything can be written, checked by a real write, which is kept, every few seconds at most.

    A transaction that is rolled back would not show that the disk is full.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._checked_at = float("-inf")
        self._reason: str | None = None
        self._checking: asyncio.Task[None] | None = None

    async def why_not(self, gateway: Gateway) -> str | None:
        """Why nothing can be written; None if it can. Requests that come meanwhile share one check."""
        if self._clock() - self._checked_at >= CHECK_SECONDS:
            if self._checking is None or self._checking.done():
                self._checking = asyncio.create_task(self._check(gateway))
            await asyncio.shield(self._checking)
        return self._reason

    async def _check(self, gateway: Gateway) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await gateway.write(lambda tx: jobs.lock(tx, WRITE_CHECK))
            self._reason = None
        except Exception as fault:  # noqa: BLE001 - databases name a full disk and a read-only one in many ways
            log.warning("nothing can be written", reason=str(fault)[:SHOWN])
            self._reason = "nothing can be written to the database: its disk may be full, or it is read-only"
        self._checked_at = self._clock()
