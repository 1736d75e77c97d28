"""Students: type, queries, mutations."""

from collections.abc import Awaitable
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.domain.answers import answers as answers_domain
from graph_api.domain.learners import people as domain
from graph_api.domain.learners.mastery import Status, level_at
from graph_api.domain.targets import Target, TargetKind, skill
from graph_api.schema.context import Info
from graph_api.schema.course.skill import Search
from graph_api.schema.learners.answer import ORDER_KEY, Answer, key_of_order, order_of_key
from graph_api.schema.learners.due import StudentDue
from graph_api.schema.learners.explain import StudentExplained
from graph_api.schema.learners.learning_curve import StudentLearningCurve
from graph_api.schema.learners.mastery import Mastery, MasteryOrder
from graph_api.schema.learners.next_steps import StudentNextSteps
from graph_api.schema.learners.root_causes import StudentRootCauses, rule_of
from graph_api.schema.learners.thresholds import WeakListRule, WeakMeasure
from graph_api.schema.learners.topic import StudentTopics
from graph_api.schema.loaders import AnswersPage
from graph_api.schema.node import Node, node_id
from graph_api.schema.paging import DEFAULT_FIRST, After, Connection, First, bounded, page
from graph_api.schema.targets import one_target
from graph_api.store import answers as answer_store
from graph_api.store import students as store
from graph_api.store.answers import AnswerFilter
from graph_api.usecases.computing import compute
from graph_api.usecases.learners.choose_masteries import (
    WEAK_SCORE,
    MasteryFilter,
    choose_masteries,
    choose_weak,
    choose_weak_by_recency,
)

if TYPE_CHECKING:
    from graph_api.schema.learners.group import Group

ConceptIdFilter = Annotated[
    strawberry.ID | None, strawberry.argument(description="Only what counts towards this concept.")
]
SkillCodeFilter = Annotated[
    strawberry.ID | None, strawberry.argument(description="Only what counts towards this skill.")
]
ConceptIdChoice = Annotated[strawberry.ID | None, strawberry.argument(description="A concept; or give skillCode.")]
SkillCodeChoice = Annotated[strawberry.ID | None, strawberry.argument(description="A skill; or give conceptId.")]
KindFilter = Annotated[TargetKind | None, strawberry.argument(description="Only concepts, or only skills.")]


@strawberry.enum(
    description="The order of answers: by time; answers with equal times by recording time, then by their place in "
    "the call or file, then by id."
)
class AnswerOrder(Enum):
    """Orders of answers."""

    NEWEST_FIRST = strawberry.enum_value("NEWEST_FIRST", description="From the latest.")
    OLDEST_FIRST = strawberry.enum_value("OLDEST_FIRST", description="From the earliest.")


@strawberry.enum(description="The order of students.")
class StudentOrder(Enum):
    """Orders of students."""

    ID = strawberry.enum_value("ID", description="By id.")
    NAME = strawberry.enum_value("NAME", description="By name.")


