"""The students of a group who may need help, with reasons (Q6)."""

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.domain.learners import risk as domain
from graph_api.domain.learners import risk_messages as messages
from graph_api.domain.learners.mastery import Status
from graph_api.domain.learners.risk import DEFAULT_RULE, RiskRule
from graph_api.domain.learners.weak_rules import WeakRulesOf
from graph_api.domain.locales import Locale, Phrases
from graph_api.domain.targets import Target, concept, skill
from graph_api.schema.context import AS_OF, Info, moment
from graph_api.schema.course.concept import Concept
from graph_api.schema.course.skill import Skill
from graph_api.schema.learners.analysis import MinAttempts, Threshold, analysis_of, rules_of
from graph_api.schema.learners.locale import LocaleArgument, name_of, phrases
from graph_api.schema.learners.scope import AllCourses, CourseId, SkillCodes, scope_of_group
from graph_api.schema.learners.thresholds import JudgedByThresholds
from graph_api.schema.paging import First, bounded
from graph_api.usecases.learners.explain_level import read_p_next_correct
from graph_api.usecases.learners.read_at_risk import RiskReport, read_at_risk

if TYPE_CHECKING:
    from graph_api.schema.learners.student import Student

DIGITS = 3
STATUS_OF_WEAK = "The status of the level: NEEDS_FOCUS, or LEARNING if the level is at least `thresholds.focus`."


@strawberry.interface(description="A reason why a student may need help, with its evidence.")
class RiskReason:
    @strawberry.field(description="The reason, as a sentence for users, with the names of concepts and skills.")
    async def message(self, info: Info, locale: LocaleArgument = Locale.EN) -> str:
        return await self.describe(info, phrases(locale))

    async def describe(self, info: Info, phrases: Phrases) -> str:
        """The reason in a language."""
        raise NotImplementedError


