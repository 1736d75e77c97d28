"""The job that recomputes recency for everybody: windows slide although nobody answers."""

from collections.abc import Callable
from datetime import datetime

from graph_api.store.gateway import Gateway
from graph_api.usecases.learners.recompute_recency import RecomputeRequest, recompute_recency


async def recompute(gateway: Gateway, clock: Callable[[], datetime], parameter_set_id: str, run_id: str) -> None:
    """Recompute everybody's scores as of now."""
    request = RecomputeRequest(parameter_set_id=parameter_set_id)
    await recompute_recency(gateway, request, request.run(run_id, "schedule", clock()), clock)
