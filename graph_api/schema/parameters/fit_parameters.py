"""The mutation that fits parameters to the answers in the graph."""

import uuid
from typing import Annotated, Self

import strawberry

from graph_api.domain import failures
from graph_api.domain.parameters.fitting.activation import ActivationRules
from graph_api.domain.parameters.fitting.fit import TOLERANCE, FitOptions, Method
from graph_api.domain.parameters.fitting.guard_rails import GuardRails, Reason
from graph_api.domain.parameters.fitting.layout import Bounds
from graph_api.domain.targets import Target, TargetKind
from graph_api.schema.context import Info
from graph_api.schema.course.concept import load_target
from graph_api.schema.failures import (
    ConceptNotFound,
    InvalidInput,
    RunCancelled,
    SkillNotFound,
    Unavailable,
)
from graph_api.schema.mutations import mutation
from graph_api.schema.node import TargetNode
from graph_api.schema.operations.run import Run, read_run, start_run
from graph_api.schema.parameters.metrics import Metrics
from graph_api.schema.parameters.parameter_set import ParameterSet
from graph_api.schema.targets import ConceptIds, SkillCodes, chosen
from graph_api.usecases.parameters.fit_parameters import FitDefaults, FitReport, FitRequest, fit_parameters
from graph_api.usecases.parameters.store_fits import FitOutcome as Outcome


@strawberry.input(description="What to fit, and how. The defaults are good.")
class FitParametersInput:
    concept_ids: ConceptIds = strawberry.field(
        default=None, description="These concepts; everything, if neither concepts nor skills are given."
    )
    skill_codes: SkillCodes = strawberry.field(
        default=None, description="These skills; everything, if neither concepts nor skills are given."
    )
    method: Method = strawberry.field(default=Method.EMPIRICAL_BAYES, description="The method of estimation.")
    forgetting: bool = strawberry.field(default=False, description="Whether to fit a chance to forget as well.")
    choose_forgetting: bool = strawberry.field(
        default=False,
        description="Whether to fit each concept and skill with and without a chance to forget, and to keep what "
        "predicts unseen students better.",
    )
    max_guess: float = strawberry.field(default=0.5, description="The largest guess, below 1.")
    max_slip: float = strawberry.field(default=0.5, description="The largest slip, below 1.")
    max_guess_plus_slip: float | None = strawberry.field(
        default=None, description="The largest guess + slip, at most 1. Null: the configured value, 0.6 by default."
    )
    min_mastered_correct: float | None = strawberry.field(
        default=None,
        description="The least P(next answer correct) at the MASTERED level that allows activation, from 0 to below 1. "
        "Null: the configured value, 0.7 by default.",
    )
    significance: float | None = strawberry.field(
        default=None,
        description="The one-sided level of the paired test over unseen students, above 0 and at most 0.5. A fit is "
        "activated only if chance explains its lower log-loss with at most this probability. Null: the configured "
        "value, 0.05 by default.",
    )
    tolerance: float = strawberry.field(
        default=TOLERANCE, description="Converged when a pass gains less than this share of the log-likelihood."
    )
    iterations: int = strawberry.field(default=100, description="The most passes of one climb, from 1 to 10,000.")
    min_answers: int = strawberry.field(default=50, description="Targets with fewer answers keep what they have.")
    min_students: int = strawberry.field(default=5, description="Targets with fewer students keep what they have.")
    folds: int = strawberry.field(default=5, description="Parts that students are dealt into, 2 to 20.")
    seed: int = strawberry.field(default=0, description="Which deal, 0 or more.")
    activate: bool = strawberry.field(default=True, description="Whether fits that meet all rules are activated.")
    wait: bool = strawberry.field(
        default=True,
        description="Whether to reply when it is done; else it replies at once, and runProgress reports the rest.",
    )

    def parse(self, defaults: FitDefaults) -> FitRequest:
        """The request, checked; what is null is as configured."""
        rules = defaults.rules
        total, correct, significance = self.max_guess_plus_slip, self.min_mastered_correct, self.significance
        if not 1 <= self.iterations <= 10_000:  # noqa: PLR2004 - what a caller may ask of the service
            raise failures.InvalidInput("iterations", "must be from 1 to 10000", str(self.iterations))
        if self.seed < 0:
            raise failures.InvalidInput("seed", "must be >= 0", str(self.seed))
        return FitRequest(
            targets=chosen(self.concept_ids, self.skill_codes),
            options=FitOptions(
                method=self.method,
                bounds=Bounds(
                    self.max_guess,
                    self.max_slip,
                    total=defaults.max_guess_plus_slip if total is None else total,
                ),
                forgetting=self.forgetting,
                tolerance=self.tolerance,
                iterations=self.iterations,
            ),
            rails=GuardRails(self.min_answers, self.min_students),
            folds=self.folds,
            seed=self.seed,
            activate=self.activate,
            rules=ActivationRules(
                rules.mastered,
                rules.min_mastered_correct if correct is None else correct,
                rules.significance if significance is None else significance,
            ),
            choose_forgetting=self.choose_forgetting,
        )


