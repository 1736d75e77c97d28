"""Who in a class may need help, and why (Q6)."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.domain.course.course_graph import CourseGraph
from graph_api.domain.learners import risk as domain
from graph_api.domain.learners.class_levels import ClassLevels
from graph_api.domain.learners.risk import DEFAULT_RULE, RiskRule
from graph_api.domain.learners.root_causes import WeakRule
from graph_api.schema.context import AS_OF, Info, moment
from graph_api.schema.course.concept import Concept
from graph_api.schema.course.skill import Skill
from graph_api.schema.learners.mastery import Status
from graph_api.schema.learners.root_causes import MinAttempts, Threshold, class_levels, rule_of
from graph_api.schema.paging import First, bounded
from graph_api.usecases.computing import compute
from graph_api.usecases.learners.analyse_course import on_graph
from graph_api.usecases.learners.past_states import read_past_class
from graph_api.usecases.learners.watch_class import Watched, at_risk, falling_bounds, read_watched

if TYPE_CHECKING:
    from graph_api.schema.learners.student import Student

DIGITS = 3


@strawberry.interface(description="A reason to look after a student, with its evidence.")
class RiskReason:
    """A reason."""

    told: str = strawberry.field(description="The reason in words.")


@strawberry.type(description="Fewer right answers in the last week than in the three weeks before.")
class FallingTrend(RiskReason):
    """A falling trend."""

    recent_answers: int = strawberry.field(description="Answers of the last week.")
    recent_accuracy: float = strawberry.field(description="How many of them were right, 0..1.")
    before_answers: int = strawberry.field(description="Answers of the three weeks before.")
    before_accuracy: float = strawberry.field(description="How many of them were right, 0..1.")

    @classmethod
    def of(cls, trend: domain.Trend) -> Self:
        """The schema's view of a trend."""
        recent, before = trend.recent_correct / trend.recent, trend.before_correct / trend.before
        return cls(
            told=f"right answers fell from {before:.0%} to {recent:.0%} in the last week",
            recent_answers=trend.recent,
            recent_accuracy=round(recent, DIGITS),
            before_answers=trend.before,
            before_accuracy=round(before, DIGITS),
        )


@strawberry.type(description="A topic's mastery falls: its velocity is below the bound, -0.05 if not set otherwise.")
class FallingTopic(RiskReason):
    """A falling topic."""

    skill_code: strawberry.ID = strawberry.field(description="The topic's skill.")
    velocity: float = strawberry.field(description="What the last answer changed.")

    @strawberry.field(description="The skill.")
    async def skill(self, info: Info) -> Skill | None:
        """The skill."""
        return await Skill.load(info, self.skill_code)


@strawberry.type(description="A weak concept without a weak one before it holds back others.")
class HeldBack(RiskReason):
    """A root cause."""

    concept_id: strawberry.ID = strawberry.field(description="The root cause.")
    blocks: int = strawberry.field(description="How many weak concepts come after it.")
    level: float = strawberry.field(description="The student's level in the root cause, 0..1.")
    status: Status = strawberry.field(
        description="What the level means: NEEDS_FOCUS, or LEARNING from there to the threshold of weakness."
    )
    threshold: float = strawberry.field(description="Levels below this counted as weak, 0..1.")

    @strawberry.field(description="The concept.")
    async def concept(self, info: Info) -> Concept | None:
        """The concept."""
        return await Concept.load(info, self.concept_id)

    @classmethod
    def of(cls, cause: domain.RootCauseReason, weak: WeakRule) -> Self:
        """The schema's view of a root cause that blocks something."""
        return cls(
            told=cause.in_words(weak),
            concept_id=strawberry.ID(cause.concept_id),
            blocks=cause.blocks,
            level=cause.level,
            status=cause.status,
            threshold=weak.threshold,
        )


