"""Keep a run in the ledger from its start to its end, however it ends."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypeAlias

from graph_api.domain.failures import shown
from graph_api.domain.runs import Run
from graph_api.store import runs
from graph_api.store.gateway import Gateway

OnProgress: TypeAlias = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and of how much."""


def unwatched(_doing: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


@asynccontextmanager
async def recorded_run(gateway: Gateway, run: Run, clock: Callable[[], datetime]) -> AsyncIterator[dict[str, Any]]:
    """The run is RUNNING inside; then SUCCESS with what was put into the output, or FAILED with the error."""
    await gateway.write(lambda tx: runs.put(tx, run))
    output: dict[str, Any] = {}
    try:
        yield output
    except BaseException as fault:
        error = "interrupted" if isinstance(fault, asyncio.CancelledError) else f"{type(fault).__name__}: {fault}"
        failed = run.failed(clock(), shown(error))
        await asyncio.shield(gateway.write(lambda tx: runs.put(tx, failed)))
        raise
    succeeded = run.succeeded(clock(), output)
    await gateway.write(lambda tx: runs.put(tx, succeeded))
