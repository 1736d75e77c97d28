"""Learning curves (Q2)."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners import learning_curve as domain
from graph_api.domain.learners.uncertainty import Confidence, confidence
from graph_api.domain.targets import TargetKind
from graph_api.schema.context import Info
from graph_api.schema.learners.uncertainty import Interval
from graph_api.schema.paging import DEFAULT_FIRST
from graph_api.schema.targets import one_target
from graph_api.store import answers

MOST_OPPORTUNITIES = 500

Longest = Annotated[
    int, strawberry.argument(description=f"How many opportunities to show at the most, 1 to {MOST_OPPORTUNITIES}.")
]


@strawberry.type(description="How often answers were wrong at one opportunity to practise.")
class CurvePoint:
    """A point of a learning curve."""

    opportunity: int = strawberry.field(description="The first, second … time, from 1.")
    answers: int = strawberry.field(description="How many answers there are: later points hold fewer students.")
    wrong: int = strawberry.field(description="How many of them were wrong.")
    error_rate: float = strawberry.field(description="wrong / answers.")
    interval: Interval = strawberry.field(description="Where the error rate lies (Q8).")
    confidence: Confidence = strawberry.field(description="How much weight it bears; LOW: not enough data (Q8).")

    @classmethod
    def of(cls, point: domain.CurvePoint) -> Self:
        """The schema's view of a point."""
        told = {**point._asdict(), "interval": Interval.of(point.interval)}
        return cls(**told, confidence=confidence(point.answers, point.interval))


async def curve(
    info: Info, student_ids: Iterable[str], concept_id: str | None, skill_code: str | None, longest: int
) -> list[CurvePoint]:
    """The curve of some students over a concept, a skill, or all concepts.

    Raises:
        InvalidInput: it names two targets, or too many opportunities.
    """
    if not 1 <= longest <= MOST_OPPORTUNITIES:
        raise InvalidInput("longest", f"must be from 1 to {MOST_OPPORTUNITIES}", str(longest))
    kind, keys = TargetKind.CONCEPT, None
    if concept_id is not None or skill_code is not None:
        target = one_target(concept_id, skill_code)
        kind, keys = target.kind, [target.key]
    counts = await info.context.gateway.read(lambda tx: answers.read_curve(tx, student_ids, kind, keys, longest))
    return [CurvePoint.of(point) for point in domain.learning_curve(counts)]


@strawberry.type
class StudentLearningCurve:
    """The field of a student that shows how they learn."""

    if TYPE_CHECKING:
        id: strawberry.ID

    @strawberry.field(
        description="How often they are wrong at the first opportunity to practise a concept, the second, and so on: "
        "over all concepts, or at one concept or skill (Q2)."
    )
    async def learning_curve(
        self,
        info: Info,
        concept_id: Annotated[strawberry.ID | None, strawberry.argument(description="Only this concept.")] = None,
        skill_code: Annotated[strawberry.ID | None, strawberry.argument(description="Only this skill.")] = None,
        longest: Longest = DEFAULT_FIRST,
    ) -> list[CurvePoint]:
        """A learning curve."""
        return await curve(info, [self.id], concept_id, skill_code, longest)
