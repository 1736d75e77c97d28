"""Which model predicts best."""

from collections.abc import Sequence
from typing import Annotated, Self

import strawberry

from graph_api.domain.parameters import model_comparison as domain
from graph_api.domain.parameters.metric_intervals import MetricIntervals as Intervals
from graph_api.domain.parameters.splits import HeldOut
from graph_api.domain.targets import Target, TargetKind
from graph_api.schema.context import Info
from graph_api.schema.enums import describe_values
from graph_api.schema.parameters.metrics import CalibrationBin, Metrics
from graph_api.schema.targets import ConceptIdsArgument, SkillCodesArgument, chosen
from graph_api.usecases.parameters.compare_models import Comparison, ComparisonRequest, compare_models

strawberry.enum(
    domain.Model,
    name="PredictionModel",
    description="What predicts an answer from the student's earlier answers. RATIO, RECENCY, BKT_…, AFM, PFA and "
    "PFA_RECENCY use the answers to the same concept or skill. The others use the student's answers to all of them. "
    "docs/models.md has the equations and the papers.",
)
describe_values(
    domain.Model,
    RATIO="The share of right answers so far, (right + 1) / (answers + 2).",
    RECENCY="The recency-weighted score at the time of the answer, under the recency parameters in effect. Each "
    "window is shrunk towards the share of correct answers to the target; that share, and the strength of the "
    "shrinkage, are those of the training answers.",
    BKT_CONCEPT_DEFAULT="Knowledge tracing under bkt-concept-v1.",
    BKT_SKILL_DEFAULT="Knowledge tracing under bkt-skill-v1.",
    BKT_IN_EFFECT="Knowledge tracing as levels are computed now. A fitted set in effect may have seen these students.",
    BKT_FITTED="Knowledge tracing, fitted to the training answers.",
    BKT_FITTED_FORGETTING="As BKT_FITTED, with a chance to forget.",
    BKT_FITTED_BY_QUESTION="As BKT_FITTED, with a guess and a slip for every question.",
    AFM="Additive Factors Model: the target, and the logarithm of the number of answers to it.",
    PFA="Performance Factors Analysis: the target, and the logarithms of its correct and incorrect answers.",
    PFA_RECENCY="As PFA, with the share of correct answers in which older answers count less.",
    FSRS_6="As BKT_IN_EFFECT, where what was known must also be recalled after a pause: by FSRS-6 with its published "
    "weights.",
    LKT="Logistic Knowledge Tracing: as PFA_RECENCY, with the same numbers over all answers of the student.",
    BEST_LR="As LKT, with the question.",
    DAS3H="The target, the question, the student, and the answers within 1 hour, 1 day, 7 days and 30 days.",
    ELO="Ratings of the student, the target and the question. Every answer moves the student's.",
    PREDICTOR="The predictor of the next answer: as BEST_LR, with P(correct) by knowledge tracing, and with weights "
    "for each target of the student's other answers.",
)
strawberry.enum(HeldOut, description="Which answers are predicted unseen.")
describe_values(
    HeldOut,
    STUDENTS="The answers of students whom the models were not fitted to, in turn for each fold.",
    FUTURE="The last fifth of all answers. The models are fitted to the answers before.",
)


@strawberry.type(description="A 90 % interval of a metric.")
class MetricInterval:
    low: float = strawberry.field(description="The lower end.")
    high: float = strawberry.field(description="The upper end.")

    @classmethod
    def of(cls, ends: tuple[float, float]) -> Self:
        """The schema's view of an interval."""
        return cls(low=ends[0], high=ends[1])


@strawberry.type(description="90 % intervals of metrics, by resampling the students.")
class MetricIntervals:
    auc: MetricInterval | None = strawberry.field(description="Of the AUC. Null if all answers are alike.")
    rmse: MetricInterval = strawberry.field(description="Of the RMSE.")
    log_loss: MetricInterval = strawberry.field(description="Of the log-loss.")

    @classmethod
    def of(cls, measured: Intervals) -> Self:
        """The schema's view of intervals."""
        auc = measured.auc and MetricInterval.of(measured.auc)
        return cls(auc=auc, rmse=MetricInterval.of(measured.rmse), log_loss=MetricInterval.of(measured.log_loss))


@strawberry.type(description="How well a model predicts the answers to one concept or skill.")
class TargetQuality:
    concept_id: strawberry.ID | None = strawberry.field(description="The concept. Null for a skill.")
    skill_code: str | None = strawberry.field(description="The skill. Null for a concept.")
    metrics: Metrics = strawberry.field(description="Over its answers.")

    @classmethod
    def of(cls, measured: domain.TargetMetrics, targets: Sequence[Target]) -> Self:
        """The schema's view of a target's metrics."""
        target = targets[measured.target]
        return cls(
            concept_id=strawberry.ID(target.key) if target.kind is TargetKind.CONCEPT else None,
            skill_code=target.key if target.kind is TargetKind.SKILL else None,
            metrics=Metrics.of(measured.metrics),
        )


