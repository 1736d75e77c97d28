"""What next: what a student is ready to learn, what to review, and the way to a concept."""

from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.domain.learners.root_causes import WeakRule
from graph_api.schema.context import Info
from graph_api.schema.course.concept import Concept
from graph_api.schema.learners.mastery import Status
from graph_api.schema.learners.root_causes import First, MinAttempts, Threshold, rule_of
from graph_api.schema.paging import bounded
from graph_api.usecases.learners import find_next_steps as usecase


@strawberry.type(description="A concept that a student is ready to learn.")
class ReadyConcept:
    """A concept of the outer fringe."""

    concept_id: strawberry.ID = strawberry.field(description="The concept's id.")
    level: float = strawberry.field(
        description="The student's level in the concept, 0..1. Without answers it is the prior of the parameter set in "
        "effect for the concept, as in `mastery`."
    )
    status: Status = strawberry.field(description="What the level means; never MASTERED.")
    attempts: int = strawberry.field(description="The number of answers that count towards the concept.")
    unlocks_weak: int = strawberry.field(description="The number of weak concepts that come after the concept.")
    threshold: float = strawberry.field(description="Levels below this counted as weak in unlocksWeak, 0..1.")
    min_attempts: int = strawberry.field(description="The minimum number of answers of a weak concept in unlocksWeak.")
    mastered_from: float = strawberry.field(description="Levels from this one on counted as mastered, 0..1.")

    @strawberry.field(description="The concept.")
    async def concept(self, info: Info) -> Concept | None:
        """The concept."""
        return await Concept.load(info, self.concept_id)

    @classmethod
    def of(cls, ready: usecase.ReadyConcept, rule: WeakRule) -> Self:
        """The schema's view of a concept of the outer fringe."""
        return cls(
            concept_id=strawberry.ID(ready.concept_id),
            level=ready.level,
            status=ready.status,
            attempts=ready.attempts,
            unlocks_weak=ready.unlocks_weak,
            threshold=rule.threshold,
            min_attempts=rule.min_attempts,
            mastered_from=rule.mastered,
        )


@strawberry.type
class StudentNextSteps:
    """The fields of a student that say what next."""

    if TYPE_CHECKING:
        id: strawberry.ID

    @strawberry.field(
        description="What they are ready to learn: not mastered, every direct prerequisite mastered; what unlocks most "
        "weak concepts first, then the lowest level (Q4)."
    )
    async def ready_to_learn(
        self, info: Info, threshold: Threshold = None, min_attempts: MinAttempts = None, first: First = 10
    ) -> list[ReadyConcept]:
        """The outer fringe."""
        limit, rule, services = bounded(first), rule_of(info, threshold, min_attempts), info.context.services
        graph, rows = await services.graphs.now(), await info.context.loaders.masteries_of_student.load(self.id)
        read_sets = info.context.loaders.sets_in_effect
        ready = await usecase.find_ready_concepts(graph, rows, services.thresholds, rule, read_sets)
        return [ReadyConcept.of(each, rule) for each in ready[:limit]]

    @strawberry.field(
        description="What to review: mastered with nothing mastered behind it, latest practice first (Q4)."
    )
    async def to_review(self, info: Info, first: First = 10) -> list[Concept]:
        """The inner fringe."""
        limit, services = bounded(first), info.context.services
        graph, rows = await services.graphs.now(), await info.context.loaders.masteries_of_student.load(self.id)
        ids = usecase.find_concepts_to_review(graph, rows, services.thresholds)
        return await Concept.load_many(info, ids[:limit])

    @strawberry.field(
        description="What to learn on the way to a concept, it included, each after its prerequisites. What is "
        "mastered is left out; gaps before a mastered concept are listed (Q4)."
    )
    async def learning_path(
        self, info: Info, concept_id: Annotated[strawberry.ID, strawberry.argument(description="The concept.")]
    ) -> list[Concept]:
        """A learning path; empty if the concept and all that comes before it are mastered."""
        services = info.context.services
        graph, rows = await services.graphs.now(), await info.context.loaders.masteries_of_student.load(self.id)
        return await Concept.load_many(info, usecase.find_learning_path(graph, rows, services.thresholds, concept_id))
