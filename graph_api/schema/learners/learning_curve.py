"""Learning curves (Q2)."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners import learning_curve as domain
from graph_api.domain.learners.confidence_reasons import reasons_of_share
from graph_api.domain.learners.scope import ALL, Scope
from graph_api.domain.learners.uncertainty import Confidence, confidence
from graph_api.domain.targets import TargetKind
from graph_api.schema.context import Info
from graph_api.schema.learners.confidence_reasons import ConfidenceReason
from graph_api.schema.learners.scope import AllCourses, CourseId, SkillCodes, scope_of_student
from graph_api.schema.learners.uncertainty import Interval
from graph_api.schema.paging import DEFAULT_FIRST
from graph_api.schema.targets import one_target
from graph_api.store import answers

MOST_OPPORTUNITIES = 500

Longest = Annotated[
    int, strawberry.argument(description=f"The maximum number of opportunities, 1 to {MOST_OPPORTUNITIES}.")
]


@strawberry.type(description="The share of incorrect answers at one opportunity to practise.")
class CurvePoint:
    opportunity: int = strawberry.field(description="The number of the opportunity, from 1.")
    answers: int = strawberry.field(description="The number of answers. Later opportunities have fewer students.")
    incorrect: int = strawberry.field(description="The number of incorrect answers.")
    error_rate: float = strawberry.field(description="The share of incorrect answers, 0..1.")
    interval: Interval = strawberry.field(description="A 90 % interval of the error rate.")
    confidence: Confidence = strawberry.field(description="The confidence in the error rate. LOW: not enough data.")
    confidence_reasons: list[ConfidenceReason] = strawberry.field(
        description="The reasons why the confidence in the error rate is not HIGH. Empty if it is."
    )

    @classmethod
    def of(cls, point: domain.CurvePoint) -> Self:
        columns = {**point._asdict(), "interval": Interval.of(point.interval)}
        reasons = reasons_of_share(point.answers, point.answers, point.interval)
        return cls(
            **columns,
            confidence=confidence(point.answers, point.interval),
            confidence_reasons=[ConfidenceReason.of(each) for each in reasons],
        )


async def curve(
    info: Info, student_ids: Iterable[str], one: tuple[str | None, str | None], longest: int, scope: Scope = ALL
) -> list[CurvePoint]:
    """The curve of some students over a concept, a skill, or the concepts of a scope.

    Raises:
        InvalidInput: two targets, or too many opportunities.
    """
    if not 1 <= longest <= MOST_OPPORTUNITIES:
        raise InvalidInput("longest", f"must be from 1 to {MOST_OPPORTUNITIES}", str(longest))
    kind, keys = TargetKind.CONCEPT, scope.concept_ids
    if one != (None, None):
        target = one_target(*one)
        kind, keys = target.kind, frozenset({target.key})
    counts = await info.context.gateway.read_one(lambda tx: answers.read_curve(tx, student_ids, kind, keys, longest))
    return [CurvePoint.of(point) for point in domain.learning_curve(counts)]


@strawberry.type
class StudentLearningCurve:
    """The field of a student about learning curves."""

    if TYPE_CHECKING:
        id: strawberry.ID

    @strawberry.field(
        description="The learning curve of the student: the share of incorrect answers at the first, second … "
        "opportunity to practise. It covers the concepts of the student's courses, or one concept or skill."
    )
    async def learning_curve(
        self,
        info: Info,
        concept_id: Annotated[strawberry.ID | None, strawberry.argument(description="Only this concept.")] = None,
        skill_code: Annotated[strawberry.ID | None, strawberry.argument(description="Only this skill.")] = None,
        longest: Longest = DEFAULT_FIRST,
        skill_codes: SkillCodes = None,
        course_id: CourseId = None,
        all_courses: AllCourses = False,
    ) -> list[CurvePoint]:
        one = concept_id, skill_code
        scope = await scope_of_student(info, self.id, skill_codes, course_id, all_courses, *one)
        return await curve(info, [self.id], one, longest, scope)
