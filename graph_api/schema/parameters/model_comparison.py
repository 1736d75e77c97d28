"""Which model predicts best."""

from typing import Annotated, Self

import strawberry

from graph_api.domain.parameters import model_comparison as domain
from graph_api.domain.targets import TargetKind
from graph_api.schema.context import Info
from graph_api.schema.enums import describe_values
from graph_api.schema.parameters.metrics import CalibrationBin, Metrics
from graph_api.schema.targets import ConceptIdsArgument, SkillCodesArgument, chosen
from graph_api.usecases.parameters.compare_models import Comparison, ComparisonRequest, compare_models

strawberry.enum(
    domain.Model,
    name="PredictionModel",
    description="What predicts an answer from the student's earlier answers to the same concept or skill. RATIO: the "
    "share right so far. RECENCY: the recency-weighted score, smoothed. BKT_…: knowledge tracing under the default "
    "sets, under what is in effect, and fitted to other students, plainly, with forgetting, or with a guess and slip "
    "per question.",
)
describe_values(
    domain.Model,
    RATIO="The share of right answers so far, (right + 1) / (answers + 2).",
    RECENCY="The recency-weighted score at the time of the answer, under the recency parameters in effect. Each "
    "window is shrunk towards the share of correct answers to the target; that share, and the strength of the "
    "shrinkage, are those of the students of the other folds.",
    BKT_CONCEPT_DEFAULT="Knowledge tracing under bkt-concept-v1.",
    BKT_SKILL_DEFAULT="Knowledge tracing under bkt-skill-v1.",
    BKT_IN_EFFECT="Knowledge tracing as levels are computed now. A fitted set in effect may have seen these students.",
    BKT_FITTED="Knowledge tracing, fitted to the students of the other folds.",
    BKT_FITTED_FORGETTING="As BKT_FITTED, with a chance to forget.",
    BKT_FITTED_BY_QUESTION="As BKT_FITTED, with a guess and a slip for every question.",
)


@strawberry.type(description="How well one model predicts.")
class ModelQuality:
    model: domain.Model = strawberry.field(description="The model.")
    metrics: Metrics = strawberry.field(description="Over all answers.")
    calibration: list[CalibrationBin] = strawberry.field(description="Ten bins of predictions; empty ones left out.")

    @classmethod
    def of(cls, compared: domain.Compared) -> Self:
        """The schema's view of a model's quality."""
        return cls(
            model=compared.model,
            metrics=Metrics.of(compared.metrics),
            calibration=[CalibrationBin.of(each) for each in compared.calibration],
        )


@strawberry.type(description="Models on the same answers; fitted ones have not seen the student they are judged on.")
class ModelComparison:
    kind: TargetKind = strawberry.field(description="Whether answers to concepts or to skills were predicted.")
    answers: int = strawberry.field(description="How many answers.")
    students: int = strawberry.field(description="Of how many students.")
    folds: int = strawberry.field(description="Parts that the students were dealt into.")
    seed: int = strawberry.field(description="Which deal: the same seed gives the same comparison.")
    models: list[ModelQuality] = strawberry.field(description="Best log-loss first; empty without answers.")
    caveats: list[str] = strawberry.field(
        description="What to know before relying on levels, as sentences for users: for example, that the sets in "
        "effect predict worse than the plain share of correct answers. Empty if nothing stands out."
    )

    @classmethod
    def of(cls, kind: TargetKind, folds: int, seed: int, comparison: Comparison) -> Self:
        """The schema's view of a comparison."""
        return cls(
            kind=kind,
            answers=comparison.answers,
            students=comparison.students,
            folds=folds,
            seed=seed,
            models=[ModelQuality.of(compared) for compared in comparison.models],
            caveats=domain.find_caveats(comparison.models),
        )


@strawberry.type
class ModelComparisonQuery:
    """Queries that compare models."""

    @strawberry.field(
        description="How well different models predict answers, on students they were not fitted to. After a fresh "
        "start the default sets are in effect, which often predict worse than the plain share of correct answers "
        "(RATIO): fit the parameters before relying on levels as predictions; `caveats` reports this. Takes seconds; "
        "at most 1,000,000 answers."
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
    ) -> ModelComparison:
        targets, recency_set_id = chosen(concept_ids, skill_codes), info.context.services.recency_set_id
        request = ComparisonRequest(kind, targets, group_id, folds=folds, seed=seed, recency_set_id=recency_set_id)
        return ModelComparison.of(kind, folds, seed, await compare_models(info.context.gateway, request))
