"""Recency-weighted mastery: the second, explainable score."""

import uuid
from datetime import datetime
from typing import Annotated, Self

import strawberry

from graph_api.domain.answers.answers import in_utc
from graph_api.domain.learners import recency as domain
from graph_api.domain.learners.uncertainty import Confidence
from graph_api.schema.context import Info
from graph_api.schema.enums import describe_values
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
from graph_api.schema.learners.uncertainty import Interval
from graph_api.schema.operations.run import Run, start_run
from graph_api.schema.targets import chosen
from graph_api.usecases.learners.recompute_recency import RecomputeRequest, recompute_recency

SCORE_DIGITS, PERCENT_DIGITS = 4, 2

strawberry.enum(domain.RecencyStatus, description="Whether there are enough recent answers for a score.")
describe_values(
    domain.RecencyStatus,
    SCORED="There is a score.",
    INSUFFICIENT_DATA="There are too few recent answers.",
)


@strawberry.type(description="What one window contributes to a score: accuracy times weight.")
class RecencyBucket:
    """One window."""

    days: int = strawberry.field(description="The window holds answers at most so many days old.")
    attempts: int = strawberry.field(description="Answers in the window.")
    correct: int = strawberry.field(description="How many of them were right.")
    accuracy_percent: float = strawberry.field(description="Their accuracy in per cent, to 2 digits; 0 if empty.")
    weight: float = strawberry.field(description="How much its accuracy counts.")
    contribution: float = strawberry.field(
        description="What it adds to the score, to 4 digits; 0 if the score has too few answers."
    )

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
    required: int = strawberry.field(description="The minimum number of answers for a score.")
    actual: int = strawberry.field(
        description="The number of answers that count towards that minimum: those within the lookback."
    )

    @classmethod
    def of(cls, breakdown: domain.Breakdown) -> Self:
        """The schema's view of a breakdown."""
        return cls(
            total_attempts=breakdown.attempts,
            buckets=[RecencyBucket.of(share) for share in breakdown.shares],
            use_difficulty=breakdown.use_difficulty,
            reason=breakdown.reason,
            required=breakdown.required,
            actual=breakdown.attempts,
        )


@strawberry.type(description="How right somebody has been lately, as last computed.")
class Recency:
    """A recency-weighted score."""

    run_id: strawberry.Private[str]
    score: float = strawberry.field(description="0..1, to 4 digits; 0 without enough answers.")
    status: domain.RecencyStatus = strawberry.field(description="Whether the score means something.")
    breakdown: RecencyBreakdown = strawberry.field(description="What the score is made of.")
    interval: Interval | None = strawberry.field(
        description="Where the score would lie with many more answers like these; null without a score (Q8)."
    )
    confidence: Confidence = strawberry.field(description="How much weight the score bears (Q8).")
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
        interval = recency.breakdown.interval()
        return cls(
            run_id=recency.run_id,
            score=round(recency.breakdown.score, SCORE_DIGITS),
            status=recency.breakdown.status,
            breakdown=RecencyBreakdown.of(recency.breakdown),
            interval=Interval.of(interval) if interval else None,
            confidence=recency.breakdown.confidence,
            as_of=recency.as_of,
            parameter_set_id=strawberry.ID(recency.parameter_set_id),
            version=recency.version,
        )


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
    strawberry.union("RecomputeRecencyResult", description="What was recomputed, or why nothing was."),
]


@strawberry.type
class RecencyMutation:
    """Mutations of recency."""

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
                given.as_of and in_utc(given.as_of, "asOf"),
                parameter_set_id=given.parameter_set_id or services.recency_set_id,
            )
            run = request.run(uuid.uuid4().hex, "mutation", services.clock())
            work = recompute_recency(info.context.gateway, request, run, services.clock)
            return RecomputeRecencyPayload(run=await start_run(info, run, work, wait=given.wait))

        return await payload_or_failure(doing())
