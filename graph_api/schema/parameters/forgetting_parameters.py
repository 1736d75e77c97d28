"""Forgetting parameters: formulas of recall and their values; immutable versions, one of which is in effect."""

import uuid
from datetime import datetime
from typing import Annotated, Self

import strawberry

from graph_api.domain.learners import forgetting_fit as fits
from graph_api.domain.learners import forgetting_records as records
from graph_api.domain.parameters import forgetting_parameters as how
from graph_api.domain.targets import Target, TargetKind
from graph_api.schema.context import Info
from graph_api.schema.course.concept import load_target
from graph_api.schema.enums import describe_values
from graph_api.schema.failures import InvalidInput, ParameterSetNotFound, RunCancelled, Unavailable
from graph_api.schema.mutations import mutation
from graph_api.schema.node import Node, TargetNode, node_id
from graph_api.schema.operations.run import Run, read_run, start_run
from graph_api.schema.paging import DEFAULT_FIRST, First, bounded
from graph_api.schema.parameters.fit_enums import Override
from graph_api.store.policy_sets import forgetting_sets
from graph_api.usecases.parameters.fit_forgetting import (
    ForgettingFitReport,
    ForgettingFitRequest,
    activate_forgetting,
    fit_stored_forgetting,
)

strawberry.enum(
    how.Formula, name="ForgettingFormula", description="How the probability of recall falls, and what practice does."
)
describe_values(
    how.Formula,
    HALF_LIFE="Recall is 2^(-pause / half-life). Correct answers lengthen the half-life, incorrect ones shorten it.",
    FSRS_6="The published formula FSRS-6, with the grades Again and Good.",
)
strawberry.enum(
    fits.FitResult,
    name="ForgettingFitOutcome",
    description="Whether fitted forgetting parameters predict better than those in effect.",
)
describe_values(
    fits.FitResult,
    BETTER="They predict the answers of held-out students after a pause better.",
    FEW_PAUSES="Too few answers came after a pause of a day: nothing was fitted.",
    NOT_BETTER="They do not predict the answers of held-out students after a pause better.",
)
strawberry.enum(
    fits.TargetReason,
    name="ForgettingTargetReason",
    description="Why a target has forgetting values of its own, or has those of all targets.",
)
describe_values(
    fits.TargetReason,
    FITTED="It has values of its own.",
    FEW_PAUSES="It has those of all: too few of its answers came after a pause.",
    NOT_BETTER="It has those of all: values of each target's own did not predict held-out students better.",
)


@strawberry.type(description="A value of a forgetting formula.")
class ForgettingValue:
    name: str = strawberry.field(description="Its name in the formula, such as `startCorrect` or `w20`.")
    value: float = strawberry.field(description="The value; half-lives are in days.")


def values_of(formula: how.Formula, values: tuple[float, ...]) -> list[ForgettingValue]:
    """The values of a formula with their names."""
    specs = how.VALUES[formula]
    return [ForgettingValue(name=spec.name, value=value) for spec, value in zip(specs, values, strict=True)]


@strawberry.type(description="How well the answers of held-out students after a pause are predicted.")
class ForgettingFigures:
    log_loss: float = strawberry.field(description="Mean of -log P(the answer), in nats; smaller is better.")
    calibration_error: float = strawberry.field(
        description="The expected calibration error over ten bins of equally many answers, 0..1; smaller is better."
    )

    @classmethod
    def of(cls, figures: records.HeldOutFigures | None) -> Self | None:
        """The schema's view of figures."""
        return cls(log_loss=figures.log_loss, calibration_error=figures.calibration_error) if figures else None


@strawberry.type(description="A concept or skill in a fit of forgetting.")
class ForgettingTarget:
    of_target: strawberry.Private[Target]
    concept_id: strawberry.ID | None = strawberry.field(description="The concept, if it is one.")
    skill_code: strawberry.ID | None = strawberry.field(description="The skill, if it is one.")
    reason: fits.TargetReason = strawberry.field(description="Why it has the values that it has.")
    answers_after_pause: int = strawberry.field(
        description="Its answers after a pause of at least a day, without those of held-out students."
    )
    values: list[ForgettingValue] = strawberry.field(description="The values that hold for it.")

    @strawberry.field(description="The concept or skill. Null if it does not exist any more.")
    async def target(self, info: Info) -> TargetNode | None:
        return await load_target(info, self.of_target)

    @classmethod
    def of(cls, target: Target, fit: fits.TargetFit, parameters: how.ForgettingParameters) -> Self:
        """The schema's view of a target in a fit."""
        key = strawberry.ID(target.key)
        of_concept = target.kind is TargetKind.CONCEPT
        return cls(
            of_target=target,
            concept_id=key if of_concept else None,
            skill_code=None if of_concept else key,
            reason=fit.reason,
            answers_after_pause=fit.pauses,
            values=values_of(parameters.formula, parameters.for_target(target)),
        )


