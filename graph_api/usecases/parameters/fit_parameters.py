"""Fit parameters to the answers in the graph, store them as new versions, activate those that are better (B7, B8)."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np

from graph_api.domain.failures import InvalidInput
from graph_api.domain.operations.runs import Algorithm, Run
from graph_api.domain.parameters.fitting.activation import LARGEST_SUM, ActivationRules
from graph_api.domain.parameters.fitting.fit import FitOptions
from graph_api.domain.parameters.fitting.guard_rails import GuardRails
from graph_api.domain.parameters.fitting.held_out import check_folds
from graph_api.domain.parameters.fitting.histories import Histories
from graph_api.domain.parameters.fitting.judge import Judgement, judge
from graph_api.domain.parameters.fitting.layout import Bounds
from graph_api.domain.parameters.parameter_sets import ParameterSet
from graph_api.domain.parameters.prediction_metrics import Metrics, measure
from graph_api.domain.targets import TargetKind
from graph_api.store import histories, parameter_sets
from graph_api.store.gateway import Gateway, Transaction
from graph_api.store.parameter_sets import TargetInEffect
from graph_api.usecases.choose_targets import Targets
from graph_api.usecases.parameters.change_sets import replay_due
from graph_api.usecases.parameters.store_fits import FitOutcome, store_fits
from graph_api.usecases.run_ledger import OnProgress, recorded_run, unwatched

VERSION = "2"
ANSWERS_AT_A_TIME = 1_000_000
"""The maximum number of answers of targets that are fitted together. It limits memory."""


@dataclass(frozen=True, slots=True)
class FitDefaults:
    """The configured limits of fits; each request may state its own.

    Attributes:
        rules: what a fit must mean, and by how much it must predict better.
        max_guess_plus_slip: the largest guess + slip.
    """

    rules: ActivationRules = field(default_factory=ActivationRules)
    max_guess_plus_slip: float = LARGEST_SUM


@dataclass(frozen=True, slots=True)
class FitRequest:
    """What to fit, and how.

    Attributes:
        targets: whose parameters; everything by default.
        options: how.
        rails: what a target needs to be fitted.
        folds: how many parts the students are dealt into for held-out predictions.
        seed: which deal.
        activate: whether fits that meet the rules are activated.
        rules: what a fit must mean, and by how much it must predict better.
        choose_forgetting: whether each target is fitted with and without forgetting, and keeps what predicts better.

    Raises:
        InvalidInput: there are not 2 to 20 folds, or forgetting is both required and to be chosen.
    """

    targets: Targets = field(default_factory=Targets)
    options: FitOptions = field(default_factory=lambda: FitOptions(bounds=Bounds(total=LARGEST_SUM)))
    rails: GuardRails = field(default_factory=GuardRails)
    folds: int = 5
    seed: int = 0
    activate: bool = True
    rules: ActivationRules = field(default_factory=ActivationRules)
    choose_forgetting: bool = False

    def __post_init__(self) -> None:
        check_folds(self.folds)
        if self.choose_forgetting and self.options.forgetting:
            raise InvalidInput("chooseForgetting", "must be false where forgetting is true", "true")

    def run(self, run_id: str, trigger: str, now: datetime) -> Run:
        """The run that this starts."""
        options = self.options
        parameters = {
            "method": options.method.value,
            "forgetting": options.forgetting,
            "chooseForgetting": self.choose_forgetting,
            "maxGuess": options.bounds.guess,
            "maxSlip": options.bounds.slip,
            "maxGuessPlusSlip": options.bounds.total,
            "tolerance": options.tolerance,
            "iterations": options.iterations,
            "minAnswers": self.rails.answers,
            "minStudents": self.rails.students,
            "folds": self.folds,
            "seed": self.seed,
            "activate": self.activate,
            "masteredLevel": self.rules.mastered,
            "minMasteredCorrect": self.rules.min_mastered_correct,
            "significance": self.rules.significance,
        }
        requested = {
            kind.value: keys if (keys := self.targets.keys(kind)) is None else len(keys) for kind in TargetKind
        }
        return Run(run_id, Algorithm.FIT_PARAMETERS, VERSION, parameters, trigger, now, input=requested)


@dataclass(frozen=True, slots=True)
class FitReport:
    """What a run of fits did. The metrics are over all answers of fitted targets; None if there were none."""

    run_id: str
    outcomes: Sequence[FitOutcome]
    before: Metrics | None
    held_out: Metrics | None
    replayed: int

    def summary(self) -> dict[str, Any]:
        """The report as the run's output."""
        return {
            "targets": len(self.outcomes),
            "stored": sum(outcome.set_id is not None for outcome in self.outcomes),
            "activated": sum(outcome.activated for outcome in self.outcomes),
            "reasons": dict(sorted(Counter(outcome.reason.value for outcome in self.outcomes).items())),
            "before": _told(self.before),
            "heldOut": _told(self.held_out),
            "replayedLevels": self.replayed,
        }


