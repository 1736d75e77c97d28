"""Recency-weighted mastery: the second, explainable score."""

import uuid
from datetime import datetime
from typing import Annotated, Self

import strawberry

from graph_api.domain import recency as domain
from graph_api.domain import recency_parameters as how
from graph_api.domain.answers import Difficulty, in_utc
from graph_api.schema.choose_targets import chosen
from graph_api.schema.context import Info
from graph_api.schema.failures import (
    GroupNotFound,
    InvalidInput,
    ParameterSetNotFound,
    RunCancelled,
    SkillNotFound,
    StudentNotFound,
    Unavailable,
    payload_or_failure,
)
from graph_api.schema.paging import DEFAULT_FIRST, First, page
from graph_api.schema.run import Run, start_run
from graph_api.store.policy_sets import recency_sets
from graph_api.usecases.edit_policy_sets import put_policy
from graph_api.usecases.recompute_recency import RecomputeRequest, recompute_recency

SCORE_DIGITS, PERCENT_DIGITS = 4, 2

strawberry.enum(domain.RecencyStatus, description="Whether there are enough recent answers for a score.")


@strawberry.type(description="What one window contributes to a score: accuracy times weight.")
class RecencyBucket:
    """One window."""

    days: int = strawberry.field(description="The window holds answers at most so many days old.")
    attempts: int = strawberry.field(description="Answers in the window.")
    correct: int = strawberry.field(description="How many of them were right.")
    accuracy_percent: float = strawberry.field(description="Their accuracy in per cent, to 2 digits; 0 if empty.")
    weight: float = strawberry.field(description="How much its accuracy counts.")
    contribution: float = strawberry.field(description="What it adds to the score, to 4 digits.")

    @classmethod
    def of(cls, share: domain.BucketShare) -> Self:
        """The schema's view of a window."""
        return cls(
            days=share.days,
            attempts=share.attempts,
            correct=share.correct,
            accuracy_percent=round(100 * share.accuracy, PERCENT_DIGITS),
            weight=share.weight,
            contribution=round(share.contribution, SCORE_DIGITS),
        )


@strawberry.type(description="All that a score is made of.")
class RecencyBreakdown:
    """A breakdown (R5)."""

    total_attempts: int = strawberry.field(description="Answers within the lookback.")
    buckets: list[RecencyBucket] = strawberry.field(description="The windows, in the order of the parameters.")
    use_difficulty: bool = strawberry.field(description="Whether hard answers counted more than easy ones.")
    reason: str | None = strawberry.field(description="Why there is no score: insufficient_attempts.")
    required: int = strawberry.field(description="How many answers it takes for a score.")

    @classmethod
    def of(cls, breakdown: domain.Breakdown) -> Self:
        """The schema's view of a breakdown."""
        return cls(
            total_attempts=breakdown.attempts,
            buckets=[RecencyBucket.of(share) for share in breakdown.buckets],
            use_difficulty=breakdown.use_difficulty,
            reason=breakdown.reason,
            required=breakdown.required,
        )


@strawberry.type(description="How right somebody has been lately, as last computed.")
class Recency:
    """A recency-weighted score."""

    run_id: strawberry.Private[str]
    score: float = strawberry.field(description="0..1, to 4 digits; 0 without enough answers.")
    status: domain.RecencyStatus = strawberry.field(description="Whether the score means something.")
    breakdown: RecencyBreakdown = strawberry.field(description="What the score is made of.")
    as_of: datetime = strawberry.field(description="The moment that the windows end at.")
    parameter_set_id: strawberry.ID = strawberry.field(description="The parameters, as in recency-v0.")
    version: str = strawberry.field(description="The version of the algorithm.")

    @strawberry.field(description="The run that computed it.")
    async def run(self, info: Info) -> Run | None:
        """Its run."""
        found = await info.context.loaders.runs.load(self.run_id)
        return Run.of(found) if found else None

    @classmethod
    def of(cls, recency: domain.Recency) -> Self:
        """The schema's view of a score."""
        return cls(
            run_id=recency.run_id,
            score=round(recency.breakdown.score, SCORE_DIGITS),
            status=recency.breakdown.status,
            breakdown=RecencyBreakdown.of(recency.breakdown),
            as_of=recency.as_of,
            parameter_set_id=strawberry.ID(recency.parameter_set_id),
            version=recency.version,
        )