@strawberry.type(description="A concept that is still weak after many answers.")
class StuckConcept:
    """A stuck concept."""

    concept_id: strawberry.ID = strawberry.field(description="The concept's id.")
    level: float = strawberry.field(description="The student's level in the concept, 0..1.")
    status: Status = strawberry.field(
        description="What the level means: NEEDS_FOCUS, or LEARNING from there to the threshold of weakness."
    )
    attempts: int = strawberry.field(description="The number of answers that count towards the concept.")

    @strawberry.field(description="The concept.")
    async def concept(self, info: Info) -> Concept | None:
        """The concept."""
        return await Concept.load(info, self.concept_id)


@strawberry.type(description="Concepts that do not get better however often they are practised.")
class Stagnation(RiskReason):
    """Stagnation."""

    missed_ids: list[strawberry.ID] = strawberry.field(
        description="Missed by free-text answers again and again, and not mastered."
    )
    stuck_ids: list[strawberry.ID] = strawberry.field(description="Still weak after many answers.")
    stuck: list[StuckConcept] = strawberry.field(
        description="The concepts of stuckIds with level, status and answers, in the same order."
    )
    threshold: float = strawberry.field(description="Levels below this counted as weak, 0..1.")
    stuck_attempts: int = strawberry.field(description="The minimum number of answers of a stuck concept.")

    @strawberry.field(description="All of them.")
    async def concepts(self, info: Info) -> list[Concept]:
        """The concepts."""
        return await Concept.load_many(info, sorted({*self.missed_ids, *self.stuck_ids}))

    @classmethod
    def of(cls, student: domain.Student, weak: WeakRule, rule: RiskRule) -> Self:
        """The schema's view of what stagnates."""
        return cls(
            told=domain.stagnation_in_words(student.missed, student.stuck, weak, rule),
            missed_ids=[strawberry.ID(key) for key in student.missed],
            stuck_ids=[strawberry.ID(each.concept_id) for each in student.stuck],
            stuck=[
                StuckConcept(**{**each._asdict(), "concept_id": strawberry.ID(each.concept_id)})
                for each in student.stuck
            ],
            threshold=weak.threshold,
            stuck_attempts=rule.least_stuck(weak),
        )


@strawberry.type(description="Nothing was practised for long.")
class Inactivity(RiskReason):
    """Inactivity."""

    last_practiced_at: datetime | None = strawberry.field(description="When something last was; null if never.")
    days: float | None = strawberry.field(description="How many days ago; null if never.")


@strawberry.type(description="A student who may need help.")
class StudentAtRisk:
    """A student at risk."""

    student_id: strawberry.ID = strawberry.field(description="The student's id; a pseudonym for analysts.")
    reasons: list[RiskReason] = strawberry.field(description="Why, each with its evidence.")

    @strawberry.field(description="The student.")
    async def student(
        self, info: Info
    ) -> Annotated["Student", strawberry.lazy("graph_api.schema.learners.student")] | None:
        """The student."""
        from graph_api.schema.learners.student import Student  # noqa: PLC0415 - the two nouns know each other

        return await Student.load(info, self.student_id)

    @classmethod
    def of(cls, student: domain.Student, weak: WeakRule, rule: RiskRule, as_of: datetime) -> Self:
        """The schema's view of a student at risk."""
        reasons: list[RiskReason] = []
        if student.trend.falls(rule.drop):
            reasons.append(FallingTrend.of(student.trend))
        reasons += [
            FallingTopic(told=f"{code} falls by {-by:.3f} an answer", skill_code=strawberry.ID(code), velocity=by)
            for code, by in student.falling.items()
        ]
        reasons += [HeldBack.of(cause, weak) for cause in student.causes]
        if student.missed or student.stuck:
            reasons.append(Stagnation.of(student, weak, rule))
        if student.inactive(rule, as_of):
            idle = student.idle_days(as_of)
            told = "never practised" if idle is None else f"not practised for {idle:.0f} days"
            reasons.append(Inactivity(told=told, last_practiced_at=student.last_practiced_at, days=idle))
        return cls(student_id=strawberry.ID(student.id), reasons=reasons)


