"""Predictors of the next answer: versions of fitted weights, one of which may be in effect for each kind."""

import uuid
from datetime import datetime
from typing import Annotated, Self

import strawberry

from graph_api.domain.parameters.predictors import predictor_records as records
from graph_api.domain.parameters.predictors import predictor_sets as domain
from graph_api.domain.parameters.predictors.predictor_sets import NextAnswerModel
from graph_api.domain.targets import Target, TargetKind
from graph_api.schema.context import Info
from graph_api.schema.course.concept import load_target
from graph_api.schema.failures import InvalidInput, ParameterSetNotFound, RunCancelled, Unavailable
from graph_api.schema.mutations import mutation
from graph_api.schema.node import TargetNode
from graph_api.schema.operations.run import Run, read_run, start_run
from graph_api.schema.paging import DEFAULT_FIRST, First, bounded
from graph_api.schema.parameters.fit_enums import Override, Reason
from graph_api.schema.parameters.metrics import Metrics
from graph_api.store.policy_sets import predictor_sets
from graph_api.usecases.parameters.fit_predictor import (
    PredictorFitReport,
    PredictorFitRequest,
    activate_predictor,
    deactivate_predictor,
    fit_stored_predictor,
)


@strawberry.type(description="The model of a concept or skill in a fit of the predictor.")
class PredictorTarget:
    of_target: strawberry.Private[Target]
    concept_id: strawberry.ID | None = strawberry.field(description="The concept, if it is one.")
    skill_code: strawberry.ID | None = strawberry.field(description="The skill, if it is one.")
    model: NextAnswerModel = strawberry.field(description="The model that predicts it while the version is in effect.")
    reason: Reason = strawberry.field(
        description="Why. IMPROVED and WORSE_ON_HELD_OUT judge its own answers; with TOO_FEW_ANSWERS or "
        "TOO_FEW_STUDENTS it follows the verdict of all answers."
    )
    answers: int = strawberry.field(description="The answers that it was judged on.")
    students: int = strawberry.field(description="The students who gave them.")
    log_loss_before: float | None = strawberry.field(description="The log-loss of knowledge tracing on them, in nats.")
    log_loss: float | None = strawberry.field(
        description="The log-loss of the predictor on them, in nats; each student was held out."
    )

    @strawberry.field(description="The concept or skill. Null if it does not exist any more.")
    async def target(self, info: Info) -> TargetNode | None:
        return await load_target(info, self.of_target)

    @classmethod
    def of(cls, target: Target, choice: domain.TargetChoice) -> Self:
        """The schema's view of a choice."""
        key, of_concept = strawberry.ID(target.key), target.kind is TargetKind.CONCEPT
        return cls(
            of_target=target,
            concept_id=key if of_concept else None,
            skill_code=None if of_concept else key,
            model=choice.model,
            **choice._asdict(),
        )


@strawberry.type(description="What a predictor was fitted to, and how well it predicts held-out students.")
class PredictorFit:
    run_id: strawberry.ID = strawberry.field(description="The run that fitted.")
    author: str | None = strawberry.field(description="The principal of the request. Null for a command or a job.")
    reason: Reason = strawberry.field(
        description="IMPROVED if it predicts better than knowledge tracing by more than chance; else why not."
    )
    answers: int = strawberry.field(description="How many answers. An answer counts once for each target.")
    students: int = strawberry.field(description="How many students.")
    before: Metrics | None = strawberry.field(
        description="Knowledge tracing in effect, on the same answers. Null without enough answers."
    )
    after: Metrics | None = strawberry.field(
        description="The predictor, on held-out students. Null without enough answers."
    )
    calibration_before: float | None = strawberry.field(description="The calibration error of knowledge tracing.")
    calibration: float | None = strawberry.field(description="The calibration error of the predictor.")
    chance: float | None = strawberry.field(
        description="How likely chance alone makes it look this much better: a one-sided paired test over students."
    )

    @classmethod
    def of(cls, record: records.PredictorRecord) -> Self:
        """The schema's view of the record of a fit."""
        figures = record.figures._asdict()
        for name in ("before", "after"):
            figures[name] = figures[name] and Metrics.of(figures[name])
        return cls(run_id=strawberry.ID(record.run_id), author=record.author, **figures)


@strawberry.type(description="An immutable version of the predictor of the next answer.")
class PredictorSet:
    parameters: strawberry.Private[domain.PredictorParameters]
    id: strawberry.ID = strawberry.field(description="Name and version, such as `predictor-concept-v1`.")
    name: str = strawberry.field(description="The name that its versions share.")
    version: int = strawberry.field(description="The number of the version: 1, 2 …")
    kind: TargetKind = strawberry.field(description="Whether it predicts answers to concepts or to skills.")
    created_at: datetime | None = strawberry.field(description="The time when the version was stored.")

    @strawberry.field(
        description="Whether it is in effect: see `fitPredictor`, `activatePredictor` and `deactivatePredictor`."
    )
    async def in_effect(self, info: Info) -> bool:
        used = await info.context.loaders.predictors.load(self.kind)
        return used is not None and used.id == self.id

    @strawberry.field(description="The fit that made it.")
    async def fit(self, info: Info) -> PredictorFit | None:
        record = await info.context.loaders.predictor_fits.load(self.id)
        return PredictorFit.of(record) if record else None

    @strawberry.field(description="The concepts or skills that it was fitted to, those with the most answers first.")
    def targets(self, first: First = DEFAULT_FIRST) -> list[PredictorTarget]:
        most = self.parameters.most_answered(bounded(first))
        return [PredictorTarget.of(Target(self.kind, key), choice) for key, choice in most]

    @classmethod
    async def load(cls, info: Info, id: str) -> Self | None:
        """The version with an id, or None."""
        stored = await info.context.loaders.predictor_sets.load(id)
        return cls.of(stored) if stored else None

    @classmethod
    def of(cls, stored: domain.PredictorSet) -> Self:
        """The schema's view of a version."""
        return cls(
            parameters=stored.parameters,
            id=strawberry.ID(stored.id),
            name=stored.name,
            version=stored.version,
            kind=stored.parameters.kind,
            created_at=stored.created_at,
        )


