"""Students: type, queries, mutations."""

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.domain.answers.answers import in_utc
from graph_api.domain.learners import people as domain
from graph_api.domain.learners.mastery import Status, level_at
from graph_api.domain.learners.weak_lists import WeakMeasure, choose_weak
from graph_api.domain.learners.weak_rules import WeakRules
from graph_api.domain.targets import TargetKind
from graph_api.schema.context import Info
from graph_api.schema.course.course import Course, load_courses
from graph_api.schema.learners.activity import StudentActivity
from graph_api.schema.learners.analysis import rules_of
from graph_api.schema.learners.answer import ORDER_KEY, Answer
from graph_api.schema.learners.answer_pages import list_answers
from graph_api.schema.learners.due import StudentDue
from graph_api.schema.learners.explain import StudentExplained
from graph_api.schema.learners.inferred_levels import StudentInferredLevels
from graph_api.schema.learners.judgement_lists import StudentJudgements
from graph_api.schema.learners.learning_curve import StudentLearningCurve
from graph_api.schema.learners.learning_speed import StudentLearningSpeed
from graph_api.schema.learners.lists import connect
from graph_api.schema.learners.mastery import Mastery, MasteryOrder, in_order
from graph_api.schema.learners.next_steps import StudentNextSteps
from graph_api.schema.learners.root_causes import StudentRootCauses
from graph_api.schema.learners.strong_skills import StudentStrongSkills
from graph_api.schema.learners.student_placements import StudentPlacements
from graph_api.schema.learners.student_sessions import StudentSessions
from graph_api.schema.learners.student_summary import StudentSummaryFields
from graph_api.schema.learners.student_trends import StudentTrends
from graph_api.schema.learners.thresholds import WeakListRule
from graph_api.schema.learners.topic import StudentTopics
from graph_api.schema.node import Node, node_id
from graph_api.schema.paging import DEFAULT_FIRST, After, Connection, First, IncludeArchived, bounded, page
from graph_api.schema.targets import one_target
from graph_api.store.answers import AnswerFilter
from graph_api.store.rosters import Listed
from graph_api.usecases.computing import compute
from graph_api.usecases.learners.choose_masteries import (
    WEAK_SCORE,
    MasteryFilter,
    read_masteries,
    read_weak_by_recency,
)

if TYPE_CHECKING:
    from graph_api.schema.learners.group import Group

ConceptIdFilter = Annotated[
    strawberry.ID | None, strawberry.argument(description="Only answers that count towards this concept.")
]
SkillCodeFilter = Annotated[
    strawberry.ID | None, strawberry.argument(description="Only answers that count towards this skill.")
]
ConceptIdChoice = Annotated[strawberry.ID | None, strawberry.argument(description="The concept; or give skillCode.")]
SkillCodeChoice = Annotated[strawberry.ID | None, strawberry.argument(description="The skill; or give conceptId.")]
WeakThreshold = Annotated[
    float | None,
    strawberry.argument(
        description="Levels that do not reach this count as weak, 0..1; MASTERED never does. Null: the weak threshold "
        "of each concept or skill, 0.5 by default; see `Mastery.thresholds`."
    ),
]
WeakAttempts = Annotated[
    int | None,
    strawberry.argument(
        description="The minimum number of answers. Null: that of each concept or skill, 5 by default."
    ),
]
KindFilter = Annotated[TargetKind | None, strawberry.argument(description="Only concepts, or only skills.")]


@strawberry.enum(
    description="The order of answers by time. Answers with equal times are ordered by recording time, "
    "then by their place in the call or file, then by id."
)
class AnswerOrder(Enum):
    NEWEST_FIRST = strawberry.enum_value("NEWEST_FIRST", description="Latest first.")
    OLDEST_FIRST = strawberry.enum_value("OLDEST_FIRST", description="Earliest first.")


async def weak_rules(info: Info, threshold: float | None, min_attempts: int | None) -> WeakRules:
    """The rules of a weak list: as given, else by the thresholds of each concept or skill."""
    return await rules_of(info, threshold, None if min_attempts is None else max(min_attempts, 1))


