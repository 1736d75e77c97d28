"""What levels would be under another parameter set, or other evidence parameters (Q7)."""

from collections.abc import Sequence
from typing import Annotated, Self

import strawberry

from graph_api.domain.learners.threshold_sets import TargetThresholds
from graph_api.domain.targets import Target
from graph_api.schema.context import Info
from graph_api.schema.failures import (
    ConceptNotFound,
    Forbidden,
    GroupNotFound,
    GroupTooSmall,
    InvalidInput,
    ParameterSetNotFound,
    SkillNotFound,
    StudentNotFound,
    Unavailable,
)
from graph_api.schema.learners.mastery import Mastery
from graph_api.schema.learners.status_counts import Status
from graph_api.schema.learners.thresholds import JudgedByThresholds
from graph_api.schema.mutations import mutation
from graph_api.schema.paging import DEFAULT_FIRST, First, bounded
from graph_api.schema.parameters.evidence_parameters import EvidenceParameterSet
from graph_api.schema.parameters.parameter_set import ParameterSet
from graph_api.schema.targets import ConceptIds, SkillCodes, chosen
from graph_api.usecases.learners.replay_evidence import Reweighed, replay_evidence
from graph_api.usecases.learners.replay_under import Difference, replay_under


@strawberry.input(description="The answers to replay, and the parameter set to replay them under.")
class ReplayInput:
    parameter_set_id: strawberry.ID = strawberry.field(description="The id of the parameter set to try.")
    student_id: strawberry.ID | None = strawberry.field(default=None, description="The student; or give groupId.")
    group_id: strawberry.ID | None = strawberry.field(
        default=None, description="The group, for all its members; or give studentId."
    )
    concept_ids: ConceptIds = strawberry.field(
        default=None, description="Only these concepts. Null with skillCodes null: all concepts and skills."
    )
    skill_codes: SkillCodes = strawberry.field(default=None, description="Only these skills.")


@strawberry.type(description="A mastery, and its level under another parameter set.")
class LevelDifference(JudgedByThresholds):
    mastery: Mastery = strawberry.field(description="The stored mastery.")
    level: float = strawberry.field(description="The level under the other parameter set.")
    change: float = strawberry.field(description="The level under the other parameter set minus the stored level.")
    status: Status = strawberry.field(description="The status of the level under the other parameter set.")

    def judged(self) -> Target:
        """The target, whose thresholds decide the status."""
        return self.mastery.of_target

    @classmethod
    def of(cls, replayed: Difference, thresholds: TargetThresholds) -> Self:
        """The schema's view of a replayed mastery."""
        return cls(
            mastery=Mastery.of(replayed.stored, thresholds),
            level=replayed.level,
            change=replayed.change,
            status=thresholds.for_target(replayed.stored.target).status(
                replayed.level,
                (replayed.stored.attempts if replayed.attempts is None else replayed.attempts)
                + replayed.stored.judgements,
            ),
        )


@strawberry.type(description="The differences under another parameter set. Nothing was stored.")
class ReplayPayload:
    every: strawberry.Private[list[LevelDifference]]
    parameter_set: ParameterSet = strawberry.field(description="The parameter set that was tried.")
    masteries: int = strawberry.field(description="The number of masteries that were replayed.")
    changed: int | None = strawberry.field(
        description="The number of masteries whose level differs. Null for analysts if it is about fewer "
        "students than the minimum group size."
    )
    status_changed: int | None = strawberry.field(
        description="The number of masteries whose status differs. Null for analysts if it is about fewer "
        "students than the minimum group size."
    )
    mean_change: float | None = strawberry.field(description="The mean change of level. Null without masteries.")

    @classmethod
    def of(cls, parameter_set: ParameterSet, every: list[LevelDifference], least_students: int) -> Self:
        """The payload; counts about fewer students than the least are null."""

        def count(chosen: list[LevelDifference]) -> int | None:
            students = {each.mastery.student_id for each in chosen}
            return None if 0 < len(students) < least_students else len(chosen)

        return cls(
            every=every,
            parameter_set=parameter_set,
            masteries=len(every),
            changed=count([each for each in every if each.change]),
            status_changed=count([each for each in every if each.status is not each.mastery.status]),
            mean_change=sum(each.change for each in every) / len(every) if every else None,
        )

    @strawberry.field(description="The masteries whose level differs, the largest change first.")
    def differences(self, first: First = DEFAULT_FIRST) -> list[LevelDifference]:
        return [each for each in self.every if each.change][: bounded(first)]