@strawberry.type(description="How well one model predicts.")
class ModelQuality:
    model: domain.Model = strawberry.field(description="The model.")
    metrics: Metrics = strawberry.field(description="Over all answers.")
    intervals: MetricIntervals = strawberry.field(description="How far chance may have moved the metrics.")
    calibration: list[CalibrationBin] = strawberry.field(description="Ten bins of predictions; empty ones left out.")
    expected_calibration_error: float = strawberry.field(
        description="The mean distance between predictions and shares of correct answers, over ten bins of equally "
        "many answers. 0 is best."
    )
    by_target: list[TargetQuality] = strawberry.field(
        description="For each concept or skill with predicted answers, most answers first."
    )

    @classmethod
    def of(cls, compared: domain.Compared, targets: Sequence[Target]) -> Self:
        """The schema's view of a model's quality."""
        return cls(
            model=compared.model,
            metrics=Metrics.of(compared.metrics),
            intervals=MetricIntervals.of(compared.intervals),
            calibration=[CalibrationBin.of(each) for each in compared.calibration],
            expected_calibration_error=compared.ece,
            by_target=[TargetQuality.of(each, targets) for each in compared.by_target],
        )


@strawberry.type(description="Models on the same answers. Fitted ones have not seen the answers that they predict.")
class ModelComparison:
    kind: TargetKind = strawberry.field(description="Whether answers to concepts or to skills were predicted.")
    answers: int = strawberry.field(description="How many answers.")
    students: int = strawberry.field(description="Of how many students.")
    folds: int = strawberry.field(description="Parts that the students were dealt into.")
    seed: int = strawberry.field(description="Which deal: the same seed gives the same comparison.")
    held_out: HeldOut = strawberry.field(description="Which answers were predicted unseen.")
    models: list[ModelQuality] = strawberry.field(description="Best log-loss first; empty without answers.")
    caveats: list[str] = strawberry.field(
        description="What to know before relying on levels and forecasts, as sentences for users: that the sets in "
        "effect predict worse than the plain share of correct answers, or which predictor is in effect, and that "
        "PREDICTOR is a new fit. Empty if nothing stands out."
    )

    @classmethod
    def of(cls, request: ComparisonRequest, comparison: Comparison) -> Self:
        """The schema's view of a comparison."""
        return cls(
            kind=request.kind,
            answers=comparison.answers,
            students=comparison.students,
            folds=request.folds,
            seed=request.seed,
            held_out=request.held_out,
            models=[ModelQuality.of(compared, comparison.targets) for compared in comparison.models],
            caveats=domain.find_caveats(comparison.models, comparison.predictor),
        )


@strawberry.type
class ModelComparisonQuery:
    """Queries that compare models."""

    @strawberry.field(
        description="How well different models predict answers that they were not fitted to. After a fresh "
        "start the default sets are in effect, which often predict worse than the plain share of correct answers "
        "(RATIO): fit the parameters before relying on levels as predictions; `caveats` reports this. Takes "
        "seconds, and minutes from 100,000 answers: choose `models` then. At most 1,000,000 answers."
    )
    async def model_comparison(
        self,
        info: Info,
        kind: Annotated[
            TargetKind, strawberry.argument(description="Predict answers to concepts or to skills.")
        ] = TargetKind.SKILL,
        concept_ids: ConceptIdsArgument = None,
        skill_codes: SkillCodesArgument = None,
        group_id: Annotated[strawberry.ID | None, strawberry.argument(description="Only this group's answers.")] = None,
        folds: Annotated[int, strawberry.argument(description="Parts that students are dealt into, 2 to 20.")] = 5,
        seed: Annotated[int, strawberry.argument(description="Which deal, 0 or more.")] = 0,
        held_out: Annotated[
            HeldOut, strawberry.argument(description="Which answers are predicted unseen.")
        ] = HeldOut.STUDENTS,
        models: Annotated[
            list[domain.Model] | None, strawberry.argument(description="Which models. All by default.")
        ] = None,
    ) -> ModelComparison:
        targets, recency = chosen(concept_ids, skill_codes), info.context.services.recency_set_id
        wanted = tuple(domain.Model if models is None else models)
        request = ComparisonRequest(kind, targets, group_id, folds, seed, recency, held_out, wanted)
        return ModelComparison.of(request, await compare_models(info.context.gateway, request))
