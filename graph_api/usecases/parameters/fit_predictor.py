"""Fit the predictor of the next answer, store it as a version, put it into effect if it predicts better (Q7, Q10).

Predictions are computed when they are read, so nothing is replayed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import numpy as np

from graph_api.domain.failures import InvalidInput, ParameterSetNotFound
from graph_api.domain.operations.runs import Algorithm, Run
from graph_api.domain.parameters.fitting.guard_rails import Reason
from graph_api.domain.parameters.fitting.layout import Bounds, Layout
from graph_api.domain.parameters.fitting.prediction import predict
from graph_api.domain.parameters.knowledge_tracing import Parameters
from graph_api.domain.parameters.named_versions import check_won
from graph_api.domain.parameters.predictors.predictor_fit import PredictorFit, fit_predictor
from graph_api.domain.parameters.predictors.predictor_records import PredictorRecord
from graph_api.domain.parameters.predictors.predictor_sets import PredictorParameters, PredictorSet, name_of
from graph_api.domain.targets import TargetKind
from graph_api.store import concepts, histories, parameter_sets
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.histories import TimedHistories
from graph_api.store.policy_sets import OFF, predictor_sets
from graph_api.store.predictors import put_fit, put_in_effect, read_chosen_ids, read_fits
from graph_api.usecases.computing import compute
from graph_api.usecases.run_ledger import OnProgress, recorded_run, unwatched

VERSION = "1"
SEED = 0
"""Deals the students into folds: the same answers give the same verdict."""
MOST_ANSWERS = 1_000_000
"""Of more answers than this, those of some students are read, the same students each time. It limits memory."""


@dataclass(frozen=True, slots=True)
class PredictorFitRequest:
    """What to fit.

    Attributes:
        kind: the predictor of answers to concepts, or to skills.
        activate: whether a fit that predicts better is put into effect.
        author: the principal of the request; None for a command or a job.
        unless_off: whether a kind that a caller turned off stays off, as a job leaves it.
    """

    kind: TargetKind
    activate: bool = True
    author: str | None = None
    unless_off: bool = False

    def run(self, run_id: str, trigger: str, now: datetime) -> Run:
        """The run that this starts."""
        parameters = {"kind": self.kind.value, "activate": self.activate}
        return Run(run_id, Algorithm.FIT_PREDICTOR, VERSION, parameters, trigger, now)


@dataclass(frozen=True, slots=True)
class PredictorFitReport:
    """What a fit did.

    Attributes:
        record: its figures.
        stored: the new version; None without enough answers.
        activated: whether the version was put into effect.
    """

    record: PredictorRecord
    stored: PredictorSet | None
    activated: bool

    def summary(self) -> dict[str, Any]:
        """The report as the run's output."""
        figures = self.record.figures
        return {
            "reason": figures.reason.value,
            "parameterSet": self.stored and self.stored.id,
            "activated": self.activated,
            "students": figures.students,
            "answers": figures.answers,
            "logLossBefore": figures.before and figures.before.log_loss,
            "logLoss": figures.after and figures.after.log_loss,
        }


async def fit_stored_predictor(
    gateway: Gateway,
    request: PredictorFitRequest,
    run: Run,
    clock: Callable[[], datetime],
    on_progress: OnProgress = unwatched,
) -> PredictorFitReport:
    """Fit, judge on held-out students, store, put into effect; the run's output is the report's summary.

    Raises:
        InvalidInput: the name of the versions is in use for other parameters.
    """
    async with recorded_run(gateway, run, clock, on_progress) as entry:
        entry.report("reading answers", 0, 1)
        stored, keys, in_effect = await gateway.read(partial(_read, kind=request.kind))
        entry.report("fitting", 0, 1)
        fit = await compute(_fit, request.kind, stored, keys, in_effect)
        record = PredictorRecord(run.id, request.author, fit.figures)
        made, activated = None, False
        if fit.parameters is not None:
            wins = request.activate and fit.figures.reason is Reason.IMPROVED
            store = partial(_store, fit.parameters, record, activate=wins, unless_off=request.unless_off, now=clock())
            made, activated = await gateway.write(store)
            if made is None:  # judged after the commit: a transaction that is to run again has seen half of another
                name = name_of(request.kind)
                raise InvalidInput("kind", "has a name that is in use for parameters of another kind", name)
        entry.report("fitting", 1, 1)
        report = PredictorFitReport(record, made, activated)
        entry.output.update(report.summary())
    return report


