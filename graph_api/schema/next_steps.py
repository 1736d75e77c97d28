"""What next: what a student is ready to learn, what to review, and the way to a concept."""

from typing import TYPE_CHECKING, Annotated

import numpy as np
import strawberry
from numpy.typing import NDArray

from graph_api.domain import next_steps
from graph_api.domain.failures import ConceptNotFound
from graph_api.domain.parameter_sets import DEFAULTS
from graph_api.domain.root_causes import WeakRule
from graph_api.domain.targets import TargetKind
from graph_api.schema.concept import Concept
from graph_api.schema.context import Info
from graph_api.schema.paging import bounded
from graph_api.schema.root_causes import (
    First,
    MinAttempts,
    Threshold,
    rule_of,
    student_standing,
)
from graph_api.usecases.analyse_course import Standing


@strawberry.type(description="A concept that a student is ready to learn.")
class ReadyConcept:
    """A concept of the outer fringe."""

    concept_id: strawberry.ID = strawberry.field(description="The concept's id.")
    level: float = strawberry.field(description="The level; the prior without answers.")
    attempts: int = strawberry.field(description="Answers to it.")
    unlocks_weak: int = strawberry.field(description="How many weak concepts come after it.")

    @strawberry.field(description="The concept.")
    async def concept(self, info: Info) -> Concept | None:
        """The concept."""
        return await Concept.load(info, self.concept_id)


def mastered(info: Info, state: Standing) -> NDArray[np.bool_]:
    """Which concepts are mastered, shape (concepts,)."""
    return (state.attempts > 0) & (np.nan_to_num(state.level) >= info.context.services.thresholds.mastered)


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
        limit = bounded(first)
        graph, state = await student_standing(info, self.id, rule_of(info, threshold, min_attempts))
        level = np.where(state.attempts > 0, state.level, DEFAULTS[TargetKind.CONCEPT].parameters.prior)
        ready = next_steps.outer_fringe(graph, mastered(info, state), level, state.deficit > 0)
        return [
            ReadyConcept(
                concept_id=strawberry.ID(graph.ids[each.place]),
                level=float(level[each.place]),
                attempts=int(state.attempts[each.place]),
                unlocks_weak=each.unlocks_weak,
            )
            for each in ready[:limit]
        ]

    @strawberry.field(
        description="What to review: mastered with nothing mastered behind it, latest practice first (Q4)."
    )
    async def to_review(self, info: Info, first: First = 10) -> list[Concept]:
        """The inner fringe."""
        limit = bounded(first)
        graph, state = await student_standing(info, self.id, WeakRule())
        fringe = {graph.ids[place] for place in next_steps.inner_fringe(graph, mastered(info, state))}
        rows = await info.context.loaders.masteries_of_student.load(self.id)
        latest = sorted(
            (row for row in rows if row.target.kind is TargetKind.CONCEPT and row.target.key in fringe),
            key=lambda row: (-row.last_practiced_at.timestamp(), row.target.key),
        )
        return await Concept.load_many(info, [row.target.key for row in latest[:limit]])

    @strawberry.field(
        description="What to learn on the way to a concept, it included, each after its prerequisites (Q4)."
    )
    async def learning_path(
        self, info: Info, concept_id: Annotated[strawberry.ID, strawberry.argument(description="The concept.")]
    ) -> list[Concept]:
        """A learning path; empty if the concept is mastered."""
        graph, state = await student_standing(info, self.id, WeakRule())
        if concept_id not in graph.places:
            raise ConceptNotFound("conceptId", "must exist", concept_id, [concept_id])
        path = next_steps.learning_path(graph, graph.places[concept_id], mastered(info, state))
        return await Concept.load_many(info, [graph.ids[place] for place in path])
