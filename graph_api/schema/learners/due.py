"""The targets that a student should practise again before they are forgotten (Q9)."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.domain.learners.confidence_reasons import confidence_of_recall, reasons_of_recall
from graph_api.domain.learners.forgetting import DUE, Recall
from graph_api.domain.learners.uncertainty import Confidence
from graph_api.domain.locales import Locale
from graph_api.domain.targets import TargetKind
from graph_api.schema.context import AS_OF, Info, moment
from graph_api.schema.learners.confidence_reasons import ConfidenceReason
from graph_api.schema.learners.locale import LocaleArgument, name_of, phrases
from graph_api.schema.learners.mastery import Mastery
from graph_api.schema.learners.scope import AllCourses, CourseId, SkillCodes, scope_of_student
from graph_api.schema.learners.uncertainty import Interval
from graph_api.schema.paging import DEFAULT_FIRST, First, bounded
from graph_api.usecases.learners.list_due import DueRule, DueTarget, read_due


@strawberry.type(description="A target that a student knew and may have forgotten.")
class Due:
    recall: strawberry.Private[Recall]
    mastery: Mastery = strawberry.field(description="The mastery at the moment. Forgetting does not lower its level.")
    retrievability: float = strawberry.field(description="The probability to recall the target at the moment, 0..1.")
    probable_loss: float = strawberry.field(
        description="The probability that the student knew the target and cannot recall it, 0..1: the level times "
        "1 - retrievability. The list is ordered by this."
    )
    interval: Interval = strawberry.field(
        description="A 90 % interval of the retrievability. It allows for differences between the half-lives of "
        "students."
    )
    confidence: Confidence = strawberry.field(description="The confidence in the retrievability.")
    confidence_reasons: list[ConfidenceReason] = strawberry.field(
        description="The reasons why the confidence in the retrievability is not HIGH. Empty if it is."
    )
    half_life_days: float = strawberry.field(
        description="The half-life of recall in days: without practice, the retrievability halves in this time."
    )
    last_practiced_at: datetime = strawberry.field(description="The time of the last answer.")
    below: float = strawberry.field(description="Retrievabilities below this counted as due, 0..1.")
    min_level: float = strawberry.field(description="Levels of at least this counted as known, 0..1.")

    @strawberry.field(description="The reason why the target is due, as a sentence for users, with its name.")
    async def reason(self, info: Info, locale: LocaleArgument = Locale.EN) -> str:
        name = await name_of(info, self.mastery.of_target)
        return phrases(locale).say("due", self.recall.pause, name=name, recall=self.retrievability)

    @classmethod
    def of(cls, due: DueTarget, mastery: Mastery, rule: DueRule) -> Self:
        return cls(
            recall=due.recall,
            mastery=mastery,
            retrievability=due.recall.retrievability,
            probable_loss=due.probable_loss,
            interval=Interval.of(due.recall.interval),
            confidence=confidence_of_recall(due.recall),
            confidence_reasons=[ConfidenceReason.of(each) for each in reasons_of_recall(due.recall)],
            half_life_days=due.recall.half_life,
            last_practiced_at=due.recall.last_practiced_at,
            below=rule.below,
            min_level=rule.min_level_of(due.mastery.target),
        )


@strawberry.type
class StudentDue:
    """The field of a student about forgetting."""

    if TYPE_CHECKING:
        id: strawberry.ID

    @strawberry.field(
        description="The targets that the student knew and may have forgotten, the largest probable loss first."
    )
    async def due(
        self,
        info: Info,
        below: Annotated[float, strawberry.argument(description="Retrievabilities below this are due, 0..1.")] = DUE,
        min_level: Annotated[
            float | None,
            strawberry.argument(
                description="Levels of at least this count as known, 0..1. Null: levels that reach "
                "the weak threshold of their concept or skill."
            ),
        ] = None,
        kind: Annotated[
            TargetKind, strawberry.argument(description="Whether the targets are concepts or skills.")
        ] = TargetKind.CONCEPT,
        as_of: Annotated[datetime | None, strawberry.argument(description=AS_OF)] = None,
        first: First = DEFAULT_FIRST,
        skill_codes: SkillCodes = None,
        course_id: CourseId = None,
        all_courses: AllCourses = False,
    ) -> list[Due]:
        thresholds, limit = await info.context.thresholds(), bounded(first)
        rule, at = DueRule(kind, below, min_level, thresholds), moment(info, as_of)
        scope = await scope_of_student(info, self.id, skill_codes, course_id, all_courses)
        due = await read_due(info.context.loaders, self.id, rule, at, is_past=as_of is not None, scope=scope)
        return [Due.of(each, Mastery.of(each.mastery, thresholds, past=as_of and at), rule) for each in due[:limit]]
