"""Models of inferred levels: fitted to first answers; immutable versions, at most one in effect for each kind."""

import uuid
from datetime import datetime
from typing import Annotated, Self

import strawberry

from graph_api.domain.parameters.inference import fit as fits
from graph_api.domain.parameters.inference import records
from graph_api.domain.targets import TargetKind
from graph_api.schema.context import Info
from graph_api.schema.enums import describe_values
from graph_api.schema.failures import InvalidInput, ParameterSetNotFound, RunCancelled, Unavailable
from graph_api.schema.mutations import mutation
from graph_api.schema.operations.run import Run, read_run, start_run
from graph_api.schema.paging import DEFAULT_FIRST, First, bounded
from graph_api.schema.parameters.fit_enums import Override
from graph_api.store.policy_sets import inference_sets
from graph_api.usecases.parameters.fit_inference import (
    InferenceFitReport,
    InferenceFitRequest,
    activate_inference,
    deactivate_inference,
    fit_stored_inference,
)

Kind = Annotated[TargetKind, strawberry.argument(description="Whether the targets are concepts or skills.")]

strawberry.enum(
    fits.InferenceResult, name="InferenceOutcome", description="Whether a model of inferred levels may take effect."
)
describe_values(
    fits.InferenceResult,
    BETTER="It predicts the first answers of held-out students better than the prior, by more than chance.",
    NOT_BETTER="It does not. It is stored and does not take effect.",
    FEW_STUDENTS="Fewer than 30 students began two of the targets: nothing was fitted.",
)


@strawberry.type(description="How well the first answers of held-out students are predicted.")
class FirstAnswerFigures:
    log_loss: float = strawberry.field(description="Mean of -log P(the answer), in nats; smaller is better.")
    auc: float | None = strawberry.field(
        description="The area under the ROC curve, 0..1; larger is better. Null if all answers are alike."
    )

    @classmethod
    def of(cls, figures: fits.FirstAnswerFigures | None) -> Self | None:
        """The schema's view of figures."""
        return cls(log_loss=figures.log_loss, auc=figures.auc) if figures else None


@strawberry.type(description="What a model of inferred levels was fitted to, and how well it predicts.")
class InferenceFit:
    run_id: strawberry.ID = strawberry.field(description="The run that fitted.")
    author: str | None = strawberry.field(description="The principal of the request. Null for a command.")
    result: fits.InferenceResult = strawberry.field(description="Whether the model may take effect.")
    students: int = strawberry.field(description="How many students answered a target of the model.")
    first_answers: int = strawberry.field(
        description="How many answers were a student's first one to a target of the model. Each was predicted by a fit "
        "to other students."
    )
    prior: FirstAnswerFigures | None = strawberry.field(
        description="The prior: the share of correct first answers to the target. Null if nothing was fitted."
    )
    fitted: FirstAnswerFigures | None = strawberry.field(
        description="The same answers under the model. Null if nothing was fitted."
    )

    @classmethod
    def of(cls, record: records.InferenceFitRecord) -> Self:
        """The schema's view of the record of a fit."""
        return cls(
            run_id=strawberry.ID(record.run_id),
            author=record.author,
            result=record.result,
            students=record.students,
            first_answers=record.first_answers,
            prior=FirstAnswerFigures.of(record.prior),
            fitted=FirstAnswerFigures.of(record.fitted),
        )


@strawberry.type(description="An immutable version of the model that inferred levels come from.")
class InferenceModel:
    id: strawberry.ID = strawberry.field(description="Name and version, such as `inference-concept-v1`.")
    name: str = strawberry.field(description="The name that its versions share.")
    version: int = strawberry.field(description="The number of the version: 1, 2 …")
    kind: TargetKind = strawberry.field(description="Whether the model is of concepts or of skills.")
    target_count: int = strawberry.field(
        description="How many concepts or skills the model knows: those with at least 10 first answers."
    )
    weight_before: float = strawberry.field(
        description="What the evidence of direct prerequisites weighs, in logits; 0 for skills."
    )
    weight_after: float = strawberry.field(
        description="What the evidence of the concepts right after weighs, in logits; 0 for skills."
    )
    created_at: datetime | None = strawberry.field(description="The time when the version was stored.")

    @strawberry.field(description="Whether it is in effect. Set by `fitInference` and `activateInference`.")
    async def in_effect(self, info: Info) -> bool:
        used = await info.context.loaders.inference.load(self.kind)
        return used is not None and used.id == self.id

    @strawberry.field(description="The fit that made it.")
    async def fit(self, info: Info) -> InferenceFit | None:
        record = await info.context.loaders.inference_fits.load(self.id)
        return InferenceFit.of(record) if record else None

    @classmethod
    def of(cls, stored: records.InferenceModelSet) -> Self:
        """The schema's view of a version."""
        return cls(
            id=strawberry.ID(stored.id),
            name=stored.name,
            version=stored.version,
            kind=stored.parameters.kind,
            target_count=len(stored.parameters.targets),
            weight_before=stored.parameters.weight_before,
            weight_after=stored.parameters.weight_after,
            created_at=stored.created_at,
        )


