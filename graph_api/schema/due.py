"""What a student should practise again before it is forgotten (Q9)."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from graph_api.domain.failures import InvalidInput
from graph_api.domain.forgetting import DUE, half_life, recalled
from graph_api.domain.targets import TargetKind
from graph_api.schema.context import Info, moment
from graph_api.schema.mastery import Mastery
from graph_api.schema.paging import DEFAULT_FIRST, First, bounded

DAY = 86_400


@strawberry.type(description="Something learnt that is about to be forgotten.")
class Due:
    """Something due."""

    mastery: Mastery = strawberry.field(description="What is known of it; its level stays as it is.")
    retrievability: float = strawberry.field(description="The chance to recall it at that moment, 0..1.")
    half_life_days: float = strawberry.field(description="After so many days without practice the chance is one half.")
    last_practiced_at: datetime = strawberry.field(description="When it was last practised.")


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
            float, strawberry.argument(description="Only what was known: levels of at least this, 0..1.")
        ] = 0.5,
        kind: Annotated[TargetKind, strawberry.argument(description="Concepts, or skills.")] = TargetKind.CONCEPT,
        as_of: Annotated[
            datetime | None, strawberry.argument(description="The moment, with an offset; now if null.")
        ] = None,
        first: First = DEFAULT_FIRST,
    ) -> list[Due]:
        """What is due."""
        services, loaders, limit = info.context.services, info.context.loaders, bounded(first)
        below, least = share("below", below), share("minLevel", min_level)
        at = moment(info, as_of)
        known = [
            row
            for row in await loaders.masteries_of_student.load(self.id)
            if row.target.kind is kind and row.level >= least
        ]
        found = []
        for row, evidence in zip(
            known, await loaders.evidence.load_many([(self.id, row.target) for row in known]), strict=True
        ):
            kept = half_life(evidence, at)
            if kept is not None and (chance := recalled(kept[0], at - kept[1])) < below:
                found.append((chance, row.target, row, kept))
        return [
            Due(
                mastery=Mastery.of(row, services.thresholds),
                retrievability=chance,
                half_life_days=life.total_seconds() / DAY,
                last_practiced_at=last,
            )
            for chance, _, row, (life, last) in sorted(found, key=lambda each: each[:2])[:limit]
        ]