async def fit_parameters(
    gateway: Gateway, request: FitRequest, run: Run, clock: Callable[[], datetime], on_progress: OnProgress = unwatched
) -> FitReport:
    """Fit, judge, store, activate, replay; the run's output is the report's summary.

    Raises:
        ConceptNotFound, SkillNotFound: a named concept or skill does not exist.
    """
    async with recorded_run(gateway, run, clock, on_progress) as entry:
        outcomes: list[FitOutcome] = []
        judgements: list[Judgement] = []
        wanted = {kind: await gateway.read(lambda tx, kind=kind: request.targets.read(tx, kind)) for kind in TargetKind}  # type: ignore[misc]
        done, total = 0, sum(each.answers for of_kind in wanted.values() for each in of_kind)
        for kind, of_kind in wanted.items():
            for together in _together(of_kind):
                entry.report("fitting", done, total)
                judgement = await _judge(gateway, kind, together, request)
                outcomes += await store_fits(
                    gateway,
                    list(zip(together, judgement.verdicts, strict=True)),
                    run_id=run.id,
                    method=request.options.method,
                    activate=request.activate,
                    now=clock(),
                )
                judgements.append(judgement)
                done += sum(each.answers for each in together)
        entry.report("fitting", done, total)
        activated = [outcome.target for outcome in outcomes if outcome.activated]
        replayed = await replay_due(gateway, run.id, activated, clock, entry.report)
        report = FitReport(run.id, outcomes, *_pooled(judgements), replayed)
        entry.output.update(report.summary())
    return report


def _together(targets: Sequence[TargetInEffect]) -> Iterator[list[TargetInEffect]]:
    chunk: list[TargetInEffect] = []
    for target in targets:
        if chunk and sum(each.answers for each in chunk) + target.answers > ANSWERS_AT_A_TIME:
            yield chunk
            chunk = []
        chunk.append(target)
    if chunk:
        yield chunk


async def _judge(
    gateway: Gateway, kind: TargetKind, targets: Sequence[TargetInEffect], request: FitRequest
) -> Judgement:
    async def read(tx: Transaction) -> tuple[Histories, list[ParameterSet]]:
        return (
            await histories.read_histories(tx, kind, [each.target.key for each in targets]),
            await parameter_sets.read_by_ids(tx, {each.set_id for each in targets}),
        )

    evidence, sets = await gateway.read(read)
    in_effect = {stored.id: stored.parameters for stored in sets}
    return await asyncio.to_thread(
        judge,
        evidence,
        [in_effect[each.set_id] for each in targets],
        request.options,
        request.rails,
        folds=request.folds,
        rng=np.random.default_rng(request.seed),
        rules=request.rules,
        alternatives=[replace(request.options, forgetting=True)] if request.choose_forgetting else [],
    )


def _told(metrics: Metrics | None) -> dict[str, Any] | None:
    """Metrics under the names that the API gives them."""
    return metrics and {"logLoss" if name == "log_loss" else name: value for name, value in metrics._asdict().items()}


def _pooled(judgements: Sequence[Judgement]) -> tuple[Metrics | None, Metrics | None]:
    correct, before, held_out = (
        np.concatenate([getattr(each, name) for each in judgements] or [np.empty(0)])
        for name in ("correct", "before", "held_out")
    )
    if not len(correct):
        return None, None
    return measure(before, correct), measure(held_out, correct)
