"""Fit the model of inferred levels, store it as a version, put it into effect if it beats the prior (Q15)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from graph_api.domain.failures import InvalidInput, ParameterSetNotFound
from graph_api.domain.operations.runs import Algorithm, Run
from graph_api.domain.parameters.inference.fit import InferenceResult, fit_inference
from graph_api.domain.parameters.inference.model import InferenceModel
from graph_api.domain.parameters.inference.records import NAMES, InferenceFitRecord, InferenceModelSet
from graph_api.domain.parameters.named_versions import check_won
from graph_api.domain.parameters.predictors.responses import Responses
from graph_api.domain.targets import TargetKind
from graph_api.store import concepts, histories, parameter_sets
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.inference import put_fit, put_in_effect, read_chosen_ids, read_fits
from graph_api.store.policy_sets import OFF, inference_sets
from graph_api.usecases.computing import compute
from graph_api.usecases.run_ledger import OnProgress, recorded_run, unwatched

VERSION = "1"
SEED = 0
"""Deals the students into folds: the same answers give the same model."""
MOST_ANSWERS = 1_000_000
"""Of more answers than this, those of some students are read, the same students each time. It limits memory."""


@dataclass(frozen=True, slots=True)
class InferenceFitRequest:
    """What to fit.

    Attributes:
        kind: whether the targets are concepts or skills.
        activate: whether a model that beats the prior is put into effect.
        author: the principal of the request; None for a command or a job.
        unless_off: whether a kind that a caller turned off stays off, as a job leaves it.
    """

    kind: TargetKind = TargetKind.CONCEPT
    activate: bool = True
    author: str | None = None
    unless_off: bool = False

    def run(self, run_id: str, trigger: str, now: datetime) -> Run:
        """The run that this starts."""
        parameters = {"kind": self.kind.value, "activate": self.activate}
        return Run(run_id, Algorithm.FIT_INFERENCE, VERSION, parameters, trigger, now)


@dataclass(frozen=True, slots=True)
class InferenceFitReport:
    """What a fit did: its figures, the new version (None with too few students), and whether it is in effect."""

    record: InferenceFitRecord
    stored: InferenceModelSet | None
    activated: bool

    def summary(self) -> dict[str, Any]:
        """The report as the run's output."""
        figures = {key: value for key, value in self.record.as_json().items() if key not in {"runId", "author"}}
        return {**figures, "model": self.stored and self.stored.id, "activated": self.activated}


class _Answers(NamedTuple):
    """The answers to targets, the key of each target, and the direct prerequisites of concepts."""

    responses: Responses
    keys: Sequence[str]
    prerequisites: Mapping[str, Sequence[str]]


async def fit_stored_inference(
    gateway: Gateway,
    request: InferenceFitRequest,
    run: Run,
    clock: Callable[[], datetime],
    on_progress: OnProgress = unwatched,
) -> InferenceFitReport:
    """Fit, judge on held-out students, store, put into effect; the run's output is the report's summary.

    Raises:
        InvalidInput: the name of the versions is in use for other parameters.
    """
    async with recorded_run(gateway, run, clock, on_progress) as entry:
        entry.report("reading answers", 0, 1)
        answers = await gateway.read(partial(_read, kind=request.kind))
        entry.report("fitting", 0, 1)
        responses, keys, needed = answers
        fit = await compute(fit_inference, responses, request.kind, keys, needed, np.random.default_rng(SEED))
        record = InferenceFitRecord.of(fit, run_id=run.id, author=request.author)
        stored, activated = None, False
        if fit.model is not None:
            wins = request.activate and fit.result is InferenceResult.BETTER
            store = partial(_store, fit.model, record, activate=wins, unless_off=request.unless_off, now=clock())
            stored, activated = await gateway.write(store)
            if stored is None:  # judged after the commit: a transaction that is to run again has seen half of another
                name = NAMES[request.kind]
                raise InvalidInput("kind", "has a name that is in use for parameters of another kind", name)
        entry.report("fitting", 1, 1)
        report = InferenceFitReport(record, stored, activated)
        entry.output.update(report.summary())
    return report


async def activate_inference(gateway: Gateway, model_id: str, *, override: bool = False) -> None:
    """Put a stored model into effect.

    Raises:
        ParameterSetNotFound: no model of inferred levels has the id.
        InvalidInput: the model did not beat the prior on held-out students, and there is no override.
    """

    async def work(tx: Transaction) -> None:
        await concepts.lock_course(tx)
        stored = (await inference_sets.read_by_ids(tx, [model_id])).get(model_id)
        if stored is None:
            raise ParameterSetNotFound("id", "must be a stored model of inferred levels", model_id, [model_id])
        record = (await read_fits(tx, [model_id])).get(model_id)
        check_won(model_id, record.result if record else None, InferenceResult.BETTER, override=override)
        await _put(tx, stored.parameters.kind, model_id)

    await gateway.write(work)


async def deactivate_inference(gateway: Gateway, kind: TargetKind) -> None:
    """Turn inferred levels of concepts or skills off, until a caller activates a model."""

    async def work(tx: Transaction) -> None:
        await concepts.lock_course(tx)
        await _put(tx, kind, OFF)

    await gateway.write(work)


async def _read(tx: Transaction, kind: TargetKind) -> _Answers:
    targets = await parameter_sets.read_targets(tx, kind, None)
    keys = [each.target.key for each in targets]
    share = min(1.0, MOST_ANSWERS / max(sum(each.answers for each in targets), 1))
    read = await histories.read_timed_histories(tx, kind, keys, None, share)
    needed = await concepts.read_prerequisites(tx) if kind is TargetKind.CONCEPT else {}
    return _Answers(read.responses, keys, {key: sorted(own) for key, own in needed.items()})


async def _store(  # noqa: PLR0913 - what is stored, and when it takes effect
    model: InferenceModel,
    record: InferenceFitRecord,
    tx: Transaction,
    *,
    activate: bool,
    unless_off: bool,
    now: datetime,
) -> tuple[InferenceModelSet | None, bool]:
    """Store a model as the next version of its kind, and put it into effect on request; returns whether it was.

    The model is None if the id belongs to parameters of another kind.
    """
    await concepts.lock_course(tx)
    stored = await inference_sets.create_next(tx, NAMES[model.kind], model, now)
    if stored is None:
        return None, False
    await put_fit(tx, stored.id, record)
    chosen = await read_chosen_ids(tx)
    if activated := activate and not (unless_off and chosen.get(model.kind) == OFF):
        await put_in_effect(tx, {**chosen, model.kind: stored.id})
    return stored, activated


async def _put(tx: Transaction, kind: TargetKind, model_id: str) -> None:
    await put_in_effect(tx, {**await read_chosen_ids(tx), kind: model_id})