@strawberry.input(description="The answers to weigh again, and the evidence parameters to weigh them by.")
class ReplayEvidenceInput:
    evidence: strawberry.ID = strawberry.field(description="The id of the evidence parameters to try.")
    student_id: strawberry.ID | None = strawberry.field(default=None, description="The student; or give groupId.")
    group_id: strawberry.ID | None = strawberry.field(
        default=None, description="The group, for all its members; or give studentId."
    )
    concept_ids: ConceptIds = strawberry.field(
        default=None, description="Only these concepts. Null with skillCodes null: all concepts and skills."
    )
    skill_codes: SkillCodes = strawberry.field(default=None, description="Only these skills.")


@strawberry.type(description="The differences under other evidence parameters. Nothing was stored.")
class ReplayEvidencePayload:
    every: strawberry.Private[list[LevelDifference]]
    evidence: EvidenceParameterSet = strawberry.field(description="The evidence parameters that were tried.")
    answers: int = strawberry.field(description="The number of answers that were weighed again.")
    changed_answers: int | None = strawberry.field(
        description="The number of answers that would count otherwise. Null for analysts if they are of fewer "
        "students than the minimum group size."
    )
    masteries: int = strawberry.field(description="The number of masteries that were replayed.")
    changed: int | None = strawberry.field(
        description="The number of masteries whose level differs. Null for analysts if it is about fewer "
        "students than the minimum group size."
    )
    status_changed: int | None = strawberry.field(
        description="The number of masteries whose status differs. Null for analysts if it is about fewer "
        "students than the minimum group size."
    )
    mean_change: float | None = strawberry.field(description="The mean change of level. Null without masteries.")

    @strawberry.field(
        description="The masteries whose level differs, the largest change first. Without an answer that counts, the "
        "level is the prior and the status NOT_STARTED."
    )
    def differences(self, first: First = DEFAULT_FIRST) -> list[LevelDifference]:
        return [each for each in self.every if each.change][: bounded(first)]

    @classmethod
    def of(cls, replayed: Reweighed, every: list[LevelDifference], least_students: int) -> Self:
        """The payload; counts about fewer students than the least are null."""

        def count(chosen: list[LevelDifference]) -> int | None:
            students = {each.mastery.student_id for each in chosen}
            return None if 0 < len(students) < least_students else len(chosen)

        return cls(
            every=every,
            evidence=EvidenceParameterSet.of(replayed.used),
            answers=replayed.answers,
            changed_answers=None if 0 < replayed.changed_students < least_students else replayed.changed_answers,
            masteries=len(every),
            changed=count([each for each in every if each.change]),
            status_changed=count([each for each in every if each.status is not each.mastery.status]),
            mean_change=sum(each.change for each in every) / len(every) if every else None,
        )


ReplayEvidenceResult = Annotated[
    ReplayEvidencePayload
    | ParameterSetNotFound
    | StudentNotFound
    | GroupNotFound
    | GroupTooSmall
    | ConceptNotFound
    | SkillNotFound
    | Forbidden
    | InvalidInput
    | Unavailable,
    strawberry.union("ReplayEvidenceResult", description="The differences, or the reason why they cannot be computed."),
]

ReplayResult = Annotated[
    ReplayPayload
    | ParameterSetNotFound
    | StudentNotFound
    | GroupNotFound
    | GroupTooSmall
    | ConceptNotFound
    | SkillNotFound
    | Forbidden
    | InvalidInput
    | Unavailable,
    strawberry.union("ReplayResult", description="The differences, or the reason why they cannot be computed."),
]


async def differences(info: Info, replayed: Sequence[Difference]) -> list[LevelDifference]:
    """The differences, each judged by the thresholds of its target."""
    thresholds = await info.context.thresholds()
    return [LevelDifference.of(each, thresholds) for each in replayed]


@strawberry.type
class ReplayMutation:
    """The mutations that write nothing."""

    @mutation(
        description="What levels would be under another parameter set: replays answers and reports the differences, "
        "writing nothing."
    )
    async def replay(
        self, info: Info, input: Annotated[ReplayInput, strawberry.argument(description="Whose, and under which.")]
    ) -> ReplayResult:
        used, replayed = await replay_under(
            info.context.gateway,
            input.parameter_set_id,
            chosen(input.concept_ids, input.skill_codes),
            student_id=input.student_id,
            group_id=input.group_id,
        )
        return ReplayPayload.of(ParameterSet.of(used), await differences(info, replayed), info.context.least_students)

    @mutation(
        description="What levels would be under other evidence parameters: weighs the answers that those in effect "
        "weighed, and reports the differences, writing nothing."
    )
    async def replay_evidence(
        self,
        info: Info,
        input: Annotated[ReplayEvidenceInput, strawberry.argument(description="Whose, and under which.")],
    ) -> ReplayEvidenceResult:
        targets, context = chosen(input.concept_ids, input.skill_codes), info.context
        replayed = await replay_evidence(
            context.gateway, input.evidence, targets, student_id=input.student_id, group_id=input.group_id
        )
        every = await differences(info, replayed.differences)
        return ReplayEvidencePayload.of(replayed, every, context.least_students)
