"""Parameter sets: the numbers behind a level, their versions, and which are in effect."""

import asyncio
import uuid
from datetime import datetime
from functools import partial
from typing import Annotated, Self

import strawberry

from graph_api.domain.parameters import parameter_sets as domain
from graph_api.domain.parameters.fitting.activation import Flag as FitFlag
from graph_api.domain.parameters.knowledge_tracing import Parameters
from graph_api.domain.targets import Target, TargetKind
from graph_api.schema.context import Info
from graph_api.schema.course.concept import load_target
from graph_api.schema.enums import describe_values
from graph_api.schema.failures import (
    ConceptNotFound,
    InvalidInput,
    ParameterSetNotFound,
    RunCancelled,
    SkillNotFound,
    Unavailable,
)
from graph_api.schema.mutations import mutation
from graph_api.schema.node import Node, TargetNode, node_id
from graph_api.schema.operations.run import Run, read_run
from graph_api.schema.paging import DEFAULT_FIRST, After, Connection, First, listing, page
from graph_api.schema.parameters.fit_enums import Method, Reason
from graph_api.schema.parameters.metrics import Metrics
from graph_api.schema.targets import ConceptIds, SkillCodes, chosen, one_target
from graph_api.store import parameter_sets as store
from graph_api.store.parameter_sets import ParameterSetFilter
from graph_api.usecases.choose_targets import Targets
from graph_api.usecases.parameters.activate_parameters import activate_parameters, activation_run
from graph_api.usecases.parameters.edit_parameter_sets import put_parameter_set

strawberry.enum(domain.Origin, name="ParameterSetOrigin", description="Where a parameter set came from.")
describe_values(
    domain.Origin,
    DEFAULT="It came with the service.",
    WRITTEN="A caller stored it.",
    FITTED="It was fitted to answers.",
)


strawberry.enum(FitFlag, name="FitFlag", description="What to know about a fit before relying on its numbers.")
describe_values(
    FitFlag,
    PRIOR_AT_BOUND="The prior is within 0.001 of its upper bound, or 0.0001 of 0 or 1.",
    LEARN_AT_BOUND="Learn is within 0.001 of its upper bound, or 0.0001 of 0 or 1.",
    FORGET_AT_BOUND="Forget is within 0.001 of its upper bound, or 0.0001 of 0.",
    GUESS_AT_BOUND="Guess is within 0.001 of its upper bound, or 0.0001 of 0.",
    SLIP_AT_BOUND="Slip is within 0.001 of its upper bound, or 0.0001 of 0.",
    GUESS_PLUS_SLIP_LARGE="Guess + slip is above 0.58, or within 0.02 of its bound: answers reveal little.",
    NOT_CONVERGED="The fit stopped at the limit of iterations before it reached the tolerance.",
)


@strawberry.type(description="How a fitted set came about, and how it does on students that it has not seen.")
class Fit:
    run_id: strawberry.Private[str]
    of_target: strawberry.Private[Target]
    concept_id: strawberry.ID | None = strawberry.field(description="The concept it was fitted to, if to one.")
    skill_code: strawberry.ID | None = strawberry.field(description="The skill it was fitted to, if to one.")
    method: Method = strawberry.field(description="The method of estimation.")
    replaced_id: strawberry.ID = strawberry.field(description="The set that was in effect then; `before` is its.")
    answers: int = strawberry.field(description="How many answers it was fitted to.")
    students: int = strawberry.field(description="Of how many students.")
    log_likelihood_before: float = strawberry.field(description="Of the answers under the set in effect, in nats.")
    log_likelihood: float = strawberry.field(description="Of the answers under this set, in nats.")
    iterations: int = strawberry.field(description="Passes over the answers.")
    converged: bool = strawberry.field(description="Whether the last pass gained less than the tolerance.")
    reason: Reason = strawberry.field(
        description="IMPROVED if the fit met all rules, else the rule that kept it from being activated."
    )
    prior_error: float | None = strawberry.field(
        description="Standard error of the prior; null at a bound, or if the answers do not settle it."
    )
    learn_error: float | None = strawberry.field(
        description="Standard error of learn; null at a bound, or if the answers do not settle it."
    )
    guess_error: float | None = strawberry.field(
        description="Standard error of guess; null at a bound, or if the answers do not settle it."
    )
    slip_error: float | None = strawberry.field(
        description="Standard error of slip; null at a bound, or if the answers do not settle it."
    )
    mastered_correct: float | None = strawberry.field(
        description="P(next answer correct) under this set at the MASTERED level, 0..1; null for old fits."
    )
    calibration_before: float | None = strawberry.field(
        description="Calibration error of the predictions under the set that was in effect: the root mean square "
        "difference between predicted and observed shares, without what chance adds; null for fits of earlier releases."
    )
    calibration: float | None = strawberry.field(
        description="Calibration error of the held-out predictions; null for fits of earlier releases."
    )
    chance: float | None = strawberry.field(
        description="The probability that chance alone makes the held-out log-loss this much lower than under the set "
        "that was in effect: a one-sided paired test over students; null for fits of earlier releases."
    )
    flags: list[FitFlag] = strawberry.field(description="What to know before relying on the numbers; often empty.")
    before: Metrics = strawberry.field(description="Predictions under the set that was in effect.")
    held_out: Metrics = strawberry.field(description="Predictions by fits that had not seen the student.")

    @strawberry.field(description="The concept or skill that it was fitted to. Null if it does not exist any more.")
    async def target(self, info: Info) -> TargetNode | None:
        return await load_target(info, self.of_target)

    @strawberry.field(description="The run that made it.")
    async def run(self, info: Info) -> Run | None:
        stored_fit = await info.context.loaders.runs.load(self.run_id)
        return Run.of(stored_fit) if stored_fit else None

    @classmethod
    def of(cls, record: domain.FitRecord) -> Self:
        """The schema's view of a record."""
        prior, learn, guess, slip = record.standard_errors
        of_concept = record.target.kind is TargetKind.CONCEPT
        return cls(
            run_id=record.run_id,
            of_target=record.target,
            concept_id=strawberry.ID(record.target.key) if of_concept else None,
            skill_code=None if of_concept else strawberry.ID(record.target.key),
            method=Method(record.method),
            replaced_id=strawberry.ID(record.replaced_set_id),
            answers=record.answers,
            students=record.students,
            log_likelihood_before=record.log_likelihood_before,
            log_likelihood=record.log_likelihood,
            iterations=record.iterations,
            converged=record.converged,
            reason=Reason(record.reason),
            prior_error=prior,
            learn_error=learn,
            guess_error=guess,
            slip_error=slip,
            mastered_correct=record.mastered_correct,
            calibration_before=record.calibration_before,
            calibration=record.calibration,
            chance=record.chance,
            flags=[FitFlag(flag) for flag in record.flags],
            before=Metrics.of(record.before),
            held_out=Metrics.of(record.held_out),
        )


