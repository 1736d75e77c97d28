"""From a concept or skill to its students: masteries, counts by status, questions (Q14)."""

from datetime import datetime
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.domain.learners.level_lists import LevelFilter, LevelOrder, OrderBy, Place
from graph_api.domain.targets import Target
from graph_api.schema.context import Info
from graph_api.schema.learners.question_analysis import TargetQuestions
from graph_api.schema.learners.status_counts import Status, StatusCount
from graph_api.schema.paging import DEFAULT_FIRST, After, Connection, First, constant, page
from graph_api.store.target_questions import QuestionCount
from graph_api.usecases.learners.list_students_of_target import (
    LevelsOf,
    MasteriesPage,
    QuestionsOf,
    count_of_target,
    count_statuses_of_target,
    list_of_target,
)

if TYPE_CHECKING:
    from graph_api.schema.learners.mastery import Mastery

Statuses = Annotated[list[Status] | None, strawberry.argument(description="Only levels with these statuses.")]
Below = Annotated[float | None, strawberry.argument(description="Only levels below this, 0..1.")]
Above = Annotated[float | None, strawberry.argument(description="Only levels above this, 0..1.")]
GroupId = Annotated[strawberry.ID | None, strawberry.argument(description="Only members of this group.")]


@strawberry.enum(
    description="The order of the masteries of one concept or skill. Ties are ordered by the student's id."
)
class StudentMasteryOrder(Enum):
    LEVEL_ASC = strawberry.enum_value("LEVEL_ASC", description="Lowest level first.")
    LEVEL_DESC = strawberry.enum_value("LEVEL_DESC", description="Highest level first.")
    ATTEMPTS_ASC = strawberry.enum_value("ATTEMPTS_ASC", description="Fewest answers first.")
    ATTEMPTS_DESC = strawberry.enum_value("ATTEMPTS_DESC", description="Most answers first.")
    LAST_PRACTICED_ASC = strawberry.enum_value("LAST_PRACTICED_ASC", description="Least recently practised first.")
    LAST_PRACTICED_DESC = strawberry.enum_value("LAST_PRACTICED_DESC", description="Most recently practised first.")
    STUDENT_ASC = strawberry.enum_value("STUDENT_ASC", description="By the student's id.")
    STUDENT_DESC = strawberry.enum_value("STUDENT_DESC", description="By the student's id, the last first.")

    def parse(self) -> LevelOrder:
        """The order."""
        by, _, direction = self.name.rpartition("_")
        return LevelOrder(OrderBy(by), descending=direction == "DESC")

    def key(self) -> tuple[type, type]:
        """The types of a sort key."""
        return {
            OrderBy.LEVEL: (float, str),
            OrderBy.ATTEMPTS: (int, str),
            OrderBy.LAST_PRACTICED: (datetime, str),
            OrderBy.STUDENT: (str, str),
        }[self.parse().by]


@strawberry.type(description="A question that was answered for a concept or skill.")
class AnsweredQuestion:
    question_id: strawberry.ID = strawberry.field(description="The client's id of the question.")
    answers: int = strawberry.field(description="The number of answers to the question that count towards the target.")
    correct: int = strawberry.field(description="The number of these answers that are correct.")
    students: int = strawberry.field(description="The number of students who gave these answers.")

    @classmethod
    def of(cls, question: QuestionCount) -> Self:
        return cls(**{**question._asdict(), "question_id": strawberry.ID(question.question_id)})


@strawberry.type
class TargetStudents(TargetQuestions):
    """The fields of a concept or skill about its students, and about its questions."""

    if TYPE_CHECKING:

        def target(self) -> Target: ...

    @strawberry.field(
        description="The masteries of the students who have answered, one per student. For students without answers "
        "see `students(targetId:, status: NOT_STARTED)`. A page costs the same wherever it is. A mastery that "
        "does not change between two pages is neither lost nor repeated; one whose level moves across the cursor may "
        "be, except in order of student. Students see their own mastery only, and teachers those of their groups. "
        "Analysts see pseudonyms. Null for analysts if the list has fewer students than the minimum group size."
    )
    async def masteries(
        self,
        info: Info,
        status: Statuses = None,
        below: Below = None,
        above: Above = None,
        group_id: GroupId = None,
        min_attempts: Annotated[int, strawberry.argument(description="The minimum number of answers.")] = 0,
        order_by: Annotated[
            StudentMasteryOrder, strawberry.argument(description="The order of the masteries.")
        ] = StudentMasteryOrder.STUDENT_ASC,
        first: First = DEFAULT_FIRST,
        after: After = None,
    ) -> Connection[Annotated["Mastery", strawberry.lazy("graph_api.schema.learners.mastery")]] | None:
        matching = LevelFilter(None if status is None else frozenset(status), below, above, min_attempts)
        levels = LevelsOf(self.target(), group_id, matching, await info.context.thresholds())
        return await list_masteries(info, levels, order_by, first, after)

    @strawberry.field(
        description="The number of students with each status: of all students, or of a group. Students without "
        "answers are NOT_STARTED. Students count only themselves, and teachers the students of their groups. Analysts "
        "do not see statuses of fewer students than the minimum group size, nor those that would reveal them by "
        "subtraction."
    )
    async def status_counts(self, info: Info, group_id: GroupId = None) -> list[StatusCount]:
        levels = LevelsOf(self.target(), group_id, LevelFilter(), await info.context.thresholds())
        counted = await count_statuses_of_target(info.context.loaders, levels)
        return [] if counted is None else StatusCount.list(counted.counts, counted.students)

    @strawberry.field(
        description="The questions that answers to the concept or skill name, in order of id. Students see the "
        "questions of their own answers only, and teachers those of their groups."
    )
    async def questions(
        self, info: Info, group_id: GroupId = None, first: First = DEFAULT_FIRST, after: After = None
    ) -> Connection[AnsweredQuestion]:
        wanted = page(first, after, "questions", self.target(), group_id)
        (start,) = wanted.after or ("",)
        key = QuestionsOf(self.target(), group_id, start, wanted.limit)
        if (listed := await info.context.loaders.questions_of_target.load(key)) is None:
            raise LookupError(f"the questions of {self.target().key} were not read")
        return wanted.connection(
            listed.questions, AnsweredQuestion.of, lambda each: [each.question_id], constant(listed.total)
        )


async def list_masteries(
    info: Info, levels: LevelsOf, order_by: StudentMasteryOrder, first: int, after: str | None
) -> "Connection[Mastery] | None":
    """The page of the masteries of a target."""
    from graph_api.schema.learners.mastery import Mastery  # noqa: PLC0415 - a mastery knows its concept or skill

    order, loaders = order_by.parse(), info.context.loaders
    wanted = page(first, after, "target.masteries", *levels[:3], order, key=order_by.key())
    key = MasteriesPage(levels, order, Place(*wanted.after) if wanted.after else None, wanted.limit)
    if (rows := await list_of_target(loaders, key)) is None:
        return None
    count = partial(count_of_target, loaders, levels)
    return wanted.connection(rows, lambda row: Mastery.of(row, levels.thresholds), order.place, count)
