"""The students of a group who may need help, with reasons (Q6)."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.domain.learners import risk as domain
from graph_api.domain.learners.mastery import Status
from graph_api.domain.learners.risk import DEFAULT_RULE, RiskRule
from graph_api.domain.learners.weak_rules import WeakRulesOf
from graph_api.domain.targets import Target, concept
from graph_api.schema.context import AS_OF, Info, moment
from graph_api.schema.course.concept import Concept
from graph_api.schema.course.skill import Skill
from graph_api.schema.learners.analysis import MinAttempts, Threshold, analysis_of, rules_of
from graph_api.schema.learners.scope import AllCourses, CourseId, SkillCodes, scope_of_group
from graph_api.schema.learners.thresholds import JudgedByThresholds
from graph_api.schema.paging import First, bounded
from graph_api.usecases.learners.read_at_risk import RiskReport, read_at_risk

if TYPE_CHECKING:
    from graph_api.schema.learners.student import Student

DIGITS = 3
STATUS_OF_WEAK = "The status of the level: NEEDS_FOCUS, or LEARNING if the level is at least `thresholds.focus`."


@strawberry.interface(description="A reason why a student may need help, with its evidence.")
class RiskReason:
    message: str = strawberry.field(description="The reason, as a sentence for users.")


@strawberry.type(description="The accuracy of the last week is lower than the accuracy of the three weeks before.")
class FallingTrend(RiskReason):
    recent_answers: int = strawberry.field(description="The number of answers in the last week.")
    recent_accuracy: float = strawberry.field(description="The share of correct answers in the last week, 0..1.")
    before_answers: int = strawberry.field(description="The number of answers in the three weeks before.")
    before_accuracy: float = strawberry.field(description="The share of correct answers in these three weeks, 0..1.")

    @classmethod
    def of(cls, trend: domain.Trend) -> Self:
        return cls(
            message=trend.in_words(),
            recent_answers=trend.recent,
            recent_accuracy=round(trend.recent_accuracy, DIGITS),
            before_answers=trend.before,
            before_accuracy=round(trend.before_accuracy, DIGITS),
        )


@strawberry.type(
    description="The mastery of a topic is falling: its velocity is below the bound of its parameter set, by default "
    "-0.05."
)
class FallingTopic(RiskReason):
    skill_code: strawberry.ID = strawberry.field(description="The code of the topic's skill.")
    velocity: float = strawberry.field(description="The change of the topic's mastery at the last answer.")

    @strawberry.field(description="The skill. Null if it does not exist any more.")
    async def skill(self, info: Info) -> Skill | None:
        return await Skill.load(info, self.skill_code)

    @classmethod
    def of(cls, code: str, velocity: float) -> Self:
        return cls(message=domain.falling_in_words(code, velocity), skill_code=strawberry.ID(code), velocity=velocity)


@strawberry.type(description="A root cause: a weak concept without an earlier weak concept, which blocks later ones.")
class RootCauseReason(RiskReason, JudgedByThresholds):
    concept_id: strawberry.ID = strawberry.field(description="The id of the root cause.")
    blocks: int = strawberry.field(description="The number of weak concepts that come after the root cause.")
    level: float = strawberry.field(description="The student's level in the root cause, 0..1.")
    status: Status = strawberry.field(description=STATUS_OF_WEAK)
    threshold: float = strawberry.field(description="Levels below this counted as weak, 0..1.")

    def judged(self) -> Target:
        """The root cause, whose thresholds decide the status."""
        return concept(self.concept_id)

    @strawberry.field(description="The root cause. Null if it does not exist any more.")
    async def concept(self, info: Info) -> Concept | None:
        return await Concept.load(info, self.concept_id)

    @classmethod
    def of(cls, cause: domain.RootCauseReason) -> Self:
        return cls(
            message=cause.in_words(),
            concept_id=strawberry.ID(cause.concept_id),
            blocks=cause.blocks,
            level=cause.level,
            status=cause.status,
            threshold=cause.weak.threshold,
        )


@strawberry.type(description="A concept that is still weak after many answers.")
class StuckConcept(JudgedByThresholds):
    concept_id: strawberry.ID = strawberry.field(description="The id of the concept.")
    level: float = strawberry.field(description="The student's level in the concept, 0..1.")
    status: Status = strawberry.field(description=STATUS_OF_WEAK)
    attempts: int = strawberry.field(description="The number of answers that count towards the concept.")

    def judged(self) -> Target:
        """The concept, whose thresholds decide the status."""
        return concept(self.concept_id)

    @strawberry.field(description="The concept. Null if it does not exist any more.")
    async def concept(self, info: Info) -> Concept | None:
        return await Concept.load(info, self.concept_id)

    @classmethod
    def of(cls, stuck: domain.Stuck) -> Self:
        return cls(
            concept_id=strawberry.ID(stuck.concept_id), level=stuck.level, status=stuck.status, attempts=stuck.attempts
        )


@strawberry.type(description="Concepts that do not improve with practice.")
class Stagnation(RiskReason):
    missed_ids: list[strawberry.ID] = strawberry.field(
        description="The ids of concepts that free-text answers missed repeatedly and that are not mastered."
    )
    stuck_ids: list[strawberry.ID] = strawberry.field(
        description="The ids of concepts that are still weak after many answers."
    )
    stuck: list[StuckConcept] = strawberry.field(
        description="The concepts of stuckIds with level, status and answers, in the same order."
    )
    threshold: float = strawberry.field(description="Levels below this counted as weak, 0..1.")
    stuck_attempts: int = strawberry.field(description="The minimum number of answers of a stuck concept.")

    @strawberry.field(description="The concepts of missedIds and stuckIds, in order of id.")
    async def concepts(self, info: Info) -> list[Concept]:
        return await Concept.load_many(info, sorted({*self.missed_ids, *self.stuck_ids}))

    @classmethod
    def of(cls, student: domain.Student, weak: WeakRulesOf, rule: RiskRule) -> Self:
        return cls(
            message=domain.stagnation_in_words(student.missed, student.stuck, rule),
            missed_ids=[strawberry.ID(key) for key in student.missed],
            stuck_ids=[strawberry.ID(each.concept_id) for each in student.stuck],
            stuck=[StuckConcept.of(each) for each in student.stuck],
            threshold=weak.default.threshold,
            stuck_attempts=rule.least_stuck(weak.default),
        )


@strawberry.type(description="A student without recent practice.")
class Inactivity(RiskReason):
    last_practiced_at: datetime | None = strawberry.field(
        description="The time of the last answer. Null if the student never answered."
    )
    days: float | None = strawberry.field(
        description="The number of days since the last answer. Null if the student never answered."
    )

    @classmethod
    def of(cls, student: domain.Student, as_of: datetime) -> Self:
        days = student.idle_days(as_of)
        return cls(message=domain.inactivity_in_words(days), last_practiced_at=student.last_practiced_at, days=days)


@strawberry.type(description="A student who may need help.")
class StudentAtRisk:
    student_id: strawberry.ID = strawberry.field(description="The student's id; a pseudonym for analysts.")
    reasons: list[RiskReason] = strawberry.field(description="The reasons, each with its evidence.")

    @strawberry.field(description="The student. Null if the student does not exist any more.")
    async def student(
        self, info: Info
    ) -> Annotated["Student", strawberry.lazy("graph_api.schema.learners.student")] | None:
        from graph_api.schema.learners.student import Student  # noqa: PLC0415 - the two nouns know each other

        return await Student.load(info, self.student_id)

    @classmethod
    def of(cls, student: domain.Student, report: RiskReport) -> Self:
        reasons: list[RiskReason] = []
        if student.trend.falls(report.risk.drop):
            reasons.append(FallingTrend.of(student.trend))
        reasons += [FallingTopic.of(code, velocity) for code, velocity in student.falling.items()]
        reasons += [RootCauseReason.of(cause) for cause in student.causes]
        if student.missed or student.stuck:
            reasons.append(Stagnation.of(student, report.weak, report.risk))
        if student.inactive(report.risk, report.as_of):
            reasons.append(Inactivity.of(student, report.as_of))
        return cls(student_id=strawberry.ID(student.id), reasons=reasons)


@strawberry.type(description="The students of a group who may need help, and the rules that selected them.")
class AtRisk:
    rule: str = strawberry.field(description="The rules, as a sentence for users.")
    members_checked: int = strawberry.field(description="The number of members that were examined.")
    at_risk_count: int | None = strawberry.field(
        description="The number of members who may need help. Null for analysts if this is less than the minimum group "
        "size; `students` is then empty."
    )
    students: list[StudentAtRisk] = strawberry.field(
        description="The members who may need help: the most kinds of reasons first, then the lowest mean level."
    )
    threshold: float = strawberry.field(description="Levels below this counted as weak, 0..1.")
    min_attempts: int = strawberry.field(description="The minimum number of answers of a weak concept.")
    mastered_from: float = strawberry.field(
        description="Levels of at least this counted as mastered, 0..1. A mastered concept is never a reason."
    )
    stuck_attempts: int = strawberry.field(description="The minimum number of answers of a stuck concept.")
    drop: float = strawberry.field(description="The minimum fall in accuracy that counted as a falling trend, 0..1.")
    inactive_days: int = strawberry.field(description="Students without practice for more days counted as inactive.")

    @classmethod
    def of(cls, report: RiskReport, limit: int) -> Self:
        weak, risk = report.weak.default, report.risk
        return cls(
            rule=report.rule,
            members_checked=report.members,
            at_risk_count=report.total,
            students=[StudentAtRisk.of(student, report) for student in report.students[:limit]],
            threshold=weak.threshold,
            min_attempts=weak.min_attempts,
            mastered_from=weak.mastered,
            stuck_attempts=risk.least_stuck(weak),
            drop=risk.drop,
            inactive_days=risk.inactive_days,
        )


@strawberry.type
class GroupAtRisk:
    if TYPE_CHECKING:
        id: strawberry.ID

    @strawberry.field(description="The members who may need help, with reasons.")
    async def at_risk(
        self,
        info: Info,
        inactive_days: Annotated[
            int, strawberry.argument(description="Students without practice for more days count as inactive.")
        ] = DEFAULT_RULE.inactive_days,
        drop: Annotated[
            float,
            strawberry.argument(
                description="The minimum fall in accuracy that counts as a falling trend, 0..1; it must also exceed "
                "chance."
            ),
        ] = DEFAULT_RULE.drop,
        stuck_attempts: Annotated[
            int, strawberry.argument(description="A concept that is still weak after this many answers is stuck.")
        ] = DEFAULT_RULE.stuck_attempts,
        threshold: Threshold = None,
        min_attempts: MinAttempts = None,
        as_of: Annotated[datetime | None, strawberry.argument(description=AS_OF)] = None,
        first: First = 20,
        skill_codes: SkillCodes = None,
        course_id: CourseId = None,
        all_courses: AllCourses = False,
    ) -> AtRisk:
        limit, falling = bounded(first), info.context.services.topic_set.parameters.falling
        risk, weak = RiskRule(inactive_days, drop, stuck_attempts), await rules_of(info, threshold, min_attempts)
        at, is_past = moment(info, as_of), as_of is not None
        scope = await scope_of_group(info, self.id, skill_codes, course_id, all_courses)
        read = partial(read_at_risk, weak=weak, risk=risk, falling=falling, as_of=at, is_past=is_past, scope=scope)
        return AtRisk.of(await read(await analysis_of(info), self.id), limit)


REASONS = (FallingTrend, FallingTopic, RootCauseReason, Stagnation, Inactivity)
"""The types behind the interface, which the schema cannot find by itself."""
