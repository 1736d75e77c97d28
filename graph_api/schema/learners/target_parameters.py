"""The parameters in effect for a concept or skill, and why."""

from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.domain.parameters import parameter_sets as domain
from graph_api.domain.parameters.fitting.guard_rails import Reason
from graph_api.domain.parameters.predictors.predictor_sets import NextAnswerModel
from graph_api.domain.parameters.predictors.predictor_sets import PredictorSet as StoredPredictor
from graph_api.domain.targets import Target
from graph_api.schema.context import Info
from graph_api.schema.enums import describe_values
from graph_api.store.tags import Choice

if TYPE_CHECKING:
    from graph_api.schema.parameters.parameter_set import ParameterSet
    from graph_api.schema.parameters.predictor import PredictorSet

strawberry.enum(
    domain.Source,
    name="ParameterSource",
    description="Why a parameter set is in effect for a concept or skill, in order of precedence.",
)
describe_values(
    domain.Source,
    FITTED="A set that was fitted to answers is active.",
    ACTIVATED="A set that was not fitted was activated.",
    NAMED="The concept or skill names the set, and no set is active.",
    DEFAULT="The default set of concepts or of skills: no set is active or named.",
)
REASONS = {
    domain.Source.FITTED: "A set that was fitted to answers is active.",
    domain.Source.ACTIVATED: "A set that was not fitted was activated.",
    domain.Source.NAMED: "The concept or skill names this set, and no set is active.",
    domain.Source.DEFAULT: "This is the default set: no set is active or named.",
}


@strawberry.type(description="The parameter set in effect for a concept or skill, and why.")
class ParametersInEffect:
    parameter_set: Annotated["ParameterSet", strawberry.lazy("graph_api.schema.parameters.parameter_set")] = (
        strawberry.field(description="The parameter set in effect: the next answer is recorded with it.")
    )
    source: domain.Source = strawberry.field(description="Why the parameter set is in effect.")
    message: str = strawberry.field(description="The reason, as a sentence for users.")

    @classmethod
    def of(cls, stored: domain.ParameterSet, choice: Choice) -> Self:
        from graph_api.schema.parameters.parameter_set import ParameterSet  # noqa: PLC0415 - the two know each other

        source = domain.source_in_effect(stored.origin, active=choice.active, named=choice.named)
        return cls(parameter_set=ParameterSet.of(stored), source=source, message=REASONS[source])


@strawberry.type(description="The model that predicts the next answer to a concept or skill, and why.")
class PrimaryModel:
    model: NextAnswerModel = strawberry.field(description="The model.")
    predictor_set: Annotated["PredictorSet", strawberry.lazy("graph_api.schema.parameters.predictor")] | None = (
        strawberry.field(description="The predictor in effect for the kind. Null without one.")
    )
    reason: Reason | None = strawberry.field(
        description="Why, by the fit of the predictor in effect; see `PredictorTarget.reason`. Null without one."
    )
    answers: int = strawberry.field(description="The answers that the reason rests on.")
    students: int = strawberry.field(description="The students who gave them.")
    log_loss_before: float | None = strawberry.field(description="The log-loss of knowledge tracing on them, in nats.")
    log_loss: float | None = strawberry.field(description="The log-loss of the predictor on them, in nats.")

    @classmethod
    def of(cls, used: StoredPredictor | None, key: str) -> Self:
        from graph_api.schema.parameters.predictor import PredictorSet  # noqa: PLC0415 - the two know each other

        if used is None:
            nothing = {"reason": None, "log_loss_before": None, "log_loss": None, "predictor_set": None}
            return cls(model=NextAnswerModel.BKT, answers=0, students=0, **nothing)
        choice = used.parameters.choice(key)
        return cls(model=choice.model, predictor_set=PredictorSet.of(used), **choice._asdict())


@strawberry.type
class TargetParameters:
    """The fields of a concept or skill about its parameters."""

    if TYPE_CHECKING:

        def target(self) -> Target: ...

    @strawberry.field(
        description="The parameter set in effect, and why. Levels name the set that they were computed with in "
        "`Mastery.parameters`, which differs only while levels are being replayed."
    )
    async def parameters(self, info: Info) -> ParametersInEffect:
        loaders, target = info.context.loaders, self.target()
        choice = await loaders.set_choices.load(target)
        (stored,) = await loaders.sets_in_effect([target])
        if choice is None or stored is None:
            raise LookupError(f"{target.kind.lower()} {target.key} or its parameter set does not exist any more")
        return ParametersInEffect.of(stored, choice)

    @strawberry.field(
        description="The model that predicts the next answer. Levels are computed by knowledge tracing in any case."
    )
    async def primary_model(self, info: Info) -> PrimaryModel:
        target = self.target()
        return PrimaryModel.of(await info.context.loaders.predictors.load(target.kind), target.key)