@strawberry.input(description="What to fit.")
class FitInferenceInput:
    kind: TargetKind = strawberry.field(
        default=TargetKind.CONCEPT, description="Whether the targets are concepts or skills."
    )
    activate: bool = strawberry.field(default=True, description="Whether a model that is BETTER is put into effect.")
    wait: bool = strawberry.field(
        default=True,
        description="Whether to reply when it is done; else it replies at once, and runProgress reports the rest.",
    )


@strawberry.type(description="What a fit of the model of inferred levels did.")
class FitInferencePayload:
    run: Run = strawberry.field(description="The run.")
    fit: InferenceFit | None = strawberry.field(description="The fit. Null while the run is under way.")
    model: InferenceModel | None = strawberry.field(
        description="The new version. Null with too few students, or while the run is under way."
    )
    activated: bool = strawberry.field(description="Whether the new version was put into effect.")

    @classmethod
    def of(cls, run: Run, report: InferenceFitReport | None) -> Self:
        """The schema's view of a report; without one for a run that is under way."""
        if report is None:
            return cls(run=run, fit=None, model=None, activated=False)
        model = InferenceModel.of(report.stored) if report.stored else None
        return cls(run=run, fit=InferenceFit.of(report.record), model=model, activated=report.activated)


@strawberry.type(description="The model of inferred levels is in effect.")
class ActivateInferencePayload:
    stored_id: strawberry.Private[str]

    @strawberry.field(description="The model that is in effect.")
    async def model(self, info: Info) -> InferenceModel | None:
        stored = await info.context.loaders.inference_sets.load(self.stored_id)
        return InferenceModel.of(stored) if stored else None


@strawberry.type(description="Inferred levels are off.")
class DeactivateInferencePayload:
    kind: TargetKind = strawberry.field(description="Whether those of concepts or of skills are off.")


FitInferenceResult = Annotated[
    FitInferencePayload | RunCancelled | InvalidInput | Unavailable,
    strawberry.union("FitInferenceResult", description="What the fit came to, or why there was none."),
]

ActivateInferenceResult = Annotated[
    ActivateInferencePayload | InvalidInput | ParameterSetNotFound | Unavailable,
    strawberry.union("ActivateInferenceResult", description="What was activated, or why it was not."),
]

DeactivateInferenceResult = Annotated[
    DeactivateInferencePayload | Unavailable,
    strawberry.union("DeactivateInferenceResult", description="What was turned off, or why it was not."),
]


@strawberry.type
class InferenceModelsQuery:
    """Queries about models of inferred levels."""

    @strawberry.field(description="The versions of models of inferred levels, by name, newest first.")
    async def inference_models(
        self,
        info: Info,
        kind: Annotated[
            TargetKind | None, strawberry.argument(description="Only those of concepts, or of skills.")
        ] = None,
        first: First = DEFAULT_FIRST,
    ) -> list[InferenceModel]:
        name, limit = kind and records.NAMES[kind], bounded(first)
        stored = await info.context.gateway.read_one(lambda tx: inference_sets.read_all(tx, name=name, limit=limit))
        return [InferenceModel.of(each) for each in stored]


@strawberry.type
class InferenceModelsMutation:
    """Mutations of models of inferred levels."""

    @mutation(
        description="Fit the model of inferred levels of concepts or skills to all answers, judge it on the first "
        "answers of held-out students, store it as a new version, and put it into effect if it beats the prior. No "
        "level changes. Takes seconds to minutes."
    )
    async def fit_inference(
        self,
        info: Info,
        input: Annotated[FitInferenceInput | None, strawberry.argument(description="What to fit.")] = None,
    ) -> FitInferenceResult:
        services, given = info.context.services, input or FitInferenceInput()
        request = InferenceFitRequest(given.kind, given.activate, info.context.principal.id or None)
        run = request.run(uuid.uuid4().hex, "mutation", services.clock())
        work = fit_stored_inference(info.context.gateway, request, run, services.clock)
        if not given.wait:
            return FitInferencePayload.of(await start_run(info, run, work, wait=False), None)
        report = await work
        return FitInferencePayload.of(await read_run(info, run), report)

    @mutation(
        description="Put a stored model of inferred levels into effect. Its fit must have been BETTER than the prior "
        "on held-out students, unless `override` is true. No level changes."
    )
    async def activate_inference(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The id of the model.")],
        override: Override = False,
    ) -> ActivateInferenceResult:
        await activate_inference(info.context.gateway, id, override=override)
        return ActivateInferencePayload(stored_id=id)

    @mutation(description="Turn inferred levels of concepts or skills off. No level changes.")
    async def deactivate_inference(self, info: Info, kind: Kind) -> DeactivateInferenceResult:
        await deactivate_inference(info.context.gateway, kind)
        return DeactivateInferencePayload(kind=kind)