@strawberry.type(description="An immutable version of the parameters of Bayesian Knowledge Tracing.")
class ParameterSet(Node):
    id: strawberry.ID = strawberry.field(description="Name and version: it never means anything else again.")
    name: str = strawberry.field(description="What its versions have in common.")
    version: int = strawberry.field(description="1, 2, 3 …")
    prior: float = strawberry.field(description="P(L0): known before the first answer, 0..1.")
    learn: float = strawberry.field(description="P(T): learnt at an opportunity, 0..1.")
    guess: float = strawberry.field(description="P(G): right though not known, 0..1.")
    slip: float = strawberry.field(description="P(S): wrong though known, 0..1.")
    forget: float = strawberry.field(description="P(F): forgotten at an opportunity, 0 in the standard model.")
    origin: domain.Origin = strawberry.field(description="Where it came from.")
    created_at: datetime | None = strawberry.field(description="When it was stored.")

    @strawberry.field(
        description="How it was fitted; null for sets that were not, and for analysts if the answers are of fewer "
        "students than the minimum group size."
    )
    async def fit(self, info: Info) -> Fit | None:
        stored_fit = await info.context.loaders.fits.load(self.id) if self.origin is domain.Origin.FITTED else None
        return Fit.of(stored_fit) if stored_fit and stored_fit.students >= info.context.least_students else None

    @strawberry.field(
        description="Whether it is in effect for the target that it was fitted to; null for sets that were not fitted."
    )
    async def active(self, info: Info) -> bool | None:
        loaders = info.context.loaders
        stored_fit = await loaders.fits.load(self.id) if self.origin is domain.Origin.FITTED else None
        return await loaders.set_ids_in_effect.load(stored_fit.target) == self.id if stored_fit else None

    @classmethod
    async def load(cls, info: Info, id: str) -> Self | None:
        """The set with an id, or None."""
        stored = await info.context.loaders.parameter_sets.load(id)
        return cls.of(stored) if stored else None

    @classmethod
    def of(cls, stored: domain.ParameterSet) -> Self:
        """The schema's view of a stored set."""
        parameters = stored.parameters
        return cls(
            node_id=node_id("ParameterSet", stored.id),
            id=strawberry.ID(stored.id),
            name=stored.name,
            version=stored.version,
            prior=parameters.prior,
            learn=parameters.learn,
            guess=parameters.guess,
            slip=parameters.slip,
            forget=parameters.forget,
            origin=stored.origin,
            created_at=stored.created_at,
        )


@strawberry.input(description="Parameters of your own: each above 0 and below 1, guess + slip below 1.")
class ParameterSetInput:
    name: str = strawberry.field(description="What its versions have in common, such as strict.")
    prior: float = strawberry.field(description="P(L0): known before the first answer.")
    learn: float = strawberry.field(description="P(T): learnt at an opportunity.")
    guess: float = strawberry.field(description="P(G): right though not known.")
    slip: float = strawberry.field(description="P(S): wrong though known.")
    forget: float = strawberry.field(default=0.0, description="P(F): forgotten at an opportunity; may be 0.")

    def parse(self) -> Parameters:
        """The parameters, checked."""
        return Parameters(self.prior, self.learn, self.guess, self.slip, self.forget)