async def activate_predictor(gateway: Gateway, set_id: str, *, override: bool = False) -> None:
    """Put a stored predictor into effect.

    Raises:
        ParameterSetNotFound: no predictor has the id.
        InvalidInput: it did not beat knowledge tracing on held-out students, and there is no override.
    """

    async def work(tx: Transaction) -> None:
        await concepts.lock_course(tx)
        stored = (await predictor_sets.read_by_ids(tx, [set_id])).get(set_id)
        if stored is None:
            raise ParameterSetNotFound("id", "must be a stored predictor", set_id, [set_id])
        record = (await read_fits(tx, [set_id])).get(set_id)
        check_won(set_id, record.figures.reason if record else None, Reason.IMPROVED, override=override)
        await _put(tx, stored.parameters.kind, set_id)

    await gateway.write(work)


async def deactivate_predictor(gateway: Gateway, kind: TargetKind) -> None:
    """Let knowledge tracing predict the next answers to concepts or skills, until a caller activates a predictor."""

    async def work(tx: Transaction) -> None:
        await concepts.lock_course(tx)
        await _put(tx, kind, OFF)

    await gateway.write(work)


async def _put(tx: Transaction, kind: TargetKind, set_id: str) -> None:
    await put_in_effect(tx, {**await read_chosen_ids(tx), kind: set_id})


async def _read(tx: Transaction, kind: TargetKind) -> tuple[TimedHistories, list[str], list[Parameters]]:
    """The answers to all targets of a kind, the keys of the targets, and the parameters in effect of each."""
    targets = await parameter_sets.read_targets(tx, kind, None)
    keys = [each.target.key for each in targets]
    share = min(1.0, MOST_ANSWERS / max(sum(each.answers for each in targets), 1))
    stored = await histories.read_timed_histories(tx, kind, keys, None, share)
    sets = await parameter_sets.read_by_ids(tx, {each.set_id for each in targets})
    used = {each.id: each.parameters for each in sets}
    return stored, keys, [used[each.set_id] for each in targets]


def _fit(kind: TargetKind, stored: TimedHistories, keys: list[str], in_effect: list[Parameters]) -> PredictorFit:
    layout = Layout.of(stored.timed, Bounds(), forgetting=True)
    bkt = predict(stored.timed, layout, layout.spread(in_effect)) if len(stored.responses) else np.empty(0)
    return fit_predictor(kind, stored.responses, bkt, keys, stored.questions, np.random.default_rng(SEED))


async def _store(  # noqa: PLR0913 - what is stored, and when it takes effect
    parameters: PredictorParameters,
    record: PredictorRecord,
    tx: Transaction,
    *,
    activate: bool,
    unless_off: bool,
    now: datetime,
) -> tuple[PredictorSet | None, bool]:
    """Store a fit as the next version of its kind, and put it into effect on request; returns whether it was."""
    await concepts.lock_course(tx)
    stored = await predictor_sets.create_next(tx, name_of(parameters.kind), parameters, now)
    if stored is None:
        return None, False
    await put_fit(tx, stored.id, record)
    chosen = await read_chosen_ids(tx)
    if activated := activate and not (unless_off and chosen.get(parameters.kind) == OFF):
        await put_in_effect(tx, {**chosen, parameters.kind: stored.id})
    return stored, activated
