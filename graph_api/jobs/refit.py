"""The job that fits all parameters again, as `fitParameters` does without arguments."""

from collections.abc import Callable
from datetime import datetime

from graph_api.store.gateway import Gateway
from graph_api.usecases.fit_parameters import FitRequest, fit_parameters


async def refit(gateway: Gateway, clock: Callable[[], datetime], run_id: str) -> None:
    """Fit everything, activate what predicts better, replay."""
    request = FitRequest()
    await fit_parameters(gateway, request, request.run(run_id, "schedule", clock()), clock)
