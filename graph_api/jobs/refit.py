"""The job that fits all parameters again, as `fitParameters` does without arguments."""

from collections.abc import Callable
from datetime import datetime

from graph_api.domain.parameters.fitting.fit import FitOptions
from graph_api.domain.parameters.fitting.layout import Bounds
from graph_api.store.gateway import Gateway
from graph_api.usecases.parameters.fit_parameters import FitDefaults, FitRequest, fit_parameters


async def refit(gateway: Gateway, clock: Callable[[], datetime], defaults: FitDefaults, run_id: str) -> None:
    """Fit everything, activate the fits that meet the configured rules, replay."""
    options = FitOptions(bounds=Bounds(total=defaults.max_guess_plus_slip))
    request = FitRequest(options=options, rules=defaults.rules)
    await fit_parameters(gateway, request, request.run(run_id, "schedule", clock()), clock)
