"""Background work ends with the service, also work that had not begun."""

import asyncio

from graph_api.usecases.operations.background import Background


async def test_work_that_never_began_is_closed() -> None:
    async def work() -> None:
        await asyncio.sleep(3_600)

    doing = work()
    async with Background() as background:
        background.start(doing, "work")

    assert doing.cr_frame is None  # type: ignore[attr-defined]  # closed: Python has no coroutine to warn of