@strawberry.type(description="The outcome for one concept or skill.")
class FitOutcome:
    set_id: strawberry.Private[str | None]
    in_force_id: strawberry.Private[str]
    of_target: strawberry.Private[Target]
    concept_id: strawberry.ID | None = strawberry.field(description="The concept, if it is one.")
    skill_code: strawberry.ID | None = strawberry.field(description="The skill, if it is one.")
    reason: Reason = strawberry.field(description="Why.")
    activated: bool = strawberry.field(description="Whether the new version was activated.")
    answers: int = strawberry.field(description="How many answers it has.")
    students: int = strawberry.field(description="Of how many students.")

    @strawberry.field(description="The concept or skill. Null if it does not exist any more.")
    async def target(self, info: Info) -> TargetNode | None:
        return await load_target(info, self.of_target)

    @strawberry.field(description="The new version; null if none was stored.")
    async def parameter_set(self, info: Info) -> ParameterSet | None:
        return await ParameterSet.load(info, self.set_id) if self.set_id else None

    @strawberry.field(description="The set that was in effect before.")
    async def before(self, info: Info) -> ParameterSet | None:
        return await ParameterSet.load(info, self.in_force_id)

    @classmethod
    def of(cls, outcome: Outcome) -> Self:
        """The schema's view of an outcome."""
        key = strawberry.ID(outcome.target.key)
        of_concept = outcome.target.kind is TargetKind.CONCEPT
        return cls(
            set_id=outcome.set_id,
            in_force_id=outcome.in_force_id,
            of_target=outcome.target,
            concept_id=key if of_concept else None,
            skill_code=None if of_concept else key,
            reason=outcome.reason,
            activated=outcome.activated,
            answers=outcome.answers,
            students=outcome.students,
        )


@strawberry.type(description="What a run of fits did.")
class FitParametersPayload:
    run: Run = strawberry.field(description="The run.")
    outcomes: list[FitOutcome] = strawberry.field(
        description="One for each target: concepts by id, then skills by code; empty while the run is under way."
    )
    before: Metrics | None = strawberry.field(
        description="Predictions of all answers to fitted targets under the sets that were in effect; null if no "
        "target was fitted."
    )
    held_out: Metrics | None = strawberry.field(
        description="Predictions of the same answers by fits that had not seen the student."
    )
    replayed_levels: int = strawberry.field(description="How many levels were replayed under new parameters.")

    @classmethod
    def of(cls, run: Run, report: FitReport | None) -> Self:
        """The schema's view of a report; of none yet, for a run that is under way."""
        return cls(
            run=run,
            outcomes=[FitOutcome.of(outcome) for outcome in report.outcomes] if report else [],
            before=Metrics.of(report.before) if report and report.before else None,
            held_out=Metrics.of(report.held_out) if report and report.held_out else None,
            replayed_levels=report.replayed if report else 0,
        )


FitParametersResult = Annotated[
    FitParametersPayload | ConceptNotFound | SkillNotFound | RunCancelled | InvalidInput | Unavailable,
    strawberry.union("FitParametersResult", description="What fits came to, or why there were none."),
]


@strawberry.type
class FitMutation:
    """Mutations that fit."""

    @mutation(
        description="Fit parameters to all answers, store them as new versions, activate those that meet the rules for "
        "activation (see FitReason), and replay the levels that change. Takes seconds to minutes."
    )
    async def fit_parameters(
        self,
        info: Info,
        input: Annotated[FitParametersInput | None, strawberry.argument(description="What and how.")] = None,
    ) -> FitParametersResult:
        services = info.context.services
        given = input or FitParametersInput()
        request = given.parse(services.fit_defaults)
        run = request.run(uuid.uuid4().hex, "mutation", services.clock())
        work = fit_parameters(info.context.gateway, request, run, services.clock)
        if not given.wait:
            return FitParametersPayload.of(await start_run(info, run, work, wait=False), None)
        report = await work
        return FitParametersPayload.of(await read_run(info, run), report)
