"""Mutations that record and revoke judgements."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self

import strawberry

from graph_api.domain import failures
from graph_api.domain.answers.answers import in_utc
from graph_api.domain.learners import judgements as domain
from graph_api.domain.learners.mastery import Status
from graph_api.domain.learners.threshold_sets import ThresholdsInEffect
from graph_api.schema.context import Info
from graph_api.schema.failures import (
    ConceptNotFound,
    InvalidInput,
    JudgementIdConflict,
    JudgementNotFound,
    ParameterSetNotFound,
    SkillNotFound,
    StudentErased,
    StudentNotFound,
    TargetArchived,
    Unavailable,
)
from graph_api.schema.learners.judgement import Judgement
from graph_api.schema.learners.judgement_lists import JudgementKind
from graph_api.schema.learners.mastery import Mastery
from graph_api.schema.mutations import mutation
from graph_api.schema.targets import one_target
from graph_api.usecases.learners import record_judgements as usecase

NOTE = "The reason, at most 2,000 characters on one line. Teachers and services can read the note, students cannot."


@strawberry.input(description="A judgement on the level of a student on one concept or skill.")
class JudgementInput:
    student_id: strawberry.ID = strawberry.field(description="The id of the student.")
    kind: JudgementKind = strawberry.field(description="What the judgement is based on.")
    concept_id: strawberry.ID | None = strawberry.field(default=None, description="The concept; or give skillCode.")
    skill_code: strawberry.ID | None = strawberry.field(default=None, description="The skill; or give conceptId.")
    level: float | None = strawberry.field(default=None, description="The level, 0.01 to 0.99; or give status.")
    status: Status | None = strawberry.field(
        default=None,
        description="The status instead of a level: the middle of the levels that have this status under the "
        "thresholds of the concept or skill now. Later changes of thresholds do not change the level.",
    )
    note: str = strawberry.field(default="", description=NOTE)
    id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The client's id, which makes a retry safe; unique for the student. Null: the server chooses one.",
    )
    at: datetime | None = strawberry.field(
        default=None,
        description="The moment from which the judgement counts, with an offset. Null: now. Answers after this moment "
        "update the level that the judgement states.",
    )

    def parse(self, thresholds: ThresholdsInEffect) -> domain.NewJudgement:
        """The judgement, checked."""
        target = one_target(self.concept_id, self.skill_code)
        if (self.level is None) == (self.status is None):
            raise failures.InvalidInput("level, status", "give exactly one of them")
        level = self.level
        if self.status is not None:
            level = domain.level_of_status(self.status, thresholds.for_target(target))
        at = None if self.at is None else in_utc(self.at, "at")
        return domain.NewJudgement(self.student_id, target, self.kind, level or 0.0, self.note, self.id, at)


@strawberry.input(description="A judgement to revoke.")
class RevokeJudgementInput:
    student_id: strawberry.ID = strawberry.field(description="The id of the student.")
    judgement_id: strawberry.ID = strawberry.field(description="The id of the judgement.")
    note: str = strawberry.field(default="", description=NOTE)

    def parse(self) -> domain.NewRevocation:
        """The revocation, checked."""
        return domain.NewRevocation(self.student_id, self.judgement_id, self.note)


@strawberry.type(description="The judgements of a call, as they are stored.")
class JudgementsPayload:
    stored: strawberry.Private[Sequence[domain.Judgement]]
    judgements: list[Judgement] = strawberry.field(description="The judgements, in the order of the input.")

    @strawberry.field(
        description="The masteries that the judgements concern, each once, as they are now. Without any evidence, "
        "NOT_STARTED with the prior. Null if they cannot be read."
    )
    async def masteries(self, info: Info) -> list[Mastery] | None:
        pairs = dict.fromkeys((each.student_id, each.target) for each in self.stored)
        loaded = [await Mastery.of_student(info, *pair) for pair in pairs]
        return [each for each in loaded if each is not None]

    @classmethod
    def of(cls, stored: Sequence[domain.Judgement]) -> Self:
        """The schema's view of recorded judgements."""
        return cls(stored=stored, judgements=[Judgement.of(each) for each in stored])


RecordJudgementsResult = Annotated[
    JudgementsPayload
    | InvalidInput
    | StudentNotFound
    | StudentErased
    | ConceptNotFound
    | SkillNotFound
    | TargetArchived
    | JudgementIdConflict
    | ParameterSetNotFound
    | Unavailable,
    strawberry.union("RecordJudgementsResult", description="The judgements, or the reason why none was recorded."),
]
RevokeJudgementsResult = Annotated[
    JudgementsPayload
    | InvalidInput
    | StudentNotFound
    | StudentErased
    | JudgementNotFound
    | ParameterSetNotFound
    | Unavailable,
    strawberry.union("RevokeJudgementsResult", description="The judgements, or the reason why none was revoked."),
]


@strawberry.type
class JudgementMutation:
    """Mutations of judgements."""

    @mutation(
        description="Record judgements in the name of the caller: all or none. Each sets the level of a student on one "
        "concept or skill from a moment on; the skills of a concept do not change. Levels are replayed at once. A call "
        "that is sent again with the same ids records nothing twice."
    )
    async def record_judgements(
        self,
        info: Info,
        input: Annotated[list[JudgementInput], strawberry.argument(description="1 to 500 judgements.")],
    ) -> RecordJudgementsResult:
        check_length(input)
        thresholds = await info.context.thresholds()
        new = [each.parse(thresholds) for each in input]
        return JudgementsPayload.of(await usecase.record_judgements(judging(info), new))

    @mutation(
        description="Revoke judgements in the name of the caller: all or none. A revoked judgement stays readable with "
        "its revocation, and the level is what it would be without it, also as of past moments. A judgement that is "
        "revoked already stays as it is. To judge again, record another judgement."
    )
    async def revoke_judgements(
        self,
        info: Info,
        input: Annotated[list[RevokeJudgementInput], strawberry.argument(description="1 to 500 judgements.")],
    ) -> RevokeJudgementsResult:
        check_length(input)
        new = [each.parse() for each in input]
        return JudgementsPayload.of(await usecase.revoke_judgements(judging(info), new))


def check_length(items: Sequence[object]) -> None:
    """Refuse a call with no item, or with too many.

    Raises:
        InvalidInput: naming the bounds.
    """
    if not 1 <= len(items) <= usecase.MOST:
        raise failures.InvalidInput("input", f"must hold 1 to {usecase.MOST} items, holds {len(items)}")


def judging(info: Info) -> usecase.Judging:
    """Who judges: the caller, through what the caller may see."""
    context, services = info.context, info.context.services
    return usecase.Judging(context.gateway, services.gateway, context.principal.id or None, services.clock)