@strawberry.type(description="A student.")
class Student(
    Node,
    StudentLearningCurve,
    StudentExplained,
    StudentRootCauses,
    StudentNextSteps,
    StudentDue,
    StudentTopics,
):
    """A student, with everything known about what they know."""

    id: strawberry.ID = strawberry.field(description="What the client calls them.")
    name: str = strawberry.field(description="What people call them; may be empty.")

    @strawberry.field(description="What they know of every concept and skill they have answered about.")
    async def masteries(
        self,
        info: Info,
        kind: KindFilter = None,
        status: Annotated[
            list[Status] | None, strawberry.argument(description="Only these: NEEDS_FOCUS, MASTERED …")
        ] = None,
        skill_code: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="Only this skill and the concepts that are part of it."),
        ] = None,
        min_attempts: Annotated[int, strawberry.argument(description="Only with at least so many answers.")] = 1,
        order_by: Annotated[MasteryOrder, strawberry.argument(description="Their order.")] = MasteryOrder.TARGET,
        first: First = DEFAULT_FIRST,
        after: After = None,
    ) -> Connection[Mastery]:
        """A page of masteries."""
        wanted = page(
            first, after, "masteries", self.id, kind, sorted(s.value for s in status or ()), skill_code,
            min_attempts, order_by.value, key=(float, str, str),
        )  # fmt: skip
        thresholds, loaders = info.context.services.thresholds, info.context.loaders
        rows = await loaders.masteries_of_student.load(self.id)
        targets = None
        if skill_code is not None:
            ids = await loaders.concept_ids_of_skill.load(skill_code)
            targets = {skill(skill_code), *(Target(TargetKind.CONCEPT, key) for key in ids)}
        fits = MasteryFilter(kind, status, targets, min_attempts)
        fitting = choose_masteries(rows, fits, thresholds, order_by.key())

        async def count() -> int:
            return len(fitting)

        return wanted.connection(
            wanted.slice(fitting, order_by.key()),
            lambda row: Mastery.of(row, thresholds),
            order_by.key(),
            count,
        )

    @strawberry.field(
        description="What they know of one concept or skill; NOT_STARTED with the prior before the first answer, "
        "null if there is no such concept or skill."
    )
    async def mastery(
        self, info: Info, concept_id: ConceptIdChoice = None, skill_code: SkillCodeChoice = None
    ) -> Mastery | None:
        """One mastery."""
        target, loaders = one_target(concept_id, skill_code), info.context.loaders
        for row in await loaders.masteries_of_student.load(self.id):
            if row.target == target:
                return Mastery.of(row, info.context.services.thresholds)
        in_force = await loaders.set_of_level(self.id, target)
        return Mastery.not_started(self.id, target, in_force) if in_force else None

    @strawberry.field(description="What they are weak in, weakest first (Q1).")
    async def weak_skills(
        self,
        info: Info,
        threshold: Annotated[
            float | None,
            strawberry.argument(
                description="Levels below this count as weak, 0..1; what is MASTERED never does. Null: the configured "
                "value, 0.5 unless changed; see `serviceInfo { thresholds }`."
            ),
        ] = None,
        min_attempts: Annotated[
            int | None,
            strawberry.argument(
                description="The minimum number of answers. Null: the configured value, 5 unless changed."
            ),
        ] = None,
        kind: Annotated[TargetKind, strawberry.argument(description="Skills, or concepts.")] = TargetKind.SKILL,
        first: First = DEFAULT_FIRST,
    ) -> list[Mastery]:
        """Weak skills, or weak concepts."""
        limit, thresholds = bounded(first), info.context.services.thresholds
        rule = rule_of(info, threshold, None if min_attempts is None else max(min_attempts, 1))
        rows = await info.context.loaders.masteries_of_student.load(self.id)
        used = WeakListRule.of(rule)
        return [Mastery.of(row, thresholds, used) for row in choose_weak(rows, kind, rule)[:limit]]

    @strawberry.field(
        description="What they have been weak in lately: skills by recency score, weakest first (R4). The score counts "
        "recent answers only, so a skill can be MASTERED by its level and still be listed; each mastery has its status."
    )
    async def weak_by_recency(
        self,
        info: Info,
        threshold: Annotated[float, strawberry.argument(description="Weak is a score below this, 0..1.")] = WEAK_SCORE,
        *,
        include_insufficient_data: Annotated[
            bool, strawberry.argument(description="Also skills without enough recent answers; their score is 0.")
        ] = False,
        first: First = DEFAULT_FIRST,
    ) -> list[Mastery]:
        """Skills that are weak by recency."""
        loaders, limit = info.context.loaders, bounded(first)
        scores = await loaders.recency_of_student.load(self.id) or {}
        rows = await loaders.masteries_of_student.load(self.id)
        weak = choose_weak_by_recency(rows, scores, threshold, include_insufficient_data=include_insufficient_data)
        thresholds = info.context.services.thresholds
        rules = [
            WeakListRule(
                measure=WeakMeasure.RECENCY,
                threshold=threshold,
                min_attempts=0 if include_insufficient_data else scores[row.target.key].breakdown.required,
            )
            for row in weak[:limit]
        ]
        return [Mastery.of(row, thresholds, rule) for row, rule in zip(weak, rules, strict=False)]

    @strawberry.field(description="Their answers.")
    async def answers(
        self,
        info: Info,
        since: Annotated[
            datetime | None, strawberry.argument(description="Given at this time or later, with an offset.")
        ] = None,
        until: Annotated[
            datetime | None, strawberry.argument(description="Given before this time, with an offset.")
        ] = None,
        concept_id: ConceptIdFilter = None,
        skill_code: SkillCodeFilter = None,
        session_id: Annotated[strawberry.ID | None, strawberry.argument(description="Only of this session.")] = None,
        question_id: Annotated[strawberry.ID | None, strawberry.argument(description="Only to this question.")] = None,
        correct: Annotated[bool | None, strawberry.argument(description="Only right, or only wrong ones.")] = None,
        order_by: Annotated[AnswerOrder, strawberry.argument(description="Their order.")] = AnswerOrder.NEWEST_FIRST,
        first: First = DEFAULT_FIRST,
        after: After = None,
    ) -> Connection[Answer]:
        """A page of answers."""
        start_at, end_at = (m and answers_domain.in_utc(m, name) for m, name in ((since, "since"), (until, "until")))
        fits = AnswerFilter(start_at, end_at, concept_id, skill_code, session_id, question_id, correct)
        wanted = page(first, after, "answers", self.id, fits, order_by.value, key=ORDER_KEY)
        start = None if wanted.after is None else order_of_key(wanted.after)
        newest_first = order_by is AnswerOrder.NEWEST_FIRST
        rows = await info.context.loaders.answers_page.load(
            AnswersPage(self.id, fits, newest_first, start, wanted.limit)
        )

        def count() -> Awaitable[int]:
            return info.context.gateway.read(lambda tx: answer_store.count(tx, self.id, fits))

        return wanted.connection(rows, Answer.of, lambda answer: key_of_order(answer.order), count)

    @strawberry.field(
        description="The level as of a moment: a replay of the answers given by then, with the parameters that the "
        "current level was computed with. Null if the concept or skill does not exist (Q2)."
    )
    async def level_at(
        self,
        info: Info,
        at: Annotated[datetime, strawberry.argument(description="The moment, with an offset.")],
        concept_id: ConceptIdChoice = None,
        skill_code: SkillCodeChoice = None,
    ) -> float | None:
        """A past level, 0..1."""
        moment = answers_domain.in_utc(at, "at")
        target, loaders = one_target(concept_id, skill_code), info.context.loaders
        if (used := await loaders.set_of_level(self.id, target)) is None:
            return None
        return await compute(level_at, await loaders.evidence.load((self.id, target)), moment, used)

    @strawberry.field(description="The groups they are a member of, in order of id.")
    async def groups(self, info: Info) -> list[Annotated["Group", strawberry.lazy("graph_api.schema.learners.group")]]:
        """Their groups."""
        from graph_api.schema.learners.group import Group  # noqa: PLC0415 - the two nouns know each other

        ids = await info.context.loaders.group_ids_of_student.load(self.id)
        found = await info.context.loaders.groups.load_many(ids)
        return [Group.of(group) for group in found if group]

    @classmethod
    async def load(cls, info: Info, id: str) -> Self | None:
        """The student with an id, or None."""
        found = await info.context.loaders.students.load(id)
        return cls.of(found) if found else None

    @classmethod
    def of(cls, student: domain.Student) -> Self:
        """The schema's view of a student."""
        return cls(node_id=node_id("Student", student.id), id=strawberry.ID(student.id), name=student.name or "")