@strawberry.type(description="A student.")
class Student(
    Node,
    StudentLearningCurve,
    StudentLearningSpeed,
    StudentExplained,
    StudentRootCauses,
    StudentNextSteps,
    StudentInferredLevels,
    StudentDue,
    StudentTopics,
    StudentStrongSkills,
    StudentSummaryFields,
    StudentSessions,
    StudentPlacements,
    StudentJudgements,
    StudentTrends,
    StudentActivity,
):
    id: strawberry.ID = strawberry.field(description="The client's id of the student.")
    name: str = strawberry.field(description="The name of the student. Empty if it is not known.")
    recency_at_session_end: bool | None = strawberry.field(
        description="Whether the end of a session recomputes the student's recency scores. Null follows the service's "
        "setting, `serviceInfo { recencyAtSessionEnd }`."
    )

    @strawberry.field(description="The student's mastery of each concept and skill with answers or judgements.")
    async def masteries(
        self,
        info: Info,
        kind: KindFilter = None,
        status: Annotated[list[Status] | None, strawberry.argument(description="Only these statuses.")] = None,
        skill_code: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="Only this skill and the concepts that are part of it."),
        ] = None,
        min_attempts: Annotated[int, strawberry.argument(description="The minimum number of answers.")] = 0,
        order_by: Annotated[
            MasteryOrder, strawberry.argument(description="The order of the masteries.")
        ] = MasteryOrder.TARGET,
        first: First = DEFAULT_FIRST,
        after: After = None,
        *,
        include_archived: IncludeArchived = False,
    ) -> Connection[Mastery]:
        scope = (kind, sorted(each.value for each in status or ()), skill_code, min_attempts, order_by.value)
        wanted = page(first, after, "masteries", self.id, *scope, include_archived, key=(float, str, str))
        thresholds, key = await info.context.thresholds(), order_by.key()
        matching = MasteryFilter(kind, status, skill_code, min_attempts, include_archived)
        rows = await read_masteries(info.context.loaders, self.id, matching, thresholds, key)
        return connect(wanted, rows, lambda row: Mastery.of(row, thresholds), key)

    @strawberry.field(
        description="The student's mastery of one concept or skill. Before the first answer or judgement, NOT_STARTED "
        "with the prior. Null if the concept or skill does not exist."
    )
    async def mastery(
        self, info: Info, concept_id: ConceptIdChoice = None, skill_code: SkillCodeChoice = None
    ) -> Mastery | None:
        return await Mastery.of_student(info, self.id, one_target(concept_id, skill_code))

    @strawberry.field(description="The weak skills or concepts of the student, the lowest value first.")
    async def weak_skills(
        self,
        info: Info,
        threshold: WeakThreshold = None,
        min_attempts: WeakAttempts = None,
        kind: Annotated[
            TargetKind, strawberry.argument(description="Whether the targets are skills or concepts.")
        ] = TargetKind.SKILL,
        first: First = DEFAULT_FIRST,
        measure: Annotated[
            WeakMeasure,
            strawberry.argument(description="The value to compare: LEVEL or ACCURACY. RECENCY: see `weakByRecency`."),
        ] = WeakMeasure.LEVEL,
        order_by: Annotated[
            MasteryOrder | None, strawberry.argument(description="The order. Null: the lowest value first.")
        ] = None,
    ) -> list[Mastery]:
        limit, thresholds = bounded(first), await info.context.thresholds()
        rules = await weak_rules(info, threshold, min_attempts)
        rows = await info.context.loaders.masteries_of_student.load(self.id)
        weak = in_order(choose_weak(rows, kind, rules, measure), order_by)[:limit]
        used = [WeakListRule.of(rules.for_target(row.target), measure) for row in weak]
        return [Mastery.of(row, thresholds, rule) for row, rule in zip(weak, used, strict=True)]

    @strawberry.field(
        description="The rule of `weakSkills` with the same arguments, of concepts and skills that use the thresholds "
        "of the settings. For the others see `Mastery.thresholds`."
    )
    async def weak_list_rule(
        self, info: Info, threshold: WeakThreshold = None, min_attempts: WeakAttempts = None
    ) -> WeakListRule:
        return WeakListRule.of((await weak_rules(info, threshold, min_attempts)).default)

    @strawberry.field(
        description="The skills with a low recency score, the lowest score first. The score counts recent "
        "answers only, so a listed skill may be MASTERED by its level."
    )
    async def weak_by_recency(
        self,
        info: Info,
        threshold: Annotated[
            float, strawberry.argument(description="Scores below this count as weak, 0..1.")
        ] = WEAK_SCORE,
        *,
        include_insufficient_data: Annotated[
            bool,
            strawberry.argument(
                description="Whether to include skills without enough recent answers, whose score is 0."
            ),
        ] = False,
        first: First = DEFAULT_FIRST,
    ) -> list[Mastery]:
        thresholds, loaders, limit = await info.context.thresholds(), info.context.loaders, bounded(first)
        weak = await read_weak_by_recency(
            loaders, self.id, threshold, include_insufficient_data=include_insufficient_data
        )
        rules = [WeakListRule.of_scores(threshold, each.min_attempts) for each in weak[:limit]]
        return [Mastery.of(each.mastery, thresholds, rule) for each, rule in zip(weak, rules, strict=False)]

    @strawberry.field(description="The student's answers.")
    async def answers(
        self,
        info: Info,
        since: Annotated[
            datetime | None,
            strawberry.argument(description="Only answers given at this time or later, with an offset."),
        ] = None,
        until: Annotated[
            datetime | None, strawberry.argument(description="Only answers given before this time, with an offset.")
        ] = None,
        concept_id: ConceptIdFilter = None,
        skill_code: SkillCodeFilter = None,
        session_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only answers of this session.")
        ] = None,
        question_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only answers to this question.")
        ] = None,
        correct: Annotated[
            bool | None, strawberry.argument(description="Only correct answers (true), or only incorrect ones (false).")
        ] = None,
        order_by: Annotated[
            AnswerOrder, strawberry.argument(description="The order of the answers.")
        ] = AnswerOrder.NEWEST_FIRST,
        first: First = DEFAULT_FIRST,
        after: After = None,
    ) -> Connection[Answer]:
        start, end = (time and in_utc(time, name) for time, name in ((since, "since"), (until, "until")))
        matching = AnswerFilter(start, end, concept_id, skill_code, session_id, question_id, correct)
        wanted = page(first, after, "answers", self.id, matching, order_by.value, key=ORDER_KEY)
        return await list_answers(info, wanted, self.id, matching, newest_first=order_by is AnswerOrder.NEWEST_FIRST)

    @strawberry.field(
        description="The level as of a moment: a replay of the answers given by then and of the judgements that count "
        "from then or before, with the parameter set of the current level, 0..1. Null if the concept "
        "or skill does not exist."
    )
    async def level_at(
        self,
        info: Info,
        at: Annotated[datetime, strawberry.argument(description="The moment, with an offset.")],
        concept_id: ConceptIdChoice = None,
        skill_code: SkillCodeChoice = None,
    ) -> float | None:
        moment = in_utc(at, "at")
        target, loaders = one_target(concept_id, skill_code), info.context.loaders
        if (used := await loaders.set_of_level(self.id, target)) is None:
            return None
        return await compute(level_at, await loaders.evidence.load((self.id, target)), moment, used)

    @strawberry.field(description="The groups of the student, in order of id, without archived ones.")
    async def groups(self, info: Info) -> list[Annotated["Group", strawberry.lazy("graph_api.schema.learners.group")]]:
        from graph_api.schema.learners.group import Group  # noqa: PLC0415 - the two nouns know each other

        ids = await info.context.loaders.group_ids_of_student.load(self.id)
        return [Group.of(group) for group in await info.context.loaders.groups.load_many(ids) if group]

    @strawberry.field(
        description="The courses that the student's groups take, in order of id. Next steps, root causes, due targets "
        "and learning curves cover these courses by default; without any course, all skills."
    )
    async def courses(self, info: Info) -> list[Course]:
        return await load_courses(info, await info.context.loaders.course_ids_of_student.load(self.id))

    @classmethod
    async def load(cls, info: Info, id: str) -> Self | None:
        """The student with an id, or None."""
        student = await info.context.loaders.students.load(id)
        return cls.of(student) if student else None

    @classmethod
    def listed(cls, listed: Listed) -> Self:
        """The student of a row of a list."""
        return cls.of(listed.student)

    @classmethod
    def of(cls, student: domain.Student) -> Self:
        return cls(
            node_id=node_id("Student", student.id),
            id=strawberry.ID(student.id),
            name=student.name or "",
            recency_at_session_end=student.recency_at_session_end,
        )


@strawberry.type
class StudentQuery:
    """Queries about students."""

    @strawberry.field(description="The student with this id. Null if the student does not exist.")
    async def student(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The id of the student.")],
    ) -> Student | None:
        return await Student.load(info, id)