@strawberry.type(description="A window and how much its accuracy counts.")
class RecencyWindow:
    """A window of the parameters."""

    days: int = strawberry.field(description="Answers at most so many days old.")
    weight: float = strawberry.field(description="0..1.")


@strawberry.type(description="An immutable version of the parameters of recency.")
class RecencyParameterSet:
    """Parameters of recency."""

    id: strawberry.ID = strawberry.field(description="Name and version.")
    name: str = strawberry.field(description="What its versions have in common.")
    version: int = strawberry.field(description="0, 1, 2 …")
    lookback_days: int = strawberry.field(description="Older answers count nowhere.")
    min_attempts: int = strawberry.field(description="With fewer answers there is no score.")
    buckets: list[RecencyWindow] = strawberry.field(description="The windows; each holds the shorter ones.")
    easy_weight: float = strawberry.field(description="What an easy answer counts.")
    medium_weight: float = strawberry.field(description="What an answer of medium difficulty counts.")
    hard_weight: float = strawberry.field(description="What a hard answer counts.")
    use_difficulty: bool = strawberry.field(description="Whether difficulties count at all.")
    created_at: datetime | None = strawberry.field(description="When it was stored.")

    @classmethod
    def of(cls, stored: how.RecencyParameterSet) -> Self:
        """The schema's view of a version."""
        parameters = stored.parameters
        easy, medium, hard = (parameters.difficulty_weights[each] for each in Difficulty)
        return cls(
            id=strawberry.ID(stored.id),
            name=stored.name,
            version=stored.version,
            lookback_days=parameters.lookback_days,
            min_attempts=parameters.min_attempts,
            buckets=[RecencyWindow(days=bucket.days, weight=bucket.weight) for bucket in parameters.buckets],
            easy_weight=easy,
            medium_weight=medium,
            hard_weight=hard,
            use_difficulty=parameters.use_difficulty,
            created_at=stored.created_at,
        )


@strawberry.input(description="A window and how much its accuracy counts.")
class RecencyWindowInput:
    """A window to store."""

    days: int = strawberry.field(description="At least 1.")
    weight: float = strawberry.field(description="0..1.")


@strawberry.input(description="Parameters of recency; what is not given takes the default.")
class RecencyParametersInput:
    """Parameters to store (R2, R3)."""

    name: str = strawberry.field(description="What its versions have in common.")
    lookback_days: int = strawberry.field(default=90, description="Older answers count nowhere; at least 1.")
    min_attempts: int = strawberry.field(default=5, description="With fewer answers there is no score; at least 1.")
    buckets: list[RecencyWindowInput] | None = strawberry.field(
        default=None, description="1 to 20 windows of distinct days; 7 days 0.5, 30 days 0.3, 90 days 0.2 if not given."
    )
    easy_weight: float = strawberry.field(default=0.9, description="What an easy answer counts, above 0.")
    medium_weight: float = strawberry.field(default=1.0, description="What one of medium difficulty counts, above 0.")
    hard_weight: float = strawberry.field(default=1.1, description="What a hard answer counts, above 0.")
    use_difficulty: bool = strawberry.field(default=False, description="Whether difficulties count at all.")

    def parse(self) -> how.RecencyParameters:
        """The parameters, checked."""
        given = how.DEFAULT_BUCKETS if self.buckets is None else [(each.days, each.weight) for each in self.buckets]
        return how.RecencyParameters(
            self.lookback_days,
            self.min_attempts,
            [how.Bucket(*bucket) for bucket in given],
            dict(zip(Difficulty, (self.easy_weight, self.medium_weight, self.hard_weight), strict=True)),
            self.use_difficulty,
        )