@strawberry.type(description="The students who may need help, and the rules they were found by.")
class AtRisk:
    """An answer to Q6."""

    rule: str = strawberry.field(description="The rules in words.")
    students: int = strawberry.field(description="How many members were looked at.")
    total: int | None = strawberry.field(
        description="The number of them who may need help. Null for analysts, and `found` is empty, if fewer than the "
        "minimum group size do."
    )
    found: list[StudentAtRisk] = strawberry.field(description="Those with most kinds of reasons first.")
    threshold: float = strawberry.field(description="Levels below this counted as weak, 0..1.")
    min_attempts: int = strawberry.field(description="The minimum number of answers of a weak concept.")
    mastered_from: float = strawberry.field(
        description="Levels from this one on counted as mastered, 0..1; what is mastered is no reason."
    )
    stuck_attempts: int = strawberry.field(description="The minimum number of answers of a stuck concept.")
    drop: float = strawberry.field(description="By how much accuracy had to fall, 0..1.")
    inactive_days: int = strawberry.field(description="Students without practice for more days counted as inactive.")


@strawberry.type
class GroupAtRisk:
    """The field of a group that names who may need help."""

    if TYPE_CHECKING:
        id: strawberry.ID

    @strawberry.field(description="Which members may need help, and why (Q6).")
    async def at_risk(
        self,
        info: Info,
        inactive_days: Annotated[
            int, strawberry.argument(description="Inactive: nothing practised for more days than this.")
        ] = DEFAULT_RULE.inactive_days,
        drop: Annotated[
            float, strawberry.argument(description="Falling: so much fewer right answers, 0..1, beyond chance.")
        ] = DEFAULT_RULE.drop,
        stuck_attempts: Annotated[
            int, strawberry.argument(description="Stuck: still weak after so many answers.")
        ] = DEFAULT_RULE.stuck_attempts,
        threshold: Threshold = None,
        min_attempts: MinAttempts = None,
        as_of: Annotated[datetime | None, strawberry.argument(description=AS_OF)] = None,
        first: First = 20,
    ) -> AtRisk:
        """Students at risk."""
        services, limit = info.context.services, bounded(first)
        rule = RiskRule(inactive_days, drop, stuck_attempts)
        weak = rule_of(info, threshold, min_attempts)
        at = moment(info, as_of)
        graph = await services.graphs.now()
        levels, watched = await self._known(info, graph, at, past=as_of is not None)
        thresholds = services.thresholds
        found = await compute(at_risk, graph, levels, watched, weak, rule, thresholds, at)
        few = 0 < len(found) < info.context.least_students
        bounds = sorted({services.topic_set.parameters.falling} | falling_bounds(watched))
        return AtRisk(
            rule=f"right answers fell by {drop:g} or more, beyond chance; a topic's velocity below "
            f"{' or '.join(f'{bound:g}' for bound in bounds)}; a root cause that blocks something; no progress: "
            f"missed again and again, or level < {weak.below:g} after {rule.least_stuck(weak)} answers; "
            f"inactive for over {inactive_days} days",
            students=len(levels.student_ids),
            total=None if few else len(found),
            found=[StudentAtRisk.of(student, weak, rule, at) for student in found[: 0 if few else limit]],
            threshold=weak.threshold,
            min_attempts=weak.min_attempts,
            mastered_from=weak.mastered,
            stuck_attempts=rule.least_stuck(weak),
            drop=drop,
            inactive_days=inactive_days,
        )

    async def _known(self, info: Info, graph: CourseGraph, at: datetime, *, past: bool) -> tuple[ClassLevels, Watched]:
        """What is known of the class now, or was at a past moment."""
        if past:
            levels, watched = await read_past_class(info.context.gateway, self.id, at)
            return on_graph(levels, graph), watched
        levels = await class_levels(info, graph, self.id)
        return levels, await info.context.gateway.read(lambda tx: read_watched(tx, self.id, levels, at))


REASONS = (FallingTrend, FallingTopic, HeldBack, Stagnation, Inactivity)
"""The types behind the interface, which the schema has to be told of."""
