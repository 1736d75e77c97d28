"""Background work ends with the service, also work that had not begun."""

import asyncio
from typing import Any

import structlog

from graph_api.usecases.operations.background import Background


async def test_work_that_never_began_is_closed() -> None:
    async def work() -> None:
        await asyncio.sleep(3_600)

    doing = work()
    async with Background() as background:
        background.start(doing, "work")

    assert doing.cr_frame is None  # type: ignore[attr-defined]  # closed: Python has no coroutine to warn of


async def test_log_lines_of_all_its_tasks_name_the_work() -> None:
    bound: list[Any] = []

    async def note() -> None:
        bound.append(structlog.contextvars.get_contextvars().get("work"))

    async def work() -> None:
        await asyncio.gather(note(), note())

    async with Background() as background:
        background.start(work(), "a fit")
        await asyncio.sleep(0.01)
    await note()

    assert bound == ["a fit", "a fit", None]
