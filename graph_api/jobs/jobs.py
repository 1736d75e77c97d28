"""The scheduled jobs. Each calls one use case, which records a run in the ledger under the given id."""

from collections.abc import Callable
from datetime import datetime, timedelta

from graph_api.domain.parameters.fitting.fit import FitOptions
from graph_api.domain.parameters.fitting.layout import Bounds
from graph_api.domain.parameters.inference.records import NAMES
from graph_api.domain.parameters.predictors.predictor_sets import name_of
from graph_api.domain.targets import TargetKind
from graph_api.store.gateway import Gateway
from graph_api.usecases.learners.expire_sessions import expire_sessions, expiry_run
from graph_api.usecases.learners.recompute_recency import RecomputeRequest, recompute_recency
from graph_api.usecases.learners.score_sessions import SessionScoring
from graph_api.usecases.operations.erase_students import erase_inactive, erasure_run
from graph_api.usecases.parameters.fit_inference import InferenceFitRequest, fit_stored_inference
from graph_api.usecases.parameters.fit_parameters import FitDefaults, FitRequest, fit_parameters
from graph_api.usecases.parameters.fit_predictor import PredictorFitRequest, fit_stored_predictor

TRIGGER = "schedule"

Clock = Callable[[], datetime]


async def refit(gateway: Gateway, clock: Clock, defaults: FitDefaults, run_id: str) -> None:
    """Fit all parameters, as `fitParameters` does without arguments: activate fits that meet the criteria, replay.

    Then fit the predictors of the next answer, which weight what the parameters in effect expect, and the models of
    inferred levels. Each takes effect only if it predicts held-out students better, and no caller turned it off.
    """
    options = FitOptions(bounds=Bounds(total=defaults.max_guess_plus_slip))
    request = FitRequest(options=options, rules=defaults.rules)
    await fit_parameters(gateway, request, request.run(run_id, TRIGGER, clock()), clock)
    for kind in TargetKind:
        fit = PredictorFitRequest(kind, unless_off=True)
        await fit_stored_predictor(gateway, fit, fit.run(f"{run_id}-{name_of(kind)}", TRIGGER, clock()), clock)
    for kind in TargetKind:
        inference = InferenceFitRequest(kind, unless_off=True)
        run = inference.run(f"{run_id}-{NAMES[kind]}", TRIGGER, clock())
        await fit_stored_inference(gateway, inference, run, clock)


async def recompute(gateway: Gateway, clock: Clock, parameter_set_id: str, run_id: str) -> None:
    """Recompute the recency of all students as of now: scores change with time, also without new answers."""
    request = RecomputeRequest(parameter_set_id=parameter_set_id)
    await recompute_recency(gateway, request, request.run(run_id, TRIGGER, clock()), clock)


async def expire(gateway: Gateway, clock: Clock, age: timedelta, scoring: SessionScoring, run_id: str) -> None:
    """End sessions that have been in progress for longer than `age`."""
    await expire_sessions(gateway, age, expiry_run(run_id, age, TRIGGER, clock()), clock, scoring=scoring)


async def erase(gateway: Gateway, clock: Clock, age: timedelta, run_id: str) -> None:
    """Erase students who have been inactive for longer than `age`."""
    await erase_inactive(gateway, age, erasure_run(run_id, age, TRIGGER, clock()), clock)
