"""Numbers of pairs of a student and a target by status."""

from collections.abc import Mapping
from typing import Self

import strawberry

from graph_api.domain.learners import mastery as domain
from graph_api.schema.enums import describe_values

Status = domain.Status
strawberry.enum(
    Status,
    name="MasteryStatus",
    description="The status of a level. Without answers and judgements a target is NOT_STARTED, never weak.",
)
describe_values(
    Status,
    NOT_STARTED="No answers yet.",
    NEEDS_FOCUS="A level below the focus threshold, 0.4 by default.",
    LEARNING="A level from the focus threshold to the mastery threshold.",
    MASTERED="A level of at least the mastery threshold, 0.95 by default.",
)


@strawberry.type(description="The number of student-target pairs with a status.")
class StatusCount:
    status: Status = strawberry.field(description="The status.")
    count: int = strawberry.field(description="The number of pairs with the status.")
    share: float = strawberry.field(description="The share of all pairs, 0..1.")

    @classmethod
    def list(cls, counts: Mapping[Status, int], total: int) -> list[Self]:
        """The counts in order of status; statuses that are not in `counts` are left out."""
        return [
            cls(status=status, count=counts[status], share=counts[status] / total if total else 0.0)
            for status in Status
            if status in counts
        ]
