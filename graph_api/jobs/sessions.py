"""The job that ends sessions that nobody handed in."""

from collections.abc import Callable
from datetime import datetime, timedelta

from graph_api.store.gateway import Gateway
from graph_api.usecases.learners.expire_sessions import expire_sessions, expiry_run


async def expire(gateway: Gateway, clock: Callable[[], datetime], age: timedelta, run_id: str) -> None:
    """Expire sessions older than `age`."""
    await expire_sessions(gateway, age, expiry_run(run_id, age, "schedule", clock()), clock)
