"""How sure an estimate is: intervals and confidence (Q8)."""

from typing import Self

import strawberry

from graph_api.domain.learners import uncertainty as domain
from graph_api.domain.learners.uncertainty import Confidence
from graph_api.schema.enums import describe_values

DIGITS = 4

strawberry.enum(
    Confidence,
    description="How much weight an estimate bears. LOW, not enough data: fewer than 5 answers, or an interval over "
    "0.5 wide. HIGH: 10 answers or more, and an interval of at most 0.2.",
)
describe_values(
    Confidence,
    LOW="Not enough data: fewer than 5 answers, or an interval over 0.5 wide.",
    MEDIUM="In between.",
    HIGH="10 answers or more, and an interval of at most 0.2.",
)


@strawberry.type(
    description="An interval meant to hold the truth in 90 % of the cases; that of a level holds it in 89 to 97 %."
)
class Interval:
    """An interval."""

    low: float = strawberry.field(description="From here, 0..1, to 4 digits.")
    high: float = strawberry.field(description="To here.")

    @classmethod
    def of(cls, interval: domain.Interval) -> Self:
        """The schema's view of an interval."""
        return cls(low=round(interval.low, DIGITS), high=round(interval.high, DIGITS))