@strawberry.type(description="The set as it is stored.")
class ParameterSetPayload:
    parameter_set: ParameterSet = strawberry.field(description="The set.")


PutParameterSetResult = Annotated[
    ParameterSetPayload | InvalidInput | Unavailable,
    strawberry.union("PutParameterSetResult", description="The stored version, or why it was not stored."),
]


@strawberry.input(description="A set to activate.")
class ActivateParametersInput:
    parameter_set_id: strawberry.ID | None = strawberry.field(
        default=None, description="The set; null goes back to the one named on a target, or the default of its kind."
    )
    concept_ids: ConceptIds = strawberry.field(
        default=None, description="For these concepts; may be left out for a set that was fitted to one target."
    )
    skill_codes: SkillCodes = strawberry.field(
        default=None, description="For these skills; may be left out for a set that was fitted to one target."
    )


@strawberry.type(description="The set is in effect, and every level that it changes is replayed.")
class ActivateParametersPayload:
    activated: strawberry.Private[tuple[str | None, Targets]]
    run: Run = strawberry.field(description="The run that did it.")
    replayed_levels: int = strawberry.field(description="How many levels were replayed.")

    @strawberry.field(description="The set that was activated. Null if the active set was taken away.")
    async def parameter_set(self, info: Info) -> ParameterSet | None:
        set_id, _ = self.activated
        return await ParameterSet.load(info, set_id) if set_id is not None else None

    @strawberry.field(
        description="The concepts and skills that use the set now. Select their masteries to update what is shown."
    )
    async def targets(self, info: Info) -> list[TargetNode]:
        set_id, named = self.activated
        fit = await info.context.loaders.fits.load(set_id) if set_id is not None and named == Targets() else None
        targets = [Target(kind, key) for kind in TargetKind for key in named.keys(kind) or ()]
        loads = (load_target(info, each) for each in dict.fromkeys([fit.target] if fit else targets))
        return [each for each in await asyncio.gather(*loads) if each is not None]


ActivateParametersResult = Annotated[
    ActivateParametersPayload
    | ParameterSetNotFound
    | ConceptNotFound
    | SkillNotFound
    | RunCancelled
    | InvalidInput
    | Unavailable,
    strawberry.union("ActivateParametersResult", description="The outcome of an activation, or a failure."),
]


@strawberry.type
class ParameterSetQuery:
    """Queries about parameter sets."""

    @strawberry.field(description="Parameter sets by name, newest version first.")
    async def parameter_sets(
        self,
        info: Info,
        name: Annotated[str | None, strawberry.argument(description="Only the versions of this name.")] = None,
        origin: Annotated[domain.Origin | None, strawberry.argument(description="Only sets of this origin.")] = None,
        concept_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only those fitted to this concept.")
        ] = None,
        skill_code: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only those fitted to this skill.")
        ] = None,
        run_id: Annotated[strawberry.ID | None, strawberry.argument(description="Only those of this run.")] = None,
        first: First = DEFAULT_FIRST,
        after: After = None,
    ) -> Connection[ParameterSet]:
        gateway = info.context.gateway
        target = None if concept_id is None and skill_code is None else one_target(concept_id, skill_code)
        filtered = ParameterSetFilter(name, origin, target, run_id)
        wanted = page(first, after, "parameterSets", filtered, key=(str, int))
        start = (wanted.after[0], wanted.after[1]) if wanted.after else ("", 0)
        read = partial(store.read_page, filters=filtered, after=start, limit=wanted.limit)
        count = partial(store.count, filters=filtered)
        return await listing(gateway, wanted, read, count, ParameterSet.of, _place)


def _place(stored: domain.ParameterSet) -> list[str | int]:
    """Where a set stands in the list of sets."""
    return [stored.name, stored.version]


@strawberry.type
class ParameterSetMutation:
    """Mutations of parameter sets."""

    @mutation(description="Store parameters as the next version of a name. It is not activated.")
    async def put_parameter_set(
        self, info: Info, input: Annotated[ParameterSetInput, strawberry.argument(description="The parameters.")]
    ) -> PutParameterSetResult:
        services = info.context.services
        stored = await put_parameter_set(info.context.gateway, input.name, input.parse(), services.clock())
        return ParameterSetPayload(parameter_set=ParameterSet.of(stored))

    @mutation(
        description="Activate a set, any version of it, and replay the levels it changes. A fit that was refused can "
        "be activated; the run's output then holds its reason as `overriddenReason`."
    )
    async def activate_parameters(
        self, info: Info, input: Annotated[ActivateParametersInput, strawberry.argument(description="What, for whom.")]
    ) -> ActivateParametersResult:
        services = info.context.services
        targets = chosen(input.concept_ids, input.skill_codes)
        run = activation_run(uuid.uuid4().hex, input.parameter_set_id, targets, "mutation", services.clock())
        replayed = await activate_parameters(info.context.gateway, input.parameter_set_id, targets, run, services.clock)
        activated = input.parameter_set_id, targets
        return ActivateParametersPayload(activated=activated, run=await read_run(info, run), replayed_levels=replayed)
