"""Inferred levels of a student: what is probably known of targets without answers (Q15)."""

from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners.scope import Scope
from graph_api.domain.learners.uncertainty import Interval as DomainInterval
from graph_api.domain.targets import Target, TargetKind
from graph_api.schema.context import Info
from graph_api.schema.course.concept import load_target
from graph_api.schema.learners.lists import connect
from graph_api.schema.learners.scope import AllCourses, CourseId, SkillCodes, scope_of_student
from graph_api.schema.learners.uncertainty import Interval
from graph_api.schema.node import TargetNode
from graph_api.schema.paging import DEFAULT_FIRST, After, Connection, First, page
from graph_api.usecases.learners import infer_levels as usecase

MOST_TARGETS = 500

TargetIds = Annotated[
    list[strawberry.ID] | None,
    strawberry.argument(
        description=f"Only these concept ids or skill codes, at most {MOST_TARGETS}. Null: all of the scope."
    ),
]


@strawberry.type(
    description="What a student probably knows of a concept or skill without answers and judgements, inferred from the "
    "student's answers to other ones. An inferred level is not a level: it is not stored, and no level, status, weak "
    "list or mean contains it."
)
class InferredLevel:
    of_target: strawberry.Private[Target]
    kind: TargetKind = strawberry.field(description="Whether the target is a concept or a skill.")
    concept_id: strawberry.ID | None = strawberry.field(description="The concept, if it is one.")
    skill_code: strawberry.ID | None = strawberry.field(description="The skill, if it is one.")
    p_first_correct: float = strawberry.field(
        description="The probability that the student's first answer is correct, 0..1, to 4 digits. Without answers to "
        "other targets, that of all students."
    )
    p_first_correct_interval: Interval = strawberry.field(
        description="A 90 % interval of `pFirstCorrect`: how much abilities vary among students with such answers."
    )
    p_known: float = strawberry.field(
        description="The probability that the student knows the target, 0..1, to 4 digits: what `pFirstCorrect` means "
        "under the guess and slip of the parameters in effect for the target. From 0.01 to 0.99, as levels."
    )
    p_known_interval: Interval = strawberry.field(description="The 90 % interval of `pKnown`.")
    answered_targets: int = strawberry.field(
        description="The number of other concepts, or skills, whose answers are the evidence."
    )
    model_id: strawberry.ID = strawberry.field(description="The id of the model, see `inferenceModels`.")

    @strawberry.field(description="The concept or skill. Null if it does not exist any more.")
    async def target(self, info: Info) -> TargetNode | None:
        return await load_target(info, self.of_target)

    @classmethod
    def of(cls, level: usecase.InferredLevel) -> Self:
        """The schema's view of an inferred level."""
        key, of_concept = strawberry.ID(level.target.key), level.target.kind is TargetKind.CONCEPT
        return cls(
            of_target=level.target,
            kind=level.target.kind,
            concept_id=key if of_concept else None,
            skill_code=None if of_concept else key,
            p_first_correct=round(level.p_first_correct.value, usecase.LEVEL_DIGITS),
            p_first_correct_interval=_interval(level.p_first_correct),
            p_known=round(level.p_known.value, usecase.LEVEL_DIGITS),
            p_known_interval=_interval(level.p_known),
            answered_targets=level.answered,
            model_id=strawberry.ID(level.model_id),
        )


def _interval(estimate: usecase.Estimate) -> Interval:
    return Interval.of(DomainInterval(estimate.low, estimate.high))


def chosen_keys(kind: TargetKind, target_ids: list[strawberry.ID] | None, scope: Scope) -> set[str] | None:
    """The targets that are named, within a scope; None for all targets.

    Raises:
        InvalidInput: too many are named.
    """
    if target_ids is not None and len(target_ids) > MOST_TARGETS:
        raise InvalidInput("targetIds", f"must be at most {MOST_TARGETS}", str(len(target_ids)))
    covered = scope.keys(kind)
    if target_ids is None:
        return None if covered is None else set(covered)
    named = {str(each) for each in target_ids}
    return named if covered is None else named & set(covered)


@strawberry.type
class StudentInferredLevels:
    """The field of a student about inferred levels."""

    if TYPE_CHECKING:
        id: strawberry.ID

    @strawberry.field(
        description="What the student probably knows of concepts or skills without answers and judgements, the highest "
        "`pKnown` first. Empty if no model is in effect, see `fitInference`; targets that the model does not know are "
        "left out."
    )
    async def inferred_levels(
        self,
        info: Info,
        kind: Annotated[
            TargetKind, strawberry.argument(description="Whether the targets are concepts or skills.")
        ] = TargetKind.CONCEPT,
        target_ids: TargetIds = None,
        skill_codes: SkillCodes = None,
        course_id: CourseId = None,
        all_courses: AllCourses = False,
        first: First = DEFAULT_FIRST,
        after: After = None,
    ) -> Connection[InferredLevel]:
        scope = await scope_of_student(info, self.id, skill_codes, course_id, all_courses)
        keys = chosen_keys(kind, target_ids, scope)
        wanted = page(first, after, "inferred", self.id, kind, keys and sorted(keys), key=(float, str))
        levels = await usecase.read_inferred_levels(info.context.loaders, self.id, kind, keys)
        return connect(wanted, levels, InferredLevel.of, usecase.InferredLevel.key)