@strawberry.type(description="The accuracy of the last week is lower than the accuracy of the three weeks before.")
class FallingTrend(RiskReason):
    trend: strawberry.Private[domain.Trend]
    recent_answers: int = strawberry.field(description="The number of answers in the last week.")
    recent_accuracy: float = strawberry.field(description="The share of correct answers in the last week, 0..1.")
    before_answers: int = strawberry.field(description="The number of answers in the three weeks before.")
    before_accuracy: float = strawberry.field(description="The share of correct answers in these three weeks, 0..1.")

    async def describe(self, info: Info, phrases: Phrases) -> str:
        """The reason in a language."""
        return messages.describe_trend(phrases, self.trend)

    @classmethod
    def of(cls, trend: domain.Trend) -> Self:
        return cls(
            trend=trend,
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

    async def describe(self, info: Info, phrases: Phrases) -> str:
        """The reason in a language."""
        return messages.describe_falling_topic(phrases, await name_of(info, skill(self.skill_code)), self.velocity)

    @classmethod
    def of(cls, code: str, velocity: float) -> Self:
        return cls(skill_code=strawberry.ID(code), velocity=velocity)


@strawberry.type
class WithNextAnswer:
    """The field of a reason about one concept that states what the student's next answer will be."""

    student_id: strawberry.Private[str]

    if TYPE_CHECKING:

        def judged(self) -> Target: ...

    @strawberry.field(
        description="The probability that the student's next answer to the concept is correct, by the model in effect; "
        "of the present, whatever `asOf`. Null if the concept does not exist any more."
    )
    async def p_next_correct(self, info: Info) -> float | None:
        return await read_p_next_correct(info.context.loaders, self.student_id, self.judged())


@strawberry.type(description="A root cause: a weak concept without an earlier weak concept, which blocks later ones.")
class RootCauseReason(RiskReason, WithNextAnswer, JudgedByThresholds):
    cause: strawberry.Private[domain.RootCauseReason]
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

    async def describe(self, info: Info, phrases: Phrases) -> str:
        """The reason in a language."""
        return messages.describe_root_cause(phrases, await name_of(info, concept(self.concept_id)), self.cause)

    @classmethod
    def of(cls, cause: domain.RootCauseReason, student_id: str) -> Self:
        return cls(
            student_id=student_id,
            cause=cause,
            concept_id=strawberry.ID(cause.concept_id),
            blocks=cause.blocks,
            level=cause.level,
            status=cause.status,
            threshold=cause.weak.threshold,
        )


@strawberry.type(description="A concept that is still weak after many answers.")
class StuckConcept(WithNextAnswer, JudgedByThresholds):
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
    def of(cls, stuck: domain.Stuck, student_id: str) -> Self:
        return cls(
            student_id=student_id,
            concept_id=strawberry.ID(stuck.concept_id),
            level=stuck.level,
            status=stuck.status,
            attempts=stuck.attempts,
        )


@strawberry.type(description="Concepts that do not improve with practice.")
class Stagnation(RiskReason):
    of_student: strawberry.Private[domain.Student]
    rule: strawberry.Private[RiskRule]
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

    async def describe(self, info: Info, phrases: Phrases) -> str:
        """The reason in a language."""
        ids, student = sorted({*self.missed_ids, *self.stuck_ids}), self.of_student
        stored = await info.context.loaders.concepts.load_many(ids)
        names = {each.id: each.name for each in stored if each}
        return messages.describe_stagnation(phrases, names, student.missed, student.stuck, self.rule)

    @classmethod
    def of(cls, student: domain.Student, weak: WeakRulesOf, rule: RiskRule) -> Self:
        return cls(
            of_student=student,
            rule=rule,
            missed_ids=[strawberry.ID(key) for key in student.missed],
            stuck_ids=[strawberry.ID(each.concept_id) for each in student.stuck],
            stuck=[StuckConcept.of(each, student.id) for each in student.stuck],
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

    async def describe(self, info: Info, phrases: Phrases) -> str:
        """The reason in a language."""
        return messages.describe_inactivity(phrases, self.days)

    @classmethod
    def of(cls, student: domain.Student, as_of: datetime) -> Self:
        days = student.idle_days(as_of)
        return cls(last_practiced_at=student.last_practiced_at, days=days)


@strawberry.type(
    description="Many answers of the last week were rapid guesses: too fast and incorrect, whatever their weight."
)
class RapidGuessing(RiskReason):
    rapid: strawberry.Private[domain.RapidGuesses]
    answers: int = strawberry.field(description="The number of answers in the last week that have a response time.")
    guesses: int = strawberry.field(description="The number of rapid guesses among them.")
    share: float = strawberry.field(description="The share of rapid guesses, 0..1.")
    seconds: float = strawberry.field(
        description="Incorrect answers in less time, in seconds, are rapid guesses. The evidence parameters in effect "
        "set this time."
    )

    async def describe(self, info: Info, phrases: Phrases) -> str:
        """The reason in a language."""
        return messages.describe_rapid_guesses(phrases, self.rapid)

    @classmethod
    def of(cls, rapid: domain.RapidGuesses) -> Self:
        return cls(
            rapid=rapid,
            answers=rapid.timed,
            guesses=rapid.guesses,
            share=round(rapid.share, DIGITS),
            seconds=rapid.seconds,
        )


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
        reasons += [RootCauseReason.of(cause, student.id) for cause in student.causes]
        if student.missed or student.stuck:
            reasons.append(Stagnation.of(student, report.weak, report.risk))
        if student.inactive(report.risk, report.as_of):
            reasons.append(Inactivity.of(student, report.as_of))
        if student.rapid.is_frequent(report.risk.rapid_share):
            reasons.append(RapidGuessing.of(student.rapid))
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
    rapid_share: float = strawberry.field(
        description="The minimum share of rapid guesses that counted as a reason, 0..1; at least 5 are needed."
    )

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
            rapid_share=risk.rapid_share,
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
        rapid_share: Annotated[
            float,
            strawberry.argument(
                description="The minimum share of rapid guesses among the answers of the last week, 0..1; at least 5."
            ),
        ] = DEFAULT_RULE.rapid_share,
        threshold: Threshold = None,
        min_attempts: MinAttempts = None,
        as_of: Annotated[datetime | None, strawberry.argument(description=AS_OF)] = None,
        first: First = 20,
        skill_codes: SkillCodes = None,
        course_id: CourseId = None,
        all_courses: AllCourses = False,
    ) -> AtRisk:
        limit, falling = bounded(first), info.context.services.topic_set.parameters.falling
        risk = RiskRule(inactive_days, drop, stuck_attempts, rapid_share)
        weak = await rules_of(info, threshold, min_attempts)
        at, is_past = moment(info, as_of), as_of is not None
        scope = await scope_of_group(info, self.id, skill_codes, course_id, all_courses)
        read = partial(read_at_risk, weak=weak, risk=risk, falling=falling, as_of=at, is_past=is_past, scope=scope)
        return AtRisk.of(await read(await analysis_of(info), self.id), limit)


REASONS = (FallingTrend, FallingTopic, RootCauseReason, Stagnation, Inactivity, RapidGuessing)
"""The types behind the interface, which the schema cannot find by itself."""
