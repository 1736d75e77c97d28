"""Recency-weighted mastery: the score that is explained by its windows."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.domain import failures as domain_failures
from graph_api.domain.answers.answers import in_utc
from graph_api.domain.learners import recency as domain
from graph_api.domain.learners.uncertainty import Confidence
from graph_api.domain.parameters.recency_parameters import DifficultySource
from graph_api.domain.principals import Principal, Role
from graph_api.schema.context import Info
from graph_api.schema.enums import describe_values
from graph_api.schema.failures import (
    Forbidden,
    GroupNotFound,
    InvalidInput,
    ParameterSetNotFound,
    RunCancelled,
    SkillNotFound,
    StudentNotFound,
    Unavailable,
)
from graph_api.schema.learners.confidence_reasons import ConfidenceReason
from graph_api.schema.learners.uncertainty import Interval
from graph_api.schema.mutations import mutation
from graph_api.schema.node import Node, joined_id, node_id, split_id
from graph_api.schema.operations.run import Run, start_run
from graph_api.schema.paging import DEFAULT_FIRST, First, bounded
from graph_api.schema.targets import chosen
from graph_api.usecases.learners.recompute_recency import RecomputeRequest, read_recomputed, recompute_recency

if TYPE_CHECKING:
    from graph_api.schema.learners.mastery import Mastery

if TYPE_CHECKING:
    from graph_api.schema.learners.student import Student

SCORE_DIGITS, PERCENT_DIGITS = 4, 2

strawberry.enum(domain.RecencyStatus, description="Whether there are enough recent answers for a score.")
describe_values(
    domain.RecencyStatus,
    SCORED="The score is defined.",
    INSUFFICIENT_DATA="There are too few recent answers; the score is 0.",
)

strawberry.enum(DifficultySource, description="Where the difficulties of answers are from.")
describe_values(
    DifficultySource,
    STATED="The answers state them.",
    DATA="A version of difficulties that answers suggested has them; questions that it leaves out have stated ones.",
)


@strawberry.type(description="The contribution of one window to a score: accuracy times weight.")
class RecencyBucket:
    days: int = strawberry.field(description="The length of the window in days, back from `asOf`.")
    attempts: int = strawberry.field(description="The number of answers in the window.")
    correct: int = strawberry.field(description="The number of correct answers in the window.")
    accuracy_percent: float = strawberry.field(
        description="The accuracy in the window in per cent, to 2 digits. 0 without answers."
    )
    weight: float = strawberry.field(description="The weight of the window, 0..1.")
    contribution: float = strawberry.field(
        description="Accuracy times weight, to 4 digits. 0 if there are too few answers for a score."
    )

    @classmethod
    def of(cls, share: domain.BucketShare) -> Self:
        return cls(
            days=share.days,
            attempts=share.attempts,
            correct=share.correct,
            accuracy_percent=round(100 * share.accuracy, PERCENT_DIGITS),
            weight=share.weight,
            contribution=round(share.contribution, SCORE_DIGITS),
        )


@strawberry.type(description="The components of a score.")
class RecencyBreakdown:
    total_attempts: int = strawberry.field(description="The number of answers within the lookback.")
    buckets: list[RecencyBucket] = strawberry.field(description="The windows, in the order of the parameters.")
    use_difficulty: bool = strawberry.field(description="Whether answers were weighted by difficulty.")
    reason: str | None = strawberry.field(
        description="The reason why there is no score: insufficient_attempts. Null with a score."
    )
    required: int = strawberry.field(description="The minimum number of answers for a score.")
    actual: int = strawberry.field(
        description="The number of answers within the lookback, which is compared with `required`."
    )

    @classmethod
    def of(cls, breakdown: domain.Breakdown) -> Self:
        return cls(
            total_attempts=breakdown.attempts,
            buckets=[RecencyBucket.of(share) for share in breakdown.shares],
            use_difficulty=breakdown.use_difficulty,
            reason=breakdown.reason,
            required=breakdown.required,
            actual=breakdown.attempts,
        )


@strawberry.type(description="Recency-weighted accuracy, as of the last run.")
class Recency(Node):
    id: strawberry.ID = strawberry.field(description="The student's id and the skill's code, as in anna/cases.")
    run_id: strawberry.Private[str]
    score: float = strawberry.field(description="The score, 0..1, to 4 digits. 0 if there are too few answers.")
    status: domain.RecencyStatus = strawberry.field(description="Whether there are enough answers for a score.")
    breakdown: RecencyBreakdown = strawberry.field(description="The components of the score.")
    interval: Interval | None = strawberry.field(description="A 90 % interval of the score. Null without a score.")
    confidence: Confidence = strawberry.field(description="The confidence in the score. LOW: not enough data.")
    confidence_reasons: list[ConfidenceReason] = strawberry.field(
        description="The reasons why the confidence in the score is not HIGH. Empty if it is."
    )
    as_of: datetime = strawberry.field(description="The moment at which the windows end.")
    parameter_set_id: strawberry.ID = strawberry.field(
        description="The id of the recency parameter set, such as recency-v0."
    )
    version: str = strawberry.field(description="The version of the algorithm.")

    @strawberry.field(
        description="Where the difficulties of answers are from. Null if the parameters do not use difficulties."
    )
    async def difficulty_source(self, info: Info) -> DifficultySource | None:
        used = await info.context.loaders.recency_sets.load(self.parameter_set_id)
        return used.parameters.difficulty_source if used else None

    @strawberry.field(description="The run that computed the score.")
    async def run(self, info: Info) -> Run | None:
        run = await info.context.loaders.runs.load(self.run_id)
        return Run.of(run) if run else None

    @classmethod
    async def load(cls, info: Info, key: str) -> Self | None:
        """The score with an id, or None."""
        match split_id(key):
            case [student_id, code]:
                scores = await info.context.loaders.recency_of_student.load(student_id)
                return cls.of(scores[code], student_id, code) if scores and code in scores else None
        return None

    @classmethod
    def of(cls, recency: domain.Recency, student_id: str, skill_code: str) -> Self:
        interval, key = recency.breakdown.interval(), joined_id(student_id, skill_code)
        return cls(
            node_id=node_id("Recency", key),
            id=key,
            run_id=recency.run_id,
            score=round(recency.breakdown.score, SCORE_DIGITS),
            status=recency.breakdown.status,
            breakdown=RecencyBreakdown.of(recency.breakdown),
            interval=Interval.of(interval) if interval else None,
            confidence=recency.breakdown.confidence,
            confidence_reasons=[ConfidenceReason.of(each) for each in recency.breakdown.confidence_reasons],
            as_of=recency.as_of,
            parameter_set_id=strawberry.ID(recency.parameter_set_id),
            version=recency.version,
        )


@strawberry.input(description="The scores to recompute.")
class RecomputeRecencyInput:
    student_id: strawberry.ID | None = strawberry.field(
        default=None, description="Only this student. Null: all students, or the members of groupId."
    )
    group_id: strawberry.ID | None = strawberry.field(
        default=None, description="Only the members of this group. Null: all students, or studentId."
    )
    skill_codes: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Only these skills, at most 5,000. Null: all skills."
    )
    parameter_set_id: strawberry.ID | None = strawberry.field(
        default=None, description="The recency parameter set. Null: the configured set, recency-v0 by default."
    )
    as_of: datetime | None = strawberry.field(
        default=None, description="The moment at which the windows end, with an offset. Null: now."
    )
    wait: bool = strawberry.field(
        default=True,
        description="Whether to reply when the run has ended. False: reply at once; `runProgress` reports the "
        "progress.",
    )


@strawberry.type(description="The run that recomputes the scores.")
class RecomputeRecencyPayload:
    request: strawberry.Private[RecomputeRequest]
    run: Run = strawberry.field(description="The run. Its output counts students and scores.")
    student_id: strawberry.Private[str | None] = None

    @strawberry.field(description="The student, with the new scores. Null without `studentId`.")
    async def student(
        self, info: Info
    ) -> Annotated["Student", strawberry.lazy("graph_api.schema.learners.student")] | None:
        from graph_api.schema.learners.student import Student  # noqa: PLC0415 - the two nouns know each other

        return None if self.student_id is None else await Student.load(info, self.student_id)

    @strawberry.field(
        description="The masteries whose scores were recomputed, in order of student and skill. Null for a run about "
        "all students, and for one that has not ended."
    )
    async def masteries(
        self, info: Info, first: First = DEFAULT_FIRST
    ) -> list[Annotated["Mastery", strawberry.lazy("graph_api.schema.learners.mastery")]] | None:
        from graph_api.schema.learners.mastery import Mastery  # noqa: PLC0415 - the two nouns know each other

        limit, thresholds = bounded(first), await info.context.thresholds()
        if self.request.is_about_all or self.run.finished_at is None:
            return None
        rows = await read_recomputed(info.context.loaders, self.request, self.run.id, limit)
        return [Mastery.of(row, thresholds) for row in rows]


RecomputeRecencyResult = Annotated[
    RecomputeRecencyPayload
    | StudentNotFound
    | GroupNotFound
    | SkillNotFound
    | ParameterSetNotFound
    | RunCancelled
    | InvalidInput
    | Forbidden
    | Unavailable,
    strawberry.union(
        "RecomputeRecencyResult", description="The run, or the reason why the scores were not recomputed."
    ),
]


def _check_requester(principal: Principal, given: RecomputeRecencyInput) -> None:
    """Refuse a student another student's scores, and a moment or parameters that others would not see by default.

    Raises:
        Forbidden: naming the field.
    """
    principal.may_act_for([given.student_id or ""], "studentId")
    if principal.role is Role.STUDENT:
        for name, value in (("asOf", given.as_of), ("parameterSetId", given.parameter_set_id)):
            if value is not None:
                raise domain_failures.Forbidden(name, "is not for students; leave it out", str(value))


async def _run(info: Info, request: RecomputeRequest, *, wait: bool) -> Run:
    """The run that recomputes. Students may not read the ledger of runs, so they wait for it."""
    services = info.context.services
    run = request.run(uuid.uuid4().hex, "mutation", services.clock())
    work = recompute_recency(services.gateway, request, run, services.clock)
    if info.context.principal.role is Role.STUDENT:
        await work
        return Run.of(run)
    return await start_run(info, run, work, wait=wait)


@strawberry.type
class RecencyMutation:
    """Mutations of recency."""

    @mutation(
        description="Recompute recency-weighted scores: of a student, a group, or all students. A student's token "
        "recomputes the scores of that student only, with their own id as `studentId`, and waits."
    )
    async def recompute_recency(
        self,
        info: Info,
        input: Annotated[
            RecomputeRecencyInput | None,
            strawberry.argument(description="The students and the parameters. Null: all students."),
        ] = None,
    ) -> RecomputeRecencyResult:
        services, given = info.context.services, input or RecomputeRecencyInput()
        _check_requester(info.context.principal, given)
        chosen(None, given.skill_codes)
        request = RecomputeRequest(
            given.student_id,
            given.group_id,
            given.skill_codes,
            given.as_of and in_utc(given.as_of, "asOf"),
            parameter_set_id=given.parameter_set_id or services.recency_set_id,
        )
        run = await _run(info, request, wait=given.wait)
        return RecomputeRecencyPayload(request=request, run=run, student_id=given.student_id)