@strawberry.input(description="What to fit.")
class FitPredictorInput:
    kind: TargetKind = strawberry.field(description="The predictor of answers to concepts, or to skills.")
    activate: bool = strawberry.field(default=True, description="Whether a fit that IMPROVED is put into effect.")
    wait: bool = strawberry.field(
        default=True,
        description="Whether to reply when it is done; else it replies at once, and runProgress reports the rest.",
    )


@strawberry.type(description="What a fit of the predictor did.")
class FitPredictorPayload:
    run: Run = strawberry.field(description="The run.")
    fit: PredictorFit | None = strawberry.field(description="The fit. Null while the run is under way.")
    predictor_set: PredictorSet | None = strawberry.field(
        description="The new version. Null without enough answers, or while the run is under way."
    )
    activated: bool = strawberry.field(description="Whether the new version was put into effect.")

    @classmethod
    def of(cls, run: Run, report: PredictorFitReport | None) -> Self:
        """The schema's view of a report; without one for a run that is under way."""
        if report is None:
            return cls(run=run, fit=None, predictor_set=None, activated=False)
        made = PredictorSet.of(report.stored) if report.stored else None
        return cls(run=run, fit=PredictorFit.of(report.record), predictor_set=made, activated=report.activated)


@strawberry.type(description="The predictor is in effect.")
class ActivatePredictorPayload:
    stored_id: strawberry.Private[str]

    @strawberry.field(description="The predictor that is in effect.")
    async def predictor_set(self, info: Info) -> PredictorSet | None:
        return await PredictorSet.load(info, self.stored_id)


@strawberry.type(description="Knowledge tracing predicts the next answers again.")
class DeactivatePredictorPayload:
    kind: TargetKind = strawberry.field(description="To which targets.")


FitPredictorResult = Annotated[
    FitPredictorPayload | RunCancelled | InvalidInput | Unavailable,
    strawberry.union("FitPredictorResult", description="What the fit came to, or why there was none."),
]

ActivatePredictorResult = Annotated[
    ActivatePredictorPayload | InvalidInput | ParameterSetNotFound | Unavailable,
    strawberry.union("ActivatePredictorResult", description="What was activated, or why it was not."),
]

DeactivatePredictorResult = Annotated[
    DeactivatePredictorPayload | Unavailable,
    strawberry.union("DeactivatePredictorResult", description="What was turned off, or why it was not."),
]


@strawberry.type
class PredictorQuery:
    """Queries about predictors of the next answer."""

    @strawberry.field(description="The versions of the predictor of the next answer, by name, newest first.")
    async def predictor_sets(
        self,
        info: Info,
        kind: Annotated[
            TargetKind | None, strawberry.argument(description="Only those of concepts, or of skills.")
        ] = None,
        first: First = DEFAULT_FIRST,
    ) -> list[PredictorSet]:
        limit, name = bounded(first), domain.name_of(kind) if kind else None
        stored = await info.context.gateway.read_one(lambda tx: predictor_sets.read_all(tx, name=name, limit=limit))
        return [PredictorSet.of(each) for each in stored]


@strawberry.type
class PredictorMutation:
    """Mutations of predictors of the next answer."""

    @mutation(
        description="Fit the predictor of the next answer, judge it on held-out students beside knowledge tracing, "
        "store it as a new version, and put it into effect if it predicts better. No level changes, and nothing is "
        "replayed: predictions are computed when they are read. Takes seconds to minutes."
    )
    async def fit_predictor(
        self, info: Info, input: Annotated[FitPredictorInput, strawberry.argument(description="What to fit.")]
    ) -> FitPredictorResult:
        services = info.context.services
        request = PredictorFitRequest(input.kind, input.activate, info.context.principal.id or None)
        run = request.run(uuid.uuid4().hex, "mutation", services.clock())
        work = fit_stored_predictor(info.context.gateway, request, run, services.clock)
        if not input.wait:
            return FitPredictorPayload.of(await start_run(info, run, work, wait=False), None)
        report = await work
        return FitPredictorPayload.of(await read_run(info, run), report)

    @mutation(
        description="Put a stored predictor of the next answer into effect. Its fit must have IMPROVED on held-out "
        "students, unless `override` is true. Forecasts follow it from the next read on."
    )
    async def activate_predictor(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The id of the predictor.")],
        override: Override = False,
    ) -> ActivatePredictorResult:
        await activate_predictor(info.context.gateway, id, override=override)
        return ActivatePredictorPayload(stored_id=id)

    @mutation(description="Let knowledge tracing predict the next answers; the stored predictors stay.")
    async def deactivate_predictor(
        self,
        info: Info,
        kind: Annotated[TargetKind, strawberry.argument(description="To concepts, or to skills.")],
    ) -> DeactivatePredictorResult:
        await deactivate_predictor(info.context.gateway, kind)
        return DeactivatePredictorPayload(kind=kind)