@strawberry.type(description="What forgetting parameters were fitted to, and how well they predict.")
class ForgettingFit:
    record: strawberry.Private[records.ForgettingFitRecord]
    parameters: strawberry.Private[how.ForgettingParameters | None]
    run_id: strawberry.ID = strawberry.field(description="The run that fitted.")
    author: str | None = strawberry.field(description="The principal of the request. Null for a command.")
    result: fits.FitResult = strawberry.field(description="Whether it predicts better than what was in effect.")
    compared_with: strawberry.ID = strawberry.field(description="The id of the version that was in effect.")
    students: int = strawberry.field(description="How many students gave an answer after a pause.")
    answers_after_pause: int = strawberry.field(
        description="How many answers came after a pause of at least a day. An answer counts once for each target."
    )
    held_out_answers: int = strawberry.field(description="How many of them were held out to judge the fit.")
    before: ForgettingFigures | None = strawberry.field(
        description="Held-out answers under what was in effect. Null if too few answers came after a pause."
    )
    after: ForgettingFigures | None = strawberry.field(
        description="The same answers under the fit. Null if too few answers came after a pause."
    )

    @strawberry.field(
        description="The concepts and skills of the fit, those with the most answers after a pause first."
    )
    def targets(self, first: First = DEFAULT_FIRST) -> list[ForgettingTarget]:
        limit, parameters = bounded(first), self.parameters
        if parameters is None:
            return []
        return [ForgettingTarget.of(*each, parameters) for each in self.record.most_paused(limit)]

    @classmethod
    def of(cls, record: records.ForgettingFitRecord, parameters: how.ForgettingParameters | None) -> Self:
        """The schema's view of the record of a fit."""
        return cls(
            record=record,
            parameters=parameters,
            run_id=strawberry.ID(record.run_id),
            author=record.author,
            result=record.result,
            compared_with=strawberry.ID(record.compared_with),
            students=record.students,
            answers_after_pause=record.pauses,
            held_out_answers=record.held_out,
            before=ForgettingFigures.of(record.before),
            after=ForgettingFigures.of(record.after),
        )


@strawberry.type(description="An immutable version of the parameters by which recall falls and practice restores it.")
class ForgettingParameterSet(Node):
    parameters: strawberry.Private[how.ForgettingParameters]
    id: strawberry.ID = strawberry.field(description="Name and version, such as `fsrs-v0`.")
    name: str = strawberry.field(description="The name that its versions share.")
    version: int = strawberry.field(description="The number of the version: 0, 1, 2 …")
    formula: how.Formula = strawberry.field(description="The formula.")
    values: list[ForgettingValue] = strawberry.field(
        description="The values of all concepts and skills without values of their own."
    )
    spread: float = strawberry.field(
        description="How much the half-lives of students differ: the standard deviation of their natural logarithm."
    )
    created_at: datetime | None = strawberry.field(description="The time when the version was stored.")

    @strawberry.field(
        description="Whether it is in effect. Set by `fitForgetting` and `activateForgetting`; before them by "
        "GRAPH_API_FORGETTING_PARAMETERS."
    )
    async def in_effect(self, info: Info) -> bool:
        return (await info.context.loaders.forgetting.load("")).id == self.id

    @strawberry.field(description="The fit that made it. Null for the versions that came with the service.")
    async def fit(self, info: Info) -> ForgettingFit | None:
        record = await info.context.loaders.forgetting_fits.load(self.id)
        return ForgettingFit.of(record, self.parameters) if record else None

    @classmethod
    async def load(cls, info: Info, id: str) -> Self | None:
        """The version with an id, or None."""
        stored = await info.context.loaders.forgetting_sets.load(id)
        return cls.of(stored) if stored else None

    @classmethod
    def of(cls, stored: how.ForgettingParameterSet) -> Self:
        """The schema's view of a version."""
        parameters = stored.parameters
        return cls(
            node_id=node_id("ForgettingParameterSet", stored.id),
            parameters=parameters,
            id=strawberry.ID(stored.id),
            name=stored.name,
            version=stored.version,
            formula=parameters.formula,
            values=values_of(parameters.formula, parameters.values),
            spread=parameters.spread,
            created_at=stored.created_at,
        )


