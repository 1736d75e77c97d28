"""The movement of a class between two moments: which levels crossed which threshold (Q12)."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Self

import strawberry

from graph_api.domain.answers.answers import in_utc
from graph_api.domain.learners import movement as domain
from graph_api.domain.learners.mastery import Status
from graph_api.domain.learners.movement import Direction, Threshold
from graph_api.domain.learners.threshold_sets import ThresholdsInEffect
from graph_api.domain.targets import Target, TargetKind
from graph_api.schema.context import Info
from graph_api.schema.course.concept import load_target
from graph_api.schema.enums import describe_values
from graph_api.schema.learners.class_view import ClassDistribution, Kind
from graph_api.schema.learners.scope import AllCourses, CourseId, SkillCodes, scope_of_group
from graph_api.schema.node import TargetNode
from graph_api.schema.paging import DEFAULT_FIRST, After, Connection, First, length_of, page
from graph_api.usecases.computing import compute
from graph_api.usecases.learners.class_history import HistoryOf
from graph_api.usecases.learners.view_trends import Between, MovementReport, report_movement

if TYPE_CHECKING:
    from graph_api.schema.learners.student import Student

strawberry.enum(Direction, name="MovementDirection", description="Whether a status is higher or lower than before.")
describe_values(Direction, UP="The status is higher than before.", DOWN="The status is lower than before.")
strawberry.enum(Threshold, name="StatusThreshold", description="A threshold between two statuses.")
describe_values(
    Threshold,
    FOCUS="The threshold between NEEDS_FOCUS and LEARNING.",
    MASTERED="The threshold between LEARNING and MASTERED.",
)

HIDDEN = "Null for analysts if a transition is about fewer students than the minimum group size."


@strawberry.type(description="Pairs of a student and a target with one status before and one after.")
class StatusTransition:
    before: Status = strawberry.field(description="The status as of the first moment.")
    after: Status = strawberry.field(description="The status as of the second moment.")
    count: int = strawberry.field(description="The number of pairs.")
    students: int = strawberry.field(description="The number of students with at least one of these pairs.")

    @classmethod
    def of(cls, each: domain.Transition) -> Self:
        return cls(before=each.before, after=each.after, count=each.pairs, students=each.students)


@strawberry.type(
    description="How often a threshold was crossed. A target without answers has reached no threshold. The number "
    "upwards minus the number downwards is the difference of the two distributions."
)
class ThresholdCrossings:
    threshold: Threshold = strawberry.field(description="The threshold.")
    up: int = strawberry.field(description="The number of pairs that reached the threshold.")
    down: int = strawberry.field(description="The number of pairs that fell below the threshold.")
    students_up: int = strawberry.field(description="The number of students who reached it for at least one target.")
    students_down: int = strawberry.field(
        description="The number of students who fell below it for at least one target."
    )

    @classmethod
    def of(cls, each: domain.Crossings) -> Self:
        return cls(**each._asdict())


@strawberry.type(description="A pair of a student and a target whose status changed.")
class StatusMove:
    key: strawberry.Private[Target]
    student_id: strawberry.ID = strawberry.field(description="The id of the student.")
    target_id: strawberry.ID = strawberry.field(description="The concept id or skill code.")
    status_before: Status = strawberry.field(description="The status as of the first moment.")
    status_after: Status = strawberry.field(description="The status as of the second moment.")
    level_before: float | None = strawberry.field(
        description="The level as of the first moment, 0..1. Null without answers by then."
    )
    level_after: float | None = strawberry.field(
        description="The level as of the second moment, 0..1. Null without answers by then."
    )
    direction: Direction = strawberry.field(description="Whether the status rose or fell.")
    crossed: list[Threshold] = strawberry.field(
        description="The thresholds between the two statuses. Empty from NOT_STARTED to NEEDS_FOCUS."
    )

    @strawberry.field(description="The student. Null if the student does not exist any more.")
    async def student(
        self, info: Info
    ) -> Annotated["Student", strawberry.lazy("graph_api.schema.learners.student")] | None:
        from graph_api.schema.learners.student import Student  # noqa: PLC0415 - the two nouns know each other

        return await Student.load(info, self.student_id)

    @strawberry.field(description="The concept or skill. Null if it does not exist any more.")
    async def target(self, info: Info) -> TargetNode | None:
        return await load_target(info, self.key)

    @classmethod
    def of(cls, move: domain.Move, kind: TargetKind) -> Self:
        return cls(
            key=Target(kind, move.key),
            student_id=strawberry.ID(move.student_id),
            target_id=strawberry.ID(move.key),
            status_before=move.before,
            status_after=move.after,
            level_before=move.level_before,
            level_after=move.level_after,
            direction=move.direction,
            crossed=move.crossed,
        )


@strawberry.type(
    description="The movement of a class between two moments, by the thresholds of the present. The members are those "
    "of the present."
)
class ClassMovement:
    movement: strawberry.Private[domain.Movement]
    scope: strawberry.Private[tuple[object, ...]]
    since: datetime = strawberry.field(description="The first moment.")
    until: datetime = strawberry.field(description="The second moment.")
    kind: TargetKind = strawberry.field(description="Whether the targets are concepts or skills.")
    before: ClassDistribution = strawberry.field(description="The distribution as of the first moment.")
    after: ClassDistribution = strawberry.field(description="The distribution as of the second moment.")
    crossings: list[ThresholdCrossings] | None = strawberry.field(
        description=f"How often each threshold was crossed. {HIDDEN}"
    )
    transitions: list[StatusTransition] | None = strawberry.field(
        description="The pairs by status before and after, those with an unchanged status included; without "
        f"combinations of no pair. {HIDDEN}"
    )

    @classmethod
    def of(
        cls,
        report: MovementReport,
        moments: Between,
        scope: tuple[object, ...],
        kind: TargetKind,
        thresholds: ThresholdsInEffect,
        least: int,
    ) -> Self:
        """The movement; `scope` identifies the list of moves together with the moments."""
        movement, transitions, crossings = report
        return cls(
            movement=movement,
            scope=(*scope, *moments, kind),
            since=moments.since,
            until=moments.until,
            kind=kind,
            before=ClassDistribution.of(movement.before, kind, thresholds, least),
            after=ClassDistribution.of(movement.after, kind, thresholds, least),
            crossings=None if crossings is None else [ThresholdCrossings.of(each) for each in crossings],
            transitions=None if transitions is None else [StatusTransition.of(each) for each in transitions],
        )

    @strawberry.field(
        description="The pairs of a student and a target whose status changed, in order of student, then of target."
    )
    async def moves(
        self,
        direction: Annotated[
            Direction | None, strawberry.argument(description="Only statuses that rose, or only those that fell.")
        ] = None,
        threshold: Annotated[
            Threshold | None, strawberry.argument(description="Only pairs that crossed this threshold.")
        ] = None,
        first: First = DEFAULT_FIRST,
        after: After = None,
    ) -> Connection[StatusMove]:
        wanted = page(first, after, "moves", *self.scope, direction, threshold, key=(str, str))
        moves = await compute(self.movement.moves, direction, threshold)
        rows = wanted.slice(moves, _key)
        return wanted.connection(rows, lambda move: StatusMove.of(move, self.kind), _key, length_of(moves))


def _key(move: domain.Move) -> list[Any]:
    return [move.student_id, move.key]


@strawberry.type
class GroupMovement:
    """The field of a group about movement."""

    if TYPE_CHECKING:
        id: strawberry.ID

    @strawberry.field(
        description="The movement of the members between two moments: which levels crossed which threshold. Both "
        "states are replayed from the answers given by then, as `distribution` with `asOf` is."
    )
    async def movement(
        self,
        info: Info,
        since: Annotated[datetime, strawberry.argument(description="The first moment, with an offset.")],
        until: Annotated[
            datetime | None, strawberry.argument(description="The second moment, with an offset. Null: now.")
        ] = None,
        kind: Kind = TargetKind.SKILL,
        skill_codes: SkillCodes = None,
        course_id: CourseId = None,
        all_courses: AllCourses = False,
    ) -> ClassMovement:
        moments = Between(in_utc(since, "since"), info.context.now() if until is None else in_utc(until, "until"))
        scope = await scope_of_group(info, self.id, skill_codes, course_id, all_courses)
        curves = await info.context.loaders.class_curves.load(HistoryOf(self.id, kind, scope))
        rule = kind, await info.context.thresholds(), info.context.least_students
        report = await compute(report_movement, curves, moments, *rule)
        return await compute(ClassMovement.of, report, moments, (self.id, scope), *rule)