@strawberry.type(description="The version as it is stored.")
class RecencyParametersPayload:
    """What is stored."""

    parameter_set: RecencyParameterSet = strawberry.field(description="The version.")
    warnings: list[str] = strawberry.field(description="What is allowed and perhaps not meant.")


PutRecencyParametersResult = Annotated[
    RecencyParametersPayload | InvalidInput | Unavailable, strawberry.union("PutRecencyParametersResult")
]


@strawberry.input(description="Whose scores to recompute, and how.")
class RecomputeRecencyInput:
    """A request to recompute."""

    student_id: strawberry.ID | None = strawberry.field(default=None, description="Only this student.")
    group_id: strawberry.ID | None = strawberry.field(
        default=None, description="Only the members of this group; everybody if neither is given."
    )
    skill_codes: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Only these skills, at most 5,000; all if not given."
    )
    parameter_set_id: strawberry.ID | None = strawberry.field(
        default=None, description="Under this version; the service's setting if not given, recency-v0 at first."
    )
    as_of: datetime | None = strawberry.field(
        default=None, description="The moment that the windows end at, with an offset; now if not given."
    )
    wait: bool = strawberry.field(
        default=True, description="Whether to answer when it is done; else at once, and runProgress tells the rest."
    )


@strawberry.type(description="The run that recomputes, done or under way.")
class RecomputeRecencyPayload:
    """A run."""

    run: Run = strawberry.field(description="The run; its output counts students and scores.")


RecomputeRecencyResult = Annotated[
    RecomputeRecencyPayload
    | StudentNotFound
    | GroupNotFound
    | SkillNotFound
    | ParameterSetNotFound
    | RunCancelled
    | InvalidInput
    | Unavailable,
    strawberry.union("RecomputeRecencyResult"),
]


@strawberry.type
class RecencyQuery:
    """Queries about recency."""

    @strawberry.field(description="The versions of the parameters of recency, by name, newest first.")
    async def recency_parameter_sets(
        self,
        info: Info,
        name: Annotated[str | None, strawberry.argument(description="Only the versions of this name.")] = None,
        first: First = DEFAULT_FIRST,
    ) -> list[RecencyParameterSet]:
        """Versions of the parameters."""
        limit = page(first, None).first
        stored = await info.context.services.gateway.read(lambda tx: recency_sets.read_all(tx, name=name, limit=limit))
        return [RecencyParameterSet.of(each) for each in stored]


@strawberry.type
class RecencyMutation:
    """Mutations of recency."""

    @strawberry.mutation(description="Store parameters of recency as the next version of a name.")
    async def put_recency_parameters(
        self, info: Info, input: Annotated[RecencyParametersInput, strawberry.argument(description="The parameters.")]
    ) -> PutRecencyParametersResult:
        """Store parameters."""

        async def doing() -> RecencyParametersPayload:
            services, parameters = info.context.services, input.parse()
            stored = await put_policy(services.gateway, recency_sets, input.name, parameters, services.clock())
            return RecencyParametersPayload(
                parameter_set=RecencyParameterSet.of(stored), warnings=stored.parameters.warnings
            )

        return await payload_or_failure(doing())

    @strawberry.mutation(description="Recompute recency-weighted scores: of a student, a group, or everybody.")
    async def recompute_recency(
        self,
        info: Info,
        input: Annotated[RecomputeRecencyInput | None, strawberry.argument(description="Whose, and how.")] = None,
    ) -> RecomputeRecencyResult:
        """Recompute scores."""

        async def doing() -> RecomputeRecencyPayload:
            services, given = info.context.services, input or RecomputeRecencyInput()
            info.context.forget()
            chosen(None, given.skill_codes)
            request = RecomputeRequest(
                given.student_id,
                given.group_id,
                given.skill_codes,
                given.parameter_set_id or services.recency_set_id,
                given.as_of and in_utc(given.as_of, "asOf"),
            )
            run = request.run(uuid.uuid4().hex, "mutation", services.clock())
            work = recompute_recency(services.gateway, request, run, services.clock)
            return RecomputeRecencyPayload(run=await start_run(info, run, work, wait=given.wait))

        return await payload_or_failure(doing())