@strawberry.input(description="What to fit.")
class FitForgettingInput:
    formula: how.Formula = strawberry.field(
        default=how.Formula.FSRS_6, description="The formula whose values are fitted."
    )
    activate: bool = strawberry.field(default=True, description="Whether a fit that is BETTER is put into effect.")
    wait: bool = strawberry.field(
        default=True,
        description="Whether to reply when it is done; else it replies at once, and runProgress reports the rest.",
    )


@strawberry.type(description="What a fit of forgetting did.")
class FitForgettingPayload:
    run: Run = strawberry.field(description="The run.")
    fit: ForgettingFit | None = strawberry.field(description="The fit. Null while the run is under way.")
    parameter_set: ForgettingParameterSet | None = strawberry.field(
        description="The new version. Null if too few answers came after a pause, or while the run is under way."
    )
    activated: bool = strawberry.field(description="Whether the new version was put into effect.")

    @classmethod
    def of(cls, run: Run, report: ForgettingFitReport | None) -> Self:
        """The schema's view of a report; without one for a run that is under way."""
        if report is None:
            return cls(run=run, fit=None, parameter_set=None, activated=False)
        stored = report.stored
        return cls(
            run=run,
            fit=ForgettingFit.of(report.record, stored.parameters if stored else None),
            parameter_set=ForgettingParameterSet.of(stored) if stored else None,
            activated=report.activated,
        )


@strawberry.type(description="The forgetting parameters are in effect.")
class ActivateForgettingPayload:
    stored_id: strawberry.Private[str]

    @strawberry.field(description="The forgetting parameters that are in effect.")
    async def parameter_set(self, info: Info) -> ForgettingParameterSet | None:
        return await ForgettingParameterSet.load(info, self.stored_id)


FitForgettingResult = Annotated[
    FitForgettingPayload | RunCancelled | InvalidInput | Unavailable,
    strawberry.union("FitForgettingResult", description="What the fit came to, or why there was none."),
]

ActivateForgettingResult = Annotated[
    ActivateForgettingPayload | InvalidInput | ParameterSetNotFound | Unavailable,
    strawberry.union("ActivateForgettingResult", description="What was activated, or why it was not."),
]


@strawberry.type
class ForgettingParametersQuery:
    """Queries about forgetting parameters."""

    @strawberry.field(description="The versions of forgetting parameters, by name, newest first.")
    async def forgetting_parameter_sets(
        self,
        info: Info,
        name: Annotated[str | None, strawberry.argument(description="Only the versions of this name.")] = None,
        first: First = DEFAULT_FIRST,
    ) -> list[ForgettingParameterSet]:
        limit = bounded(first)
        stored = await info.context.gateway.read_one(lambda tx: forgetting_sets.read_all(tx, name=name, limit=limit))
        return [ForgettingParameterSet.of(each) for each in stored]


@strawberry.type
class ForgettingParametersMutation:
    """Mutations of forgetting parameters."""

    @mutation(
        description="Fit a formula of forgetting to the answers after a pause, judge it on held-out students, store it "
        "as a new version, and put it into effect if it predicts better. Nothing is replayed: recall is computed when "
        "it is read. Takes seconds to minutes."
    )
    async def fit_forgetting(
        self,
        info: Info,
        input: Annotated[FitForgettingInput | None, strawberry.argument(description="What to fit.")] = None,
    ) -> FitForgettingResult:
        services, given = info.context.services, input or FitForgettingInput()
        request = ForgettingFitRequest(given.formula, given.activate, info.context.principal.id or None)
        run = request.run(uuid.uuid4().hex, "mutation", services.clock())
        work = fit_stored_forgetting(info.context.gateway, request, services.forgetting.default, run, services.clock)
        if not given.wait:
            return FitForgettingPayload.of(await start_run(info, run, work, wait=False), None)
        report = await work
        return FitForgettingPayload.of(await read_run(info, run), report)

    @mutation(
        description="Put stored forgetting parameters into effect. Fitted ones must have been BETTER on held-out "
        "students, unless `override` is true. Recall and due lists follow them from the next read on."
    )
    async def activate_forgetting(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The id of the forgetting parameters.")],
        override: Override = False,
    ) -> ActivateForgettingResult:
        await activate_forgetting(info.context.gateway, id, override=override)
        return ActivateForgettingPayload(stored_id=id)
