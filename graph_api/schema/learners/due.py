"""What a student should practise again before it is forgotten (Q9)."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry

from graph_api.domain.failures import InvalidInput
from graph_api.domain.learners.forgetting import DUE
from graph_api.domain.targets import TargetKind
from graph_api.schema.context import AS_OF, Info, moment
from graph_api.schema.learners.mastery import Mastery
from graph_api.schema.paging import DEFAULT_FIRST, First, bounded
from graph_api.usecases.computing import compute
from graph_api.usecases.learners.list_due import DueTarget, choose_known, list_due
from graph_api.usecases.learners.past_states import replay_masteries

DAY = 86_400


@strawberry.type(description="Something learnt that is about to be forgotten.")
class Due:
    """Something due."""

    mastery: Mastery = strawberry.field(description="What was known of it at that moment; its level stays as it is.")
    retrievability: float = strawberry.field(description="The chance to recall it at that moment, 0..1.")
    half_life_days: float = strawberry.field(description="After so many days without practice the chance is one half.")
    last_practiced_at: datetime = strawberry.field(description="When it was last practised.")
    below: float = strawberry.field(description="Retrievabilities below this counted as due, 0..1.")
    min_level: float = strawberry.field(description="Levels of at least this counted as known, 0..1.")

    @classmethod
    def of(cls, due: DueTarget, mastery: Mastery, below: float, min_level: float) -> Self:
        """The schema's view of something due."""
        return cls(
            mastery=mastery,
            retrievability=due.retrievability,
            half_life_days=due.half_life.total_seconds() / DAY,
            last_practiced_at=due.last_practiced_at,
            below=below,
            min_level=min_level,
        )


def share(name: str, value: float) -> float:
    """A number from 0 to 1.

    Raises:
        InvalidInput: it is not.
    """
    if not 0 <= value <= 1:
        raise InvalidInput(name, "must be from 0 to 1", str(value))
    return value


@strawberry.type
class StudentDue:
    """The field of a student that is about forgetting."""

    if TYPE_CHECKING:
        id: strawberry.ID

    @strawberry.field(description="What they once knew and may have forgotten, the most forgotten first (Q9).")
    async def due(
        self,
        info: Info,
        below: Annotated[float, strawberry.argument(description="Due is a retrievability below this, 0..1.")] = DUE,
        min_level: Annotated[
            float | None,
            strawberry.argument(
                description="Only what was known: levels of at least this, 0..1. Null: the configured threshold below "
                "which levels are weak."
            ),
        ] = None,
        kind: Annotated[TargetKind, strawberry.argument(description="Concepts, or skills.")] = TargetKind.CONCEPT,
        as_of: Annotated[datetime | None, strawberry.argument(description=AS_OF)] = None,
        first: First = DEFAULT_FIRST,
    ) -> list[Due]:
        """What is due."""
        thresholds, loaders, limit = info.context.services.thresholds, info.context.loaders, bounded(first)
        below, at = share("below", below), moment(info, as_of)
        least = share("minLevel", thresholds.weak if min_level is None else min_level)
        rows = await loaders.masteries_of_student.load(self.id)
        if as_of is not None:
            rows = [row for row in rows if row.target.kind is kind]
            behind = await loaders.evidence.load_many([(self.id, row.target) for row in rows])
            sets = await loaders.parameter_sets.load_many([row.parameter_set_id for row in rows])
            rows = replay_masteries(rows, behind, sets, at)
        known = choose_known(rows, kind, least)
        evidence = await loaders.evidence.load_many([(self.id, row.target) for row in known])
        due = (await compute(list_due, known, evidence, at, below))[:limit]
        return [Due.of(each, Mastery.of(each.mastery, thresholds, past=as_of and at), below, least) for each in due]
