"""Work that goes on after its caller was answered, and ends with the service."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Self

import structlog

from graph_api.domain.failures import Failure

log = structlog.get_logger(__name__)


class Background:
    """Background tasks. On exit they are cancelled, which their runs record."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def start(self, doing: Coroutine[Any, Any, Any], name: str) -> None:
        """Let it run."""
        task = asyncio.create_task(self._run(doing, name), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: doing.close())  # which never began, if the service ends at once

    async def _run(self, doing: Coroutine[Any, Any, Any], name: str) -> None:
        structlog.contextvars.bind_contextvars(work=name)  # for the log lines of all tasks that it starts
        try:
            await doing
        except Failure as failure:
            log.warning("background work failed", failure=failure.code, field=failure.field, rule=failure.rule)
        except Exception as error:
            log.exception("background work failed", exc_info=error)