@strawberry.type
class StudentQuery:
    """Queries about students."""

    @strawberry.field(description="The student with this id, or null.")
    async def student(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Their id.")],
    ) -> Student | None:
        """One student."""
        return await Student.load(info, id)

    @strawberry.field(description="Students.")
    async def students(
        self,
        info: Info,
        group_id: Annotated[strawberry.ID | None, strawberry.argument(description="Only members of a group.")] = None,
        search: Search = None,
        order_by: Annotated[StudentOrder, strawberry.argument(description="Their order.")] = StudentOrder.ID,
        first: First = DEFAULT_FIRST,
        after: After = None,
    ) -> Connection[Student]:
        """A page of students."""
        gateway, text = info.context.gateway, search and search.lower()
        wanted = page(first, after, "students", group_id, text, order_by.value, key=(str, str))
        start_name, start_id = wanted.after or ("", "")

        def count() -> Awaitable[int]:
            return gateway.read(lambda tx: store.count(tx, group_id=group_id, search=text))

        after_name = start_name if order_by is StudentOrder.NAME else None
        rows = await gateway.read(
            lambda tx: store.read_page(
                tx, after_id=start_id, after_name=after_name, group_id=group_id, search=text, limit=wanted.limit
            )
        )
        return wanted.connection(rows, Student.of, lambda student: [student.name, student.id], count)
