"""The job that erases students who have not been here for long."""

from collections.abc import Callable
from datetime import datetime, timedelta

from graph_api.store.gateway import Gateway
from graph_api.usecases.operations.erase_students import erase_inactive, erasure_run


async def erase(gateway: Gateway, clock: Callable[[], datetime], age: timedelta, run_id: str) -> None:
    """Erase students who practised nothing for longer than `age`."""
    await erase_inactive(gateway, age, erasure_run(run_id, age, "schedule", clock()), clock)
